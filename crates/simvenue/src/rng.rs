//! Reproducible randomness: the same seed gives the same venue on every machine.

/// A SplitMix64 generator. Small, fast, and enough for a crowd; nothing here guards a secret.
#[derive(Clone, Debug)]
pub struct Rng(u64);

/// Mixes `value` into a well-spread number.
#[must_use]
pub const fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Rng {
    /// From a seed and the name of its use, so that two uses of one seed are independent.
    #[must_use]
    pub fn new(seed: u64, purpose: &str) -> Self {
        let start = purpose.bytes().fold(mix(seed), |state, byte| mix(state ^ u64::from(byte)));
        Self(start)
    }
    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }
    /// A number from `low` to `high`, both included; `low` where the range is empty.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        let Ok(span) = u64::try_from(high - low) else { return low };
        low + i64::try_from(self.next() % (span + 1)).unwrap_or(0)
    }
    /// An index below `length`; zero where there is none.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.next() % (length.max(1) as u64)).unwrap_or(0)
    }
    /// True in `parts` of a million cases.
    pub const fn chance_ppm(&mut self, parts: u32) -> bool {
        self.next() % 1_000_000 < parts as u64
    }
    /// One of the items; `None` where there is none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.index(items.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_purpose_give_the_same_numbers_and_others_do_not() {
        let draw = |seed, purpose| {
            let mut rng = Rng::new(seed, purpose);
            [rng.next(), rng.next(), rng.next()]
        };
        assert_eq!(draw(7, "crowd"), draw(7, "crowd"));
        assert_ne!(draw(7, "crowd"), draw(8, "crowd"));
        assert_ne!(draw(7, "crowd"), draw(7, "faults"));
    }

    #[test]
    fn a_range_stays_inside_its_ends() {
        let mut rng = Rng::new(1, "range");
        assert!((0..1_000).all(|_| (-3..=4).contains(&rng.range(-3, 4))));
        assert_eq!(rng.range(5, 4), 5, "an empty range is its low end");
    }
}
