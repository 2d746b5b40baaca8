//! What a person says and changes: sent, edited, deleted, reacted to, pinned, said again elsewhere. Shown at once, and sent when
//! its turn comes.

use protocol::frame::{EditMessage, MessageRef, PinMessage, React};
use protocol::{ChatId, ErrorCode, Forwarded, LocalId, MessageId, MessageType, Request, Timestamp, UserId};
use view::{Command, Draft, Failure};

use crate::commands::{Answer, DONE};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::messages::{Details, NewOwn, State};
use crate::outbox::{What, post_request};
use crate::sealing::files;
use crate::step::Step;
use crate::{chats, messages, polls};

/// An own message as it is to be posted.
pub(crate) struct NewPost<'a> {
    pub(crate) local_id: LocalId,
    pub(crate) sender: UserId,
    pub(crate) draft: &'a Draft,
    pub(crate) mentions: Vec<UserId>,
    pub(crate) details: &'a Details,
    /// The first message of the thread it is said in.
    pub(crate) thread: Option<&'a MessageId>,
}

impl Engine {
    /// Commands that change messages: shown at once, sent when their turn comes.
    pub(crate) fn change(&mut self, s: &mut Step<'_, '_>, command: Command) -> Result<Answer, EngineError> {
        let refused = Answer::Failed(Failure::Refused { code: protocol::ErrorCode::NotFound });
        match command {
            Command::Send { chat_id, local_id, draft, mentions, thread } => {
                if chats::get(s.tx, &chat_id)?.is_none() {
                    return Ok(refused);
                }
                self.send(s, &chat_id, local_id, draft, mentions, thread)?;
            }
            Command::Edit { chat_id, message_id, text, mentions } => {
                if messages::get(s.tx, &chat_id, &message_id)?.is_none() {
                    return Ok(refused);
                }
                if !self.rewrite_post(s, &chat_id, &message_id, &text, &mentions)? {
                    let edit =
                        EditMessage { chat_id, message_id, content: text, mentions, encrypt_for_recipients: false };
                    self.change_message(s, What::Edit, Request::EditMessage(edit))?;
                }
            }
            Command::Delete { chat_id, message_id } => {
                if messages::get(s.tx, &chat_id, &message_id)?.is_none() {
                    return Ok(refused);
                }
                if !self.discard_post(s, &chat_id, &message_id)? {
                    let delete = MessageRef { chat_id, message_id };
                    self.change_message(s, What::Delete, Request::DeleteMessage(delete))?;
                }
            }
            Command::React { chat_id, message_id, emoji, on } => {
                if messages::get(s.tx, &chat_id, &message_id)?.is_none() {
                    return Ok(refused);
                }
                self.change_message(s, What::React, Request::React(React { chat_id, message_id, emoji, on }))?;
            }
            Command::Pin { chat_id, message_id, on } => {
                if messages::get(s.tx, &chat_id, &message_id)?.is_none() {
                    return Ok(refused);
                }
                self.change_message(s, What::Pin, Request::PinMessage(PinMessage { chat_id, message_id, on }))?;
            }
            Command::RemovePreview { chat_id, message_id } => {
                if messages::get(s.tx, &chat_id, &message_id)?.is_none() {
                    return Ok(refused);
                }
                let remove = MessageRef { chat_id, message_id };
                self.change_message(s, What::RemovePreview, Request::RemovePreview(remove))?;
            }
            Command::Forward { chat_id, message_ids, to } => {
                if let Some(code) = self.brings_polls(s, &chat_id, &message_ids, &to)? {
                    return Ok(Answer::Failed(Failure::Refused { code }));
                }
                self.forward(s, &chat_id, &message_ids, &to)?;
            }
            Command::SaveMessage { chat_id, message_id, on } => {
                let kept = self.save_message(s, &chat_id, &message_id, on)?;
                return Ok(if kept { DONE } else { refused });
            }
            Command::RetrySend { chat_id, message_id } => {
                let again = self.retry_post(s, &chat_id, &message_id)?;
                return Ok(if again { DONE } else { refused });
            }
            Command::DiscardSend { chat_id, message_id } => {
                let gone = self.discard_post(s, &chat_id, &message_id)?;
                // What may already be with the server is deleted there.
                if !gone {
                    let delete = MessageRef { chat_id, message_id };
                    self.change_message(s, What::Delete, Request::DeleteMessage(delete))?;
                }
            }
            _ => {}
        }
        Ok(DONE)
    }

    fn send(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        local_id: LocalId,
        draft: Draft,
        mentions: Vec<UserId>,
        thread: Option<MessageId>,
    ) -> Result<(), EngineError> {
        let Some(me) = self.me() else { return Ok(()) };
        let everyone = chats::get(s.tx, chat)?.and_then(|info| info.everyone_in(&draft.text));
        let details = Details { everyone, ..Details::default() };
        let post =
            NewPost { local_id, sender: me, draft: &draft, mentions, details: &details, thread: thread.as_ref() };
        if self.post(s, chat, post)? && thread.is_none() {
            self.save_draft(s, chat, &Draft::default())?;
        }
        Ok(())
    }

