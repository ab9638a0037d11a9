//! When a certificate ends.
//!
//! Only one date is read, at a place that the form of certificates (RFC 5280) fixes; a library for
//! all of X.509 would be a lot of code for it.

use std::path::Path;

use domain::UnixMillis;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// When the first certificate of a PEM file ends; `None` where it cannot be read.
#[must_use]
pub fn ends_at(certificate_file: &Path) -> Option<UnixMillis> {
    let first = CertificateDer::pem_file_iter(certificate_file).ok()?.next()?.ok()?;
    not_after(&first)
}

/// The end of the validity: certificate, its signed part, and there behind version, number, signature
/// and issuer.
fn not_after(certificate: &[u8]) -> Option<UnixMillis> {
    let (signed, _) = inside(certificate, SEQUENCE)?;
    let (mut fields, _) = inside(signed, SEQUENCE)?;
    if fields.first() == Some(&VERSION) {
        (_, _, fields) = element(fields)?;
    }
    for _ in ["number", "signature", "issuer"] {
        (_, _, fields) = element(fields)?;
    }
    let (validity, _) = inside(fields, SEQUENCE)?;
    let (_, _, rest) = element(validity)?;
    let (tag, text, _) = element(rest)?;
    moment(tag, std::str::from_utf8(text).ok()?)
}

/// The tag and the content of the first element, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

fn inside(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = element(bytes)?;
    (tag == wanted).then_some((content, rest))
}

/// `YYMMDDhhmmssZ` up to 2049, `YYYYMMDDhhmmssZ` from then on.
fn moment(tag: u8, text: &str) -> Option<UnixMillis> {
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            let century = if year < "50" { "20" } else { "19" };
            (format!("{century}{year}"), rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.to_owned(), rest)
        }
        _ => return None,
    };
    let rest = rest.strip_suffix('Z').filter(|rest| rest.len() == 10 && rest.is_ascii())?;
    let part = |at: usize| rest.get(at..at + 2).unwrap_or_default();
    let (month, day, hour, minute, second) = (part(0), part(2), part(4), part(6), part(8));
    UnixMillis::parse(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls");

    #[test]
    fn a_certificate_says_when_it_ends() {
        let at = ends_at(&Path::new(FIXTURES).join("certificate.pem")).unwrap();
        assert_eq!(at.to_rfc3339(), "2126-10-29T04:07:41.000Z");
        assert_eq!(ends_at(&Path::new(FIXTURES).join("key.pem")), None);
    }

    #[test]
    fn both_ways_of_writing_a_time_are_read_and_no_other() {
        for (tag, text, wanted) in [
            (UTC_TIME, "491231235959Z", Some("2049-12-31T23:59:59.000Z")),
            (UTC_TIME, "500101000000Z", Some("1950-01-01T00:00:00.000Z")),
            (GENERALIZED_TIME, "20500101000000Z", Some("2050-01-01T00:00:00.000Z")),
            (GENERALIZED_TIME, "20501301000000Z", None),
            (UTC_TIME, "4912312359Z", None),
            (SEQUENCE, "491231235959Z", None),
        ] {
            let read = moment(tag, text).map(UnixMillis::to_rfc3339);
            assert_eq!(read.as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_cut_off_or_no_certificate_is_not_read() {
        let file = Path::new(FIXTURES).join("certificate.pem");
        let whole = CertificateDer::pem_file_iter(&file).unwrap().next().unwrap().unwrap();
        for end in 0..whole.len() {
            assert_eq!(not_after(&whole[..end]), None, "{end}");
        }
        assert_eq!(not_after(&[SEQUENCE, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
