//! The browser's host: the engine in a module worker, JSON text both ways.

use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use super::SendJson;

/// Starts `./worker.js` and returns what sends a command.
///
/// # Errors
/// When the browser has no module workers or may not load the file.
pub fn start(receive: impl Fn(&str) + 'static) -> Result<SendJson, JsValue> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Worker::new_with_options("./worker.js", &options)?;
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(json) = event.data().as_string() {
            receive(&json);
        } else {
            super::files::worker_said(&event.data());
        }
    });
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // Lives as long as the page.
    on_message.forget();
    super::files::worker_is(worker.clone());
    Ok(Box::new(move |json| {
        if let Err(error) = worker.post_message(&JsValue::from_str(json)) {
            leptos::logging::error!("no command can be sent: {error:?}");
        }
    }))
}
