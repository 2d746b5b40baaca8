//! Private databases, real servers and scripted people for tests. Nothing here sleeps or retries: it waits for events and
//! panics with what it waited for when [`DEADLINE`] is over.
//!
//! * [`TestDb`] and `sql::each_db!` (module [`sql::testing`]): a database per test, SQLite and PostgreSQL.
//! * [`TestServer`]: the server in this process; its clock can be moved.
//! * [`ServerProcess`]: the real `hybrid-server`, to be killed with -9 and started again on the same data.
//! * [`Person`]: someone who speaks the protocol over WebSocket or TCP, line by line.
//! * [`Proxy`]: a wire between a client and a server that can be cut and mended; its address stays.
//! * [`Headless`]: a whole client app without windows, and the [`Screen`] it would show.
#![allow(clippy::missing_panics_doc, reason = "panicking is how tests fail")]

mod headless;
mod person;
mod process;
mod proxy;
mod screen;
mod server;

pub use headless::Headless;
pub use person::{Gone, Person, Wire, new_local_id, post};
pub use process::{ServerProcess, program};
pub use proxy::Proxy;
pub use screen::Screen;
pub use server::{TestServer, files_in, rows_of};
pub use sql::testing::TestDb;

use std::net::SocketAddr;
use std::time::Duration;

/// How long anything may take before the test is called failed: long, because the machine may be busy with other tests.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Where a server listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// HTTP and WebSocket.
    pub http: SocketAddr,
    /// Raw TCP.
    pub tcp: SocketAddr,
}

/// How often a scenario repeats: what `variable` says, else `full` when `HYBRID_TEST_SCALE=full`, else `quick`.
pub fn times(variable: &str, quick: u32, full: u32) -> u32 {
    let asked = std::env::var(variable).ok().map(|value| value.parse().expect("a count of repetitions"));
    asked.unwrap_or(if std::env::var("HYBRID_TEST_SCALE").is_ok_and(|scale| scale == "full") { full } else { quick })
}

/// Waits for `what` to happen.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited {} s for {what}", DEADLINE.as_secs()),
    }
}
