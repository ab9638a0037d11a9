//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell;

/// The workspace's folders.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    target: PathBuf,
    metadata: Value,
}

/// A benchmark of a member.
pub(crate) struct Bench {
    pub(crate) package: String,
    pub(crate) name: String,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn find() -> Result<Self> {
        let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = xtask.parent().context("xtask lies in the workspace")?.to_owned();
        let args = ["metadata", "--no-deps", "--format-version", "1", "--offline"];
        let text = shell::output(&root, "cargo", &args)?;
        let metadata: Value = serde_json::from_str(&text).context("cargo metadata")?;
        let target = metadata["target_directory"].as_str().context("no target_directory")?.into();
        Ok(Self { root, target, metadata })
    }

    /// The program as `cargo build` leaves it.
    pub(crate) fn program(&self) -> PathBuf {
        self.debug_program("dutchbook")
    }

    /// The simulated venue as `cargo build` leaves it.
    pub(crate) fn simulated_venue(&self) -> PathBuf {
        self.debug_program("simvenue")
    }

    /// The program as `cargo build --profile` leaves it.
    pub(crate) fn program_of(&self, profile: &str) -> PathBuf {
        // The one profile whose folder has another name.
        let folder = if profile == "dev" { "debug" } else { profile };
        self.target.join(folder).join(format!("dutchbook{}", std::env::consts::EXE_SUFFIX))
    }

    fn debug_program(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// Where what is given away is put.
    pub(crate) fn dist(&self) -> PathBuf {
        self.target.join("dist")
    }

    /// Where checks of the deployment put what they make.
    pub(crate) fn deploy_check(&self) -> PathBuf {
        self.target.join("deploy-check")
    }

    /// Where a program that npm brings for checks is put.
    pub(crate) fn npm_program(&self, name: &str) -> PathBuf {
        self.target.join("tools/npm-programs").join(name)
    }

    /// Where the check with the official client is built.
    pub(crate) fn sdk_check_target(&self) -> PathBuf {
        self.target.join("sdk-check")
    }

    /// Where npm packages for tests are put.
    pub(crate) fn npm_tools(&self) -> PathBuf {
        self.target.join("tools/npm")
    }

    /// Where a Python program for checks is put.
    pub(crate) fn python_tools(&self, name: &str) -> PathBuf {
        self.target.join("tools/python").join(name)
    }

    /// The web page's folder.
    pub(crate) fn dashboard(&self) -> PathBuf {
        self.root.join("dashboard")
    }

    /// Every benchmark of every member.
    pub(crate) fn benches(&self) -> Vec<Bench> {
        let packages = self.metadata["packages"].as_array().into_iter().flatten();
        packages
            .flat_map(|package| {
                let targets = package["targets"].as_array().into_iter().flatten();
                targets.filter_map(|target| {
                    let is_bench = target["kind"].as_array()?.iter().any(|kind| kind == "bench");
                    is_bench.then(|| {
                        Some(Bench {
                            package: package["name"].as_str()?.to_owned(),
                            name: target["name"].as_str()?.to_owned(),
                        })
                    })?
                })
            })
            .collect()
    }
}
