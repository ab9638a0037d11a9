//! Says that this process lives, and holds the shards that are its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::TokenId;
use engine::universe::Watched;
use relay::{HeldShard, Member, MemberState, Plan, RelayError, RelaySettings, Role, preferred};

use super::writer::HoldingChanged;
use crate::cluster::{Identity, Leave, Line, part};
use crate::messages::UniverseChanged;
use crate::shared::Shared;
use crate::supervision::Handle;

/// Between two looks at who is there.
const INTERVAL: Duration = Duration::from_millis(500);
/// A feed that was not heard of for so long is taken for gone, and its shards for free.
const MEMBER_SILENCE_MAX: Duration = Duration::from_secs(3);
/// So long a shard is held without a sign of life.
const TERM: Duration = Duration::from_secs(3);

/// The shards that this process holds.
#[derive(Clone, Debug, Default)]
pub struct HeldShards(pub(super) BTreeMap<u16, HeldShard>);

/// How this process stands, for whoever asks it over HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Redis was not reached yet.
    #[default]
    Starting,
    /// It holds these shards of so many.
    Holding {
        /// Which ones.
        shards: Vec<u16>,
        /// Of how many.
        of: usize,
    },
    /// Redis does not answer.
    CutOff(String),
}

/// Whom it tells.
#[derive(Clone)]
pub struct ShardKeeperOutlets {
    /// What the feeds of this process watch.
    pub watched: Shared<Watched>,
    /// The feeds, by shard.
    pub feeds: Vec<Handle<UniverseChanged>>,
    /// Who appends what they bring.
    pub writer: Handle<HoldingChanged>,
    /// By which right.
    pub held: Shared<HeldShards>,
    /// How it stands.
    pub standing: Shared<Standing>,
}

/// Holds shards.
pub struct ShardKeeper {
    identity: Identity,
    outlets: ShardKeeperOutlets,
    /// `None` while a round is under way, and once it has parted.
    state: Option<State>,
    /// Told to part: there are no more rounds.
    is_leaving: bool,
}

/// What one round hands to the next.
struct State {
    line: Line,
    plan: Plan,
    held: BTreeMap<u16, HeldShard>,
}

impl ShardKeeper {
    /// Holds nothing yet.
    #[must_use]
    pub fn new(redis: RelaySettings, identity: Identity, outlets: ShardKeeperOutlets) -> Self {
        let (line, plan, held) = (Line::new(redis), Plan::default(), BTreeMap::new());
        Self { identity, outlets, state: Some(State { line, plan, held }), is_leaving: false }
    }

    fn round(&mut self, ctx: &mut Context<Self>) {
        let Some(mut state) = self.state.take() else { return };
        let me = Member {
            shards: state.held.keys().copied().collect(),
            tokens: tokens(&state).iter().map(Vec::len).sum(),
            ..self.identity.member(Role::Feed, MemberState::Watching)
        };
        // Without Redis what is held stays held: whoever else has it by now is asked when Redis is
        // back, and until then nothing that is said can be appended.
        let round = async move {
            let done = hold(&me, &mut state).await;
            let done = done.inspect_err(|_| state.line.drop_it());
            (state, done)
        };
        ctx.spawn(round.into_actor(self).map(|(state, done), actor, ctx| {
            actor.settle(&state, done.as_ref().err());
            actor.state = Some(state);
            if actor.is_leaving {
                actor.leave(ctx);
            }
        }));
    }

    /// Gives back what is held, so that nobody has to wait for its end.
    fn leave(&mut self, ctx: &mut Context<Self>) {
        self.is_leaving = true;
        let Some(State { mut line, held, .. }) = self.state.take() else { return };
        let name = self.identity.name.clone();
        let leaving = async move {
            part(&mut line, async |relay| {
                // First: what is free belongs to one of those who stay.
                relay.say_goodbye(&name).await?;
                for held in held.values() {
                    relay.give_back_shard(held).await?;
                }
                Ok(())
            })
            .await;
        };
        ctx.spawn(leaving.into_actor(self).map(|(), _, ctx| ctx.stop()));
    }

