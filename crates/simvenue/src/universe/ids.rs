//! Ids in the venue's forms, made from a seed.

use domain::TokenId;

use crate::rng::Rng;

/// Text as part of an address: lower case, words joined by hyphens.
pub(super) fn slug(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("-")
}

/// 32 bytes.
pub(super) fn bytes(rng: &mut Rng) -> [u8; 32] {
    let mut all = [0; 32];
    for chunk in all.chunks_mut(8) {
        chunk.copy_from_slice(&rng.next().to_be_bytes());
    }
    all
}

/// The id of a neg-risk group: 32 bytes, the last of them zero.
pub(super) fn group(rng: &mut Rng) -> [u8; 32] {
    let mut id = bytes(rng);
    if let Some(last) = id.last_mut() {
        *last = 0;
    }
    id
}

/// The id of a question of a group: the group's, with the question's number as its last byte.
/// `None` from the 257th question on.
pub(super) fn question(group: &str, number: usize) -> Option<String> {
    let number = u8::try_from(number).ok()?;
    Some(format!("{}{number:02x}", group.get(..group.len().checked_sub(2)?)?))
}

/// `0x` and 64 digits.
pub(super) fn hex32(bytes: &[u8; 32]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// The id of a conditional token: a large decimal number.
pub(super) fn token(rng: &mut Rng) -> String {
    TokenId::from_words([rng.next(), rng.next(), rng.next(), rng.next()]).to_string()
}

/// The condition and both positions of a market of Protocol V2.
pub(super) fn second_protocol(rng: &mut Rng) -> (String, [String; 2]) {
    let mut id = [0u8; 32];
    let base = bytes(rng);
    for (at, byte) in id.iter_mut().enumerate() {
        *byte = match at {
            0 => 1,                                       // binary module
            1..=16 => base.get(at).copied().unwrap_or(0), // base hash
            18 => 2,                                      // two outcomes
            _ => 0,
        };
    }
    let position = |last: u8| {
        let mut words = [0u64; 4];
        for (at, byte) in id.iter().take(31).chain([&last]).enumerate() {
            if let Some(word) = words.get_mut(at / 8) {
                *word = (*word << 8) | u64::from(*byte);
            }
        }
        TokenId::from_words(words).to_string()
    };
    // The condition is the position without its last byte; padded to 32 bytes as the CLOB has it.
    (hex32(&id), [position(0), position(1)])
}
