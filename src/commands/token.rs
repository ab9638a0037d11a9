//! `dutchbook token`: tokens for programs, straight in the database, whether the service runs or
//! not.

use std::io::Write;

use actors::clock::Clock;
use anyhow::Context;
use domain::{DurationMillis, UnixMillis};
use serde::Serialize;
use store::{ApiTokenRow, CommandRow, Label, NotCreated, Store, TokenHash, Word};

use crate::cli::{CreateTokenArgs, RevokeTokenArgs, TokenCommand};
use crate::commands::trading::{made_up_key, tell};
use crate::exit::ExitCode;
use crate::settings::Settings;
use crate::web::auth::tokens::TOKEN_PREFIX;
use crate::web::auth::{Fresh, Role};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Does what was asked.
///
/// # Errors
/// The database cannot be reached or refuses; there are no random numbers; or `out` cannot be
/// written.
pub fn run(
    settings: &Settings,
    command: &TokenCommand,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    // A second one in the same process is no error.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = &settings.store.url;
    let work = async {
        let store = Store::connect(&settings.store.connection()?).await?;
        store.migrate().await?;
        let code = match command {
            TokenCommand::Create(args) => create(&store, args, out).await,
            TokenCommand::List(args) if args.json => list_as_json(&store, out).await,
            TokenCommand::List(_) => list(&store, out).await,
            TokenCommand::Revoke(args) => revoke(&store, args, out).await,
        };
        store.close().await?;
        code
    };
    let done = actix_rt::System::new().block_on(work);
    done.with_context(|| format!("the tokens in the database {url} cannot be read or changed"))
}

async fn create(
    store: &Store,
    args: &CreateTokenArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let (token, now) = (Fresh::make(TOKEN_PREFIX)?, Clock::System.now());
    let role = Role::from(args.role);
    let row = ApiTokenRow {
        name: args.name.clone(),
        role: Word::new(role.name())?,
        hash: TokenHash(token.digest().bytes()),
        created_at: now,
        expires_at: args.days.map(|days| now.plus(DurationMillis(i64::from(days) * DAY_MS))),
        revoked_at: None,
        last_used_at: None,
    };
    match store.api_tokens().create(&row).await {
        Ok(()) => {}
        Err(refused @ (NotCreated::NameTaken | NotCreated::TooMany)) => {
            tell(&format!("dutchbook: {refused}."));
            return Ok(ExitCode::Refused);
        }
        Err(NotCreated::Store(error)) => return Err(error.into()),
    }
    write_down(store, "create_token", &args.name, now).await;
    if args.common.json {
        let view = TokenView { token: Some(token.expose()), ..TokenView::of(&row, now) };
        writeln!(out, "{}", serde_json::to_string_pretty(&view)?)?;
    } else {
        writeln!(out, "{}", token.expose())?;
        tell(&format!(
            "That is the token of {}, {}. It is kept nowhere, so keep it now; programs send it as \
             \"Authorization: Bearer TOKEN\".",
            row.name,
            row.role.as_str()
        ));
    }
    Ok(ExitCode::Ok)
}

async fn list(store: &Store, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let (rows, now) = (store.api_tokens().all().await?, Clock::System.now());
    if rows.is_empty() {
        writeln!(out, "There are no tokens. `dutchbook token create` makes one.")?;
        return Ok(ExitCode::Ok);
    }
    let day = |at: Option<String>| at.unwrap_or_else(|| "-".to_owned());
    writeln!(out, "{:<24} {:<9} {:<8} {:<25} LAST USED", "NAME", "ROLE", "STATE", "EXPIRES")?;
    for view in rows.iter().map(|row| TokenView::of(row, now)) {
        let (expires, used) = (day(view.expires_at), day(view.last_used_at));
        writeln!(out, "{:<24} {:<9} {:<8} {expires:<25} {used}", view.name, view.role, view.state)?;
    }
    Ok(ExitCode::Ok)
}

async fn list_as_json(store: &Store, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let (rows, now) = (store.api_tokens().all().await?, Clock::System.now());
    let views: Vec<_> = rows.iter().map(|row| TokenView::of(row, now)).collect();
    writeln!(out, "{}", serde_json::to_string_pretty(&views)?)?;
    Ok(ExitCode::Ok)
}

async fn revoke(
    store: &Store,
    args: &RevokeTokenArgs,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let now = Clock::System.now();
    if !store.api_tokens().revoke(&args.name, now).await? {
        tell(&format!("dutchbook: there is no token called {:?}.", args.name));
        return Ok(ExitCode::Refused);
    }
    write_down(store, "revoke_token", &args.name, now).await;
    if args.common.json {
        let rows = store.api_tokens().all().await?;
        let row = rows.iter().find(|row| row.name == args.name);
        let view = row.map(|row| TokenView::of(row, now));
        writeln!(out, "{}", serde_json::to_string_pretty(&view)?)?;
    } else {
        writeln!(out, "{} is revoked. A running service feels it within seconds.", args.name)?;
    }
    Ok(ExitCode::Ok)
}

/// What was done is in the table of tokens itself; the list of commands is for convenience.
async fn write_down(store: &Store, action: &str, name: &str, now: UnixMillis) {
    let (Ok(key), Ok(action)) = (made_up_key(), Label::new(action)) else { return };
    let row = CommandRow {
        id: format!("cli:{key}"),
        at: now,
        actor: "the command line".to_owned(),
        action,
        target: name.to_owned(),
        outcome: "done".to_owned(),
        value_before: None,
        value_after: None,
    };
    if let Err(error) = store.commands().record(&row).await {
        tell(&format!("dutchbook: it was done and not listed among the commands: {error}"));
    }
}

/// A token as it is told.
#[derive(Debug, Serialize)]
struct TokenView<'a> {
    name: &'a str,
    role: &'a str,
    /// `active`, `expired` or `revoked`.
    state: &'static str,
    created_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
    last_used_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

impl<'a> TokenView<'a> {
    fn of(row: &'a ApiTokenRow, now: UnixMillis) -> Self {
        let state = match (row.revoked_at, row.expires_at) {
            (Some(_), _) => "revoked",
            (None, Some(end)) if end <= now => "expired",
            (None, _) => "active",
        };
        Self {
            name: &row.name,
            role: row.role.as_str(),
            state,
            created_at: row.created_at.to_rfc3339(),
            expires_at: row.expires_at.map(UnixMillis::to_rfc3339),
            revoked_at: row.revoked_at.map(UnixMillis::to_rfc3339),
            last_used_at: row.last_used_at.map(UnixMillis::to_rfc3339),
            token: None,
        }
    }
}
