//! The table `signals`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub at: i64,
    pub strategy: String,
    pub opportunity_id: Option<String>,
    pub subject: String,
    pub expires_at: i64,
    pub size: i64,
    pub capital: i64,
    pub best: i64,
    pub leg_missing: i64,
    pub floor: i64,
    pub body: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
