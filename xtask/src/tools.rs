//! Installing what the tests and checks need, where that is allowed.

use std::path::Path;

use anyhow::{Result, bail};

use crate::shell;

/// A program that a Debian package brings.
pub(crate) struct Packaged {
    pub(crate) program: &'static str,
    pub(crate) package: &'static str,
}

/// A private database server for the tests.
pub(crate) const MARIADB: Packaged = Packaged { program: "mariadbd", package: "mariadb-server" };
/// A browser for the page's tests.
pub(crate) const CHROMIUM: Packaged = Packaged { program: "chromium", package: "chromium" };

/// Installs the missing ones with apt where this is a Debian and we are its administrator.
pub(crate) fn install_packages(dir: &Path, wanted: &[Packaged]) -> Result<()> {
    let missing: Vec<_> = wanted.iter().filter(|one| shell::find(one.program).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|one| one.package).collect();
    let may = shell::find("apt-get").is_some() && is_administrator(dir);
    if !may {
        let names = names.join(" ");
        println!("! {names}: missing, and only root may install. apt-get install {names}");
        return Ok(());
    }
    let apt = |args: &[&str]| {
        let mut command = shell::command(dir, "apt-get", args);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        shell::step(&format!("apt-get {}", args.join(" ")), &mut command)
    };
    apt(&["update", "--quiet"])?;
    let mut install = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
    install.extend(names);
    apt(&install)?;
    Ok(())
}

fn is_administrator(dir: &Path) -> bool {
    shell::output(dir, "id", &["-u"]).is_ok_and(|id| id.trim() == "0")
}

/// Installs a cargo subcommand of this version if none is there. Unoptimised: it runs for seconds,
/// and optimising it takes minutes.
pub(crate) fn install_subcommand(dir: &Path, name: &str, version: &str) -> Result<()> {
    let program = format!("cargo-{name}");
    if shell::find(&program).is_some() {
        return Ok(());
    }
    let package = format!("{program}@{version}");
    let args = ["install", "--locked", "--debug", "--quiet", package.as_str()];
    shell::step(&format!("cargo install {package}"), &mut shell::command(dir, "cargo", &args))?;
    if shell::find(&program).is_none() {
        bail!("{program} was installed, but cargo's bin folder is not on the PATH");
    }
    Ok(())
}
