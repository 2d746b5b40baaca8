//! What was shared in a chat: files and links, newest first, from the cache at once, and from the server for what the cache lacks.

use protocol::frame::{FilesPage, Found, Has, ListFiles, Search};
use protocol::{ChatId, Message, Request, Timestamp};
use view::update::ReplyBody;
use view::{Failure, SharedKind, SharedRow};

use crate::commands::Answer;
use crate::content::Content;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::messages::{self, Stored};
use crate::requests::{Ask, Waiting};
use crate::step::Step;

/// So many messages a page.
const PAGE: u32 = 50;

impl Engine {
    /// A page of what the cache has; the cursor is the order of the last one.
    pub(crate) fn shared_here(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        what: SharedKind,
        cursor: Option<&str>,
    ) -> Result<ReplyBody, EngineError> {
        let below = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(u64::MAX >> 1);
        let (found, next) = match what {
            SharedKind::Files => messages::with_files(s.tx, chat, below, PAGE)?,
            SharedKind::Links => messages::with_links(s.tx, chat, below, PAGE)?,
        };
        let mut rows = Vec::new();
        for message in found {
            rows.push(self.shared_row(s, message)?);
        }
        Ok(ReplyBody::Shared { rows, next: next.map(|order| order.to_string()) })
    }

    /// Asks the server for a page.
    pub(crate) fn fetch_shared(
        &mut self,
        s: &mut Step<'_, '_>,
        id: u32,
        chat_id: ChatId,
        what: SharedKind,
        cursor: Option<String>,
    ) -> Answer {
        if !self.is_entered() {
            return Answer::Failed(Failure::Offline);
        }
        let (what, request) = match what {
            SharedKind::Files => {
                let before_seq = cursor.and_then(|cursor| cursor.parse().ok());
                (Waiting::SharedFiles, Request::ListFiles(ListFiles { chat_id, before_seq, limit: Some(PAGE) }))
            }
            SharedKind::Links => {
                let search = Search {
                    query: String::new(),
                    chat_id: Some(chat_id.clone()),
                    sender_id: None,
                    has: Some(Has::Link),
                    before: None,
                    after: None,
                    cursor,
                    limit: Some(PAGE),
                };
                (Waiting::SharedLinks(chat_id), Request::Search(search))
            }
        };
        self.requests.ask(s, Ask::Command { id, what }, None, request);
        Answer::Later
    }

    pub(crate) fn shared_files_came(
        &mut self,
        s: &mut Step<'_, '_>,
        page: FilesPage,
    ) -> Result<ReplyBody, EngineError> {
        let next = page.messages.last().filter(|_| page.has_more_before).map(|last| last.seq.to_string());
        let rows = self.shared_came(s, &page.chat_id, &page.messages)?;
        Ok(ReplyBody::Shared { rows, next })
    }

    pub(crate) fn shared_links_came(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        page: Found,
    ) -> Result<ReplyBody, EngineError> {
        let found: Vec<Message> =
            page.hits.into_iter().filter(|hit| hit.chat_id == *chat).map(|hit| hit.message).collect();
        let rows = self.shared_came(s, chat, &found)?;
        Ok(ReplyBody::Shared { rows, next: page.next_cursor })
    }

    /// What the server found is kept, so that it is there offline and one can go to it.
    fn shared_came(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        found: &[Message],
    ) -> Result<Vec<SharedRow>, EngineError> {
        self.apply_found(s, chat, found)?;
        let mut rows = Vec::new();
        for message in found {
            // It may have been deleted here since the server answered; what is sealed shows once it is opened.
            let here = messages::get(s.tx, chat, &message.id)?;
            if let Some(message) = here.filter(|message| !message.deleted && !message.sealed) {
                rows.push(self.shared_row(s, message)?);
            }
        }
        Ok(rows)
    }

    fn shared_row(&mut self, s: &mut Step<'_, '_>, message: Stored) -> Result<SharedRow, EngineError> {
        Ok(SharedRow {
            author: self.person_row(s, message.sender)?,
            order: message.ord,
            at: Timestamp(message.at),
            text: Content::of(&message.content, message.sealed).readable().unwrap_or_default().to_owned(),
            message_id: message.id,
            files: message.details.attachments,
        })
    }
}
