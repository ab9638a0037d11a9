//! Reads values out of the merged settings, and collects what is wrong instead of stopping at it.

use std::{collections::BTreeMap, fmt::Display, net::IpAddr, ops::RangeInclusive, time::Duration};

use actix_web::http::Uri;
use domain::{Price, Shares, Usd};
use figment::value::Value;

use super::{merge::Entry, problem::Problem};

/// Reads each key once. A value that is wrong is reported and replaced by a harmless one; the
/// result is thrown away when there are problems, so nobody ever sees the replacement.
pub(super) struct Reader<'a> {
    entries: &'a BTreeMap<String, Entry>,
    unread: Vec<&'a str>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(entries: &'a BTreeMap<String, Entry>) -> Self {
        let unread = entries.keys().map(String::as_str).collect();
        Self { entries, unread, problems: Vec::new() }
    }

    /// Every problem found, and the keys that nobody asked for.
    pub(super) fn finish(self) -> (Vec<Problem>, Vec<&'a str>) {
        (self.problems, self.unread)
    }

    /// Reports a problem with `key`.
    pub(super) fn refuse(&mut self, key: &str, text: impl Into<String>) {
        let origin = self.entries.get(key).map_or("", |entry| entry.origin.as_str());
        self.problems.push(Problem::new(key, origin, text));
    }

    pub(super) fn text(&mut self, key: &str) -> String {
        match self.value(key) {
            Some(Value::String(_, text)) => text.clone(),
            _ => String::new(),
        }
    }

    pub(super) fn list(&mut self, key: &str) -> Vec<String> {
        match self.value(key) {
            Some(Value::Array(_, items)) => {
                items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn switch(&mut self, key: &str) -> bool {
        matches!(self.value(key), Some(Value::Bool(_, true)))
    }

    /// A whole number within `range`.
    pub(super) fn whole<T>(&mut self, key: &str, range: RangeInclusive<T>) -> T
    where
        T: TryFrom<i128> + PartialOrd + Display + Copy,
    {
        let number = match self.value(key) {
            Some(Value::Num(_, number)) => number
                .to_i128()
                .or_else(|| number.to_u128().and_then(|unsigned| i128::try_from(unsigned).ok())),
            _ => None,
        };
        match number.and_then(|number| T::try_from(number).ok()).filter(|n| range.contains(n)) {
            Some(number) => number,
            None => {
                self.outside(key, &range);
                *range.start()
            }
        }
    }

    pub(super) fn millis(&mut self, key: &str, range: RangeInclusive<u64>) -> Duration {
        Duration::from_millis(self.whole(key, range))
    }

    pub(super) fn seconds(&mut self, key: &str, range: RangeInclusive<u64>) -> Duration {
        Duration::from_secs(self.whole(key, range))
    }

    pub(super) fn price(&mut self, key: &str, range: RangeInclusive<Price>) -> Price {
        self.decimal(key, range, Price::parse)
    }

    pub(super) fn usd(&mut self, key: &str, range: RangeInclusive<Usd>) -> Usd {
        self.decimal(key, range, Usd::parse)
    }

    pub(super) fn shares(&mut self, key: &str, range: RangeInclusive<Shares>) -> Shares {
        self.decimal(key, range, Shares::parse)
    }

    /// Whether anybody set `key`, the defaults included.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&mut self, key: &str, words: &[(&str, T)], fallback: T) -> T {
        let text = self.text(key);
        if let Some((_, choice)) = words.iter().find(|(word, _)| *word == text) {
            return *choice;
        }
        let allowed = words.iter().map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>();
        self.refuse(key, format!("`{text}` is not one of {}.", allowed.join(", ")));
        fallback
    }

    /// An absolute address with one of `schemes` and a host.
    pub(super) fn url(&mut self, key: &str, schemes: &[&str]) -> String {
        let text = self.text(key);
        if let Err(reason) = check_url(&text, schemes) {
            self.refuse(key, reason);
        }
        text
    }

    /// An IP address, or `localhost`, which is 127.0.0.1.
    pub(super) fn ip(&mut self, key: &str) -> IpAddr {
        let text = self.text(key);
        let numeric = if text == "localhost" { "127.0.0.1" } else { text.as_str() };
        numeric.parse().unwrap_or_else(|_| {
            self.refuse(
                key,
                format!(
                    "`{text}` is not an IP address. Give one, such as 127.0.0.1 for this machine \
                     alone or 0.0.0.0 for everybody."
                ),
            );
            IpAddr::from([127, 0, 0, 1])
        })
    }

    fn decimal<T, E>(
        &mut self,
        key: &str,
        range: RangeInclusive<T>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> T
    where
        T: PartialOrd + Display + Copy,
        E: Display,
    {
        let text = self.text(key);
        match parse(&text) {
            Ok(value) if range.contains(&value) => value,
            Ok(_) => {
                self.outside(key, &range);
                *range.start()
            }
            Err(error) => {
                self.refuse(key, format!("`{text}` is not usable here: {error}."));
                *range.start()
            }
        }
    }

    fn outside<T: Display>(&mut self, key: &str, range: &RangeInclusive<T>) {
        let (from, to) = (range.start(), range.end());
        self.refuse(key, format!("must be between {from} and {to}."));
    }

    fn value(&mut self, key: &str) -> Option<&'a Value> {
        self.unread.retain(|name| *name != key);
        self.entries.get(key).map(|entry| &entry.value)
    }
}

/// Whether `text` is an absolute address with one of `schemes` and a host.
fn check_url(text: &str, schemes: &[&str]) -> Result<(), String> {
    let allowed = schemes.iter().map(|scheme| format!("{scheme}://")).collect::<Vec<_>>();
    let uri = text
        .parse::<Uri>()
        .map_err(|_| format!("is not an address. It must begin with {}.", allowed.join(" or ")))?;
    let known = uri.scheme_str().is_some_and(|scheme| schemes.contains(&scheme));
    if !known || uri.host().is_none_or(str::is_empty) {
        return Err(format!("must begin with {} and name a host.", allowed.join(" or ")));
    }
    Ok(())
}
