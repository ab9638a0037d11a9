//! Books as they stand, so that a moment can be read without everything before it.

use domain::{Level, Price, Shares, Side, TokenId, UnixMillis};
use engine::books::{StaleCause, SuspectCause, TrackedBook, Trust};
use thiserror::Error;

/// A book as it stood, with whether it was believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestatedBook {
    /// Whose.
    pub token: TokenId,
    /// Whether it was believed.
    pub trust: Trust,
    /// How many snapshots it was built from.
    pub epoch: u64,
    /// The exchange's time of the last frame that stated it.
    pub stated_at: UnixMillis,
    /// The best first.
    pub bids: Vec<Level>,
    /// The best first.
    pub asks: Vec<Level>,
}

/// The payload holds no books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the restated books of a record are cut, or name what cannot be")]
pub struct NoBooks;

/// Every state of trust, by the number that a record holds. Never renumbered.
const TRUSTS: [Trust; 10] = [
    Trust::Waiting,
    Trust::Trusted,
    Trust::Suspect(SuspectCause::Crossed),
    Trust::Suspect(SuspectCause::TouchDiffers),
    Trust::Suspect(SuspectCause::HashDiffers),
    Trust::Suspect(SuspectCause::RestDiffers),
    Trust::Suspect(SuspectCause::FramesLost),
    Trust::Suspect(SuspectCause::TickChanged),
    Trust::Stale(StaleCause::Disconnected),
    Trust::Stale(StaleCause::Silent),
];

impl RestatedBook {
    /// As it stands.
    #[must_use]
    pub fn of(book: &TrackedBook) -> Self {
        let side = |side| book.untrusted().side(side).best_first().collect();
        Self {
            token: book.token(),
            trust: book.trust(),
            epoch: book.epoch().0,
            stated_at: book.stated_at(),
            bids: side(Side::Buy),
            asks: side(Side::Sell),
        }
    }

    /// Books as one record holds them, one behind the other: token (32), trust (1), then as numbers of
    /// varying length epoch, time, and each side's levels behind their count.
    #[must_use]
    pub fn payload(books: &[Self]) -> Vec<u8> {
        let mut payload = Vec::new();
        for book in books {
            payload.extend(book.token.words().iter().flat_map(|word| word.to_be_bytes()));
            let trust = TRUSTS.iter().position(|trust| *trust == book.trust).unwrap_or_default();
            number(trust as u64, &mut payload);
            number(book.epoch, &mut payload);
            number(book.stated_at.0.max(0).unsigned_abs(), &mut payload);
            for side in [&book.bids, &book.asks] {
                number(side.len() as u64, &mut payload);
                for level in side {
                    number(u64::from(level.price.ten_thousandths()), &mut payload);
                    number(level.size.micros().max(0).unsigned_abs(), &mut payload);
                }
            }
        }
        payload
    }

    /// From a record.
    ///
    /// # Errors
    /// It holds none.
    pub fn read(payload: &[u8]) -> Result<Vec<Self>, NoBooks> {
        let (mut rest, mut books) = (payload, Vec::new());
        while !rest.is_empty() {
            books.push(read_book(&mut rest).ok_or(NoBooks)?);
        }
        Ok(books)
    }
}

fn read_book(rest: &mut &[u8]) -> Option<RestatedBook> {
    let mut words = [0; 4];
    for word in &mut words {
        let (bytes, behind) = rest.split_first_chunk()?;
        *rest = behind;
        *word = u64::from_be_bytes(*bytes);
    }
    let token = TokenId::from_words(words);
    let trust = *TRUSTS.get(usize::try_from(read_number(rest)?).ok()?)?;
    let epoch = read_number(rest)?;
    let stated_at = UnixMillis(i64::try_from(read_number(rest)?).ok()?);
    let (bids, asks) = (read_side(rest)?, read_side(rest)?);
    Some(RestatedBook { token, trust, epoch, stated_at, bids, asks })
}

fn read_side(rest: &mut &[u8]) -> Option<Vec<Level>> {
    let count = read_number(rest)?;
    // Not all at once: a damaged count must not take the memory of a good one.
    let mut levels = Vec::new();
    for _ in 0..count {
        let price = Price::from_ten_thousandths(u16::try_from(read_number(rest)?).ok()?)?;
        let size = Shares::from_micros(i64::try_from(read_number(rest)?).ok()?);
        levels.push(Level { price, size });
    }
    Some(levels)
}

/// Seven bits a byte, the lowest first.
fn number(mut number: u64, into: &mut Vec<u8>) {
    while number >= 0x80 {
        into.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

fn read_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        let bits = u64::from(byte & 0x7f);
        let shifted = bits << shift;
        if shifted >> shift != bits {
            return None;
        }
        number |= shifted;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
