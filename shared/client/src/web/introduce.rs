//! Asks the page's own server what the team is called, before anyone has entered. Once, and quietly: without an answer
//! the address stands for the name.

use protocol::frame::Welcome;
use protocol::limits::NAME_CHARS_MAX;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::sleep::scope;

/// `GET` of what servers say of themselves.
const PATH: &str = "/api/v1/server";

/// What people call the server that this page came from; `None` when it does not say, or there is no network.
pub(super) async fn team_name() -> Option<String> {
    let response: Response = JsFuture::from(scope().fetch_with_str(PATH)).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    let welcome: Welcome = serde_json::from_str(&text).ok()?;
    let name: String = welcome.name.trim().chars().take(NAME_CHARS_MAX).collect();
    (!name.is_empty()).then_some(name)
}
