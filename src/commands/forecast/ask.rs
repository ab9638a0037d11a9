//! `dutchbook forecast SLUG`: asks the models of a running service, and waits for what comes of it.

mod page;

use std::io::Write;
use std::time::{Duration, Instant};

use awc::http::Method;
use serde_json::{Value, json};

use crate::cli::AskArgs;
use crate::commands::access::{NO_WAY_IN, WayIn};
use crate::commands::trading::client::{Client, NoAnswer, Question, Said};
use crate::commands::trading::{address, made_up_key, problem, tell};
use crate::exit::ExitCode;
use crate::settings::Settings;
use page::Progress;

const LOOK_INTERVAL: Duration = Duration::from_millis(500);
/// Longer than any call may take by the settings.
const WAIT_MAX: Duration = Duration::from_secs(960);

/// Asks, waits, and prints the forecast.
///
/// # Errors
/// No key can be made up, or `out` cannot be written.
pub(super) fn ask(
    settings: &Settings,
    way_in: &WayIn<'_>,
    args: &AskArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    // A second one in the same process is no error.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = args.order.read.url.clone().unwrap_or_else(|| address(settings));
    let Some(token) = way_in.token(&url) else {
        tell(NO_WAY_IN);
        return Ok(ExitCode::Configuration);
    };
    let key = match &args.order.key {
        Some(key) => key.clone(),
        None => {
            let key = made_up_key()?;
            // Before it is sent: whoever gets no answer asks again with it.
            tell(&format!("key: {key}"));
            key
        }
    };
    let client = Client { url, token: Some(token) };
    let market = args.market.as_deref().unwrap_or_default();
    match actix_rt::System::new().block_on(until_answered(&client, market, &key)) {
        Ok(said) => print(&said, args.order.read.json, out),
        Err(error) => {
            tell(&format!("dutchbook: no answer from {}: {error}", client.url));
            tell("Is it running? `dutchbook run` starts it; --url names another address.");
            tell("The same command with the same --key costs nothing more: it finds its forecast.");
            Ok(ExitCode::Unreachable)
        }
    }
}

async fn until_answered(client: &Client, market: &str, key: &str) -> Result<Said, NoAnswer> {
    let (path, body) = ("forecasts".to_owned(), Some(json!({ "market": market })));
    let question = Question { method: Method::POST, path, query: Vec::new(), body };
    let asked = client.ask(&question, Some(key)).await?;
    let id = asked.body.get("id").and_then(Value::as_str);
    let Some(id) = id.filter(|_| asked.is_success()) else { return Ok(asked) };
    let (since, path) = (Instant::now(), format!("forecasts/{id}"));
    let question = Question { method: Method::GET, path, query: Vec::new(), body: None };
    let mut progress = Progress::default();
    loop {
        let said = client.ask(&question, None).await?;
        progress.show(&said.body);
        let is_asking = said.body.get("state").and_then(Value::as_str) == Some("asking");
        if !said.is_success() || !is_asking || since.elapsed() >= WAIT_MAX {
            return Ok(said);
        }
        actix_rt::time::sleep(LOOK_INTERVAL).await;
    }
}

fn print(said: &Said, as_json: bool, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    if as_json {
        writeln!(out, "{}", serde_json::to_string_pretty(&said.body)?)?;
    }
    let text = |name: &str| said.body.get(name).and_then(Value::as_str);
    if !said.is_success() {
        problem(said);
        return Ok(match text("code") {
            Some("outcome_unknown") => ExitCode::OutcomeUnknown,
            _ => ExitCode::Refused,
        });
    }
    Ok(match text("state") {
        Some("published") => {
            if !as_json {
                page::print(&said.body, out)?;
            }
            ExitCode::Ok
        }
        Some("asking") => {
            tell(
                "dutchbook: the models are still being asked; the same --key finds their forecast",
            );
            ExitCode::OutcomeUnknown
        }
        _ => {
            let reason = page::plain(said.body.get("reason"));
            tell(&format!("dutchbook: the models were asked and there is no forecast: {reason}"));
            ExitCode::Failure
        }
    })
}
