//! The desktop host, over Tauri's IPC without its JavaScript package (`withGlobalTauri` stays off).
//!
//! The shell provides two commands:
//! `bridge_attach(channel: tauri::ipc::Channel<String>)`, called once when the page has loaded (again after a reload: the
//! newest channel wins), and `bridge_command(envelope: String)`, which returns at once; the reply comes as an
//! `Update::Reply` over the channel. Each channel message is a JSON string: one `Update` or an array of them.

use std::cell::RefCell;

use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use web_sys::Blob;

use super::SendJson;
use super::incoming::InOrder;

/// This page is in the desktop window.
pub fn is_there() -> bool {
    internals().is_some()
}

/// Makes the channel, hands it to the shell, and returns what sends a command.
///
/// # Errors
/// When the shell has no such commands or refuses.
pub async fn attach(receive: impl Fn(&str) + 'static) -> Result<SendJson, JsValue> {
    let internals = internals().ok_or_else(|| JsValue::from_str("not in a desktop window"))?;
    let order = RefCell::new(InOrder::default());
    let on_message = Closure::<dyn Fn(JsValue)>::new(move |packet: JsValue| {
        let index = field(&packet, "index").as_f64().unwrap_or_default() as u64;
        // The last packet says `end` and carries nothing: the shell has dropped the channel.
        if let Some(message) = field(&packet, "message").as_string() {
            let due = order.borrow_mut().take(index, message);
            due.iter().for_each(|json| receive(json));
        }
    });
    let transform: Function = field(&internals, "transformCallback").dyn_into()?;
    let id = transform.call1(&internals, on_message.as_ref())?;
    // Lives as long as the page.
    on_message.forget();
    let id = id.as_f64().ok_or_else(|| JsValue::from_str("transformCallback returned no number"))?;
    let arguments = Object::new();
    Reflect::set(&arguments, &"channel".into(), &format!("__CHANNEL__:{id}").into())?;
    JsFuture::from(invoke(&internals, "bridge_attach", &arguments)?).await?;
    Ok(Box::new(move |json| {
        let arguments = Object::new();
        // Setting a field of a fresh plain object cannot fail.
        let _ = Reflect::set(&arguments, &"envelope".into(), &json.into());
        match invoke(&internals, "bridge_command", &arguments) {
            Ok(promise) => leptos::task::spawn_local(async move {
                if let Err(error) = JsFuture::from(promise).await {
                    leptos::logging::error!("the shell refused a command: {error:?}");
                }
            }),
            Err(error) => leptos::logging::error!("no command can be sent: {error:?}"),
        }
    }))
}

/// The bytes of a file.
pub(super) async fn load(file_id: &str) -> Option<Blob> {
    let internals = internals()?;
    let arguments = Object::new();
    Reflect::set(&arguments, &"fileId".into(), &file_id.into()).ok()?;
    let bytes = JsFuture::from(invoke(&internals, "bridge_load", &arguments).ok()?).await.ok()?;
    let parts = js_sys::Array::of1(&bytes);
    Blob::new_with_buffer_source_sequence(&parts).ok()
}

/// Hands over bytes that are only in the page. The name goes percent-encoded in a header: the body is the file alone.
pub(super) async fn paste(name: &str, bytes: &js_sys::Uint8Array) {
    let Some(internals) = internals() else { return };
    let (headers, options) = (Object::new(), Object::new());
    let name = String::from(js_sys::encode_uri_component(name));
    // Setting a field of a fresh plain object cannot fail.
    let _ = Reflect::set(&headers, &"name".into(), &name.into());
    let _ = Reflect::set(&options, &"headers".into(), &headers);
    let Ok(Ok(invoke)) = Reflect::get(&internals, &"invoke".into()).map(JsCast::dyn_into::<Function>) else { return };
    if let Ok(Ok(done)) =
        invoke.call3(&internals, &"bridge_paste".into(), bytes, &options).map(JsCast::dyn_into::<Promise>)
        && let Err(error) = JsFuture::from(done).await
    {
        leptos::logging::error!("the shell refused a file: {error:?}");
    }
}

fn internals() -> Option<JsValue> {
    let internals = field(&window(), "__TAURI_INTERNALS__");
    internals.is_object().then_some(internals)
}

fn invoke(internals: &JsValue, command: &str, arguments: &Object) -> Result<Promise, JsValue> {
    let invoke: Function = field(internals, "invoke").dyn_into()?;
    invoke.call2(internals, &command.into(), arguments)?.dyn_into()
}

fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
