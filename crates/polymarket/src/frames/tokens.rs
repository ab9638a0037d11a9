//! From the text of a token id to its dense index, without hashing the whole text.

use domain::{TokenId, TokenIndex};
use thiserror::Error;

/// Digits that choose the slot. Ids are hashes, so that any sixteen of their digits spread well.
const KEY_BYTES: usize = 16;
/// The longest decimal number below 2^256.
const TEXT_BYTES: usize = 78;
/// Slots per token: a short probe matters more than the eight bytes of an empty slot.
const SLOTS_PER_TOKEN: usize = 4;

/// The same token twice in one list of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the token {0} is listed twice")]
pub struct DuplicateToken(pub TokenId);

#[derive(Clone, Debug)]
struct Entry {
    length: u8,
    text: [u8; TEXT_BYTES],
}

impl Entry {
    fn text(&self) -> &[u8] {
        self.text.get(..usize::from(self.length)).unwrap_or_default()
    }
}

/// The watched tokens by their text. Immutable: a new set of tokens is a new table.
#[derive(Clone, Debug)]
pub struct TokenTable {
    /// Open addressing with linear probing; high half a tag, low half the index plus one.
    slots: Vec<u64>,
    mask: usize,
    entries: Vec<Entry>,
}

impl TokenTable {
    /// The table of `tokens`; a token's index is its place in the list.
    ///
    /// # Errors
    /// A token that is listed twice.
    pub fn new(tokens: &[TokenId]) -> Result<Self, DuplicateToken> {
        let size = (tokens.len().max(4) * SLOTS_PER_TOKEN).next_power_of_two();
        let mut table = Self { slots: vec![0; size], mask: size - 1, entries: Vec::new() };
        table.entries.reserve_exact(tokens.len());
        for token in tokens {
            let digits = token.to_string();
            if table.lookup(digits.as_bytes()).is_some() {
                return Err(DuplicateToken(*token));
            }
            table.insert(digits.as_bytes());
        }
        Ok(table)
    }
    fn insert(&mut self, digits: &[u8]) {
        let mut entry = Entry { length: 0, text: [0; TEXT_BYTES] };
        for (to, from) in entry.text.iter_mut().zip(digits) {
            *to = *from;
            entry.length += 1;
        }
        self.entries.push(entry);
        let hash = mix(padded_key(digits));
        let value = (hash & TAG) | self.entries.len() as u64;
        let mut at = hash as usize & self.mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == 0 {
                *slot = value;
                return;
            }
            at = (at + 1) & self.mask;
        }
    }
    /// The index of the token whose text is `digits`.
    #[must_use]
    pub fn lookup(&self, digits: &[u8]) -> Option<TokenIndex> {
        self.probe(padded_key(digits), |text| text == digits).map(|(token, _)| token)
    }
    /// The token whose text and closing quote `rest` begins with, and what follows the quote.
    #[inline]
    pub(super) fn take<'a>(&self, rest: &'a [u8]) -> Option<(TokenIndex, &'a [u8])> {
        let key = rest.first_chunk::<KEY_BYTES>()?;
        let follows = |text: &[u8]| rest.starts_with(text) && rest.get(text.len()) == Some(&b'"');
        let (token, length) = self.probe(*key, follows)?;
        Some((token, rest.get(length + 1..)?))
    }
    #[inline]
    fn probe(
        &self,
        key: [u8; KEY_BYTES],
        matches: impl Fn(&[u8]) -> bool,
    ) -> Option<(TokenIndex, usize)> {
        let hash = mix(key);
        let mut at = hash as usize & self.mask;
        loop {
            // A quarter full at most: there is always an empty slot to stop at.
            let slot = *self.slots.get(at)?;
            if slot == 0 {
                return None;
            }
            if (slot ^ hash) & TAG == 0 {
                let index = (slot & !TAG) as u32 - 1;
                let text = self.entries.get(index as usize)?.text();
                if matches(text) {
                    return Some((TokenIndex(index), text.len()));
                }
            }
            at = (at + 1) & self.mask;
        }
    }
    /// How many tokens there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

const TAG: u64 = 0xffff_ffff_0000_0000;

/// The first sixteen bytes, zeros where the text is shorter.
fn padded_key(digits: &[u8]) -> [u8; KEY_BYTES] {
    let mut key = [0; KEY_BYTES];
    for (to, from) in key.iter_mut().zip(digits) {
        *to = *from;
    }
    key
}

/// Spreads the digits' bits over both the slot (low bits) and the tag (high bits).
#[inline]
fn mix(key: [u8; KEY_BYTES]) -> u64 {
    let key = u128::from_le_bytes(key);
    let (low, high) = (key as u64, (key >> 64) as u64);
    let product =
        u128::from(low ^ 0x9e37_79b9_7f4a_7c15) * u128::from(high ^ 0xd1b5_4a32_d192_ed03);
    (product as u64) ^ ((product >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(texts: &[&str]) -> Vec<TokenId> {
        texts.iter().map(|text| TokenId::parse(text).unwrap()).collect()
    }

    #[test]
    fn every_token_is_found_by_its_whole_text_and_by_nothing_else() {
        let long = "56108879726720646120583724001239294777304794469144970684362785767667828318889";
        let same_start =
            "5610887972672064612058372400123929477730479446914497068436278576766782831888";
        let table = TokenTable::new(&ids(&["0", "7", "71", long, same_start])).unwrap();
        for (at, text) in ["0", "7", "71", long, same_start].into_iter().enumerate() {
            assert_eq!(table.lookup(text.as_bytes()), Some(TokenIndex(at as u32)), "{text}");
        }
        for text in ["", "1", "70", "710", &long[1..], "5610887972672064"] {
            assert_eq!(table.lookup(text.as_bytes()), None, "{text}");
        }
        let rest = format!("{long}\", \"price\"");
        assert_eq!(table.take(rest.as_bytes()), Some((TokenIndex(3), &b", \"price\""[..])));
        let rest = format!("{long}1\", \"price\"");
        assert_eq!(table.take(rest.as_bytes()), None, "a longer id is another id");
    }

    #[test]
    fn a_token_listed_twice_is_refused() {
        let twice = ids(&["5", "6", "5"]);
        assert_eq!(TokenTable::new(&twice).err(), Some(DuplicateToken(twice[0])));
    }

    #[test]
    fn sixty_thousand_tokens_are_all_found() {
        let tokens: Vec<TokenId> = (1..=60_000u64)
            .map(|n| TokenId::from_words([n.wrapping_mul(0x9e37_79b9_7f4a_7c15), n, !n, n ^ 77]))
            .collect();
        let table = TokenTable::new(&tokens).unwrap();
        for (at, token) in tokens.iter().enumerate() {
            assert_eq!(table.lookup(token.to_string().as_bytes()), Some(TokenIndex(at as u32)));
        }
    }
}
