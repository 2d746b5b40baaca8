//! The engine in a browser worker: JSON text in, JSON text out. `ui/static/worker.js` starts it and owns what only
//! JavaScript does well: the lock between tabs and the wrapped key.

#[cfg(target_arch = "wasm32")]
mod worker;
