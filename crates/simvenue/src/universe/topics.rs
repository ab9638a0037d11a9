//! What the simulated venue lists: invented questions on plausible topics, and no real person.

/// A fee family of the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Politics,
    Culture,
    Weather,
    Finance,
    Economics,
    Tech,
    Geopolitics,
    Sports,
    Crypto,
}

impl Family {
    /// The taker's rate in millionths.
    pub(super) const fn rate_ppm(self) -> u32 {
        match self {
            Self::Crypto => 70_000,
            Self::Sports | Self::Culture | Self::Weather | Self::Economics => 50_000,
            Self::Politics | Self::Finance | Self::Tech => 40_000,
            Self::Geopolitics => 0,
        }
    }
    /// The share of fees paid to makers, in percent.
    pub(super) const fn rebate_percent(self) -> u32 {
        match self {
            Self::Crypto => 20,
            Self::Sports => 15,
            _ => 25,
        }
    }
    pub(super) const fn fee_type(self) -> Option<&'static str> {
        match self {
            Self::Crypto => Some("crypto_fees_v2"),
            Self::Sports => Some("sports_fees_v2"),
            Self::Culture => Some("culture_fees"),
            Self::Weather => Some("weather_fees"),
            Self::Economics => Some("economics_fees"),
            Self::Politics => Some("politics_fees"),
            Self::Finance => Some("finance_fees"),
            Self::Tech => Some("tech_fees"),
            Self::Geopolitics => None,
        }
    }
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Politics => "Politics",
            Self::Culture => "Culture",
            Self::Weather => "Weather",
            Self::Finance => "Finance",
            Self::Economics => "Economics",
            Self::Tech => "Tech",
            Self::Geopolitics => "Geopolitics",
            Self::Sports => "Sports",
            Self::Crypto => "Crypto",
        }
    }
}

/// Exactly one outcome pays.
pub(super) struct GroupTopic {
    pub(super) title: &'static str,
    /// `{}` stands for the outcome.
    pub(super) question: &'static str,
    pub(super) family: Family,
    /// In ten-thousandths.
    pub(super) tick: u16,
    pub(super) days: i64,
    pub(super) augmented: bool,
    /// Name and weight.
    pub(super) outcomes: &'static [(&'static str, u32)],
}

/// A question of its own.
pub(super) struct BinaryTopic {
    pub(super) question: &'static str,
    pub(super) family: Family,
    pub(super) tick: u16,
    pub(super) days: i64,
    /// Percent.
    pub(super) fair: u16,
}

