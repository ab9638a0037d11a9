//! The report as files for spreadsheets: comma, quotes where needed, a heading line, LF.

use super::Report;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvFile {
    /// Its name.
    pub name: &'static str,
    /// What is in it.
    pub text: String,
}

/// All files.
#[must_use]
pub fn files(report: &Report) -> Vec<CsvFile> {
    vec![
        bounds(report),
        strategies(report),
        markets(report),
        why_not(report),
        curve(report),
        opportunities(report),
    ]
}

struct Table {
    text: String,
}

impl Table {
    fn new(heading: &str) -> Self {
        Self { text: format!("{heading}\n") }
    }
    fn row(&mut self, cells: &[&dyn std::fmt::Display]) {
        let cells: Vec<String> = cells.iter().map(|cell| field(&cell.to_string())).collect();
        self.text.push_str(&cells.join(","));
        self.text.push('\n');
    }
    fn file(self, name: &'static str) -> CsvFile {
        CsvFile { name, text: self.text }
    }
}

/// Foreign text stays one cell, and no spreadsheet takes it for a formula.
fn field(text: &str) -> String {
    let is_number = text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number;
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

fn bounds(report: &Report) -> CsvFile {
    let mut table = Table::new(
        "bound,net,realised,fees,gas,unrealised,drawdown_max,exposure_max,hit_rate_bips,\
         plans_traded,certificate_breaches,orders,orders_refused,trades,trades_failed,tasks,\
         tasks_failed",
    );
    for it in &report.bounds {
        let hit = it.hit_rate_bips.map(|rate| rate.to_string()).unwrap_or_default();
        table.row(&[
            &it.bound.code(),
            &it.net,
            &it.realised,
            &it.fees,
            &it.gas,
            &it.unrealised,
            &it.drawdown_max,
            &it.exposure_max,
            &hit,
            &it.certified,
            &it.breaches,
            &it.done.orders,
            &it.done.orders_refused,
            &it.done.trades,
            &it.done.trades_failed,
            &it.done.tasks,
            &it.done.tasks_failed,
        ]);
    }
    table.file("bounds.csv")
}

fn strategies(report: &Report) -> CsvFile {
    let mut table = Table::new(
        "bound,strategy,net,realised,fees,gas,unrealised,analysed,raised,approved,done,\
         unbalanced,nothing,won,lost",
    );
    for it in &report.bounds {
        for row in &it.by_strategy {
            let plans = &row.plans;
            table.row(&[
                &it.bound.code(),
                &row.strategy,
                &row.net,
                &row.realised,
                &row.fees,
                &row.gas,
                &row.unrealised,
                &plans.analysed,
                &plans.raised,
                &plans.approved,
                &plans.done,
                &plans.unbalanced,
                &plans.nothing,
                &plans.won,
                &plans.lost,
            ]);
        }
    }
    table.file("strategies.csv")
}

fn markets(report: &Report) -> CsvFile {
    let mut table =
        Table::new("bound,strategy,market,title,net,realised,fees,gas,unrealised,ended");
    for it in &report.bounds {
        for row in &it.by_market {
            table.row(&[
                &it.bound.code(),
                &row.strategy,
                &row.market,
                &row.title,
                &row.net,
                &row.realised,
                &row.fees,
                &row.gas,
                &row.unrealised,
                &row.ended,
            ]);
        }
    }
    table.file("markets.csv")
}

fn why_not(report: &Report) -> CsvFile {
    let mut table = Table::new("bound,strategy,by,rule,count");
    for reason in &report.looks.reasons {
        table.row(&[&"all", &"", &"detector", &reason.code, &reason.count]);
    }
    for it in &report.bounds {
        for row in &it.why_not {
            table.row(&[&it.bound.code(), &row.strategy, &row.by, &row.rule, &row.count]);
        }
        for (code, count) in &it.venue_refused {
            table.row(&[&it.bound.code(), &"", &"venue", code, count]);
        }
    }
    table.file("why_not.csv")
}

fn curve(report: &Report) -> CsvFile {
    let mut table = Table::new("bound,at_ms,equity");
    for it in &report.bounds {
        for point in &it.curve {
            table.row(&[&it.bound.code(), &point.at.0, &point.equity]);
        }
    }
    table.file("equity.csv")
}

fn opportunities(report: &Report) -> CsvFile {
    let mut table = Table::new("kind,title,since,lasted_ms,size,gross,costs,net");
    for row in &report.looks.listed {
        table.row(&[
            &row.kind,
            &row.title,
            &row.since,
            &row.lasted_ms,
            &row.size,
            &row.gross,
            &row.costs,
            &row.net,
        ]);
    }
    table.file("opportunities.csv")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_one_cell_and_is_no_formula() {
        for (text, cell) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=1+1", "'=1+1"),
            ("-1.5", "-1.5"),
            ("-cmd", "'-cmd"),
        ] {
            assert_eq!(field(text), cell);
        }
    }
}
