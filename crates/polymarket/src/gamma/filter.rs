//! What to ask a list for.

use domain::{ConditionId, Usd};

/// Which part of life to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListState {
    /// Not closed.
    #[default]
    Open,
    /// Closed.
    Closed,
    /// Both.
    Any,
}

/// What a list should hold. The default is everything that is not closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Which part of life.
    pub state: ListState,
    /// Only records with one of these tags, by the number that `/tags` gives them.
    pub tag_ids: Vec<String>,
    /// No records with one of these tags. Only lists of events know this.
    pub tag_ids_excluded: Vec<String>,
    /// Only with so much resting.
    pub liquidity_min: Option<Usd>,
    /// Only with so much traded.
    pub volume_min: Option<Usd>,
    /// Only these markets, at most 100. Only lists of markets know this.
    pub conditions: Vec<ConditionId>,
}

/// The two lists name some parameters differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Markets,
    Events,
}

impl ListFilter {
    pub(super) fn parameters(&self, kind: Kind) -> Vec<(&'static str, String)> {
        let mut parameters = vec![];
        match self.state {
            ListState::Open => parameters.push(("closed", "false".to_owned())),
            ListState::Closed => parameters.push(("closed", "true".to_owned())),
            ListState::Any => {}
        }
        parameters.extend(self.tag_ids.iter().map(|id| ("tag_id", id.clone())));
        let (liquidity, volume) = match kind {
            Kind::Markets => {
                parameters.push(("include_tag", "true".to_owned()));
                parameters.extend(self.conditions.iter().map(|c| ("condition_ids", c.to_string())));
                ("liquidity_num_min", "volume_num_min")
            }
            Kind::Events => {
                let excluded = self.tag_ids_excluded.iter();
                parameters.extend(excluded.map(|id| ("exclude_tag_id", id.clone())));
                ("liquidity_min", "volume_min")
            }
        };
        parameters.extend(self.liquidity_min.map(|usd| (liquidity, usd.to_string())));
        parameters.extend(self.volume_min.map(|usd| (volume, usd.to_string())));
        parameters
    }
}
