//! The layers, the checks and what they say, over real files in a temporary folder.

use std::{collections::BTreeMap, fs};

use domain::{Shares, Usd};
use engine::{
    desk::ExecutionSettings,
    risk::Limits,
    strategy::{CATALOGUE, StrategySettings},
};
use polymarket::account::KeySource;
use tempfile::TempDir;

use super::{Flag, LiveSwitch, Mode, Request, Settings, SettingsError, Sources};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Sources without any file of the folder that the tests run in.
struct Bench {
    dir: TempDir,
    sources: Sources,
}

impl Bench {
    fn new(request: Request) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config_dir = Some(dir.path().to_owned());
        let sources =
            Sources { request, config_dir, environment: BTreeMap::new(), flags: Vec::new() };
        Self { dir, sources }
    }

    fn file(self, name: &str, text: &str) -> Self {
        fs::write(self.dir.path().join(name), text).unwrap();
        self
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.sources.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    fn flag(mut self, key: &str, value: &str) -> Self {
        let (name, key, value) = ("--set".to_owned(), key.to_owned(), value.to_owned());
        self.sources.flags.push(Flag { name, key, value });
        self
    }

    fn load(&self) -> Result<Settings, SettingsError> {
        Settings::load(&self.sources)
    }

    fn origin(&self, key: &str) -> String {
        let shown = self.load().unwrap().shown;
        shown.into_iter().find(|row| row.key == key).unwrap().origin
    }

    fn refusal(&self) -> String {
        self.load().unwrap_err().to_string()
    }
}

fn paper() -> Bench {
    Bench::new(Request::Run(LiveSwitch::Absent))
}

#[test]
fn every_built_in_mode_loads_without_any_file() {
    for mode in [Mode::Demo, Mode::Paper, Mode::Live] {
        let settings = Bench::new(Request::Inspect(Some(mode))).load().unwrap();
        assert_eq!((settings.mode, settings.notes.len()), (mode, 0), "{:?}", settings.notes);
    }
    let settings = paper().load().unwrap();
    assert_eq!(settings.store.url.to_string(), "sqlite://data/paper/dutchbook.sqlite?mode=rwc");
    assert_eq!(settings.detector.parity_deviation_min.to_string(), "0.005");
}

#[test]
fn each_layer_wins_over_the_one_before_and_is_named_as_the_origin() {
    let key = "feed.tokens_max";
    let line = |n: u32| format!("[feed]\ntokens_max = {n}\n");
    let mut bench = paper();
    assert_eq!(bench.origin(key), "built-in default.toml");
    bench = bench.file("paper.toml", &line(11));
    assert!(bench.origin(key).ends_with("/paper.toml"));
    bench = bench.file("local.toml", &line(12));
    assert!(bench.origin(key).ends_with("/local.toml"));
    bench = bench.variable("DUTCHBOOK__FEED__TOKENS_MAX", "13");
    assert_eq!(bench.origin(key), "environment DUTCHBOOK__FEED__TOKENS_MAX");
    assert_eq!(bench.load().unwrap().feed.tokens_max, 13);
    bench = bench.flag(key, "14");
    assert_eq!(bench.origin(key), "--set");
    assert_eq!(bench.load().unwrap().feed.tokens_max, 14);
}

#[test]
fn the_environment_names_that_people_use_keep_working() {
    let bench = paper()
        .variable("DATABASE_URL", "mysql://ann:s3cret@db:3306/trade")
        .variable("WS_SERVER_HOST", "localhost")
        .variable("WS_SERVER_PORT", "9001")
        .variable("TRADE_NOTIONAL_THRESHOLD", "750.5")
        .variable("WHALE_TRADE_THRESHOLD", "20000")
        .variable("IGNORE_PRICE_THRESHOLD", "0.03")
        .variable("USE_SWARM_MODE", "True")
        .variable("OPENAI_API_KEY", "sk-1");
    let settings = bench.load().unwrap();
    assert_eq!(settings.store.url.expose(), "mysql://ann:s3cret@db:3306/trade");
    assert_eq!((settings.web.ws_port, settings.swarm.enabled), (9001, true));
    assert_eq!(settings.whales.trade_usd_min.micros(), 750_500_000);
    assert_eq!(settings.whales.ignore_price.ten_thousandths(), 300);
    assert_eq!(settings.secrets.openai_api_key.unwrap().expose(), "sk-1");
    assert!(settings.notes.is_empty(), "{:?}", settings.notes);
    let newer = bench.variable("DUTCHBOOK__WEB__WS_PORT", "9002");
    assert_eq!(newer.load().unwrap().web.ws_port, 9002);
}

