//! The table `model_answers`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "model_answers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub forecast_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub member: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub sample: i64,
    pub model: String,
    pub at: i64,
    pub state: String,
    pub failure: Option<String>,
    pub late: bool,
    pub repaired: bool,
    pub probability: Option<i64>,
    pub low: Option<i64>,
    pub high: Option<i64>,
    pub reasons: Option<Json>,
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
    pub cost: i64,
    pub latency: i64,
    pub error: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
