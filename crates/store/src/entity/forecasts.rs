//! The table `forecasts`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "forecasts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub condition_id: String,
    pub group_id: Option<String>,
    pub slug: String,
    pub title: String,
    pub category: String,
    pub source: String,
    pub state: String,
    pub reason: Option<String>,
    pub asked_at: i64,
    pub made_at: Option<i64>,
    pub market: Option<i64>,
    pub blind: Option<i64>,
    pub blended: Option<i64>,
    pub cost: i64,
    pub body: Option<Json>,
    pub resolved_at: Option<i64>,
    pub outcome: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
