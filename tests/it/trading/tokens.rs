//! Who may ask in these tests.

use dutchbook::web::auth::rate::Rate;
use dutchbook::web::auth::tokens::Tokens;
use dutchbook::web::auth::{Access, Digest, Principal, Role};

/// The admin's.
pub(crate) const TOKEN: &str = "a-token-for-tests-of-thirty-two-characters";
/// An operator's.
pub(crate) const OPERATOR: &str = "the-token-of-an-operator";
/// A viewer's.
pub(crate) const VIEWER: &str = "the-token-of-a-viewer";

/// Lets the three tokens in, however often they ask.
pub(crate) fn access() -> Access {
    let of = |token: &str, role: Role| {
        (Digest::of(token), Principal { role, ..Principal::admin(&format!("the {role}")) })
    };
    let tokens = [of(TOKEN, Role::Admin), of(OPERATOR, Role::Operator), of(VIEWER, Role::Viewer)];
    Access::new(Tokens::fixed(tokens), Rate { per_second: 1_000_000, burst: 1_000_000 })
}