#[test]
fn no_secret_appears_in_what_is_shown_or_printed() {
    let bench = paper()
        .variable("DATABASE_URL", "mysql://ann:s3cret@db:3306/trade")
        .variable("DUTCHBOOK__VENUE__PROXY_URL", "http://u:s3cret@proxy:8080")
        .variable("DUTCHBOOK_TOKEN", &TOKEN.replace('0', "s3cret"))
        .variable("OPENAI_API_KEY", "sk-s3cret");
    let settings = bench.load().unwrap();
    let shown = serde_json::to_string(&settings.shown).unwrap();
    assert!(shown.contains("ann:***@db") && shown.contains("(set, hidden)"), "{shown}");
    for text in [shown, format!("{settings:?}")] {
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[test]
fn all_problems_are_told_at_once_with_their_origin_and_the_nearest_name() {
    let text = paper()
        .file("local.toml", "[fed]\ntokens_max = 1\n[feed]\ntoken_max = 5\nsilence_ms_max = 1.5\n")
        .variable("DUTCHBOOK__WEB__PORT", "eighty")
        .flag("detector.profit_usd_min", "-1")
        .flag("filter.trading.price_min", "0.12345")
        .refusal();
    for part in [
        "6 problems",
        "/local.toml): there is no such setting. Did you mean `feed.tokens_max`?",
        "feed.silence_ms_max (from",
        "must be a whole number",
        "environment DUTCHBOOK__WEB__PORT): `eighty` is not a whole number.",
        "detector.profit_usd_min (from --set): must be between 0 and",
        "filter.trading.price_min (from --set): `0.12345` is not usable here",
    ] {
        assert!(text.contains(part), "`{part}` is missing in:\n{text}");
    }
}

#[test]
fn a_float_where_money_is_meant_is_refused_with_the_right_spelling() {
    let text = paper().file("local.toml", "[detector]\nprofit_usd_min = 0.1\n").refusal();
    assert!(text.contains("must be text in quotes, as in \"0.005\""), "{text}");
}

#[test]
fn a_secret_in_a_file_or_flag_is_refused_without_repeating_it() {
    let in_file = |text: &str| paper().file("local.toml", text).refusal();
    for text in [
        in_file("openai_api_key = \"sk-s3cret\"\n"),
        in_file("[web]\ntoken = \"s3cret\"\n"),
        in_file("[store]\nurl = \"mysql://ann:s3cret@db/trade\"\n"),
        in_file("[venue]\nproxy_url = \"http://u:s3cret@proxy:1\"\n"),
        in_file("[store]\nurl = \"mysql://ann:s3cret@db/trade\n"),
        paper().flag("secrets.token", "s3cret").refusal(),
    ] {
        assert!(!text.contains("s3cret"), "{text}");
        assert!(text.contains("secrets do not stand in") || text.contains("not TOML"), "{text}");
    }
}

#[test]
fn another_address_than_loopback_needs_a_token_that_is_long_enough() {
    let open = || paper().flag("web.host", "0.0.0.0");
    assert!(open().refusal().contains("Set DUTCHBOOK_TOKEN"));
    let short = open().variable("DUTCHBOOK_TOKEN", "0123456789abcdef").refusal();
    assert!(short.contains("has 16 characters") && !short.contains("0123456789abcdef"), "{short}");
    let known = || open().variable("DUTCHBOOK_TOKEN", TOKEN);
    let plain = known().refusal();
    assert!(plain.contains("web.trusted_proxies") && plain.contains("web.tls_key_file"), "{plain}");
    assert!(known().flag("web.trusted_proxies", "10.0.0.2").load().is_ok());
    assert!(known().flag("web.trusted_proxies", "proxy").refusal().contains("not an IP address"));
    let certified = || known().flag("web.tls_certificate_file", "c.pem");
    assert!(certified().flag("web.tls_key_file", "k.pem").load().is_ok());
    assert!(certified().refusal().contains("is missing beside its certificate"));
    assert!(paper().variable("WS_SERVER_HOST", "::").refusal().contains("web.ws_host"));
}

#[test]
fn the_database_s_address_can_come_from_a_file_because_a_password_stands_in_it() {
    let address = "mysql://ann:s3cret@db:3306/trade";
    let bench = paper().file("database", &format!("{address}\n"));
    let path = bench.dir.path().join("database").display().to_string();
    let bench = bench.variable("DATABASE_URL_FILE", &path);
    assert_eq!(bench.load().unwrap().store.url.expose(), address);
    assert_eq!(bench.origin("store.url"), "file of DATABASE_URL_FILE");
    let both = bench.variable("DATABASE_URL", "mysql://bob@db:3306/other");
    assert_eq!(both.origin("store.url"), "environment DATABASE_URL");
    let missing = paper().variable("DATABASE_URL_FILE", "/no/such/file").refusal();
    assert!(missing.contains("DATABASE_URL_FILE") && missing.contains("cannot be read"));
}

#[test]
fn a_secret_can_come_from_a_file() {
    let bench = paper().file("token", &format!("{TOKEN}\n"));
    let path = bench.dir.path().join("token").display().to_string();
    let settings = bench.variable("DUTCHBOOK_TOKEN_FILE", &path).load().unwrap();
    assert_eq!(settings.secrets.token.unwrap().expose(), TOKEN);
    let missing = paper().variable("DUTCHBOOK_TOKEN_FILE", "/no/such/file").refusal();
    assert!(missing.contains("DUTCHBOOK_TOKEN_FILE") && missing.contains("cannot be read"));
}

#[test]
fn live_mode_takes_two_switches() {
    let run = |switch| Bench::new(Request::Run(switch));
    let stated = "mode = \"live\"\n";
    let both = run(LiveSwitch::Given).file("local.toml", stated);
    assert_eq!(both.load().unwrap().mode, Mode::Live);
    for one in [
        run(LiveSwitch::Given),
        run(LiveSwitch::Absent).file("local.toml", stated),
        run(LiveSwitch::Given).variable("DUTCHBOOK__MODE", "live"),
    ] {
        assert!(one.refusal().contains("two switches"), "{}", one.refusal());
    }
}

#[test]
fn a_key_is_named_once_and_read_only_where_it_is_needed() {
    let none = paper().load().unwrap();
    assert_eq!(none.account.key_source(&none.secrets), None);
    let key = paper().variable("DUTCHBOOK_PRIVATE_KEY", &"7".repeat(64));
    let settings = key.load().unwrap();
    let source = settings.account.key_source(&settings.secrets).unwrap();
    assert_eq!(source, KeySource::Environment("DUTCHBOOK_PRIVATE_KEY".to_owned()));
    assert!(settings.notes.is_empty(), "{:?}", settings.notes);
    let shown = format!("{settings:?}");
    assert!(!shown.contains("7777"), "the key is shown");
    let twice = key.flag("account.key_file", "key").refusal();
    assert!(twice.contains("more than one key"), "{twice}");
    let locked = paper().flag("account.keystore_file", "key.json").refusal();
    assert!(locked.contains("DUTCHBOOK_KEYSTORE_PASSWORD"), "{locked}");
}

#[test]
fn what_the_engine_takes_for_granted_and_what_the_file_says_are_the_same() {
    let settings = paper().load().unwrap();
    assert_eq!(settings.risk, Limits::default());
    assert_eq!(settings.execution.dealer.execution, ExecutionSettings::default());
    assert_eq!(settings.strategies.0.len(), CATALOGUE.len());
    for (name, each) in &settings.strategies.0 {
        assert_eq!(*each, StrategySettings::at_first(name.as_str()), "{name}");
    }
    assert!(!settings.strategies.of("forecast_edge").enabled);
}

#[test]
fn one_strategy_is_set_alone_and_the_others_follow_what_holds_for_every_one() {
    let local = "[strategies.every]\nbudget_usd = \"300\"\n\n[strategies.mint_split]\n\
                 budget_usd = \"40\"\nenabled = false\n";
    let bench = paper()
        .file("local.toml", local)
        .variable("DUTCHBOOK__STRATEGIES__ARBITRAGE_LONG__SIZE_MAX", "7");
    let strategies = bench.load().unwrap().strategies;
    let mint_split = strategies.of("mint_split");
    assert_eq!((mint_split.budget_usd, mint_split.enabled), (Usd::from_whole(40), false));
    let long = strategies.of("arbitrage_long");
    assert_eq!((long.budget_usd, long.enabled), (Usd::from_whole(300), true));
    assert_eq!(long.size_max, Shares::from_whole(7));
    let stranger = paper().file("local.toml", "[strategies.moon]\nenabled = true\n").refusal();
    assert!(stranger.contains("strategies.moon"), "{stranger}");
}

#[test]
fn the_demo_leaves_a_real_database_alone_and_says_so() {
    let demo = || Bench::new(Request::Demo).variable("DATABASE_URL", "mysql://ann@db/trade");
    let settings = demo().load().unwrap();
    assert!(settings.store.url.sqlite_path().is_some_and(|path| path.starts_with("data/demo")));
    assert!(settings.notes.iter().any(|note| note.contains("DATABASE_URL")));
    let explicit = demo().variable("DUTCHBOOK__STORE__URL", "mysql://ann@db/play");
    assert_eq!(explicit.load().unwrap().store.url.expose(), "mysql://ann@db/play");
}

#[test]
fn contradictions_between_settings_are_found() {
    for (key, value, part) in [
        ("feed.reconnect_backoff_ms_min", "40000", "must not be more than"),
        ("filter.trading.price_min", "1", ""),
        ("filter.insight.price_min", "0.99", "must not be more than filter.insight.price_max"),
        ("detector.score.fees_bips", "1", "add up to 8001"),
        ("web.ws_port", "8080", "another port"),
        ("store.url", "postgres://x/y", "begins with sqlite:// or mysql://"),
        ("venue.clob_url", "ftp://x", "must begin with https:// or http://"),
        ("venue.rtds_url", "wss:///x", "wss://"),
        ("log.level", "loud", "is not a level"),
        ("log.level", "info,polymarket=loud", "is not a level"),
        ("log.level", "info,polymarket=debug", ""),
        ("log.format", "xml", "is not one of \"text\", \"json\""),
        ("web.host", "example.org", "is not an IP address"),
        ("account.funder", "0x12", "40 hexadecimal digits"),
        ("account.signature_type", "bank", "is not one of"),
        ("risk.market_usd_max", "-1", "must be between"),
        ("risk.price_min", "0.995", "price"),
        ("strategies.mint_split.score_min", "101", "must be between 0 and 100"),
    ] {
        let bench = paper().flag(key, value);
        match part {
            "" => assert!(bench.load().is_ok(), "{key}"),
            _ => assert!(bench.refusal().contains(part), "{key}: {}", bench.refusal()),
        }
    }
}

#[test]
fn a_misspelt_variable_is_told() {
    let settings = paper().variable("DUTCHBOOK_WEB_PORT", "1").load().unwrap();
    assert!(settings.notes.iter().any(|note| note.contains("DUTCHBOOK_WEB_PORT")));
}

#[test]
fn where_traces_go_is_checked_at_the_start_and_the_collectors_token_is_never_repeated() {
    let token = ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20hunter2");
    let on = || paper().flag("traces.enabled", "true").variable(token.0, token.1);
    let settings = on().variable("OTEL_EXPORTER_OTLP_ENDPOINT", "https://otlp.example.org").load();
    let traces = settings.unwrap().traces;
    assert_eq!(traces.endpoint.unwrap().url(), "https://otlp.example.org/v1/traces");
    assert!(!traces.headers.is_empty() && !format!("{:?}", traces.headers).contains("hunter2"));
    let clear = on().flag("traces.endpoint", "http://collector:4318").refusal();
    assert!(clear.contains("others could") && !clear.contains("hunter2"), "{clear}");
    let without = paper().flag("traces.enabled", "true");
    let without = without.flag("traces.endpoint", "http://collector:4318").load();
    assert!(without.is_ok(), "without a token the line may be open: {without:?}");
    for (key, value, why) in [
        ("traces.endpoint", "collector:4317", "must begin with http://"),
        ("traces.endpoint", "https://me:hunter2@collector", "OTEL_EXPORTER_OTLP_HEADERS"),
        ("traces.service_name", "", "1 to 100"),
        ("traces.untraded_bips", "10001", "between 0 and 10000"),
        ("traces.open_max", "1", "between 10 and 100000"),
    ] {
        let said = paper().flag(key, value).refusal();
        assert!(said.contains(key) && said.contains(why), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    let small = paper().flag("traces.queue_max", "100").flag("traces.batch_max", "200").refusal();
    assert!(small.contains("at least one batch"), "{small}");
    let bad = paper().flag("traces.enabled", "true").variable(token.0, "hunter2").refusal();
    assert!(bad.contains("name=value") && !bad.contains("hunter2"), "{bad}");
    let off = paper().variable(token.0, "hunter2").load().unwrap();
    assert!(!off.traces.enabled && off.traces.headers.is_empty(), "off, nothing is read");
}
