//! The compiled stand-ins that are kept with the project are those of their source. They are kept
//! because compiling takes a package and seconds, and running them needs neither.

use std::path::Path;
use std::process::Command;

#[test]
fn the_compiled_contracts_are_those_of_their_source() {
    let Some(solc) = super::node::tool("SOLC_DIR", "solc") else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contracts");
    let program = folder.join("compile.cjs");
    let output =
        Command::new("node").arg(program).arg(solc.canonicalize().unwrap()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let kept = std::fs::read(folder.join("StandIns.json")).unwrap();
    assert!(
        output.stdout == kept,
        "compile.cjs prints something else than StandIns.json holds: write it there again"
    );
}
