//! Errors as people and programs read them: RFC 9457, with stable codes.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, ContentType, RETRY_AFTER, UPGRADE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use thiserror::Error;
use utoipa::ToSchema;

use crate::web::auth::Role;
use crate::web::trading::Refusal;
use crate::web::trading::shape::GateView;

/// What went wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    /// No such resource.
    #[error("there is no {what} called {name:?}")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// What was asked for.
        name: String,
    },
    /// There is such a resource, and it is asked otherwise.
    #[error("{given} is nothing that this resource takes: it takes {allowed}")]
    WrongMethod {
        /// How it was asked.
        given: String,
        /// How it may be.
        allowed: String,
    },
    /// A parameter that cannot be used.
    #[error("the parameter {name} cannot be used: {why}")]
    BadParameter {
        /// Which parameter.
        name: String,
        /// Why not.
        why: String,
    },
    /// A cursor of a list that is sorted or filtered otherwise.
    #[error("the cursor is of a list that is sorted otherwise")]
    OtherCursor,
    /// Two moments that can be read and enclose nothing that can be told.
    #[error("{0}")]
    BadSpan(String),
    /// What is there for a live connection alone.
    #[error("this address takes live connections: {0}")]
    UpgradeRequired(String),
    /// No token and no session, or not one that is known.
    #[error("this needs somebody who is known here, and nobody is")]
    Unauthorized,
    /// The key of a one-time link lets nobody in.
    #[error("the link was opened before, is older than a quarter of an hour, or was never made")]
    LinkUsedOrUnknown,
    /// Somebody who may not.
    #[error("the role {has} may not do this")]
    Forbidden {
        /// What they are.
        has: Role,
        /// What they would have to be.
        needs: Role,
    },
    /// Somebody who asks too often.
    #[error("too many requests")]
    RateLimited {
        /// When to try again.
        retry_after_s: u64,
    },
    /// Somebody who came past the proxy that speaks TLS.
    #[error("requests from other machines are answered by TLS or by a trusted proxy alone")]
    NotByProxy,
    /// A browser's request that does not say from which page it comes.
    #[error("what changes something by a cookie must say from which page it comes")]
    NoOrigin,
    /// The request names a host or comes from a page that this service is not.
    #[error("requests for {0:?} are not answered here")]
    WrongHost(String),
    /// Another site's page tried.
    #[error("requests from pages of {0:?} are not answered here")]
    WrongOrigin(String),
    /// Everything is taken; later it may work.
    #[error("the service is busy: {0}")]
    Busy(&'static str),
    /// This process passes on what is asked to the one that decides, and there is none.
    #[error("no process that decides answers: {0}")]
    NoLeader(String),
    /// The process that decides was asked to change something, and its answer is lost.
    #[error("it is not known whether this was done: {0}")]
    AnswerLost(String),
    /// What was recorded cannot be looked into.
    #[error("{0}")]
    Unreadable(String),
    /// What a person ordered was not carried out.
    #[error(transparent)]
    Refused(Box<Refusal>),
}

/// The body of an error: `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// A stable address for this kind of problem.
    #[schema(example = "about:blank#not_found")]
    pub r#type: String,
    /// The kind of problem in a few words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A stable name for programs.
    pub code: &'static str,
    /// What happened to this request.
    pub detail: String,
    /// What to do.
    pub hint: &'static str,
    /// What was given or needed, where the refusal is about a figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What is allowed or there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// What would have been right: the nearest one below, then the nearest one above.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nearest: Vec<String>,
    /// Every gate that was asked, where one refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateView>,
    /// The wish that was raised; its decision tells more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal_id: Option<String>,
}

