//! Event groups: markets of one event. In a neg-risk group exactly one of them pays.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::ConditionId;
use crate::shared_text;

/// The venue's number of an event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub Arc<str>);

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for GroupId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
impl<'de> Deserialize<'de> for GroupId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Ok(Self(text.as_ref().into()))
    }
}

/// Markets that belong together (the venue says "event").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventGroup {
    /// The venue's key.
    pub id: GroupId,
    /// The part of its address that people know.
    #[serde(with = "shared_text")]
    pub slug: Arc<str>,
    /// Its title. From outside: untrusted text.
    #[serde(with = "shared_text")]
    pub title: Arc<str>,
    /// Exactly one of its markets resolves to YES, and the contracts know it.
    pub neg_risk: bool,
    /// It has an open "Other": the listed names are not complete, so their sum proves nothing.
    pub augmented: bool,
    /// What a conversion of NOs costs, in ten-thousandths of the amount.
    pub convert_fee_bips: u32,
    /// Every market of the group, listed or not yet open, in the venue's order.
    pub markets: Vec<ConditionId>,
}
