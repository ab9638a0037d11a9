//! Which channels there are, and what each is told.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use domain::DurationMillis;
use engine::alert::{ChannelName, ChannelRule, DispatchLimits};
use notifiers::{Channel, HttpSettings, Link, SecretUrl};
use store::StoreSettings;

use super::lookout::LookoutSettings;
use crate::shared::Shared;
use crate::supervision::Tree;

/// Opens a channel. Made on the thread that uses it: connections belong to one thread.
pub type OpenChannel = Arc<dyn Fn(&Link) -> Channel + Send + Sync>;
/// Whether all is well; otherwise what is not.
pub type Health = Arc<dyn Fn(&Tree) -> Result<(), String> + Send + Sync>;

/// A channel.
#[derive(Clone)]
pub struct ChannelPlan {
    /// Which.
    pub name: ChannelName,
    /// How it is opened.
    pub open: OpenChannel,
}

impl fmt::Debug for ChannelPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelPlan").field("name", &self.name).finish_non_exhaustive()
    }
}

/// An outside watchman.
#[derive(Clone)]
pub struct WatchmanPlan {
    /// What is fetched while all is well.
    pub url: SecretUrl,
    /// How often.
    pub every: DurationMillis,
    /// Whether all is well.
    pub health: Health,
}

/// What is worth telling, and to whom. It may change while people are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertsPolicy {
    /// What each channel is told; one that is not named here is told nothing.
    pub rules: BTreeMap<ChannelName, ChannelRule>,
    /// What is worth an alert at all.
    pub lookout: LookoutSettings,
}

/// What the alerts need.
#[derive(Clone)]
pub struct AlertsSettings {
    /// The channels that are set up; at most one of each name.
    pub channels: Vec<ChannelPlan>,
    /// What they are told.
    pub policy: Shared<AlertsPolicy>,
    /// Who raises the alarm when we fall silent.
    pub watchman: Option<WatchmanPlan>,
    /// Where alerts are written down.
    pub store: StoreSettings,
    /// How long to wait for the services.
    pub http: HttpSettings,
    /// Bounds of what is remembered.
    pub limits: DispatchLimits,
    /// Where people find our page.
    pub link: Option<String>,
}
