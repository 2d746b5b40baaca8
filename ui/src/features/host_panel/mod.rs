//! The server inside the app: starting it, and what goes on while it runs.

mod start;

use leptos::prelude::*;
use view::host::ConnectedPerson;
use view::{Command, HostCommand, HostState};

use crate::bridge;
use crate::features::invite::HostInvitation;
use crate::i18n::{t, t_with, when};
use crate::primitives::{Avatar, AvatarSize, Banner, BannerTone, Button, ButtonKind, IconName};
use crate::state::AppState;

pub use start::HostStart;

/// Hosting as a whole: the form while stopped, the running team else.
#[component]
pub fn HostPanel() -> impl IntoView {
    let state = AppState::get();
    bridge::tell_quietly(Command::Host { host: HostCommand::Status });
    let running = Memo::new(move |_| matches!(state.host.get(), Some(HostState::Running { .. })));
    view! {
        <div class="host-panel">
            <Show when=move || running.get() fallback=|| view! { <HostStart /> }>
                <RunningLine />
                <Running />
            </Show>
        </div>
    }
}

/// "The team runs at …".
#[component]
pub fn RunningLine() -> impl IntoView {
    let state = AppState::get();
    let text = move || match state.host.get() {
        Some(HostState::Running { name, addresses, .. }) => {
            let address = addresses.into_iter().next().unwrap_or_default();
            t_with("host-running", &[("name", name.into()), ("address", address.into())])
        }
        _ => String::new(),
    };
    view! { <Banner tone=BannerTone::Success icon=IconName::Server text=text /> }
}

/// Who is connected, where it is, the invitation, stopping.
#[component]
fn Running() -> impl IntoView {
    let state = AppState::get();
    let facts = Memo::new(move |_| match state.host.get() {
        Some(HostState::Running { addresses, tcp_port, folder, fingerprint, since, .. }) => {
            Some((addresses.join(", "), tcp_port, folder, fingerprint, since))
        }
        _ => None,
    });
    let connected = move || match state.host.get() {
        Some(HostState::Running { connected, .. }) => connected,
        _ => Vec::new(),
    };
    let tell = move |host: HostCommand| bridge::tell(state, Command::Host { host });
    view! {
        <section class="host-panel__part">
            <h2 class="host-panel__title">{move || t("host-invite")}</h2>
            <HostInvitation />
        </section>
        <section class="host-panel__part">
            <h2 class="host-panel__title">{move || t_with("host-connected", &[("count", connected().len().into())])}</h2>
            <ul class="host-panel__people">
                <For each=connected key=|person| (person.name.clone(), person.connections) let:person>
                    <li><Connected person=person /></li>
                </For>
            </ul>
        </section>
        <section class="host-panel__part">
            <h2 class="host-panel__title">{move || t("host-about")}</h2>
            {move || facts.get().map(|(addresses, tcp, folder, fingerprint, since)| view! {
                <dl class="profile__facts">
                    <dt>{move || t("host-addresses")}</dt><dd>{addresses}</dd>
                    <dt>{move || t("host-tcp")}</dt><dd>{tcp}</dd>
                    <dt>{move || t("host-fingerprint")}</dt><dd><code>{fingerprint}</code></dd>
                    <dt>{move || t("host-since")}</dt><dd>{move || when::full(since)}</dd>
                    <dt>{move || t("host-folder")}</dt><dd>{folder}</dd>
                </dl>
            })}
            <p class="host-panel__note">{move || t("host-sees")}</p>
            <div class="host-panel__actions">
                <Button icon=IconName::Folder on_press=move || tell(HostCommand::OpenFolder)>{move || t("host-open-folder")}</Button>
                <Button kind=ButtonKind::Danger icon=IconName::Stop on_press=move || tell(HostCommand::Stop)>{move || t("host-stop")}</Button>
            </div>
        </section>
    }
}

#[component]
fn Connected(person: ConnectedPerson) -> impl IntoView {
    let seed = person.name.bytes().map(i64::from).sum::<i64>();
    let count = person.connections;
    view! {
        <span class="host-panel__person">
            <Avatar name=person.name.clone() id=seed size=AvatarSize::Inline />
            <span class="host-panel__name">{person.name}</span>
            <span class="host-panel__note">{move || t_with("host-devices", &[("count", count.into())])}</span>
        </span>
    }
}
