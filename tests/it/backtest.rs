//! `dutchbook backtest` as it is typed: what it prints, what it writes, how it ends.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clap::Parser as _;
use dutchbook::cli::{Cli, Command};
use dutchbook::commands::backtest;
use dutchbook::exit::ExitCode;
use dutchbook::settings::{Mode, Request, Settings, Sources};
use serde_json::Value;

fn settings() -> Settings {
    let folder = tempfile::tempdir().unwrap();
    let sources = Sources {
        request: Request::Inspect(Some(Mode::Paper)),
        config_dir: Some(folder.path().to_owned()),
        environment: BTreeMap::new(),
        flags: Vec::new(),
    };
    Settings::load(&sources).unwrap()
}

fn typed(words: &[&str]) -> anyhow::Result<(ExitCode, String)> {
    let cli = Cli::try_parse_from(["dutchbook", "backtest"].iter().chain(words)).unwrap();
    let Command::Backtest(args) = &cli.command else { unreachable!("that was typed") };
    let mut out = Vec::new();
    let code = backtest::run(&settings(), args, &mut out)?;
    Ok((code, String::from_utf8(out).unwrap()))
}

/// Two quiet books of one market.
fn recording(folder: &Path) -> String {
    let book = |token: &str, at: u64, bid: &str, ask: &str| {
        format!(
            r#"{{"event_type":"book","asset_id":"{token}","market":"m","bids":[{{"price":"{bid}","size":"50"}}],"asks":[{{"price":"{ask}","size":"50"}}],"timestamp":"{at}","hash":""}}"#
        )
    };
    let lines = (0..50).flat_map(|step| {
        let at = 1_750_000_000_000 + step * 1_000;
        [book("11", at, "0.40", "0.42"), book("12", at, "0.58", "0.60")]
    });
    let path = folder.join("made.jsonl");
    fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
    path.display().to_string()
}

#[test]
fn a_backtest_prints_its_report_and_writes_tables_and_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let made = recording(folder.path());
    let (tables, page) = (folder.path().join("tables"), folder.path().join("page.html"));
    let (tables_text, page_text) = (tables.display().to_string(), page.display().to_string());
    let (code, text) =
        typed(&[&made, "--csv", &tables_text, "--html", &page_text, "--seed", "7"]).unwrap();
    assert_eq!(code, ExitCode::Ok);
    assert!(text.contains("pessimistic") && text.contains("optimistic"), "{text}");
    assert!(text.contains("Single-market parity found nothing, and could not"), "{text}");
    assert!(text.contains("Nothing was traded under any bound"), "{text}");
    let names = ["bounds", "strategies", "markets", "why_not", "equity", "opportunities"];
    for name in names {
        let table = fs::read_to_string(tables.join(format!("{name}.csv"))).unwrap();
        assert!(table.lines().next().is_some_and(|heading| heading.contains(',')), "{name}");
    }
    assert_eq!(fs::read_to_string(tables.join("bounds.csv")).unwrap().lines().count(), 4);
    assert!(fs::read_to_string(page).unwrap().ends_with("</html>\n"));

    let (code, text) = typed(&[&made, "--json", "--strategies", "arbitrage_long"]).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(code, ExitCode::Ok);
    assert_eq!(report["asked"]["strategies"], serde_json::json!(["arbitrage_long"]));
    assert_eq!(report["read"]["tape"]["frames"], 100);
    assert_eq!(report["bounds"].as_array().unwrap().len(), 3);
}

#[test]
fn what_cannot_be_played_is_told_apart_from_what_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().display().to_string();
    assert_eq!(typed(&[&empty]).unwrap().0, ExitCode::ProblemFound);
    let absent = folder.path().join("absent").display().to_string();
    assert!(typed(&[&absent]).unwrap_err().to_string().contains("cannot open"));
    let made = recording(folder.path());
    let unknown = typed(&[&made, "--strategies", "nobody"]).unwrap_err().to_string();
    assert!(unknown.contains("nobody") && unknown.contains("arbitrage_long"), "{unknown}");
}
