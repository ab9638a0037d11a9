//! The table `trades`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "trades")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub at: i64,
    pub condition_id: String,
    pub token: String,
    pub side: String,
    pub price: i64,
    pub size: i64,
    pub value: i64,
    pub wallet: Option<String>,
    pub transaction_hash: Option<String>,
    pub source: String,
    pub title: String,
    pub slug: String,
    pub event_slug: String,
    pub outcome: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
