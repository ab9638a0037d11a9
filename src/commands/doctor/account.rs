//! Can the account trade: its key, its wallet, where it may be used from, what the venue lets it do,
//! and the next missing step.

use actors::clock::Clock;
use actors::trading::Access;
use ethers_core::utils::to_checksum;
use polymarket::{
    access::Geoblock,
    account::WalletKind,
    chain::{
        Cash, ChainSender,
        steps::{AccountStep, missing_steps},
    },
    clob::private::{ApiKeys, VenueClock},
    http::{Http, Settings as ClientSettings},
};

use super::{Finding, Verdict};
use crate::{
    account::{NoAccount, Trader},
    settings::{Mode, Settings},
};

/// Where no key is named and none is needed, whether orders would be taken from here.
pub(super) async fn check(
    settings: &Settings,
    client: &ClientSettings,
    http: &Http,
) -> Vec<Finding> {
    let trader = match Trader::of(settings) {
        Ok(trader) => trader,
        Err(NoAccount::NoKey) if settings.mode != Mode::Live => {
            return vec![place_on_paper(place(http).await)];
        }
        Err(error) => return vec![no_account(&error)],
    };
    let mut findings = vec![wallet(&trader), place(http).await, standing(&trader, http).await];
    if trader.relayer.is_none() && trader.wallet.account.kind() != WalletKind::Eoa {
        findings.push(Finding::bad(
            "relayer key",
            "",
            "This wallet splits, merges and redeems through the venue's relayer, and there is no \
             key for it.",
            "Make a relayer key on the venue's site and give it as RELAYER_API_KEY.",
        ));
        return findings;
    }
    findings.extend(chain(settings, client, &trader).await);
    findings
}

fn no_account(error: &NoAccount) -> Finding {
    let fix = match error {
        NoAccount::NoKey => "See [account] in docs/configuration.md.",
        NoAccount::Key(_) => "Mend the file or the variable that holds the key.",
        NoAccount::Account(_) => "Correct account.funder or account.signature_type.",
    };
    Finding::bad("account", "", format!("There is nobody to trade: {error}."), fix)
}

fn wallet(trader: &Trader) -> Finding {
    let account = trader.wallet.account;
    let measured = format!(
        "{} {}, key {}, signature type {}",
        account.kind(),
        to_checksum(&account.funder(), None),
        to_checksum(&account.signer(), None),
        account.signature_type().number(),
    );
    Finding::good("account", measured)
}

async fn place(http: &Http) -> Finding {
    const CHECK: &str = "orders from here";
    match Geoblock::ask(http).await {
        Ok(here) if !here.blocked => Finding::good(CHECK, format!("allowed in {}", here.country)),
        Ok(here) => Finding::bad(
            CHECK,
            format!("refused in {}", here.country),
            "The venue takes no orders from this country. Market data is not affected.",
            "Trade on paper (mode = \"paper\"), or from where the venue allows it.",
        ),
        Err(error) => Finding::bad(
            CHECK,
            "",
            format!("The venue did not say whether it takes orders from here: {error}."),
            "Look at what the lines above say about the network.",
        ),
    }
}

/// On paper nothing is sent, so nothing is wrong.
fn place_on_paper(finding: Finding) -> Finding {
    match finding.verdict {
        Verdict::Bad { problem, .. } => {
            let note = format!("{problem} Trading on paper is not affected either.");
            Finding::noted(finding.check, finding.measured, note)
        }
        Verdict::Good | Verdict::Noted { .. } => finding,
    }
}

/// Signs in as the service would, and asks what the venue lets the account do.
async fn standing(trader: &Trader, http: &Http) -> Finding {
    const CHECK: &str = "account at the venue";
    match is_closed_only(trader, http).await {
        Ok(false) => Finding::good(CHECK, "signed in, may trade"),
        Ok(true) => Finding::bad(
            CHECK,
            "signed in, closed-only",
            "The venue lets this account only reduce its positions, so nothing new can be bought.",
            "Ask the venue's support why. Until then trade on paper (mode = \"paper\").",
        ),
        Err(error) => Finding::bad(
            CHECK,
            "",
            format!("The venue does not let this account sign in: {error}."),
            "Look at what the lines above say about network and clock, then at the key of \
             [account].",
        ),
    }
}

async fn is_closed_only(trader: &Trader, http: &Http) -> anyhow::Result<bool> {
    let clock = VenueClock::new(|| Clock::System.now());
    let keys = ApiKeys::new(http.clone(), clock.clone(), trader.wallet.chain_id());
    let credentials = keys.create_or_derive(&trader.wallet.key, 0).await?;
    let client = Access::new(&trader.wallet, credentials)?.client(http.clone(), clock);
    Ok(client.closed_only().await?)
}

/// What the account has on the chain, and what it still lacks there.
async fn chain(settings: &Settings, client: &ClientSettings, trader: &Trader) -> Vec<Finding> {
    let (rpc_url, relayer_url) = settings.chain.urls();
    let access = trader.chain_access(client, &settings.chain, &rpc_url, &relayer_url);
    match access.connect() {
        Ok(sender) => vec![collateral(&sender).await, steps(&sender).await],
        Err(error) => {
            let fix = "Correct [account] and [chain]; docs/configuration.md explains them.";
            let problem = format!("Transactions cannot be sent: {error}.");
            vec![Finding::bad(STEPS, "", problem, fix)]
        }
    }
}

const STEPS: &str = "account's next step";

/// Dollars on the chain. None is told by the next step, which says where to send some.
async fn collateral(sender: &ChainSender) -> Finding {
    const CHECK: &str = "collateral";
    let cash = sender.rpc().cash(sender.contracts(), Cash::Pusd, sender.account()).await;
    match cash {
        Ok(dollars) => Finding::good(CHECK, format!("{dollars} pUSD")),
        Err(error) => Finding::bad(
            CHECK,
            "",
            format!("The account's dollars cannot be read: {error}."),
            "Correct chain.rpc_url, or try again later.",
        ),
    }
}

async fn steps(sender: &ChainSender) -> Finding {
    let mut steps = missing_steps(sender).await;
    if let (Ok(steps), ChainSender::Relayed(_)) = (&mut steps, sender) {
        steps.retain(|step| !step.comes_with_a_batch(sender.contracts()));
    }
    match steps.as_deref() {
        Ok([]) => Finding::good(STEPS, "none is missing: wallet, dollars and every allowance"),
        Ok([first, rest @ ..]) => missing(first, rest.len()),
        Err(error) => Finding::bad(
            STEPS,
            "",
            format!("The chain cannot be asked: {error}."),
            "Correct chain.rpc_url or chain.relayer_url, or try again later.",
        ),
    }
}

fn missing(step: &AccountStep, more: usize) -> Finding {
    let measured = format!("{} missing", more + 1);
    let fix = "Do this one first, on the venue's site or with a wallet; then look again.";
    Finding::bad(STEPS, measured, format!("{step}."), fix)
}
