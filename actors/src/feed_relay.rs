//! A process that watches parts of the market for another one: it holds shards by lease, runs the
//! market's feeds for them, and passes on what they bring.

mod outgoing;
mod shard_keeper;
mod wish_hearer;
mod writer;

pub use shard_keeper::{HeldShards, ShardKeeper, ShardKeeperOutlets, Standing};
pub use wish_hearer::WishHearer;
pub use writer::{FrameWriter, HoldingChanged};
