//! One chat of the list.

use leptos::prelude::*;
use view::{ChatId, ChatKind, ChatRow};

use super::colour_seed;
use crate::features::avatars::face_of_row;
use crate::features::chat_keeping::{is_muted, keeping_items};
use crate::features::message::{DeliveryMark, note_words};
use crate::features::status::StatusSign;
use crate::i18n::{chat_title, t, t_with, typing_words, when};
use crate::primitives::{Avatar, Badge, BadgeTone, Icon, IconName, IconSize, ListRow, Menu, MenuAnchor};
use crate::state::AppState;

/// A chat: plate, title, the newest message or what goes on, time, marks.
#[component]
pub fn ChatListRow(
    /// The row; only this one renders when it changes.
    row: ArcRwSignal<ChatRow>,
    /// Which chat is open.
    chosen: StoredValue<Selector<Option<ChatId>>>,
) -> impl IntoView {
    let state = AppState::get();
    let row = RwSignal::from(row);
    let id = row.with_untracked(|row| row.id.clone());
    let me = Memo::new(move |_| state.me().map(|me| me.person.id));
    let selected = {
        let open = Some(id.clone());
        Signal::derive(move || chosen.with_value(|chosen| chosen.selected(&open)))
    };
    let compact =
        Signal::derive(move || state.preferences.with(|preferences| preferences.density == view::Density::Compact));
    let mood = move || {
        row.with(|row| {
            if !row.typing.is_empty() {
                "typing"
            } else if has_draft(row, selected.get()) {
                "draft"
            } else {
                "plain"
            }
        })
    };
    let class = move || format!("chat-row chat-row--{}", mood());
    let press = move || state.nav.open(id.clone());
    let menu = RwSignal::new(None);
    let items = Signal::derive(move || keeping_items(state, &row.get()));
    let ask = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        menu.set(Some(MenuAnchor::at_pointer(&event)));
    };
    let unread = move || row.with(|row| row.unread > 0 || row.settings.marked_unread);
    view! {
        <div class=class class:chat-row--unread=unread on:contextmenu=ask>
            <ListRow
                title=move || row.with(|row| chat_title(row, me.get()))
                text=move || row.with(|row| preview(row, selected.get()))
                selected=selected
                compact=compact
                on_press=press
                start=move || view! { <Plate row=row /> }
                beside=move || view! { <Said row=row /> }
                end=move || view! { <Marks row=row /> }
            />
            <Menu anchor=menu label=move || t("header-more") items=items />
        </div>
    }
}

/// What the other person of a private chat is doing now.
#[component]
fn Said(row: RwSignal<ChatRow>) -> impl IntoView {
    let people = AppState::get().people;
    let person = row.with_untracked(|row| row.person.clone());
    person.map(|person| view! { <StatusSign person=RwSignal::from(people.signal(&person)) /> })
}

#[component]
fn Plate(row: RwSignal<ChatRow>) -> impl IntoView {
    let people = AppState::get().people;
    let (seed, kind, person) = row.with_untracked(|row| (colour_seed(&row.id), row.kind, row.person.clone()));
    let name = Signal::derive(move || row.with(|row| row.title.clone()));
    let face = face_of_row(row);
    match (kind, person) {
        (ChatKind::Private, Some(person)) => {
            let signal = RwSignal::from(people.signal(&person));
            let presence = Signal::derive(move || signal.with(|person| person.presence));
            view! { <Avatar name=name id=person.id.0 presence=presence face=face /> }.into_any()
        }
        (ChatKind::Channel, _) => view! { <Avatar name=name id=seed sign="#" face=face /> }.into_any(),
        _ => view! { <Avatar name=name id=seed face=face /> }.into_any(),
    }
}

#[component]
fn Marks(row: RwSignal<ChatRow>) -> impl IntoView {
    let time = move || row.with(|row| row.last_at.map(when::short).unwrap_or_default());
    let delivery = Memo::new(move |_| row.with(|row| row.last_delivery.filter(|_| row.last_own && row.unread == 0)));
    let unread = move || row.with(unread_words);
    let muted = Memo::new(move |_| row.with(|row| is_muted(&row.settings)));
    let pinned = Memo::new(move |_| row.with(|row| row.settings.pinned_at.is_some()));
    let tone = Signal::derive(move || if muted.get() { BadgeTone::Neutral } else { BadgeTone::Primary });
    let unread_label = move || t_with("chats-unread", &[("count", row.with(|row| row.unread).into())]);
    let mentioned = move || row.with(|row| if row.unread_mentions > 0 { "@".to_owned() } else { String::new() });
    view! {
        <span class="chat-row__marks">
            <span class="chat-row__when">
                <Show when=move || muted.get()>
                    <span role="img" aria-label=move || t("chats-muted")><Icon name=IconName::BellOff size=IconSize::Small /></span>
                </Show>
                <Show when=move || pinned.get()>
                    <span role="img" aria-label=move || t("chats-pinned")><Icon name=IconName::Pin size=IconSize::Small /></span>
                </Show>
                <time class="chat-row__time">{time}</time>
            </span>
            <span class="chat-row__badges">
                {move || delivery.get().map(|delivery| view! { <DeliveryMark delivery=delivery /> })}
                <Badge text=mentioned tone=BadgeTone::Critical label=move || t("chats-mentioned") />
                <Badge text=unread tone=tone label=unread_label />
            </span>
        </span>
    }
}

/// How many are unread; a dot when it is only marked so.
fn unread_words(row: &ChatRow) -> String {
    match row.unread {
        0 if row.settings.marked_unread => "•".to_owned(),
        0 => String::new(),
        count => count.to_string(),
    }
}

/// The draft of the open chat is in its composer already.
fn has_draft(row: &ChatRow, selected: bool) -> bool {
    !row.draft.trim().is_empty() && !selected
}

fn preview(row: &ChatRow, selected: bool) -> String {
    if !row.typing.is_empty() {
        return typing_words(row.kind, &row.typing);
    }
    if has_draft(row, selected) {
        return t_with("chats-draft", &[("text", row.draft.trim().into())]);
    }
    if let Some(note) = &row.last_note {
        return note_words(note);
    }
    if row.last_text.is_empty() {
        return if row.last_at.is_some() { t("chats-message-deleted") } else { t("chats-no-messages") };
    }
    let author = if row.last_own { t("chats-you") } else { row.last_author.clone() };
    if author.is_empty() { row.last_text.clone() } else { format!("{author}: {}", row.last_text) }
}
