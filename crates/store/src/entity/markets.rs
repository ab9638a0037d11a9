//! The table `markets`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "markets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub condition_id: String,
    pub gamma_id: String,
    pub slug: String,
    pub title: String,
    pub group_item: String,
    pub group_id: Option<String>,
    pub protocol: String,
    pub yes_token: String,
    pub yes_name: String,
    pub no_token: String,
    pub no_name: String,
    pub neg_risk: bool,
    pub placeholder: bool,
    pub state: String,
    pub yes_payout: Option<i64>,
    pub no_payout: Option<i64>,
    pub tick: i64,
    pub order_size_min: i64,
    pub fee_rate_ppm: Option<i64>,
    pub fee_exponent: Option<i64>,
    pub ends_at: Option<i64>,
    pub volume_24h: i64,
    pub liquidity: i64,
    pub tags: Json,
    pub price_hint: Option<i64>,
    pub first_seen_at: i64,
    pub updated_at: i64,
    pub closed_at: Option<i64>,
    pub version: i64,
    pub question_id: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
