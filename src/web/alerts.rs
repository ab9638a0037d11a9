//! Alerts over HTTP: what people were told, through which channels, and a message on request.

pub mod reads;
pub mod shape;
pub mod test;

use std::sync::Arc;

use actix_web::web;
use actors::alerts::{AlertsBoard, SendTest};
use actors::supervision::Handle;
use engine::alert::ChannelName;
use serde::Serialize;
use store::StoreSettings;
use utoipa::ToSchema;

pub use reads::{__path_channels, __path_list, __path_read, channels, list, read};
pub use test::{__path_send_test, send_test};

/// A channel as the settings have it.
#[derive(Clone, Debug)]
pub struct ChannelParts {
    /// Which.
    pub name: ChannelName,
    /// `on`, `off` or `wrong`.
    pub state: &'static str,
    /// What is missing, or wrong.
    pub why: Option<String>,
}

/// The outside watchman as the settings have him.
#[derive(Clone, Debug, Default)]
pub struct WatchmanParts {
    /// There is one.
    pub is_set: bool,
    /// How often he is told.
    pub every_s: i64,
    /// Why his address cannot be used.
    pub wrong: Option<String>,
}

/// What the handlers of alerts lead to. All of it outlives the roles behind it.
#[derive(Clone, Default)]
pub struct AlertsParts {
    /// How the channels stand.
    pub board: Arc<AlertsBoard>,
    /// Sends a message on request; `None` where nobody is told anything.
    pub test: Option<Handle<SendTest>>,
    /// Why nobody is told, and what to do.
    pub why_off: Option<String>,
    /// Every channel.
    pub channels: Vec<ChannelParts>,
    /// Who raises the alarm when we fall silent.
    pub watchman: WatchmanParts,
    /// Where everything is written down.
    pub store: Option<StoreSettings>,
}

/// Whether people are told.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertsStateView {
    /// `off` or `on`.
    pub state: &'static str,
    /// The same in a sentence, with what to do where it is off.
    pub text: String,
}

impl AlertsStateView {
    /// How it stands now.
    #[must_use]
    pub fn of(parts: &AlertsParts) -> Self {
        if let Some(why) = &parts.why_off {
            return Self { state: "off", text: why.clone() };
        }
        let on = parts.channels.iter().filter(|channel| channel.state == "on");
        let names: Vec<_> = on.map(|channel| channel.name.as_str()).collect();
        let text = if names.is_empty() {
            "No channel is set up; the outside watchman alone is told that all is well.".to_owned()
        } else {
            format!("People are told by {}.", names.join(", "))
        };
        Self { state: "on", text }
    }
}

/// The resources of alerts, below `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/alerts", web::get().to(list))
        .route("/alerts/channels", web::get().to(channels))
        .route("/alerts/test", web::post().to(send_test))
        .route("/alerts/{id}", web::get().to(read));
}
