//! One's own chats, as a list shows them.

use std::collections::HashMap;

use protocol::frame::ChatSummary;
use protocol::{Chat, ChatId, MessageId};

use crate::domain::{Cx, Failure, access};
use crate::store::{members, messages};

/// Own chats, newest activity first, each with its newest message and the number of unread ones.
///
/// # Errors
/// See [`sql::Error`].
pub fn list(cx: &mut Cx<'_, '_>) -> Result<Vec<ChatSummary>, Failure> {
    let found = members::summaries(cx.tx, cx.actor)?;
    let ids: Vec<MessageId> = found.iter().filter_map(|(_, last)| last.clone()).collect();
    let mut newest = HashMap::new();
    for ids in ids.chunks(256) {
        newest.extend(messages::get_all(cx.tx, ids)?.into_iter().map(|message| (message.id.clone(), message)));
    }
    let with_newest = |(summary, last): (ChatSummary, Option<MessageId>)| ChatSummary {
        last_message: last.and_then(|id| newest.remove(&id)),
        ..summary
    };
    Ok(found.into_iter().map(with_newest).collect())
}

/// One chat that the actor is in.
///
/// # Errors
/// `not_a_member`, `not_found`.
pub fn state(cx: &mut Cx<'_, '_>, chat: &ChatId) -> Result<Chat, Failure> {
    Ok(access::own_chat(cx, chat)?.0)
}
