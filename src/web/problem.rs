//! Errors as people and programs read them: RFC 9457, with stable codes.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, ContentType, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use thiserror::Error;
use utoipa::ToSchema;

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
    /// No token, or not the right one.
    #[error("this needs the admin's token")]
    Unauthorized,
    /// The request names a host or comes from a page that this service is not.
    #[error("requests for {0:?} are not answered here")]
    WrongHost(String),
    /// Another site's page tried.
    #[error("requests from pages of {0:?} are not answered here")]
    WrongOrigin(String),
    /// Everything is taken; later it may work.
    #[error("the service is busy: {0}")]
    Busy(&'static str),
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
            Self::Unauthorized => (
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "Token needed",
                "Send the header \"Authorization: Bearer TOKEN\". The token is DUTCHBOOK_TOKEN, or \
                 the one printed at start.",
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
            response.insert_header((RETRY_AFTER, "1"));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header(("WWW-Authenticate", "Bearer"));
        }
        if let Self::WrongMethod { allowed, .. } = self {
            response.insert_header((ALLOW, allowed.as_str()));
        }
        response.insert_header(ContentType::json());
        response.insert_header(("Content-Type", "application/problem+json"));
        response.body(serde_json::to_string(&body).unwrap_or_default())
    }
}