pub(super) const GROUPS: &[GroupTopic] = &[
    GroupTopic {
        title: "Northport mayoral election winner",
        question: "Will {} win the Northport mayoral election?",
        family: Family::Politics,
        tick: 100,
        days: 46,
        augmented: false,
        outcomes: &[
            ("Ilse Varga", 46),
            ("Tomas Okonjo", 27),
            ("Mirela Dunn", 14),
            ("Piet Halloran", 8),
            ("Sana Whitlock", 5),
        ],
    },
    GroupTopic {
        title: "Aurora Film Awards: best picture",
        question: "Will \"{}\" win best picture at the Aurora Film Awards?",
        family: Family::Culture,
        tick: 100,
        days: 31,
        augmented: false,
        outcomes: &[
            ("The Salt Road", 52),
            ("Winter Ledger", 17),
            ("Paper Harbour", 10),
            ("Nine Lanterns", 7),
            ("A Quiet Orbit", 6),
            ("Glass Orchard", 4),
            ("The Understudy", 4),
        ],
    },
    GroupTopic {
        title: "Highest temperature in Lisbon tomorrow",
        question: "Will the highest temperature in Lisbon be {} tomorrow?",
        family: Family::Weather,
        tick: 10,
        days: 1,
        augmented: false,
        outcomes: &[
            ("14C or below", 3),
            ("15C", 9),
            ("16C", 24),
            ("17C", 39),
            ("18C", 17),
            ("19C", 6),
            ("20C or above", 2),
        ],
    },
    GroupTopic {
        title: "Central bank decision at the next meeting",
        question: "Central bank rates at the next meeting: {}?",
        family: Family::Finance,
        tick: 10,
        days: 18,
        augmented: false,
        outcomes: &[
            ("No change", 81),
            ("Cut by 25 points", 15),
            ("Cut by 50 points or more", 2),
            ("Any increase", 2),
        ],
    },
    GroupTopic {
        title: "Host of the next Arctic summit",
        question: "Will the next Arctic summit be held in {}?",
        family: Family::Geopolitics,
        tick: 100,
        days: 120,
        augmented: false,
        outcomes: &[
            ("Tromso", 33),
            ("Reykjavik", 27),
            ("Nuuk", 18),
            ("Rovaniemi", 11),
            ("Lulea", 7),
            ("Iqaluit", 4),
        ],
    },
    GroupTopic {
        title: "Annual inflation in the next report",
        question: "Will annual inflation be {} in the next report?",
        family: Family::Economics,
        tick: 10,
        days: 12,
        augmented: false,
        outcomes: &[
            ("2.0% or less", 2),
            ("2.1%", 4),
            ("2.2%", 9),
            ("2.3%", 61),
            ("2.4%", 14),
            ("2.5%", 5),
            ("2.6%", 2),
            ("2.7%", 2),
            ("2.8% or more", 1),
        ],
    },
    GroupTopic {
        title: "Top of the open translation benchmark at year end",
        question: "Will {} lead the open translation benchmark at year end?",
        family: Family::Tech,
        tick: 100,
        days: 39,
        augmented: false,
        outcomes: &[("Team Meridian", 58), ("Team Kestrel", 24), ("Team Juniper", 18)],
    },
    GroupTopic {
        title: "Number one song of the winter chart",
        question: "Will \"{}\" be number one of the winter chart?",
        family: Family::Culture,
        tick: 10,
        days: 27,
        augmented: false,
        outcomes: &[
            ("Snowblind", 56),
            ("Ferry Lights", 12),
            ("Copper Moon", 8),
            ("Long Way Down", 6),
            ("Velvet Static", 4),
            ("Harbour Bells", 3),
            ("Ten Thousand Steps", 3),
            ("Marigold", 2),
            ("Echo Park Radio", 2),
            ("Slow Weather", 2),
            ("Tin Roof", 1),
            ("Another December", 1),
        ],
    },
    GroupTopic {
        title: "Venue of the next Delta ceasefire talks",
        question: "Will the next Delta ceasefire talks take place in {}?",
        family: Family::Geopolitics,
        tick: 10,
        days: 35,
        augmented: false,
        outcomes: &[("Muscat", 41), ("Geneva", 32), ("Doha", 19), ("None before the date", 8)],
    },
    GroupTopic {
        title: "Next leader of the Harbour Party",
        question: "Will {} be the next leader of the Harbour Party?",
        family: Family::Politics,
        tick: 100,
        days: 88,
        augmented: true,
        outcomes: &[
            ("Orla Benedikt", 44),
            ("Kasimir Boyle", 23),
            ("Dao Ferreira", 14),
            ("Person A", 4),
            ("Person B", 3),
            ("Other", 12),
        ],
    },
    GroupTopic {
        title: "Coastal League champion",
        question: "Will {} win the Coastal League?",
        family: Family::Sports,
        tick: 10,
        days: 70,
        augmented: false,
        outcomes: &[
            ("Port Ellery", 48),
            ("Marram United", 20),
            ("Saltmarsh", 11),
            ("Dunmore Rovers", 8),
            ("Gullhaven", 6),
            ("Breakwater", 4),
            ("Kelp Town", 3),
        ],
    },
];

const fn binary(
    question: &'static str,
    family: Family,
    tick: u16,
    days: i64,
    fair: u16,
) -> BinaryTopic {
    BinaryTopic { question, family, tick, days, fair }
}

