//! What the venue said that it does not do now, or not for us, and until when we believe it. Pure.

use domain::{DurationMillis, UnixMillis};
use polymarket::clob::private::Restriction;

/// How long a restriction is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestraintSettings {
    /// Between two attempts to find out whether a restriction without a stated end is gone.
    /// Default 30 s.
    pub probe_interval: DurationMillis,
    /// After a refusal because the engine restarts or only takes post-only orders, where the venue
    /// does not say how long. Default 5 s.
    pub window: DurationMillis,
    /// After a refusal because of too many requests, where the venue does not say how long.
    /// Default 1 s.
    pub rate_pause: DurationMillis,
    /// The longest wait that the venue may impose at one time. Default 10 min.
    pub window_max: DurationMillis,
}

impl Default for RestraintSettings {
    fn default() -> Self {
        Self {
            probe_interval: DurationMillis(30_000),
            window: DurationMillis(5_000),
            rate_pause: DurationMillis(1_000),
            window_max: DurationMillis(600_000),
        }
    }
}

/// What is asked to find out whether a restriction is gone, without an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// Whether orders may come from here.
    Region,
    /// Whether the account may only reduce.
    ClosedOnly,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Refused {
    restriction: Restriction,
    /// From then on the next order tries.
    until: UnixMillis,
    why: String,
}

/// Whether orders may be sent.
#[derive(Clone, Debug)]
pub struct Restraint {
    settings: RestraintSettings,
    refused: Option<Refused>,
}

impl Restraint {
    /// Nothing is refused.
    #[must_use]
    pub const fn new(settings: RestraintSettings) -> Self {
        Self { settings, refused: None }
    }
    /// Asks to send an order. When a restriction may be over, one is let through at a time.
    ///
    /// # Errors
    /// Why not, in plain words.
    pub fn admit(&mut self, now: UnixMillis) -> Result<(), String> {
        let Some(refused) = &mut self.refused else { return Ok(()) };
        if now < refused.until {
            return Err(refused.why.clone());
        }
        refused.until = now.plus(self.settings.probe_interval);
        Ok(())
    }
    /// The venue refused for a reason that is about more than one order. Words are the venue's own.
    pub fn refused(&mut self, restriction: Restriction, words: &str, now: UnixMillis) {
        let RestraintSettings { probe_interval, window, rate_pause, .. } = self.settings;
        let (retry_after, otherwise) = match restriction {
            Restriction::Restarting { retry_after } | Restriction::PostOnly { retry_after } => {
                (retry_after, window)
            }
            Restriction::RateLimited { retry_after } => (retry_after, rate_pause),
            Restriction::TradingDisabled | Restriction::RegionBlocked | Restriction::ClosedOnly => {
                (None, probe_interval)
            }
        };
        let stated = retry_after.and_then(|wait| i64::try_from(wait.as_millis()).ok());
        let wait = stated.map_or(otherwise, DurationMillis);
        let until = now.plus(DurationMillis(wait.0.min(self.settings.window_max.0)));
        self.refused = Some(Refused { restriction, until, why: plain(restriction, words) });
    }
    /// The venue took, or refused on its own merits, an order: whatever was refused is over.
    /// Returns whether something was.
    pub fn lifted(&mut self) -> Option<String> {
        self.refused.take().map(|refused| refused.why)
    }
    /// What to ask now to learn whether the restriction is gone. The answer is told by
    /// [`Self::lifted`] or, if it is still there, by nothing.
    pub fn probe_due(&mut self, now: UnixMillis) -> Option<Probe> {
        let refused = self.refused.as_mut().filter(|refused| now >= refused.until)?;
        match refused.restriction {
            Restriction::RegionBlocked => Some(Probe::Region),
            Restriction::ClosedOnly => Some(Probe::ClosedOnly),
            _ => None,
        }
    }
    /// The restriction was asked after and is still there.
    pub fn confirmed(&mut self, now: UnixMillis) {
        if let Some(refused) = &mut self.refused {
            refused.until = now.plus(self.settings.probe_interval);
        }
    }
    /// What to show people: only what waiting a moment does not heal.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        let refused = self.refused.as_ref()?;
        let passes = matches!(
            refused.restriction,
            Restriction::RateLimited { .. } | Restriction::Restarting { .. }
        );
        (!passes).then(|| refused.why.clone())
    }
}

