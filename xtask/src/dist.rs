//! `cargo xtask dist`: one archive with everything that somebody needs who does not build, the list
//! of what is in the program, and checksums. Beside what the compiler makes, the same commit gives
//! the same bytes.

mod archive;
mod components;
mod licences;
mod sbom;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::Args;
use sha2::{Digest, Sha256};

use crate::{demo, shell, workspace::Workspace};

use archive::Contents;
pub(crate) use archive::Effort;

/// Options of `dist`.
#[derive(Args)]
pub(crate) struct DistArgs {
    /// Cargo's profile; `dev` packs the debug build
    #[arg(long, value_name = "NAME", default_value = "release")]
    profile: String,
    /// Where the results are put [default: dist in the target folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// What was made.
pub(crate) struct Made {
    /// The folder that the archive unpacks to.
    pub(crate) name: String,
    pub(crate) archive: PathBuf,
    pub(crate) sums: PathBuf,
}

/// What is taken as it stands; folders with all that is below them.
const TAKEN: [&str; 7] =
    ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "SECURITY.md", "config", "docs"];
/// Of the deployment, what goes without containers.
const DEPLOYMENT: [&str; 4] =
    ["deploy/grafana", "deploy/nginx", "deploy/prometheus", "deploy/systemd"];
/// Settings and secrets of whoever packs.
const KEPT_BACK: [&str; 1] = ["config/local.toml"];
/// What completions are called where shells look for them.
const COMPLETIONS: [(&str, &str); 3] =
    [("bash", "dutchbook.bash"), ("fish", "dutchbook.fish"), ("zsh", "_dutchbook")];

/// `cargo xtask dist`: builds the page and the program first.
pub(crate) fn run(workspace: &Workspace, args: &DistArgs) -> Result<ExitCode> {
    demo::build_page(workspace)?;
    let build = ["build", "--locked", "--package", "dutchbook", "--profile", &args.profile];
    shell::step(
        &format!("cargo {}", build.join(" ")),
        &mut shell::command(&workspace.root, "cargo", &build),
    )?;
    let out = args.out.clone().unwrap_or_else(|| workspace.dist());
    let made = make(workspace, &workspace.program_of(&args.profile), &out, Effort::Thorough)?;
    println!("\n{}", fs::read_to_string(&made.sums)?.trim_end());
    println!("in {}", made.sums.parent().unwrap_or(Path::new(".")).display());
    Ok(ExitCode::SUCCESS)
}

/// Packs the program that was built, without looking at anything that changes from hour to hour.
pub(crate) fn make(
    workspace: &Workspace,
    program: &Path,
    out: &Path,
    effort: Effort,
) -> Result<Made> {
    let epoch = source_date(workspace)?;
    let host = host(workspace)?;
    let components = components::of_program(workspace, &host)?;
    let sbom = sbom::document(&components)?;
    let name = format!("dutchbook-{}-{host}", components.version());
    let mut contents = Contents::default();
    contents.add_program("bin/dutchbook", fs::read(program).context("the program")?);
    for path in TAKEN.iter().chain(&DEPLOYMENT) {
        contents.add_path(&workspace.root, Path::new(path), &KEPT_BACK)?;
    }
    contents.add("licences/third-party.txt", licences::text(&components)?.into_bytes());
    contents.add("sbom.cdx.json", sbom.clone());
    manuals(workspace, program, &mut contents)?;

    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let archive = out.join(format!("{name}.tar.gz"));
    contents.write(&archive, &name, epoch, effort)?;
    let listed = out.join(format!("{name}.cdx.json"));
    fs::write(&listed, &sbom)?;
    let sums = out.join("SHA256SUMS");
    fs::write(&sums, checksums(&[&listed, &archive])?)?;
    Ok(Made { name, archive, sums })
}

/// Completions and manual pages, which the program writes itself.
fn manuals(workspace: &Workspace, program: &Path, contents: &mut Contents) -> Result<()> {
    let program = program.to_string_lossy();
    for (shell, file) in COMPLETIONS {
        let text = shell::output(&workspace.root, &program, &["completions", shell])?;
        contents.add(&format!("completions/{file}"), text.into_bytes());
    }
    let folder = workspace.dist().join("man");
    fs::create_dir_all(&folder)?;
    for old in fs::read_dir(&folder)? {
        fs::remove_file(old?.path())?;
    }
    shell::output(&workspace.root, &program, &["man-pages", &folder.to_string_lossy()])?;
    for page in fs::read_dir(&folder)? {
        let page = page?;
        let path = format!("man/man1/{}", page.file_name().to_string_lossy());
        contents.add(&path, fs::read(page.path())?);
    }
    Ok(())
}

/// The time that everything in the archive has: of `SOURCE_DATE_EPOCH`, or else of the commit.
fn source_date(workspace: &Workspace) -> Result<u64> {
    let text = match env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text,
        Err(_) => shell::output(&workspace.root, "git", &["log", "-1", "--format=%ct"])
            .context("no commit gives the time; set SOURCE_DATE_EPOCH")?,
    };
    text.trim().parse().context("SOURCE_DATE_EPOCH is not a number of seconds")
}

/// The machine that is built for.
fn host(workspace: &Workspace) -> Result<String> {
    let said = shell::output(&workspace.root, "rustc", &["-vV"])?;
    let line = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.context("rustc does not say for what it builds")?.to_owned())
}

/// In the form that `sha256sum --check` reads.
fn checksums(files: &[&Path]) -> Result<String> {
    let lines = files.iter().map(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        Ok(format!("{}  {name}\n", hex::encode(Sha256::digest(fs::read(file)?))))
    });
    lines.collect()
}
