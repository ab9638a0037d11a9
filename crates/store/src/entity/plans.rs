//! The table `plans`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plans")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub strategy: String,
    pub opportunity_id: Option<String>,
    pub state: String,
    pub opened_at: i64,
    pub closed_at: Option<i64>,
    pub expected_net: i64,
    pub realised_net: Option<i64>,
    pub breach: i64,
    pub body: Json,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
