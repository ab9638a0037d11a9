//! Each opportunity's story, as a collector is told it.

mod collector;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sha2::{Digest, Sha256};
use simvenue::WalletKind;

use super::program::{CASH, Owner, Plan, Program, Start, upset, venue};
use collector::{Collector, Span};

const HEADERS: &str = "authorization=Bearer%20trace-hunter2";

/// With traces, and everything told.
fn told<'a>(plan: Plan<'a>, collector: &Collector) -> Plan<'a> {
    plan.with("traces.enabled=true")
        .with(&format!("traces.endpoint=http://{}", collector.address))
        .with("traces.service_name=desk")
        .with("traces.untraded_bips=10000")
        .with("traces.interval_ms=100")
}

/// The whole trace of an opportunity of which a leg was settled and nothing is left.
fn settled(collector: &Collector) -> Option<Vec<Span>> {
    let mut traces: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    for span in collector.spans() {
        traces.entry(span.trace_id.clone()).or_default().push(span);
    }
    traces.into_values().find(|spans| {
        let is_done = |span: &Span| {
            let is_of_one_market = span.get("kind").is_some_and(|it| it.starts_with("parity"));
            is_of_one_market && span.get("verdict") == Some("done") && span.name == "opportunity"
        };
        let first =
            |name: &str| spans.iter().filter(|it| it.name == name).map(Span::began_at).min();
        // A look that confirms may be the first that sees it; no frame caused that.
        let is_from_its_frame = first("frame").is_some() && first("frame") == first("opportunity");
        spans.iter().any(is_done) && first("settle").is_some() && is_from_its_frame
    })
}

/// Those of one name, the earliest first.
fn only<'a>(spans: &'a [Span], name: &str) -> Vec<&'a Span> {
    let mut found: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
    found.sort_by_key(|span| span.began_at());
    found
}

/// Every span once, every parent there, and no step before what led to it.
fn is_one_story(spans: &[Span]) {
    let ids: BTreeSet<_> = spans.iter().map(|span| span.span_id.as_str()).collect();
    assert_eq!(ids.len(), spans.len(), "a span came twice: {spans:#?}");
    let [whole] = spans.iter().filter(|it| it.parent_span_id.is_none()).collect::<Vec<_>>()[..]
    else {
        panic!("not one root: {spans:#?}");
    };
    assert_eq!(whole.name, "opportunity");
    // A person finds the trace with sha256sum.
    let digest = Sha256::digest(whole.get("opportunity.id").unwrap());
    assert_eq!(whole.trace_id, hex::encode(&digest[..16]));
    for span in spans {
        let Some(parent) = &span.parent_span_id else { continue };
        let parent = spans.iter().find(|it| it.span_id == *parent).unwrap();
        let is_within =
            parent.began_at() <= span.began_at() && span.ended_at() <= parent.ended_at();
        assert!(is_within, "{span:#?} is not within {parent:#?}");
        let expected = match span.name.as_str() {
            "frame" | "examine" | "pass" | "decide" | "plan" => "opportunity",
            "order" | "transact" => "plan",
            "settle" => "order",
            other => panic!("what is {other}?"),
        };
        assert_eq!(parent.name, expected, "{span:#?}");
    }
    let frame = only(spans, "frame")[0];
    let examine = only(spans, "examine")[0];
    let plan = only(spans, "plan")[0];
    let signal = plan.get("signal.id");
    let decide =
        spans.iter().find(|it| it.name == "decide" && it.get("signal.id") == signal).unwrap();
    assert_eq!(decide.get("verdict"), Some("approved"));
    assert_eq!(frame.moment("received"), Some(frame.began_at()));
    let steps = [
        frame.began_at(),
        frame.ended_at(),
        examine.ended_at(),
        decide.began_at(),
        decide.ended_at(),
        plan.began_at(),
        plan.ended_at(),
        whole.ended_at(),
    ];
    assert!(steps.is_sorted(), "{steps:?} {spans:#?}");
    for order in only(spans, "order") {
        let moments = ["decided", "written_down", "acknowledged", "ended"];
        let moments = moments.map(|name| order.moment(name).unwrap());
        assert!(moments[0] <= moments[1] && moments[2] <= moments[3], "{order:#?}");
        assert!(plan.began_at() <= moments[0], "{order:#?}");
    }
}

