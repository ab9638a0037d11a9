//! Whether a book may be believed, as types.

mod tracked;

pub use tracked::{
    Distrust, Epoch, StaleCause, SuspectCause, TrackedBook, Trust, TrustedBook, TrustedSnapshot,
};
