//! Serves a built web client on a free port of this machine, for as long as the value lives.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use tokio::task::JoinHandle;

use crate::desk::built;

/// A web client that is being served.
pub struct Site {
    port: u16,
    task: JoinHandle<()>,
}

impl Site {
    /// Serves the files of a folder.
    pub async fn of(folder: &Path) -> Self {
        assert!(
            folder.join("index.html").is_file(),
            "{} holds no web client; `cargo xtask ui` builds it",
            folder.display()
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let port = listener.local_addr().expect("a listener has an address").port();
        let app = axum::Router::new().fallback(file).with_state(Arc::new(folder.to_owned()));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.expect("the site is served") });
        Self { port, task }
    }

    /// The page with this part after `#`.
    pub fn address(&self, hash: &str) -> String {
        format!("http://127.0.0.1:{}/{hash}", self.port)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The web client with its demo, as `cargo xtask ui` leaves it in the repository.
pub fn built_client() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist")
}

/// The web client as people get it, with its demo, as `cargo xtask bench` leaves it in the target folder.
pub fn measured_client() -> PathBuf {
    built("../ui-measured")
}

async fn file(State(folder): State<Arc<PathBuf>>, address: Uri) -> Response {
    let name = address.path().trim_start_matches('/');
    let name = if name.is_empty() { "index.html" } else { name };
    if name.split('/').any(|part| part == "..") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let kind = match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    };
    match tokio::fs::read(folder.join(name)).await {
        // Kept by the browser, which then need not compile the same program again for each screen.
        Ok(bytes) => ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=3600")], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
