//! Entry point.

fn main() -> std::process::ExitCode {
    sessionlint::cli::main()
}
