//! Messages to people, and who looks out for what to tell them.
//!
//! ```text
//! alerts             the sender first: it hears from the lookout
//! ├── alert-sender   rules, database, channels, and the outside watchman
//! └── lookout        makes alerts of facts and states
//! ```

use std::sync::Arc;
use std::time::Duration;

use actors::alerts::{
    Alerts, AlertsBoard, AlertsPolicy, AlertsSettings, ChannelPlan, Health, Lookout,
    LookoutOutlets, LookoutSettings, OpenChannel, WatchmanPlan,
};
use actors::publisher::Publisher;
use actors::shared::Shared;
use actors::supervision::{
    ActorRef, ChildSpec, Handle, Life, Limits, NodeSnapshot, Reserved, Status, Strategy,
    SupervisorSpec,
};
use actors::swarm::SwarmBoard;
use actors::trading::TradingBoard;
use domain::DurationMillis;
use engine::alert::{ChannelName, DispatchLimits};
use notifiers::{
    Channel, Discord, Email, EmailSettings, HttpSettings, SecretText, SecretUrl, Slack, Telegram,
    Webhook,
};

use super::{BACKOFF, Common, LEAF_PERIOD, LEAF_RESTARTS_MAX, WebOnce, convert};
use crate::settings::{Secret, Settings};
use crate::web::alerts::{AlertsParts, ChannelParts, WatchmanParts};

/// For the whole exchange with a mail server.
const MAIL_TIMEOUT: Duration = Duration::from_secs(20);
/// Roles whose troubles leave the service well: it trades and watches without them.
const OPTIONAL: [&str; 3] = ["swarm", "alerts", "tracer"];

const SWITCHED_OFF: &str =
    "Alerts are switched off (alerts.enabled = false, as in the demo), so nobody is told.";
const NOT_SET_UP: &str =
    "No channel is set up, so nobody is told. docs/alerts.md shows how to set one up.";

/// How a channel is set up.
pub enum ChannelSetup {
    /// Messages go through it.
    Ready(ChannelPlan),
    /// It is not set up, and this is what is missing.
    Off(String),
    /// It is set up, but not in a way that works.
    Wrong(String),
}

/// Every channel, by the settings.
#[must_use]
pub fn channels(settings: &Settings) -> Vec<(ChannelName, ChannelSetup)> {
    ChannelName::ALL.map(|name| (name, channel(name, settings))).into()
}

/// What is worth telling, and to whom, by the settings.
#[must_use]
pub(super) fn policy(settings: &Settings) -> AlertsPolicy {
    let alerts = &settings.alerts;
    AlertsPolicy {
        rules: alerts.rules.clone(),
        lookout: LookoutSettings {
            opportunity_usd_min: alerts.opportunity_usd_min,
            forecast_move_min: alerts.forecast_move_min,
            patience: DurationMillis(convert::millis(alerts.lasts_min)),
            stuck_after: DurationMillis(convert::millis(alerts.stuck_after)),
            feed_age_ms_max: convert::millis(settings.feed.silence_max),
        },
    }
}

/// The outside watchman's address; `None` where there is none.
///
/// # Errors
/// It cannot be used, and why.
pub fn watchman(settings: &Settings) -> Result<Option<SecretUrl>, String> {
    let Some(url) = &settings.secrets.alert_watchman_url else { return Ok(None) };
    address("ALERT_WATCHMAN_URL", url).map(Some)
}

fn channel(name: ChannelName, settings: &Settings) -> ChannelSetup {
    let secrets = &settings.secrets;
    let open = match name {
        ChannelName::Telegram => telegram(settings),
        ChannelName::Discord => {
            let open =
                |link: &notifiers::Link, url| Channel::Discord(Discord::new(link.clone(), url));
            hook("DISCORD_WEBHOOK_URL", secrets.discord_webhook_url.as_ref(), open)
        }
        ChannelName::Slack => {
            let open = |link: &notifiers::Link, url| Channel::Slack(Slack::new(link.clone(), url));
            hook("SLACK_WEBHOOK_URL", secrets.slack_webhook_url.as_ref(), open)
        }
        ChannelName::Webhook => webhook(settings),
        ChannelName::Email => email(settings),
    };
    match open {
        Ok(open) => ChannelSetup::Ready(ChannelPlan { name, open }),
        Err(NotOpen::Missing(why)) => ChannelSetup::Off(why),
        Err(NotOpen::Wrong(why)) => ChannelSetup::Wrong(why),
    }
}

