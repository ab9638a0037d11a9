//! `compose.yaml` and what is used on top of it: its schema, its secrets, and whether the program takes the settings in it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{shell, tools, workspace::Workspace};

use super::{DCLINT_VERSION, empty_folder, step};

/// The name that stands in for what people would type.
const HOST: &str = "desk.example";

/// Reads the file as compose would, as far as it goes without an engine.
pub(super) fn check(workspace: &Workspace) -> Result<()> {
    let dclint = tools::npm_program(workspace, "dclint", DCLINT_VERSION)?;
    let files = ["compose.yaml", "deploy/compose.roles.yaml"];
    let args = ["--config", "deploy/dclint.yaml", "--max-warnings", "0", files[0], files[1]];
    step(&workspace.root, &dclint.to_string_lossy(), &args)?;
    let folder = empty_folder(workspace, "compose")?;
    let secrets = make_secrets(workspace, &folder)?;
    let text = fs::read_to_string(workspace.root.join("compose.yaml"))?;
    let wanted: BTreeSet<_> = text.lines().filter_map(secret_file).map(str::to_owned).collect();
    let made = fs::read_dir(&secrets)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<BTreeSet<_>>>()?;
    ensure!(wanted == made, "compose.yaml wants {wanted:?}, and the script makes {made:?}");
    settings(workspace, &text, &secrets)
}

/// The secrets that the script makes for a host, in a folder of their own.
pub(super) fn make_secrets(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    let secrets = folder.join("secrets");
    let script = workspace.root.join("deploy/make-secrets.sh");
    let args = [HOST, &secrets.to_string_lossy()];
    shell::output(&workspace.root, &script.to_string_lossy(), &args)?;
    Ok(secrets)
}

/// The name in a line such as `file: ${DUTCHBOOK_SECRETS:-./deploy/secrets}/tls_key`.
fn secret_file(line: &str) -> Option<&str> {
    line.trim().strip_prefix("file: ")?.rsplit_once("secrets}/").map(|(_, name)| name)
}

/// Has the program read what compose would give it.
fn settings(workspace: &Workspace, text: &str, secrets: &Path) -> Result<()> {
    let program = workspace.program();
    let mut command =
        shell::command(&workspace.root, &program.to_string_lossy(), &["config", "check"]);
    command.env("DUTCHBOOK_CONFIG_DIR", "deploy/dutchbook");
    let variables: Vec<_> = text.lines().filter_map(variable).collect();
    ensure!(variables.len() >= 6, "compose.yaml gives the service {variables:?}");
    for (name, value) in variables {
        let value = value.replace("/run/secrets", &secrets.to_string_lossy());
        command.env(name, value);
    }
    let output = command.output().context("the program was not built")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the settings in compose.yaml are refused: {said}");
    let notes = String::from_utf8_lossy(&output.stdout);
    ensure!(!notes.contains("note:"), "something about the settings in compose.yaml: {notes}");
    Ok(())
}

/// A variable of the service in a line, with what stands for the reader's own variables.
fn variable(line: &str) -> Option<(&str, String)> {
    let (name, value) = line.trim().split_once(": ")?;
    let is_ours = name.starts_with("DUTCHBOOK_") || name == "DATABASE_URL_FILE";
    let is_name = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    if !is_ours || !is_name {
        return None;
    }
    let (mut filled, mut rest) = (String::new(), value.trim_matches('"'));
    while let Some((before, from)) = rest.split_once("${") {
        let (inside, after) = from.split_once('}')?;
        filled.push_str(before);
        // `NAME:-default`, or `NAME:?what to do`, which stands for the host.
        filled.push_str(inside.split_once(":-").map_or(HOST, |(_, default)| default));
        rest = after;
    }
    filled.push_str(rest);
    Some((name, filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_to_the_reader_is_filled_in() {
        let line = r#"      DUTCHBOOK__A: "https://${HOST:?set it}:${PORT:-8443}/""#;
        let (name, value) = variable(line).unwrap();
        assert_eq!((name, value.as_str()), ("DUTCHBOOK__A", "https://desk.example:8443/"));
        assert_eq!(variable("      MYSQL_USER: dutchbook"), None);
        assert_eq!(variable("      # DUTCHBOOK_TOKEN: is none"), None);
        assert_eq!(secret_file("    file: ${X:-./deploy/secrets}/tls_key"), Some("tls_key"));
    }
}
