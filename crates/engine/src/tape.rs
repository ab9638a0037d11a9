//! The tape: every print once, whatever the sources say.
//!
//! Three sources tell of the same trades. The live stream names transaction and wallet, and freezes
//! now and then; the market socket names neither; the paged list names both, minutes late. None
//! states the position in the transaction's log. So a print is known by its transaction and by what
//! was traded in it, exact repeats within one transaction are told apart by the paged list alone,
//! and a print without a name waits a while for its named twin.

mod memory;
mod print;
mod sieve;

pub use memory::{Tape, TapeSettings, Verdict};
pub use print::{About, Print, PrintId, Source, ToldPrint};
pub use sieve::{Left, Sieve, SieveSettings, Weight};
