//! One question to one model: reserved, asked, read, repaired once, settled.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{DurationMillis, Usd};
use engine::forecast::{Answer, Failure, Outcome, Prompt as Words, Sample};
use forecasters::{Billed, Cause, Forecaster, ForecasterError, Prompt, Retry, Usage};

use super::messages::{NoMoney, Reserve, Settle, Told};
use super::settings::MemberSettings;
use crate::clock::Clock;
use crate::supervision::Handle;

/// How often a call is repeated that failed for a reason that passes.
const RETRIES_MAX: u32 = 2;
const RETRY_PAUSE: Duration = Duration::from_millis(500);
/// How long the treasurer may take.
const RESERVE_WAIT: Duration = Duration::from_secs(10);
/// With less time than this it is not worth asking.
const TIME_MIN: Duration = Duration::from_millis(200);

/// What every call of a member needs.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) member: MemberSettings,
    pub(super) forecaster: Arc<dyn Forecaster>,
    pub(super) tokens_max: u32,
    pub(super) reserve: Handle<Reserve>,
    pub(super) settle: Handle<Settle>,
    pub(super) clock: Clock,
}

/// Why there is no text.
struct Failed {
    failure: Failure,
    error: String,
    /// Nobody needs to ask this model again soon, for this reason.
    bars: Option<String>,
}

/// What came of a question, and whether the model can be asked again soon.
pub(super) struct Ended {
    pub(super) told: Told,
    pub(super) bars: Option<String>,
}

#[derive(Default)]
struct Bill {
    cost: Usd,
    usage: Usage,
}

impl Caller {
    /// Asks once, and once more where the answer cannot be read.
    pub(super) async fn ask(&self, prompt: &Prompt, index: u32, until: Instant) -> Ended {
        let (began, mut bill) = (Instant::now(), Bill::default());
        let (mut was_repaired, mut bars, mut error) = (false, None, None);
        let outcome = match self.read(prompt, until, &mut bill, &mut was_repaired).await {
            Ok(answer) => Outcome::Answered(answer),
            Err(failed) => {
                bars = failed.bars;
                error = Some(failed.error);
                Outcome::Failed(failed.failure)
            }
        };
        let took = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        let sample = Sample {
            member: self.member.name.clone(),
            index,
            outcome,
            cost: bill.cost,
            latency_ms: DurationMillis(took),
        };
        let (at, usage) = (self.clock.now(), bill.usage);
        Ended { told: Told { sample, at, usage, was_repaired, error }, bars }
    }

    async fn read(
        &self,
        prompt: &Prompt,
        until: Instant,
        bill: &mut Bill,
        was_repaired: &mut bool,
    ) -> Result<Answer, Failed> {
        let text = self.text(prompt, until, bill).await?;
        let why = match Answer::read(&text) {
            Ok(answer) => return Ok(answer),
            Err(why) => why,
        };
        *was_repaired = true;
        let user = format!("{}\n\n{}", prompt.user, Words::repair(why));
        let again = Prompt { user: user.into(), ..prompt.clone() };
        let text = self.text(&again, until, bill).await?;
        Answer::read(&text).map_err(|why| Failed {
            failure: Failure::Malformed,
            error: why.to_string(),
            bars: None,
        })
    }

    async fn text(
        &self,
        prompt: &Prompt,
        until: Instant,
        bill: &mut Bill,
    ) -> Result<String, Failed> {
        let mut tries = 0;
        loop {
            let error = match self.once(prompt, until, bill).await? {
                Ok(text) => return Ok(text),
                Err(error) => error,
            };
            tries += 1;
            let pause = match error.retry() {
                Retry::Never => return Err(failed(&error)),
                Retry::Soon => RETRY_PAUSE * tries,
                Retry::After(wait) => wait.max(RETRY_PAUSE),
            };
            let left = until.saturating_duration_since(Instant::now());
            if tries > RETRIES_MAX || left < pause + TIME_MIN {
                return Err(failed(&error));
            }
            actix_rt::time::sleep(pause).await;
        }
    }

    /// One request: the outer error says that none was made.
    async fn once(
        &self,
        prompt: &Prompt,
        until: Instant,
        bill: &mut Bill,
    ) -> Result<Result<String, ForecasterError>, Failed> {
        let worst = self.member.tariff.worst(prompt.bytes(), self.tokens_max);
        let reservation = match self.reserve.ask(Reserve(worst), RESERVE_WAIT).await {
            Ok(Ok(reservation)) => reservation,
            Ok(Err(no_money @ NoMoney::BudgetUsedUp)) => return Err(unpaid(&no_money)),
            Ok(Err(NoMoney::StoreDown)) | Err(_) => return Err(unpaid(&NoMoney::StoreDown)),
        };
        let limit = until.saturating_duration_since(Instant::now());
        let (asked, paid) = if limit < TIME_MIN {
            (Err(None), Usd::ZERO)
        } else {
            match self.forecaster.ask(prompt, self.tokens_max, limit).await {
                Ok(reply) => {
                    let paid = bill.take(self.cost(reply.usage, worst), reply.usage);
                    (Ok(reply.text), paid)
                }
                Err(error) => {
                    let (cost, usage) = match error.billed {
                        Billed::Nothing => (Usd::ZERO, None),
                        Billed::Known(usage) => (self.cost(Some(usage), worst), Some(usage)),
                        Billed::Unknown => (worst, None),
                    };
                    (Err(Some(error)), bill.take(cost, usage))
                }
            }
        };
        if let Err(error) = self.settle.tell(Settle { reservation, paid }) {
            tracing::warn!(%error, "a call stays reserved until the day is over");
        }
        match asked {
            Ok(text) => Ok(Ok(text)),
            Err(Some(error)) => Ok(Err(error)),
            Err(None) => Err(Failed {
                failure: Failure::Late,
                error: "the time was over before the call".to_owned(),
                bars: None,
            }),
        }
    }

    /// A provider that does not count is paid as if it had done its utmost.
    fn cost(&self, usage: Option<Usage>, worst: Usd) -> Usd {
        usage.map_or(worst, |usage| self.member.tariff.cost(usage))
    }
}

impl Bill {
    fn take(&mut self, cost: Usd, usage: Option<Usage>) -> Usd {
        let usage = usage.unwrap_or_default();
        let sum = &mut self.usage;
        sum.prompt_tokens = sum.prompt_tokens.saturating_add(usage.prompt_tokens);
        sum.completion_tokens = sum.completion_tokens.saturating_add(usage.completion_tokens);
        self.cost += cost;
        cost
    }
}

fn unpaid(why: &NoMoney) -> Failed {
    Failed { failure: Failure::Budget, error: why.to_string(), bars: None }
}

fn failed(error: &ForecasterError) -> Failed {
    let failure = match error.cause {
        Cause::Timeout { .. } => Failure::Late,
        Cause::Refused => Failure::Refused,
        Cause::CutShort | Cause::TooLarge { .. } | Cause::Garbled(_) => Failure::Malformed,
        Cause::Unreachable(_)
        | Cause::Throttled { .. }
        | Cause::Unavailable { .. }
        | Cause::KeyRefused { .. }
        | Cause::Rejected { .. } => Failure::Provider,
    };
    let is_lasting = matches!(error.cause, Cause::KeyRefused { .. } | Cause::Rejected { .. });
    let error = error.to_string();
    Failed { failure, bars: is_lasting.then(|| error.clone()), error }
}