    /// Tells everybody what is held now.
    fn settle(&self, state: &State, error: Option<&RelayError>) {
        self.show(state, error);
        let epochs = |held: &BTreeMap<u16, HeldShard>| -> Vec<u64> {
            held.values().map(HeldShard::epoch).collect()
        };
        if epochs(&self.outlets.held.get().0) != epochs(&state.held) {
            tracing::info!(shards = ?state.held.keys().collect::<Vec<_>>(), "shards are held");
            self.outlets.held.set(Arc::new(HeldShards(state.held.clone())));
            if let Err(error) = self.outlets.writer.tell(HoldingChanged) {
                tracing::warn!(%error, "what the feeds bring goes nowhere");
            }
        }
        let shards = tokens(state);
        if self.outlets.watched.get().shards != shards {
            self.outlets.watched.set(Arc::new(Watched::new([], [], shards)));
            for feed in &self.outlets.feeds {
                if let Err(error) = feed.tell(UniverseChanged) {
                    tracing::warn!(%error, feed = feed.name(), "a feed was not told what to watch");
                }
            }
        }
        let room = self.outlets.feeds.len();
        if state.plan.shards().len() > room {
            tracing::error!(
                room,
                shards = state.plan.shards().len(),
                "shards are left alone: set feed.tokens_max here as for the process that decides"
            );
        }
    }

    fn show(&self, state: &State, error: Option<&RelayError>) {
        let standing = match error {
            Some(error) => {
                tracing::warn!(%error, "shards are not renewed; soon others take them");
                Standing::CutOff(error.to_string())
            }
            None => Standing::Holding {
                shards: state.held.keys().copied().collect(),
                of: state.plan.shards().len(),
            },
        };
        self.outlets.standing.set(Arc::new(standing));
    }
}

/// The tokens of every shard of the plan; none of those that are not held.
fn tokens(state: &State) -> Vec<Vec<TokenId>> {
    let shards = (0u16..).zip(state.plan.shards());
    shards
        .map(|(shard, tokens)| match state.held.contains_key(&shard) {
            true => tokens.clone(),
            false => Vec::new(),
        })
        .collect()
}

/// Says that this process lives, and takes, renews and gives back what is its own by now.
async fn hold(me: &Member, state: &mut State) -> Result<(), RelayError> {
    let relay = state.line.get().await?;
    relay.say_alive(me).await?;
    if let Some(plan) = relay.plan_after(state.plan.version()).await? {
        state.plan = plan;
    }
    let members = relay.members().await?;
    let alive: BTreeSet<&str> = members
        .iter()
        .filter(|seen| seen.member.role == Role::Feed && seen.ago < MEMBER_SILENCE_MAX)
        .map(|seen| seen.member.name.as_str())
        .collect();
    let shards = u16::try_from(state.plan.shards().len()).unwrap_or(u16::MAX);
    for shard in 0..shards {
        let is_ours = preferred(shard, alive.iter().copied()) == Some(me.name.as_str());
        match (state.held.get(&shard), is_ours) {
            (Some(held), true) => {
                if !relay.renew_shard(held, TERM).await? {
                    tracing::warn!(shard, "another process has taken a shard");
                    state.held.remove(&shard);
                }
            }
            (Some(held), false) => {
                relay.give_back_shard(held).await?;
                state.held.remove(&shard);
            }
            (None, true) => {
                if let Some(held) = relay.take_shard(shard, &me.name, TERM).await? {
                    state.held.insert(shard, held);
                }
            }
            (None, false) => {}
        }
    }
    state.held.retain(|shard, _| *shard < shards);
    Ok(())
}

impl Actor for ShardKeeper {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.round(ctx);
        ctx.run_interval(INTERVAL, Self::round);
    }
}

impl Handler<Leave> for ShardKeeper {
    type Result = ();
    fn handle(&mut self, _: Leave, ctx: &mut Self::Context) {
        self.leave(ctx);
    }
}
