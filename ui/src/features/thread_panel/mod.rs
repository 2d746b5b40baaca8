//! A thread beside the chat: its first message, what stands under it, a composer of its own.

mod list;

use leptos::prelude::*;
use view::{ChatId, Command, Draft, MessageId, MessageRow, UserId, When};

use crate::bridge::{new_local_id, tell, tell_quietly};
use crate::features::composer::{Composer, ComposerActions, Composition, quote_of};
use crate::features::message::{MessageActions, MessageContext};
use crate::features::timeline::{Timeline, TimelineActions};
use crate::i18n::t;
use crate::state::{AppState, Dialog};

pub use list::ThreadList;

/// The thread that is open.
#[component]
pub fn ThreadPanel(
    /// Where.
    chat: ChatId,
    /// Its first message.
    root: MessageId,
) -> impl IntoView {
    let state = AppState::get();
    let thread = state.thread;
    thread.open(chat.clone());
    tell(state, Command::OpenThread { chat_id: chat.clone(), message_id: root.clone() });
    on_cleanup(move || {
        thread.close();
        tell_quietly(Command::CloseThread);
    });
    let composition = Composition::new();
    let context = MessageContext::new(message_actions(state, &chat, composition));
    let mark = {
        let (chat, root) = (chat.clone(), root.clone());
        move || tell_quietly(Command::MarkThreadRead { chat_id: chat.clone(), message_id: root.clone() })
    };
    // Whoever looks at the newest has read it.
    Effect::new(move || {
        thread.change.track();
        if thread.loaded.get() && document().has_focus().unwrap_or(true) {
            mark();
        }
    });
    let may_write = {
        let chat = chat.clone();
        Memo::new(move |_| state.chats.row(&chat).is_some_and(|row| row.may_post))
    };
    let everyone = {
        let chat = chat.clone();
        Signal::derive(move || state.chats.row(&chat).is_some_and(|row| row.may_mention_everyone))
    };
    let people = Signal::derive(move || {
        state.members.with(|members| match members {
            Some((of, members)) if thread.chat.with(|chat| chat.as_ref() == Some(of)) => {
                members.iter().map(|member| member.person.clone()).collect()
            }
            _ => Vec::new(),
        })
    });
    let actions = composer_actions(state, chat, root, composition);
    view! {
        <section class="thread-panel">
            <Timeline timeline=thread context=context actions=no_pages() unread=0 />
            <Show when=move || may_write.get()>
                <Composer
                    chat=thread.chat
                    composition=composition
                    actions=actions
                    people=people
                    incoming=Signal::stored(None)
                    enter_sends=move || state.preferences.with(|preferences| preferences.enter_sends)
                    placeholder=move || t("thread-placeholder")
                    everyone=everyone
                />
            </Show>
        </section>
    }
}

/// A thread comes whole.
fn no_pages() -> TimelineActions {
    let nothing = Callback::new(|()| {});
    TimelineActions { load_older: nothing, load_newer: nothing, to_latest: nothing, read: Callback::from(|_: u64| {}) }
}

