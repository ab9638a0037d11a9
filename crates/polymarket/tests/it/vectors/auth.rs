//! Headers that prove who asks.

use ethers_core::types::Address;
use polymarket::account::PrivateKey;
use polymarket::auth::{ApiCredentials, ClobAuth, Header, l1_headers};
use serde_json::{Map, Value};

use super::{each, file, hex, key, text};

fn as_map(headers: &[Header]) -> Value {
    let pair = |(name, value): &Header| ((*name).to_owned(), Value::from(value.as_str()));
    Value::Object(headers.iter().map(pair).collect::<Map<_, _>>())
}

fn credentials(value: &Value, key: &str) -> ApiCredentials {
    let [secret, passphrase] = ["secret", "passphrase"].map(|name| text(&value[name]));
    ApiCredentials::new(text(&value[key]), secret, passphrase).unwrap()
}

#[test]
fn every_wallet_statement_is_hashed_signed_and_sent_as_the_official_client_does() {
    each("l1_auth.json", 24, |id, vector| {
        let (input, out) = (&vector["in"], &vector["out"]);
        let key = key(&input["privateKey"]);
        let statement = ClobAuth {
            signer: key.address(),
            chain_id: input["chainId"].as_u64().unwrap(),
            unix_seconds: input["timestamp"].as_i64().unwrap(),
            nonce: input["nonce"].as_u64().unwrap(),
        };
        assert_eq!(key.address(), text(&out["address"]).parse::<Address>().unwrap(), "{id}");
        assert_eq!(hex(statement.domain_separator()), text(&out["domainSeparator"]), "{id}");
        assert_eq!(hex(statement.struct_hash()), text(&out["structHash"]), "{id}");
        assert_eq!(hex(statement.digest()), text(&out["digest"]), "{id}");
        assert_eq!(hex(statement.sign(&key)), text(&out["signature"]), "{id}");
        let ClobAuth { chain_id, unix_seconds, nonce, .. } = statement;
        let headers = l1_headers(&key, chain_id, unix_seconds, nonce);
        assert_eq!(as_map(&headers), out["headers"], "{id}");
    });
}

#[test]
fn every_request_carries_the_same_hmac_and_headers_as_the_official_clients() {
    each("l2_hmac.json", 35, |id, vector| {
        let (input, out) = (&vector["in"], &vector["out"]);
        let headers = credentials(input, "apiKey").l2_headers(
            key(&input["privateKey"]).address(),
            text(&input["method"]),
            text(&input["path"]),
            input["body"].as_str().unwrap_or_default().as_bytes(),
            input["timestamp"].as_i64().unwrap(),
        );
        assert_eq!(as_map(&headers), out["headers"], "{id}");
    });
}

fn signature(credentials: &ApiCredentials, key: &PrivateKey, sent: &Value, at: i64) -> String {
    let path = text(&sent["target"]).split('?').next().unwrap();
    let body = sent["body"].as_str().unwrap_or_default();
    let headers =
        credentials.l2_headers(key.address(), text(&sent["method"]), path, body.as_bytes(), at);
    let [address, (_, signature), ..] = headers;
    let wanted: Address = text(&sent["polyAddress"]).parse().unwrap();
    assert_eq!(address.1.parse::<Address>().unwrap(), wanted);
    signature
}

#[test]
fn whole_requests_of_the_official_clients_get_the_same_signature() {
    let Some(whole) = file("l2_requests.json") else { return };
    let credentials = credentials(&whole["creds"], "key");
    each("l2_requests.json", 25, |id, vector| {
        let key = key(&vector["privateKey"]);
        let at = vector["timestamp"].as_i64().unwrap();
        for client in ["ts", "rust"] {
            let sent = &vector[client];
            // One client signs other bytes than it sends where a body holds a single quote.
            let quoted = sent["body"].as_str().is_some_and(|body| body.contains('\''));
            if sent.is_null() || (client == "rust" && quoted) {
                continue;
            }
            let wanted = text(&sent["polySignature"]);
            assert_eq!(signature(&credentials, &key, sent, at), wanted, "{id} {client}");
        }
    });
}
