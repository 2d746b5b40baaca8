//! Files over the bridge: those that the person chose go to the host, those to be shown come from it as bytes. The page never
//! learns where a file is.
//!
//! * **Desktop**: `bridge_load {fileId}` returns the bytes; `bridge_paste` takes bytes that are only in the page (a pasted
//!   picture) with the name in a header. Dialogs and what is dragged from outside are the shell's.
//! * **Browser**: `{pick: [File]}` and `{load, file}` go to the worker, `{loaded, blob}` and `{saved, blob}` come back.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use futures_channel::oneshot;
use leptos::prelude::*;
use view::{Command, FileId};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, HtmlAnchorElement, HtmlInputElement, Url, Worker};

use super::tauri;
use crate::state::AppState;

/// Largest pasted file that goes through the page, in bytes.
const PASTED_BYTES_MAX: f64 = 64.0 * 1024.0 * 1024.0;

thread_local! {
    static WORKER: RefCell<Option<Worker>> = const { RefCell::new(None) };
    static ASKED: RefCell<HashMap<u32, oneshot::Sender<Option<Blob>>>> = RefCell::default();
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// The browser's host is there.
pub(super) fn worker_is(worker: Worker) {
    WORKER.set(Some(worker));
}

/// A message of the worker that is no text.
pub(super) fn worker_said(data: &JsValue) {
    let field = |name: &str| js_sys::Reflect::get(data, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let blob = field("blob").dyn_into::<Blob>().ok();
    if let Some(number) = field("loaded").as_f64() {
        if let Some(answer) = ASKED.with_borrow_mut(|asked| asked.remove(&(number as u32))) {
            // Who asked may be off the screen by now.
            let _ = answer.send(blob);
        }
    } else if let (Some(name), Some(blob)) = (field("saved").as_string(), blob) {
        keep(&name, &blob);
    }
}

/// Reads a file of a message, or a picked one; `None` when it cannot be read now.
pub async fn load(file_id: &FileId) -> Option<Blob> {
    #[cfg(feature = "demo")]
    if let Some(picture) = super::demo::picture(file_id) {
        return Some(picture);
    }
    if tauri::is_there() {
        return tauri::load(file_id.as_str()).await;
    }
    let number = LAST.get() + 1;
    LAST.set(number);
    let (answer, answered) = oneshot::channel();
    ASKED.with_borrow_mut(|asked| asked.insert(number, answer));
    let question = js_sys::Object::new();
    // Setting a field of a fresh plain object cannot fail.
    let _ = js_sys::Reflect::set(&question, &"load".into(), &number.into());
    let _ = js_sys::Reflect::set(&question, &"file".into(), &file_id.as_str().into());
    to_worker(&question)?;
    answered.await.ok().flatten()
}

/// Lets the person choose files; they come as [`view::Update::Picked`].
pub fn choose(state: AppState) {
    if tauri::is_there() {
        return super::tell(state, Command::PickFiles);
    }
    let Some(input) = document().create_element("input").ok().and_then(|e| e.dyn_into::<HtmlInputElement>().ok())
    else {
        return;
    };
    input.set_type("file");
    input.set_multiple(true);
    let chosen = input.clone();
    let on_change = Closure::once_into_js(move || {
        let files = chosen.files();
        let all = files.iter().flat_map(|list| (0..list.length()).filter_map(|at| list.get(at)));
        offer(all.collect());
    });
    input.set_onchange(Some(on_change.unchecked_ref()));
    input.click();
}

/// Hands files that are in the page to the host: pasted, or dropped in a browser.
pub fn offer(files: Vec<File>) {
    if files.is_empty() {
        return;
    }
    if tauri::is_there() {
        for file in files.into_iter().filter(|file| file.size() <= PASTED_BYTES_MAX) {
            leptos::task::spawn_local(async move {
                let Ok(bytes) = JsFuture::from(file.array_buffer()).await else { return };
                tauri::paste(&file.name(), &js_sys::Uint8Array::new(&bytes)).await;
            });
        }
        return;
    }
    let list: js_sys::Array = files.iter().collect();
    let message = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&message, &"pick".into(), &list);
    to_worker(&message);
}

fn to_worker(message: &JsValue) -> Option<()> {
    WORKER.with_borrow(|worker| worker.as_ref()?.post_message(message).ok())
}

/// Gives a file to the browser to be kept where it keeps such things.
fn keep(name: &str, blob: &Blob) {
    let link = document().create_element("a").ok().and_then(|e| e.dyn_into::<HtmlAnchorElement>().ok());
    let (Some(link), Ok(url)) = (link, Url::create_object_url_with_blob(blob)) else { return };
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The browser has begun to read it by then.
    set_timeout(move || drop(Url::revoke_object_url(&url)), std::time::Duration::from_secs(60));
}
