//! What the documents promise to list.

use std::fs;

use dutchbook::{
    exit::ExitCode,
    settings::{Mode, Request, Settings, Sources},
};

use super::{assert_none, root};

fn document(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).unwrap()
}

#[test]
fn every_setting_is_explained_and_every_explained_setting_exists() {
    let empty = tempfile::tempdir().unwrap();
    let sources = Sources {
        request: Request::Inspect(Some(Mode::Paper)),
        config_dir: Some(empty.path().to_owned()),
        environment: Default::default(),
        flags: Vec::new(),
    };
    let shown = Settings::load(&sources).unwrap().shown;
    let text = document("configuration.md");
    let explained: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(key, _)| key))
        .collect();
    let keys: Vec<&str> = shown.iter().map(|row| row.key.as_str()).collect();
    let missing = keys.iter().filter(|key| !explained.contains(key));
    let mut offences: Vec<_> = missing.map(|key| format!("{key} is not explained")).collect();
    let is_key = |name: &&&str| name.contains('.') && name.to_lowercase() == **name;
    let stale = explained.iter().filter(is_key).filter(|key| !keys.contains(key));
    offences.extend(stale.map(|key| format!("{key} is explained and does not exist")));
    assert_none("docs/configuration.md", &offences);
}

#[test]
fn every_exit_code_is_explained() {
    let text = document("operating.md");
    let missing =
        ExitCode::ALL.iter().filter(|code| !text.contains(&format!("| {} |", code.number())));
    let offences: Vec<_> = missing.map(|code| format!("{code:?} ({})", code.number())).collect();
    assert_none("docs/operating.md does not explain", &offences);
}
