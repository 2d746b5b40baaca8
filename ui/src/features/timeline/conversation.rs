//! The open chat as one piece: timeline, who is typing, composer; wired to the state and the bridge.

use leptos::prelude::*;
use view::{ChatId, Command, Draft, MessageId, MessageRow, PersonRow, UserId, When};

use super::timeline::{Timeline, TimelineActions};
use crate::bridge::{new_local_id, tell, tell_quietly};
use crate::features::composer::{Composer, ComposerActions, Composition};
use crate::features::message::{MessageActions, MessageContext};
use crate::features::scheduled::ScheduledStrip;
use crate::i18n::{t, t_with};
use crate::primitives::{Button, ButtonKind, Dialog};
use crate::state::{self as nav, AppState};

/// The open chat below its header. Needs [`AppState`] in the context.
#[component]
pub fn Conversation(
    /// A person was pressed: show them.
    #[prop(into)]
    on_person: Callback<(UserId,)>,
    /// Who can be mentioned: the members.
    #[prop(into)]
    people: Signal<Vec<PersonRow>>,
    /// What is being written; the owner may start replies and focus it.
    #[prop(optional)]
    composition: Composition,
) -> impl IntoView {
    let state = AppState::get();
    let chat = state.timeline.chat;
    let row = Memo::new(move |_| chat.get().and_then(|id| state.chats.find(&id)).map(|row| row.get()));
    let doomed = RwSignal::new(None::<MessageRow>);
    let context = MessageContext::new(message_actions(state, composition, on_person, doomed));
    let placeholder = move || match row.get() {
        Some(row) => t_with("composer-placeholder", &[("chat", row.title.into())]),
        None => t("composer-placeholder-any"),
    };
    // Why one may not write is said by the owner of the pane, who also knows the way back in.
    let may_write = Memo::new(move |_| row.with(|row| row.as_ref().is_none_or(|row| row.may_post)));
    let everyone = Signal::derive(move || row.with(|row| row.as_ref().is_some_and(|row| row.may_mention_everyone)));
    view! {
        <section class="conversation">
            <Timeline
                timeline=state.timeline
                context=context
                actions=timeline_actions(state)
                unread=move || row.with(|row| row.as_ref().map_or(0, |row| row.unread))
            />
            <Typing names=move || row.with(|row| row.as_ref().map(|row| row.typing.clone()).unwrap_or_default()) />
            <Show when=move || may_write.get()>
                <ScheduledStrip />
                <Composer
                    chat=chat
                    composition=composition
                    actions=composer_actions(state, composition)
                    people=people
                    incoming=state.draft
                    enter_sends=move || state.preferences.with(|preferences| preferences.enter_sends)
                    placeholder=placeholder
                    everyone=everyone
                />
            </Show>
            <ConfirmDelete state=state doomed=doomed />
        </section>
    }
}

/// Who is typing now; keeps its line when nobody is, so that nothing jumps.
#[component]
pub fn Typing(
    /// Their names.
    #[prop(into)]
    names: Signal<Vec<String>>,
) -> impl IntoView {
    let words = move || {
        let names = names.get();
        match names.len() {
            0 => String::new(),
            1 | 2 => t_with("timeline-typing", &[("names", names.join(", ").into()), ("count", names.len().into())]),
            count => t_with("timeline-typing-many", &[("count", count.into())]),
        }
    };
    view! {
        <div class="typing" class:typing--shown=move || names.with(|names| !names.is_empty())>
            <span class="typing__dots" aria-hidden="true"><i /><i /><i /></span>
            <span>{words}</span>
        </div>
    }
}

#[component]
fn ConfirmDelete(state: AppState, doomed: RwSignal<Option<MessageRow>>) -> impl IntoView {
    let delete = move || {
        if let (Some(row), Some(chat_id)) = (doomed.get_untracked(), state.timeline.chat.get_untracked()) {
            tell(state, Command::Delete { chat_id, message_id: row.id });
        }
        doomed.set(None);
    };
    view! {
        <Dialog
            open=move || doomed.with(Option::is_some)
            on_close=move || doomed.set(None)
            title=move || t("message-delete-title")
            close_label=move || t("composer-cancel")
        >
            <p>{move || t("message-delete-text")}</p>
            <div class="dialog__actions">
                <Button on_press=move || doomed.set(None)>{move || t("composer-cancel")}</Button>
                <Button kind=ButtonKind::Danger on_press=delete>{move || t("message-delete")}</Button>
            </div>
        </Dialog>
    }
}

fn in_chat(state: AppState, command: impl FnOnce(ChatId) -> Command) {
    if let Some(chat) = state.timeline.chat.get_untracked() {
        tell(state, command(chat));
    }
}

fn timeline_actions(state: AppState) -> TimelineActions {
    let quietly = move |command: fn(ChatId) -> Command| {
        Callback::new(move |()| {
            if let Some(chat) = state.timeline.chat.get_untracked() {
                tell_quietly(command(chat));
            }
        })
    };
    TimelineActions {
        load_older: quietly(|chat_id| Command::LoadOlder { chat_id }),
        load_newer: quietly(|chat_id| Command::LoadNewer { chat_id }),
        to_latest: quietly(|chat_id| Command::JumpToLatest { chat_id }),
        read: Callback::from(move |seq| {
            if let Some(chat_id) = state.timeline.chat.get_untracked() {
                tell_quietly(Command::MarkRead { chat_id, seq });
            }
        }),
    }
}

