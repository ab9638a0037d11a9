//! The table `orders`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub intent: String,
    pub plan_id: Option<String>,
    pub strategy: String,
    pub condition_id: String,
    pub token: String,
    pub side: String,
    pub price: i64,
    pub size: i64,
    pub matched: i64,
    pub lifetime: String,
    pub expires_at: Option<i64>,
    pub crossing: String,
    pub state: String,
    pub signed_body: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
