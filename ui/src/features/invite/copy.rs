//! A line of text to copy, with a button that says when it was copied.

use std::time::Duration;

use leptos::prelude::*;
use view::{Command, HostCommand};

use crate::bridge;
use crate::i18n::t;
use crate::primitives::{Button, ButtonKind, ControlSize, IconName};
use crate::state::AppState;

/// How long "copied" stays, in milliseconds.
const COPIED_MS: u64 = 2_000;

/// A text that is too long to read out, and a button that copies it.
#[component]
pub fn CopyLine(
    /// What it is.
    #[prop(into)]
    label: Signal<String>,
    /// What is copied.
    text: String,
) -> impl IntoView {
    let state = AppState::get();
    let copied = RwSignal::new(false);
    let shown = text.clone();
    let copy = move || {
        copy_text(state, text.clone());
        copied.set(true);
        set_timeout(move || _ = copied.try_set(false), Duration::from_millis(COPIED_MS));
    };
    let words = move || if copied.get() { t("common-copied") } else { t("common-copy") };
    view! {
        <div class="copy-line">
            <span class="copy-line__label">{move || label.get()}</span>
            <div class="copy-line__box">
                <code class="copy-line__text">{shown}</code>
                <Button size=ControlSize::Small kind=ButtonKind::Ghost icon=IconName::Copy on_press=copy>
                    <span aria-live="polite">{words}</span>
                </Button>
            </div>
        </div>
    }
}

/// Puts a text on the system's clipboard: through the shell on the desktop, else by the browser.
pub fn copy_text(state: AppState, text: String) {
    if bridge::tauri::is_there() {
        bridge::tell(state, Command::Host { host: HostCommand::CopyText { text } });
        return;
    }
    leptos::task::spawn_local(async move {
        let written = window().navigator().clipboard().write_text(&text);
        if wasm_bindgen_futures::JsFuture::from(written).await.is_err() {
            state.toasts.failure(view::Failure::NotHere);
        }
    });
}
