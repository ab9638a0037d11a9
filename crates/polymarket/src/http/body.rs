//! A response body that is known to be whole, or as whole as can be known.

use std::io::Read as _;

use bytes::Bytes;
use serde::Deserialize;

use super::error::{Excerpt, VenueError};

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    bytes: Bytes,
    proof: Proof,
}

/// How we know that the body is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// As many bytes as announced, or a checksum at the end.
    Whole,
    /// Nothing but its own syntax: the transport cannot tell an end from a broken connection.
    SyntaxAlone,
}

impl Body {
    /// Checks what came against what was announced and unpacks it.
    pub(crate) fn new(
        raw: Bytes,
        announced: Option<usize>,
        packing: Packing,
        bytes_max: usize,
    ) -> Result<Self, VenueError> {
        let got = raw.len();
        let proof = match announced {
            Some(wanted) if got != wanted => {
                return Err(VenueError::Truncated { got, wanted: Some(wanted) });
            }
            Some(_) => Proof::Whole,
            None => Proof::SyntaxAlone,
        };
        match packing {
            Packing::None => Ok(Self { bytes: raw, proof }),
            Packing::Gzip => Ok(Self { bytes: unpack(&raw, bytes_max)?, proof: Proof::Whole }),
        }
    }
    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }
    /// Reads the body as JSON.
    ///
    /// # Errors
    /// [`VenueError::Truncated`] where the text ends too early, [`VenueError::Decode`] where it
    /// is something else than `what`.
    pub fn decode<'a, T: Deserialize<'a>>(&'a self, what: &'static str) -> Result<T, VenueError> {
        // A bare number or word has no end of its own: half of one is also one.
        let has_end = matches!(self.bytes.trim_ascii_start().first(), Some(b'{' | b'[' | b'"'));
        if self.proof == Proof::SyntaxAlone && !has_end {
            return Err(VenueError::Truncated { got: self.bytes.len(), wanted: None });
        }
        serde_json::from_slice(&self.bytes).map_err(|error| {
            if error.is_eof() {
                VenueError::Truncated { got: self.bytes.len(), wanted: None }
            } else {
                VenueError::Decode { what, why: Excerpt::of(error.to_string().as_bytes()) }
            }
        })
    }
}

/// How the body was packed for the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    None,
    Gzip,
}

fn unpack(raw: &[u8], bytes_max: usize) -> Result<Bytes, VenueError> {
    let mut unpacked = Vec::with_capacity(raw.len().saturating_mul(4).min(bytes_max));
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    match flate2::read::GzDecoder::new(raw).take(limit).read_to_end(&mut unpacked) {
        Ok(_) if unpacked.len() > bytes_max => Err(VenueError::TooLarge { limit: bytes_max }),
        Ok(_) => Ok(unpacked.into()),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Err(VenueError::Truncated { got: raw.len(), wanted: None })
        }
        Err(error) => Err(VenueError::Decode {
            what: "compressed body",
            why: Excerpt::of(error.to_string().as_bytes()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn pack(bytes: &[u8]) -> Bytes {
        let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap().into()
    }

    #[test]
    fn half_a_number_without_a_proven_length_is_not_a_number() {
        let body = |announced| {
            Body::new(Bytes::from_static(b"1791"), announced, Packing::None, 100).unwrap()
        };
        assert_eq!(body(Some(4)).decode::<u64>("time"), Ok(1_791));
        let cut = body(None).decode::<u64>("time");
        assert_eq!(cut, Err(VenueError::Truncated { got: 4, wanted: None }));
    }

    #[test]
    fn a_compressed_body_is_unpacked_within_its_limit_and_proves_its_end() {
        let text = vec![b' '; 10_000];
        let packed = pack(&text);
        let whole = Body::new(packed.clone(), None, Packing::Gzip, 10_000).unwrap();
        assert_eq!(whole.bytes().as_ref(), text);
        let bomb = Body::new(packed.clone(), None, Packing::Gzip, 9_999);
        assert_eq!(bomb, Err(VenueError::TooLarge { limit: 9_999 }));
        let cut = packed.slice(..packed.len() - 4);
        let got = cut.len();
        let cut = Body::new(cut, None, Packing::Gzip, 10_000);
        assert_eq!(cut, Err(VenueError::Truncated { got, wanted: None }));
    }
}
