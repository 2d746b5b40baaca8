//! Confirming this device: by the code of another one, by the recovery key, or by beginning anew.

use leptos::prelude::*;
use view::Command;

use crate::bridge::Attempt;
use crate::i18n::t;
use crate::primitives::{Button, ButtonKind, FieldKind, TextField};
use crate::state::AppState;

/// What the dialog holds.
#[component]
pub fn ConfirmDialog() -> impl IntoView {
    let nav = AppState::get().nav;
    let code = RwSignal::new(String::new());
    let attempt = Attempt::new();
    let anew = RwSignal::new(false);
    let wrong = Signal::derive(move || match attempt.failure.get() {
        Some(view::Failure::WrongPassphrase) => t("encryption-code-wrong"),
        _ => attempt.words().get(),
    });
    let enter = move || {
        attempt.run(Command::EnterCode { code: code.get_untracked() }, move |_| nav.dialog.set(None));
    };
    let begin = move || attempt.run(Command::BeginAnew, move |_| nav.dialog.set(None));
    view! {
        <form
            class="confirm-device"
            on:submit=move |event| {
                event.prevent_default();
                enter();
            }
        >
            <p>{move || t("encryption-confirm-help")}</p>
            <TextField label=move || t("encryption-code") value=code kind=FieldKind::Url error=wrong />
            <div class="dialog__actions">
                <Button on_press=move || nav.dialog.set(None)>{move || t("common-cancel")}</Button>
                <Button kind=ButtonKind::Primary submit=true busy=attempt.busy>{move || t("encryption-confirm")}</Button>
            </div>
            <hr class="confirm-device__line" />
            <Show
                when=move || anew.get()
                fallback=move || view! {
                    <div>
                        <Button kind=ButtonKind::Ghost on_press=move || anew.set(true)>{move || t("encryption-lost-all")}</Button>
                    </div>
                }
            >
                <p>{move || t("encryption-anew-help")}</p>
                <div>
                    <Button kind=ButtonKind::Danger busy=attempt.busy on_press=begin>{move || t("encryption-anew")}</Button>
                </div>
            </Show>
        </form>
    }
}
