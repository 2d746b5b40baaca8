//! Whether the open chat is sealed, in words, and making an open group encrypted: the one thing here that cannot be undone.

use leptos::prelude::*;
use view::{ChatId, ChatKind, ChatRow, Command, DeviceStanding, Role};

use crate::bridge::Attempt;
use crate::i18n::{key, t};
use crate::primitives::{Button, ButtonKind, ControlSize, Icon, IconName, IconSize};
use crate::state::{AppState, Dialog, Panel};

/// In the panel about a chat: a line that says whether it is encrypted, with the way to who reads, or to turning it on.
#[component]
pub fn Sealing(
    /// The chat's row.
    row: RwSignal<ChatRow>,
) -> impl IntoView {
    let state = AppState::get();
    let known = Memo::new(move |_| state.devices.with(|(standing, _)| *standing != DeviceStanding::Unknown));
    let encrypted = Memo::new(move |_| row.with(|row| row.encrypted));
    let words = move || {
        t(match (encrypted.get(), row.with(|row| row.kind)) {
            (true, _) => key("encryption-on"),
            (false, ChatKind::Channel) => key("encryption-off-channel"),
            (false, _) => key("encryption-off-group"),
        })
    };
    let may = move || row.with(|row| row.kind == ChatKind::Group && !row.encrypted && row.role >= Some(Role::Admin));
    let turn_on =
        move || state.nav.dialog.set(Some(Dialog::TurnOnEncryption(row.with_untracked(|row| row.id.clone()))));
    view! {
        <Show when=move || known.get()>
            <p class="info-head__sealing">
                <Icon name=Signal::derive(move || if encrypted.get() { IconName::Lock } else { IconName::Info }) size=IconSize::Small />
                <span>{words}</span>
            </p>
            <Show when=move || encrypted.get()>
                <Button kind=ButtonKind::Ghost size=ControlSize::Small on_press=move || state.nav.panel.set(Some(Panel::Readers))>
                    {move || t("encryption-who")}
                </Button>
            </Show>
            <Show when=may>
                <div class="info-head__turn-on">
                    <Button kind=ButtonKind::Ghost size=ControlSize::Small on_press=turn_on>
                        {move || t("encryption-turn-on")}
                    </Button>
                </div>
            </Show>
        </Show>
    }
}

/// The question before it, with what it costs.
#[component]
pub fn TurnOnDialog(
    /// Which group.
    chat: ChatId,
) -> impl IntoView {
    let state = AppState::get();
    let attempt = Attempt::new();
    let turn_on = move || {
        attempt.run(Command::EncryptChat { chat_id: chat.clone() }, move |_| state.nav.dialog.set(None));
    };
    view! {
        <p>{move || t("encryption-turn-on-help")}</p>
        <p class="new-chat__error" role="alert">{attempt.words()}</p>
        <div class="dialog__actions">
            <Button kind=ButtonKind::Ghost on_press=move || state.nav.dialog.set(None)>{move || t("common-cancel")}</Button>
            <Button kind=ButtonKind::Primary busy=attempt.busy on_press=turn_on>{move || t("encryption-turn-on-sure")}</Button>
        </div>
    }
}
