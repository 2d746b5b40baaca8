//! What is worth a notification: messages of others that are not read yet, as they arrive; after a time offline only the
//! newest of each chat.

use std::collections::VecDeque;

use protocol::{ChatId, ChatKind, MessageId, MessageType};
use view::{Notice, NotifyAbout, Update};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::step::Step;
use crate::{chats, messages};

/// Most notices of one step.
const NOTICES_MAX: usize = 5;
/// Longest text of a notice, in characters.
const TEXT_CHARS_MAX: usize = 199;

/// Notices of late that are remembered, so that a message which comes anew (a restored server) is told once.
const TOLD_MAX: usize = 256;

/// Messages that arrived in this step, and those that were told of.
#[derive(Default)]
pub(crate) struct Notices {
    offered: Vec<(ChatId, MessageId)>,
    told: VecDeque<MessageId>,
}

impl Notices {
    /// A message of another person arrived. One that is caught up takes the place of earlier ones of its chat.
    pub(crate) fn offer(&mut self, chat: &ChatId, id: &MessageId, live: bool) {
        if !live {
            self.offered.retain(|(known, _)| known != chat);
        }
        self.offered.push((chat.clone(), id.clone()));
    }
}

impl Engine {
    pub(crate) fn show_notices(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let offered = std::mem::take(&mut self.screen.notices.offered);
        if !self.preferences.notifications {
            return Ok(());
        }
        let newest = offered.len().saturating_sub(NOTICES_MAX);
        for (chat, id) in offered.into_iter().skip(newest) {
            let (Some(info), Some(message)) = (chats::get(s.tx, &chat)?, messages::get(s.tx, &chat, &id)?) else {
                continue;
            };
            let fresh = match &message.thread {
                Some(root) => self.is_news_in_thread(s, root, message.seq)? && !message.deleted,
                None => message.counts && message.seq > info.read_seq,
            };
            if !fresh || message.kind != MessageType::Text || self.own.has_blocked(message.sender) {
                continue;
            }
            let personal = message.mentions_me || info.kind == ChatKind::Private;
            let wanted = match info.settings.notify {
                NotifyAbout::All => message.mentions_me || !info.is_muted(s.now),
                NotifyAbout::Mentions => message.mentions_me || (personal && !info.is_muted(s.now)),
                NotifyAbout::Nothing => false,
            };
            if !wanted {
                continue;
            }
            if self.screen.notices.told.contains(&id) {
                continue;
            }
            self.screen.notices.told.push_back(id.clone());
            if self.screen.notices.told.len() > TOLD_MAX {
                self.screen.notices.told.pop_front();
            }
            let shown = self.preferences.notification_text;
            let notice = Notice {
                chat_title: self.title(s, &info)?,
                chat_id: chat,
                message_id: id,
                author: self.name_of(s, message.sender)?,
                author_id: message.sender,
                text: if shown { message.line(TEXT_CHARS_MAX) } else { String::new() },
                personal,
                reminder: false,
            };
            s.update(Update::Notice { notice });
        }
        Ok(())
    }
}
