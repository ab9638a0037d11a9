//! Whether the venue may be used from here, and the relayer's answers.

use serde::Deserialize;

use crate::http::{Group, Http, Request, VenueError};
use crate::wire::Scalar;

/// Where the venue believes us to be, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Geoblock {
    /// No orders from here.
    pub blocked: bool,
    /// The country's two letters.
    pub country: Box<str>,
    /// The region.
    pub region: Box<str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GeoblockWire {
    blocked: Scalar,
    country: Scalar,
    region: Scalar,
}

impl Geoblock {
    /// Asks the venue's web host.
    ///
    /// # Errors
    /// See [`VenueError`].
    pub async fn ask(http: &Http) -> Result<Self, VenueError> {
        let request = Request::get(Group::Web, &http.settings().hosts.web, "/api/geoblock");
        Ok(http.fetch(&request).await?.decode::<GeoblockWire>("geoblock")?.read())
    }
    /// Reads the answer.
    ///
    /// # Errors
    /// Not a JSON object.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        crate::wire::object::<GeoblockWire>(json).map(|wire| wire.read())
    }
}

impl GeoblockWire {
    /// Not plainly allowed is blocked.
    fn read(&self) -> Geoblock {
        Geoblock {
            blocked: !self.blocked.is_false(),
            country: self.country.as_str().into(),
            region: self.region.as_str().into(),
        }
    }
}

/// The relayer's answer to a batch.
#[derive(Clone, Debug, Deserialize)]
pub struct RelayedWire {
    /// Its name of the batch.
    #[serde(rename = "transactionID")]
    pub transaction_id: Scalar,
    /// `STATE_NEW` and so on.
    pub state: Scalar,
}

/// A batch as it is sent to the relayer, for a Safe.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the venue's own")]
pub struct RelayRequestWire {
    pub from: Scalar,
    pub to: Scalar,
    pub proxy_wallet: Scalar,
    pub data: Scalar,
    pub nonce: Scalar,
    pub signature: Scalar,
    #[serde(rename = "type")]
    pub kind: Scalar,
}
