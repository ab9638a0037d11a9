//! Secrets that are known, found again in whatever is written, also cut, escaped or encoded.
//!
//! Of a secret nothing is kept but keyed hashes of its pieces: what hides secrets must not be the
//! place where all of them can be read.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Pieces of so many bytes are recognised, wherever a secret was cut.
const PIECE: usize = 10;
/// A shorter secret would hide words that are none.
const LENGTH_MIN: usize = 6;
/// A part of an address that is at least so long is what makes it secret.
const SEGMENT_MIN: usize = 16;
/// More pieces than this are not kept: a few hundred secrets.
const PIECES_MAX: usize = 500_000;

/// The secrets that were learnt.
#[derive(Debug, Default)]
pub(super) struct Known {
    hasher: RandomState,
    pieces: BTreeSet<u64>,
    /// Those that are shorter than a piece, by length.
    short: BTreeMap<usize, BTreeSet<u64>>,
}

impl Known {
    /// Learns a secret: a text that is one as a whole, or an address that holds one.
    pub(super) fn learn(&mut self, text: &str) {
        let text = text.trim();
        match text.split_once("://") {
            // A file has neither a password nor a name that is one.
            Some(("sqlite", _)) => {}
            Some((scheme, rest)) => {
                let parts = parts_of_address(scheme, rest);
                parts.into_iter().for_each(|part| self.take(part));
            }
            None => self.take(text),
        }
    }

    fn take(&mut self, secret: &str) {
        let secret = secret.strip_prefix("0x").unwrap_or(secret);
        if secret.len() < LENGTH_MIN || self.pieces.len() > PIECES_MAX {
            return;
        }
        for form in forms(secret) {
            let bytes = form.as_bytes();
            if bytes.len() < PIECE {
                let hash = self.hasher.hash_one(bytes);
                self.short.entry(bytes.len()).or_default().insert(hash);
            } else {
                let hashes = bytes.windows(PIECE).map(|piece| self.hasher.hash_one(piece));
                self.pieces.extend(hashes);
            }
        }
    }

    /// Where a text holds secrets or pieces of them.
    pub(super) fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let lengths = self.short.iter().map(|(length, hashes)| (*length, hashes));
        let all = lengths.chain([(PIECE, &self.pieces)]);
        for (length, hashes) in all.filter(|(_, hashes)| !hashes.is_empty()) {
            let places = text.as_bytes().windows(length).enumerate();
            let known = places.filter(|(_, piece)| hashes.contains(&self.hasher.hash_one(*piece)));
            found.extend(known.map(|(at, _)| at..at + length));
        }
        found
    }
}

/// The password, what the query says, and, where the web is asked, what is long in the path.
fn parts_of_address<'a>(scheme: &str, rest: &'a str) -> Vec<&'a str> {
    // A password may hold a slash or a question mark that should have been escaped.
    let (user, rest) = rest.rsplit_once('@').unwrap_or(("", rest));
    let password = user.split_once(':').map(|(_, password)| password);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let values = query.split('&').filter_map(|pair| Some(pair.split_once('=')?.1));
    let is_web = scheme.starts_with("http");
    let segments = path.split('/').skip(1).filter(|part| is_web && part.len() >= SEGMENT_MIN);
    password.into_iter().chain(values).chain(segments).collect()
}

/// The ways in which a secret is written.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned(), escaped(secret)];
    if secret.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        forms.extend([secret.to_lowercase(), secret.to_uppercase()]);
    }
    forms.extend([percent(secret, is_plain), percent(secret, |_| false)]);
    forms.push(percent(secret, |byte| byte.is_ascii_graphic()));
    forms.extend([hex::encode(secret), hex::encode_upper(secret)]);
    forms.extend(base64_forms(secret.as_bytes()));
    let encoded = forms.iter().filter(|form| form.contains('%'));
    let lower: Vec<_> = encoded.map(|form| lower_percent(form)).collect();
    forms.extend(lower);
    forms
}

/// As JSON and Rust's `{:?}` write it.
fn escaped(secret: &str) -> String {
    let text = format!("{secret:?}");
    text.get(1..text.len() - 1).unwrap_or_default().to_owned()
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn percent(secret: &str, stays: impl Fn(u8) -> bool) -> String {
    let byte = |byte: u8| match stays(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    secret.bytes().map(byte).collect()
}

fn lower_percent(form: &str) -> String {
    let mut left = 0;
    let lower = |c: char| {
        if c == '%' {
            left = 2;
            return c;
        }
        let c = if left > 0 { c.to_ascii_lowercase() } else { c };
        left -= i32::from(left > 0);
        c
    };
    form.chars().map(lower).collect()
}

/// In both alphabets, and behind any number of other bytes: what surrounds it changes only the
/// first and the last characters.
fn base64_forms(secret: &[u8]) -> Vec<String> {
    let mut forms = Vec::new();
    for before in 0..3 {
        let padded = [vec![0; before], secret.to_vec()].concat();
        for text in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            let first = [0, 2, 3][before];
            let last = text.len() - usize::from(padded.len() % 3 != 0);
            forms.extend(text.get(first..last).map(ToOwned::to_owned));
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(secrets: &[&str]) -> Known {
        let mut known = Known::default();
        secrets.iter().for_each(|secret| known.learn(secret));
        known
    }

    #[test]
    fn of_an_address_only_what_is_secret_is_hidden() {
        let known = known(&[
            "mysql://ann:p@ss/w?rd-long@db.example:3306/trades",
            "https://discord.com/api/webhooks/12345/AbCdEfGhIjKlMnOpQrStUv",
            "https://ping.example/x?token=abcdefabcdef",
            "mysql://ann:long-enough-word@db/the_name_of_the_database",
            "sqlite:///var/lib/a-folder-with-a-long-name/dutchbook.sqlite?mode=rwc",
        ]);
        for hidden in ["p@ss/w?rd-long", "AbCdEfGhIjKlMnOpQrStUv", "abcdefabcdef"] {
            assert!(!known.find(hidden).is_empty(), "{hidden}");
        }
        for shown in [
            "db.example:3306/trades",
            "discord.com/api/webhooks/12345",
            "ping.example",
            "the_name_of_the_database",
            "a-folder-with-a-long-name/dutchbook.sqlite",
        ] {
            assert!(known.find(shown).is_empty(), "{shown}");
        }
    }

    #[test]
    fn what_is_too_short_to_be_told_from_a_word_is_not_learnt() {
        assert!(known(&["books"]).find("books").is_empty());
        assert!(!known(&["hunter2"]).find("it is hunter2!").is_empty());
    }

    #[test]
    fn nothing_of_a_secret_can_be_read_in_what_is_kept() {
        let known = known(&["correct-horse-battery"]);
        assert!(!format!("{known:?}").contains("horse"));
    }
}
