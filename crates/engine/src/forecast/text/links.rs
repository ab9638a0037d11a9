//! Addresses out of a foreign text.

/// What stands where an address was.
const REMOVED: &str = "(link)";
/// Schemes that need no double slash to be followed.
const SCHEMES: [&str; 5] = ["data:", "javascript:", "mailto:", "file:", "vbscript:"];

/// The text with every word that holds an address replaced. White space stays as it is.
pub(super) fn without(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        if !word.is_empty() && has_address(word) {
            kept.push_str(REMOVED);
            kept.push_str(piece.get(word.len()..).unwrap_or(""));
        } else {
            kept.push_str(piece);
        }
    }
    kept
}

fn has_address(word: &str) -> bool {
    // The mark of a cut is no part of an address: what was none before the cut is none after it.
    let word = word.trim_end_matches(super::CUT).to_ascii_lowercase();
    word.contains("://")
        || word.contains("www.")
        || SCHEMES.iter().any(|scheme| holds_scheme(&word, scheme))
        || has_path(&word)
}

/// `javascript:alert`, but not `data:` alone at the end of a phrase.
fn holds_scheme(word: &str, scheme: &str) -> bool {
    let after = |at: usize| word.get(at + scheme.len()..).is_some_and(|rest| !rest.is_empty());
    word.find(scheme).is_some_and(after)
}

/// `bit.ly/x`: a name with a point between letters, then a slash and something. A bare name such as
/// `Amazon.com` is a name, not a link to follow.
fn has_path(word: &str) -> bool {
    let Some((host, path)) = word.split_once('/') else { return false };
    let host = host.trim_start_matches(|c: char| !c.is_alphanumeric());
    let ends_in_letters = host.rsplit_once('.').is_some_and(|(name, ending)| {
        name.ends_with(char::is_alphanumeric)
            && ending.len() >= 2
            && ending.chars().all(char::is_alphabetic)
    });
    ends_in_letters && path.starts_with(char::is_alphanumeric)
}
