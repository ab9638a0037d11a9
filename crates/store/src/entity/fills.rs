//! The table `fills`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fills")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub trade_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: String,
    pub strategy: String,
    pub condition_id: String,
    pub token: String,
    pub side: String,
    pub size: i64,
    pub price: i64,
    pub value: i64,
    pub fee: i64,
    pub liquidity: String,
    pub state: String,
    pub at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
