//! Nodes that are down, cut off, or talk nonsense.

use std::net::TcpListener;
use std::time::Duration;

use polymarket::account::{Contracts, PrivateKey};
use polymarket::chain::rpc::ExchangeError;
use polymarket::chain::{
    ChainOperation, FeePolicy, PrepareError, PreparedTransaction, Refusal, Rpc, RpcError,
    SubmitOutcome, Transactions,
};
use polymarket::http::{Backoff, Outcome, Retry};

use super::world::{KEY, World, settings};
use crate::support::{answer, raw_server};

fn node_at(url: &str) -> Transactions {
    let mut settings = settings();
    // Reads are repeated, so that a transaction which is repeated too shows.
    let moment = Duration::from_millis(1);
    settings.retries = Backoff::bounded(moment, moment, 1);
    let rpc = Rpc::new(&settings, url).unwrap();
    let key = PrivateKey::parse(KEY).unwrap();
    Transactions::new(rpc, key, Contracts::polygon(), FeePolicy::default())
}

/// Signed, and good for any of these nodes.
async fn prepared() -> Option<PreparedTransaction> {
    let world = World::start().await?;
    let spender = world.contracts.collateral_onramp;
    let (cash, allowance) =
        (polymarket::chain::Cash::Pusd, polymarket::chain::Allowance::Unlimited);
    let approve = ChainOperation::ApproveCash { cash, spender, allowance };
    Some(world.sender.prepare(&approve, 0).await.unwrap())
}

#[actix_rt::test]
async fn a_node_that_is_down_has_certainly_not_been_told() {
    let Some(prepared) = prepared().await else { return };
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let sender = node_at(&format!("http://{nobody}"));
    let outcome = sender.submit(&prepared).await;
    assert!(matches!(outcome, SubmitOutcome::NotSent { .. }), "{outcome:?}");
    let error = sender.next_nonce().await.unwrap_err();
    assert!(matches!(error, RpcError::Exchange(ExchangeError::NotSent { .. })), "{error:?}");
    assert_eq!((error.retry(), error.outcome()), (Retry::Backoff, Outcome::NotSent));
}

#[actix_rt::test]
async fn whatever_is_not_a_clear_answer_to_a_transaction_leaves_it_in_doubt() {
    let Some(prepared) = prepared().await else { return };
    let whole = r#"{"jsonrpc":"2.0","id":1,"result":"0x11"}"#;
    let mut cut = answer("200 OK", "", whole);
    cut.truncate(cut.len() - 5);
    let ours = format!(r#"{{"jsonrpc":"2.0","id":1,"result":"{:?}"}}    "#, prepared.hash);
    let mut padded = answer("200 OK", "", &ours);
    padded.truncate(padded.len() - 2);
    let doubtful = [
        cut,
        padded,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n".to_vec(),
        vec![],
        answer("502 Bad Gateway", "", "upstream is away"),
        answer("200 OK", "", r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"?"}}"#),
        answer("200 OK", "", r#"{"jsonrpc":"2.0","id":9,"result":"0x11"}"#),
        answer("200 OK", "", "<html>hello</html>"),
        answer("200 OK", "", &format!(r#"{{"id":1,"result":"0x{}"}}"#, "11".repeat(32))),
    ];
    for bytes in doubtful {
        let (address, requests) = raw_server(vec![bytes.clone(), bytes.clone()]);
        let outcome = node_at(&format!("http://{address}")).submit(&prepared).await;
        let text = String::from_utf8_lossy(&bytes);
        assert!(matches!(outcome, SubmitOutcome::Ambiguous { .. }), "{outcome:?}: {text}");
        let asked = requests.recv().unwrap();
        assert!(asked.contains(&prepared.raw.to_string()), "the stored bytes and no others");
        assert!(requests.try_recv().is_err(), "sent once");
    }
}

#[actix_rt::test]
async fn a_node_that_does_not_answer_in_time_leaves_a_transaction_in_doubt() {
    let Some(prepared) = prepared().await else { return };
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut settings = settings();
    settings.request_timeout = Duration::from_millis(200);
    let url = format!("http://{}", silent.local_addr().unwrap());
    let rpc = Rpc::new(&settings, &url).unwrap();
    let key = PrivateKey::parse(KEY).unwrap();
    let sender = Transactions::new(rpc, key, Contracts::polygon(), FeePolicy::default());
    let outcome = sender.submit(&prepared).await;
    assert!(matches!(outcome, SubmitOutcome::Ambiguous { .. }), "{outcome:?}");
}

#[actix_rt::test]
async fn a_read_is_repeated_after_a_torn_answer_and_an_endless_one_is_refused() {
    let whole = r#"{"jsonrpc":"2.0","id":2,"result":"0x89"}"#;
    let mut cut = answer("200 OK", "", whole);
    cut.truncate(cut.len() - 3);
    let (address, _requests) = raw_server(vec![cut, answer("200 OK", "", whole)]);
    let mut settings = settings();
    let moment = Duration::from_millis(1);
    settings.retries = Backoff::bounded(moment, moment, 1);
    let rpc = Rpc::new(&settings, &format!("http://{address}")).unwrap();
    assert_eq!(rpc.chain_id().await, Ok(137));

    settings.body_bytes_max = 1_000;
    let (address, _requests) = raw_server(vec![answer("200 OK", "", &" ".repeat(1_001))]);
    let rpc = Rpc::new(&settings, &format!("http://{address}")).unwrap();
    let error = rpc.chain_id().await.unwrap_err();
    assert_eq!(error, RpcError::Exchange(ExchangeError::TooLarge { limit: 1_000 }));
}

#[actix_rt::test]
async fn a_node_of_another_chain_is_refused_before_anything_is_signed() {
    let body = r#"{"jsonrpc":"2.0","id":1,"result":"0x1"}"#;
    let (address, _requests) = raw_server(vec![answer("200 OK", "", body)]);
    let sender = node_at(&format!("http://{address}"));
    let contracts = Contracts::polygon();
    let (cash, allowance) =
        (polymarket::chain::Cash::Pusd, polymarket::chain::Allowance::Unlimited);
    let approve =
        ChainOperation::ApproveCash { cash, spender: contracts.collateral_onramp, allowance };
    let error = sender.prepare(&approve, 0).await.unwrap_err();
    let wanted = PrepareError::Refused(Refusal::OtherChain { wanted: 137, found: 1 });
    assert_eq!(error, wanted);
}

#[test]
fn the_key_in_a_nodes_address_is_not_printed() {
    let url = "https://user:word@polygon.example/v2/secret-key?also=secret";
    let printed = format!("{:?}", Rpc::new(&settings(), url).unwrap());
    assert!(printed.contains("polygon.example"), "{printed}");
    assert!(!printed.contains("secret") && !printed.contains("word"), "{printed}");
}
