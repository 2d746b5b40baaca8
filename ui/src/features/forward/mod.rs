//! Says messages again in other chats: choose the chats, send.

use leptos::prelude::*;
use view::{ChatId, ChatKind, ChatRow, Command, MessageId};

use crate::bridge;
use crate::features::avatars::{avatar_of, face};
use crate::features::chat_list::{colour_seed, folded};
use crate::i18n::{chat_title, t, t_with};
use crate::keys::regions::focus_when_shown;
use crate::primitives::{
    Avatar, AvatarSize, Button, ButtonKind, EmptyState, FieldKind, Icon, IconName, ListRow, TextField,
};
use crate::state::AppState;

/// The chats one may write in, of which some are chosen.
#[component]
pub fn ForwardDialog(
    /// Where the messages are.
    chat: ChatId,
    /// Which, oldest first.
    messages: Vec<MessageId>,
    /// A poll is among them.
    poll: bool,
) -> impl IntoView {
    let state = AppState::get();
    // Votes in an encrypted chat are bound to the message they are for.
    let bound = poll && state.chats.find(&chat).is_some_and(|row| row.with_untracked(|row| row.encrypted));
    let query = RwSignal::new(String::new());
    let chosen = RwSignal::new(Vec::<ChatId>::new());
    let field = NodeRef::<leptos::html::Input>::new();
    focus_when_shown(field);
    let rows = Memo::new(move |_| fitting(state, &query.get(), poll));
    let toggle = move |id: ChatId| {
        chosen.update(|chosen| match chosen.iter().position(|other| *other == id) {
            Some(at) => _ = chosen.remove(at),
            None => chosen.push(id),
        });
    };
    let send = move || {
        let to = chosen.get_untracked();
        let count = to.len();
        bridge::tell(state, Command::Forward { chat_id: chat.clone(), message_ids: messages.clone(), to });
        state.toasts.done(t_with("forward-done", &[("count", count.into())]));
        state.nav.dialog.set(None);
    };
    let row = move |row: ChatRow| {
        let (id, picked) = (row.id.clone(), row.id.clone());
        let selected = Memo::new(move |_| chosen.with(|chosen| chosen.contains(&id)));
        let check = move || view! { <Show when=move || selected.get()><Icon name=IconName::Check /></Show> };
        let me = untrack(|| state.me()).map(|me| me.person.id);
        let (title, seed) = (chat_title(&row, me), row.person.as_ref().map_or(colour_seed(&row.id), |one| one.id.0));
        let (name, channel) = (title.clone(), row.kind == ChatKind::Channel);
        let face = face(untrack(|| avatar_of(&row)));
        view! {
            <li>
                <ListRow
                    title=title
                    selected=selected
                    compact=true
                    on_press=move || toggle(picked.clone())
                    start=move || plate(name.clone(), seed, channel, face)
                    end=check
                />
            </li>
        }
    };
    let none = Signal::derive(move || chosen.with(Vec::is_empty));
    if bound {
        return view! { <EmptyState icon=IconName::Poll title=move || t("forward-poll") text=move || t("forward-poll-why") /> }
            .into_any();
    }
    view! {
        <div class="people">
            <TextField label=move || t("chats-filter") value=query kind=FieldKind::Search node_ref=field />
            <div class="people__list">
                <ul><For each=move || rows.get() key=|row| row.id.clone() children=row /></ul>
                <Show when=move || rows.with(Vec::is_empty)>
                    <EmptyState icon=IconName::Search title=move || t("chats-nothing-found") text=move || t("chats-nothing-found-help") />
                </Show>
            </div>
        </div>
        <div class="dialog__actions">
            <Button kind=ButtonKind::Primary disabled=none on_press=send>{move || t("message-forward")}</Button>
        </div>
    }
    .into_any()
}

fn plate(name: String, seed: i64, channel: bool, face: Signal<Option<String>>) -> AnyView {
    if channel {
        view! { <Avatar name=name id=seed size=AvatarSize::Inline sign="#" face=face /> }.into_any()
    } else {
        view! { <Avatar name=name id=seed size=AvatarSize::Inline face=face /> }.into_any()
    }
}

/// Chats that one may write in and whose title has every word of the query, in the order of the list. A poll goes into none that
/// is encrypted.
fn fitting(state: AppState, query: &str, poll: bool) -> Vec<ChatRow> {
    let me = state.me().map(|me| me.person.id);
    let words: Vec<String> = query.split_whitespace().map(folded).collect();
    let rows = state.chats.order.get().into_iter().map(|entry| entry.row.get());
    let fits = |row: &ChatRow| {
        let title = folded(&chat_title(row, me));
        row.may_post && !(poll && row.encrypted) && words.iter().all(|word| title.contains(word))
    };
    rows.filter(fits).collect()
}
