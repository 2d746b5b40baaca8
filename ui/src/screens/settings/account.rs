//! The account on this device, and leaving it.

use leptos::prelude::*;
use view::Command;

use crate::bridge::Attempt;
use crate::features::encryption::Devices;
use crate::features::export::ExportChats;
use crate::features::teams::TeamList;
use crate::i18n::t;
use crate::primitives::{Button, ButtonKind, Dialog, IconName};
use crate::state::AppState;

/// Where one is logged in, and logging out.
#[component]
pub fn Account() -> impl IntoView {
    let state = AppState::get();
    let asking = RwSignal::new(false);
    let attempt = Attempt::new();
    let me = Memo::new(move |_| state.me());
    let leave = move || attempt.run(Command::Logout, |_| {});
    view! {
        {move || me.get().map(|me| view! {
            <dl class="profile__facts">
                <dt>{move || t("people-username")}</dt><dd>"@"{me.person.username}</dd>
                <dt>{move || t("settings-team")}</dt><dd>{me.team}</dd>
                <dt>{move || t("settings-address")}</dt><dd>{me.address}</dd>
            </dl>
        })}
        <TeamList />
        <Devices />
        <ExportChats />
        <p class="settings__note">{move || t("settings-logout-help")}</p>
        <div>
            <Button kind=ButtonKind::Danger icon=IconName::Leave on_press=move || asking.set(true)>{move || t("settings-logout")}</Button>
        </div>
        <Dialog
            open=asking
            on_close=move || asking.set(false)
            title=move || t("settings-logout-ask")
            close_label=move || t("common-close")
        >
            <p>{move || t("settings-logout-help")}</p>
            <p class="new-chat__error" role="alert">{attempt.words()}</p>
            <div class="dialog__actions">
                <Button on_press=move || asking.set(false)>{move || t("common-cancel")}</Button>
                <Button kind=ButtonKind::Danger busy=attempt.busy on_press=leave>{move || t("settings-logout")}</Button>
            </div>
        </Dialog>
    }
}