enum NotOpen {
    Missing(String),
    Wrong(String),
}

fn missing(why: &str) -> NotOpen {
    NotOpen::Missing(format!("{why}."))
}

fn wrong(why: impl std::fmt::Display) -> NotOpen {
    NotOpen::Wrong(format!("{why}."))
}

fn address(variable: &str, url: &Secret) -> Result<SecretUrl, String> {
    SecretUrl::parse(url.expose()).map_err(|error| format!("{variable}: {error}"))
}

fn telegram(settings: &Settings) -> Result<OpenChannel, NotOpen> {
    let alerts = &settings.alerts;
    let token = settings.secrets.telegram_bot_token.as_ref();
    let (token, chat) = match (token, alerts.telegram_chat.trim()) {
        (None, "") => return Err(missing("TELEGRAM_BOT_TOKEN is not set")),
        (None, _) => return Err(wrong("There is a chat, and TELEGRAM_BOT_TOKEN is not set")),
        (Some(_), "") => {
            return Err(wrong("TELEGRAM_BOT_TOKEN is set, and alerts.telegram.chat is not"));
        }
        (Some(token), chat) => (SecretText::new(token.expose()), chat.to_owned()),
    };
    let server = SecretUrl::parse(&alerts.telegram_url)
        .map_err(|error| wrong(format!("alerts.telegram.url: {error}")))?;
    Ok(Arc::new(move |link| {
        Channel::Telegram(Telegram::new(link.clone(), server.clone(), token.clone(), &chat))
    }))
}

fn hook(
    variable: &str,
    url: Option<&Secret>,
    open: impl Fn(&notifiers::Link, SecretUrl) -> Channel + Send + Sync + 'static,
) -> Result<OpenChannel, NotOpen> {
    let url = url.ok_or_else(|| missing(&format!("{variable} is not set")))?;
    let url = address(variable, url).map_err(wrong)?;
    Ok(Arc::new(move |link| open(link, url.clone())))
}

fn webhook(settings: &Settings) -> Result<OpenChannel, NotOpen> {
    let secrets = &settings.secrets;
    let (url, secret) = match (&secrets.alert_webhook_url, &secrets.alert_webhook_secret) {
        (None, None) => return Err(missing("ALERT_WEBHOOK_URL is not set")),
        (None, Some(_)) => {
            return Err(wrong("ALERT_WEBHOOK_SECRET is set, and ALERT_WEBHOOK_URL is not"));
        }
        (Some(_), None) => {
            let why = "ALERT_WEBHOOK_URL is set, and ALERT_WEBHOOK_SECRET is not: nobody could \
                       tell our messages from others";
            return Err(wrong(why));
        }
        (Some(url), Some(secret)) => (url, SecretText::new(secret.expose())),
    };
    let url = address("ALERT_WEBHOOK_URL", url).map_err(wrong)?;
    Ok(Arc::new(move |link| {
        Channel::Webhook(Webhook::new(link.clone(), url.clone(), secret.clone()))
    }))
}

fn email(settings: &Settings) -> Result<OpenChannel, NotOpen> {
    let mail = &settings.alerts.mail;
    if mail.host.trim().is_empty() {
        return Err(missing("alerts.email.host is not set"));
    }
    let password = settings.secrets.smtp_password.as_ref();
    let user = (!mail.user.is_empty()).then(|| mail.user.clone());
    if user.is_some() && password.is_none() {
        return Err(wrong("alerts.email.user is set, and SMTP_PASSWORD is not"));
    }
    let email = Email::new(&EmailSettings {
        host: mail.host.clone(),
        port: mail.port,
        encryption: mail.encryption,
        user,
        password: password.map(|password| SecretText::new(password.expose())),
        from: mail.from.clone(),
        to: mail.to.clone(),
        timeout: MAIL_TIMEOUT,
    });
    let email = email.map_err(wrong)?;
    Ok(Arc::new(move |_| Channel::Email(Box::new(email.clone()))))
}

/// Whom the lookout hears of, known before it is planted.
pub(super) struct Places {
    alerts: Reserved<Alerts>,
    lookout: Reserved<Lookout>,
}

impl Places {
    pub(super) fn reserve() -> Self {
        let limits = Limits { critical: 4_096, normal: 1_024, ..Limits::default() };
        Self {
            alerts: ChildSpec::reserve("alert-sender").limits(limits),
            lookout: ChildSpec::reserve("lookout").limits(limits),
        }
    }
    /// Who hears of facts.
    pub(super) fn lookout(&self) -> ActorRef<Lookout> {
        self.lookout.address()
    }
}

