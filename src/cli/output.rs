//! Results on standard output and in files, talk on standard error.

use std::io::{ErrorKind, Write as _};
use std::path::Path;

use super::Failure;

/// Prints results. A reader that went away is no fault.
pub(super) fn answer(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(format_args!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Tells the user something beside the results.
pub(super) fn talk(text: &str) {
    // nobody is left to tell
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Writes a report to a file.
pub(super) fn file(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| {
        Failure::with_help(
            format_args!("cannot write `{}`: {error}", path.display()),
            "the folder must exist and be writable",
        )
    })
}
