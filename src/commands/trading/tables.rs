//! What the service says, for people. Texts of the venue are printed without control characters.

use std::io::{self, Write};

use serde_json::Value;

use crate::cli::{AlertsArgs, AlertsCommand, DecisionsArgs, ExecuteCommand, TradingCommand};

const CELL_CHARS_MAX: usize = 44;

pub(super) fn print(command: &TradingCommand, body: &Value, out: &mut dyn Write) -> io::Result<()> {
    use TradingCommand as C;
    match command {
        C::Positions(_) => positions(body, out),
        C::Orders(_) => orders(rows(body, "data"), out).and_then(|()| next(body, out)),
        C::Commands(_) => {
            let columns = ["at", "actor", "action", "target", "outcome"];
            table(rows(body, "data"), &columns, out).and_then(|()| next(body, out))
        }
        C::Fills(_) => fills(rows(body, "data"), out).and_then(|()| next(body, out)),
        C::Decisions(args) => decisions(args, body, out),
        C::Risk(_) | C::Halt(_) | C::Resume(_) => risk(body, out),
        C::Whales(args) if args.record => record(rows(body, "classes"), out),
        C::Whales(_) => whales(rows(body, "data"), out).and_then(|()| next(body, out)),
        C::Alerts(args) => alerts(args, body, out),
        C::Link(_) => writeln!(out, "{}", text(body, "link")),
        C::Strategies(_) => strategies(rows(body, "data"), out),
        C::Pause(_) | C::Unpause(_) => strategies(std::slice::from_ref(body), out),
        C::Execute(ExecuteCommand::Order(_) | ExecuteCommand::Opportunity(_))
        | C::Split(_)
        | C::Merge(_) => accepted(body, out),
        C::Limits(_) => {
            let changes = rows(body, "changes");
            table(changes, &["name", "before", "after", "unit"], out)
        }
        C::Lock(_) | C::Unlock(_) => locks(rows(body, "locks"), out),
        C::Cancel(_) | C::CancelAll(_) | C::Redeem(_) | C::Transfer(_) | C::Accept(_) => {
            writeln!(out, "{}", text(body, "text"))
        }
    }
}

fn positions(body: &Value, out: &mut dyn Write) -> io::Result<()> {
    let cash = &body["cash"];
    writeln!(
        out,
        "{} USD settled, {} free, {} reserved; equity {} USD, unrealised {} USD",
        text(cash, "settled_usd"),
        text(cash, "free_usd"),
        text(body, "reserved_usd"),
        text(body, "equity_usd"),
        text(body, "unrealised_usd")
    )?;
    let (today, total) = (&body["today"], &body["total"]);
    writeln!(
        out,
        "net {} USD today, {} USD in all",
        text(today, "net_usd"),
        text(total, "net_usd")
    )?;
    let columns = [
        "title",
        "outcome",
        "settled_shares",
        "pending_in_shares",
        "pending_out_shares",
        "cost_usd",
        "mark_usd",
        "unrealised_usd",
    ];
    table(rows(body, "data"), &columns, out)
}

fn orders(rows: &[Value], out: &mut dyn Write) -> io::Result<()> {
    let columns = [
        "created_at",
        "strategy",
        "title",
        "outcome",
        "side",
        "price",
        "size_shares",
        "matched_shares",
        "lifetime",
        "state",
        "id",
    ];
    table(rows, &columns, out)
}

fn fills(rows: &[Value], out: &mut dyn Write) -> io::Result<()> {
    let columns =
        ["at", "strategy", "title", "outcome", "side", "size_shares", "price", "fee_usd", "state"];
    table(rows, &columns, out)
}

fn whales(rows: &[Value], out: &mut dyn Write) -> io::Result<()> {
    let columns =
        ["at", "class", "title", "outcome", "side", "entry_price", "value_usd", "prints", "wallet"];
    table(rows, &columns, out)
}

fn record(rows: &[Value], out: &mut dyn Write) -> io::Result<()> {
    let columns = [
        "class",
        "horizon",
        "events",
        "markets",
        "hit_rate",
        "mean_return",
        "mean_return_low",
        "mean_return_high",
        "words",
    ];
    table(rows, &columns, out)
}

fn decisions(args: &DecisionsArgs, body: &Value, out: &mut dyn Write) -> io::Result<()> {
    let all = rows(body, "data");
    if !args.gates {
        let columns = ["at", "strategy", "verdict", "rule", "reason", "plan_id", "opportunity_id"];
        return table(all, &columns, out).and_then(|()| next(body, out));
    }
    for row in all {
        writeln!(
            out,
            "{} {} {} {}",
            text(row, "at"),
            text(row, "strategy"),
            text(row, "verdict"),
            text(row, "opportunity_id")
        )?;
        table(rows(row, "gates"), &["rule", "verdict", "value", "limit", "unit", "about"], out)?;
        writeln!(out)?;
    }
    next(body, out)
}