fn plain(restriction: Restriction, words: &str) -> String {
    let what = match restriction {
        Restriction::Restarting { .. } => {
            "The venue's matching engine restarts, so no orders are sent until it is back."
        }
        Restriction::PostOnly { .. } => {
            "For some minutes after a restart the venue takes only post-only orders, so none are \
             sent meanwhile."
        }
        Restriction::TradingDisabled => {
            "The venue has paused trading, so no orders are sent. It is tried again now and then."
        }
        Restriction::RegionBlocked => {
            "The venue takes no orders from this region, so none are sent. Market data goes on. \
             Run the service where trading is allowed; it is tried again now and then."
        }
        Restriction::RateLimited { .. } => {
            "The venue has had too many requests, so orders wait a moment."
        }
        Restriction::ClosedOnly => {
            "The venue lets this account only reduce its positions, so no orders are sent. Ask the \
             venue's support why; it is tried again now and then."
        }
    };
    if words.is_empty() { what.to_owned() } else { format!("{what} The venue says: {words}") }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(millis: i64) -> UnixMillis {
        UnixMillis(millis)
    }
    fn restraint() -> Restraint {
        Restraint::new(RestraintSettings::default())
    }

    #[test]
    fn a_region_block_is_told_in_plain_words_and_stays_until_one_order_is_taken() {
        let mut restraint = restraint();
        assert_eq!(restraint.admit(at(0)), Ok(()));
        restraint.refused(Restriction::RegionBlocked, "Trading restricted in your region", at(0));
        let why = restraint.admit(at(29_999)).unwrap_err();
        assert!(why.starts_with("The venue takes no orders from this region"), "{why}");
        assert!(why.ends_with("Trading restricted in your region"), "{why}");
        assert_eq!(restraint.shown(), Some(why));
        assert_eq!(restraint.admit(at(30_000)), Ok(()), "one order tries");
        assert!(restraint.admit(at(30_001)).is_err(), "one alone");
        assert!(restraint.shown().is_some(), "nothing is known yet");
        assert!(restraint.lifted().is_some());
        assert_eq!((restraint.admit(at(30_002)), restraint.shown()), (Ok(()), None));
    }

    #[test]
    fn a_stated_wait_is_kept_within_reason_and_passes_by_itself() {
        let mut restraint = restraint();
        let retry_after = Some(Duration::from_secs(90));
        restraint.refused(Restriction::PostOnly { retry_after }, "", at(0));
        assert!(restraint.admit(at(89_999)).is_err());
        assert_eq!(restraint.admit(at(90_000)), Ok(()));
        let retry_after = Some(Duration::from_secs(1_000_000));
        restraint.refused(Restriction::Restarting { retry_after }, "", at(0));
        assert!(restraint.admit(at(599_999)).is_err());
        assert_eq!(restraint.admit(at(600_000)), Ok(()));
        assert_eq!(restraint.shown(), None, "a moment's wait is no news");
    }

    #[test]
    fn what_can_be_asked_without_an_order_is_asked_when_it_is_due() {
        let mut restraint = restraint();
        restraint.refused(Restriction::ClosedOnly, "", at(0));
        assert_eq!(restraint.probe_due(at(29_999)), None);
        assert_eq!(restraint.probe_due(at(30_000)), Some(Probe::ClosedOnly));
        restraint.confirmed(at(30_000));
        assert_eq!(restraint.probe_due(at(30_001)), None);
        assert!(restraint.admit(at(30_001)).is_err(), "it is still there");
        restraint.refused(Restriction::TradingDisabled, "", at(0));
        assert_eq!(restraint.probe_due(at(30_000)), None, "nobody to ask but an order");
    }
}
