//! Hides secrets in whatever is about to be written.

use std::ops::Range;

use parking_lot::RwLock;

use super::secrets::Known;
use super::shapes;

/// What is written instead of a secret.
const MARK: &str = "(secret)";
/// More of one text is not looked at, and not written either.
const TEXT_MAX: usize = 16_384;

static KNOWN: RwLock<Option<Known>> = RwLock::new(None);

/// From now on this secret, and each piece of it, is hidden wherever it would be written.
pub fn learn(secret: &str) {
    KNOWN.write().get_or_insert_default().learn(secret);
}

/// A field of an event: its name and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) text: String,
}

/// Hides the secrets in the fields of one event, also those that begin in one field and end in the
/// next.
pub(super) fn redact(fields: &mut [Field]) {
    for field in fields.iter_mut() {
        cut(&mut field.text);
        if shapes::hides(field.name, &field.text) {
            MARK.clone_into(&mut field.text);
        }
    }
    let joined: String = fields.iter().map(|field| field.text.as_str()).collect();
    let known = KNOWN.read().as_ref().map_or_else(Vec::new, |known| known.find(&joined));
    let mut begins = 0;
    for field in fields {
        let ends = begins + field.text.len();
        let inside = known.iter().filter(|place| place.start < ends && begins < place.end);
        let mut places: Vec<_> =
            inside.map(|it| it.start.max(begins) - begins..it.end.min(ends) - begins).collect();
        places.extend(shapes::find(&field.text));
        field.text = without(&field.text, places);
        begins = ends;
    }
}

/// A text without its secrets.
#[must_use]
pub fn redacted(text: &str) -> String {
    let mut fields = [Field { name: "", text: text.to_owned() }];
    redact(&mut fields);
    let [field] = fields;
    field.text
}

fn cut(text: &mut String) {
    if text.len() > TEXT_MAX {
        text.truncate(text.floor_char_boundary(TEXT_MAX));
        text.push('…');
    }
}

fn without(text: &str, mut places: Vec<Range<usize>>) -> String {
    if places.is_empty() {
        return text.to_owned();
    }
    places.sort_by_key(|place| place.start);
    let (mut shown, mut at) = (String::with_capacity(text.len()), 0);
    for place in places {
        let (start, end) = (text.floor_char_boundary(place.start), ceil(text, place.end));
        if end <= at {
            continue;
        }
        if start > at || shown.is_empty() {
            shown.push_str(text.get(at..start).unwrap_or_default());
            shown.push_str(MARK);
        }
        at = end;
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    shown
}

fn ceil(text: &str, place: usize) -> usize {
    (place..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}
