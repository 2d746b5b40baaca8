//! Teams seen on the network. A hint only: choosing one asks for its link.

use leptos::prelude::*;
use view::{Command, DiscoveredTeam, HostCommand};

use crate::bridge;
use crate::features::chat_list::folded;
use crate::i18n::t;
use crate::primitives::{Avatar, ListRow, Spinner, SpinnerSize};
use crate::state::AppState;

/// The teams, looked for while this is on screen.
#[component]
pub fn Discovered(
    /// The name of the team that was chosen; set.
    wanted: RwSignal<Option<String>>,
) -> impl IntoView {
    let state = AppState::get();
    bridge::tell_quietly(Command::Host { host: HostCommand::Search });
    on_cleanup(|| bridge::tell_quietly(Command::Host { host: HostCommand::StopSearch }));
    let teams = move || state.found_teams.get().into_iter().filter(|team| !team.own).collect::<Vec<_>>();
    view! {
        <section class="discovered">
            <h4 class="discovered__title">
                {move || t("join-on-network")}
                <Spinner size=SpinnerSize::Small />
            </h4>
            <Show when=move || teams().is_empty()>
                <p class="discovered__none">{move || t("join-none-yet")}</p>
            </Show>
            <ul>
                <For each=teams key=|team| (team.name.clone(), team.address.clone()) let:team>
                    <li><Team team=team wanted=wanted /></li>
                </For>
            </ul>
        </section>
    }
}

#[component]
fn Team(team: DiscoveredTeam, wanted: RwSignal<Option<String>>) -> impl IntoView {
    let seed = folded(&team.fingerprint).bytes().map(i64::from).sum::<i64>();
    let (name, choose) = (team.name.clone(), team.name.clone());
    view! {
        <ListRow
            title=team.name
            text=format!("{} · {}", team.address, team.fingerprint)
            on_press=move || wanted.set(Some(choose.clone()))
            start=move || view! { <Avatar name=name.clone() id=seed /> }
        />
    }
}
