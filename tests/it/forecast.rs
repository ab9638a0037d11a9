//! `dutchbook forecast evaluate` over forecasts that are written here and over recorded ones.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use dutchbook::cli::EvaluateArgs;
use dutchbook::commands::forecast::evaluate::evaluate;
use dutchbook::exit::ExitCode;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

fn printed(files: &[PathBuf], json: bool) -> anyhow::Result<String> {
    let mut out = Vec::new();
    let args = EvaluateArgs { files: files.to_vec(), json, seed: 1 };
    assert_eq!(evaluate(&args, &mut out)?, ExitCode::Ok);
    Ok(String::from_utf8(out)?)
}

fn evaluated(file: &Path) -> Value {
    serde_json::from_str(&printed(&[file.to_owned()], true).unwrap()).unwrap()
}

fn source<'a>(found: &'a Value, name: &str) -> &'a Value {
    let sources = found["sources"].as_array().unwrap();
    sources.iter().find(|source| source["name"] == name).unwrap()
}

fn brier(found: &Value, name: &str) -> f64 {
    source(found, name)["report"]["score"]["brier"].as_f64().unwrap()
}

/// A hundred questions of which "wise" knows the answer and "fool" its opposite.
fn lines(resolved: impl Fn(i64) -> String) -> String {
    let line = |number: i64| {
        let outcome = number % 2;
        let (wise, fool) = if outcome == 1 { (0.8, 0.2) } else { (0.2, 0.8) };
        json!({
            "id": format!("q{number}"),
            "ts": format!("2026-01-{:02}T{:02}:00:00Z", 1 + number / 24, number % 24),
            "resolved_ts": resolved(number),
            "market_price": 0.5,
            "outcome": outcome,
            "forecasts": { "wise": [wise, wise, 0.99, null, 3.5], "fool": fool, "market": 0.4 },
        })
    };
    (0..100).map(|number| format!("{}\n", line(number))).collect()
}

fn soon(number: i64) -> String {
    format!("2026-01-{:02}T{:02}:30:00Z", 1 + number / 24, number % 24)
}

#[test]
fn the_first_half_teaches_whom_to_believe_in_the_second() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("made.jsonl.gz");
    let mut packed = GzEncoder::new(std::fs::File::create(&file).unwrap(), Compression::default());
    packed.write_all(lines(soon).as_bytes()).unwrap();
    packed.write_all(b"{\"id\":\"open\",\"outcome\":null}\nnot json\n\n").unwrap();
    packed.finish().unwrap();
    let found = evaluated(&file);
    let read = &found["read"];
    assert_eq!((&read["lines"], &read["used"]), (&json!(102), &json!(100)));
    assert_eq!((&read["unresolved"], &read["unreadable"]), (&json!(1), &json!(1)));
    assert_eq!(read["numbers_left_out"], json!(200));
    assert_eq!((&found["split"]["lessons"], &found["split"]["after"]), (&json!(50), &json!(50)));
    assert_eq!(brier(&found, "[market]"), 0.25);
    assert!(brier(&found, "[our pool]") < 0.05, "{found:#}");
    assert!(brier(&found, "[equal-weight mean]") > 0.24);
    let standings = found["standings"].as_array().unwrap();
    let fool = standings.iter().find(|one| one["member"] == "fool").unwrap();
    assert!(fool["weight_ppm"].as_u64().unwrap() < 50_000, "{fool}");
    let text = printed(&[file], false).unwrap();
    assert!(text.contains("better than the market"), "{text}");
    assert!(text.contains("fool") && text.contains("worse than the market"), "{text}");
}

#[test]
fn what_was_resolved_after_the_cut_teaches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("made.jsonl");
    std::fs::write(&file, lines(|_| "2026-02-01T00:00:00Z".to_owned())).unwrap();
    let found = evaluated(&file);
    assert_eq!((&found["split"]["lessons"], &found["split"]["after"]), (&json!(0), &json!(50)));
    assert_eq!(found["standings"], json!([]));
    let off = brier(&found, "[our pool]") - brier(&found, "[equal-weight mean]");
    assert!(off.abs() < 1e-6, "untaught, wise and fool cancel out: {off}");
}

#[test]
fn a_file_without_an_outcome_is_a_failure_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("open.jsonl");
    std::fs::write(&file, "{\"outcome\":null,\"forecasts\":{}}\n").unwrap();
    let error = printed(&[file], false).unwrap_err().to_string();
    assert!(error.contains("holds no forecast with an outcome"), "{error}");
    let error = printed(&[folder.path().join("none")], false).unwrap_err().to_string();
    assert!(error.contains("cannot read"), "{error}");
}

fn recordings() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = std::env::var_os("RECORDINGS_DIR").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    let missing = format!("SKIPPED: no folder {} (set RECORDINGS_DIR)", folder.display());
    assert_ne!(std::env::var("DUTCHBOOK_REQUIRE_ALL").as_deref(), Ok("1"), "{missing}");
    // Past the capture of test output: a skipped test must be seen.
    let _ = writeln!(std::io::stderr(), "{missing}");
    None
}

#[test]
fn every_recorded_form_is_read_to_its_last_line() {
    let Some(folder) = recordings() else { return };
    for (name, lines, used) in [
        ("forecasts_lab_2026_07/forecasts.jsonl.gz", 800, 800),
        ("forecasts_llm_samples_2024/forecasts.jsonl.gz", 304, 304),
        ("forecasts_market_freeze/forecastbench_polymarket.jsonl.gz", 468, 468),
        ("forecasts_quant_2026_06/forecasts.jsonl.gz", 1_690, 1_690),
        ("forecasts_rules_btc5m_2026_03/forecasts.jsonl.gz", 1_195, 1_195),
        ("swarm_votes_2025_11/votes.jsonl.gz", 426, 43),
    ] {
        let found = evaluated(&folder.join(name));
        let read = &found["read"];
        assert_eq!((&read["lines"], &read["used"]), (&json!(lines), &json!(used)), "{name}");
        assert_eq!(read["unreadable"], json!(0), "{name}");
        let split = &found["split"];
        let both = split["before"].as_u64().unwrap() + split["after"].as_u64().unwrap();
        assert_eq!(both, used, "{name}");
    }
}

#[test]
fn models_that_lose_to_the_price_are_said_to_lose() {
    let Some(folder) = recordings() else { return };
    let file = folder.join("forecasts_quant_2026_06/forecasts.jsonl.gz");
    let text = printed(&[file], false).unwrap();
    let gbm = text.lines().find(|line| line.contains("model_updown_gbm")).unwrap();
    assert!(gbm.ends_with("worse than the market"), "{gbm}");
    assert!(!text.contains("better than the market"), "{text}");
}
