//! What is moved when settings change, each with the way back.

use std::sync::Arc;
use std::time::Duration;

use actors::alerts::AlertsPolicy;
use actors::shared::Shared;
use actors::strategies::StrategiesBoard;
use actors::supervision::Handle;
use actors::trading::{Command, TradingBoard};
use engine::desk::{Control, Origin};
use engine::risk::Limits;
use engine::signal::StrategyName;
use engine::strategy::{CATALOGUE, StrategySettings};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ReloadError;
use crate::settings::Settings;

/// How long the risk manager may take.
const ASK_WAIT: Duration = Duration::from_secs(2);

/// Whom a change is told, and what is in force there.
pub struct Levers {
    /// Takes what a person orders.
    pub command: Handle<Command>,
    /// How trading stands.
    pub board: Arc<TradingBoard>,
    /// What each strategy may do.
    pub strategies: Arc<StrategiesBoard>,
    /// What people are told.
    pub alerts: Shared<AlertsPolicy>,
    /// What they are to be told by these settings.
    pub alerts_by: fn(&Settings) -> AlertsPolicy,
}

/// One thing that changes, and what takes it back.
#[derive(Debug)]
pub(super) enum Pull {
    /// An order to who decides.
    Desk { forth: Control, back: Control },
    /// Other rules for alerts.
    Alerts { forth: Arc<AlertsPolicy>, back: Arc<AlertsPolicy> },
}

impl Levers {
    /// What is to be ordered. An administrator may have set other figures since the start: what the
    /// files leave as it was stays as he set it.
    pub(super) fn pulls(
        &self,
        now: &Settings,
        wanted: &Settings,
    ) -> Result<Vec<Pull>, ReloadError> {
        let refused = |why: String| ReloadError::Refused(why);
        let mut pulls = Vec::new();
        if now.risk != wanted.risk {
            let view = self.board.view();
            let view = view.ok_or_else(|| refused("the risk manager is not ready yet".into()))?;
            let limits: Limits = merged(&view.limits, &now.risk, &wanted.risk).map_err(refused)?;
            limits.validate().map_err(|error| refused(error.to_string()))?;
            pulls.push(Pull::Desk {
                forth: Control::SetLimits(Box::new(limits)),
                back: Control::SetLimits(Box::new(view.limits.clone())),
            });
        }
        for entry in CATALOGUE {
            let (before, after) = (now.strategies.of(entry.name), wanted.strategies.of(entry.name));
            if before != after {
                pulls.push(self.strategy(entry.name, &before, &after)?);
            }
        }
        let (before, after) = ((self.alerts_by)(now), (self.alerts_by)(wanted));
        if before != after {
            pulls.push(Pull::Alerts { forth: Arc::new(after), back: Arc::new(before) });
        }
        Ok(pulls)
    }

    fn strategy(
        &self,
        name: &str,
        before: &StrategySettings,
        after: &StrategySettings,
    ) -> Result<Pull, ReloadError> {
        let refused = |why: String| ReloadError::Refused(format!("{name}: {why}"));
        let name = StrategyName::new(name).map_err(|error| refused(error.to_string()))?;
        let view = self.board.view();
        let told = view.and_then(|view| view.strategies.get(&name)?.settings);
        let shown = || self.strategies.get(&name).map(|status| status.settings);
        let live = told.or_else(shown).unwrap_or(*before);
        let settings: StrategySettings = merged(&live, before, after).map_err(refused)?;
        settings.validate().map_err(|error| refused(error.to_string()))?;
        Ok(Pull::Desk {
            forth: Control::SetStrategy(name.clone(), Box::new(settings)),
            back: Control::SetStrategy(name, Box::new(live)),
        })
    }

    pub(super) async fn forth(&self, pull: &Pull, by: &Origin) -> Result<(), String> {
        match pull {
            Pull::Desk { forth, .. } => self.order(forth, by).await,
            Pull::Alerts { forth, .. } => {
                self.alerts.set(Arc::clone(forth));
                Ok(())
            }
        }
    }

    pub(super) async fn back(&self, pull: &Pull, by: &Origin) -> Result<(), String> {
        match pull {
            Pull::Desk { back, .. } => self.order(back, by).await,
            Pull::Alerts { back, .. } => {
                self.alerts.set(Arc::clone(back));
                Ok(())
            }
        }
    }

    /// Orders it, in whoever's name.
    async fn order(&self, control: &Control, by: &Origin) -> Result<(), String> {
        let command = Command { by: by.clone(), control: control.clone() };
        match self.command.ask(command, ASK_WAIT).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(refused)) => Err(refused.to_string()),
            Err(error) => Err(format!("the risk manager does not answer: {error}")),
        }
    }
}

/// What is in force, with each field that differs between the other two.
fn merged<T: Serialize + DeserializeOwned>(live: &T, before: &T, after: &T) -> Result<T, String> {
    let value = |of: &T| serde_json::to_value(of).map_err(|error| error.to_string());
    let (mut live, before, after) = (value(live)?, value(before)?, value(after)?);
    let (Value::Object(fields), Value::Object(wanted)) = (&mut live, after) else {
        return Err("these settings have no fields".to_owned());
    };
    for (name, wanted) in wanted {
        if before.get(&name) != Some(&wanted) {
            fields.insert(name, wanted);
        }
    }
    serde_json::from_value(live).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use domain::Usd;

    use super::*;

    #[test]
    fn what_the_files_leave_as_it_was_stays_as_an_administrator_set_it() {
        let file = Limits::default();
        let live = Limits { order_usd_max: Usd::from_whole(7), ..file.clone() };
        let wanted = Limits { total_usd_max: Usd::from_whole(99), ..file.clone() };
        let merged = merged(&live, &file, &wanted).unwrap();
        let both = Limits { total_usd_max: Usd::from_whole(99), ..live };
        assert_eq!(merged, both);
    }
}