/// What is looked at.
pub(super) struct Sights {
    pub(super) trading: Arc<TradingBoard>,
    pub(super) swarm: Arc<SwarmBoard>,
}

/// The alerts of a run.
pub(super) struct Plan {
    settings: AlertsSettings,
    board: Arc<AlertsBoard>,
    /// Where there is anybody to tell.
    places: Option<Places>,
    why_off: Option<String>,
    channels: Vec<ChannelParts>,
    watchman: WatchmanParts,
}

impl Plan {
    /// Looks at what is set up.
    pub(super) fn new(settings: &Settings, page_url: &str) -> anyhow::Result<Self> {
        let alerts = &settings.alerts;
        let (mut ready, mut parts) = (Vec::new(), Vec::new());
        for (name, setup) in channels(settings) {
            let (state, why) = match setup {
                ChannelSetup::Ready(plan) => {
                    ready.push(plan);
                    ("on", None)
                }
                ChannelSetup::Off(why) => ("off", Some(why)),
                ChannelSetup::Wrong(why) => ("wrong", Some(why)),
            };
            parts.push(ChannelParts { name, state, why });
        }
        let (url, wrong) = match watchman(settings) {
            Ok(url) => (url, None),
            Err(why) => (None, Some(why)),
        };
        let nobody = ready.is_empty() && url.is_none();
        let why_off = match alerts.enabled {
            false => Some(SWITCHED_OFF.to_owned()),
            true => nobody.then(|| NOT_SET_UP.to_owned()),
        };
        let page_url = if alerts.page_url.is_empty() { page_url } else { &alerts.page_url };
        let every = DurationMillis(convert::millis(alerts.watchman_interval));
        Ok(Self {
            watchman: WatchmanParts { is_set: url.is_some(), every_s: every.seconds(), wrong },
            settings: AlertsSettings {
                channels: ready,
                policy: Shared::new(policy(settings)),
                // Health is known when the tree is.
                watchman: url.map(|url| WatchmanPlan { url, every, health: Arc::new(|_| Ok(())) }),
                store: settings.store.connection()?,
                http: HttpSettings::default(),
                limits: DispatchLimits::default(),
                link: Some(page_url.to_owned()),
            },
            board: Arc::default(),
            places: why_off.is_none().then(Places::reserve),
            why_off,
            channels: parts,
        })
    }

    /// Who hears of facts, where there is anybody to tell.
    pub(super) fn lookout(&self) -> Option<ActorRef<Lookout>> {
        self.places.as_ref().map(Places::lookout)
    }

    /// What can change while people are told.
    pub(super) fn policy(&self) -> Shared<AlertsPolicy> {
        self.settings.policy.clone()
    }

    /// What people reach over the API.
    pub(super) fn web(&self) -> AlertsParts {
        AlertsParts {
            board: Arc::clone(&self.board),
            test: self.places.as_ref().map(|places| places.alerts.address().handle()),
            why_off: self.why_off.clone(),
            channels: self.channels.clone(),
            watchman: self.watchman.clone(),
            store: Some(self.settings.store.clone()),
        }
    }

    /// The supervisor of both roles, where there is anybody to tell.
    pub(super) fn plant(
        self,
        common: &Common,
        sights: Sights,
        publisher: &ActorRef<Publisher>,
        state: WebOnce,
    ) -> Option<SupervisorSpec> {
        let Places { alerts, lookout } = self.places?;
        let outlets = LookoutOutlets {
            alerts: alerts.address().handle(),
            listing: common.listing.clone(),
            board: Arc::clone(&common.board),
            tape: Arc::clone(&common.tape),
            trading: sights.trading,
            swarm: sights.swarm,
        };
        let policy = self.settings.policy.clone();
        let mut settings = self.settings;
        if let Some(plan) = &mut settings.watchman {
            plan.health = health(common, state);
        }
        let (clock, board) = (common.clock.clone(), self.board);
        let listeners: Vec<Handle<_>> = vec![publisher.handle()];
        let telling = move |_: &mut _, life: &Life<Alerts>| {
            let (settings, board) = (settings.clone(), Arc::clone(&board));
            Alerts::new(life.clone(), settings, clock.clone(), board, listeners.clone())
        };
        let clock = common.clock.clone();
        let looking = move |_: &mut _, life: &Life<Lookout>| {
            Lookout::new(life, policy.clone(), clock.clone(), outlets.clone())
        };
        let spec = SupervisorSpec::new("alerts", Strategy::OneForOne)
            .intensity(LEAF_RESTARTS_MAX, LEAF_PERIOD)
            .child(alerts.actor(telling).backoff(BACKOFF).build().0)
            .child(lookout.actor(looking).backoff(BACKOFF).build().0);
        Some(spec)
    }
}

