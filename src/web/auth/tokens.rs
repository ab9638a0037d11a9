//! Tokens: what a program shows.

use std::collections::BTreeMap;

use domain::UnixMillis;
use store::ApiTokenRow;

use super::role::{Principal, Role};
use super::secret::Digest;

/// In front of every token that is made here, so that a leaked one is known for what it is.
pub const TOKEN_PREFIX: &str = "dutchbook_";

/// Tokens by what they hash to.
#[derive(Clone, Debug, Default)]
pub struct Tokens(BTreeMap<Digest, Principal>);

impl Tokens {
    /// Those that never change while the service runs.
    #[must_use]
    pub fn fixed(tokens: impl IntoIterator<Item = (Digest, Principal)>) -> Self {
        Self(tokens.into_iter().collect())
    }
    /// Those of the database. A role that this version does not know lets nobody in.
    #[must_use]
    pub fn listed(rows: &[ApiTokenRow]) -> Self {
        let token = |row: &ApiTokenRow| {
            let role = Role::parse(row.role.as_str())?;
            let (name, expires_at) = (row.name.clone(), row.expires_at);
            let in_force = row.revoked_at.is_none();
            in_force.then(|| (Digest::from_bytes(row.hash.0), Principal { name, role, expires_at }))
        };
        Self(rows.iter().filter_map(token).collect())
    }
    /// Whose it is, if it is in force.
    #[must_use]
    pub fn find(&self, token: Digest, now: UnixMillis) -> Option<&Principal> {
        self.0.get(&token).filter(|principal| principal.is_in_force(now))
    }
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use domain::DurationMillis;
    use store::{TokenHash, Word};

    use super::*;

    const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

    fn row(name: &str, role: &str) -> ApiTokenRow {
        ApiTokenRow {
            name: name.to_owned(),
            role: Word::new(role).unwrap(),
            hash: TokenHash(Digest::of(name).bytes()),
            created_at: NOW,
            expires_at: None,
            revoked_at: None,
            last_used_at: None,
        }
    }

    #[test]
    fn a_token_of_the_database_has_its_name_and_its_role() {
        let tokens = Tokens::listed(&[row("a", "viewer"), row("b", "operator")]);
        let role = |text: &str| tokens.find(Digest::of(text), NOW).map(|found| found.role);
        assert_eq!((role("a"), role("b")), (Some(Role::Viewer), Some(Role::Operator)));
        assert_eq!(role("c"), None);
    }

    #[test]
    fn a_token_that_has_ended_was_revoked_or_has_an_unknown_role_lets_nobody_in() {
        let end = NOW.plus(DurationMillis(10));
        let tokens = Tokens::listed(&[
            ApiTokenRow { expires_at: Some(end), ..row("ends", "admin") },
            ApiTokenRow { revoked_at: Some(NOW), ..row("revoked", "admin") },
            row("newer", "owner"),
        ]);
        let lets_in = |text: &str, at: UnixMillis| tokens.find(Digest::of(text), at).is_some();
        assert!(lets_in("ends", end.plus(DurationMillis(-1))) && !lets_in("ends", end));
        assert!(!lets_in("revoked", NOW) && !lets_in("newer", NOW));
    }
}
