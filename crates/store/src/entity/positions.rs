//! The table `positions`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "positions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token: String,
    pub condition_id: String,
    pub group_id: Option<String>,
    pub settled: i64,
    pub pending_in: i64,
    pub pending_out: i64,
    pub cost: i64,
    pub realised: i64,
    pub fees: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
