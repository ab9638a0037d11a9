//! The insight half: what others trade.

mod trades;

use sea_orm_migration::MigrationTrait;

/// Its migrations, oldest first.
pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    trades::migrations()
}
