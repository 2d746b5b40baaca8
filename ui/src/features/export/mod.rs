//! Taking one's chats along, sealed with a passphrase.

use leptos::prelude::*;
use view::export::PASSPHRASE_CHARS_MIN;
use view::update::ReplyBody;
use view::{Command, ExportFormat};

use crate::bridge::Attempt;
use crate::i18n::{key, t, t_with};
use crate::primitives::{Button, ButtonKind, Dialog, FieldKind, IconName, Select, SelectOption, TextField};
use crate::state::AppState;

/// The part of the settings about it.
#[component]
pub fn ExportChats() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <section class="export" aria-label=move || t("export-title")>
            <h2 class="settings__name">{move || t("export-title")}</h2>
            <p class="settings__note">{move || t("export-help")}</p>
            <div>
                <Button icon=IconName::Download on_press=move || open.set(true)>{move || t("export-open")}</Button>
            </div>
        </section>
        <Dialog
            open=open
            on_close=move || open.set(false)
            title=move || t("export-title")
            close_label=move || t("common-close")
        >
            <ExportForm open=open />
        </Dialog>
    }
}

#[component]
fn ExportForm(open: RwSignal<bool>) -> impl IntoView {
    let state = AppState::get();
    let (passphrase, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let format = RwSignal::new(ExportFormat::default());
    let tried = RwSignal::new(false);
    let attempt = Attempt::new();
    let trouble = Memo::new(move |_| match (passphrase.get(), again.get()) {
        (text, _) if text.chars().count() < PASSPHRASE_CHARS_MIN => key("unlock-short"),
        (text, again) if text != again => key("unlock-differs"),
        _ => "",
    });
    let shown = move |mine: &'static str| if tried.get() && trouble.get() == mine { t(mine) } else { String::new() };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if !trouble.get_untracked().is_empty() {
            return;
        }
        let command = Command::Export { passphrase: passphrase.get_untracked(), format: format.get_untracked() };
        attempt.run_long(command, move |body| {
            if let ReplyBody::Exported { name: Some(name) } = body {
                state.toasts.done(untrack(|| t_with("export-done", &[("name", name.into())])));
                let _ = open.try_set(false);
            }
        });
    };
    let options = Signal::derive(|| {
        vec![SelectOption::new("archive", t("export-archive")), SelectOption::new("fernet", t("export-fernet"))]
    });
    let value =
        Signal::derive(move || if format.get() == ExportFormat::Fernet { "fernet" } else { "archive" }.to_owned());
    let choose = move |named: String| {
        format.set(if named == "fernet" { ExportFormat::Fernet } else { ExportFormat::Archive });
    };
    view! {
        <form class="export__form" on:submit=submit>
            <TextField
                label=move || t("export-passphrase")
                value=passphrase
                kind=FieldKind::NewPassword
                error=move || shown(key("unlock-short"))
            />
            <TextField
                label=move || t("unlock-again")
                value=again
                kind=FieldKind::NewPassword
                error=move || shown(key("unlock-differs"))
            />
            <Select label=move || t("export-format") value=value options=options on_change=choose />
            <p class="settings__note">
                {move || if format.get() == ExportFormat::Fernet { t("export-fernet-help") } else { t("export-archive-help") }}
            </p>
            <p class="new-chat__error" role="alert">{attempt.words()}</p>
            <div class="dialog__actions">
                <Button on_press=move || open.set(false)>{move || t("common-cancel")}</Button>
                <Button kind=ButtonKind::Primary submit=true busy=attempt.busy>{move || t("export-make")}</Button>
            </div>
        </form>
    }
}
