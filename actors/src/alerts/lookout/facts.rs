//! What others trade, what contradicts itself, what the swarm thinks.

use std::sync::Arc;

use domain::{Probability, Side};
use engine::alert::{Alert, AlertKind, AlertMarket, Severity};
use engine::forecast::Forecast;
use engine::opportunity::Subject;
use store::WhaleRow;

use crate::collectors::Listing;
use crate::swarm::ForecastRecord;
use engine::opportunity::OpportunityRecord;

/// The best forecasts that are worth a look.
const PICKS: usize = 5;

pub(super) fn whale(whale: &WhaleRow) -> Alert {
    let (how, trades) = match whale.prints {
        1 => ("Large trade", String::new()),
        many => ("Accumulation", format!(" in {many} trades")),
    };
    let side = match whale.side {
        Side::Buy => "bought",
        Side::Sell => "sold",
    };
    let wallet = whale.wallet.map_or_else(|| "An unknown wallet".to_owned(), |it| it.to_string());
    let age = if whale.fresh == Some(true) { ", a new wallet," } else { "" };
    Alert {
        kind: AlertKind::Whale,
        severity: Severity::Info,
        topic: format!("whale:{}", whale.id).into(),
        at: whale.told_at,
        market: Some(AlertMarket {
            condition: whale.condition,
            slug: whale.slug.as_str().into(),
            title: whale.title.as_str().into(),
        }),
        size: Some(whale.value),
        title: format!(
            "{how}: {} USD of {} {side} at {}",
            whale.value, whale.outcome, whale.entry_price
        )
        .into(),
        text: format!("{wallet}{age} {side} {} shares{trades}.", whale.size).into(),
    }
}

pub(super) fn opportunity(record: &OpportunityRecord, listing: &Listing) -> Alert {
    let found = &record.opportunity;
    Alert {
        kind: AlertKind::Opportunity,
        severity: Severity::Info,
        // The same contradiction opens and closes many times an hour.
        topic: format!("opportunity:{}:{}", found.kind, found.subject).into(),
        at: record.id.since,
        market: market(&found.subject, listing),
        size: Some(found.net),
        title: format!("Opportunity: {} keeps {} USD", found.kind, found.net).into(),
        text: format!(
            "{} sets take {} USD of capital. Gross {} USD, fees {} USD, on chain {} USD.",
            found.size,
            found.capital,
            found.gross,
            found.fees(),
            found.chain_cost
        )
        .into(),
    }
}

fn market(subject: &Subject, listing: &Listing) -> Option<AlertMarket> {
    match subject {
        Subject::Market(condition) => {
            let market = listing.markets.get(condition)?;
            let (slug, title) = ((*market.slug).into(), (*market.title).into());
            Some(AlertMarket { condition: *condition, slug, title })
        }
        Subject::Group(group) => {
            let group = listing.groups.get(group)?;
            let (slug, title) = ((*group.slug).into(), (*group.title).into());
            Some(AlertMarket { condition: *group.markets.first()?, slug, title })
        }
    }
}

/// A forecast is told that moved, or that is among the best; `recent` is newest first.
pub(super) fn forecast(
    record: &ForecastRecord,
    recent: &[Arc<ForecastRecord>],
    move_min: Probability,
) -> Option<Alert> {
    if record.resolved.is_some() {
        return None;
    }
    let forecast = record.forecast()?;
    let published = || recent.iter().filter(|it| it.resolved.is_none() && it.id != record.id);
    let before = published()
        .filter(|it| it.condition == record.condition)
        .find_map(|it| it.forecast().filter(|before| before.made_at < forecast.made_at));
    let moved = before.filter(|it| it.blended.distance(forecast.blended) >= move_min);
    let why = match moved {
        Some(before) => format!("It was {} before.", percent(before.blended)),
        None => {
            let all: Vec<Forecast> = published()
                .filter_map(|it| it.forecast().map(|it| (**it).clone()))
                .chain([(**forecast).clone()])
                .collect();
            let is_pick = Forecast::picks(&all, PICKS).contains(&&**forecast);
            is_pick.then(|| "It is among the best of late.".to_owned())?
        }
    };
    let market = Probability::from_price(forecast.market.price);
    Some(Alert {
        kind: AlertKind::Forecast,
        severity: Severity::Info,
        topic: format!("forecast:{}", record.id).into(),
        at: forecast.made_at,
        market: Some(AlertMarket {
            condition: record.condition,
            slug: (*record.slug).into(),
            title: (*record.title).into(),
        }),
        size: None,
        title: format!("Forecast: {}, the market {}", percent(forecast.blended), percent(market))
            .into(),
        text: format!(
            "{why} Without the market {}; nine of ten such ranges hold the truth: {} to {}.",
            percent(forecast.blind),
            percent(forecast.low),
            percent(forecast.high)
        )
        .into(),
    })
}

/// `42.5%`, cut.
fn percent(probability: Probability) -> String {
    let tenths = probability.millionths() / 1_000;
    format!("{}.{}%", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_reads_as_a_percentage() {
        let percent = |millionths| percent(Probability::from_millionths(millionths).unwrap());
        assert_eq!([percent(0), percent(425_999), percent(1_000_000)], ["0.0%", "42.5%", "100.0%"]);
    }
}
