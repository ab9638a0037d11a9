//! Has the program built again when the dashboard's files change: they are embedded.

fn main() {
    let files = "dashboard/dist";
    // Cargo takes a folder that is not there for one that always changes.
    if let Err(error) = std::fs::create_dir_all(files) {
        println!("cargo::warning={files} cannot be made, so the plain page is used: {error}");
    }
    println!("cargo::rerun-if-changed={files}");
}
