//! The dead man's switch of an API key: armed by the first beat, never disarmed.

use std::collections::HashMap;

use domain::UnixMillis;

use crate::rng::Rng;

/// Silence after which all open orders of the key are cancelled.
const SILENCE_MAX_MS: i64 = 10_000;

#[derive(Debug)]
struct Pulse {
    expected: String,
    last_ms: i64,
}

/// The pulses of all keys that ever beat.
#[derive(Debug)]
pub(crate) struct Heartbeats {
    pulses: HashMap<String, Pulse>,
    rng: Rng,
}

impl Heartbeats {
    pub(crate) fn new(seed: u64) -> Self {
        Self { pulses: HashMap::new(), rng: Rng::new(seed, "heartbeats") }
    }
    /// Takes a beat: the id to send next.
    ///
    /// # Errors
    /// The id is not the one expected, which is handed back.
    pub(crate) fn beat(&mut self, key: &str, id: &str, now: UnixMillis) -> Result<String, String> {
        if let Some(pulse) = self.pulses.get(key)
            && pulse.expected != id
        {
            return Err(pulse.expected.clone());
        }
        if !id.is_empty() && !self.pulses.contains_key(key) {
            return Err(String::new());
        }
        let (a, b) = (self.rng.next(), self.rng.next());
        let expected = format!(
            "{:08x}-{:04x}-4{:03x}-b{:03x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xfff,
            b >> 48 & 0xfff,
            b & 0xffff_ffff_ffff
        );
        let pulse = Pulse { expected: expected.clone(), last_ms: now.0 };
        self.pulses.insert(key.to_owned(), pulse);
        Ok(expected)
    }
    /// The keys that have been silent for too long.
    pub(super) fn dead(&self, now: UnixMillis) -> Vec<String> {
        let dead = self.pulses.iter().filter(|(_, pulse)| now.0 - pulse.last_ms > SILENCE_MAX_MS);
        dead.map(|(key, _)| key.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beat_must_echo_the_last_id_and_silence_is_noticed_after_ten_seconds() {
        let mut hearts = Heartbeats::new(1);
        let first = hearts.beat("key", "", UnixMillis(0)).unwrap();
        assert_eq!(hearts.beat("key", "", UnixMillis(1)), Err(first.clone()));
        let second = hearts.beat("key", &first, UnixMillis(5_000)).unwrap();
        assert_ne!(first, second);
        assert_eq!(hearts.dead(UnixMillis(15_000)), Vec::<String>::new());
        assert_eq!(hearts.dead(UnixMillis(15_001)), ["key"]);
        assert!(hearts.beat("other", "made up", UnixMillis(1)).is_err());
    }
}
