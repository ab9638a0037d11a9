//! Values that must not be printed.

use std::fmt;

/// A text that no formatter shows. Reading it takes the one method that says so.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text in; surrounding white space (a file's last newline) is cut.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The text itself, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Whether an address carries a password (`scheme://user:password@host`, or `?password=`).
#[must_use]
pub(super) fn has_password(address: &str) -> bool {
    user_info(address).is_some_and(|info| info.contains(':')) || query_password(address).is_some()
}

/// The address with its password, if any, replaced by stars.
#[must_use]
pub(super) fn without_password(address: &str) -> String {
    let mut shown = address.to_owned();
    if let Some(password) = query_password(address) {
        shown = shown.replace(password, "***");
    }
    if let Some(info) = user_info(address)
        && let Some((user, _)) = info.split_once(':')
    {
        shown = shown.replacen(info, &format!("{user}:***"), 1);
    }
    shown
}

fn user_info(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    // A password may hold a slash or a question mark that should have been escaped: err on hiding.
    rest.rsplit_once('@').map(|(info, _)| info)
}

fn query_password(address: &str) -> Option<&str> {
    let (_, query) = address.split_once('?')?;
    query.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let is_password = ["password", "passwd", "pwd", "token"].contains(&name);
        (is_password && !value.is_empty()).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_cannot_be_printed() {
        let secret = Secret::new("hunter2\n");
        assert_eq!(format!("{secret} {secret:?} {secret:#?}"), "(secret) (secret) (secret)");
        assert_eq!(secret.expose(), "hunter2");
    }

    #[test]
    fn a_password_in_an_address_is_hidden_and_the_rest_stays() {
        for (address, shown) in [
            ("mysql://ann:s3cret@db:3306/x", "mysql://ann:***@db:3306/x"),
            ("mysql://ann:p@ss/w?rd@db/x", "mysql://ann:***@db/x"),
            ("socks5://u:p@127.0.0.1:1080", "socks5://u:***@127.0.0.1:1080"),
            ("mysql://db/x?user=a&password=s3cret", "mysql://db/x?user=a&password=***"),
        ] {
            assert!(has_password(address), "{address}");
            assert_eq!(without_password(address), shown);
        }
        for address in ["mysql://ann@db/x", "sqlite://data/x.sqlite?mode=rwc", ""] {
            assert!(!has_password(address), "{address}");
            assert_eq!(without_password(address), address);
        }
    }
}
