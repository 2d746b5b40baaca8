//! Drives the engine: sockets, timers, files; natively and in a browser worker.
//!
//! A host starts an [`App`], passes it [`view::Command`]s and shows the [`view::Update`]s that come back.

mod config;
mod driver;
mod export;
#[cfg(not(target_arch = "wasm32"))]
mod native;
mod pieces;
mod tus;
#[cfg(target_arch = "wasm32")]
mod web;

pub use config::{AppConfig, Endpoint, Here, KeySource, StartError};
#[cfg(not(target_arch = "wasm32"))]
pub use native::{
    App, AppLock, KeyPlace, LockError, Tries, forget_passphrase, has_cache, install_tls_provider, passphrase_gives,
    uses_passphrase,
};
#[cfg(not(target_arch = "wasm32"))]
pub use previews::PreviewsConfig;
#[cfg(target_arch = "wasm32")]
pub use web::App;
