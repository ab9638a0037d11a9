//! What others may ask of a supervisor.

use std::sync::Arc;
use std::time::Duration;

use actix::{Context, Handler, Message, MessageResult};

use super::Supervisor;
use super::plan::Plan;
use super::roster::Origin;
use crate::supervision::child::{ChildSpec, Finality};
use crate::supervision::exit::ExitReason;
use crate::supervision::message::{Class, Msg};

/// Why a supervisor did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SupervisorError {
    /// It is stopping its children.
    #[error("the supervisor is shutting down")]
    ShuttingDown,
    /// It is in the middle of restarting or stopping children; ask again later.
    #[error("the supervisor is busy restarting its children; try again")]
    Busy,
    /// Siblings need different names.
    #[error("there is a child named `{name}` already")]
    NameTaken {
        /// That name.
        name: String,
    },
    /// It has no such child.
    #[error("there is no child named `{name}`")]
    NoSuchChild {
        /// The name that was asked for.
        name: String,
    },
}

/// Orderly stop of the whole subtree, children in reverse start order.
#[derive(Debug)]
pub(crate) struct Terminate {
    pub(crate) finality: Finality,
}

impl Message for Terminate {
    type Result = ();
}

impl Msg for Terminate {
    const CLASS: Class = Class::Control;
}

impl Handler<Terminate> for Supervisor {
    type Result = ();

    fn handle(&mut self, message: Terminate, ctx: &mut Self::Context) {
        match self.closing {
            None => self.exit(ExitReason::Shutdown, message.finality, ctx),
            Some(finality) => self.closing = Some(finality.max(message.finality)),
        }
    }
}

/// Adds a child at run time, last in the start order. It is lost if the supervisor itself restarts.
#[derive(Debug)]
pub struct StartChild(pub ChildSpec);

impl Message for StartChild {
    type Result = Result<(), SupervisorError>;
}

impl Msg for StartChild {
    const CLASS: Class = Class::Control;
}

impl Handler<StartChild> for Supervisor {
    type Result = Result<(), SupervisorError>;

    fn handle(&mut self, message: StartChild, ctx: &mut Self::Context) -> Self::Result {
        if self.closing.is_some() {
            return Err(SupervisorError::ShuttingDown);
        }
        let key = self.enrol(Arc::new(message.0), Origin::Added)?;
        match self.plan.as_mut() {
            Some(plan) => plan.also_start(key),
            None => self.spawn(key, ctx),
        }
        Ok(())
    }
}

/// Orderly stop of one child, by name; it is not started again.
#[derive(Clone, Debug)]
pub struct StopChild(pub String);

impl Message for StopChild {
    type Result = Result<(), SupervisorError>;
}

impl Msg for StopChild {
    const CLASS: Class = Class::Control;
}

impl Handler<StopChild> for Supervisor {
    type Result = Result<(), SupervisorError>;

    fn handle(&mut self, message: StopChild, ctx: &mut Self::Context) -> Self::Result {
        self.plan_for(message.0, Plan::stop_one, ctx)
    }
}

/// Orderly restart of one child, by name; a child that was stopped is started.
#[derive(Clone, Debug)]
pub struct RestartChild(pub String);

impl Message for RestartChild {
    type Result = Result<(), SupervisorError>;
}

impl Msg for RestartChild {
    const CLASS: Class = Class::Control;
}

impl Handler<RestartChild> for Supervisor {
    type Result = Result<(), SupervisorError>;

    fn handle(&mut self, message: RestartChild, ctx: &mut Self::Context) -> Self::Result {
        self.plan_for(message.0, |key| Plan::restart([key], Duration::ZERO, [key]), ctx)
    }
}

impl Supervisor {
    fn plan_for(
        &mut self,
        name: String,
        plan: impl FnOnce(super::Key) -> Plan,
        ctx: &mut Context<Self>,
    ) -> Result<(), SupervisorError> {
        if self.closing.is_some() {
            return Err(SupervisorError::ShuttingDown);
        }
        if self.plan.is_some() {
            return Err(SupervisorError::Busy);
        }
        let Some(key) = self.roster.key_of(&name) else {
            return Err(SupervisorError::NoSuchChild { name });
        };
        self.adopt_plan(plan(key), ctx);
        Ok(())
    }
}

/// How many children there are.
#[derive(Clone, Copy, Debug)]
pub struct CountChildren;

/// The answer to [`CountChildren`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChildCount {
    /// Children known to the supervisor.
    pub known: usize,
    /// Those with a running incarnation.
    pub running: usize,
}

impl Message for CountChildren {
    type Result = ChildCount;
}

impl Msg for CountChildren {}

impl Handler<CountChildren> for Supervisor {
    type Result = MessageResult<CountChildren>;

    fn handle(&mut self, _: CountChildren, _: &mut Self::Context) -> Self::Result {
        let running = self.roster.all().filter(|kid| kid.running).count();
        MessageResult(ChildCount { known: self.roster.all().count(), running })
    }
}
