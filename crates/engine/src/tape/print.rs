//! One trade, as the public tape shows it.

use std::fmt;
use std::sync::Arc;

use domain::{
    AccountAddress, ConditionId, Shares, Side, TokenId, TransactionHash, UnixMillis, Usd,
};

/// Who said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The live stream of the whole venue: transaction and wallet.
    Live,
    /// The market socket: neither.
    Book,
    /// A walk through the paged list, by its number: each row is a print of its own.
    Walk(u64),
}

impl Source {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Book => "book",
            Self::Walk(_) => "list",
        }
    }
}

/// What people call it. From outside: untrusted text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The market's question.
    pub title: Box<str>,
    /// The market's slug.
    pub slug: Box<str>,
    /// The event's slug.
    pub event_slug: Box<str>,
    /// The outcome's name.
    pub outcome: Box<str>,
}

/// One trade from the taker's view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    /// The transaction that settles it, where the source knows.
    pub transaction: Option<TransactionHash>,
    /// Who took, where the source knows.
    pub wallet: Option<AccountAddress>,
    /// What.
    pub token: TokenId,
    /// In which market.
    pub condition: ConditionId,
    /// Whether the taker bought or sold.
    pub side: Side,
    /// Dollars a share, on average.
    pub price: Usd,
    /// How many shares.
    pub size: Shares,
    /// What they cost together.
    pub value: Usd,
    /// When.
    pub at: UnixMillis,
    /// Who said so.
    pub source: Source,
    /// What people call it.
    pub about: Arc<About>,
}

/// The name of a print: at most 120 printable ASCII characters, the same whenever the same print is
/// seen first by the same source.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrintId(Arc<str>);

/// A print with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldPrint {
    /// Its name.
    pub id: PrintId,
    /// What happened.
    pub print: Print,
}

impl PrintId {
    /// A name that was given before.
    #[must_use]
    pub fn known(text: &str) -> Self {
        Self(text.into())
    }
    /// The name of the `copy`-th of equal prints of one transaction, from 0.
    pub(super) fn of(print: &Print, copy: u32) -> Self {
        let mut digest = Digest::new();
        digest.add(print.wallet.as_ref().map_or(&[][..], |wallet| wallet.bytes()));
        for word in print.token.words() {
            digest.add(&word.to_be_bytes());
        }
        digest.add(&[u8::from(print.side == Side::Buy)]);
        digest.add(&print.size.micros().to_be_bytes());
        digest.add(&print.price.micros().to_be_bytes());
        digest.add(&copy.to_be_bytes());
        let Digest(facts) = digest;
        Self(match print.transaction {
            Some(transaction) => format!("{transaction}-{facts:016x}").into(),
            None => format!("{}-{}-{facts:016x}", print.source.code(), print.at.0).into(),
        })
    }
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PrintId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
impl fmt::Debug for PrintId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// FNV-1a: tells the few prints of one transaction apart. Nobody gains by making two meet: their
/// own second trade would be taken for their first.
struct Digest(u64);

impl Digest {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
