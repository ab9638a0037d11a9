//! The table `opportunities`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    pub subject: String,
    pub found_at: i64,
    pub seen_at: i64,
    pub closed_at: Option<i64>,
    pub closed_reason: Option<String>,
    pub size: i64,
    pub gross: i64,
    pub fees: i64,
    pub chain_cost: i64,
    pub net: i64,
    pub capital: i64,
    pub lock_up: Option<i64>,
    pub annualised_bips: Option<i64>,
    pub score: i64,
    pub legs: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