fn message_actions(state: AppState, chat: &ChatId, composition: Composition) -> MessageActions {
    let chat = StoredValue::new(chat.clone());
    let of = move |command: &dyn Fn(ChatId) -> Command| tell(state, command(chat.get_value()));
    let dialog = move |dialog: Dialog| state.nav.dialog.set(Some(dialog));
    MessageActions {
        reply: Callback::from(move |row: MessageRow| composition.reply_to(&row)),
        edit: Callback::from(move |row: MessageRow| composition.edit(&row)),
        delete: Callback::from(move |row: MessageRow| {
            of(&|chat_id| Command::Delete { chat_id, message_id: row.id.clone() });
        }),
        react: Callback::from(move |id: MessageId, emoji: String, on| {
            of(&|chat_id| Command::React { chat_id, message_id: id.clone(), emoji: emoji.clone(), on });
        }),
        retry: Callback::from(move |id: MessageId| {
            of(&|chat_id| Command::RetrySend { chat_id, message_id: id.clone() });
        }),
        discard: Callback::from(move |id: MessageId| {
            of(&|chat_id| Command::DiscardSend { chat_id, message_id: id.clone() });
        }),
        jump: Callback::from(move |id: MessageId| state.nav.open_at(chat.get_value(), Some(id))),
        person: Callback::from(move |id: UserId| dialog(Dialog::Profile(id))),
        copy: Callback::from(move |text: String| {
            _ = window().navigator().clipboard().write_text(&text);
            state.toasts.done(t("message-copied"));
        }),
        forward: Callback::from(move |row: MessageRow| {
            dialog(Dialog::Forward(chat.get_value(), vec![row.id], row.poll.is_some()));
        }),
        pin: Callback::from(move |id: MessageId, on| {
            of(&|chat_id| Command::Pin { chat_id, message_id: id.clone(), on });
        }),
        save: Callback::from(move |id: MessageId, on| {
            of(&|chat_id| Command::SaveMessage { chat_id, message_id: id.clone(), on });
        }),
        remind: Callback::from(move |id: MessageId, when: When| {
            of(&|chat_id| Command::Remind { chat_id, message_id: id.clone(), when: when.clone() });
            state.toasts.done(t("reminders-kept"));
        }),
        versions: Callback::from(move |id: MessageId| dialog(Dialog::Versions(chat.get_value(), id))),
        vote: Callback::from(move |id: MessageId, options: Vec<u32>| {
            of(&|chat_id| Command::Vote { chat_id, message_id: id.clone(), options: options.clone() });
        }),
        close_poll: Callback::from(move |id: MessageId| {
            of(&|chat_id| Command::ClosePoll { chat_id, message_id: id.clone() });
        }),
        remove_preview: Callback::from(move |id: MessageId| {
            of(&|chat_id| Command::RemovePreview { chat_id, message_id: id.clone() });
        }),
        voters: Callback::from(move |row: MessageRow| dialog(Dialog::voters(chat.get_value(), &row))),
        // One stands in it already.
        thread: Callback::from(|_: MessageId| {}),
    }
}

fn composer_actions(state: AppState, chat: ChatId, root: MessageId, composition: Composition) -> ComposerActions {
    let (chat, root) = (StoredValue::new(chat), StoredValue::new(root));
    let thread = state.thread;
    ComposerActions {
        send: Callback::from(move |draft: Draft, mentions: Vec<UserId>| {
            let (chat_id, thread) = (chat.get_value(), Some(root.get_value()));
            tell(state, Command::Send { chat_id, local_id: new_local_id(), draft, mentions, thread });
        }),
        send_files: Callback::from(move |draft: Draft, mentions: Vec<UserId>, files: Vec<view::SendFile>| {
            let (chat_id, thread) = (chat.get_value(), Some(root.get_value()));
            tell(state, Command::SendFiles { chat_id, local_id: new_local_id(), draft, mentions, thread, files });
        }),
        send_later: Callback::from(move |draft: Draft, mentions: Vec<UserId>, when: When| {
            let (chat_id, thread) = (chat.get_value(), Some(root.get_value()));
            tell(state, Command::Schedule { chat_id, local_id: new_local_id(), draft, mentions, thread, when });
            state.toasts.done(t("scheduled-done"));
        }),
        new_poll: Callback::from(move |question: String| {
            let asking = Dialog::NewPoll(chat.get_value(), Some(root.get_value()), question);
            state.nav.dialog.set(Some(asking));
        }),
        edit: Callback::from(move |message_id: MessageId, text: String, mentions: Vec<UserId>| {
            tell(state, Command::Edit { chat_id: chat.get_value(), message_id, text, mentions });
        }),
        edit_last: Callback::new(move |()| {
            let last = thread.rows.with_untracked(|rows| {
                let editable =
                    |row: &&crate::state::TimelineEntry| row.row.with_untracked(|row| row.own && row.can_edit);
                rows.iter().rev().find(editable).map(|entry| entry.row.get_untracked())
            });
            if let Some(row) = last {
                composition.edit(&row);
            }
        }),
        // A draft belongs to the chat's main line.
        save_draft: Callback::from(|_: ChatId, _: Draft| {}),
        typing: Callback::new(move |()| tell_quietly(Command::Typing { chat_id: chat.get_value() })),
        quote: Callback::from(move |id: MessageId| thread.find(&id).map(|row| quote_of(&row.get_untracked()))),
    }
}
