//! The rules of the design that a machine can check. docs/architecture.md gives their reasons.

mod dependencies;
mod documents;
mod sources;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The workspace's root.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A text file of the project.
struct Source {
    /// Relative to the root, with forward slashes.
    path: String,
    text: String,
}

impl Source {
    fn has_extension(&self, extensions: &[&str]) -> bool {
        let extension = Path::new(&self.path).extension().and_then(|text| text.to_str());
        extension.is_some_and(|extension| extensions.contains(&extension))
    }

    /// The part before the unit tests at the end of the file.
    fn production_part(&self) -> &str {
        self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(&self.text)
    }

    fn is_test(&self) -> bool {
        self.path.contains("tests/") || self.path.ends_with("/tests.rs")
    }
}

/// Every text file of the project; what is built, fetched or recorded is no part of it.
fn sources() -> Vec<Source> {
    const FOREIGN: [&str; 9] = [
        ".git",
        "target",
        "node_modules",
        "dist",
        "artifacts",
        "data",
        "coverage",
        "corpus",
        "advisory-db",
    ];
    const TEXT: [&str; 12] =
        ["rs", "toml", "md", "ts", "mjs", "js", "svelte", "css", "html", "json", "yaml", "yml"];
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !FOREIGN.contains(&name.as_str()) {
                    folders.push(path);
                }
                continue;
            }
            let relative = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            let is_text = path.extension().is_some_and(|end| TEXT.iter().any(|text| end == *text));
            if is_text || relative == ".ci/run" {
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source { path: relative, text });
            }
        }
    }
    assert!(found.len() > 50, "only {} files were found below {}", found.len(), root().display());
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Fails with all of them, so that one run tells everything.
#[track_caller]
fn assert_none(what: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{what}:\n  {}", offences.join("\n  "));
}
