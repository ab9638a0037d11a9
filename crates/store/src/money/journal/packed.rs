//! The text of a checkpoint as it lies in the table: deflated, for it repeats itself, and in base64.

use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

/// Bytes of a checkpoint's text. What unpacks to more was not written here.
pub(super) const BODY_BYTES_MAX: usize = 256 << 20;
/// Bytes of it in the table; a statement with more may be refused by a server.
pub(super) const PACKED_BYTES_MAX: usize = 8 << 20;

/// As it is kept.
pub(super) fn pack(body: &str) -> std::io::Result<String> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body.as_bytes())?;
    Ok(STANDARD.encode(encoder.finish()?))
}

/// The text again; `None` where this is not what [`pack`] makes of one.
pub(super) fn unpack(packed: &str) -> Option<String> {
    let bytes = STANDARD.decode(packed).ok()?;
    let mut body = String::new();
    let limit = BODY_BYTES_MAX as u64;
    let mut reader = ZlibDecoder::new(bytes.as_slice()).take(limit + 1);
    reader.read_to_string(&mut body).ok()?;
    (body.len() <= BODY_BYTES_MAX).then_some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_as_it_was_and_anything_else_not_at_all() {
        for body in ["", "{}", &"{\"the same\": \"again\"}".repeat(10_000)] {
            assert_eq!(unpack(&pack(body).unwrap()).as_deref(), Some(body));
        }
        assert!(pack(&"x".repeat(1 << 20)).unwrap().len() < 20_000);
        let cut = pack("some text").unwrap();
        for strange in ["{}", "", "AAAA", &cut[..8]] {
            assert_eq!(unpack(strange), None, "{strange}");
        }
    }
}
