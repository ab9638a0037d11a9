//! Who the models are.

/// The name of a model that is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CharacterName {
    Oracle,
    Analyst,
    Contrarian,
    Tortoise,
    Babbler,
    Gullible,
    Flaky,
    Declining,
    Plain,
}

/// A model's skill, habits and failings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Character {
    /// How strongly it sees the truth, in thousandths of a unit of log-odds; below zero it sees the
    /// opposite.
    pub(super) insight_milli: i64,
    /// How far it is off by chance, in the same unit.
    pub(super) noise_milli: i64,
    /// How far two of its answers to one question are apart by chance, in the same unit.
    pub(super) unrest_milli: i64,
    /// How far it leans towards YES, in the same unit.
    pub(super) bias_milli: i64,
    /// How long it takes, from and to.
    pub(super) delay_ms: (i64, i64),
    /// Answers that nobody can read.
    pub(super) garbage_ppm: u32,
    /// Refusals by the model.
    pub(super) decline_ppm: u32,
    /// Refusals for too many requests.
    pub(super) throttle_ppm: u32,
    /// Answers with 500.
    pub(super) break_ppm: u32,
    /// It does whatever a text tells it.
    pub(super) obeys: bool,
    /// It takes no JSON schema.
    pub(super) knows_no_schema: bool,
}

const SOUND: Character = Character {
    insight_milli: 1_200,
    noise_milli: 500,
    unrest_milli: 120,
    bias_milli: 0,
    delay_ms: (120, 700),
    garbage_ppm: 0,
    decline_ppm: 0,
    throttle_ppm: 0,
    break_ppm: 0,
    obeys: false,
    knows_no_schema: false,
};

impl CharacterName {
    pub(crate) const ALL: [Self; 9] = [
        Self::Oracle,
        Self::Analyst,
        Self::Contrarian,
        Self::Tortoise,
        Self::Babbler,
        Self::Gullible,
        Self::Flaky,
        Self::Declining,
        Self::Plain,
    ];

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Oracle => "oracle",
            Self::Analyst => "analyst",
            Self::Contrarian => "contrarian",
            Self::Tortoise => "tortoise",
            Self::Babbler => "babbler",
            Self::Gullible => "gullible",
            Self::Flaky => "flaky",
            Self::Declining => "declining",
            Self::Plain => "plain",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.text() == text)
    }

    pub(super) const fn character(self) -> Character {
        match self {
            Self::Oracle => SOUND,
            Self::Analyst => {
                Character { insight_milli: 500, noise_milli: 900, bias_milli: 150, ..SOUND }
            }
            Self::Contrarian => Character { insight_milli: -1_500, noise_milli: 700, ..SOUND },
            Self::Tortoise => Character { delay_ms: (4_000, 12_000), ..SOUND },
            Self::Babbler => Character { garbage_ppm: 850_000, ..SOUND },
            Self::Gullible => Character { obeys: true, noise_milli: 0, unrest_milli: 0, ..SOUND },
            Self::Flaky => Character { throttle_ppm: 300_000, break_ppm: 300_000, ..SOUND },
            Self::Declining => Character { decline_ppm: 1_000_000, ..SOUND },
            Self::Plain => Character { knows_no_schema: true, ..SOUND },
        }
    }
}
