//! Where recordings are, and what happens where they are not.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

/// The folder of that name, or `None` after saying loudly that the test did not run.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("RECORDINGS_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    let text = format!("SKIPPED: no recordings in {}; set RECORDINGS_DIR", folder.display());
    let all = std::env::var("DUTCHBOOK_REQUIRE_ALL").is_ok_and(|value| value == "1");
    assert!(!all, "{text}");
    eprintln!("{text}");
    None
}

/// The compressed files of a folder, in order of their names.
pub(crate) fn files(folder: &Path, suffix: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(suffix));
    files.sort();
    files
}

/// The lines of a compressed file as JSON.
pub(crate) fn lines(path: &Path) -> impl Iterator<Item = serde_json::Value> {
    let reader = BufReader::new(GzDecoder::new(File::open(path).unwrap()));
    reader.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap())
}
