//! The table `whales`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "whales")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    pub fresh: Option<i64>,
    pub told_at: i64,
    pub first_at: i64,
    pub last_at: i64,
    pub prints: i64,
    pub condition_id: String,
    pub token: String,
    pub side: String,
    pub entry_price: i64,
    pub size: i64,
    pub value: i64,
    pub wallet: Option<String>,
    pub title: String,
    pub slug: String,
    pub event_slug: String,
    pub outcome: String,
    pub stake_token: Option<String>,
    pub stake_price: i64,
    pub fee_rate: i64,
    pub fee_exponent: i64,
    pub hour_state: String,
    pub hour_at: Option<i64>,
    pub hour_mark: Option<i64>,
    pub hour_profit: Option<i64>,
    pub hour_return: Option<i64>,
    pub day_state: String,
    pub day_at: Option<i64>,
    pub day_mark: Option<i64>,
    pub day_profit: Option<i64>,
    pub day_return: Option<i64>,
    pub end_state: String,
    pub end_at: Option<i64>,
    pub end_mark: Option<i64>,
    pub end_profit: Option<i64>,
    pub end_return: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
