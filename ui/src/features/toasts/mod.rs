//! What passes: failures, "done", undo, messages in other chats. Failures stay longest.

mod notices;

use std::time::Duration;

use leptos::prelude::*;

use crate::i18n::{key, t};
use crate::primitives::{Button, ButtonKind, ControlSize, Toast, ToastStack, ToastTone};
use crate::state::{self, AppState, ToastKind};

pub use notices::tell_notices;

/// How long news stays, in milliseconds.
const STAY_MS: u64 = 5_000;
/// How long a failure stays, and an offer to undo.
const STAY_LONG_MS: u64 = 10_000;

/// The stack of toasts at the edge of the window.
#[component]
pub fn ToastArea() -> impl IntoView {
    let toasts = AppState::get().toasts;
    view! {
        <ToastStack>
            <For each=move || toasts.shown.get() key=|toast| toast.id let:toast>
                <One toast=toast />
            </For>
        </ToastStack>
    }
}

#[component]
fn One(toast: state::Toast) -> impl IntoView {
    let state = AppState::get();
    let id = toast.id;
    let (tone, stay) = match toast.kind {
        ToastKind::Failure => (ToastTone::Critical, STAY_LONG_MS),
        ToastKind::Undo(_) => (ToastTone::Neutral, STAY_LONG_MS),
        ToastKind::Done => (ToastTone::Success, STAY_MS),
        ToastKind::Notice(_) => (ToastTone::Neutral, STAY_MS),
    };
    set_timeout(move || state.toasts.dismiss(id), Duration::from_millis(stay));
    let title = match &toast.kind {
        ToastKind::Notice(notice) => notices::title_of(notice),
        _ => String::new(),
    };
    let dismiss = move || state.toasts.dismiss(id);
    view! {
        <Toast tone=tone title=title text=toast.text dismiss_label=move || t("common-dismiss") on_dismiss=dismiss>
            <Act kind=toast.kind id=id />
        </Toast>
    }
}

/// The button of a toast, where there is something to do.
#[component]
fn Act(kind: ToastKind, id: u64) -> impl IntoView {
    let state = AppState::get();
    let (words, act): (&str, Callback<()>) = match kind {
        ToastKind::Undo(undo) => (key("common-undo"), undo),
        ToastKind::Notice(notice) => {
            let open = move || state.nav.open_at(notice.chat_id.clone(), Some(notice.message_id.clone()));
            (key("common-open"), Callback::new(move |()| open()))
        }
        ToastKind::Failure | ToastKind::Done => return None,
    };
    let press = move || {
        act.run(());
        state.toasts.dismiss(id);
    };
    Some(view! {
        <Button kind=ButtonKind::Ghost size=ControlSize::Small on_press=press>{move || t(words)}</Button>
    })
}
