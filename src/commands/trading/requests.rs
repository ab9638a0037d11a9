//! From what was typed to what is asked.

use awc::http::Method;
use serde_json::{Value, json};

use super::client::Question;
use crate::cli::{
    AlertsArgs, AlertsCommand, ExecuteCommand, LifetimeArg, OrderArgs, PageArgs, PlaceArgs,
    ReadArgs, SetsArgs, SideArg, TradingCommand,
};

/// A question with how it is to be asked. Orders have a key.
pub(in crate::commands) struct Request<'a> {
    pub(in crate::commands) read: &'a ReadArgs,
    pub(in crate::commands) order: Option<&'a OrderArgs>,
    pub(in crate::commands) question: Question,
}

pub(super) fn request(command: &TradingCommand) -> Request<'_> {
    use TradingCommand as C;
    match command {
        C::Positions(args) => read(args, "positions", Vec::new()),
        C::Risk(args) => read(args, "risk", Vec::new()),
        C::Strategies(args) => read(args, "strategies", Vec::new()),
        C::Orders(args) => {
            let mut query = page(&args.page);
            query.extend(args.state.clone().map(|state| ("state", state)));
            read(&args.page.read, "orders", query)
        }
        C::Commands(args) => {
            let wishes = [("limit", Some(args.limit.to_string())), ("cursor", args.cursor.clone())];
            read(&args.read, "commands", given(wishes))
        }
        C::Fills(args) => read(&args.read, "fills", page(args)),
        C::Decisions(args) => {
            let wishes = [
                ("opportunity", args.opportunity.clone()),
                ("strategy", args.strategy.clone()),
                ("verdict", args.verdict.clone()),
                ("signal", args.signal.clone()),
                ("limit", Some(args.limit.to_string())),
            ];
            read(&args.read, "decisions", given(wishes))
        }
        C::Whales(args) if args.record => read(&args.read, "whales/record", Vec::new()),
        C::Whales(args) => {
            let wishes = [
                ("class", args.class.clone()),
                ("wallet", args.wallet.clone()),
                ("usd_min", args.usd_min.clone()),
                ("limit", Some(args.limit.to_string())),
            ];
            read(&args.read, "whales", given(wishes))
        }
        C::Alerts(args) => alerts(args),
        C::Link(args) => Request {
            read: args,
            order: None,
            question: Question {
                method: Method::POST,
                path: "session/links".to_owned(),
                query: Vec::new(),
                body: None,
            },
        },
        C::Halt(args) => post(&args.order, "halt", json!({ "reason": args.reason })),
        C::Resume(args) => post(args, "resume", json!({})),
        C::Cancel(args) => {
            post(&args.order, "execute/cancel", json!({ "order_id": args.order_id }))
        }
        C::CancelAll(args) => post(args, "execute/cancel-all", json!({})),
        C::Execute(ExecuteCommand::Opportunity(args)) => {
            let path = format!("opportunities/{}/execute", args.id);
            let body = args.strategy.as_ref().map_or(json!({}), |name| json!({ "strategy": name }));
            post(&args.order, &path, body)
        }
        C::Execute(ExecuteCommand::Order(args)) => post(&args.order, "execute/order", order(args)),
        C::Split(args) => post(&args.order, "execute/split", sets(args)),
        C::Merge(args) => post(&args.order, "execute/merge", sets(args)),
        C::Redeem(args) => {
            post(&args.order, "execute/redeem", json!({ "condition_id": args.market }))
        }
        C::Transfer(args) => {
            let body = json!({ "asset": args.asset, "amount": args.amount, "to": args.to });
            post(&args.order, "execute/transfer", body)
        }
        C::Accept(args) => {
            let mut body = json!({ "what": args.what, "why": args.why });
            if let Value::Object(body) = &mut body {
                let figures = [("there", &args.there), ("booked_as", &args.booked_as)];
                let given = figures.into_iter().filter_map(|(name, value)| {
                    Some((name.to_owned(), Value::String(value.clone()?)))
                });
                body.extend(given);
            }
            post(&args.order, "reconcile/accept", body)
        }
        C::Limits(args) => {
            let limits =
                args.limits.iter().map(|(name, value)| (name.clone(), figure(name, value)));
            let body = Value::Object(limits.collect());
            asked(&args.order, Method::PUT, "risk/limits", Some(body))
        }
        C::Lock(args) => {
            let mut body = json!({ "scope": args.scope, "reason": args.reason });
            if let Value::Object(body) = &mut body {
                body.extend(args.of.clone().map(|of| ("of".to_owned(), Value::String(of))));
                body.extend(args.seconds.map(|it| ("for_seconds".to_owned(), Value::from(it))));
            }
            post(&args.order, "risk/locks", body)
        }
        C::Unlock(args) => {
            asked(&args.order, Method::DELETE, &format!("risk/locks/{}", args.id), None)
        }
        C::Pause(args) => post(&args.order, &format!("strategies/{}/pause", args.name), json!({})),
        C::Unpause(args) => {
            post(&args.order, &format!("strategies/{}/resume", args.name), json!({}))
        }
    }
}