fn risk(body: &Value, out: &mut dyn Write) -> io::Result<()> {
    let halt = &body["halt"];
    if halt.is_object() {
        let proven = text(halt, "proven_at");
        let proof = if proven.is_empty() {
            "orders are being cancelled".to_owned()
        } else {
            format!("nothing rests at the venue since {proven}")
        };
        writeln!(out, "HALTED since {}: {}; {proof}", text(halt, "since"), text(halt, "text"))?;
    } else {
        let waits = body["reconciled"] == Value::Bool(false);
        let said = match waits {
            true => "Not halted, but nothing new is begun until our books and the venue's agree.",
            false => "Not halted.",
        };
        writeln!(out, "{said}")?;
    }
    let venue = text(&body["venue"], "orders_refused");
    if !venue.is_empty() {
        writeln!(out, "The venue takes no orders: {venue}")?;
    }
    for difference in rows(&body["venue"], "differences") {
        writeln!(out, "Difference: {}", plain(difference.as_str().unwrap_or_default()))?;
    }
    writeln!(
        out,
        "{} open orders, {} open plans, {} USD reserved",
        text(body, "open_orders"),
        text(body, "open_plans"),
        text(body, "reserved_usd")
    )?;
    table(rows(body, "limits"), &["name", "used", "limit", "unit", "about"], out)?;
    locks(rows(body, "locks"), out)
}

fn locks(rows: &[Value], out: &mut dyn Write) -> io::Result<()> {
    if rows.is_empty() {
        return writeln!(out, "No locks.");
    }
    table(rows, &["id", "scope", "of", "reason", "since", "until"], out)
}

fn strategies(rows: &[Value], out: &mut dyn Write) -> io::Result<()> {
    let columns =
        ["name", "activity", "budget_usd", "opportunities_open", "analysed", "raised", "raised_at"];
    table(rows, &columns, out)
}

fn accepted(body: &Value, out: &mut dyn Write) -> io::Result<()> {
    match text(body, "status").as_str() {
        "approved" => writeln!(out, "Approved: plan {}.", text(body, "plan_id"))?,
        _ => writeln!(
            out,
            "Not decided yet. `dutchbook decisions --signal {}` tells.",
            text(body, "signal_id")
        )?,
    }
    let sent = rows(body, "orders");
    if sent.is_empty() { Ok(()) } else { orders(sent, out) }
}

fn alerts(args: &AlertsArgs, body: &Value, out: &mut dyn Write) -> io::Result<()> {
    match &args.command {
        None => {
            for row in rows(body, "data") {
                let of = |name| text(row, name);
                writeln!(
                    out,
                    "{}  {:8}  {:14}  {}",
                    of("at"),
                    of("severity"),
                    of("kind"),
                    of("title")
                )?;
                for way in rows(row, "deliveries") {
                    let of = |name| text(way, name);
                    let line = format!("    {}: {} {}", of("channel"), of("state"), of("problem"));
                    writeln!(out, "{}", line.trim_end())?;
                }
            }
            if rows(body, "data").is_empty() {
                writeln!(out, "None.")?;
            }
            next(body, out)
        }
        Some(AlertsCommand::Channels(_)) => {
            writeln!(out, "{}", text(body, "text"))?;
            let columns =
                ["name", "state", "sent", "waiting", "dead", "held", "last_problem", "text"];
            table(rows(body, "channels"), &columns, out)?;
            writeln!(out, "watchman: {}", text(&body["watchman"], "text"))
        }
        Some(AlertsCommand::Test(_)) => writeln!(out, "{}", text(body, "text")),
    }
}

fn next(body: &Value, out: &mut dyn Write) -> io::Result<()> {
    let cursor = text(body, "next_cursor");
    if cursor.is_empty() { Ok(()) } else { writeln!(out, "more: --cursor '{cursor}'") }
}

fn rows<'a>(body: &'a Value, name: &str) -> &'a [Value] {
    body.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(row: &Value, name: &str) -> String {
    match row.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => plain(text),
        Some(other) => other.to_string(),
    }
}

pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Columns as wide as their widest cell, up to a bound; ids are never cut.
fn table(rows: &[Value], columns: &[&str], out: &mut dyn Write) -> io::Result<()> {
    if rows.is_empty() {
        return writeln!(out, "None.");
    }
    let cell = |row: &Value, column: &str| {
        let text = text(row, column);
        let is_id = column == "id" || column.ends_with("_id");
        if is_id { text } else { text.chars().take(CELL_CHARS_MAX).collect() }
    };
    let widths: Vec<usize> = columns
        .iter()
        .map(|column| {
            let widest = rows.iter().map(|row| cell(row, column).chars().count()).max();
            widest.unwrap_or(0).max(column.len())
        })
        .collect();
    let line = |cells: Vec<String>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    writeln!(out, "{}", line(columns.iter().map(|column| (*column).to_owned()).collect()))?;
    for row in rows {
        writeln!(out, "{}", line(columns.iter().map(|column| cell(row, column)).collect()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_is_aligned_and_texts_of_the_venue_cannot_move_the_cursor() {
        let rows = [
            json!({ "name": "a\u{1b}[2Jb", "used": null, "id": "x".repeat(80) }),
            json!({ "name": "longer name", "used": 3, "id": "y" }),
        ];
        let mut out = Vec::new();
        table(&rows, &["name", "used", "id"], &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains('\u{1b}'), "{text}");
        assert!(text.contains(&"x".repeat(80)), "ids are whole: {text}");
        let at = |line: &str, what: char| line.find(what);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(at(lines[1], 'x'), at(lines[2], 'y'), "{text}");
    }
}
