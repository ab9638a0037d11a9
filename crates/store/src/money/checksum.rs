//! The chain that ties every record of the journal to all before it.

use std::fmt;

use sha2::{Digest, Sha256};

/// SHA-256 over a record and the checksum of the one before it: 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checksum([u8; 32]);

impl Checksum {
    /// What comes before the first record.
    pub(crate) const NONE: Self = Self([0; 32]);

    /// The checksum of the record that follows. Lengths go in too, so that no two different
    /// records look the same.
    pub(crate) fn next(self, seq: i64, at_micros: i64, kind: &str, body: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(seq.to_be_bytes());
        hash.update(at_micros.to_be_bytes());
        hash.update((kind.len() as u64).to_be_bytes());
        hash.update(kind);
        hash.update(body);
        Self(hash.finalize().into())
    }

    /// From the text in a column; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}
impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_record_counts() {
        let first = Checksum::NONE.next(1, 2, "ab", "c");
        let others = [
            first.next(1, 2, "ab", "c"),
            Checksum::NONE.next(3, 2, "ab", "c"),
            Checksum::NONE.next(1, 3, "ab", "c"),
            Checksum::NONE.next(1, 2, "a", "bc"),
            Checksum::NONE.next(1, 2, "abc", ""),
            Checksum::NONE.next(1, 2, "ab", "d"),
        ];
        assert!(others.iter().all(|other| *other != first));
        assert_eq!(Checksum::parse(&first.to_string()), Some(first));
        assert_eq!(Checksum::parse("ab"), None);
    }

    /// A database written by one version is read by all later ones.
    #[test]
    fn the_checksum_of_a_known_record_never_changes() {
        let checksum = Checksum::NONE.next(1, 1_790_000_000_123_000, "opened", "{}");
        let want = "042cf2e660248795b1f7123831e763a0fe9d63d7f101d0f5a382571e9bcfb2a2";
        assert_eq!(checksum.to_string(), want);
    }
}
