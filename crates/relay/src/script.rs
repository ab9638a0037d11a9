//! Scripts that Redis runs as one step.

use redis::{Cmd, cmd};

/// Runs `text` over `keys`; the arguments follow.
pub(crate) fn script(text: &str, keys: &[&str]) -> Cmd {
    let mut call = cmd("EVAL");
    call.arg(text).arg(keys.len());
    for key in keys {
        call.arg(*key);
    }
    call
}