fn alerts(args: &AlertsArgs) -> Request<'_> {
    match &args.command {
        None => {
            let wishes = [
                ("kind", args.kind.clone()),
                ("severity", args.severity.clone()),
                ("state", args.state.clone()),
                ("limit", Some(args.limit.to_string())),
                ("cursor", args.cursor.clone()),
            ];
            read(&args.read, "alerts", given(wishes))
        }
        Some(AlertsCommand::Channels(args)) => read(args, "alerts/channels", Vec::new()),
        Some(AlertsCommand::Test(args)) => {
            post(&args.order, "alerts/test", json!({ "channel": args.channel }))
        }
    }
}

fn read<'a>(args: &'a ReadArgs, path: &str, query: Vec<(&'static str, String)>) -> Request<'a> {
    let question = Question { method: Method::GET, path: path.to_owned(), query, body: None };
    Request { read: args, order: None, question }
}

fn post<'a>(args: &'a OrderArgs, path: &str, body: Value) -> Request<'a> {
    asked(args, Method::POST, path, Some(body))
}

fn asked<'a>(args: &'a OrderArgs, method: Method, path: &str, body: Option<Value>) -> Request<'a> {
    let question = Question { method, path: path.to_owned(), query: Vec::new(), body };
    Request { read: &args.read, order: Some(args), question }
}

fn given<const N: usize>(
    wishes: [(&'static str, Option<String>); N],
) -> Vec<(&'static str, String)> {
    wishes.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn page(args: &PageArgs) -> Vec<(&'static str, String)> {
    given([
        ("strategy", args.strategy.clone()),
        ("market", args.market.clone()),
        ("limit", Some(args.limit.to_string())),
        ("cursor", args.cursor.clone()),
    ])
}

fn sets(args: &SetsArgs) -> Value {
    json!({ "condition_id": args.market, "amount_shares": args.amount })
}

fn order(args: &PlaceArgs) -> Value {
    let side = match args.side {
        SideArg::Buy => "buy",
        SideArg::Sell => "sell",
    };
    let lifetime = match args.lifetime {
        LifetimeArg::Fak => "FAK",
        LifetimeArg::Fok => "FOK",
        LifetimeArg::Gtc => "GTC",
        LifetimeArg::Gtd => "GTD",
    };
    json!({
        "condition_id": args.market,
        "token_id": args.token,
        "side": side,
        "price": args.price,
        "size_shares": args.size,
        "lifetime": lifetime,
        "expires_at": args.expires_at,
        "post_only": args.post_only,
    })
}

/// Dollars and prices are texts in the API; counts and milliseconds are numbers.
fn figure(name: &str, value: &str) -> Value {
    let is_text = name.contains("_usd_") || name.starts_with("price_");
    match value.parse::<i64>() {
        Ok(number) if !is_text => Value::from(number),
        _ => Value::String(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    fn question(words: &str) -> Question {
        let words = ["dutchbook"].into_iter().chain(words.split(' '));
        let Command::Trading(command) = Cli::try_parse_from(words).unwrap().command else {
            panic!("no trading command");
        };
        request(&command).question
    }

    #[test]
    fn what_is_typed_is_what_the_api_is_asked() {
        let asked = question("execute order buy 10 --price 0.5 --market 0xab --token 7");
        assert_eq!((asked.method, &*asked.path), (Method::POST, "execute/order"));
        let body = asked.body.unwrap();
        assert_eq!(
            (&body["side"], &body["size_shares"], &body["price"], &body["lifetime"]),
            (&json!("buy"), &json!("10"), &json!("0.5"), &json!("FAK"))
        );
        let asked = question("limits --limit market_usd_max=50 --limit open_plans_max=3");
        assert_eq!(asked.body, Some(json!({ "market_usd_max": "50", "open_plans_max": 3 })));
        let asked = question("orders --state open --strategy mint_split");
        assert!(asked.query.contains(&("state", "open".to_owned())), "{asked:?}");
        let asked = question("alerts --state dead");
        assert_eq!((asked.method, &*asked.path), (Method::GET, "alerts"));
        assert!(asked.query.contains(&("state", "dead".to_owned())), "{:?}", asked.query);
        let asked = question("alerts test webhook");
        assert_eq!((asked.method, &*asked.path), (Method::POST, "alerts/test"));
        assert_eq!(asked.body, Some(json!({ "channel": "webhook" })));
        let asked = question("unlock 3");
        assert_eq!((asked.method, &*asked.path), (Method::DELETE, "risk/locks/3"));
        let asked = question("execute opportunity parity_long:0xab:1");
        assert_eq!(asked.path, "opportunities/parity_long:0xab:1/execute");
    }
}
