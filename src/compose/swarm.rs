//! The language models, and what becomes of their answers.

use std::sync::Arc;
use std::time::Duration;

use actors::supervision::{Handle, SupervisorSpec};
use actors::swarm::{
    self, ForecastChanged, MemberSettings, ResearchSettings, SwarmBoard, SwarmOutlets,
    SwarmSettings,
};
use domain::Usd;
use engine::forecast::{MemberName, PoolSettings};
use forecasters::{ApiKey, Compatible, Endpoint, Forecaster};
use polymarket::http::Settings as VenueSettings;

use super::{Common, convert};
use crate::settings::{ModelSetting, SIMULATED, Settings, Swarm};
use crate::web::forecasts::SwarmParts;

/// The simulator looks at no key, as long as there is one.
const SIMULATED_KEY: &str = "simulated";
const DAY: Duration = Duration::from_secs(86_400);

/// The swarm of a run, planted where there is anybody to ask.
pub(super) struct PlantedSwarm {
    /// For the root's supervisor.
    pub(super) spec: Option<SupervisorSpec>,
    /// For the web front.
    pub(super) web: SwarmParts,
}

/// Gives every model of the settings an actor.
pub(super) fn plant(
    settings: &Settings,
    common: &Common,
    venue: &VenueSettings,
    models_url: Option<&str>,
    listeners: Vec<Handle<ForecastChanged>>,
) -> anyhow::Result<PlantedSwarm> {
    let swarm = swarm_settings(settings, venue, models_url)?;
    let board = SwarmBoard::new(&swarm).with_record(common.swarm_record.clone());
    let board = Arc::new(board);
    let why_off = why_off(&settings.swarm, &swarm);
    let web = |ask| SwarmParts {
        board: Arc::clone(&board),
        ask,
        why_off: why_off.clone(),
        mode: if settings.swarm.enabled { "swarm" } else { "single" },
        usd_day_max: swarm.usd_day_max,
        samples: swarm.samples,
        quorum: swarm.pool.quorum,
        deadline_ms: convert::millis(swarm.deadline),
        interval_s: swarm.interval.map_or(0, |interval| interval.as_secs()),
        store: Some(swarm.store.clone()),
    };
    if why_off.is_some() {
        return Ok(PlantedSwarm { spec: None, web: web(None) });
    }
    let outlets = SwarmOutlets {
        clock: common.clock.clone(),
        board: Arc::clone(&board),
        listing: common.listing.clone(),
        touches: Arc::clone(&common.touches),
        listeners,
    };
    let tree = swarm::plant(swarm.clone(), &outlets);
    Ok(PlantedSwarm { spec: Some(tree.spec), web: web(Some(tree.ask)) })
}

/// Why nobody is asked, and what to do about it.
fn why_off(settings: &Swarm, swarm: &SwarmSettings) -> Option<String> {
    if settings.members.is_empty() {
        return Some("No model is set up. Name one in swarm.members.".to_owned());
    }
    if swarm.members.is_empty() {
        let variables: Vec<_> = settings.key_variables().collect();
        return Some(format!(
            "No model can be asked, for no key is there. Set one of {}, or name a local model in \
             swarm.members.",
            variables.join(", ")
        ));
    }
    let why = "The budget is nothing. Set swarm.budget_usd_day to the most that a day may cost.";
    (settings.budget_usd_day == Usd::ZERO && has_price(swarm)).then(|| why.to_owned())
}

fn has_price(swarm: &SwarmSettings) -> bool {
    swarm.members.iter().any(|member| member.tariff.worst(1, 1) > Usd::ZERO)
}

/// Which models can be asked, and why the others cannot.
pub fn roster(
    settings: &Settings,
    models_url: Option<&str>,
) -> (Vec<MemberSettings>, Vec<(MemberName, String)>) {
    let (mut present, mut absent) = (Vec::new(), Vec::new());
    for model in &settings.swarm.members {
        match member(model, settings, models_url) {
            Ok(_) if !settings.swarm.enabled && !present.is_empty() => {
                let why = "A single model is asked (swarm.enabled = false).".to_owned();
                absent.push((model.name.clone(), why));
            }
            Ok(member) => present.push(member),
            Err(why) => absent.push((model.name.clone(), why)),
        }
    }
    (present, absent)
}

fn member(
    model: &ModelSetting,
    settings: &Settings,
    models_url: Option<&str>,
) -> Result<MemberSettings, String> {
    let (base_url, key) = if model.base_url == SIMULATED {
        let url = models_url.ok_or("It is a simulated model, and they are served in the demo.")?;
        let character = model.model.strip_prefix("sim-").unwrap_or(&model.model);
        (format!("{url}/{character}/v1"), ApiKey::new(SIMULATED_KEY))
    } else {
        let key = match &model.key_variable {
            None => ApiKey::default(),
            Some(variable) => {
                let key = settings.secrets.model_key(variable);
                let key = key.ok_or_else(|| format!("{variable} is not set."))?;
                ApiKey::new(key.expose())
            }
        };
        (model.base_url.clone(), key)
    };
    let endpoint =
        Endpoint { base_url, model: model.model.clone(), key, token_limit: model.token_limit };
    endpoint.check().map_err(|error| format!("{error}."))?;
    let provider = endpoint.host();
    let connect = move || {
        let model = Compatible::new(endpoint.clone()).map_err(|error| error.to_string())?;
        Ok(Box::new(model) as Box<dyn Forecaster>)
    };
    Ok(MemberSettings {
        name: model.name.clone(),
        model: model.model.clone(),
        provider,
        tariff: model.tariff,
        connect: Arc::new(connect),
    })
}

