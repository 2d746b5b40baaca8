//! Messages that are to be sent later: own data that the server acts on when it is time. Here they are made, changed, and sent at
//! once when their writer wants so; whoever comes first, the message has one id.

use protocol::limits::ITEM_VALUE_BYTES_MAX;
use protocol::timed::{SCHEDULED, ScheduledMessage, When, scheduled_id, scheduled_key};
use protocol::{ChatId, ErrorCode, LocalId, MessageId, UserId};
use sql::params;
use view::rows::ScheduledRow;
use view::{Command, Draft, Failure, Update};

use crate::changes::NewPost;
use crate::chats;
use crate::commands::{Answer, DONE};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::items::value;
use crate::messages::Details;
use crate::sealing::content::Inside;
use crate::step::Step;

/// Most that the screen is told of; the soonest.
const SHOWN_MAX: usize = 200;

impl Engine {
    /// Commands about messages that are to be sent later.
    pub(crate) fn schedule(&mut self, s: &mut Step<'_, '_>, command: Command) -> Result<Answer, EngineError> {
        match command {
            Command::Schedule { chat_id, local_id, draft, mentions, thread, when } => {
                self.keep_scheduled(s, chat_id, local_id, draft, mentions, thread, when)
            }
            Command::DropScheduled { local_id } => {
                self.put_item(s, &scheduled_key(local_id), None)?;
                Ok(DONE)
            }
            Command::SendScheduled { local_id } => self.send_scheduled(s, local_id),
            _ => Ok(Answer::Failed(Failure::NotHere)),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of one command")]
    fn keep_scheduled(
        &mut self,
        s: &mut Step<'_, '_>,
        chat_id: ChatId,
        local_id: LocalId,
        draft: Draft,
        mentions: Vec<UserId>,
        thread: Option<MessageId>,
        when: When,
    ) -> Result<Answer, EngineError> {
        if chats::get(s.tx, &chat_id)?.is_none() {
            return Ok(Answer::Failed(Failure::Refused { code: ErrorCode::NotFound }));
        }
        let key = scheduled_key(local_id);
        let changed = value(s.tx, &key)?.is_some();
        let sealed_chat = chats::get(s.tx, &chat_id)?.is_some_and(|info| self.seals(&info));
        let content = match sealed_chat {
            true => {
                let inside = Inside { text: draft.text, mentions: mentions.clone(), ..Inside::default() };
                self.seal_own(s, &key, &serde_json::to_string(&inside)?)?
            }
            false => Some(draft.text),
        };
        let Some(content) = content else { return Ok(Answer::Failed(Failure::NotHere)) };
        let message = ScheduledMessage {
            chat_id: chat_id.clone(),
            content,
            reply_to: draft.reply_to,
            mentions: if sealed_chat { Vec::new() } else { mentions },
            thread: thread.clone(),
            when,
            sealed: sealed_chat,
            refused: None,
        };
        let kept = serde_json::to_string(&message)?;
        if kept.len() > ITEM_VALUE_BYTES_MAX {
            return Ok(Answer::Failed(Failure::Refused { code: ErrorCode::FrameTooLarge }));
        }
        self.put_item(s, &key, Some(kept))?;
        if !changed && thread.is_none() {
            self.save_draft(s, &chat_id, &Draft::default())?;
        }
        Ok(DONE)
    }

    fn send_scheduled(&mut self, s: &mut Step<'_, '_>, local_id: LocalId) -> Result<Answer, EngineError> {
        let key = scheduled_key(local_id);
        let (Some(message), Some(me)) = (value(s.tx, &key)?.as_deref().and_then(read), self.me()) else {
            return Ok(Answer::Failed(Failure::Refused { code: ErrorCode::NotFound }));
        };
        let Some(said) = self.scheduled_inside(s, &key, &message)? else {
            return Ok(Answer::Failed(Failure::NotHere));
        };
        let draft = Draft { text: said.text, reply_to: message.reply_to };
        let details = Details::default();
        let post = NewPost {
            local_id,
            sender: me,
            draft: &draft,
            mentions: said.mentions,
            details: &details,
            thread: message.thread.as_ref(),
        };
        // When it is there already, the server was faster: its entry goes all the same.
        self.post(s, &message.chat_id, post)?;
        self.put_item(s, &key, None)?;
        Ok(DONE)
    }

    /// What it says; `None` when this device cannot open it.
    fn scheduled_inside(
        &mut self,
        s: &mut Step<'_, '_>,
        key: &str,
        message: &ScheduledMessage,
    ) -> Result<Option<Inside>, EngineError> {
        if !message.sealed {
            let (text, mentions) = (message.content.clone(), message.mentions.clone());
            return Ok(Some(Inside { text, mentions, ..Inside::default() }));
        }
        let opened = self.open_own(s, key, &message.content)?;
        Ok(opened.and_then(|json| Inside::read(json.as_bytes())))
    }

    /// The server cannot post what is sealed and says so when it is time: the first device of its writer that hears it
    /// does, under the same id.
    pub(crate) fn scheduled_came(
        &mut self,
        s: &mut Step<'_, '_>,
        key: &str,
        value: Option<&str>,
    ) -> Result<(), EngineError> {
        let due = value
            .and_then(read)
            .filter(|message| message.refused == Some(ErrorCode::PlaintextRefused) && message.sealed);
        if let (Some(_), Some(id)) = (due, scheduled_id(key)) {
            self.send_scheduled(s, id)?;
        }
        Ok(())
    }

    /// The server will not have it as it is: its writer is told so, as if it had been refused when it was time.
    pub(crate) fn scheduled_refused(
        &mut self,
        s: &mut Step<'_, '_>,
        key: &str,
        code: ErrorCode,
    ) -> Result<(), EngineError> {
        if let Some(mut message) = value(s.tx, key)?.as_deref().and_then(read) {
            message.refused = Some(code);
            let kept = serde_json::to_string(&message)?;
            s.tx.execute("UPDATE items SET value = ?2 WHERE key = ?1", params![key, kept])?;
            self.screen.dirty.scheduled = true;
        }
        Ok(())
    }

    /// Tells the screen all of them.
    pub(crate) fn show_scheduled(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let rows = s.tx.rows(
            "SELECT key, value, waiting FROM items WHERE key > 'scheduled:' AND key < 'scheduled;' AND value IS NOT NULL",
            &[],
            |r| Ok((r.text(0)?, r.text(1)?, r.flag(2)?)),
        )?;
        let known = |(key, value, unsent): (String, String, bool)| Some((scheduled_id(&key)?, read(&value)?, unsent));
        let mut found: Vec<(LocalId, ScheduledMessage, bool)> = rows.into_iter().filter_map(known).collect();
        found.sort_by_key(|(id, message, _)| (message.when.at, *id));
        let mut messages = Vec::new();
        for (id, message, unsent) in found.into_iter().take(SHOWN_MAX) {
            let chat_title = match chats::get(s.tx, &message.chat_id)? {
                Some(info) => self.title(s, &info)?,
                None => String::new(),
            };
            let Some(said) = self.scheduled_inside(s, &scheduled_key(id), &message)? else { continue };
            messages.push(ScheduledRow {
                id,
                chat_id: message.chat_id,
                chat_title,
                text: said.text,
                reply_to: message.reply_to,
                mentions: said.mentions,
                thread: message.thread,
                when: message.when,
                refused: message.refused,
                unsent,
            });
        }
        s.update(Update::Scheduled { messages });
        Ok(())
    }
}

/// The entry is one of these.
pub(crate) fn is_scheduled(key: &str) -> bool {
    key.starts_with(SCHEDULED)
}

fn read(value: &str) -> Option<ScheduledMessage> {
    serde_json::from_str(value).ok()
}