pub(super) const BINARIES: &[BinaryTopic] = &[
    binary("Will the Northport budget pass before the recess?", Family::Politics, 100, 25, 62),
    binary("Will turnout in Northport be above 60%?", Family::Politics, 100, 46, 41),
    binary("Will the coalition of Vesterland hold until spring?", Family::Politics, 10, 120, 71),
    binary("Will the transport bill reach a third reading?", Family::Politics, 100, 60, 35),
    binary("Will a snap election be called this quarter?", Family::Politics, 10, 39, 8),
    binary("Will the governor of Elmshire sign the water act?", Family::Politics, 100, 32, 77),
    binary("Will \"The Salt Road\" gross 200 million?", Family::Culture, 100, 50, 54),
    binary("Will the Aurora ceremony run over three hours?", Family::Culture, 100, 31, 66),
    binary("Will a debut novel win the Lantern Prize?", Family::Culture, 100, 44, 29),
    binary("Will the city museum reopen in time?", Family::Culture, 100, 21, 83),
    binary("Will Lisbon see rain on three days this week?", Family::Weather, 10, 6, 38),
    binary("Will a named storm reach the west coast this month?", Family::Weather, 100, 9, 22),
    binary("Will the first frost in Prague come before December?", Family::Weather, 100, 9, 57),
    binary("Will this be the warmest November on record?", Family::Weather, 10, 12, 13),
    binary("Will gold close above its record this month?", Family::Finance, 10, 10, 44),
    binary("Will the index of large companies end the week higher?", Family::Finance, 100, 5, 51),
    binary("Will crude oil settle above 70 this month?", Family::Finance, 100, 10, 36),
    binary("Will the ten-year yield fall below 4%?", Family::Finance, 10, 40, 48),
    binary("Will the bank merger be approved this year?", Family::Finance, 100, 40, 73),
    binary("Will unemployment rise in the next report?", Family::Economics, 100, 14, 47),
    binary("Will growth be revised upwards?", Family::Economics, 100, 20, 33),
    binary("Will the minimum wage rise be confirmed?", Family::Economics, 100, 55, 81),
    binary("Will retail sales beat the forecast?", Family::Economics, 10, 16, 52),
    binary("Will the solar probe launch on time?", Family::Tech, 100, 17, 68),
    binary("Will the foldable tablet ship this year?", Family::Tech, 100, 40, 24),
    binary("Will a solution to the Harwell puzzle be published?", Family::Tech, 10, 90, 6),
    binary("Will the chip factory open before March?", Family::Tech, 100, 110, 59),
    binary("Will the Delta ceasefire hold through December?", Family::Geopolitics, 100, 40, 45),
    binary("Will the strait reopen to all shipping this month?", Family::Geopolitics, 10, 10, 19),
    binary("Will the two foreign ministers meet in person?", Family::Geopolitics, 100, 30, 64),
    binary("Will the grain agreement be renewed?", Family::Geopolitics, 100, 26, 56),
    binary("Bitcoin above 100,000 on Friday?", Family::Crypto, 100, 6, 43),
    binary("Ethereum above 4,000 at month end?", Family::Crypto, 10, 10, 31),
    binary("Will Sol close the week higher?", Family::Crypto, 100, 5, 49),
    binary("Will a stablecoin bill pass this year?", Family::Crypto, 100, 40, 27),
    binary("Port Ellery vs. Marram United", Family::Sports, 100, 2, 55),
    binary("Saltmarsh vs. Gullhaven: O/U 2.5", Family::Sports, 100, 2, 48),
    binary("Will Dunmore Rovers reach the cup final?", Family::Sports, 10, 33, 12),
    binary("Will the marathon record fall in Valencia?", Family::Sports, 100, 15, 21),
];

/// The one question that lives on Protocol V2.
pub(super) const SECOND_PROTOCOL: BinaryTopic =
    binary("Will the harbour bridge open before New Year?", Family::Economics, 100, 40, 61);

/// Questions that appear while the venue runs.
pub(super) const NEWCOMERS: &[BinaryTopic] = &[
    binary("Will the ferry strike end this week?", Family::Politics, 100, 6, 58),
    binary("Will the observatory report a new comet?", Family::Tech, 100, 30, 34),
    binary("Will the harvest forecast be raised?", Family::Economics, 100, 21, 46),
    binary("Will the winter festival sell out?", Family::Culture, 100, 18, 72),
];
