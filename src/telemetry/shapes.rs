//! Secrets that nobody told us of, recognised by how they look or by what is written before them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Of each the first group is hidden, or all of it where there is none.
const SHAPES: [&str; 13] = [
    // name = value, name: "value", name: Some("value"), also within JSON and debug output.
    r#"(?i)(?:pass(?:word|wd|phrase|code)|pwd|secret|token|(?:api|private|secret|access|signing|hmac|relayer)[ _-]?key|authorization|credentials?|mnemonic|cookie)[\\"']*\s*[:=]\s*(?:(?:Some|Ok|Err)\()*[\\]*"((?:[^"\\]|\\[^"])*)"#,
    r#"(?i)(?:pass(?:word|wd|phrase|code)|pwd|secret|token|(?:api|private|secret|access|signing|hmac|relayer)[ _-]?key|authorization|credentials?|mnemonic|cookie|poly_[a-z_]+)[\\"']*\s*[:=]\s*(?:(?:Some|Ok|Err)\()*'?(?:(?:bearer|basic|bot)\s+)?([^\s"',;&)}\]\\]{4,})"#,
    r"(?i)(?-u:\b)(?:bearer|basic)\s+([A-Za-z0-9._~+/=-]{8,})",
    // scheme://user:password@host
    r#"://[^\s:@/"']*:([^\s"']+)@"#,
    r#"(?i)[?&#](?:key|token|secret|password|passphrase|api_?key|access_token|sig|signature)=([^\s&"'#]+)"#,
    // A private key, and every token of ours. What is no secret begins with 0x: ids, addresses.
    r"(?-u:\b)(?:dutchbook_)?([0-9a-fA-F]{64})(?-u:\b)",
    // Base64 of 32 bytes: what requests to the venue are signed with.
    r"(?:^|[^A-Za-z0-9+/_=-])([A-Za-z0-9+/_-]{43}=)",
    r"(?-u:\b)(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}",
    r"(?-u:\b)(?:AIza[0-9A-Za-z_-]{30,}|xox[abeprs]-[A-Za-z0-9-]{10,}|gh[pousr]_[A-Za-z0-9]{30,})",
    r"(?-u:\b)[0-9]{6,12}:[A-Za-z0-9_-]{30,}",
    r"(?-u:\b)eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?",
    r#"(?i)(?:discord(?:app)?\.com/api/webhooks/|hooks\.slack\.com/(?:services|workflows)/)([^\s"']+)"#,
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*)",
];

static COMPILED: LazyLock<Vec<Regex>> =
    LazyLock::new(|| SHAPES.iter().filter_map(|shape| Regex::new(shape).ok()).collect());

/// Where a text holds what looks like a secret.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for shape in COMPILED.iter() {
        for hit in shape.captures_iter(text) {
            let Some(place) = hit.get(1).or_else(|| hit.get(0)) else { continue };
            if !is_no_secret(place.as_str()) {
                found.push(place.range());
            }
        }
    }
    found
}

/// Whether the value of a field of this name is hidden whatever it is.
pub(super) fn hides(field: &str, value: &str) -> bool {
    const NAMES: [&str; 13] = [
        "password",
        "passwd",
        "passphrase",
        "passcode",
        "secret",
        "token",
        "api_key",
        "apikey",
        "private_key",
        "authorization",
        "credential",
        "mnemonic",
        "cookie",
    ];
    let field = field.to_ascii_lowercase().replace('-', "_");
    NAMES.iter().any(|name| field.contains(name)) && !is_no_secret(value)
}

/// What the market trades is called a token as well, and is a number; so are counts, yes and no.
fn is_no_secret(value: &str) -> bool {
    const PLAIN: [&str; 6] = ["true", "false", "none", "null", "(secret)", ""];
    value.bytes().all(|byte| byte.is_ascii_digit())
        || PLAIN.contains(&value.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_can_be_compiled() {
        assert_eq!(COMPILED.len(), SHAPES.len());
    }

    #[test]
    fn ids_prices_and_tokens_of_the_market_are_shown() {
        let condition = format!("0x{}", "ab".repeat(32));
        for shown in [
            condition.as_str(),
            "token=71321045679252212594626385532706912750332728571942532289631379312455583992563",
            "token: 5, tokens: 800, keys: 3",
            "neg_risk_long:30829:1790586000000 at 0.52",
            "sqlite://data/dutchbook.sqlite?mode=rwc",
            "the book of 0x1234567890abcdef1234567890abcdef12345678 is 5 ms old",
            "mysql://ann@db:3306/trades",
        ] {
            assert!(find(shown).is_empty(), "{shown}");
        }
    }
}
