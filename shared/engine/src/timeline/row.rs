//! From a stored message to the row that a bubble shows: names, quote, ticks, what may be done with it.

use std::collections::HashMap;

use protocol::preview::first_link;
use protocol::{ChatId, LinkPreview, MessageId, MessageType, Role, Timestamp, UserId};
use view::rows::PersonMention;
use view::{ForwardRow, MessageContent, MessageRow, PersonRow, QuoteRow, ReactionRow};

use crate::chats::{self, ChatInfo};
use crate::content::Content;
use crate::disappearing::was_there;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::items;
use crate::list::delivery;
use crate::messages::{self, QUEUED_ORD, State, Stored};
use crate::outbox::overlay::{self, Overlay};
use crate::saved::saved_key;
use crate::step::Step;

/// Longest text of a quote, in characters.
const QUOTE_CHARS_MAX: usize = 140;
/// Most names behind a reaction.
const NAMES_MAX: usize = 10;

/// The preview, as long as its link is the first of what the message says: an edit that is on its way may have changed that.
fn preview(m: &Stored, content: &MessageContent) -> Option<LinkPreview> {
    let preview = m.details.preview.as_deref()?;
    let MessageContent::Text { text } = content else { return None };
    (first_link(text) == Some(preview.url.as_str())).then(|| preview.clone())
}

impl Engine {
    /// Rows for stored messages, in their order.
    pub(crate) fn message_rows(
        &mut self,
        s: &mut Step<'_, '_>,
        info: &ChatInfo,
        stored: Vec<Stored>,
    ) -> Result<Vec<MessageRow>, EngineError> {
        if stored.is_empty() {
            return Ok(Vec::new());
        }
        let Some(me) = self.me() else { return Ok(Vec::new()) };
        let overlay = overlay::load(s.tx, &info.id)?;
        let mut people = HashMap::new();
        let mut rows = Vec::with_capacity(stored.len());
        for message in stored {
            let message = overlay.over(message, me);
            let author = match people.get(&message.sender) {
                Some(row) => PersonRow::clone(row),
                None => {
                    let row = self.person_row(s, message.sender)?;
                    people.insert(message.sender, row.clone());
                    row
                }
            };
            rows.push(self.message_row(s, info, &overlay, message, author, me)?);
        }
        Ok(rows)
    }

    fn message_row(
        &mut self,
        s: &mut Step<'_, '_>,
        info: &ChatInfo,
        overlay: &Overlay,
        m: Stored,
        author: PersonRow,
        me: UserId,
    ) -> Result<MessageRow, EngineError> {
        let own = m.sender == me;
        let content = self.content_of(s, &m)?;
        let quote = match &m.reply_to {
            Some(id) if !m.deleted => Some(self.quote(s, &info.id, overlay, id, me)?),
            _ => None,
        };
        let readable = matches!(content, MessageContent::Text { .. });
        let may_write = info.role.is_some_and(|role| role >= Role::Member);
        let may_pin = info.person_may(info.rights.pin_from(info.kind));
        let may_delete = own || info.role.is_some_and(|role| role >= Role::Admin);
        Ok(MessageRow {
            order: if m.state == State::Settled { m.ord } else { m.ord.max(QUEUED_ORD) },
            seq: if m.state == State::Settled { m.seq } else { 0 },
            author,
            own,
            quote,
            reactions: self.reactions(s, &m, me)?,
            mentions: self.mentions(s, &m)?,
            mentions_me: m.mentions_me && !m.deleted,
            everyone: m.details.everyone.filter(|_| !m.deleted),
            expires_at: m.expires_at.map(Timestamp),
            replies: self.replies(s, &m)?,
            attachments: if m.deleted { Vec::new() } else { m.details.attachments.clone() },
            poll: self.poll_row(s, info, overlay, &m, own)?,
            preview: preview(&m, &content),
            thread: m.thread.clone(),
            forwarded: self.forwarded(s, &m)?,
            pinned: m.pinned_at.is_some() && !m.deleted,
            saved: items::value(s.tx, &saved_key(&m.id))?.is_some(),
            can_pin: may_pin && readable && m.state == State::Settled,
            edited: m.edited && !m.deleted,
            delivery: (own && !m.deleted).then(|| delivery(&m, info)),
            failure: m.failure,
            can_edit: own && readable && may_write && m.details.forwarded.is_none() && m.details.poll.is_none(),
            can_delete: may_delete && !m.deleted && m.kind != MessageType::System && info.role.is_some(),
            at: Timestamp(m.at),
            content,
            id: m.id,
        })
    }

