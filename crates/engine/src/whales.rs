//! Whales: prints that are large at once, and large sums in many small prints; what became of them
//! afterwards; and what that says, and does not say, about following them.

mod class;
mod grade;
mod interval;
mod record;
mod wallet;
mod watch;

pub use class::{WhaleClass, WhaleKind};
pub use grade::{Entry, Grade, GradeDue, Horizon, Stake, grade_at_market, grade_at_settlement};
pub use interval::{Interval, PPM, mean_by_cluster, wilson};
pub use record::{ClassRecord, MARKETS_MIN, Outcome, record};
pub use wallet::{Freshness, SettledPosition, WalletProfile};
pub use watch::{Change, WhaleEvent, WhaleId, WhaleSettings, WhaleWatch};
