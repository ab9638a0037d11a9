//! Which channels people are told by. None is no fault: nothing else needs them.

use engine::alert::ChannelName;

use super::Finding;
use crate::compose::{self, ChannelSetup};
use crate::settings::Settings;

pub(super) fn check(settings: &Settings) -> Vec<Finding> {
    if !settings.alerts.enabled {
        return vec![Finding::noted(
            "alerts",
            "switched off",
            "Nobody is told (alerts.enabled = false).",
        )];
    }
    let channels = compose::alert_channels(settings);
    let mut findings: Vec<_> =
        channels.into_iter().map(|(name, setup)| channel(settings, name, setup)).collect();
    findings.push(watchman(settings));
    findings
}

fn channel(settings: &Settings, name: ChannelName, setup: ChannelSetup) -> Finding {
    let check = format!("alerts by {name}");
    match setup {
        ChannelSetup::Ready(_) => {
            let told = settings.alerts.rules.get(&name).map_or_else(
                || "nothing".to_owned(),
                |rule| format!("{} kinds, {} and above", rule.kinds.len(), rule.severity_min),
            );
            let measured = format!("set up: {told}. `dutchbook alerts test {name}` tries it");
            Finding::good(check, measured)
        }
        ChannelSetup::Off(why) => Finding::noted(check, "not set up", why),
        ChannelSetup::Wrong(why) => {
            let fix = "docs/alerts.md sets each channel up.";
            Finding::bad(check, "", format!("Nobody is told this way. {why}"), fix)
        }
    }
}

fn watchman(settings: &Settings) -> Finding {
    const CHECK: &str = "outside watchman";
    match compose::alert_watchman(settings) {
        Ok(Some(_)) => {
            let every = settings.alerts.watchman_interval.as_secs();
            Finding::good(CHECK, format!("told every {every} s while all is well"))
        }
        Ok(None) => {
            let note =
                "Nobody notices when the service falls silent. ALERT_WATCHMAN_URL is not set.";
            Finding::noted(CHECK, "not set up", note)
        }
        Err(why) => {
            let fix = "Give the address that he says, beginning with https://.";
            Finding::bad(CHECK, "", format!("He cannot be told. {why}."), fix)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::commands::doctor::Verdict;
    use crate::settings::{Mode, Request, Sources};

    fn found(mode: Mode, environment: &[(&str, &str)]) -> Vec<Finding> {
        let environment = environment.iter().map(|(name, text)| ((*name).into(), (*text).into()));
        let environment: BTreeMap<String, String> = environment.collect();
        let request = Request::Inspect(Some(mode));
        let sources = Sources { request, config_dir: None, environment, flags: Vec::new() };
        check(&Settings::load(&sources).unwrap())
    }

    #[test]
    fn every_channel_has_a_line_and_only_one_that_cannot_work_is_bad() {
        let findings = found(Mode::Paper, &[]);
        assert_eq!(findings.len(), ChannelName::ALL.len() + 1);
        assert!(!findings.iter().any(Finding::is_bad), "{findings:?}");
        let Verdict::Noted { note } = &findings[0].verdict else { panic!("{findings:?}") };
        assert!(note.contains("TELEGRAM_BOT_TOKEN is not set"), "{findings:?}");
        let findings = found(Mode::Paper, &[("TELEGRAM_BOT_TOKEN", "123:hunter2")]);
        let bad = findings.iter().filter(|finding| finding.is_bad()).count();
        assert_eq!(bad, 1, "{findings:?}");
        assert!(!format!("{findings:?}").contains("hunter2"));
        let demo = found(Mode::Demo, &[]);
        assert!(demo.len() == 1 && demo[0].measured.contains("switched off"), "{demo:?}");
    }
}