    fn content_of(&mut self, s: &mut Step<'_, '_>, m: &Stored) -> Result<MessageContent, EngineError> {
        Ok(match (m.kind, Content::of(&m.content, m.sealed).readable()) {
            (MessageType::System, _) => MessageContent::System { note: self.note(s, &m.content)? },
            _ if m.deleted => MessageContent::Deleted,
            (MessageType::Text, Some(text)) => MessageContent::Text { text: text.to_owned() },
            (MessageType::Text, None) => MessageContent::Sealed,
            (MessageType::Unknown, _) => MessageContent::Unknown,
        })
    }

    fn quote(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        overlay: &Overlay,
        id: &MessageId,
        me: UserId,
    ) -> Result<QuoteRow, EngineError> {
        let Some(quoted) = messages::get(s.tx, chat, id)? else {
            return Ok(QuoteRow {
                id: id.clone(),
                author: String::new(),
                author_id: UserId(0),
                text: String::new(),
                deleted: was_there(s.tx, chat, id)?,
            });
        };
        let quoted = overlay.over(quoted, me);
        Ok(QuoteRow {
            id: id.clone(),
            author: self.name_of(s, quoted.sender)?,
            author_id: quoted.sender,
            text: if quoted.deleted { String::new() } else { quoted.line(QUOTE_CHARS_MAX) },
            deleted: quoted.deleted,
        })
    }

    fn forwarded(&mut self, s: &mut Step<'_, '_>, m: &Stored) -> Result<Option<ForwardRow>, EngineError> {
        let Some(first) = m.details.forwarded.as_ref().filter(|_| !m.deleted) else { return Ok(None) };
        let there = chats::get(s.tx, &first.chat_id)?.is_some_and(|info| info.known && info.role.is_some());
        Ok(Some(ForwardRow {
            author: self.person_row(s, first.sender_id)?,
            at: first.timestamp,
            chat_id: there.then(|| first.chat_id.clone()),
            message_id: first.message_id.clone(),
        }))
    }

    fn reactions(&mut self, s: &mut Step<'_, '_>, m: &Stored, me: UserId) -> Result<Vec<ReactionRow>, EngineError> {
        let mut rows = Vec::with_capacity(m.reactions.len());
        for (emoji, who) in &m.reactions {
            let mut names = Vec::new();
            for id in who.iter().take(NAMES_MAX) {
                names.push(self.name_of(s, *id)?);
            }
            rows.push(ReactionRow {
                emoji: emoji.clone(),
                count: u32::try_from(who.len()).unwrap_or(u32::MAX),
                own: who.contains(&me),
                names,
            });
        }
        Ok(rows)
    }

    fn mentions(&mut self, s: &mut Step<'_, '_>, m: &Stored) -> Result<Vec<PersonMention>, EngineError> {
        let mut rows = Vec::with_capacity(m.mentions.len());
        for id in &m.mentions {
            let person = self.people.get(s.tx, *id)?;
            // Whoever was there is mentioned without being named.
            if m.details.everyone.is_some() && !names(&m.content, &person.username) {
                continue;
            }
            rows.push(PersonMention { id: *id, name: person.name().to_owned(), username: person.username });
        }
        Ok(rows)
    }
}

/// The text names somebody.
fn names(text: &str, username: &str) -> bool {
    text.to_lowercase().contains(&format!("@{}", username.to_lowercase()))
}
