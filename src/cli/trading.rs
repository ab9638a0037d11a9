//! What can be asked of a service that trades.

use clap::{Args, Subcommand, ValueEnum};

use super::alerts::AlertsArgs;

/// Questions and orders to a running service, over its API on this machine.
#[derive(Debug, Subcommand)]
pub enum TradingCommand {
    /// What the running service owns: dollars and shares
    Positions(ReadArgs),
    /// Orders, the newest first
    Orders(OrdersArgs),
    /// Matches of orders, the newest first
    Fills(PageArgs),
    /// Why something was done, and why not
    Decisions(DecisionsArgs),
    /// Limits and what is used of them, locks, the halt
    Risk(ReadArgs),
    /// How each strategy stands
    Strategies(ReadArgs),
    /// Who ordered what, and what came of it, the newest first
    Commands(CommandsArgs),
    /// Large trades of others: who, what, and whether following would have paid
    Whales(WhalesArgs),
    /// What people were told, which channels work, and a test of one
    Alerts(AlertsArgs),
    /// Make a one-time link: whoever opens it in a browser is signed in there as an administrator
    Link(ReadArgs),
    /// Stop trading and cancel every order
    Halt(HaltArgs),
    /// Trade again
    Resume(OrderArgs),
    /// Cancel one order
    Cancel(CancelArgs),
    /// Cancel every order and go on trading
    CancelAll(OrderArgs),
    /// Trade an opportunity, or place one order
    #[command(subcommand)]
    Execute(ExecuteCommand),
    /// Turn dollars into sets of YES and NO
    Split(SetsArgs),
    /// Turn sets of YES and NO into dollars
    Merge(SetsArgs),
    /// Redeem what is held in a resolved market
    Redeem(RedeemArgs),
    /// Send dollars or shares to another account; there is no way back
    Transfer(TransferArgs),
    /// Accept a difference between our books and the wallet that you can explain; trading must be
    /// halted
    Accept(AcceptArgs),
    /// Change limits of risk: --limit market_usd_max=500
    Limits(LimitsArgs),
    /// Keep away from a market, a group, a strategy or everything
    Lock(LockArgs),
    /// Lift a lock
    Unlock(UnlockArgs),
    /// Pause a strategy: it begins nothing new
    Pause(StrategyArgs),
    /// Let a strategy go on; lifts a quarantine, too
    Unpause(StrategyArgs),
}

/// Where the service is, and how to print.
#[derive(Clone, Debug, Args)]
pub struct ReadArgs {
    /// The service's address [default: http://127.0.0.1 and the port of the settings]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Print the API's JSON
    #[arg(long)]
    pub json: bool,
}

/// The same, and the key of an order.
#[derive(Clone, Debug, Args)]
pub struct OrderArgs {
    /// Where the service is.
    #[command(flatten)]
    pub read: ReadArgs,
    /// The Idempotency-Key: with the same key the same order is carried out once. Made up and
    /// printed where it is left out
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
}

