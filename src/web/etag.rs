//! Answers that have not changed are not sent again: weak tags from what an answer says.

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderValue, IF_NONE_MATCH};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, error};
use sha2::{Digest, Sha256};

/// Bytes of the hash that stand in a tag.
const TAG_BYTES: usize = 16;

/// Gives every answer to a `GET` its tag, and answers `304` where the client has it already.
///
/// # Errors
/// What the handler says, or a body that breaks off.
pub async fn tagged(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let reads = request.method() == Method::GET;
    let known = request.headers().get(IF_NONE_MATCH).cloned();
    let answer = next.call(request).await?;
    let keeps_nothing = answer.headers().get(CACHE_CONTROL).is_some_and(|it| it == "no-store");
    if !reads || keeps_nothing || answer.status() != StatusCode::OK {
        return Ok(answer.map_into_boxed_body());
    }
    let (request, answer) = answer.into_parts();
    let (head, body) = answer.into_parts();
    let body = to_bytes(body).await.map_err(|why| error::ErrorInternalServerError(why.into()))?;
    let tag = tag(&body);
    let same = known.is_some_and(|known| names(&known, &tag));
    let mut answer = if same {
        HttpResponse::NotModified().finish()
    } else {
        head.set_body(body).map_into_boxed_body()
    };
    answer.headers_mut().insert(ETAG, HeaderValue::from_str(&tag)?);
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(ServiceResponse::new(request, answer))
}

fn tag(body: &[u8]) -> String {
    let hash = Sha256::digest(body);
    format!("W/\"{}\"", hex::encode(hash.get(..TAG_BYTES).unwrap_or_default()))
}

/// Whether one of the tags that a client has is this one; strong and weak ones count alike.
fn names(known: &HeaderValue, tag: &str) -> bool {
    let plain = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(known) = known.to_str() else { return false };
    known.split(',').any(|one| one.trim() == "*" || plain(one) == plain(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_again_among_others_weak_or_strong_and_another_is_not() {
        let tag = tag(b"one");
        let strong = tag.trim_start_matches("W/");
        for known in [tag.as_str(), strong, "*", &format!("\"x\", {tag}")] {
            assert!(names(&HeaderValue::from_str(known).unwrap(), &tag), "{known}");
        }
        for other in ["", "\"x\"", &super::tag(b"two")] {
            assert!(!names(&HeaderValue::from_str(other).unwrap(), &tag), "{other}");
        }
    }
}
