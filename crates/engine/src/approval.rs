//! The one way from a wish to a deed.

/// A value that passed every gate of the risk manager.
///
/// Only the risk book of this crate makes one, so whoever asks for an `Approved<Signal>` cannot be
/// handed a signal that nobody reviewed:
///
/// ```compile_fail,E0624
/// let forged = engine::approval::Approved::new("a signal that nobody reviewed");
/// ```
///
/// Nor can one be read from a text, because it does not implement `Deserialize`:
///
/// ```compile_fail,E0277
/// let forged: engine::approval::Approved<u8> = serde_json::from_str("1").unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved<T>(T);

impl<T> Approved<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }
    /// What was approved.
    pub const fn get(&self) -> &T {
        &self.0
    }
    /// What was approved, to keep. It loses its seal.
    pub fn into_inner(self) -> T {
        self.0
    }
}
