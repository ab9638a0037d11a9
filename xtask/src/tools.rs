//! Installing what the tests and checks need, where that is allowed.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{shell, workspace::Workspace};

/// A program that a Debian package brings.
pub(crate) struct Packaged {
    pub(crate) program: &'static str,
    pub(crate) package: &'static str,
}

/// A private database server for the tests.
pub(crate) const MARIADB: Packaged = Packaged { program: "mariadbd", package: "mariadb-server" };
/// A browser for the page's tests.
pub(crate) const CHROMIUM: Packaged = Packaged { program: "chromium", package: "chromium" };

/// The proxy in front of the service.
pub(crate) const NGINX: Packaged = Packaged { program: "nginx", package: "nginx-light" };
/// Reads Prometheus's settings and rules.
pub(crate) const PROMTOOL: Packaged = Packaged { program: "promtool", package: "prometheus" };
/// Reads systemd's units.
pub(crate) const SYSTEMD: Packaged = Packaged { program: "systemd-analyze", package: "systemd" };
/// Reads shell scripts.
pub(crate) const SHELLCHECK: Packaged = Packaged { program: "shellcheck", package: "shellcheck" };
/// Makes certificates and random numbers.
pub(crate) const OPENSSL: Packaged = Packaged { program: "openssl", package: "openssl" };

/// Installs the missing ones with apt where this is a Debian and we are its administrator.
pub(crate) fn install_packages(dir: &Path, wanted: &[Packaged]) -> Result<()> {
    let missing: Vec<_> = wanted.iter().filter(|one| shell::find(one.program).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|one| one.package).collect();
    apt_install(dir, &names)
}

/// Installs what Debian keeps apart from Python itself, where it is missing.
pub(crate) fn install_python_venv(dir: &Path) -> Result<()> {
    if shell::output(dir, "python3", &["-c", "import ensurepip, venv"]).is_ok() {
        return Ok(());
    }
    apt_install(dir, &["python3-venv"])
}

fn apt_install(dir: &Path, names: &[&str]) -> Result<()> {
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

/// A private Ethereum node, as one program for each system.
const ANVIL_VERSION: &str = "1.7.1";
/// The real contract that keeps the venue's outcome tokens. Its licence keeps it out of here.
const CONDITIONAL_TOKENS: &str = "@gnosis.pm/conditional-tokens-contracts";
const CONDITIONAL_TOKENS_VERSION: &str = "1.0.3";
/// The compiler of the tests' own contracts.
const SOLC: &str = "solc";
const SOLC_VERSION: &str = "0.8.37";

fn anvil_package() -> Option<&'static str> {
    match (OS, ARCH) {
        ("linux", "x86_64") => Some("@foundry-rs/anvil-linux-amd64"),
        ("linux", "aarch64") => Some("@foundry-rs/anvil-linux-arm64"),
        ("macos", "x86_64") => Some("@foundry-rs/anvil-darwin-amd64"),
        ("macos", "aarch64") => Some("@foundry-rs/anvil-darwin-arm64"),
        _ => None,
    }
}

/// What tests look for, by the variable that tells them where it is.
pub(crate) fn npm_files(workspace: &Workspace) -> Vec<(&'static str, PathBuf)> {
    let modules = workspace.npm_tools().join("node_modules");
    let tokens = format!("{CONDITIONAL_TOKENS}/build/contracts/ConditionalTokens.json");
    let anvil = anvil_package().map(|package| modules.join(package).join("bin/anvil"));
    anvil
        .map(|anvil| ("ANVIL_BIN", anvil))
        .into_iter()
        .chain([
            ("CONDITIONAL_TOKENS_JSON", modules.join(tokens)),
            ("SOLC_DIR", modules.join(SOLC)),
        ])
        .collect()
}

/// Fetches the missing ones with npm, below the target folder and nowhere else.
pub(crate) fn install_npm_packages(workspace: &Workspace) -> Result<()> {
    if npm_files(workspace).iter().all(|(_, file)| file.exists()) {
        return Ok(());
    }
    if shell::find("npm").is_none() {
        println!("! npm is not installed: tests on a private chain will be left out");
        return Ok(());
    }
    let dir = workspace.npm_tools();
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    // Without a file of its own npm would install into a folder above.
    fs::write(dir.join("package.json"), "{\"private\": true}\n")?;
    let mut packages = vec![
        format!("{CONDITIONAL_TOKENS}@{CONDITIONAL_TOKENS_VERSION}"),
        format!("{SOLC}@{SOLC_VERSION}"),
    ];
    packages.extend(anvil_package().map(|package| format!("{package}@{ANVIL_VERSION}")));
    let mut args = vec!["install", "--ignore-scripts", "--no-audit", "--no-fund"];
    args.extend(["--save-exact", "--loglevel", "error"]);
    args.extend(packages.iter().map(String::as_str));
    shell::step("npm packages for tests", &mut shell::command(&dir, "npm", &args))?;
    Ok(())
}

/// The programs of these Python packages, in an environment of their own below the target folder,
/// which is made the first time.
pub(crate) fn python(workspace: &Workspace, name: &str, packages: &[&str]) -> Result<PathBuf> {
    let dir = workspace.python_tools(name);
    let bin = dir.join("bin");
    // Written at the end, so that what was cut off, or is of other versions, is begun again.
    let (whole, wanted) = (dir.join("installed"), packages.join("\n"));
    if fs::read_to_string(&whole).is_ok_and(|installed| installed == wanted) {
        return Ok(bin);
    }
    let root = &workspace.root;
    install_python_venv(root)?;
    let run = |name: &str, program: &Path, args: &[&str]| {
        shell::step(name, &mut shell::command(root, &program.to_string_lossy(), args))
    };
    let place = dir.to_string_lossy();
    run("python3 -m venv", Path::new("python3"), &["-m", "venv", "--clear", &place])?;
    let mut args = vec!["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    args.extend(packages);
    run(&format!("pip install {}", packages.join(" ")), &bin.join("python"), &args)?;
    fs::write(&whole, wanted).with_context(|| whole.display().to_string())?;
    Ok(bin)
}

/// A program that an npm package brings, in a folder of its own below the target folder.
pub(crate) fn npm_program(workspace: &Workspace, package: &str, version: &str) -> Result<PathBuf> {
    let dir = workspace.npm_program(&format!("{package}-{version}"));
    let program = dir.join("node_modules/.bin").join(package);
    if program.exists() {
        return Ok(program);
    }
    if shell::find("npm").is_none() {
        bail!("npm is not installed: it brings {package}");
    }
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    fs::write(dir.join("package.json"), "{\"private\": true}\n")?;
    let wanted = format!("{package}@{version}");
    let args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"];
    let mut command = shell::command(&dir, "npm", &args);
    shell::step(&format!("npm install {wanted}"), command.arg(&wanted))?;
    Ok(program)
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
