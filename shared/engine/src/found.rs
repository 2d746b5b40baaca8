//! Answers searches: from the cache at once, and from the server for what the cache does not hold. What the server found is kept, so that
//! one can go there.

use protocol::frame::{Found, Search};
use protocol::{ChatId, Request, Timestamp};
use view::update::ReplyBody;
use view::{Failure, SearchHit};

use crate::commands::Answer;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::messages::{self, Stored};
use crate::requests::{Ask, Waiting};
use crate::search::{self, Wish};
use crate::step::Step;
use crate::{chats, text};

/// Longest text of a search hit, in characters.
const HIT_CHARS_MAX: usize = 160;

impl Engine {
    /// What the cache has.
    pub(crate) fn find_messages(
        &mut self,
        s: &mut Step<'_, '_>,
        typed: &str,
        chat: Option<&ChatId>,
    ) -> Result<Vec<SearchHit>, EngineError> {
        let Some(wish) = self.wish(s, typed, chat)? else { return Ok(Vec::new()) };
        let mut hits = Vec::new();
        for (chat_id, message) in search::find(s.tx, &wish)? {
            hits.extend(self.found_row(s, chat_id, message, &wish.words)?);
        }
        Ok(hits)
    }

    /// Asks the server, for one page after the other.
    pub(crate) fn search_server(
        &mut self,
        s: &mut Step<'_, '_>,
        id: u32,
        typed: &str,
        chat: Option<&ChatId>,
        cursor: Option<String>,
    ) -> Result<Answer, EngineError> {
        let Some(wish) = self.wish(s, typed, chat)? else {
            return Ok(Answer::Now(ReplyBody::FoundMore { hits: Vec::new(), next_cursor: None }));
        };
        if let Some(chat) = &wish.chat
            && chats::get(s.tx, chat)?.is_some_and(|info| self.seals(&info))
        {
            // The server could find nothing there, and is not told what is looked for.
            return Ok(Answer::Now(ReplyBody::FoundMore { hits: Vec::new(), next_cursor: None }));
        }
        if !self.is_entered() {
            return Ok(Answer::Failed(Failure::Offline));
        }
        let asked = Search {
            query: wish.words.clone(),
            chat_id: wish.chat,
            sender_id: wish.from,
            has: wish.has,
            before: wish.before,
            after: wish.after,
            cursor,
            limit: None,
        };
        let ask = Ask::Command { id, what: Waiting::Search { words: wish.words } };
        self.requests.ask(s, ask, None, Request::Search(asked));
        Ok(Answer::Later)
    }

    /// A page of what the server found; messages of chats that this device does not know yet are passed over.
    pub(crate) fn search_came(
        &mut self,
        s: &mut Step<'_, '_>,
        words: &str,
        page: Found,
    ) -> Result<ReplyBody, EngineError> {
        let mut hits = Vec::new();
        for found in page.hits {
            if chats::get(s.tx, &found.chat_id)?.is_none() {
                continue;
            }
            let id = found.message.id.clone();
            self.apply_found(s, &found.chat_id, &[found.message])?;
            if let Some(message) = messages::get(s.tx, &found.chat_id, &id)? {
                hits.extend(self.found_row(s, found.chat_id, message, words)?);
            }
        }
        Ok(ReplyBody::FoundMore { hits, next_cursor: page.next_cursor })
    }

    /// What was typed, with people and chats in place of their names; `None` when nobody and nothing is called so.
    fn wish(&mut self, s: &mut Step<'_, '_>, typed: &str, only: Option<&ChatId>) -> Result<Option<Wish>, EngineError> {
        let asked = search::read(typed);
        let mut wish = Wish {
            words: asked.words,
            chat: only.cloned(),
            from: None,
            has: asked.has,
            before: asked.before,
            after: asked.after,
        };
        if let Some(name) = asked.from {
            let people = self.find_people(s, &name)?;
            let same = people.iter().find(|person| search::fold(&person.username) == search::fold(&name));
            let Some(person) = same.or(people.first()) else { return Ok(None) };
            wish.from = Some(person.id);
        }
        if let Some(title) = asked.chat {
            let title = search::fold(&title);
            let mut best: Option<(usize, ChatId)> = None;
            for info in chats::listed(s.tx)? {
                let own = search::fold(&self.title(s, &info)?);
                // The shortest title that holds it is the one that was meant.
                if own.contains(&title) && best.as_ref().is_none_or(|(length, _)| own.len() < *length) {
                    best = Some((own.len(), info.id));
                }
            }
            let Some((_, chat)) = best else { return Ok(None) };
            wish.chat = Some(chat);
        }
        Ok(Some(wish))
    }

    fn found_row(
        &mut self,
        s: &mut Step<'_, '_>,
        chat_id: ChatId,
        message: Stored,
        words: &str,
    ) -> Result<Option<SearchHit>, EngineError> {
        let Some(info) = chats::get(s.tx, &chat_id)? else { return Ok(None) };
        let plain = text::one_line(&message.content, usize::MAX);
        let first = search::highlights(&plain, words).first().map_or(0, |(start, _)| *start);
        let (piece, _) = text::around(&plain, first, HIT_CHARS_MAX);
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let marked = search::highlights(piece, words);
        let highlights = marked.into_iter().map(|(start, end)| (place(start), place(end))).collect();
        Ok(Some(SearchHit {
            chat_title: self.title(s, &info)?,
            chat_id,
            message_id: message.id,
            author: self.person_row(s, message.sender)?,
            at: Timestamp(message.at),
            text: piece.to_owned(),
            highlights,
        }))
    }
}
