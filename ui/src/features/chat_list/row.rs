//! One chat of the list.

use leptos::prelude::*;
use view::{ChatKind, ChatRow};

use super::colour_seed;
use crate::features::message::{DeliveryMark, note_words};
use crate::i18n::{chat_title, t, t_with, typing_words, when};
use crate::primitives::{Avatar, Badge, BadgeTone, ListRow};
use crate::state::AppState;

/// A chat: plate, title, the newest message or what goes on, time, marks.
#[component]
pub fn ChatListRow(
    /// The row; only this one renders when it changes.
    row: ArcRwSignal<ChatRow>,
) -> impl IntoView {
    let state = AppState::get();
    let row = RwSignal::from(row);
    let id = row.with_untracked(|row| row.id.clone());
    let me = Memo::new(move |_| state.me().map(|me| me.person.id));
    let selected = {
        let id = id.clone();
        Memo::new(move |_| state.nav.chat.with(|open| open.as_ref() == Some(&id)))
    };
    let compact = Signal::derive(move || state.preferences.with(|preferences| preferences.compact));
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
    view! {
        <div class=class class:chat-row--unread=move || row.with(|row| row.unread > 0)>
            <ListRow
                title=move || row.with(|row| chat_title(row, me.get()))
                text=move || row.with(|row| preview(row, selected.get()))
                selected=selected
                compact=compact
                on_press=press
                start=move || view! { <Plate row=row /> }
                end=move || view! { <Marks row=row /> }
            />
        </div>
    }
}

#[component]
fn Plate(row: RwSignal<ChatRow>) -> impl IntoView {
    let people = AppState::get().people;
    let (seed, kind, person) = row.with_untracked(|row| (colour_seed(&row.id), row.kind, row.person.clone()));
    let name = Signal::derive(move || row.with(|row| row.title.clone()));
    match (kind, person) {
        (ChatKind::Private, Some(person)) => {
            let signal = RwSignal::from(people.signal(&person));
            let presence = Signal::derive(move || signal.with(|person| person.presence));
            view! { <Avatar name=name id=person.id.0 presence=presence /> }.into_any()
        }
        (ChatKind::Channel, _) => view! { <Avatar name=name id=seed sign="#" /> }.into_any(),
        _ => view! { <Avatar name=name id=seed /> }.into_any(),
    }
}

#[component]
fn Marks(row: RwSignal<ChatRow>) -> impl IntoView {
    let time = move || row.with(|row| row.last_at.map(when::short).unwrap_or_default());
    let delivery = Memo::new(move |_| row.with(|row| row.last_delivery.filter(|_| row.last_own && row.unread == 0)));
    let unread = move || row.with(|row| if row.unread > 999 { "999+".to_owned() } else { number(row.unread) });
    let unread_label = move || t_with("chats-unread", &[("count", row.with(|row| row.unread).into())]);
    let mentioned = move || row.with(|row| if row.unread_mentions > 0 { "@".to_owned() } else { String::new() });
    view! {
        <span class="chat-row__marks">
            <time class="chat-row__time">{time}</time>
            <span class="chat-row__badges">
                {move || delivery.get().map(|delivery| view! { <DeliveryMark delivery=delivery /> })}
                <Badge text=mentioned tone=BadgeTone::Critical label=move || t("chats-mentioned") />
                <Badge text=unread tone=BadgeTone::Primary label=unread_label />
            </span>
        </span>
    }
}

fn number(count: u64) -> String {
    if count == 0 { String::new() } else { count.to_string() }
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
