//! Where golden files and recordings are.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

/// The folder of an environment variable, or its place beside the repository; `None`, loudly,
/// where there is none.
pub(crate) fn folder(variable: &str, beside: &str) -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = std::env::var_os(variable).map_or_else(|| workspace.join(beside), PathBuf::from);
    if path.is_dir() {
        return Some(path);
    }
    let missing = format!("SKIPPED: no folder {} (set {variable})", path.display());
    assert_ne!(std::env::var("DUTCHBOOK_REQUIRE_ALL").as_deref(), Ok("1"), "{missing}");
    eprintln!("{missing}");
    None
}

/// The golden vectors: those of `VECTORS_DIR`, else those beside the checkout, else the project's own.
pub(crate) fn vectors() -> PathBuf {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let beside = home.join("../../../shared/reference/vectors");
    match std::env::var_os("VECTORS_DIR") {
        Some(folder) => PathBuf::from(folder),
        None if beside.is_dir() => beside,
        None => home.join("tests/fixtures/vectors"),
    }
}

/// A file's text, unpacked where its name ends in `.gz`.
pub(crate) fn content(path: &Path) -> String {
    let mut text = String::new();
    let mut file = File::open(path).unwrap();
    if path.extension().is_some_and(|extension| extension == "gz") {
        GzDecoder::new(file).read_to_string(&mut text).unwrap();
    } else {
        file.read_to_string(&mut text).unwrap();
    }
    text
}
