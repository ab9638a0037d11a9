//! Who tells the stories of opportunities, where somebody does.

use std::sync::Arc;
use std::time::Duration;

use actors::messages::OpportunityTraced;
use actors::supervision::{
    ActorRef, Backoff, ChildSpec, Handle, Life, Limits, Placement, Reserved, Shutdown,
};
use actors::traces::{BacklogLimits, StopTracing, Tracer, TracerSettings, TracerSights};
use actors::trading::{EventsKept, OpportunitiesPassed, OrdersPosted, TradingBoard};
use domain::DurationMillis;
use engine::trace::TraceLimits;
use otlp::{CollectorSettings, Resource};

use super::{Common, convert};
use crate::settings::Settings;

/// Facts that wait; what is more is left out, and the trading roles never wait.
const WAITING_MAX: usize = 16_384;
/// For what is known when the service stops.
const DRAIN: Duration = Duration::from_secs(3);

/// The tracer of a run, known before it is planted.
pub(super) struct Plan(Option<Planned>);

struct Planned {
    place: Reserved<Tracer>,
    settings: TracerSettings,
}

impl Plan {
    pub(super) fn new(settings: &Settings) -> Self {
        Self(tracer(settings).map(|settings| {
            Planned {
                place: ChildSpec::reserve("tracer")
                    .limits(Limits { normal: WAITING_MAX, ..Limits::default() }),
                settings,
            }
        }))
    }
    fn address(&self) -> Option<ActorRef<Tracer>> {
        self.0.as_ref().map(|planned| planned.place.address())
    }
    /// Hears of opportunities.
    pub(super) fn opportunities(&self) -> Option<Handle<OpportunityTraced>> {
        self.address().map(|tracer| tracer.handle())
    }
    /// Hears of what became durable.
    pub(super) fn kept(&self) -> Option<Handle<EventsKept>> {
        self.address().map(|tracer| tracer.handle())
    }
    /// Hears why nothing was wished.
    pub(super) fn passed(&self) -> Option<Handle<OpportunitiesPassed>> {
        self.address().map(|tracer| tracer.handle())
    }
    /// Hears of what went to the venue.
    pub(super) fn posted(&self) -> Option<Handle<OrdersPosted>> {
        self.address().map(|tracer| tracer.handle())
    }

    pub(super) fn plant(self, common: &Common, trading: Arc<TradingBoard>) -> Option<ChildSpec> {
        let Planned { place, settings } = self.0?;
        let sights = TracerSights {
            trading,
            listing: common.listing.clone(),
            board: Arc::clone(&common.board),
        };
        let clock = common.clock.clone();
        let tracer = place.actor(move |_, life: &Life<Tracer>| {
            Tracer::new(life.clone(), settings.clone(), clock.clone(), sights.clone())
        });
        // So slow that a bug in it never ends the service.
        let backoff = Backoff::exponential(Duration::from_secs(10), Duration::from_secs(60));
        let tracer = tracer.placement(Placement::Dedicated).backoff(backoff);
        let tracer = tracer.shutdown(Shutdown::Drain(DRAIN)).stop_with(|tracer| {
            if let Err(error) = tracer.tell(StopTracing) {
                tracing::warn!(%error, "the tracer could not be asked to finish");
            }
        });
        Some(tracer.build().0)
    }
}

/// How it is told; `None` where nothing is.
fn tracer(settings: &Settings) -> Option<TracerSettings> {
    let traces = &settings.traces;
    Some(TracerSettings {
        collector: collector(settings)?,
        resource: resource(settings),
        limits: TraceLimits { open_max: traces.open_max, untraded_bips: traces.untraded_bips },
        backlog: BacklogLimits {
            waiting_max: traces.queue_max,
            batch_max: traces.batch_max,
            pause: DurationMillis(convert::millis(traces.interval)),
        },
    })
}

/// Where the collector is; `None` where nothing is told.
pub fn collector(settings: &Settings) -> Option<CollectorSettings> {
    let traces = &settings.traces;
    let endpoint = traces.endpoint.clone().filter(|_| traces.enabled)?;
    Some(CollectorSettings { endpoint, headers: traces.headers.clone(), timeout: traces.timeout })
}

/// Who tells.
pub fn resource(settings: &Settings) -> Resource {
    Resource {
        service_name: settings.traces.service_name.clone(),
        service_version: env!("CARGO_PKG_VERSION").to_owned(),
        instance: settings.cluster.called(),
        environment: settings.mode.to_string(),
    }
}
