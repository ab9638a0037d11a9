//! The history of the database schema, for SQLite and MySQL/MariaDB.
//!
//! MySQL commits every change of the schema at once, transaction or not. So each migration makes
//! one change, and makes it in a form that may be run again after a crash between the change and
//! the note that it was made. A migration that was released is never edited; a new one is added.

mod access;
mod alerts;
mod columns;
mod decision_counts;
mod declared;
mod equity;
mod insight;
mod leases;
mod m20261121_000001_markets;
mod m20261121_000002_markets_by_state;
mod m20261121_000003_event_groups;
mod m20261121_000004_market_prices;
mod m20261121_000005_market_prices_by_time;
mod m20261121_000006_opportunities;
mod m20261121_000007_opportunities_by_found;
mod m20261121_000008_opportunities_by_closed;
mod m20261121_000009_collector_runs;
mod m20261121_000010_commands;
mod m20261121_000011_commands_by_time;
mod m20261121_000130_forecasts;
mod money;
mod steps;
mod web_sessions;

pub use sea_orm_migration::{MigrationStatus, MigratorTrait};

use sea_orm_migration::{MigrationTrait, async_trait};

/// All migrations, oldest first.
#[derive(Clone, Copy, Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all: Vec<Box<dyn MigrationTrait>> = vec![
            Box::new(m20261121_000001_markets::Migration),
            Box::new(m20261121_000002_markets_by_state::Migration),
            Box::new(m20261121_000003_event_groups::Migration),
            Box::new(m20261121_000004_market_prices::Migration),
            Box::new(m20261121_000005_market_prices_by_time::Migration),
            Box::new(m20261121_000006_opportunities::Migration),
            Box::new(m20261121_000007_opportunities_by_found::Migration),
            Box::new(m20261121_000008_opportunities_by_closed::Migration),
            Box::new(m20261121_000009_collector_runs::Migration),
            Box::new(m20261121_000010_commands::Migration),
            Box::new(m20261121_000011_commands_by_time::Migration),
        ];
        all.extend(money::migrations());
        all.push(Box::new(declared::NewColumn {
            name: "m20261121_000041_markets_question_id",
            table: "markets",
            column: "question_id",
            definition: columns::text_or_null("question_id", columns::KEY),
        }));
        all.extend(insight::migrations());
        all.extend(m20261121_000130_forecasts::migrations());
        all.extend(alerts::migrations());
        all.extend(access::migrations());
        all.extend(decision_counts::migrations());
        all.extend(equity::migrations());
        all.extend(leases::migrations());
        all.extend(web_sessions::migrations());
        all
    }
}
