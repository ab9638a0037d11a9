//! The table `wallets`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "wallets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub address: String,
    pub first_seen_at: Option<i64>,
    pub open: i64,
    pub settled: i64,
    pub wins: i64,
    pub volume: i64,
    pub settled_cost: i64,
    pub profit: i64,
    pub partial: bool,
    pub fetched_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
