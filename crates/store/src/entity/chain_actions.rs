//! The table `chain_actions`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chain_actions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub plan_id: Option<String>,
    pub strategy: String,
    pub kind: String,
    pub state: String,
    pub nonce: Option<i64>,
    pub hash: Option<String>,
    pub prepared: Option<String>,
    pub amounts: Json,
    pub reason: Option<String>,
    pub at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
