//! What chords do in the open chat: replies by arrow keys, reactions, the ends of the history, Esc's last steps.

use leptos::prelude::*;
use view::{Command, MessageContent, MessageId, MessageRow};

use crate::bridge;
use crate::features::composer::{Composition, Mode};
use crate::keys::Action;
use crate::keys::escape::{Step, on_escape};
use crate::keys::regions::focus_composer;
use crate::state::AppState;
use crate::state::emoji::recents;

/// Acts on chords while the calling component is on screen.
pub fn follow_actions(state: AppState, composition: Composition) {
    Effect::new(move |before: Option<u64>| {
        let (count, action) = state.action.get();
        // What was pressed before this chat was opened is not for it.
        if before.is_some_and(|before| before != count)
            && let Some(action) = action
        {
            untrack(|| act(state, composition, action));
        }
        count
    });
    on_escape(Step::Edit, move || composition.cancel());
    on_escape(Step::Read, move || read_to_end(state));
}

fn act(state: AppState, composition: Composition, action: Action) {
    match action {
        Action::ReplyPrevious => reply_step(state, composition, false),
        Action::ReplyNext => reply_step(state, composition, true),
        Action::ReactToLast => react_to_last(state),
        Action::OldestUnread => {
            let chat = state.timeline.chat.get();
            if let (Some(chat_id), Some(message_id)) = (chat, state.timeline.unread_line.get()) {
                bridge::tell(state, Command::JumpTo { chat_id, message_id });
            }
        }
        Action::Latest => {
            if let Some(chat_id) = state.timeline.chat.get() {
                bridge::tell(state, Command::JumpToLatest { chat_id });
            }
        }
        Action::Link => composition.make_link(),
        // The composer knows these by itself once it has the focus.
        _ => _ = focus_composer(),
    }
}

/// The last step of Esc: nothing is new any more, and one stands at the newest.
fn read_to_end(state: AppState) -> bool {
    let timeline = state.timeline;
    let Some(chat_id) = timeline.chat.get_untracked() else { return false };
    let newest = timeline.rows.with_untracked(|rows| rows.last().map(|entry| entry.row.with_untracked(|row| row.seq)));
    timeline.unread_line.set(None);
    bridge::tell_quietly(Command::MarkRead { chat_id: chat_id.clone(), seq: newest.unwrap_or(0) });
    bridge::tell_quietly(Command::JumpToLatest { chat_id });
    true
}

/// Answers the message before (or after) the one that is being answered; past the newest, none.
fn reply_step(state: AppState, composition: Composition, forward: bool) {
    let rows: Vec<MessageRow> = state.timeline.rows.with(|rows| {
        let texts = rows.iter().map(|entry| entry.row.get_untracked());
        texts.filter(|row| matches!(row.content, MessageContent::Text { .. })).collect()
    });
    let answered =
        composition.mode.with(|mode| if let Mode::Reply(quote) = mode { Some(quote.id.clone()) } else { None });
    let at = answered.and_then(|id| rows.iter().position(|row| row.id == id));
    match next_reply(at, rows.len(), forward) {
        Some(next) => composition.reply_to(&rows[next]),
        None => _ = composition.cancel(),
    }
}

/// Which message is answered next; `None` leaves the reply.
fn next_reply(at: Option<usize>, count: usize, forward: bool) -> Option<usize> {
    match (at, forward) {
        (Some(at), true) => Some(at + 1).filter(|next| *next < count),
        (Some(at), false) => Some(at.saturating_sub(1)),
        (None, true) => None,
        (None, false) => count.checked_sub(1),
    }
}

/// Puts the emoji used last under the newest message, or takes it back.
fn react_to_last(state: AppState) {
    let Some(chat_id) = state.timeline.chat.get() else { return };
    let Some(emoji) = recents().into_iter().next() else { return };
    let newest: Option<(MessageId, bool)> = state.timeline.rows.with(|rows| {
        rows.iter().rev().find_map(|entry| {
            entry.row.with_untracked(|row| {
                let on = !row.reactions.iter().any(|reaction| reaction.own && reaction.emoji == emoji);
                matches!(row.content, MessageContent::Text { .. }).then(|| (row.id.clone(), on))
            })
        })
    });
    if let Some((message_id, on)) = newest {
        bridge::tell(state, Command::React { chat_id, message_id, emoji, on });
    }
}

#[cfg(test)]
mod tests {
    use super::next_reply;

    #[test]
    fn replies_walk_up_from_the_newest_and_leave_past_it() {
        assert_eq!(next_reply(None, 3, false), Some(2));
        assert_eq!(next_reply(Some(2), 3, false), Some(1));
        assert_eq!(next_reply(Some(0), 3, false), Some(0));
        assert_eq!(next_reply(Some(1), 3, true), Some(2));
        assert_eq!(next_reply(Some(2), 3, true), None);
        assert_eq!(next_reply(None, 0, false), None);
    }
}
