//! Messages that wait for their files.

use protocol::{Attachment, ChatId, ErrorCode, FileId, LocalId, MessageId, UserId};
use sql::params;
use view::{Draft, Failure, SendFile, Way};

use super::{Stand, get, is_count, set};
use crate::changes::NewPost;
use crate::chats;
use crate::commands::{Answer, DONE};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::messages::{self, Details};
use crate::step::Step;

impl Engine {
    /// A message with picked files: it is on screen at once, and posted when they are up.
    #[allow(clippy::too_many_arguments, reason = "the fields of one command")]
    pub(crate) fn send_files(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        local_id: LocalId,
        draft: &Draft,
        mentions: Vec<UserId>,
        thread: Option<&MessageId>,
        files: Vec<SendFile>,
    ) -> Result<Answer, EngineError> {
        let refused = |code| Ok(Answer::Failed(Failure::Refused { code }));
        let Some(me) = self.me() else { return refused(ErrorCode::NotFound) };
        let Some(info) = chats::get(s.tx, chat)? else { return refused(ErrorCode::NotFound) };
        let seals = self.seals(&info);
        if !is_count(files.len()) {
            return refused(ErrorCode::LimitReached);
        }
        let message = MessageId::from(local_id);
        if messages::get(s.tx, chat, &message)?.is_some() {
            return Ok(DONE);
        }
        let mut details = Details::default();
        for SendFile { file_id, mime_type, about } in files {
            let Some(kept) = get(s.tx, &file_id, Way::Up)? else { return refused(ErrorCode::NotFound) };
            let mut file = kept.file;
            (file.mime_type, file.encrypted) = (mime_type, seals);
            if seals {
                self.seal_upload(s, chat, &message, &mut file)?;
                self.seal_thumbnail(s, chat, &message, &about)?;
            }
            details.attachments.push(Attachment { file, about });
        }
        let post = NewPost { local_id, sender: me, draft, mentions, details: &details, thread };
        self.post(s, chat, post)?;
        self.hold_post(s, chat, &message)?;
        for attachment in &details.attachments {
            s.tx.execute(
                "UPDATE transfers SET chat_id = ?2, message_id = ?3 WHERE file_id = ?1 AND up = 1",
                params![attachment.file.id.as_str(), chat.as_str(), message.as_str()],
            )?;
            self.tell_transfer(s, &attachment.file.id, Way::Up)?;
            if let Some(thumbnail) = &attachment.about.thumbnail_id {
                s.tx.execute(
                    "UPDATE transfers SET chat_id = ?2, message_id = ?3 WHERE file_id = ?1 AND up = 1",
                    params![thumbnail.as_str(), chat.as_str(), message.as_str()],
                )?;
            }
        }
        if thread.is_none() {
            self.save_draft(s, chat, &Draft::default())?;
        }
        self.transfers.look = true;
        Ok(DONE)
    }

    fn waiting_message(
        &mut self,
        s: &mut Step<'_, '_>,
        id: &FileId,
    ) -> Result<Option<(ChatId, MessageId)>, EngineError> {
        let found = s.tx.row(
            "SELECT chat_id, message_id FROM transfers WHERE file_id = ?1 AND up = 1 AND message_id IS NOT NULL",
            params![id.as_str()],
            |r| Ok((r.text(0)?, r.text(1)?)),
        )?;
        Ok(found.and_then(|(chat, message)| Some((ChatId::new(chat)?, MessageId::new(message)?))))
    }

    /// A file is on the server: its message goes, when it was the last.
    pub(super) fn file_is_up(&mut self, s: &mut Step<'_, '_>, id: &FileId) -> Result<(), EngineError> {
        let Some((chat, message)) = self.waiting_message(s, id)? else { return Ok(()) };
        self.post_if_files_are_up(s, &chat, &message)
    }

    fn post_if_files_are_up(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: &MessageId,
    ) -> Result<(), EngineError> {
        let missing = s.tx.one(
            "SELECT count(*) FROM transfers WHERE up = 1 AND message_id = ?1 AND state <> ?2",
            params![message.as_str(), Stand::There as i64],
            |r| r.int(0),
        )?;
        if missing == 0 { self.release_post(s, chat, message) } else { Ok(()) }
    }

    /// The message is with the server, or thrown away: its uploads are done with.
    pub(crate) fn forget_uploads_of(
        &mut self,
        s: &mut Step<'_, '_>,
        message: &MessageId,
        sent: bool,
    ) -> Result<(), EngineError> {
        let files = s.tx.rows(
            "SELECT file_id FROM transfers WHERE up = 1 AND message_id = ?1",
            params![message.as_str()],
            |r| r.text(0),
        )?;
        for id in files.into_iter().filter_map(FileId::new) {
            if sent {
                s.tx.execute("DELETE FROM transfers WHERE file_id = ?1 AND up = 1", params![id.as_str()])?;
                self.tell_transfer(s, &id, Way::Up)?;
            } else {
                self.forget_transfer(s, &id, Way::Up)?;
            }
        }
        Ok(())
    }

    /// A refused message is tried again: its files may be gone by now, so the server is asked for each. `false`: it has none.
    pub(crate) fn upload_again(&mut self, s: &mut Step<'_, '_>, message: &MessageId) -> Result<bool, EngineError> {
        let files = s.tx.rows(
            "SELECT file_id FROM transfers WHERE up = 1 AND message_id = ?1",
            params![message.as_str()],
            |r| r.text(0),
        )?;
        let any = !files.is_empty();
        for id in files.into_iter().filter_map(FileId::new) {
            set(s.tx, &id, Way::Up, Stand::Waits, None)?;
            self.tell_transfer(s, &id, Way::Up)?;
        }
        self.transfers_may_start();
        Ok(any)
    }

    /// A file leaves the message that waits for it; a message without text goes with its last file.
    pub(super) fn take_file_out(&mut self, s: &mut Step<'_, '_>, id: &FileId) -> Result<(), EngineError> {
        let Some((chat, message)) = self.waiting_message(s, id)? else { return Ok(()) };
        let Some(mut stored) = messages::get(s.tx, &chat, &message)? else { return Ok(()) };
        stored.details.attachments.retain(|attachment| attachment.file.id != *id);
        if stored.details.attachments.is_empty() && stored.content.trim().is_empty() {
            self.discard_post(s, &chat, &message)?;
            return Ok(());
        }
        s.tx.execute("DELETE FROM transfers WHERE file_id = ?1 AND up = 1", params![id.as_str()])?;
        messages::set_details(s.tx, &chat, &message, &stored.details)?;
        let (text, mentions) = (stored.content, stored.mentions);
        self.rewrite_post(s, &chat, &message, &text, &mentions)?;
        self.post_if_files_are_up(s, &chat, &message)
    }
}
