//! Does the venue say of its markets what trading needs, and does its socket carry data?

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use domain::{Market, TokenId};
use futures_util::StreamExt;
use polymarket::clob::ClobClient;
use polymarket::gamma::{GammaClient, ListFilter, ListState};
use polymarket::http::{Http, Settings as ClientSettings, VenueError};
use polymarket::market_socket;
use polymarket::socket::SocketEvent;

use super::Finding;

/// Markets whose terms are looked at.
const SAMPLE: usize = 5;
/// Tokens that the canary watches: those of the busiest markets of a page.
const WATCHED_MAX: usize = 100;
const TERMS: &str = "fees and ticks";
const CANARY: &str = "socket canary";

/// The busiest open markets of one page of the list.
///
/// # Errors
/// The list cannot be read.
async fn busiest(http: &Http) -> Result<Vec<Market>, VenueError> {
    let filter = ListFilter { state: ListState::Open, ..ListFilter::default() };
    let mut pages = GammaClient::new(http.clone()).markets(&filter);
    let mut markets = pages.next_page().await?.unwrap_or_default().markets;
    markets.retain(|market| market.is_open() && !market.placeholder);
    markets.sort_by_key(|market| std::cmp::Reverse(market.volume_24h));
    Ok(markets)
}

/// Both: the terms of a sample, and the socket for as long as is wished.
pub(super) async fn check(
    http: &Http,
    client: &ClientSettings,
    canary: Option<Duration>,
    silence_max: Duration,
) -> Vec<Finding> {
    let listed = busiest(http).await;
    let unlisted = match listed {
        Ok(markets) if !markets.is_empty() => {
            return look(http, client, &markets, canary, silence_max).await;
        }
        Ok(_) => {
            let fix = "Look at venue.gamma_url: it answers, and not with the venue's markets.";
            Finding::bad(TERMS, "0 markets", "The list has no open market.", fix)
        }
        Err(error) => {
            let fix = "Look at what the lines above say about venue.gamma_url.";
            Finding::bad(TERMS, "", format!("No market is listed: {error}."), fix)
        }
    };
    let why = "Not watched: no market is known that it could be about.";
    let unwatched = canary.map(|_| Finding::noted(CANARY, "", why));
    [unlisted].into_iter().chain(unwatched).collect()
}

async fn look(
    http: &Http,
    client: &ClientSettings,
    markets: &[Market],
    canary: Option<Duration>,
    silence_max: Duration,
) -> Vec<Finding> {
    let mut findings = vec![terms(http, markets).await];
    if let Some(span) = canary {
        let tokens = markets.iter().flat_map(|market| &market.outcomes);
        let tokens: Vec<_> = tokens.map(|outcome| outcome.token).take(WATCHED_MAX).collect();
        findings.push(watch(client, &tokens, span, silence_max).await);
    }
    findings
}

/// Asks the CLOB for the terms of a few markets: no fee that can be read, no trade.
async fn terms(http: &Http, markets: &[Market]) -> Finding {
    let clob = ClobClient::new(http.clone());
    let (mut ticks, mut fees) = (BTreeMap::<String, u32>::new(), Vec::new());
    let (mut read, mut unknown) = (0_usize, Vec::new());
    for market in markets.iter().take(SAMPLE) {
        match clob.market_info(market.condition).await {
            Ok(Some(info)) => {
                read += 1;
                *ticks.entry(info.tick.to_string()).or_default() += 1;
                match info.fee.terms() {
                    Some(terms) => fees.push(terms.rate_ppm()),
                    None => unknown.push(market.condition.to_string()),
                }
            }
            Ok(None) => unknown.push(format!("{} (the CLOB does not know it)", market.condition)),
            Err(error) => unknown.push(format!("{} ({error})", market.condition)),
        }
    }
    let ticks: Vec<_> = ticks.iter().map(|(tick, count)| format!("{tick} ×{count}")).collect();
    let range = match (fees.iter().min(), fees.iter().max()) {
        (Some(least), Some(most)) => format!("{least} to {most} ppm"),
        _ => "unknown".to_owned(),
    };
    let measured = format!("{read} markets: ticks {}, fee rates {range}", ticks.join(", "));
    if unknown.is_empty() {
        return Finding::good(TERMS, measured);
    }
    let problem = format!("Not known of {}. Such markets are not traded.", unknown.join(", "));
    let fix = "Look for a newer version: the venue may have changed how it states fees.";
    Finding::bad(TERMS, measured, problem, fix)
}

/// What came over the socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Heard {
    frames: u64,
    first_after: Option<Duration>,
    silence: Duration,
}

/// Watches live books for a while: only data proves that a socket lives.
async fn watch(
    client: &ClientSettings,
    tokens: &[TokenId],
    span: Duration,
    silence_max: Duration,
) -> Finding {
    let began = Instant::now();
    let mut heard = Heard::default();
    let mut last = began;
    // Whoever holds the sender keeps the subscription.
    let (_sender, mut events) = match market_socket::connect(client, tokens).await {
        Ok(open) => open,
        Err(error) => {
            let fix = "Look at venue.market_socket_url, and whether a proxy lets web sockets pass.";
            return Finding::bad(CANARY, "", format!("The socket does not open: {error}."), fix);
        }
    };
    while let Some(left) = span.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) {
        match tokio::time::timeout(left, events.next()).await {
            Err(_) => break,
            Ok(Some(Ok(SocketEvent::Frame(_)))) => {
                heard.frames += 1;
                heard.first_after.get_or_insert(began.elapsed());
                heard.silence = heard.silence.max(last.elapsed());
                last = Instant::now();
            }
            Ok(Some(Ok(_))) => {}
            Ok(Some(Err(error))) => {
                let measured = format!("{} frames in {:.1?}", heard.frames, began.elapsed());
                let fix = "Try again; if it goes on, look at proxy and firewall.";
                return Finding::bad(CANARY, measured, format!("It broke off: {error}."), fix);
            }
            Ok(None) => break,
        }
    }
    heard.silence = heard.silence.max(last.elapsed());
    judge(heard, span, silence_max)
}

fn judge(heard: Heard, span: Duration, silence_max: Duration) -> Finding {
    let Heard { frames, first_after, silence } = heard;
    let Some(first_after) = first_after else {
        let measured = format!("0 frames in {} s", span.as_secs());
        let problem = "The socket opens and carries no data.";
        let fix = "Wait for the venue; a proxy that holds web sockets back looks the same.";
        return Finding::bad(CANARY, measured, problem, fix);
    };
    let measured = format!(
        "{frames} frames in {} s, the first after {} ms, the longest silence {:.1} s",
        span.as_secs(),
        first_after.as_millis(),
        silence.as_secs_f64(),
    );
    if silence <= silence_max {
        return Finding::good(CANARY, measured);
    }
    let problem = "It fell silent for longer than feed.silence_ms_max, so books would go stale.";
    Finding::bad(CANARY, measured, problem, "Wait for the venue, or for busier markets.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::Verdict;

    #[test]
    fn a_socket_is_good_while_data_flows_and_bad_when_it_is_silent() {
        let second = Duration::from_secs(1);
        let heard = |frames, first: Option<u64>, silence| Heard {
            frames,
            first_after: first.map(Duration::from_millis),
            silence: Duration::from_secs(silence),
        };
        for (heard, good) in [
            (heard(400, Some(80), 2), true),
            (heard(400, Some(80), 11), false),
            (heard(0, None, 30), false),
        ] {
            let found = judge(heard, 30 * second, 10 * second);
            assert_eq!(found.verdict == Verdict::Good, good, "{found:?}");
        }
    }
}