fn message_actions(
    state: AppState,
    composition: Composition,
    person: Callback<(UserId,)>,
    doomed: RwSignal<Option<MessageRow>>,
) -> MessageActions {
    MessageActions {
        reply: Callback::from(move |row: MessageRow| composition.reply_to(&row)),
        edit: Callback::from(move |row: MessageRow| composition.edit(&row)),
        delete: Callback::from(move |row| doomed.set(Some(row))),
        react: Callback::from(move |message_id, emoji, on| {
            in_chat(state, |chat_id| Command::React { chat_id, message_id, emoji, on });
        }),
        retry: Callback::from(move |message_id| in_chat(state, |chat_id| Command::RetrySend { chat_id, message_id })),
        discard: Callback::from(move |message_id| {
            in_chat(state, |chat_id| Command::DiscardSend { chat_id, message_id })
        }),
        jump: Callback::from(move |message_id| in_chat(state, |chat_id| Command::JumpTo { chat_id, message_id })),
        person,
        forward: Callback::from(move |row: MessageRow| {
            if let Some(chat) = state.timeline.chat.get_untracked() {
                state.nav.dialog.set(Some(nav::Dialog::Forward(chat, vec![row.id], row.poll.is_some())));
            }
        }),
        pin: Callback::from(move |message_id, on| in_chat(state, |chat_id| Command::Pin { chat_id, message_id, on })),
        save: Callback::from(move |message_id, on| {
            in_chat(state, |chat_id| Command::SaveMessage { chat_id, message_id, on });
        }),
        vote: Callback::from(move |message_id, options| {
            in_chat(state, |chat_id| Command::Vote { chat_id, message_id, options });
        }),
        close_poll: Callback::from(move |message_id| {
            in_chat(state, |chat_id| Command::ClosePoll { chat_id, message_id })
        }),
        remove_preview: Callback::from(move |message_id| {
            in_chat(state, |chat_id| Command::RemovePreview { chat_id, message_id })
        }),
        voters: Callback::from(move |row: MessageRow| {
            if let Some(chat) = state.timeline.chat.get_untracked() {
                state.nav.dialog.set(Some(nav::Dialog::voters(chat, &row)));
            }
        }),
        thread: Callback::from(move |message: MessageId| {
            if let Some(chat) = state.timeline.chat.get_untracked() {
                state.nav.thread.set(Some((chat, message)));
                state.nav.panel.set(Some(nav::Panel::Thread));
            }
        }),
        remind: Callback::from(move |message_id: MessageId, when: When| {
            in_chat(state, |chat_id| Command::Remind { chat_id, message_id, when });
            state.toasts.done(t("reminders-kept"));
        }),
        versions: Callback::from(move |message: MessageId| {
            if let Some(chat) = state.timeline.chat.get_untracked() {
                state.nav.dialog.set(Some(nav::Dialog::Versions(chat, message)));
            }
        }),
        copy: Callback::from(move |text: String| {
            _ = window().navigator().clipboard().write_text(&text);
            state.toasts.done(t("message-copied"));
        }),
    }
}

fn composer_actions(state: AppState, composition: Composition) -> ComposerActions {
    ComposerActions {
        send: Callback::from(move |draft: Draft, mentions: Vec<UserId>| {
            let local_id = new_local_id();
            in_chat(state, |chat_id| Command::Send { chat_id, local_id, draft, mentions, thread: None });
        }),
        send_files: Callback::from(move |draft: Draft, mentions: Vec<UserId>, files: Vec<view::SendFile>| {
            let local_id = new_local_id();
            in_chat(state, |chat_id| Command::SendFiles { chat_id, local_id, draft, mentions, thread: None, files });
        }),
        send_later: Callback::from(move |draft: Draft, mentions: Vec<UserId>, when: When| {
            let local_id = new_local_id();
            in_chat(state, |chat_id| Command::Schedule { chat_id, local_id, draft, mentions, thread: None, when });
            state.toasts.done(t("scheduled-done"));
        }),
        new_poll: Callback::from(move |question: String| {
            if let Some(chat) = state.timeline.chat.get_untracked() {
                state.nav.dialog.set(Some(nav::Dialog::NewPoll(chat, None, question)));
            }
        }),
        edit: Callback::from(move |message_id: MessageId, text: String, mentions: Vec<UserId>| {
            in_chat(state, |chat_id| Command::Edit { chat_id, message_id, text, mentions });
        }),
        edit_last: Callback::new(move |()| {
            let last = state.timeline.rows.with_untracked(|rows| {
                let editable =
                    |row: &&crate::state::TimelineEntry| row.row.with_untracked(|row| row.own && row.can_edit);
                rows.iter().rev().find(editable).map(|entry| entry.row.get_untracked())
            });
            if let Some(row) = last {
                composition.edit(&row);
            }
        }),
        save_draft: Callback::from(move |chat_id, draft| tell_quietly(Command::SaveDraft { chat_id, draft })),
        typing: Callback::new(move |()| {
            if let Some(chat_id) = state.timeline.chat.get_untracked() {
                tell_quietly(Command::Typing { chat_id });
            }
        }),
        quote: Callback::from(move |id: MessageId| {
            state.timeline.find(&id).map(|row| crate::features::composer::quote_of(&row.get_untracked()))
        }),
    }
}