/// The figure of spans that came to this.
async fn spans_by(program: &Program, result: &str) -> usize {
    let figures = program.figures().await;
    let name = format!("dutchbook_trace_spans_total{{result=\"{result}\"}} ");
    let figure = figures.lines().find_map(|it| it.strip_prefix(&name));
    figure.unwrap_or_else(|| panic!("no {name}: {figures}")).parse().unwrap()
}

/// What the API says of the same plan.
async fn agrees_with_the_api(program: &Program, spans: &[Span]) {
    let whole = spans.iter().find(|it| it.parent_span_id.is_none()).unwrap();
    let path = "/api/v1/orders?limit=500";
    let of_trace: BTreeSet<_> =
        only(spans, "order").into_iter().map(|it| it.get("order.id").unwrap().to_owned()).collect();
    let is_there = |page: &Value| {
        let rows = page["data"].as_array().cloned().unwrap_or_default();
        let ids: BTreeSet<_> =
            rows.iter().map(|row| row["id"].as_str().unwrap_or_default().to_owned()).collect();
        of_trace.is_subset(&ids)
    };
    program.until(path, is_there).await;
    let cash = |side: &str| -> i64 {
        let orders = only(spans, "order");
        let ids: BTreeSet<_> = (orders.iter().filter(|order| order.get("side") == Some(side)))
            .map(|order| order.span_id.as_str())
            .collect();
        let settled = only(spans, "settle").into_iter();
        let alive = settled.filter(|it| it.get("state") == Some("confirmed"));
        let of_side = alive.filter(|it| ids.contains(it.parent_span_id.as_deref().unwrap()));
        let worth = |it: &Span| {
            let (value, fee) = (it.whole("value_microusd"), it.whole("fee_microusd"));
            if side == "buy" { -(value + fee) } else { value - fee }
        };
        of_side.map(worth).sum()
    };
    let transacted: i64 = (only(spans, "transact").into_iter())
        .filter(|it| it.get("outcome") == Some("confirmed"))
        .map(|it| match it.get("action") {
            Some("merge") => it.whole("amount_microshares"),
            Some("split") => -it.whole("amount_microshares"),
            other => panic!("{other:?} is no part of a trade in one market"),
        })
        .sum();
    let sum = cash("buy") + cash("sell") + transacted;
    assert_eq!(whole.whole("pnl.cash_microusd"), sum, "the parts make the result: {spans:#?}");
}

#[actix_rt::test]
async fn an_opportunity_that_is_traded_on_paper_is_one_trace_from_its_frame_to_its_settlement() {
    let venue = venue(81);
    let collector = Collector::start();
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let program = told(Plan::new(Start::Paper, &venue, &owner), &collector).run();
    program.until_reconciled().await;
    let spans = collector.until(settled, || upset(&venue)).await;
    is_one_story(&spans);
    agrees_with_the_api(&program, &spans).await;
    let whole = spans.iter().find(|it| it.parent_span_id.is_none()).unwrap();
    for key in ["net_microusd", "size_microshares", "gross_microusd", "trading_fees_microusd"] {
        assert!(whole.get(key).is_some(), "no {key}: {whole:#?}");
    }
    assert!(whole.get("title").is_some() && whole.whole("pnl.certain_microusd") != 0, "{whole:#?}");
    assert!(collector.sent().iter().all(|sent| sent.service == "desk"));
    // One that nobody traded ends, too.
    let untraded = |it: &Span| it.parent_span_id.is_none() && it.get("standing") != Some("traded");
    let seen = |collector: &Collector| collector.spans().into_iter().find(untraded);
    let seen = collector.until(seen, || upset(&venue)).await;
    assert!(seen.get("closed_because").is_some() && seen.get("plans").is_none(), "{seen:#?}");
    assert!(spans_by(&program, "sent").await > 0);
}

#[actix_rt::test]
async fn a_live_order_tells_when_it_was_sent_and_no_secret_leaves_with_its_story() {
    let venue = venue(82);
    let collector = Collector::start();
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let program = told(Plan::new(Start::Live, &venue, &owner), &collector)
        .with_variable("OTEL_EXPORTER_OTLP_HEADERS", HEADERS)
        .run();
    program.until_reconciled().await;
    let spans = collector.until(settled, || upset(&venue)).await;
    is_one_story(&spans);
    for order in only(&spans, "order") {
        let steps = ["decided", "written_down", "sent", "answered"];
        let steps = steps.map(|name| order.moment(name).unwrap_or_else(|| panic!("{order:#?}")));
        assert!(steps.is_sorted(), "{order:#?}");
    }
    let sent = collector.sent();
    let token = Some("Bearer trace-hunter2");
    assert!(sent.iter().all(|sent| sent.authorization.as_deref() == token));
    for secret in owner.secrets() {
        let told = sent.iter().find(|sent| sent.text.contains(&secret));
        assert!(told.is_none(), "a secret is told: {told:?}");
    }
    for sent in &sent {
        // A signature has 130 digits; nothing that is told has so many.
        let longest = sent.text.split(|c: char| !c.is_ascii_hexdigit()).map(str::len).max();
        assert!(longest < Some(130), "{}", sent.text);
    }
}

