//! The way to the host: commands go out, updates come in, replies find the one who asked. All JSON of [`view`] types.
//!
//! Hosts, chosen once at the start:
//! * **Desktop** (`window.__TAURI_INTERNALS__` is there), see [`tauri`]: the page makes a Tauri `Channel` and passes it to the
//!   command `bridge_attach {channel}`; then each command is `bridge_command {envelope: JSON of CommandEnvelope}`.
//! * **Browser**, see [`worker`]: the module worker `./worker.js`, `postMessage` with JSON text both ways.
//! * **Demo** (`#demo`, feature `demo`), see [`demo`]: a scripted host inside the page.
//!
//! What comes in is the JSON of one [`view::Update`] or of an array of them.

pub mod attempt;
#[cfg(feature = "demo")]
pub mod demo;
pub mod files;
pub mod incoming;
pub mod pending;
pub mod tauri;
pub mod voice;
pub mod worker;

use std::cell::RefCell;
use std::time::Duration;

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{Command, CommandEnvelope, Failure, LocalId};

pub use attempt::Attempt;

use crate::state::AppState;
use pending::Pending;

/// A command without an answer after this time has failed.
pub const REPLY_MS_MAX: u64 = 45_000;

/// Sends the JSON of one command.
pub type SendJson = Box<dyn Fn(&str)>;

thread_local! {
    static HOST: RefCell<Option<SendJson>> = const { RefCell::new(None) };
    static PENDING: RefCell<Pending> = RefCell::new(Pending::default());
    static EARLY: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Connects to the host of this page and says [`Command::Start`].
pub fn connect(state: AppState) {
    // Waits until there is a host.
    start(state);
    let receive = move |json: &str| receive(state, json);
    #[cfg(feature = "demo")]
    if let Some(scene) = demo::Scene::of_page() {
        attach(demo::start(scene, receive));
        return;
    }
    if tauri::is_there() {
        leptos::task::spawn_local(async move {
            match tauri::attach(receive).await {
                Ok(send) => attach(send),
                Err(error) => {
                    leptos::logging::error!("the desktop shell does not answer: {error:?}");
                    state.start_failure.set(Some(Failure::Internal));
                }
            }
        });
    } else {
        match worker::start(receive) {
            Ok(send) => attach(send),
            Err(error) => {
                leptos::logging::error!("the worker does not start: {error:?}");
                state.start_failure.set(Some(Failure::Internal));
            }
        }
    }
}

/// Says [`Command::Start`], also again after it failed.
pub fn start(state: AppState) {
    state.start_failure.set(None);
    leptos::task::spawn_local(async move {
        if let Err(failure) = ask(Command::Start).await {
            state.start_failure.set(Some(failure));
        }
    });
}

/// Sends a command and waits for its answer.
pub async fn ask(command: Command) -> Result<ReplyBody, Failure> {
    ask_until(command, Some(REPLY_MS_MAX)).await
}

/// As [`ask`]; without a time, the answer may take as long as a dialog of the system stays open.
async fn ask_until(command: Command, ms_max: Option<u64>) -> Result<ReplyBody, Failure> {
    let (id, answer) = PENDING.with_borrow_mut(Pending::open);
    let envelope = CommandEnvelope { id, command };
    // Our own types always have a JSON form.
    let Ok(json) = serde_json::to_string(&envelope) else { return Err(Failure::Internal) };
    send(json);
    if let Some(ms) = ms_max {
        let late = move || PENDING.with_borrow_mut(|pending| pending.fail(id, Failure::TimedOut));
        set_timeout(late, Duration::from_millis(ms));
    }
    answer.await.unwrap_or(Err(Failure::Internal))
}

/// Sends a command; a failure becomes a toast.
pub fn tell(state: AppState, command: Command) {
    leptos::task::spawn_local(async move {
        if let Err(failure) = ask(command).await {
            state.toasts.failure(failure);
        }
    });
}

/// Sends a command whose failure nobody needs to hear of (typing, presence, read marks).
pub fn tell_quietly(command: Command) {
    leptos::task::spawn_local(async move {
        let _ = ask(command).await;
    });
}

/// A new id for a message or a chat.
pub fn new_local_id() -> LocalId {
    let mut random = [0; 10];
    for byte in &mut random {
        *byte = (js_sys::Math::random() * 256.0) as u8;
    }
    if let Some(crypto) = window().crypto().ok().filter(|_| cfg!(target_arch = "wasm32")) {
        // Without it the id is still unique enough: it is no secret.
        let _ = crypto.get_random_values_with_u8_array(&mut random);
    }
    view::update::local_id(js_sys::Date::now(), random)
}

fn attach(host: SendJson) {
    for json in EARLY.take() {
        host(&json);
    }
    HOST.set(Some(host));
}

/// Passes a command to the host, or keeps it until there is one.
fn send(json: String) {
    HOST.with_borrow(|host| match host {
        Some(host) => host(&json),
        None => EARLY.with_borrow_mut(|early| early.push(json)),
    });
}

fn receive(state: AppState, json: &str) {
    match incoming::updates(json) {
        Ok(updates) => updates.into_iter().for_each(|update| match update {
            view::Update::Reply { id, reply } => PENDING.with_borrow_mut(|pending| pending.answer(id, reply)),
            update => state.apply(update),
        }),
        // Says where, never what.
        Err(error) => {
            leptos::logging::error!("an update could not be read: line {} column {}", error.line(), error.column())
        }
    }
}
