//! Every figure of `/metrics`: its name, kind, labels and meaning. docs/metrics.md is made of this.

use super::scrape::Metric;

/// How a figure moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows, from zero at the start of the program.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Durations in buckets.
    Histogram,
}

impl Kind {
    /// As Prometheus says it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// Whether there is a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum There {
    /// From the first moments of every run.
    Always,
    /// Once there is something to tell.
    Sometimes,
}

/// A figure, described.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// Its name; the unit is last.
    pub name: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// Its labels. Each has few values, which the settings or the program bound.
    pub labels: &'static [&'static str],
    /// Whether there is a value.
    pub there: There,
    /// What it says.
    pub help: &'static str,
}

/// Figures of one matter.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// What they are of.
    pub title: &'static str,
    /// In the order of the document.
    pub metrics: &'static [Described],
}

macro_rules! catalogue {
    ($($title:literal { $($id:ident = $kind:ident $name:literal [$($label:literal),*] $there:ident
        $help:literal;)+ })+) => {
        $($(
            pub(super) static $id: Metric<{ let labels: &[&str] = &[$($label),*]; labels.len() }> =
                Metric { name: $name, labels: [$($label),*] };
        )+)+
        /// Every figure that is served, by matter.
        pub static SECTIONS: &[Section] = &[
            $(Section { title: $title, metrics: &[
                $(Described {
                    name: $name,
                    kind: Kind::$kind,
                    labels: &[$($label),*],
                    there: There::$there,
                    help: $help,
                }),+
            ] }),+
        ];
    };
}

