//! JSON scalars as they were written.
//!
//! The venue writes the same number as `5`, `"5"`, `"5.0"`, `""` or `null`, depending on the
//! service and the year. A [`Scalar`] keeps the text, whatever its form, and is read as what is
//! needed only where it is needed. Numbers keep their digits: nothing passes through a float.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// A string, number, boolean or nothing. Missing, `null` and `""` are all nothing. A list or an
/// object is kept as its text, which no reader will take for a number.
///
/// Reads only from text that is in memory (`serde_json::from_str`, `from_slice`).
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scalar(Box<str>);

impl Scalar {
    /// The text, if there is any.
    #[must_use]
    pub fn get(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(&*self.0)
    }
    /// The text, empty where there is none.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Whether it is stated to be true.
    #[must_use]
    pub fn is_true(&self) -> bool {
        &*self.0 == "true"
    }
    /// Whether it is stated to be false.
    #[must_use]
    pub fn is_false(&self) -> bool {
        &*self.0 == "false"
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str(raw).map(Self).map_err(D::Error::custom),
            Some(b'n') => Ok(Self::default()),
            _ => Ok(Self(raw.into())),
        }
    }
}

/// Reads a JSON object. A list is refused, although the members of a record could be read from
/// one by their order: the venue never sends that, and a stranger's list must not pass for one.
///
/// # Errors
/// Not an object, or not of that shape.
pub fn object<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, serde_json::Error> {
    if json.trim_ascii_start().starts_with('{') {
        serde_json::from_str(json)
    } else {
        Err(serde_json::Error::custom("it is not an object"))
    }
}

/// A list of texts: a real JSON list, or the text of one. Anything else is no list.
#[must_use]
pub fn texts(scalar: &Scalar) -> Option<Vec<String>> {
    let items: Vec<Scalar> = serde_json::from_str(scalar.get()?).ok()?;
    Some(items.into_iter().map(|item| item.0.into()).collect())
}

/// Milliseconds since 1970, whether it was written in seconds, milliseconds or as a date: whole
/// numbers below 10^12 are seconds.
#[must_use]
pub fn moment(scalar: &Scalar) -> Option<domain::UnixMillis> {
    let text = scalar.get()?;
    match text.parse::<i64>() {
        Ok(number) if number.unsigned_abs() < 1_000_000_000_000 => {
            Some(domain::UnixMillis(number * 1_000))
        }
        Ok(number) => Some(domain::UnixMillis(number)),
        Err(_) => domain::UnixMillis::parse(text),
    }
}

/// The buyer's or seller's side, in any case.
#[must_use]
pub fn side(scalar: &Scalar) -> Option<domain::Side> {
    match scalar.get()? {
        text if text.eq_ignore_ascii_case("buy") => Some(domain::Side::Buy),
        text if text.eq_ignore_ascii_case("sell") => Some(domain::Side::Sell),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Deserialize)]
    struct One {
        #[serde(default)]
        value: Scalar,
    }

    fn read(json: &str) -> Scalar {
        serde_json::from_str::<One>(json).unwrap().value
    }

    #[test]
    fn digits_survive_whatever_form_they_come_in() {
        let long = "0.5843311669077693146635445446077281";
        assert_eq!(read(&format!(r#"{{"value":{long}}}"#)).get(), Some(long));
        assert_eq!(read(&format!(r#"{{"value":"{long}"}}"#)).get(), Some(long));
        assert_eq!(read(r#"{"value":1e-3}"#).get(), Some("1e-3"));
        assert_eq!(read(r#"{"value":"a\"bé"}"#).get(), Some("a\"bé"));
        for nothing in [r#"{}"#, r#"{"value":null}"#, r#"{"value":""}"#] {
            assert_eq!(read(nothing).get(), None, "{nothing}");
        }
        assert!(read(r#"{"value":true}"#).is_true() && read(r#"{"value":"true"}"#).is_true());
        assert!(read(r#"{"value":false}"#).is_false());
    }

    #[test]
    fn lists_are_read_whether_they_are_lists_or_texts_of_lists() {
        let want = Some(vec!["a".to_owned(), "1".to_owned()]);
        assert_eq!(texts(&read(r#"{"value":["a",1]}"#)), want);
        assert_eq!(texts(&read(r#"{"value":"[\"a\", \"1\"]"}"#)), want);
        for none in [r#"{}"#, r#"{"value":"a"}"#, r#"{"value":{"a":1}}"#, r#"{"value":[}"#] {
            let value = serde_json::from_str::<One>(none).map(|one| one.value).unwrap_or_default();
            assert_eq!(texts(&value), None, "{none}");
        }
    }

    #[test]
    fn a_moment_is_seconds_or_milliseconds_by_its_magnitude_or_a_date() {
        let want = Some(domain::UnixMillis(1_672_290_701_000));
        for text in ["1672290701", "1672290701000", "2022-12-29T05:11:41Z"] {
            assert_eq!(moment(&Scalar::from(text)), want, "{text}");
        }
        assert_eq!(moment(&Scalar::from("soon")), None);
        assert_eq!(moment(&Scalar::from("-9223372036854775808")).map(|m| m.0), Some(i64::MIN));
    }

    proptest! {
        #[test]
        fn no_json_makes_the_readers_panic(text in ".{0,60}") {
            let _ = serde_json::from_str::<One>(&text);
            let scalar = Scalar::from(text.as_str());
            let _ = (texts(&scalar), moment(&scalar), side(&scalar));
        }
    }
}
