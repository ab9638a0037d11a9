//! What the venue said that it does not do now, or not for us, and until when we believe it. Pure.

use domain::{DurationMillis, Side, UnixMillis};
use engine::risk::{HoldScope, VenueHold};
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

impl Refused {
    const fn scope(&self) -> HoldScope {
        match self.restriction {
            Restriction::ClosedOnly => HoldScope::Purchases,
            _ => HoldScope::Orders,
        }
    }
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
    /// Asks to send orders; `sides` are theirs. When a restriction may be over, one is let through
    /// at a time. An account that may only reduce may sell.
    ///
    /// # Errors
    /// Why not, in plain words.
    pub fn admit(
        &mut self,
        now: UnixMillis,
        mut sides: impl Iterator<Item = Side>,
    ) -> Result<(), String> {
        let Some(refused) = &mut self.refused else { return Ok(()) };
        if refused.scope() == HoldScope::Purchases && sides.all(|side| side == Side::Sell) {
            return Ok(());
        }
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
    /// Whatever was refused is over. Returns what it was.
    pub fn lifted(&mut self) -> Option<String> {
        self.refused.take().map(|refused| refused.why)
    }
    /// The venue took, or refused on its own merits, an order of this side: whatever was refused of
    /// its kind is over.
    pub fn taken(&mut self, side: Side) {
        let is_proof =
            |refused: &mut Refused| refused.scope() == HoldScope::Orders || side == Side::Buy;
        self.refused.take_if(is_proof);
    }
    /// What is not worth a try now.
    #[must_use]
    pub fn hold(&self, now: UnixMillis) -> Option<VenueHold> {
        let refused = self.refused.as_ref().filter(|refused| now < refused.until)?;
        let (scope, until, why) = (refused.scope(), refused.until, refused.why.clone());
        Some(VenueHold { scope, until, why })
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
    /// What to show people: what is known to last, or what has not been proven to be over. A
    /// moment's wait because of too many requests is no news.
    #[must_use]
    pub fn shown(&self, now: UnixMillis) -> Option<String> {
        let refused = self.refused.as_ref()?;
        let is_shown = match refused.restriction {
            Restriction::RateLimited { .. } => false,
            Restriction::Restarting { .. } | Restriction::PostOnly { .. } => now < refused.until,
            Restriction::TradingDisabled | Restriction::RegionBlocked | Restriction::ClosedOnly => {
                true
            }
        };
        is_shown.then(|| refused.why.clone())
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
            "The venue lets this account only reduce its positions, so nothing is bought. Ask the \
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
    fn admit(restraint: &mut Restraint, millis: i64) -> Result<(), String> {
        restraint.admit(at(millis), [Side::Buy].into_iter())
    }
    fn restraint() -> Restraint {
        Restraint::new(RestraintSettings::default())
    }

    #[test]
    fn a_region_block_is_told_in_plain_words_and_stays_until_one_order_is_taken() {
        let mut restraint = restraint();
        assert_eq!(admit(&mut restraint, 0), Ok(()));
        restraint.refused(Restriction::RegionBlocked, "Trading restricted in your region", at(0));
        let why = admit(&mut restraint, 29_999).unwrap_err();
        assert!(why.starts_with("The venue takes no orders from this region"), "{why}");
        assert!(why.ends_with("Trading restricted in your region"), "{why}");
        assert_eq!(restraint.shown(at(0)), Some(why));
        assert_eq!(admit(&mut restraint, 30_000), Ok(()), "one order tries");
        assert!(admit(&mut restraint, 30_001).is_err(), "one alone");
        assert!(restraint.shown(at(0)).is_some(), "nothing is known yet");
        assert!(restraint.lifted().is_some());
        assert_eq!((admit(&mut restraint, 30_002), restraint.shown(at(0))), (Ok(()), None));
    }

    #[test]
    fn a_stated_wait_is_kept_within_reason_and_passes_by_itself() {
        let mut restraint = restraint();
        let retry_after = Some(Duration::from_secs(90));
        restraint.refused(Restriction::PostOnly { retry_after }, "", at(0));
        assert!(admit(&mut restraint, 89_999).is_err());
        assert_eq!(admit(&mut restraint, 90_000), Ok(()));
        let retry_after = Some(Duration::from_secs(1_000_000));
        restraint.refused(Restriction::Restarting { retry_after }, "", at(0));
        assert!(admit(&mut restraint, 599_999).is_err());
        assert!(restraint.shown(at(599_999)).is_some());
        assert_eq!(restraint.shown(at(600_000)), None, "it is tried again");
        assert_eq!(admit(&mut restraint, 600_000), Ok(()));
        restraint.refused(Restriction::RateLimited { retry_after: None }, "", at(0));
        assert_eq!(restraint.shown(at(0)), None, "a moment's wait is no news");
    }

    #[test]
    fn what_can_be_asked_without_an_order_is_asked_when_it_is_due() {
        let mut restraint = restraint();
        restraint.refused(Restriction::ClosedOnly, "", at(0));
        assert_eq!(restraint.probe_due(at(29_999)), None);
        assert_eq!(restraint.probe_due(at(30_000)), Some(Probe::ClosedOnly));
        restraint.confirmed(at(30_000));
        assert_eq!(restraint.probe_due(at(30_001)), None);
        assert!(admit(&mut restraint, 30_001).is_err(), "it is still there");
        restraint.refused(Restriction::TradingDisabled, "", at(0));
        assert_eq!(restraint.probe_due(at(30_000)), None, "nobody to ask but an order");
    }

    #[test]
    fn an_account_that_may_only_reduce_sells_and_a_sale_proves_nothing_of_purchases() {
        let mut restraint = restraint();
        restraint.refused(Restriction::ClosedOnly, "", at(0));
        let sales = || [Side::Sell, Side::Sell].into_iter();
        assert_eq!(restraint.admit(at(1), sales()), Ok(()));
        assert!(restraint.admit(at(1), [Side::Sell, Side::Buy].into_iter()).is_err());
        assert_eq!(restraint.hold(at(1)).unwrap().scope, HoldScope::Purchases);
        restraint.taken(Side::Sell);
        assert!(admit(&mut restraint, 2).is_err(), "it still may not buy");
        restraint.taken(Side::Buy);
        assert_eq!((admit(&mut restraint, 3), restraint.hold(at(3))), (Ok(()), None));
    }
}
