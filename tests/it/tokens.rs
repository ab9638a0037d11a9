//! Tokens of programs on the command line.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn dutchbook(folder: &Path, args: &[&str]) -> Output {
    let data_dir = format!("store.data_dir={}", folder.display());
    Command::new(env!("CARGO_BIN_EXE_dutchbook"))
        .args(args)
        .args(["--set", &data_dir])
        .env_remove("DATABASE_URL")
        .output()
        .unwrap()
}

fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_token_is_printed_once_listed_without_itself_and_revoked_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| said(&dutchbook(folder.path(), args));
    let (code, token, told) = run(&["token", "create", "grafana", "--role", "viewer"]);
    assert_eq!(code, 0, "{told}");
    assert!(token.starts_with("dutchbook_") && token.len() == 74, "the token alone: {token}");
    assert!(told.contains("grafana") && !told.contains(&token), "{told}");

    let ending = ["token", "create", "bot", "--role", "operator", "--days", "30", "--json"];
    let (code, made, _) = run(&ending);
    let made: Value = serde_json::from_str(&made).unwrap();
    assert_eq!((code, &made["role"], &made["state"]), (0, &"operator".into(), &"active".into()));
    assert!(made["token"].is_string() && made["expires_at"].is_string(), "{made}");

    let (code, list, _) = run(&["token", "list", "--json"]);
    assert_eq!(code, 0);
    assert!(!list.contains(&token) && !list.contains("hash"), "{list}");
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!((&list[0]["name"], &list[1]["name"]), (&"grafana".into(), &"bot".into()));

    let (code, ..) = run(&["token", "revoke", "grafana"]);
    assert_eq!(code, 0);
    let (_, list, _) = run(&["token", "list"]);
    assert!(list.contains("revoked") && list.contains("active"), "{list}");
    let (code, _, told) = run(&["token", "create", "grafana", "--role", "admin"]);
    assert_eq!(code, 5, "a name is given once: {told}");
    let (code, _, told) = run(&["token", "revoke", "nobody"]);
    assert_eq!(code, 5, "{told}");
}

#[test]
fn a_token_that_cannot_be_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    for bad in [
        &["token", "create", "two words", "--role", "viewer"][..],
        &["token", "create", "link", "--role", "viewer"],
        &["token", "create", "a", "--role", "owner"],
        &["token", "create", "a"],
        &["token", "create", "a", "--role", "viewer", "--days", "0"],
    ] {
        let (code, out, told) = said(&dutchbook(folder.path(), bad));
        assert_eq!((code, out.as_str()), (2, ""), "{bad:?}: {told}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
