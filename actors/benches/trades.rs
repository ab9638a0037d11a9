//! Trades a second: ten thousand of them filtered, told once, looked at for whales and published to a
//! client of the live socket, one every hundred microseconds; how long each took.
//!
//! `cargo bench -p actors --bench trades [-- --seconds N --rate N]`
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::panic,
    reason = "a benchmark reports on standard output and fails by panicking"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use actors::fan_out::{Arrival, Frame, Hub, HubLimits};
use domain::{Price, Usd};
use engine::filter::{FilterSettings, MarketFilter};
use engine::tape::{
    About, Print, Sieve, SieveSettings, Source, Tape, TapeSettings, Verdict, Weight,
};
use engine::whales::{Change, WhaleSettings, WhaleWatch};
use polymarket::rtds::{RtdsMessage, parse_message};

/// Of a hundred trades so many are large enough to be told, and so many a whale's.
const TOLD_PERCENT: u64 = 10;

fn main() {
    let argument = |name: &str, usual: u64| {
        let mut all = std::env::args().skip_while(|it| it != name);
        all.nth(1).map_or(usual, |text| text.parse().expect("a number"))
    };
    let (rate, seconds) = (argument("--rate", 10_000), argument("--seconds", 10));
    let frames: Vec<Vec<u8>> = (0..rate * seconds).map(frame).collect();
    let hub = Hub::new(HubLimits::default(), |lost| lost.to_string().into());
    let _client = hub.join(Arrival::default()).expect("room for one client");
    let whale_usd_min = Usd::from_whole(10_000);
    let settings = SieveSettings {
        trade_usd_min: Usd::from_whole(1_000),
        whale_usd_min,
        ignore_price: Price::from_cents(5).unwrap(),
    };
    let mut sieve = Sieve::new(settings, MarketFilter::new(FilterSettings::insight()));
    let mut tape = Tape::new(TapeSettings::default());
    let mut watch = WhaleWatch::new(WhaleSettings { whale_usd_min, ..Default::default() });

    let gap = Duration::from_nanos(1_000_000_000 / rate);
    let mut took = Vec::with_capacity(frames.len());
    let (mut told, mut whales) = (0u64, 0u64);
    let begun = Instant::now();
    for (number, frame) in frames.iter().enumerate() {
        let due = begun + gap * number as u32;
        while Instant::now() < due {
            std::hint::spin_loop();
        }
        // From the moment it was due: a backlog counts.
        let Ok(RtdsMessage::Trade(trade)) = parse_message(frame) else { panic!("a trade") };
        let print = print(*trade);
        if let Ok(weight) = sieve.weigh(&print)
            && sieve.read(&print, None).is_ok()
        {
            let now = print.at;
            if let Verdict::New(one) = tape.take(print, now) {
                if weight >= Weight::Trade {
                    told += 1;
                    hub.publish(&Frame::fact(format!("{:?}", one.print.value)));
                }
                whales += u64::from(matches!(watch.take(&one), Some(Change::New(_))));
            }
        }
        took.push(due.elapsed());
    }
    took.sort_unstable();
    let at = |per_mille: usize| took[(took.len() - 1) * per_mille / 1_000].as_secs_f64() * 1e6;
    println!(
        "{} trades in {:.1} s: {told} told, {whales} whales",
        took.len(),
        begun.elapsed().as_secs_f64()
    );
    println!(
        "p50 {:.1} us, p99 {:.1} us, p99.9 {:.1} us, most {:.1} us",
        at(500),
        at(990),
        at(999),
        at(1_000)
    );
}

fn print(trade: polymarket::rtds::MatchedTrade) -> Print {
    Print {
        transaction: trade.transaction.map(|it| domain::TransactionHash::from_bytes(*it.bytes())),
        wallet: Some(domain::AccountAddress::from_bytes(*trade.wallet.bytes())),
        token: trade.token,
        condition: trade.condition,
        side: trade.side,
        price: trade.unit_price,
        size: trade.size,
        value: trade.value,
        at: trade.at,
        source: Source::Live,
        about: Arc::new(About {
            title: trade.title,
            slug: trade.slug,
            event_slug: trade.event_slug,
            outcome: trade.outcome,
        }),
    }
}

/// A frame as the live socket sends it, of one of a thousand markets and two thousand wallets.
fn frame(number: u64) -> Vec<u8> {
    let market = number % 1_000;
    let dollars = match number % 100 {
        rest if rest >= TOLD_PERCENT => 5 + number % 500,
        0 => 15_000,
        _ => 1_000 + number % 5_000,
    };
    let second = 1_790_000_000 + number / 10_000;
    format!(
        "{{\"connection_id\":\"b\",\"payload\":{{\"asset\":\"{}\",\"bio\":\"\",\"conditionId\":\
         \"0x{market:064x}\",\"eventSlug\":\"an-event-{market}\",\"icon\":\"\",\"name\":\"n\",\
         \"outcome\":\"Yes\",\"outcomeIndex\":0,\"price\":0.5,\"profileImage\":\"\",\
         \"proxyWallet\":\"0x{:040x}\",\"pseudonym\":\"p\",\"side\":\"BUY\",\"size\":{},\
         \"slug\":\"a-market-{market}\",\"timestamp\":{second},\"title\":\"Will it happen by day \
         {market}?\",\"transactionHash\":\"0x{number:064x}\"}},\"timestamp\":{second}000,\
         \"topic\":\"activity\",\"type\":\"orders_matched\"}}",
        10_000 + market,
        number % 2_000,
        dollars * 2
    )
    .into_bytes()
}
