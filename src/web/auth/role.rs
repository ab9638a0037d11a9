//! Who somebody is, and what they may do.

use std::fmt;

use domain::UnixMillis;

/// What somebody may do. Each role may do what the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Halts and goes on, orders and cancels, asks models, tries channels.
    Operator,
    /// Sets limits, locks and strategies, accepts differences, kills actors, makes links.
    Admin,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
    /// The role of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == text)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Somebody whose word was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The name of the token, or one of [`RESERVED`](Self::RESERVED).
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When that ends.
    pub expires_at: Option<UnixMillis>,
}

impl Principal {
    /// Whoever opened a one-time link.
    pub const LINK: &str = "link";
    /// Whoever has `DUTCHBOOK_TOKEN`.
    pub const ENVIRONMENT: &str = "environment";
    /// The command line on this machine, by a file that only the service's user may read.
    pub const LOCAL: &str = "local";
    /// Names that no token may have.
    pub const RESERVED: [&str; 3] = [Self::LINK, Self::ENVIRONMENT, Self::LOCAL];

    /// An administrator of that name, for good.
    #[must_use]
    pub fn admin(name: &str) -> Self {
        Self { name: name.to_owned(), role: Role::Admin, expires_at: None }
    }
    /// Whether they are still that at `now`.
    #[must_use]
    pub fn is_in_force(&self, now: UnixMillis) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// Characters of a token's name.
pub const NAME_CHARS_MAX: usize = 64;

/// Whether a token may be called so: 1 to 64 letters, digits, `-`, `_` and `.`, and not reserved.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    let fits = (1..=NAME_CHARS_MAX).contains(&text.len()) && text.bytes().all(allowed);
    fits && !Principal::RESERVED.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_may_do_what_the_ones_before_it_may() {
        assert!(Role::Viewer < Role::Operator && Role::Operator < Role::Admin);
        for role in Role::ALL {
            assert_eq!(Role::parse(role.name()), Some(role));
        }
        for stranger in ["", "Admin", "root", "viewer "] {
            assert_eq!(Role::parse(stranger), None, "{stranger}");
        }
    }

    #[test]
    fn a_token_cannot_take_the_name_of_somebody_else_or_one_that_breaks_a_line() {
        for good in ["grafana", "bot-1", "A.b_c", &"n".repeat(64)] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "link", "environment", "local", "a b", "a\nb", "é", &"n".repeat(65)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
