//! The teams of this app: plates in the rail, a list in the settings.

use leptos::prelude::*;
use view::TeamRow;

use crate::i18n::{t, t_with};
use crate::primitives::{
    Avatar, AvatarSize, Badge, BadgeTone, Button, ControlSize, IconButton, IconName, ListRow, Logo,
};
use crate::state::AppState;

/// At the top of the rail: a plate for each team and a place for one more; in a browser, which shows one team, the sign of
/// the app.
#[component]
pub fn TeamPlates() -> impl IntoView {
    let state = AppState::get();
    let here = Memo::new(move |_| state.teams.list.with(|list| !list.is_empty()));
    let plates =
        move || state.teams.list.get().into_iter().map(|team| view! { <li><Plate team=team /></li> }).collect_view();
    view! {
        <Show when=move || here.get() fallback=|| view! { <div class="rail__logo"><Logo /></div> }>
            <div class="team-plates">
                <ul class="team-plates__list" aria-label=move || t("teams-title")>
                    {plates}
                </ul>
                <IconButton icon=IconName::Add label=move || t("teams-add") on_press=move || state.add_team() />
            </div>
        </Show>
    }
}

#[component]
fn Plate(team: TeamRow) -> impl IntoView {
    let state = AppState::get();
    let TeamRow { id, name, unread, mentions } = team;
    let open = Memo::new(move |_| state.teams.open.get() == id);
    let current = move || open.get().then_some("true");
    let (shown, tone) = sum(unread, mentions);
    let spoken = t_with("teams-unread", &[("count", unread.into())]);
    view! {
        <button
            class="team-plate"
            class:team-plate--open=open
            type="button"
            title=name.clone()
            aria-current=current
            on:click=move |_| state.go_to_team(id)
        >
            <Avatar name=name.clone() id=i64::from(id) size=AvatarSize::List />
            <span class="visually-hidden">{name.clone()}</span>
            // What is unread here is told by the list of chats.
            <Show when=move || !open.get()>
                <span class="rail__badge"><Badge text=shown.clone() tone=tone label=spoken.clone() /></span>
            </Show>
        </button>
    }
}

/// All teams, to go to one or to add one: what the plates are where there is no room for them.
#[component]
pub fn TeamList() -> impl IntoView {
    let state = AppState::get();
    let rows = move || {
        let open = state.teams.open.get();
        let row = |team: TeamRow| {
            let (name, here) = (team.name.clone(), team.id == open);
            let (shown, tone) = sum(team.unread, team.mentions);
            let spoken = t_with("teams-unread", &[("count", team.unread.into())]);
            view! {
                <li>
                    <ListRow
                        title=team.name
                        selected=Signal::stored(here)
                        compact=true
                        on_press=move || state.go_to_team(team.id)
                        start=move || view! { <Avatar name=name.clone() id=i64::from(team.id) size=AvatarSize::Inline /> }
                        end=move || view! { <Badge text=shown.clone() tone=tone label=spoken.clone() /> }
                    />
                </li>
            }
        };
        state.teams.list.get().into_iter().map(row).collect_view()
    };
    view! {
        <Show when=move || state.teams.list.with(|list| !list.is_empty())>
            <h2 class="settings__name">{move || t("teams-title")}</h2>
            <ul class="team-list">{rows}</ul>
            <div>
                <Button icon=IconName::Add on_press=move || state.add_team()>{move || t("teams-add")}</Button>
            </div>
        </Show>
    }
}

/// At the welcome: the way back to a team that one is in.
#[component]
pub fn BackToTeam() -> impl IntoView {
    let state = AppState::get();
    let first = Memo::new(move |_| state.teams.others().into_iter().next());
    move || {
        first.get().map(|team| {
            view! {
                <Button size=ControlSize::Large icon=IconName::ArrowLeft on_press=move || state.go_to_team(team.id)>
                    {move || t_with("teams-back", &[("team", team.name.clone().into())])}
                </Button>
            }
        })
    }
}

/// Mentions are told before other messages.
fn sum(unread: u64, mentions: u64) -> (String, BadgeTone) {
    match (unread, mentions) {
        (0, 0) => (String::new(), BadgeTone::Primary),
        (unread, 0) => (unread.to_string(), BadgeTone::Neutral),
        (_, mentions) => (mentions.to_string(), BadgeTone::Critical),
    }
}
