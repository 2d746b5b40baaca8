//! The desktop's driver: a thread for the engine and its cache, a runtime for sockets.

mod app;
mod dial;
mod engine_thread;
mod http;
mod lock;
mod look;
mod profile;
mod socket;
mod tls;
mod transfer;

pub use app::App;
pub use lock::{AppLock, KeyPlace, LockError, Tries};
pub use profile::{forget_passphrase, has_cache, passphrase_gives, uses_passphrase};
pub use tls::install_tls_provider;
