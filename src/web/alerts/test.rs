//! `POST /api/v1/alerts/test`: a message on request, to see whether it arrives.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actors::alerts::{SendTest, TestRefused};
use actors::supervision::AskError;
use engine::alert::ChannelName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::web::auth::Role;
use crate::web::problem::{Problem, ProblemBody};
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Given, Instruction, Outcome, Reply, answer, bad_body};
use crate::web::trading::{Refusal, RefusalKind};

const ASK_WAIT: Duration = Duration::from_secs(5);

/// Through which channel.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestBody {
    /// `telegram`, `discord`, `slack`, `webhook` or `email`.
    pub channel: String,
}

/// The message is on its way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TestView {
    /// The alert's key.
    pub id: String,
    /// Through which channel.
    pub channel: String,
    /// `waiting`.
    pub status: &'static str,
    /// Where to look whether it was sent.
    pub text: String,
}

struct Test;

/// Send a test message
///
/// Through one channel, whatever its rule. It is written down and on its way when this answers;
/// the alert says whether it was sent. Needs the role operator and an `Idempotency-Key`.
#[utoipa::path(post, path = "/api/v1/alerts/test", tag = "alerts", request_body = TestBody,
    responses((status = 202, description = "It is on its way", body = TestView),
              (status = 400, description = "Key or body", body = ProblemBody),
              (status = 401, description = "Token needed", body = ProblemBody),
              (status = 409, description = "The channel is not set up", body = ProblemBody),
              (status = 503, description = "Nobody is told anything, or no database",
               body = ProblemBody)),
    security(("token" = [])))]
pub async fn send_test(given: Given) -> Result<HttpResponse, Problem> {
    answer::<Test>(given, "").await
}

impl Instruction for Test {
    type Body = TestBody;
    const KEY: KeyRule = KeyRule::Required;
    const NEEDS: Role = Role::Operator;

    async fn carry_out(asked: &Asked, body: TestBody) -> Outcome {
        let Some(channel) = ChannelName::parse(&body.channel) else {
            let names = ChannelName::ALL.map(ChannelName::as_str).join(", ");
            return Outcome::Refused(bad_body(format!("channel is one of {names}")));
        };
        let Some(alerts) = &asked.state.alerts.test else {
            let why = asked.state.alerts.why_off.clone();
            let why = why.unwrap_or_else(|| "nobody is told anything".to_owned());
            return Outcome::refused(Refusal::new(RefusalKind::AlertsOff, why));
        };
        let id = name(asked);
        let test = SendTest { channel, id: id.clone() };
        match alerts.ask(test, ASK_WAIT).await {
            Ok(Ok(())) => {
                asked.audit_done("test_alert", channel.as_str()).await;
                Outcome::Done(reply(id, channel.as_str()))
            }
            Ok(Err(refused)) => Outcome::refused(refusal(refused)),
            Err(AskError::Full | AskError::Down | AskError::Closed) => {
                let text = "who sends messages is not ready yet; nothing was done";
                Outcome::refused(Refusal::new(RefusalKind::NotReady, text))
            }
            Err(AskError::Timeout | AskError::Lost) => {
                let text = "there was no answer in time; the message may be on its way";
                Outcome::Unknown(Refusal::new(RefusalKind::OutcomeUnknown, text).into())
            }
        }
    }

    async fn look_up(asked: &Asked) -> Option<Outcome> {
        let id = name(asked);
        let store = asked.store().await.ok()?;
        let messages = store.alerts().messages_of(&[&id]).await.ok()?;
        let message = messages.first()?;
        Some(Outcome::Done(reply(id, message.channel.as_str())))
    }
}

/// The same for the same key, so that a request that comes twice makes one message.
fn name(asked: &Asked) -> String {
    format!("test-{}", asked.name())
}

fn reply(id: String, channel: &str) -> Reply {
    let text = format!("It is on its way; /api/v1/alerts/{id} says whether it was sent.");
    let channel = channel.to_owned();
    Reply::new(StatusCode::ACCEPTED, &TestView { id, channel, status: "waiting", text })
}

fn refusal(refused: TestRefused) -> Refusal {
    let kind = match refused {
        TestRefused::NoChannel(_) => RefusalKind::ChannelOff,
        TestRefused::StoreDown => RefusalKind::StoreDown,
    };
    Refusal::new(kind, refused.to_string())
}
