//! Kinds of whale events, and the classes whose records are kept apart.

/// How a whale showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WhaleKind {
    /// One print of the size.
    LargePrint,
    /// Several prints of one wallet on one side of one outcome, of the size together.
    Accumulation,
}

impl WhaleKind {
    /// All, in the order people see them.
    pub const ALL: [Self; 2] = [Self::LargePrint, Self::Accumulation];

    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::LargePrint => "large_print",
            Self::Accumulation => "accumulation",
        }
    }
}

/// Events whose record is kept together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WhaleClass {
    /// One print of a wallet that has been about for a while, or whose age is not known.
    LargePrint,
    /// The same by many prints.
    Accumulation,
    /// One print of a wallet that is new.
    FreshLargePrint,
    /// The same by many prints.
    FreshAccumulation,
}

impl WhaleClass {
    /// All, in the order people see them.
    pub const ALL: [Self; 4] =
        [Self::LargePrint, Self::Accumulation, Self::FreshLargePrint, Self::FreshAccumulation];

    /// By kind, and by whether the wallet is known to be new.
    #[must_use]
    pub const fn of(kind: WhaleKind, fresh: Option<bool>) -> Self {
        match (kind, fresh) {
            (WhaleKind::LargePrint, Some(true)) => Self::FreshLargePrint,
            (WhaleKind::LargePrint, _) => Self::LargePrint,
            (WhaleKind::Accumulation, Some(true)) => Self::FreshAccumulation,
            (WhaleKind::Accumulation, _) => Self::Accumulation,
        }
    }
    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::LargePrint => "large_print",
            Self::Accumulation => "accumulation",
            Self::FreshLargePrint => "fresh_large_print",
            Self::FreshAccumulation => "fresh_accumulation",
        }
    }
}
