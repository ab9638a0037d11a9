//! Ways to make one forecast of many.

use domain::Probability;

use super::Recorded;
use crate::forecast::panel::{Panel, Stated};

/// One way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pool {
    /// The market's price alone.
    Market,
    /// Ours, with the market mixed in.
    Blended,
    /// Ours, without the market.
    Blind,
    /// The arithmetic mean, everybody counting the same.
    Mean,
    /// The middle one.
    Median,
}

impl Pool {
    pub(super) const ALL: [Self; 5] =
        [Self::Market, Self::Blended, Self::Blind, Self::Mean, Self::Median];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Market => "[market]",
            Self::Blended => "[our pool with the market]",
            Self::Blind => "[our pool]",
            Self::Mean => "[equal-weight mean]",
            Self::Median => "[median]",
        }
    }
}

/// The forecast of a record; `None` where there is nothing to make it of.
pub(super) fn forecast_by(pool: Pool, panel: &Panel, record: &Recorded) -> Option<Probability> {
    let mut all: Vec<Probability> = record.stated.iter().map(|(_, stated)| *stated).collect();
    match pool {
        Pool::Market => record.market,
        Pool::Median => Probability::median(&mut all),
        Pool::Mean => mean(&all),
        Pool::Blended => Some(pooled(panel, record, record.market?)?.blended),
        Pool::Blind => {
            Some(pooled(panel, record, record.market.unwrap_or(Probability::HALF))?.blind)
        }
    }
}

fn pooled(
    panel: &Panel,
    record: &Recorded,
    market: Probability,
) -> Option<crate::forecast::panel::Pooled> {
    let stated: Vec<Stated> = record.stated.iter().map(Stated::bare).collect();
    panel.pool(&stated, market, record.horizon())
}

fn mean(all: &[Probability]) -> Option<Probability> {
    let sum: u64 = all.iter().map(|one| u64::from(one.millionths())).sum();
    let mean = sum.checked_div(u64::try_from(all.len()).ok()?)?;
    Probability::from_millionths(u32::try_from(mean).ok()?)
}
