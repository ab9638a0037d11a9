//! The report as one page that needs nothing from elsewhere: no script, no font, no picture. Its own
//! policy forbids even the browser to fetch any.

use std::fmt::{Display, Write as _};

use super::chart;
use super::text::{dollars, escaped, grouped, rate, share};
use super::{BoundReport, Report};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;\
color:#1c2330;background:#fbfbfc}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}\
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}\
th,td{padding:.3rem .6rem;border-bottom:1px solid #dfe3ea;text-align:right}\
th:first-child,td:first-child,td.t,th.t{text-align:left}svg{width:100%;height:auto;font:12px system-ui}\
svg text{fill:currentColor}.grid{stroke:#dfe3ea}.bar{fill:#2f5fb5}.verdict{font-size:1.05rem;\
background:#eef2f8;padding:1rem;border-left:4px solid #2f5fb5}.scroll{overflow-x:auto}\
@media(prefers-color-scheme:dark){body{color:#e4e8ef;background:#14181f}th,td{border-color:#2c3442}\
.verdict{background:#1d2531}.grid{stroke:#2c3442}}";

/// Rows of one table; the CSV files have them all.
const ROWS_MAX: usize = 200;

/// The whole page.
#[must_use]
pub fn page(report: &Report) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta \
         http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'unsafe-inline'\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Backtest</title><style>{STYLE}</style></head><body><main><h1>Backtest</h1>\
         <p class=\"verdict\">{}</p>",
        escaped(&report.verdict)
    );
    asked(report, &mut page);
    bounds(report, &mut page);
    curves(report, &mut page);
    strategies(report, &mut page);
    markets(report, &mut page);
    looks(report, &mut page);
    why_not(report, &mut page);
    reading(report, &mut page);
    page.push_str("</main></body></html>\n");
    page
}

fn head(page: &mut String, title: &str) {
    let _ = write!(page, "<h2>{}</h2>", escaped(title));
}

/// A table; the cells are escaped here and nowhere else.
fn table(page: &mut String, heading: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    page.push_str("<div class=\"scroll\"><table><thead><tr>");
    for cell in heading {
        let _ = write!(page, "<th scope=\"col\">{}</th>", escaped(cell));
    }
    page.push_str("</tr></thead><tbody>");
    let mut left_out = 0u64;
    for (at, row) in rows.enumerate() {
        if at >= ROWS_MAX {
            left_out += 1;
            continue;
        }
        page.push_str("<tr>");
        for cell in row {
            let _ = write!(page, "<td>{}</td>", escaped(&cell));
        }
        page.push_str("</tr>");
    }
    page.push_str("</tbody></table></div>");
    if left_out > 0 {
        let _ = write!(page, "<p>and {} more in the CSV files</p>", grouped(left_out));
    }
}

fn row(cells: &[&dyn Display]) -> Vec<String> {
    cells.iter().map(ToString::to_string).collect()
}

fn asked(report: &Report, page: &mut String) {
    let asked = &report.asked;
    let _ = write!(
        page,
        "<p>{} &mdash; strategies {}; {} dollars; seed {}; from {} to {}.</p><ul>",
        escaped(&asked.recordings.join(", ")),
        escaped(&asked.strategies.join(", ")),
        dollars(asked.cash),
        asked.seed,
        report.read.first_at,
        report.read.last_at
    );
    for note in &report.notes {
        let _ = write!(page, "<li>{}</li>", escaped(note));
    }
    page.push_str("</ul>");
}

fn bounds(report: &Report, page: &mut String) {
    head(page, "Three bounds, side by side");
    let heading: Vec<&str> =
        [""].into_iter().chain(report.bounds.iter().map(|bound| bound.bound.code())).collect();
    type Cell = fn(&BoundReport) -> String;
    let lines: [(&str, Cell); 17] = [
        ("Left after fees and gas", |it| dollars(it.net)),
        ("Realised", |it| dollars(it.realised)),
        ("Fees", |it| dollars(it.fees)),
        ("Gas", |it| dollars(it.gas)),
        ("Still held, at the last bid, less its cost", |it| dollars(it.unrealised)),
        ("Drawdown, the most", |it| dollars(it.drawdown_max)),
        ("Exposure, the most", |it| dollars(it.exposure_max)),
        ("Hit rate of plans", |it| rate(it.hit_rate_bips)),
        ("Plans that traded", |it| grouped(it.certified)),
        ("Certificates not kept", |it| grouped(it.breaches)),
        ("By how much", |it| dollars(it.breached)),
        ("Orders", |it| grouped(it.done.orders)),
        ("Orders refused by the venue", |it| grouped(it.done.orders_refused)),
        ("Matches", |it| grouped(it.done.trades)),
        ("Matches that failed to settle", |it| grouped(it.done.trades_failed)),
        ("Transactions", |it| grouped(it.done.tasks)),
        ("Transactions that failed", |it| grouped(it.done.tasks_failed)),
    ];
    let rows = lines.into_iter().map(|(what, cell)| {
        [what.to_owned()].into_iter().chain(report.bounds.iter().map(cell)).collect()
    });
    table(page, &heading, rows);
    page.push_str("<ul>");
    for bound in &report.bounds {
        let _ = write!(
            page,
            "<li><strong>{}</strong>: {}</li>",
            bound.bound.code(),
            escaped(bound.text)
        );
        for halt in &bound.halts {
            let _ = write!(page, "<li>trading stopped at {}</li>", escaped(halt));
        }
    }
    page.push_str("</ul>");
}

fn curves(report: &Report, page: &mut String) {
    head(page, "Equity");
    let curves: Vec<_> =
        report.bounds.iter().map(|bound| (bound.bound, &bound.curve[..])).collect();
    page.push_str(&chart::equity(&curves));
}

fn strategies(report: &Report, page: &mut String) {
    head(page, "By strategy");
    let rows = report.bounds.iter().flat_map(|bound| {
        bound.by_strategy.iter().map(|it| {
            row(&[
                &bound.bound.code(),
                &it.strategy,
                &dollars(it.net),
                &dollars(it.realised),
                &dollars(it.fees),
                &dollars(it.gas),
                &dollars(it.unrealised),
                &grouped(it.plans.raised),
                &grouped(it.plans.approved),
                &grouped(it.plans.won),
                &grouped(it.plans.lost),
            ])
        })
    });
    let heading = [
        "Bound", "Strategy", "Net", "Realised", "Fees", "Gas", "Held", "Raised", "Plans", "Won",
        "Lost",
    ];
    table(page, &heading, rows);
}

fn markets(report: &Report, page: &mut String) {
    if report.bounds.iter().all(|bound| bound.by_market.is_empty()) {
        return;
    }
    head(page, "By market");
    let rows = report.bounds.iter().flat_map(|bound| {
        bound.by_market.iter().map(|it| {
            row(&[
                &it.title,
                &bound.bound.code(),
                &it.strategy,
                &dollars(it.net),
                &dollars(it.realised),
                &dollars(it.fees),
                &dollars(it.unrealised),
                &it.ended,
            ])
        })
    });
    let heading = ["Market", "Bound", "Strategy", "Net", "Realised", "Fees", "Held", "Ended"];
    table(page, &heading, rows);
}

fn looks(report: &Report, page: &mut String) {
    let looks = &report.looks;
    head(page, "What was looked at");
    let _ = write!(
        page,
        "<p>{} looks; {} of them found something; {} opportunities.</p>",
        grouped(looks.looks),
        grouped(looks.found),
        grouped(looks.opportunities)
    );
    let mut reasons: Vec<_> =
        looks.reasons.iter().map(|it| (it.text.to_owned(), it.count)).collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    page.push_str(&chart::bars("Why looks found nothing", &reasons));
    let naive = looks.naive;
    head(page, "What a naive program reports");
    let naive = [
        ("one book was older than the other (skew)".to_owned(), naive.skew),
        ("a book contradicted itself (drift)".to_owned(), naive.drift),
        ("neither".to_owned(), naive.standing),
    ];
    page.push_str(&chart::bars("Contradictions between best prices, by cause", &naive));
    if looks.listed.is_empty() {
        return;
    }
    head(page, "Opportunities");
    let rows = looks.listed.iter().map(|it| {
        row(&[
            &it.title,
            &it.kind,
            &it.since,
            &it.lasted_ms,
            &it.size,
            &dollars(it.gross),
            &dollars(it.costs),
            &dollars(it.net),
        ])
    });
    let heading = ["Where", "Kind", "Since", "Lasted ms", "Sets", "Gross", "Costs", "Net"];
    table(page, &heading, rows);
}

fn why_not(report: &Report, page: &mut String) {
    if report.bounds.iter().all(|bound| bound.why_not.is_empty()) {
        return;
    }
    head(page, "Why not traded, by the first rule that refused");
    let rows = report.bounds.iter().flat_map(|bound| {
        let all: u64 = bound.why_not.iter().map(|it| it.count).sum();
        bound.why_not.iter().map(move |it| {
            row(&[
                &it.text,
                &bound.bound.code(),
                &it.strategy,
                &it.by,
                &grouped(it.count),
                &share(it.count, all),
            ])
        })
    });
    table(page, &["Why", "Bound", "Strategy", "Who refused", "Times", "Share"], rows);
}

fn reading(report: &Report, page: &mut String) {
    head(page, "What was read");
    let (read, tape) = (&report.read, &report.read.tape);
    let rows = [
        ("Files", read.files as u64),
        ("Files left out, which tell the same again", read.set_aside.len() as u64),
        ("Frames", tape.frames),
        ("Whole books", tape.books),
        ("Trades of lists of trades", tape.prints),
        ("Steps", tape.steps),
        ("Gaps", tape.gaps),
        ("Connections that the recorder lost", tape.lost),
        ("Statements out of order", tape.out_of_order),
        ("Statements about nobody here", tape.strangers),
        ("Records that cannot be read", tape.unreadable),
        ("Markets", read.markets as u64),
        ("Markets with a known end", read.markets_resolved as u64),
        ("Neg-risk groups", read.groups as u64),
    ];
    let rows = rows.into_iter().map(|(what, count)| row(&[&what, &grouped(count)]));
    table(page, &["", ""], rows);
}
