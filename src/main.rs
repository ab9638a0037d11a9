//! The program.

fn main() -> std::process::ExitCode {
    // Before anything may make a client: without exactly one provider awc panics.
    let _ = rustls::crypto::ring::default_provider().install_default();
    dutchbook::cli::main().into()
}
