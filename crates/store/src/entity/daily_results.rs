//! The table `daily_results`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "daily_results")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub strategy: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub condition_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: String,
    pub realised: i64,
    pub fees: i64,
    pub gas: i64,
    pub adjusted: i64,
    pub trades: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