catalogue! {
    "The service" {
        BUILD_INFO = Gauge "dutchbook_build_info" ["version", "mode"] Always
            "Always 1; which version runs, and in which mode.";
        START_TIME = Gauge "dutchbook_start_time_seconds" [] Always
            "When the program started, in seconds since 1970.";
        READY = Gauge "dutchbook_ready" [] Always
            "1 while the service is of use, as /health/ready says it.";
        LIVE_CLIENTS = Gauge "dutchbook_live_clients" [] Always
            "Browsers and programs connected to the live socket.";
        DISK_FREE = Gauge "dutchbook_disk_free_bytes" [] Always
            "Free space where store.data_dir is.";
        TLS_EXPIRY = Gauge "dutchbook_tls_certificate_expiry_timestamp_seconds" [] Sometimes
            "When the certificate of web.tls_certificate_file ends, in seconds since 1970.";
        TOKENS = Gauge "dutchbook_tokens" [] Always
            "Tokens of programs that are in force.";
        TOKENS_AGE = Gauge "dutchbook_tokens_read_age_seconds" [] Sometimes
            "Since the list of tokens was last read.";
    }
    "Several processes" {
        CLUSTER_REDIS_UP = Gauge "dutchbook_cluster_redis_up" [] Sometimes
            "1 while Redis answers the process that decides; without a value where there is none.";
        CLUSTER_MEMBERS = Gauge "dutchbook_cluster_members" ["role", "state"] Sometimes
            "Processes that were heard of within ten minutes, by what they are for and what they do; silent: not for four seconds.";
        CLUSTER_BEHIND = Gauge "dutchbook_cluster_behind_facts" [] Sometimes
            "Of a web process: facts that the process that decides had said, and that were not repeated here yet.";
        CLUSTER_HEARD_AGE = Gauge "dutchbook_cluster_leader_heard_age_seconds" [] Sometimes
            "Of a web process: since it last heard what the process that decides says, by its own clock.";
        CLUSTER_UNHELD = Gauge "dutchbook_cluster_shards_unheld" [] Sometimes
            "Parts of the market feed that have something to watch and that no process holds.";
        FEED_DELAY = Gauge "dutchbook_feed_delay_seconds" ["feed"] Sometimes
            "How long what came last was on its way from the socket of another process to the books.";
    }
    "Market data" {
        FEED_AGE = Gauge "dutchbook_feed_age_seconds" [] Sometimes
            "Since any connection last carried data.";
        FEED_LIVE = Gauge "dutchbook_feed_live" ["feed"] Always
            "1 while data arrives on this connection, or it has nothing to watch.";
        FEED_TOKENS = Gauge "dutchbook_feed_tokens" ["feed"] Always
            "Tokens that this connection watches.";
        FEED_FRAMES = Counter "dutchbook_feed_frames_total" ["feed"] Always
            "Frames received.";
        FEED_DROPPED = Counter "dutchbook_feed_frames_dropped_total" ["feed"] Always
            "Frames let go because the books could not keep up; their books wait for a snapshot.";
        FEED_RECONNECTS = Counter "dutchbook_feed_reconnects_total" ["feed"] Always
            "Connections opened after the first.";
        FEED_FREEZES = Counter "dutchbook_feed_freezes_total" ["feed"] Always
            "Connections that stayed open and carried no data; they were opened anew.";
        FRAMES = Counter "dutchbook_frames_total" [] Always
            "Frames applied to the books.";
        FRAMES_FALLBACK = Counter "dutchbook_frames_fallback_total" [] Always
            "Frames that the fast scanner left to the general parser.";
        FRAMES_REFUSED = Counter "dutchbook_frames_refused_total" [] Always
            "Frames that could not be read.";
        EVENTS_UNKNOWN = Counter "dutchbook_events_unknown_total" [] Always
            "Events of a kind that this version does not know.";
        BOOKS = Gauge "dutchbook_books" ["trust"] Always
            "Order books by whether they may be believed: trusted, suspect, stale, waiting.";
        BOOKS_TRUSTED = Gauge "dutchbook_books_trusted_ratio" [] Sometimes
            "The part of the watched books that may be traded on, 0 to 1.";
        BOOK_RESYNCS = Counter "dutchbook_book_resyncs_total" [] Always
            "Snapshots asked for again.";
        BOOK_CHECKS = Counter "dutchbook_book_checks_total" ["result"] Always
            "Books compared with what REST states: agree, differ.";
        TAPE_LIVE = Gauge "dutchbook_tape_live" [] Always
            "1 while the live stream of everybody's trades carries data.";
        TAPE_TRADES = Counter "dutchbook_tape_trades_total" [] Always
            "Trades of others that were large enough to be told.";
        TAPE_WHALES = Counter "dutchbook_tape_whales_total" [] Always
            "Whales that were told.";
        COLLECTOR_AGE = Gauge "dutchbook_collector_run_age_seconds" ["collector"] Sometimes
            "Since the collector's last run ended.";
        COLLECTOR_OK = Gauge "dutchbook_collector_ok" ["collector"] Sometimes
            "1 where its last run succeeded.";
    }
    "Opportunities" {
        LOOKS_PASSED = Counter "dutchbook_looks_passed_total" ["stage"] Always
            "Looks that went on, by stage: touch, depth.";
        LOOKS_ENDED = Counter "dutchbook_looks_ended_total" ["stage", "reason"] Always
            "Looks that ended there, and why.";
        OPPORTUNITIES_OPEN = Gauge "dutchbook_opportunities_open" ["kind"] Always
            "Opportunities open now.";
        OPPORTUNITIES_FOUND = Counter "dutchbook_opportunities_found_total" ["kind"] Always
            "Opportunities found.";
        OPPORTUNITIES_PASSED = Counter "dutchbook_opportunities_passed_total" ["kind", "gate"] Sometimes
            "Opportunities that a strategy let go, by the first gate that refused.";
        SIGNALS = Counter "dutchbook_signals_total" ["strategy"] Always
            "Wishes to trade that strategies raised.";
        SIGNALS_LOST = Counter "dutchbook_signals_lost_total" ["strategy"] Always
            "Wishes that nobody could take.";
        DECISIONS = Counter "dutchbook_decisions_total" ["verdict", "gate"] Always
            "Wishes decided: approved (gate none), or refused by the first gate that did.";
    }
    "Speed" {
        STAGE = Histogram "dutchbook_stage_duration_seconds" ["stage"] Always
            "How long each stage takes. books: from a frame's arrival to the books that hold it. wish: from the moment at which the feed vouched for the oldest book to the wish. decide: from the wish to the decision. keep: until it is durable. answer: from the decision about an order to the venue's first word. settle: from the match to its being final.";
    }
    "Trading" {
        HALTED = Gauge "dutchbook_trading_halted" [] Sometimes
            "1 while nothing new is begun.";
        HALTS = Counter "dutchbook_halts_total" [] Always
            "How often trading was halted.";
        RECONCILED = Gauge "dutchbook_reconciled" [] Sometimes
            "1 while our books were compared with the venue's and agree.";
        RECONCILE_AGE = Gauge "dutchbook_reconcile_age_seconds" [] Sometimes
            "Since our books were last compared with the venue's and the chain's.";
        RECONCILE_DIFFERENCES = Gauge "dutchbook_reconcile_differences" ["severity"] Always
            "Differences found at the last comparison: heals (news that was missed), halts (money does not add up).";
        VENUE_REFUSES = Gauge "dutchbook_venue_refuses" ["what"] Always
            "1 while the venue takes no orders, or the chain no transactions.";
        USER_SOCKET = Gauge "dutchbook_user_socket_up" [] Always
            "1 while the account's own socket brings news; 0 on paper, which has none.";
        ORDERS_OPEN = Gauge "dutchbook_orders_open" ["state"] Sometimes
            "Orders that may still be matched. in_doubt: sent perhaps, and nothing is known of it.";
        ORDER_DOUBT_AGE = Gauge "dutchbook_order_in_doubt_age_seconds" [] Sometimes
            "How long the oldest order in doubt has been so; 0 where there is none.";
        ORDERS_INTENDED = Counter "dutchbook_orders_intended_total" [] Always
            "Orders decided, signed and written down.";
        ORDERS = Counter "dutchbook_orders_ended_total" ["outcome"] Always
            "Orders by how they ended.";
        FILLS_CONFIRMED = Counter "dutchbook_fills_confirmed_total" [] Always
            "Matches that settled for good.";
        FILLS_GHOST = Counter "dutchbook_fills_ghost_total" [] Always
            "Matches that the venue told and that never settled.";
        PLANS_OPEN = Gauge "dutchbook_plans_open" [] Sometimes
            "Plans under way.";
        PLANS = Counter "dutchbook_plans_ended_total" ["verdict"] Always
            "Plans by how they ended: done, nothing (nobody traded), unbalanced (shares are left over).";
        RISK_USED = Gauge "dutchbook_risk_used_ratio" ["limit"] Sometimes
            "What is used of each limit, 1 at the limit; the worst market's or group's where it is one of many.";
        CERTIFICATE_PLANS = Counter "dutchbook_certificate_plans_total" [] Sometimes
            "Plans that traded, since the journal began.";
        CERTIFICATE_BREACHES = Counter "dutchbook_certificate_breaches_total" [] Sometimes
            "Of these: ended worse than their certificate promised at worst.";
        CERTIFICATE_BREACHED = Counter "dutchbook_certificate_breached_usd_total" [] Sometimes
            "By how many dollars in all.";
        EQUITY = Gauge "dutchbook_equity_usd" [] Sometimes
            "Dollars and everything held, at the best bids.";
        EQUITY_PEAK = Gauge "dutchbook_equity_peak_usd" [] Sometimes
            "The highest equity so far.";
        CASH = Gauge "dutchbook_cash_usd" ["phase"] Sometimes
            "Dollars: settled, pending_in and pending_out (what provisional trades and tasks bring and take), reserved (for open plans).";
        PNL = Gauge "dutchbook_pnl_usd" ["phase"] Sometimes
            "Earned since the journal began: realised (given up, before costs; provisional trades count until they are reversed), unrealised (held, at the best bids), fees, gas and adjusted (what these took away is negative).";
        PNL_TODAY = Gauge "dutchbook_pnl_today_usd" [] Sometimes
            "Net of fees and gas since midnight UTC.";
        DAY_LOSS = Gauge "dutchbook_day_loss_usd" [] Sometimes
            "What counts against the day's limit of losses.";
    }
    "Database" {
        STORE_UP = Gauge "dutchbook_store_up" [] Always
            "1 where the last write succeeded.";
        STORE_QUEUED = Gauge "dutchbook_store_queued_rows" [] Always
            "Rows that wait to be written.";
        STORE_LAG = Gauge "dutchbook_store_lag_seconds" [] Always
            "For how long rows have waited; 0 where none waits.";
        STORE_WRITTEN = Counter "dutchbook_store_written_rows_total" [] Always
            "Rows written.";
        STORE_DROPPED = Counter "dutchbook_store_dropped_rows_total" [] Always
            "Market rows left out because too many waited. Rows about money are never left out.";
    }
    "Actors" {
        ACTOR_UP = Gauge "dutchbook_actor_up" ["actor"] Always
            "1 while it is at work.";
        ACTOR_DEGRADED = Gauge "dutchbook_actor_degraded" ["actor"] Always
            "1 while it is at work and says that something impairs it.";
        ACTOR_RESTARTS = Counter "dutchbook_actor_restarts_total" ["actor"] Always
            "Restarts after an end of its own.";
        ACTOR_QUEUE = Gauge "dutchbook_actor_queue_depth" ["actor"] Always
            "Messages that wait in its mailbox.";
        ACTOR_HANDLED = Counter "dutchbook_actor_messages_total" ["actor"] Always
            "Messages handled to the end.";
        ACTOR_LOST = Counter "dutchbook_actor_messages_lost_total" ["actor", "how"] Always
            "Messages that nobody handled: full (refused), down (refused), expired, purged, crashed (at hand when it ended).";
        ORPHAN_PANICS = Counter "dutchbook_orphan_panics_total" [] Always
            "Panics outside every supervised actor.";
        ABANDONED = Gauge "dutchbook_abandoned_threads" [] Always
            "Threads given up because the actor on them did not come back.";
    }
    "Language models" {
        MODEL_CALLS = Counter "dutchbook_model_calls_total" ["model", "result"] Sometimes
            "Calls: answered, or why not.";
        MODEL_COST = Counter "dutchbook_model_cost_usd_total" ["model"] Sometimes
            "What its calls cost.";
        MODEL_BUDGET = Gauge "dutchbook_model_budget_usd" ["part"] Sometimes
            "The day's money (UTC): limit, spent, reserved.";
        MODEL_BRIER = Gauge "dutchbook_model_brier" ["model"] Sometimes
            "Brier score of its own statements about resolved questions; 0 is perfect, 0.25 is guessing.";
        FORECAST_BRIER = Gauge "dutchbook_forecast_brier" ["of"] Sometimes
            "Brier score of resolved forecasts: swarm, and the market on the same ones.";
        FORECASTS_RESOLVED = Gauge "dutchbook_forecasts_resolved" [] Always
            "Forecasts whose question is resolved.";
    }
    "Traces" {
        TRACES_OPEN = Gauge "dutchbook_traces_open" [] Sometimes
            "Opportunities whose story is being told; without a value where traces are switched off, like those that follow.";
        TRACES_LEFT_OUT = Counter "dutchbook_traces_left_out_total" [] Sometimes
            "Opportunities given up or never followed, because traces.open_max were.";
        TRACE_SPANS_QUEUED = Gauge "dutchbook_trace_spans_queued" [] Sometimes
            "Spans that wait for the collector.";
        TRACE_SPANS = Counter "dutchbook_trace_spans_total" ["result"] Sometimes
            "Spans: sent; dropped (too many waited, the oldest went); failed (the collector refused them, or took them at none of five tries).";
    }
    "Messages to people" {
        ALERTS = Counter "dutchbook_alerts_total" ["channel", "state"] Sometimes
            "Messages by channel: sent, dead (given up), held (left out by the channel's rule).";
        ALERTS_LEFT_OUT = Counter "dutchbook_alerts_left_out_total" [] Always
            "Alerts left out because too many came at once.";
        ALERTS_UNWRITTEN = Counter "dutchbook_alerts_unwritten_total" [] Always
            "Alerts and outcomes that could not be written down.";
    }
}
