//! Entry point.

/// Syntax trees are many small pieces: this takes a fifth off the time of a run.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    sessionlint::cli::main()
}
