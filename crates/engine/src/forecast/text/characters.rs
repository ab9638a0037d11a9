//! Which characters of a foreign text are seen, and as what.

/// Marks put on one letter beyond these are dropped.
const MARKS_MAX: usize = 2;

/// Visible characters only: white space becomes blanks and line breaks, wide forms of ASCII become
/// ASCII, what could end a frame becomes a look-alike, and what nobody sees is dropped.
pub(super) fn visible(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut marks = 0;
    for character in raw.chars() {
        if is_mark(character) {
            marks += 1;
            if marks > MARKS_MAX {
                continue;
            }
        } else {
            marks = 0;
        }
        if let Some(seen) = seen_as(narrow(character)) {
            text.push(seen);
        }
    }
    text
}

/// The ASCII character that a wide or small form stands for.
fn narrow(character: char) -> char {
    let code = u32::from(character);
    match code {
        0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(character),
        0xFE64 => '<',
        0xFE65 => '>',
        _ => character,
    }
}

fn seen_as(character: char) -> Option<char> {
    Some(match character {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => '\n',
        _ if character.is_whitespace() => ' ',
        '<' => '‹',
        '>' => '›',
        '[' | '{' => '(',
        ']' | '}' => ')',
        '`' => '\'',
        '|' | '\\' => '/',
        _ if is_hidden(character) => return None,
        _ => character,
    })
}

/// Control characters, direction marks, joiners, fillers, tags, variation selectors, private use and
/// what is no character.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character as u32,
            0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164
            | 0xE000..=0xF8FF | 0xFDD0..=0xFDEF | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0
            | 0xFFF0..=0xFFFF | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0x10_FFFF)
}

/// Marks that are drawn onto the letter before them.
const fn is_mark(character: char) -> bool {
    matches!(character as u32,
        0x300..=0x36F | 0x483..=0x489 | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF
        | 0xFE20..=0xFE2F)
}
