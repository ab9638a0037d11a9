//! How the program ends, told to whoever started it.

/// Exit codes. They are part of the program's interface: docs/operating.md lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Done, or stopped in an orderly way.
    Ok = 0,
    /// Something failed that no other code names; the message says what.
    Failure = 1,
    /// The command line cannot be understood.
    Usage = 2,
    /// The settings cannot be used.
    Configuration = 3,
    /// A check ran to its end and found a problem.
    ProblemFound = 4,
    /// The service refused what was asked or ordered; nothing was changed.
    Refused = 5,
    /// The service does not answer.
    Unreachable = 6,
    /// An order was given and nobody knows what came of it.
    OutcomeUnknown = 7,
    /// The supervision tree gave up: a part failed again and again.
    Escalated = 70,
    /// A part blocked its thread and could not be ended.
    Frozen = 75,
    /// Another process has taken the lease to decide.
    Deposed = 76,
}

impl ExitCode {
    /// Every code.
    pub const ALL: [Self; 11] = [
        Self::Ok,
        Self::Failure,
        Self::Usage,
        Self::Configuration,
        Self::ProblemFound,
        Self::Refused,
        Self::Unreachable,
        Self::OutcomeUnknown,
        Self::Escalated,
        Self::Frozen,
        Self::Deposed,
    ];

    /// The number that the operating system sees.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}
