//! Every sample and every recorded frame parses.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use domain::{Event, TokenId};
use flate2::read::GzDecoder;
use serde_json::Value;

use crate::frames::{ParsedFrame, TokenTable, parse_frame, parse_tolerantly};

/// The folder of an environment variable, or its place beside the repository; `None`, loudly,
/// where there is none.
fn folder(variable: &str, beside: &str) -> Option<PathBuf> {
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

fn content(path: &Path) -> String {
    let mut text = String::new();
    let file = File::open(path).unwrap();
    if path.extension().is_some_and(|e| e == "gz") {
        GzDecoder::new(file).read_to_string(&mut text).unwrap();
    } else {
        let mut file = file;
        file.read_to_string(&mut text).unwrap();
    }
    text
}

fn files(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| wanted(path.file_name().unwrap().to_str().unwrap()));
    paths.sort();
    paths
}

/// The tokens that occur in a text, as `asset_id`.
fn tokens(text: &str) -> Vec<TokenId> {
    let mut tokens = BTreeSet::new();
    for piece in text.split("asset_id").skip(1) {
        let digits = piece.trim_start_matches(['"', '\\', ':', ' ', '\n']);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        tokens.extend(TokenId::parse(&digits[..end]));
    }
    tokens.into_iter().collect()
}

/// Parses both ways; what the scanner reads is what the tolerant parser reads.
fn parse_both(text: &str, table: &TokenTable) -> ParsedFrame {
    let (mut fast, mut slow) = (ParsedFrame::new(), ParsedFrame::new());
    parse_frame(text.as_bytes(), table, &mut fast).unwrap_or_else(|e| panic!("{e}: {text}"));
    parse_tolerantly(text.as_bytes(), table, &mut slow).unwrap();
    assert_eq!(fast.frame(), slow.frame(), "{text}");
    assert_eq!(fast.unknown_tokens(), slow.unknown_tokens());
    assert_eq!((fast.unknown_events(), fast.unknown_tokens()), (0, 0), "{text}");
    fast
}

#[test]
fn every_market_frame_of_the_samples_parses() {
    let Some(folder) = folder("SAMPLES_DIR", "../shared/reference/samples") else { return };
    let paths = files(&folder, |name| name.starts_with("ws_market_"));
    assert!(!paths.is_empty());
    for path in paths.iter().filter(|path| !path.ends_with("ws_market_subscribe_initial.json")) {
        let text = content(path);
        let table = TokenTable::new(&tokens(&text)).unwrap();
        let parsed = parse_both(&text, &table);
        assert_eq!(parsed.frame().events.len(), 1, "{}", path.display());
    }
}

#[test]
fn every_market_frame_of_third_party_fixtures_parses() {
    let Some(folder) = folder("RECORDINGS_DIR", "../shared/data") else { return };
    let folder = folder.join("fixtures_nautilus");
    let market = |name: &str| name.starts_with("ws_") && !name.starts_with("ws_user");
    for path in files(&folder, market) {
        let text = content(&path);
        let table = TokenTable::new(&tokens(&text)).unwrap();
        let mut out = ParsedFrame::new();
        parse_frame(text.as_bytes(), &table, &mut out)
            .unwrap_or_else(|e| panic!("{e}: {}", path.display()));
        assert!(out.frame().events.len() + out.unknown_events() as usize > 0);
    }
}

#[test]
fn the_scanner_reads_the_recorded_session_and_its_events_without_falling_back() {
    let Some(folder) = folder("RECORDINGS_DIR", "../shared/data") else { return };
    for path in files(&folder.join("ws_frames_current"), |name| name.ends_with(".jsonl")) {
        let text = content(&path);
        let table = TokenTable::new(&tokens(&text)).unwrap();
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            if value["dir"] == "out" || value["topic"].is_string() {
                continue;
            }
            let frame = value["text"].as_str().unwrap_or(line);
            let parsed = parse_both(frame, &table);
            let broadcast = matches!(
                parsed.frame().events[0],
                Event::NewMarket { .. } | Event::Resolved { .. }
            );
            assert_eq!(parsed.fell_back(), broadcast, "{frame}");
        }
    }
}

#[test]
fn every_frame_of_the_long_recordings_parses_in_both_schemas() {
    let Some(folder) = folder("RECORDINGS_DIR", "../shared/data") else { return };
    let mut frames = 0;
    for path in files(&folder.join("ws_market_mlb_2025"), |name| name.ends_with(".jsonl.gz")) {
        let text = content(&path);
        let table = TokenTable::new(&tokens(&text)).unwrap();
        let current = path.to_str().unwrap().ends_with(".upgraded.jsonl.gz");
        for line in text.lines() {
            let parsed = parse_both(line, &table);
            assert_eq!(parsed.frame().events.len(), 1);
            let changes = !parsed.frame().changes.is_empty();
            assert!(!(parsed.fell_back() && changes && current), "{line}");
            frames += 1;
        }
    }
    assert!(frames > 50_000, "{frames}");
}