impl Problem {
    fn parts(&self) -> (StatusCode, &'static str, &'static str, &'static str) {
        match self {
            Self::NotFound { .. } => (
                StatusCode::NOT_FOUND,
                "not_found",
                "Not found",
                "Look at the list of the resource for what there is.",
            ),
            Self::WrongMethod { .. } => (
                StatusCode::METHOD_NOT_ALLOWED,
                "wrong_method",
                "Method not taken",
                "See /api/docs for what each resource takes.",
            ),
            Self::BadParameter { .. } => (
                StatusCode::BAD_REQUEST,
                "bad_parameter",
                "Parameter not usable",
                "See /openapi.json for the parameters and their ranges.",
            ),
            Self::OtherCursor => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "other_cursor",
                "Cursor of another list",
                "Begin without a cursor, and keep the sort and the order while you follow it.",
            ),
            Self::BadSpan(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "bad_span",
                "Span not usable",
                "Give a moment from which and a later one to which, and ask again for what is \
                 before or after.",
            ),
            Self::UpgradeRequired(_) => (
                StatusCode::UPGRADE_REQUIRED,
                "upgrade_required",
                "Only for live connections",
                "Connect as a WebSocket, version 13; docs/api.md says what is told there.",
            ),
            Self::Unauthorized => (
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "Sign in",
                "Open the one-time link that is printed at start; `dutchbook link` makes another. \
                 Programs send the header \"Authorization: Bearer TOKEN\"; `dutchbook token \
                 create` makes one.",
            ),
            Self::LinkUsedOrUnknown => (
                StatusCode::UNAUTHORIZED,
                "link_used_or_unknown",
                "Link used or unknown",
                "`dutchbook link` makes another one; it works once, for a quarter of an hour.",
            ),
            Self::Forbidden { needs, .. } => {
                let hint = match needs {
                    Role::Viewer => "This needs the role viewer.",
                    Role::Operator => "This needs the role operator.",
                    Role::Admin => "This needs the role admin.",
                };
                (StatusCode::FORBIDDEN, "forbidden", "Not allowed", hint)
            }
            Self::RateLimited { .. } => (
                StatusCode::TOO_MANY_REQUESTS,
                "rate_limited",
                "Too many requests",
                "Wait as long as Retry-After says. web.requests_per_second_max sets the limit.",
            ),
            Self::NotByProxy => (
                StatusCode::FORBIDDEN,
                "not_by_proxy",
                "Not by the proxy",
                "Use the address of the proxy; web.trusted_proxies names those that are trusted.",
            ),
            Self::NoOrigin => (
                StatusCode::FORBIDDEN,
                "wrong_origin",
                "Origin missing",
                "A browser sends the header Origin by itself. A program uses a token instead.",
            ),
            Self::WrongHost(_) => (
                StatusCode::FORBIDDEN,
                "wrong_host",
                "Host not served",
                "Use the printed address, or name the host in web.allowed_hosts.",
            ),
            Self::WrongOrigin(_) => (
                StatusCode::FORBIDDEN,
                "wrong_origin",
                "Origin not allowed",
                "Open the page from this service itself.",
            ),
            Self::Busy(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "busy", "Busy", "Try again in a second.")
            }
            Self::NoLeader(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "no_leader",
                "Nobody decides now",
                "Nothing was done. Try again in some seconds: another process takes over.",
            ),
            Self::AnswerLost(_) => (
                StatusCode::BAD_GATEWAY,
                "outcome_unknown",
                "Given, and the answer is lost",
                "Ask again with the same Idempotency-Key: it is not done twice. Without one, look \
                 at how things stand first.",
            ),
            Self::Unreadable(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "unreadable",
                "Not readable",
                "Look at another session. `dutchbook replay` reads those of older versions too, and \
                 says where one is damaged.",
            ),
            Self::Refused(refusal) => refusal.kind.parts(),
        }
    }
    /// The body that says it.
    #[must_use]
    pub fn body(&self) -> ProblemBody {
        let (status, code, title, hint) = self.parts();
        let refusal = match self {
            Self::Refused(refusal) => Some((**refusal).clone()),
            _ => None,
        };
        let (value, limit, nearest, gates, signal_id) = refusal
            .map_or_else(Default::default, |r| (r.value, r.limit, r.nearest, r.gates, r.signal_id));
        ProblemBody {
            r#type: format!("about:blank#{code}"),
            title,
            status: status.as_u16(),
            code,
            detail: self.to_string(),
            hint,
            value,
            limit,
            nearest,
            gates,
            signal_id,
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.parts().0
    }
    fn error_response(&self) -> HttpResponse {
        let (status, body) = (self.parts().0, self.body());
        let mut response = HttpResponse::build(status);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let seconds = if matches!(self, Self::NoLeader(_)) { "2" } else { "1" };
            response.insert_header((RETRY_AFTER, seconds));
        }
        if let Self::RateLimited { retry_after_s } = self {
            response.insert_header((RETRY_AFTER, *retry_after_s));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header(("WWW-Authenticate", "Bearer"));
        }
        if status == StatusCode::UPGRADE_REQUIRED {
            response.insert_header((UPGRADE, "websocket"));
        }
        if let Self::WrongMethod { allowed, .. } = self {
            response.insert_header((ALLOW, allowed.as_str()));
        }
        response.insert_header(ContentType::json());
        response.insert_header(("Content-Type", "application/problem+json"));
        response.body(serde_json::to_string(&body).unwrap_or_default())
    }
}