#[actix_rt::test]
async fn trading_goes_on_while_the_collector_is_away_and_what_waits_is_told_when_it_is_back() {
    let venue = venue(83);
    let away = Collector::start();
    let address = away.address;
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let plan = told(Plan::new(Start::Paper, &venue, &owner), &away);
    drop(away);
    actix_rt::time::sleep(std::time::Duration::from_millis(200)).await;
    let program = plan.run();
    program.until_reconciled().await;
    program.until_it_trades(&venue, 3).await;
    let is_impaired = |view: &Value| view.to_string().contains("traces are not taken");
    program.until_or("/api/v1/system", is_impaired, || upset(&venue)).await;
    let ready = program.get("/health/ready").await;
    assert_eq!(ready["ready"], true, "{ready:#}");

    let back = Collector::start_at(address);
    let has_taken = |back: &Collector| (!back.spans().is_empty()).then_some(());
    back.until(has_taken, || upset(&venue)).await;
    let before = spans_by(&program, "failed").await;
    // One batch is put off twice, the next is refused for good; the others are taken.
    back.answer_next(&[(429, Some(1)), (503, None), (200, None), (500, None)]);
    let enough = |back: &Collector| {
        let sent = back.sent();
        let from = sent.iter().position(|sent| sent.status == 429)?;
        (sent.len() > from + 5).then(|| sent[from..].to_vec())
    };
    let sent = back.until(enough, || upset(&venue)).await;
    assert_eq!((&sent[0].text, &sent[1].text), (&sent[1].text, &sent[2].text), "tried again");
    let refused: BTreeSet<_> = sent[3].spans.iter().map(|it| it.span_id.clone()).collect();
    let later = sent[4..].iter().flat_map(|sent| &sent.spans);
    let again: Vec<_> = later.filter(|it| refused.contains(&it.span_id)).collect();
    assert!(again.is_empty(), "what is refused is not sent again: {again:#?}");
    assert_eq!(spans_by(&program, "failed").await, before + refused.len());
    let is_well = |view: &Value| !view.to_string().contains("traces are not taken");
    program.until("/api/v1/system", is_well).await;
}

#[actix_rt::test]
async fn the_doctor_says_whether_the_collector_takes_spans_and_trading_does_not_wait_for_that() {
    let venue = venue(84);
    let collector = Collector::start();
    // It serves once this thread has waited; what the doctor does waits for nothing here.
    awc::Client::default().get(format!("http://{}", collector.address)).send().await.unwrap();
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let finding = |plan: Plan<'_>| {
        let (_, found) = plan.doctor(None, 0);
        let finding = found.as_array().unwrap().iter().find(|row| row["check"] == "traces");
        finding.unwrap().clone()
    };
    let off = finding(Plan::new(Start::Live, &venue, &owner));
    assert!(off["measured"].as_str().unwrap().contains("switched off"), "{off:#}");
    let well = finding(told(Plan::new(Start::Live, &venue, &owner), &collector));
    assert_eq!(well["verdict"], "good", "{well:#}");
    assert!(well["measured"].as_str().unwrap().contains("takes spans"), "{well:#}");
    assert_eq!(collector.sent().len(), 1, "it was asked once, with no span");
    collector.answer_next(&[(401, None)]);
    let ill = finding(told(Plan::new(Start::Live, &venue, &owner), &collector));
    assert_eq!(ill["verdict"], "bad", "{ill:#}");
    assert!(ill["fix"].as_str().unwrap().contains("OTEL_EXPORTER_OTLP_HEADERS"), "{ill:#}");
    let away = || Plan::new(Start::Live, &venue, &owner).with("traces.enabled=true");
    let away = || away().with("traces.endpoint=http://127.0.0.1:9");
    let gone = finding(away());
    assert!(gone["fix"].as_str().unwrap().contains("traces.endpoint"), "{gone:#}");
    // Real orders start only where the doctor finds nothing wrong; this is nothing of that kind.
    away().run().until_reconciled().await;
}
