//! A place in the list of opportunities.

use std::fmt;
use std::str::FromStr;

use domain::UnixMillis;
use thiserror::Error;

use crate::text::{LONG_KEY_CHARS_MAX, is_key};

use super::OpportunityRow;

/// The text is not one that a cursor printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this is no cursor; take it from the page before")]
pub struct CursorError;

/// Where a page ended. Prints as one line that can be handed out and parsed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpportunityCursor {
    /// When the last row was found.
    pub found_at: UnixMillis,
    /// Its id.
    pub id: String,
}

impl OpportunityCursor {
    pub(super) fn of(row: &OpportunityRow) -> Self {
        Self { found_at: row.found_at, id: row.id.clone() }
    }
}

/// `1790586000000~neg_risk_long:30829:1790586000000`
impl fmt::Display for OpportunityCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.found_at.0, self.id)
    }
}
impl FromStr for OpportunityCursor {
    type Err = CursorError;
    fn from_str(text: &str) -> Result<Self, CursorError> {
        let (millis, id) = text.split_once('~').ok_or(CursorError)?;
        let found_at = UnixMillis(millis.parse().map_err(|_| CursorError)?);
        if !is_key(id, LONG_KEY_CHARS_MAX) {
            return Err(CursorError);
        }
        Ok(Self { found_at, id: id.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text_and_nothing_else_is_one() {
        let cursor = OpportunityCursor { found_at: UnixMillis(-5), id: "a:b~c".to_owned() };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "~", "5~", "x~a", "5~a b", "5"] {
            assert_eq!(bad.parse::<OpportunityCursor>(), Err(CursorError), "{bad}");
        }
    }
}