fn swarm_settings(
    settings: &Settings,
    venue: &VenueSettings,
    models_url: Option<&str>,
) -> anyhow::Result<SwarmSettings> {
    let swarm = &settings.swarm;
    let (members, absent) = roster(settings, models_url);
    let quorum = swarm.quorum.min(members.len().max(1));
    let rest = u64::try_from(swarm.selection.rest.0).unwrap_or_default();
    let research = (!swarm.research_url.is_empty()).then(|| ResearchSettings {
        address: swarm.research_url.clone(),
        hosts: swarm.research_hosts.clone(),
    });
    Ok(SwarmSettings {
        members,
        absent,
        usd_day_max: swarm.budget_usd_day,
        samples: swarm.samples,
        deadline: swarm.deadline,
        call_time_max: swarm.call_time_max,
        tokens_max: swarm.tokens_max,
        calls_max: swarm.calls_max,
        questions_max: swarm.questions_max,
        interval: swarm.interval,
        ask_again: Duration::from_millis(rest),
        pool: PoolSettings { quorum, ..PoolSettings::default() },
        selection: swarm.selection,
        filter: convert::filter(&settings.filter.trading),
        resolutions_interval: settings.chain.resolutions_interval,
        research,
        venue: venue.clone(),
        store: settings.store.connection()?,
        kept_for: swarm.retention_days.map(|days| DAY * days),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::settings::{Mode, Request, Sources};

    fn settings(mode: Mode, environment: &[(&str, &str)]) -> Settings {
        let environment = environment.iter().map(|(name, text)| ((*name).into(), (*text).into()));
        let environment: BTreeMap<String, String> = environment.collect();
        let request = Request::Inspect(Some(mode));
        let sources = Sources { request, config_dir: None, environment, flags: Vec::new() };
        Settings::load(&sources).unwrap()
    }

    fn off(settings: &Settings) -> Option<String> {
        let swarm = swarm_settings(settings, &VenueSettings::default(), None).unwrap();
        why_off(&settings.swarm, &swarm)
    }

    #[test]
    fn without_a_key_nobody_is_asked_and_the_reason_names_the_variables() {
        let why = off(&settings(Mode::Paper, &[])).unwrap();
        for variable in ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY"] {
            assert!(why.contains(variable), "{why}");
        }
    }

    #[test]
    fn one_key_is_enough_for_one_model_and_the_others_say_what_they_miss() {
        let settings = settings(Mode::Paper, &[("ANTHROPIC_API_KEY", "sk-test")]);
        assert_eq!(off(&settings), None);
        let (present, absent) = roster(&settings, None);
        assert_eq!(present.len(), 1);
        assert_eq!(present[0].provider, "api.anthropic.com");
        let whys: Vec<_> = absent.iter().map(|(name, why)| format!("{name}: {why}")).collect();
        assert_eq!(
            whys,
            ["openai: OPENAI_API_KEY is not set.", "google: GOOGLE_API_KEY is not set."]
        );
    }

    #[test]
    fn without_swarm_mode_a_single_model_is_asked() {
        let single =
            [("USE_SWARM_MODE", "false"), ("OPENAI_API_KEY", "sk-1"), ("GOOGLE_API_KEY", "sk-2")];
        let settings = settings(Mode::Paper, &single);
        let swarm = swarm_settings(&settings, &VenueSettings::default(), None).unwrap();
        let names: Vec<_> = swarm.members.iter().map(|member| member.name.as_str()).collect();
        assert_eq!((names, swarm.pool.quorum), (vec!["openai"], 1));
    }

    #[test]
    fn any_other_provider_is_a_line_and_a_variable_and_no_budget_asks_nobody() {
        let line = "deepseek base=https://api.deepseek.com/v1 model=x key=DEEPSEEK_API_KEY in=1";
        let mut environment =
            vec![("DUTCHBOOK__SWARM__MEMBERS", line), ("DEEPSEEK_API_KEY", "sk-1")];
        assert_eq!(off(&settings(Mode::Paper, &environment)), None);
        environment.push(("DUTCHBOOK__SWARM__BUDGET_USD_DAY", "0"));
        assert!(off(&settings(Mode::Paper, &environment)).unwrap().contains("budget"));
    }

    #[test]
    fn the_demo_has_five_simulated_models_and_needs_no_key() {
        let settings = settings(Mode::Demo, &[("OPENAI_API_KEY", "sk-never-spent-in-a-demo")]);
        let (present, absent) = roster(&settings, Some("http://127.0.0.1:9/models"));
        assert_eq!((present.len(), absent.len()), (5, 0));
        assert!(present.iter().all(|member| member.provider == "127.0.0.1"));
    }
}
