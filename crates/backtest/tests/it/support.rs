//! Made recordings, and where the real ones are.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use backtest::tape::{Cast, Choice};
use domain::UnixMillis;
use engine::books::Layout;

/// One of the folders of recordings; `None`, loudly, where there are none.
pub(crate) fn recordings(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("RECORDINGS_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = root.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    let text = format!("no recordings at {}", path.display());
    let must = std::env::var_os("DUTCHBOOK_REQUIRE_ALL").is_some_and(|value| value == "1");
    assert!(!must, "{text}");
    eprintln!("SKIPPED: {text}");
    None
}

/// A folder with files of lines.
pub(crate) fn folder(files: &[(&str, &[String])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, lines) in files {
        fs::write(folder.path().join(name), lines.join("\n")).unwrap();
    }
    folder
}

/// What is in these paths, with everything that it names in its place.
pub(crate) fn choose(paths: &[PathBuf]) -> (Choice, Arc<Cast>) {
    let mut choice = Choice::read(paths, &mut |_| {}).unwrap();
    let seating = choice.take_seating();
    let layout = Layout::new(&seating.markets, &seating.groups);
    (choice, Arc::new(Cast::new(seating, &layout).unwrap()))
}

/// A whole book of a token, as the venue states it.
pub(crate) fn book(market: &str, token: &str, at: i64, bid: &str, ask: &str, size: u64) -> String {
    format!(
        r#"{{"event_type":"book","asset_id":"{token}","market":"{market}","bids":[{{"price":"{bid}","size":"{size}"}}],"asks":[{{"price":"{ask}","size":"{size}"}}],"timestamp":"{at}","hash":""}}"#
    )
}

/// A made recording of one market with the tokens 11 and 12.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    pub(crate) lines: Vec<String>,
}

const BEGIN: i64 = 1_750_000_000_000;

impl Script {
    /// A moment of it.
    pub(crate) fn at(ms: i64) -> UnixMillis {
        UnixMillis(BEGIN + ms)
    }
    /// Both books, stated for one moment: best bid and best ask of each, 100 shares at both.
    pub(crate) fn pair(&mut self, ms: i64, bid: &str, ask: &str, no_bid: &str, no_ask: &str) {
        let Self { lines } = self;
        lines.push(book("m", "11", BEGIN + ms, bid, ask, 100));
        lines.push(book("m", "12", BEGIN + ms, no_bid, no_ask, 100));
    }
    /// At one moment somebody asks for 90 shares of each outcome at these prices.
    pub(crate) fn changes(&mut self, ms: i64, ask: &str, no_ask: &str) {
        let entry = |token: &str, ask: &str| {
            format!(
                r#"{{"asset_id":"{token}","price":"{ask}","size":"90","side":"SELL","hash":""}}"#
            )
        };
        self.lines.push(format!(
            r#"{{"event_type":"price_change","market":"m","timestamp":"{}","price_changes":[{},{}]}}"#,
            BEGIN + ms,
            entry("11", ask),
            entry("12", no_ask)
        ));
    }
    /// What of it is told before a moment.
    pub(crate) fn before(&self, ms: i64) -> Self {
        let is_before = |line: &&String| {
            let at = line.split("\"timestamp\":\"").nth(1).and_then(|rest| rest.get(..13));
            at.and_then(|at| at.parse::<i64>().ok()).is_some_and(|at| at < BEGIN + ms)
        };
        Self { lines: self.lines.iter().filter(is_before).cloned().collect() }
    }
}
