//! Logs to a file in the profile and, in development, to the terminal. What happened, never what was said.

use std::fs::OpenOptions;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

use crate::profile::Profile;

/// Above this size the log of the last start is thrown away at the next.
const LOG_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Starts logging; a log that cannot be written is no reason not to start.
pub fn start(profile: &Profile) {
    let filter = EnvFilter::try_from_env("HYBRID_LOG").unwrap_or_else(|_| EnvFilter::new("info,mdns_sd=warn"));
    let path = profile.file("hybrid-messenger.log");
    let fresh = std::fs::metadata(&path).is_ok_and(|file| file.len() > LOG_BYTES_MAX);
    let file = OpenOptions::new().create(true).write(true).append(!fresh).truncate(fresh).open(&path);
    match file {
        Ok(file) if !cfg!(debug_assertions) => {
            tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Mutex::new(file)).init();
        }
        _ => tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init(),
    }
}

/// For what must be said before there is a window or a log.
#[allow(clippy::print_stderr, reason = "there is no other place yet")]
pub fn to_terminal(text: &str) {
    eprintln!("{text}");
}
