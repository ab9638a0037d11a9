//! Messages to people: through which channels, about what.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::{DurationMillis, Price, Probability, Usd};
use engine::alert::{AlertKind, ChannelName, ChannelRule, QuietHours, Severity, Words};
use notifiers::Encryption;

use super::super::reader::Reader;

/// `[alerts]`: what is told, and to whom.
#[derive(Clone, Debug)]
pub struct Alerts {
    /// Tell anybody at all.
    pub enabled: bool,
    /// Net dollars from which an opportunity is told.
    pub opportunity_usd_min: Usd,
    /// A forecast is told that moved so far from the one before, 0 to 1.
    pub forecast_move_min: Probability,
    /// A state, such as a feed without data, is told that has lasted so long, up to 1 hour.
    pub lasts_min: Duration,
    /// An order hangs when nothing was learned of it for so long, 1 s to 1 day.
    pub stuck_after: Duration,
    /// How often the outside watchman is told that all is well, 5 s to 1 day.
    pub watchman_interval: Duration,
    /// Where people find the page; empty for the address that it is served at.
    pub page_url: String,
    /// Telegram's chat: a number, or `@name` of a public channel.
    pub telegram_chat: String,
    /// Where Telegram's bots are served.
    pub telegram_url: String,
    /// Who mails to whom, through which server.
    pub mail: Mail,
    /// What each channel is told.
    pub rules: BTreeMap<ChannelName, ChannelRule>,
}

/// `[alerts.email]`, but for its rule.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The mail server; empty for none.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub encryption: Encryption,
    /// The name at the mail server; empty where it asks for none.
    pub user: String,
    /// `Name <address>` or an address.
    pub from: String,
    /// Likewise, one or more.
    pub to: Vec<String>,
}

impl Alerts {
    pub(in super::super) fn read(reader: &mut Reader<'_>) -> Self {
        let quiet = quiet(reader);
        let repeat_after =
            DurationMillis(reader.whole("alerts.repeat_after_s", 1..=604_800) * 1_000);
        let move_min = reader.price("alerts.forecast_move_min", Price::ZERO..=Price::ONE);
        Self {
            enabled: reader.switch("alerts.enabled"),
            opportunity_usd_min: reader.usd("alerts.opportunity_usd_min", Usd::ZERO..=Usd::MAX),
            forecast_move_min: Probability::from_price(move_min),
            lasts_min: reader.millis("alerts.lasts_ms_min", 0..=3_600_000),
            stuck_after: reader.seconds("alerts.stuck_after_s", 1..=86_400),
            watchman_interval: reader.seconds("alerts.watchman_interval_s", 1..=86_400),
            page_url: reader.text("alerts.page_url"),
            telegram_chat: reader.text("alerts.telegram.chat"),
            telegram_url: reader.url("alerts.telegram.url", &["http", "https"]),
            mail: Mail::read(reader),
            rules: ChannelName::ALL
                .map(|name| (name, rule(reader, name, repeat_after, quiet)))
                .into(),
        }
    }
}

impl Mail {
    fn read(reader: &mut Reader<'_>) -> Self {
        const ENCRYPTIONS: [(&str, Encryption); 3] = [
            ("tls", Encryption::Tls),
            ("starttls", Encryption::StartTls),
            ("none", Encryption::Plain),
        ];
        Self {
            host: reader.text("alerts.email.host"),
            port: reader.whole("alerts.email.port", 1..=65_535),
            encryption: reader.choice("alerts.email.encryption", &ENCRYPTIONS, Encryption::Tls),
            user: reader.text("alerts.email.user"),
            from: reader.text("alerts.email.from"),
            to: reader.list("alerts.email.to"),
        }
    }
}

fn quiet(reader: &mut Reader<'_>) -> Option<QuietHours> {
    const KEY: &str = "alerts.quiet_hours";
    let text = reader.text(KEY);
    let offset: i64 = reader.whole("alerts.utc_offset_min", -840..=840);
    if text.trim().is_empty() {
        return None;
    }
    QuietHours::parse(&text, offset).map_err(|error| reader.refuse(KEY, format!("{error}."))).ok()
}

fn rule(
    reader: &mut Reader<'_>,
    name: ChannelName,
    repeat_after: DurationMillis,
    quiet: Option<QuietHours>,
) -> ChannelRule {
    let key = |field: &str| format!("alerts.{name}.{field}");
    let severities = Severity::ALL.map(|severity| (severity.as_str(), severity));
    ChannelRule {
        kinds: kinds(reader, &key("kinds")),
        severity_min: reader.choice(&key("severity_min"), &severities, Severity::Info),
        size_usd_min: reader.usd(&key("usd_min"), Usd::ZERO..=Usd::MAX),
        words: Words::new(&reader.list(&key("words"))),
        per_minute_max: reader.whole(&key("per_minute_max"), 1..=600),
        repeat_after,
        quiet,
    }
}

/// Everything but what somebody asks for.
fn kinds(reader: &mut Reader<'_>, key: &str) -> BTreeSet<AlertKind> {
    let mut kinds = BTreeSet::new();
    for text in reader.list(key) {
        match AlertKind::parse(&text).filter(|kind| *kind != AlertKind::Test) {
            Some(kind) => {
                kinds.insert(kind);
            }
            None => {
                let known = AlertKind::ALL.into_iter().filter(|kind| *kind != AlertKind::Test);
                let known: Vec<_> = known.map(AlertKind::as_str).collect();
                reader.refuse(key, format!("`{text}` is not one of {}.", known.join(", ")));
            }
        }
    }
    kinds
}
