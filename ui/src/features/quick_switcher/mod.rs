//! Ctrl+K: type a part of a name, press Enter, and the chat is open.

pub(super) mod ranking;

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatId, ChatKind, Command, FileId, PersonRow, UserId};
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::bridge;
use crate::features::avatars::{avatar_of, face};
use crate::features::chat_list::{colour_seed, folded};
use crate::features::people::write_to;
use crate::i18n::{chat_title, t};
use crate::keys::regions::focus_when_shown;
use crate::primitives::{Avatar, AvatarSize, EmptyState, FieldKind, IconName, ListRow, TextField};
use crate::state::AppState;
use ranking::rank;

/// Most rows shown.
const ROWS_MAX: usize = 12;

/// Where one can jump.
#[derive(Debug, Clone, PartialEq)]
enum Target {
    Chat { id: ChatId, channel: bool, seed: i64, avatar: Option<FileId> },
    Person(UserId, Option<FileId>),
}

#[derive(Debug, Clone, PartialEq)]
struct Row {
    title: String,
    text: String,
    target: Target,
}

/// The field and the best fits: chats first, then people.
#[component]
pub fn QuickSwitcher() -> impl IntoView {
    let state = AppState::get();
    let query = RwSignal::new(String::new());
    let people = RwSignal::new(Vec::<PersonRow>::new());
    let chosen = RwSignal::new(0usize);
    let field = NodeRef::<leptos::html::Input>::new();
    focus_when_shown(field);
    leptos::task::spawn_local(async move {
        if let Ok(ReplyBody::People { people: all }) = bridge::ask(Command::ListPeople { query: String::new() }).await {
            let _ = people.try_set(all);
        }
    });
    let rows = Memo::new(move |_| rows(state, &query.get(), &people.get()));
    Effect::new(move || {
        query.track();
        chosen.set(0);
    });
    let go = move |row: &Row| match &row.target {
        Target::Chat { id, .. } => state.nav.open(id.clone()),
        Target::Person(id, _) => {
            state.nav.dialog.set(None);
            write_to(state, *id);
        }
    };
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let count = rows.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => {
                chosen.update(|at| *at = (*at + 1) % count);
                chosen_into_view();
            }
            "ArrowUp" => {
                chosen.update(|at| *at = (*at + count - 1) % count);
                chosen_into_view();
            }
            "Enter" => {
                if let Some(row) = rows.with_untracked(|rows| rows.get(chosen.get_untracked()).cloned()) {
                    go(&row);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let list = move || {
        let drawn = rows.get().into_iter().enumerate().map(|(at, row)| {
            let (drawn, target, title) = (row.clone(), row.target.clone(), row.title.clone());
            let selected = Signal::derive(move || chosen.get() == at);
            view! {
                <li>
                    <ListRow
                        title=row.title
                        text=row.text
                        selected=selected
                        compact=true
                        on_press=move || go(&drawn)
                        start={
                            let name = title.clone();
                            move || plate(&target, &name)
                        }
                    />
                </li>
            }
        });
        drawn.collect_view()
    };
    view! {
        <div class="switcher" on:keydown=keys>
            <TextField label=move || t("switcher-find") value=query kind=FieldKind::Search node_ref=field />
            <ul class="switcher__rows">{list}</ul>
            <Show when=move || rows.with(Vec::is_empty)>
                <EmptyState icon=IconName::Search title=move || t("chats-nothing-found") text=move || t("chats-nothing-found-help") />
            </Show>
        </div>
    }
}

/// After the next frame the chosen row can be seen.
pub(super) fn chosen_into_view() {
    request_animation_frame(|| {
        let row = document().query_selector(".switcher .list-row--selected").ok().flatten();
        if let Some(row) = row {
            // As little as needed: the style sheet keeps the room that the field above takes.
            let nearest = ScrollIntoViewOptions::new();
            nearest.set_block(ScrollLogicalPosition::Nearest);
            row.scroll_into_view_with_scroll_into_view_options(&nearest);
        }
    });
}

fn plate(target: &Target, name: &str) -> AnyView {
    let name = name.to_owned();
    match target {
        Target::Chat { channel: true, seed, avatar, .. } => {
            view! { <Avatar name=name id=*seed size=AvatarSize::Inline sign="#" face=face(avatar.clone()) /> }
                .into_any()
        }
        Target::Chat { seed, avatar, .. } => {
            view! { <Avatar name=name id=*seed size=AvatarSize::Inline face=face(avatar.clone()) /> }.into_any()
        }
        Target::Person(id, avatar) => {
            view! { <Avatar name=name id=id.0 size=AvatarSize::Inline face=face(avatar.clone()) /> }.into_any()
        }
    }
}

/// Chats in the order of the list, then people without one; best fits first once something is typed.
fn rows(state: AppState, query: &str, people: &[PersonRow]) -> Vec<Row> {
    let me = state.me().map(|me| me.person.id);
    let order = state.chats.order.get();
    let mut rows: Vec<Row> = Vec::with_capacity(order.len());
    let mut written = Vec::new();
    for entry in &order {
        entry.row.with(|row| {
            let seed = row.person.as_ref().map_or_else(|| colour_seed(&row.id), |person| person.id.0);
            written.extend(row.person.as_ref().map(|person| person.id));
            let (channel, avatar) = (row.kind == ChatKind::Channel, avatar_of(row));
            let target = Target::Chat { id: row.id.clone(), channel, seed, avatar };
            rows.push(Row { title: chat_title(row, me), text: String::new(), target });
        });
    }
    let others = people.iter().filter(|person| !written.contains(&person.id) && !person.deactivated);
    rows.extend(others.map(|person| Row {
        title: person.name.clone(),
        text: format!("@{}", person.username),
        target: Target::Person(person.id, person.avatar.clone()),
    }));
    let query = folded(query.trim());
    let mut ranked: Vec<(u32, Row)> =
        rows.into_iter().filter_map(|row| Some((rank(&query, &folded(&row.title))?, row))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, row)| row).take(ROWS_MAX).collect()
}
