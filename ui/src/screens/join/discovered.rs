//! Teams seen on the network. A hint only: choosing one asks for its link. Namesakes are told apart by their keys.

use std::collections::HashMap;

use leptos::prelude::*;
use view::{Command, DiscoveredTeam, HostCommand};

use crate::bridge;
use crate::features::chat_list::folded;
use crate::i18n::{t, t_with};
use crate::primitives::{Avatar, Banner, BannerTone, IconName, ListRow, Spinner, SpinnerSize};
use crate::state::AppState;

/// Groups of four digits shown of a key: 64 bits, enough to tell teams apart by eye.
const KEY_GROUPS: usize = 4;

/// The teams, looked for while this is on screen.
#[component]
pub fn Discovered(
    /// The team that was chosen; set.
    wanted: RwSignal<Option<DiscoveredTeam>>,
) -> impl IntoView {
    let state = AppState::get();
    bridge::tell_quietly(Command::Host { host: HostCommand::Search });
    on_cleanup(|| bridge::tell_quietly(Command::Host { host: HostCommand::StopSearch }));
    let teams = move || state.found_teams.get().into_iter().filter(|team| !team.own).collect::<Vec<_>>();
    let twins = Memo::new(move |_| namesakes(&teams()));
    view! {
        <section class="discovered">
            <h2 class="discovered__title">
                {move || t("join-on-network")}
                <Spinner size=SpinnerSize::Small />
            </h2>
            <Show when=move || teams().is_empty()>
                <p class="discovered__none">{move || t("join-none-yet")}</p>
            </Show>
            {move || twins.get().map(|team| view! {
                <Banner
                    tone=BannerTone::Warning
                    icon=IconName::Warning
                    text=move || t_with("join-namesakes", &[("team", team.clone().into())])
                />
            })}
            <ul>
                <For each=teams key=|team| (team.name.clone(), team.address.clone(), team.fingerprint.clone()) let:team>
                    <li><Team team=team wanted=wanted /></li>
                </For>
            </ul>
        </section>
    }
}

#[component]
fn Team(team: DiscoveredTeam, wanted: RwSignal<Option<DiscoveredTeam>>) -> impl IntoView {
    let seed = folded(&team.fingerprint).bytes().map(i64::from).sum::<i64>();
    let (name, choose, is_mine) = (team.name.clone(), team.clone(), team.clone());
    let (address, print) = (team.address, short(&team.fingerprint));
    view! {
        <ListRow
            title=team.name
            text=move || format!("{} · {address}", t_with("join-key", &[("key", print.clone().into())]))
            selected=move || wanted.with(|wanted| wanted.as_ref() == Some(&is_mine))
            on_press=move || wanted.set(Some(choose.clone()))
            start=move || view! { <Avatar name=name.clone() id=seed /> }
        />
    }
}

/// The first groups of a key's hash.
pub fn short(fingerprint: &str) -> String {
    fingerprint.split_whitespace().take(KEY_GROUPS).collect::<Vec<_>>().join(" ")
}

/// A name that several of these teams bear, as a person reads names.
fn namesakes(teams: &[DiscoveredTeam]) -> Option<String> {
    let mut seen = HashMap::new();
    for team in teams {
        let key = folded(team.name.trim());
        if seen.get(&key).is_some_and(|print| *print != &team.fingerprint) {
            return Some(team.name.clone());
        }
        seen.insert(key, &team.fingerprint);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn team(name: &str, fingerprint: &str) -> DiscoveredTeam {
        let (name, fingerprint) = (name.to_owned(), fingerprint.to_owned());
        DiscoveredTeam { name, address: "10.0.0.2:8443".to_owned(), fingerprint, own: false }
    }

    #[test]
    fn two_hosts_of_one_name_are_noticed_however_it_is_written() {
        assert_eq!(namesakes(&[team("Маяк", "3F2A 91C0"), team("Берег", "0001 0002")]), None);
        let twins = [team("Маяк", "3F2A 91C0"), team("Берег", "0001 0002"), team(" маяк", "77AA 0102")];
        assert_eq!(namesakes(&twins), Some(" маяк".to_owned()));
        assert_eq!(namesakes(&[team("Маяк", "3F2A 91C0"), team("Маяк", "3F2A 91C0")]), None, "one host seen twice");
    }

    #[test]
    fn a_key_is_shown_by_its_first_groups() {
        assert_eq!(short("3F2A 91C0 0001 0002 0003 0004 0005 0006"), "3F2A 91C0 0001 0002");
        assert_eq!(short(""), "");
    }
}
