//! `cargo xtask demo`: from a fresh clone to a page with live opportunities. Standard output is the
//! service's alone, so that programs can read what it says.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::{
    page::{self, Node},
    shell,
    workspace::Workspace,
};

/// Builds what is needed, then becomes the service.
pub(crate) fn run(workspace: &Workspace, options: &[String]) -> Result<ExitCode> {
    // A page that cannot be built is no reason to show nothing: the program has a plain one.
    if let Err(error) = build_page(workspace) {
        eprintln!("! The page was not built, and the program shows what it has. {error:#}");
    }
    let mut build = shell::command(&workspace.root, "cargo", &["build", "--package", "dutchbook"]);
    shell::step("cargo build (a few minutes the first time)", &mut build)?;
    let mut program = Command::new(workspace.program());
    program.arg("demo").args(options).current_dir(&workspace.root);
    become_program(&mut program)
}

/// Builds the page where Node is there, and says so loudly where it is not.
pub(crate) fn build_page(workspace: &Workspace) -> Result<()> {
    match page::node(workspace) {
        Node::Usable => {
            eprintln!("» web page");
            page::build(workspace)
        }
        Node::Missing(reason) => {
            eprintln!(
                "! {reason}: the page cannot be built, and the plain built-in page is shown \
                 instead.\n! Install Node 20 or newer with npm, then run this again."
            );
            Ok(())
        }
    }
}

/// The service takes this process's place, so that every signal reaches it and its exit code counts.
#[cfg(unix)]
fn become_program(program: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    let error = program.exec();
    Err(error).with_context(|| format!("cannot start {}", program.get_program().display()))
}

#[cfg(not(unix))]
fn become_program(program: &mut Command) -> Result<ExitCode> {
    let status = program
        .status()
        .with_context(|| format!("cannot start {}", program.get_program().display()))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
