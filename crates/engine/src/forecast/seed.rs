//! Numbers that look random and are the same every time.

/// A generator that is handed in by whoever wants a random figure: the same seed gives the same
/// figures. SplitMix64; good enough to resample with, and for nothing secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed(u64);

impl Seed {
    /// Any number will do.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }
    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    /// The next number from 0 to `count - 1`; 0 for none.
    pub fn below(&mut self, count: usize) -> usize {
        let scaled = (u128::from(self.bits()) * count as u128) >> 64;
        usize::try_from(scaled).unwrap_or(0)
    }
    /// The next number from 0 to just below a million.
    pub fn millionths(&mut self) -> u32 {
        u32::try_from(self.below(1_000_000)).unwrap_or(0)
    }
}
