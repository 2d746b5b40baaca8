//! The pages of one PDF file. A worker draws them (`ui/static/pdf.js`); it ends with this value, and when it takes too long.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use futures_channel::oneshot;
use js_sys::{Array, Object, Reflect};
use leptos::prelude::set_timeout_with_handle;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ImageData, MessageEvent, Worker, WorkerOptions, WorkerType};

/// An answer that takes longer is none: to open a file, its program included.
const OPEN_MAX: Duration = Duration::from_secs(30);
/// As [`OPEN_MAX`], for a page.
const DRAW_MAX: Duration = Duration::from_secs(15);

type Asked = Rc<RefCell<HashMap<u32, oneshot::Sender<JsValue>>>>;

/// An open file.
pub struct Pages {
    worker: Worker,
    asked: Asked,
    last: Cell<u32>,
    count: Cell<u32>,
    _hears: Closure<dyn Fn(MessageEvent)>,
    _fails: Closure<dyn Fn(JsValue)>,
}

impl Pages {
    /// Reads a file; `None` for one that cannot be shown.
    pub async fn open(file: &Blob) -> Option<Self> {
        let bytes = JsFuture::from(file.array_buffer()).await.ok()?;
        let pages = Self::start().ok()?;
        let question = question(&[("bytes", &bytes)]);
        let answer = pages.ask(&question, &Array::of1(&bytes), OPEN_MAX).await?;
        pages.count.set(Reflect::get(&answer, &"count".into()).ok()?.as_f64()? as u32);
        Some(pages)
    }

    /// How many there are; never 0.
    pub fn count(&self) -> u32 {
        self.count.get().max(1)
    }

    /// A page, counted from 0, as large as fits, in pixels; `None` where it cannot be drawn.
    pub async fn draw(&self, page: u32, width: u32, height: u32) -> Option<ImageData> {
        let question = question(&[("page", &page.into()), ("width", &width.into()), ("height", &height.into())]);
        let answer = self.ask(&question, &Array::new(), DRAW_MAX).await?;
        Reflect::get(&answer, &"picture".into()).ok()?.dyn_into().ok()
    }

    fn start() -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options("./pdf.js", &options)?;
        let asked = Asked::default();
        let hears = Closure::<dyn Fn(MessageEvent)>::new({
            let asked = asked.clone();
            move |event: MessageEvent| {
                let number = Reflect::get(&event.data(), &"number".into()).ok().and_then(|number| number.as_f64());
                if let Some(waiting) = number.and_then(|number| asked.borrow_mut().remove(&(number as u32))) {
                    // Who asked may be gone.
                    let _ = waiting.send(event.data());
                }
            }
        });
        worker.set_onmessage(Some(hears.as_ref().unchecked_ref()));
        // It did not start, or has no memory left: there will be no answers.
        let fails = Closure::<dyn Fn(JsValue)>::new({
            let asked = asked.clone();
            move |_| asked.borrow_mut().clear()
        });
        worker.set_onerror(Some(fails.as_ref().unchecked_ref()));
        Ok(Self { worker, asked, last: Cell::new(0), count: Cell::new(0), _hears: hears, _fails: fails })
    }

    async fn ask(&self, question: &Object, given: &Array, at_most: Duration) -> Option<JsValue> {
        let number = self.last.get() + 1;
        self.last.set(number);
        let (answer, answered) = oneshot::channel();
        self.asked.borrow_mut().insert(number, answer);
        // Setting a field of a fresh plain object cannot fail.
        let _ = Reflect::set(question, &"number".into(), &number.into());
        let asked = self.asked.clone();
        let over = set_timeout_with_handle(move || drop(asked.borrow_mut().remove(&number)), at_most).ok()?;
        self.worker.post_message_with_transfer(question, given).ok()?;
        let answer = answered.await.ok();
        over.clear();
        answer
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

fn question(fields: &[(&str, &JsValue)]) -> Object {
    let question = Object::new();
    for (name, value) in fields {
        // Setting a field of a fresh plain object cannot fail.
        let _ = Reflect::set(&question, &(*name).into(), value);
    }
    question
}