    /// Puts an own message into the history's end and the outbox. `false`: the same command came again (a double click, a
    /// UI that was reloaded), and is the same message.
    pub(crate) fn post(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, post: NewPost<'_>) -> Result<bool, EngineError> {
        let NewPost { local_id, sender, draft, mentions, details, thread } = post;
        let id = MessageId::from(local_id);
        let own = NewOwn {
            id: &id,
            sender,
            text: &draft.text,
            at: s.now,
            reply_to: draft.reply_to.as_ref(),
            mentions: &mentions,
            details,
            thread,
        };
        if !messages::put_queued(s.tx, chat, &own)? {
            return Ok(false);
        }
        let request = post_request(chat, &draft.text, draft.reply_to.clone(), mentions, details, thread.cloned());
        self.enqueue(s, chat, What::Post, Some(&id), local_id, &request)?;
        if thread.is_none() {
            self.show_own_post(s, chat)?;
        }
        Ok(true)
    }

    /// Polls would come into a chat whose contents are sealed, or out of one: they stay where they were asked.
    fn brings_polls(
        &mut self,
        s: &mut Step<'_, '_>,
        from: &ChatId,
        ids: &[MessageId],
        to: &[ChatId],
    ) -> Result<Option<ErrorCode>, EngineError> {
        let mut sealed = false;
        for chat in to {
            sealed |= chats::get(s.tx, chat)?.is_some_and(|info| self.seals(&info));
        }
        for id in ids {
            let said = messages::get(s.tx, from, id)?;
            match said.and_then(|said| said.details.poll) {
                Some(poll) if poll.sealed => return Ok(Some(ErrorCode::Forbidden)),
                Some(_) if sealed => return Ok(Some(ErrorCode::PlaintextRefused)),
                _ => {}
            }
        }
        Ok(None)
    }

    /// Says messages again in other chats, in their order; those that are not on the server yet are passed over.
    fn forward(
        &mut self,
        s: &mut Step<'_, '_>,
        from: &ChatId,
        ids: &[MessageId],
        to: &[ChatId],
    ) -> Result<(), EngineError> {
        let Some(me) = self.me() else { return Ok(()) };
        for chat in to {
            let seals = chats::get(s.tx, chat)?.is_some_and(|info| self.seals(&info));
            for id in ids {
                let Some(said) = messages::get(s.tx, from, id)? else { continue };
                if said.state != State::Settled || said.deleted || said.sealed || said.kind != MessageType::Text {
                    continue;
                }
                let first = said.details.forwarded.unwrap_or_else(|| {
                    Box::new(Forwarded {
                        chat_id: from.clone(),
                        message_id: id.clone(),
                        sender_id: said.sender,
                        timestamp: Timestamp(said.at),
                    })
                });
                let poll = polls::forwarded(said.details.poll.as_deref());
                let (attachments, preview) = (said.details.attachments, said.details.preview);
                let mut details = Details { forwarded: Some(first), attachments, poll, preview, ..Details::default() };
                let draft = Draft { text: said.content, reply_to: None };
                let local_id = s.local_id();
                let again = MessageId::from(local_id);
                let sealed = details.attachments.iter().any(|attachment| attachment.file.encrypted);
                if sealed && seals {
                    files::copy(s.tx, (from, id), (chat, &again))?;
                } else if sealed || (seals && !details.attachments.is_empty()) {
                    self.bring_files(s, chat, &again, seals, &mut details)?;
                }
                let post = NewPost {
                    local_id,
                    sender: me,
                    draft: &draft,
                    mentions: Vec::new(),
                    details: &details,
                    thread: None,
                };
                self.post(s, chat, post)?;
                if details.brought {
                    self.hold_post(s, chat, &again)?;
                }
            }
        }
        Ok(())
    }

    pub(crate) fn change_message(
        &mut self,
        s: &mut Step<'_, '_>,
        what: What,
        request: Request,
    ) -> Result<(), EngineError> {
        let (chat, message) = match &request {
            Request::EditMessage(edit) => (edit.chat_id.clone(), edit.message_id.clone()),
            Request::DeleteMessage(delete) | Request::RemovePreview(delete) => {
                (delete.chat_id.clone(), delete.message_id.clone())
            }
            Request::React(react) => (react.chat_id.clone(), react.message_id.clone()),
            Request::PinMessage(pin) => (pin.chat_id.clone(), pin.message_id.clone()),
            other => match polls::about(other) {
                Some(about) => about,
                None => return Ok(()),
            },
        };
        let local_id = s.local_id();
        self.enqueue(s, &chat, what, Some(&message), local_id, &request)
    }
}