/// Which commands.
#[derive(Clone, Debug, Args)]
pub struct CommandsArgs {
    /// Where the service is.
    #[command(flatten)]
    pub read: ReadArgs,
    /// Rows at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub limit: u16,
    /// Where the page before ended
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

/// Which whales.
#[derive(Clone, Debug, Args)]
pub struct WhalesArgs {
    /// Where the service is.
    #[command(flatten)]
    pub read: ReadArgs,
    /// What each class of whales was worth to those who would have followed
    #[arg(long)]
    pub record: bool,
    /// Only of this class: large_print, accumulation, fresh_large_print or fresh_accumulation
    #[arg(long, value_name = "CLASS")]
    pub class: Option<String>,
    /// Only of this wallet
    #[arg(long, value_name = "ADDRESS")]
    pub wallet: Option<String>,
    /// Only of so many dollars at least
    #[arg(long, value_name = "USD")]
    pub usd_min: Option<String>,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub limit: u16,
}

/// A page of a list.
#[derive(Clone, Debug, Args)]
pub struct PageArgs {
    /// Where the service is.
    #[command(flatten)]
    pub read: ReadArgs,
    /// Only of this strategy
    #[arg(long, value_name = "NAME")]
    pub strategy: Option<String>,
    /// Only in this market: its condition id
    #[arg(long, value_name = "0x…")]
    pub market: Option<String>,
    /// Rows at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub limit: u16,
    /// Where the page before ended
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

/// Options of `orders`.
#[derive(Clone, Debug, Args)]
pub struct OrdersArgs {
    /// Which page.
    #[command(flatten)]
    pub page: PageArgs,
    /// Only `open` or `ended` ones, or those in one state
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
}

/// Options of `decisions`.
#[derive(Clone, Debug, Args)]
pub struct DecisionsArgs {
    /// Where the service is.
    #[command(flatten)]
    pub read: ReadArgs,
    /// Only about this opportunity
    #[arg(long, value_name = "ID")]
    pub opportunity: Option<String>,
    /// Only of this strategy
    #[arg(long, value_name = "NAME")]
    pub strategy: Option<String>,
    /// Only `approved`, `refused` or `passed`
    #[arg(long, value_name = "WORD")]
    pub verdict: Option<String>,
    /// Only of this wish
    #[arg(long, value_name = "ID")]
    pub signal: Option<String>,
    /// Print every gate with its value and its limit
    #[arg(long)]
    pub gates: bool,
    /// Rows at most
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub limit: u16,
}

/// Options of `halt`.
#[derive(Clone, Debug, Args)]
pub struct HaltArgs {
    /// Why, for whoever finds it halted
    #[arg(value_name = "REASON", default_value = "")]
    pub reason: String,
    /// Where and how.
    #[command(flatten)]
    pub order: OrderArgs,
}

/// Options of `cancel`.
#[derive(Clone, Debug, Args)]
pub struct CancelArgs {
    /// The order's id
    #[arg(value_name = "0x…")]
    pub order_id: String,
    /// Where and how.
    #[command(flatten)]
    pub order: OrderArgs,
}

/// What to execute.
#[derive(Debug, Subcommand)]
pub enum ExecuteCommand {
    /// Have its strategy trade an open opportunity
    Opportunity(OpportunityArgs),
    /// Place one order
    Order(PlaceArgs),
}

/// Options of `execute opportunity`.
#[derive(Clone, Debug, Args)]
pub struct OpportunityArgs {
    /// The opportunity's id
    #[arg(value_name = "ID")]
    pub id: String,
    /// By which strategy [default: the first that trades its kind]
    #[arg(long, value_name = "NAME")]
    pub strategy: Option<String>,
    /// Where and how.
    #[command(flatten)]
    pub order: OrderArgs,
}

/// Buy or sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SideArg {
    /// Buy.
    Buy,
    /// Sell.
    Sell,
}

/// How long an order lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LifetimeArg {
    /// What can be had now; the rest is cancelled.
    Fak,
    /// Wholly now, or not at all.
    Fok,
    /// It rests until it is filled or cancelled.
    Gtc,
    /// It rests until `--expires-at`.
    Gtd,
}

/// Options of `execute order`.
#[derive(Clone, Debug, Args)]
pub struct PlaceArgs {
    /// buy or sell
    #[arg(value_enum)]
    pub side: SideArg,
    /// Shares, in whole hundredths
    #[arg(value_name = "SHARES")]
    pub size: String,
    /// The worst price accepted, such as 0.52
    #[arg(long, value_name = "PRICE")]
    pub price: String,
    /// The market's condition id
    #[arg(long, value_name = "0x…")]
    pub market: String,
    /// The outcome's token
    #[arg(long, value_name = "ID")]
    pub token: String,
    /// How long it lives
    #[arg(long, value_enum, default_value_t = LifetimeArg::Fak)]
    pub lifetime: LifetimeArg,
    /// When a gtd ends, RFC 3339, three minutes from now or later
    #[arg(long, value_name = "TIME")]
    pub expires_at: Option<String>,
    /// Refuse rather than take; only for what rests
    #[arg(long)]
    pub post_only: bool,
    /// Where and how.
    #[command(flatten)]
    pub order: OrderArgs,
}

