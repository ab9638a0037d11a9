//! Shared text as plain text in files.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serializer};

pub(crate) fn serialize<S: Serializer>(text: &Arc<str>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(text)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<str>, D::Error> {
    Ok(<Cow<'de, str>>::deserialize(from)?.as_ref().into())
}

/// A list of texts.
pub(crate) mod list {
    use super::{Arc, Cow, Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(texts: &[Arc<str>], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(texts.iter().map(|text| &**text))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Arc<str>>, D::Error> {
        let texts = <Vec<Cow<'de, str>>>::deserialize(from)?;
        Ok(texts.iter().map(|text| text.as_ref().into()).collect())
    }
}
