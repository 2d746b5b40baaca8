//! The browser's driver: one worker owns the cache, the engine and the socket; nothing of it is shared between threads.

mod app;
mod introduce;
mod queue;
mod sleep;
mod socket;
mod transfer;
mod vault;

pub use app::App;
