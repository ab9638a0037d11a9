//! Made recordings, and where the real ones are.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use backtest::tape::{Cast, Choice};
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
