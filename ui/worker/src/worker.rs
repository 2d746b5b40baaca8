//! What `worker.js` calls.

use client::{App, AppConfig, Here, KeySource, StartError};
use view::{CommandEnvelope, FileId, Update};
use wasm_bindgen::prelude::*;
use web_sys::DedicatedWorkerGlobalScope;

/// A running client.
#[wasm_bindgen]
pub struct Worker {
    app: App,
}

/// The folder in the origin's private file system.
const FOLDER: &str = "hybrid-messenger";

/// Largest file that the page gets to show, in bytes.
const SHOWN_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Starts the client. `key` is the cache's key of 32 bytes, or nothing: then the cache is in memory. `post` gets JSON
/// texts, each an array of updates; `saved` a name and a blob that the person wants to keep.
///
/// # Errors
/// `newer_version` or `disk`, as text.
#[wasm_bindgen]
pub async fn start(
    key: Option<Vec<u8>>,
    device_name: String,
    post: js_sys::Function,
    saved: js_sys::Function,
) -> Result<Worker, JsValue> {
    console_error_panic_hook::set_once();
    let key = key.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let config = AppConfig {
        data_dir: FOLDER.to_owned(),
        key: key.map_or(KeySource::None, |bytes| KeySource::Raw(crypto::Key::from_bytes(bytes))),
        can_host: false,
        device_name,
        here: Some(here()),
    };
    let save = move |name: &str, blob: &web_sys::Blob| {
        // As with updates: without a page there is nobody to save it.
        let _ = saved.call2(&JsValue::NULL, &name.into(), blob);
    };
    let app = App::start(config, move |updates| tell(&post, &updates), save).await.map_err(|error| {
        web_sys::console::error_1(&error.to_string().into());
        JsValue::from_str(if matches!(error, StartError::NewerVersion) { "newer_version" } else { "disk" })
    })?;
    Ok(Worker { app })
}

#[wasm_bindgen]
impl Worker {
    /// Takes a command envelope as JSON; what is none is dropped.
    pub fn handle(&self, json: &str) {
        match serde_json::from_str::<CommandEnvelope>(json) {
            Ok(envelope) => self.app.command(envelope),
            // The position of the error, never the text: it may hold a password.
            Err(e) => {
                web_sys::console::error_1(&format!("not a command: line {} column {}", e.line(), e.column()).into())
            }
        }
    }

    /// The page's person chose these.
    pub fn pick(&self, files: Vec<web_sys::File>) {
        self.app.pick(files);
    }

    /// A promise of a file to be shown in the page, as a blob; broken when it cannot be read.
    pub fn load(&self, file_id: String) -> js_sys::Promise {
        let load = FileId::new(file_id).map(|id| self.app.load(id, SHOWN_BYTES_MAX));
        wasm_bindgen_futures::future_to_promise(async move {
            let load = load.ok_or_else(|| JsValue::from_str("no id"))?;
            load.await.map(JsValue::from).map_err(|failure| JsValue::from_str(&format!("{failure:?}")))
        })
    }

    /// The cache outlives the tab.
    #[wasm_bindgen(getter)]
    pub fn lasting(&self) -> bool {
        self.app.is_lasting()
    }

    /// The browser is back online.
    pub fn network_changed(&self) {
        self.app.network_changed();
    }

    /// Closes the cache, so that another tab can open it.
    pub async fn stop(self) {
        self.app.stop().await;
    }
}

fn tell(post: &js_sys::Function, updates: &[Update]) {
    if let Ok(json) = serde_json::to_string(updates) {
        // The page is gone when this fails, and the worker with it.
        let _ = post.call1(&JsValue::NULL, &json.into());
    }
}

/// The server that this page came from.
fn here() -> Here {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let location = scope.location();
    let tls = location.protocol() == "https:";
    let port = match location.port() {
        port if port.is_empty() => (if tls { "443" } else { "80" }).to_owned(),
        port => port,
    };
    let address = format!("{}:{port}", location.hostname());
    Here {
        name: location.host(),
        addresses: vec![address],
        pin: None,
        tls,
        invitation: None,
        share_addresses: Vec::new(),
    }
}
