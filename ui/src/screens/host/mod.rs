//! Hosting for the first time: name the team, start, make the first account (its owner).

use leptos::prelude::*;
use view::{HostState, ServerTarget};

use crate::features::account_form::AccountForm;
use crate::features::host_panel::{HostStart, RunningLine};
use crate::i18n::t;
use crate::primitives::Spinner;
use crate::state::AppState;

/// From nothing to a running team with its owner.
#[component]
pub fn Host() -> impl IntoView {
    let state = AppState::get();
    let kind = Memo::new(move |_| match state.host.get() {
        Some(HostState::Running { .. }) => "running",
        Some(HostState::Starting) => "starting",
        _ => "stopped",
    });
    view! {
        <div class="join">
            <h1>{move || if kind.get() == "running" { t("host-account-title") } else { t("welcome-host") }}</h1>
            {move || match kind.get() {
                "running" => view! {
                    <RunningLine />
                    <p class="host-screen__lead">{move || t("host-account-lead")}</p>
                    <AccountForm server=Signal::stored(ServerTarget::Here) new=true />
                }.into_any(),
                "starting" => view! {
                    <p class="host-screen__starting" role="status"><Spinner />{move || t("host-starting")}</p>
                }.into_any(),
                _ => view! {
                    <p class="host-screen__lead">{move || t("host-lead")}</p>
                    <HostStart />
                }.into_any(),
            }}
        </div>
    }
}
