//! What one wallet trades on one side of one outcome.

use std::sync::Arc;

use domain::{Rounding, Shares, UnixMillis, Usd};

use super::{Change, WhaleEvent, WhaleId, WhaleSettings};
use crate::tape::ToldPrint;
use crate::whales::WhaleKind;

/// Prints added up at a time: the floor of the sieve makes a hundred of them a whale. The oldest goes.
const LOOSE_MAX: usize = 512;
/// Events remembered.
const EVENTS_MAX: usize = 16;

#[derive(Clone, Copy, Debug)]
struct Loose {
    at: UnixMillis,
    value: Usd,
    size: Shares,
}

/// Prints that belong to no event yet, by time, and events that later prints may belong to.
#[derive(Clone, Debug, Default)]
pub(super) struct Hoard {
    loose: Vec<Loose>,
    events: Vec<WhaleEvent>,
    newest_at: Option<UnixMillis>,
}

impl Hoard {
    pub(super) const fn newest_at(&self) -> Option<UnixMillis> {
        self.newest_at
    }
    pub(super) fn remember(&mut self, event: WhaleEvent) {
        self.events.push(event);
        if self.events.len() > EVENTS_MAX {
            self.events.remove(0);
        }
    }
    /// Time went on to `newest`.
    pub(super) fn age(&mut self, newest: UnixMillis, settings: &WhaleSettings) {
        self.newest_at = Some(newest);
        let kept = settings.window.0.saturating_add(settings.late_max.0);
        self.loose.retain(|print| newest.since(print.at).0 <= kept);
        self.events.retain(|event| newest.since(event.last_at).0 <= kept);
    }
    pub(super) fn take(&mut self, told: &ToldPrint, settings: &WhaleSettings) -> Option<Change> {
        let print = &told.print;
        if let Some(event) = self.events.iter_mut().find(|it| reaches(it, print.at, settings)) {
            event.size += print.size;
            event.value += print.value;
            event.prints = event.prints.saturating_add(1);
            event.first_at = event.first_at.min(print.at);
            event.last_at = event.last_at.max(print.at);
            return Some(Change::Grew(event.clone()));
        }
        let place = self.loose.partition_point(|known| known.at <= print.at);
        self.loose.insert(place, Loose { at: print.at, value: print.value, size: print.size });
        if self.loose.len() > LOOSE_MAX {
            self.loose.remove(0);
        }
        let (from, to) = self.window_of_size(settings)?;
        let taken: Vec<Loose> = self.loose.drain(from..to).collect();
        let event = accumulation(told, &taken)?;
        self.remember(event.clone());
        Some(Change::New(event))
    }

    /// The first window whose prints are of the size together.
    fn window_of_size(&self, settings: &WhaleSettings) -> Option<(usize, usize)> {
        let mut sum = Usd::ZERO;
        let mut first = self.loose.iter().enumerate();
        let mut from = first.next()?;
        for (index, print) in self.loose.iter().enumerate() {
            sum += print.value;
            while print.at.since(from.1.at).0 > settings.window.0 {
                sum -= from.1.value;
                from = first.next()?;
            }
            if sum >= settings.whale_usd_min {
                return Some((from.0, index + 1));
            }
        }
        None
    }
}

/// Whether a print of that moment belongs to an event.
const fn reaches(event: &WhaleEvent, at: UnixMillis, settings: &WhaleSettings) -> bool {
    at.since(event.last_at).0 <= settings.window.0
        && event.first_at.since(at).0 <= settings.window.0
}

fn accumulation(told: &ToldPrint, taken: &[Loose]) -> Option<WhaleEvent> {
    let print = &told.print;
    let (first, last) = (taken.first()?, taken.last()?);
    let size: Shares = taken.iter().map(|print| print.size).sum();
    let value: Usd = taken.iter().map(|print| print.value).sum();
    let average = domain::money::divide(
        i128::from(value.micros()) * i128::from(domain::money::MICROS),
        i128::from(size.micros()),
        Rounding::HalfUp,
    );
    Some(WhaleEvent {
        id: WhaleId::known(&format!("sum-{}", told.id)),
        kind: WhaleKind::Accumulation,
        wallet: print.wallet,
        condition: print.condition,
        token: print.token,
        side: print.side,
        entry_price: Usd::from_micros(average),
        size,
        value,
        prints: u32::try_from(taken.len()).unwrap_or(u32::MAX),
        first_at: first.at,
        last_at: last.at,
        about: Arc::clone(&print.about),
    })
}