/// Options of `split` and `merge`.
#[derive(Clone, Debug, Args)]
pub struct SetsArgs {
    /// How many sets: a dollar each
    #[arg(value_name = "SETS")]
    pub amount: String,
    /// The market's condition id
    #[arg(long, value_name = "0x…")]
    pub market: String,
    /// Where and how.
    #[command(flatten)]
    pub order: OrderArgs,
}

/// Options of `redeem`.
#[derive(Clone, Debug, Args)]
pub struct RedeemArgs {
    /// The market's condition id
    #[arg(value_name = "0x…")]
    pub market: String,
    /// Where and how.
    #[command(flatten)]
    pub order: OrderArgs,
}

/// Options of `transfer`.
#[derive(Clone, Debug, Args)]
pub struct TransferArgs {
    /// Dollars or shares
    #[arg(value_name = "AMOUNT")]
    pub amount: String,
    /// usd, or the token of the shares
    #[arg(value_name = "usd|TOKEN")]
    pub asset: String,
    /// The account that gets it
    #[arg(long, value_name = "0x…")]
    pub to: String,
    /// Where and how.
    #[command(flatten)]
    pub order: OrderArgs,
}

/// Options of `accept`.
#[derive(Clone, Debug, Args)]
pub struct AcceptArgs {
    /// usd, the token of shares, or the id of an order that was made elsewhere
    #[arg(value_name = "usd|TOKEN|0x…")]
    pub what: String,
    /// What the wallet holds, as `risk` shows it; not for an order
    #[arg(long, value_name = "AMOUNT")]
    pub there: Option<String>,
    /// owner: put in or taken out; result: earned or lost; not for an order
    #[arg(long, value_name = "owner|result")]
    pub booked_as: Option<String>,
    /// What it is
    #[arg(long, value_name = "WORDS")]
    pub why: String,
    /// Where and how.
    #[command(flatten)]
    pub order: OrderArgs,
}

/// Options of `limits`.
#[derive(Clone, Debug, Args)]
pub struct LimitsArgs {
    /// One limit and its value; may be repeated
    #[arg(long = "limit", value_name = "NAME=VALUE", required = true, value_parser = parse_pair)]
    pub limits: Vec<(String, String)>,
    /// Where and how.
    #[command(flatten)]
    pub order: OrderArgs,
}

/// Options of `lock`.
#[derive(Clone, Debug, Args)]
pub struct LockArgs {
    /// everything, strategy, market or group
    #[arg(value_name = "SCOPE")]
    pub scope: String,
    /// Which one; not for everything
    #[arg(long, value_name = "NAME|ID")]
    pub of: Option<String>,
    /// Why
    #[arg(long, value_name = "WORDS")]
    pub reason: String,
    /// For so long [default: until it is lifted]
    #[arg(long, value_name = "SECONDS")]
    pub seconds: Option<u32>,
    /// Where and how.
    #[command(flatten)]
    pub order: OrderArgs,
}

/// Options of `unlock`.
#[derive(Clone, Debug, Args)]
pub struct UnlockArgs {
    /// The lock's number, as `risk` shows it
    #[arg(value_name = "N")]
    pub id: u64,
    /// Where and how.
    #[command(flatten)]
    pub order: OrderArgs,
}

/// Options of `pause` and `unpause`.
#[derive(Clone, Debug, Args)]
pub struct StrategyArgs {
    /// The strategy
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Where and how.
    #[command(flatten)]
    pub order: OrderArgs,
}

fn parse_pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}