/// All is well when the service is ready and every role that it needs is at work.
fn health(common: &Common, state: WebOnce) -> Health {
    let clock = common.clock.clone();
    Arc::new(move |tree| {
        let mut ill = state.get(tree).not_ready(clock.now());
        ill.extend(ailing(&tree.snapshot()));
        if ill.is_empty() { Ok(()) } else { Err(ill.join("; ")) }
    })
}

/// The first node that is not at work.
fn ailing(node: &NodeSnapshot) -> Option<String> {
    if OPTIONAL.contains(&&*node.name) || node.status == Status::Done {
        return None;
    }
    if node.status != Status::Up {
        return Some(format!("{} is not up", node.name));
    }
    if let Some(why) = &node.degraded {
        return Some(format!("{}: {why}", node.name));
    }
    node.children.iter().find_map(ailing)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::settings::{Mode, Request, Sources};

    fn settings(environment: &[(&str, &str)]) -> Settings {
        let environment = environment.iter().map(|(name, text)| ((*name).into(), (*text).into()));
        let environment: BTreeMap<String, String> = environment.collect();
        let request = Request::Inspect(Some(Mode::Paper));
        let sources = Sources { request, config_dir: None, environment, flags: Vec::new() };
        Settings::load(&sources).unwrap()
    }

    fn said(environment: &[(&str, &str)], name: ChannelName) -> String {
        match channel(name, &settings(environment)) {
            ChannelSetup::Ready(_) => "on".to_owned(),
            ChannelSetup::Off(why) => format!("off: {why}"),
            ChannelSetup::Wrong(why) => format!("wrong: {why}"),
        }
    }

    #[test]
    fn a_channel_is_on_when_its_address_and_its_secret_are_there() {
        let token = ("TELEGRAM_BOT_TOKEN", "123:hunter2");
        assert_eq!(said(&[token, ("TELEGRAM_CHAT_ID", "-100")], ChannelName::Telegram), "on");
        assert!(said(&[], ChannelName::Telegram).contains("off: TELEGRAM_BOT_TOKEN"));
        let half = said(&[token], ChannelName::Telegram);
        assert!(half.contains("alerts.telegram.chat") && !half.contains("hunter2"), "{half}");
        let url = ("ALERT_WEBHOOK_URL", "https://example.org/hunter2");
        assert!(said(&[url], ChannelName::Webhook).contains("wrong: ALERT_WEBHOOK_URL is set"));
        let both = [url, ("ALERT_WEBHOOK_SECRET", "s3cret")];
        assert_eq!(said(&both, ChannelName::Webhook), "on");
        let clear = [("SLACK_WEBHOOK_URL", "http://example.org/hunter2")];
        let clear = said(&clear, ChannelName::Slack);
        assert!(clear.contains("https://") && !clear.contains("hunter2"), "{clear}");
        let mail = [
            ("DUTCHBOOK__ALERTS__EMAIL__HOST", "mail.example.org"),
            ("DUTCHBOOK__ALERTS__EMAIL__FROM", "a@example.org"),
            ("DUTCHBOOK__ALERTS__EMAIL__TO", "b@example.org"),
        ];
        assert_eq!(said(&mail, ChannelName::Email), "on");
        assert!(said(&mail[..2], ChannelName::Email).contains("nobody to mail to"));
    }

    #[test]
    fn without_a_channel_it_is_off_and_says_so_and_a_watchman_alone_is_enough() {
        let plan = |environment: &[(&str, &str)]| {
            Plan::new(&settings(environment), "http://127.0.0.1:1").unwrap()
        };
        assert!(plan(&[]).why_off.unwrap().contains("No channel"));
        let watchman = ("ALERT_WATCHMAN_URL", "https://hc.example.org/uuid");
        assert_eq!(plan(&[watchman]).why_off, None);
        let off = plan(&[watchman, ("DUTCHBOOK__ALERTS__ENABLED", "false")]);
        assert!(off.why_off.unwrap().contains("switched off"));
        assert!(off.places.is_none());
    }
}
