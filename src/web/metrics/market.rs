//! Figures of market data and of what was found in it.

use actors::board::FeedState;
use actors::tape::TapeState;
use domain::UnixMillis;
use engine::opportunity::OpportunityKind;

use super::catalogue as it;
use super::scrape::{Figure, Scrape};
use super::since;
use crate::web::state::WebState;

pub(super) fn put(scrape: &mut Scrape, state: &WebState, now: UnixMillis) {
    feeds(scrape, state, now);
    books(scrape, state);
    collectors(scrape, state, now);
    opportunities(scrape, state);
}

fn feeds(scrape: &mut Scrape, state: &WebState, now: UnixMillis) {
    if let Some(at) = state.board.last_data_at() {
        scrape.put(&it::FEED_AGE, [], since(at, now));
    }
    for (shard, feed) in state.board.feeds() {
        let name = format!("feed-{shard}");
        let live = matches!(feed.state, FeedState::Live | FeedState::Idle);
        scrape.put(&it::FEED_LIVE, [&name], live);
        scrape.put(&it::FEED_TOKENS, [&name], feed.tokens);
        scrape.put(&it::FEED_FRAMES, [&name], feed.frames);
        scrape.put(&it::FEED_DROPPED, [&name], feed.frames_dropped);
        scrape.put(&it::FEED_RECONNECTS, [&name], feed.reconnects);
        scrape.put(&it::FEED_FREEZES, [&name], feed.silences);
    }
    let tape = state.tape.get();
    scrape.put(&it::TAPE_LIVE, [], tape.state == TapeState::Live);
    scrape.put(&it::TAPE_TRADES, [], tape.counts.told);
    scrape.put(&it::TAPE_WHALES, [], tape.counts.whales);
}

fn books(scrape: &mut Scrape, state: &WebState) {
    let books = state.board.books();
    for (trust, count) in [
        ("trusted", books.trusted),
        ("suspect", books.suspect),
        ("stale", books.stale),
        ("waiting", books.waiting),
    ] {
        scrape.put(&it::BOOKS, [trust], count);
    }
    let all = books.trusted + books.suspect + books.stale + books.waiting;
    let (Figure(trusted), Figure(all)) = (books.trusted.into(), all.into());
    scrape.put(&it::BOOKS_TRUSTED, [], trusted / all);
    scrape.put(&it::FRAMES, [], books.frames);
    scrape.put(&it::FRAMES_FALLBACK, [], books.frames_fallback);
    scrape.put(&it::FRAMES_REFUSED, [], books.frames_refused);
    scrape.put(&it::EVENTS_UNKNOWN, [], books.events_unknown);
    scrape.put(&it::BOOK_RESYNCS, [], books.resyncs);
    scrape.put(&it::BOOK_CHECKS, ["agree"], books.cross_checks_agree);
    scrape.put(&it::BOOK_CHECKS, ["differ"], books.cross_checks_differ);
    scrape.put_latency(&it::STAGE, ["books"], &state.board.frames_took().read());
}

fn collectors(scrape: &mut Scrape, state: &WebState, now: UnixMillis) {
    for (name, collector) in state.board.collectors() {
        if let Some(at) = collector.last_run_at {
            scrape.put(&it::COLLECTOR_AGE, [name], since(at, now));
            scrape.put(&it::COLLECTOR_OK, [name], collector.error.is_none());
        }
    }
}

fn opportunities(scrape: &mut Scrape, state: &WebState) {
    let (books, detector) = (state.board.books(), state.board.detector());
    for (stage, funnel) in [("touch", &books.screen), ("depth", &detector.depth)] {
        scrape.put(&it::LOOKS_PASSED, [stage], funnel.passed());
        for (reason, count) in funnel.reasons() {
            scrape.put(&it::LOOKS_ENDED, [stage, reason.code()], count);
        }
    }
    let open = state.opportunities.open();
    for kind in OpportunityKind::ALL {
        let open = open.iter().filter(|record| record.id.kind == kind).count();
        let found = detector.found_by_kind.get(&kind).copied().unwrap_or(0);
        scrape.put(&it::OPPORTUNITIES_OPEN, [kind.code()], open);
        scrape.put(&it::OPPORTUNITIES_FOUND, [kind.code()], found);
    }
}
