//! The money half: a journal as the one truth, and tables that say the same for reading.

mod accounts;
mod journal;
mod trading;

use sea_orm_migration::MigrationTrait;

/// Its migrations, oldest first.
pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    let parts = [journal::migrations(), trading::migrations(), accounts::migrations()];
    parts.into_iter().flatten().collect()
}
