//! Messages that a person wants to be reminded of: own data that the server acts on when it is time. Each device tells them once.

use protocol::timed::{REMINDER, Reminder, When, reminder_id, reminder_key};
use protocol::{ChatId, ErrorCode, MessageId, Timestamp};
use view::rows::ReminderRow;
use view::{Command, Failure, Notice, SearchHit, Update};

use crate::commands::{Answer, DONE};
use crate::content::Content;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::step::Step;
use crate::{chats, messages, text};

/// Most that the screen is told of.
const SHOWN_MAX: usize = 200;
/// Longest text of a notice, in characters.
const TEXT_CHARS_MAX: usize = 199;

impl Engine {
    /// Commands about reminders.
    pub(crate) fn remind(&mut self, s: &mut Step<'_, '_>, command: Command) -> Result<Answer, EngineError> {
        match command {
            Command::Remind { chat_id, message_id, when } => self.keep_reminder(s, chat_id, &message_id, when),
            Command::DropReminder { message_id } => {
                self.put_item(s, &reminder_key(&message_id), None)?;
                Ok(DONE)
            }
            _ => Ok(Answer::Failed(Failure::NotHere)),
        }
    }

    fn keep_reminder(
        &mut self,
        s: &mut Step<'_, '_>,
        chat_id: ChatId,
        id: &MessageId,
        when: When,
    ) -> Result<Answer, EngineError> {
        let Some(message) = messages::get(s.tx, &chat_id, id)? else {
            return Ok(Answer::Failed(Failure::Refused { code: ErrorCode::NotFound }));
        };
        let (author_id, said_at) = (message.sender, Timestamp(message.at));
        let reminder = Reminder { chat_id, author_id, said_at, when, rang_at: None };
        self.put_item(s, &reminder_key(id), Some(serde_json::to_string(&reminder)?))?;
        Ok(DONE)
    }

    /// Another state of a known entry came from the server: it may have begun to ring.
    pub(crate) fn reminder_came(
        &mut self,
        s: &mut Step<'_, '_>,
        key: &str,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Result<(), EngineError> {
        let rings = |value: Option<&str>| value.and_then(read).filter(|reminder| reminder.rang_at.is_some());
        let (Some(id), Some(reminder)) = (reminder_id(key), rings(after)) else { return Ok(()) };
        if before.is_none() || rings(before).is_some() || !self.preferences.notifications {
            return Ok(());
        }
        let hit = self.reminder_hit(s, id, &reminder)?;
        let shown = if self.preferences.notification_text { hit.text } else { String::new() };
        let notice = Notice {
            chat_id: hit.chat_id,
            chat_title: hit.chat_title,
            message_id: hit.message_id,
            author: hit.author.name,
            author_id: hit.author.id,
            text: shown,
            personal: true,
            reminder: true,
        };
        s.update(Update::Notice { notice });
        Ok(())
    }

    /// Those that rang, with when.
    pub(crate) fn rung(&mut self, s: &mut Step<'_, '_>) -> Result<Vec<(SearchHit, Timestamp)>, EngineError> {
        let rows = s.tx.rows(
            "SELECT key, value FROM items WHERE key > 'reminder:' AND key < 'reminder;' AND value IS NOT NULL",
            &[],
            |r| Ok((r.text(0)?, r.text(1)?)),
        )?;
        let mut rung = Vec::new();
        for (key, value) in rows {
            if let (Some(id), Some(reminder)) = (reminder_id(&key), read(&value))
                && let Some(rang) = reminder.rang_at
            {
                rung.push((self.reminder_hit(s, id, &reminder)?, rang));
            }
        }
        Ok(rung)
    }

    /// Tells the screen all of them.
    pub(crate) fn show_reminders(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let rows = s.tx.rows(
            "SELECT key, value, waiting FROM items WHERE key > 'reminder:' AND key < 'reminder;' AND value IS NOT NULL",
            &[],
            |r| Ok((r.text(0)?, r.text(1)?, r.flag(2)?)),
        )?;
        let known = |(key, value, unsent): (String, String, bool)| Some((reminder_id(&key)?, read(&value)?, unsent));
        let mut found: Vec<(MessageId, Reminder, bool)> = rows.into_iter().filter_map(known).collect();
        found.sort_by_key(|(id, reminder, _)| match reminder.rang_at {
            Some(rang) => (false, -rang.0, id.clone()),
            None => (true, reminder.when.at.0, id.clone()),
        });
        let mut reminders = Vec::new();
        for (id, reminder, unsent) in found.into_iter().take(SHOWN_MAX) {
            let message = self.reminder_hit(s, id, &reminder)?;
            reminders.push(ReminderRow { message, when: reminder.when, rang: reminder.rang_at.is_some(), unsent });
        }
        s.update(Update::Reminders { reminders });
        Ok(())
    }

    fn reminder_hit(
        &mut self,
        s: &mut Step<'_, '_>,
        message_id: MessageId,
        reminder: &Reminder,
    ) -> Result<SearchHit, EngineError> {
        let chat_title = match chats::get(s.tx, &reminder.chat_id)? {
            Some(info) => self.title(s, &info)?,
            None => String::new(),
        };
        let text = match messages::get(s.tx, &reminder.chat_id, &message_id)? {
            Some(message) if !message.deleted => {
                let readable = Content::of(&message.content, message.sealed).readable().unwrap_or_default();
                text::one_line(readable, TEXT_CHARS_MAX)
            }
            _ => String::new(),
        };
        Ok(SearchHit {
            chat_id: reminder.chat_id.clone(),
            chat_title,
            message_id,
            author: self.person_row(s, reminder.author_id)?,
            at: reminder.said_at,
            text,
            highlights: Vec::new(),
        })
    }
}

/// The entry is one of these.
pub(crate) fn is_reminder(key: &str) -> bool {
    key.starts_with(REMINDER)
}

fn read(value: &str) -> Option<Reminder> {
    serde_json::from_str(value).ok()
}
