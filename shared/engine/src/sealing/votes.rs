//! Votes in polls of encrypted chats: opened in the log's order, kept one for each member, counted here. A vote is its sender's by
//! the seal, not by the server's word, and is given to one question with these answers and to no other.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::limits::{POLL_EXPLANATION_CHARS_MAX, POLL_OPTION_CHARS_MAX, POLL_OPTIONS_MAX};
use protocol::{Ballot, ChatId, Message, MessageId, NewPoll, Poll, UserId};
use serde::{Deserialize, Serialize};
use sql::{Error, Tx, params};

use super::content::Inside;
use super::log::Entry;
use super::rows;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::messages;
use crate::step::Step;

/// A vote, inside of a seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Choice {
    /// What was asked, see [`asked_of`].
    pub(crate) of: String,
    /// Counted from 0, rising; none takes the vote back.
    pub(crate) options: Vec<u32>,
}

/// Somebody's newest vote, as far as this device knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Vote {
    pub(crate) user: UserId,
    pub(crate) rev: u64,
    pub(crate) options: Vec<u32>,
}

/// What stands for a question with its answers: who changes them has no votes any more.
pub(crate) fn asked_of(question: &str, poll: &Poll) -> String {
    let texts: Vec<&str> = poll.options.iter().map(|option| option.text.as_str()).collect();
    let asked = serde_json::to_vec(&(question, texts, poll.multiple, poll.quiz)).expect("texts are JSON");
    URL_SAFE_NO_PAD.encode(&crypto::sha256(&asked)[..12])
}

/// The poll of an opened message: what is inside, and of the server's word only that it is closed. `None` when one is none: what
/// others ask is bounded here, for the server could not.
pub(crate) fn opened(inside: Option<&NewPoll>, outside: Option<&Poll>) -> Option<Box<Poll>> {
    let (asked, outside) = (inside?, outside.filter(|poll| poll.sealed)?);
    let is_text = |text: &str, most: usize| text.chars().count() <= most && !text.chars().any(char::is_control);
    let options = (2..=POLL_OPTIONS_MAX).contains(&asked.options.len())
        && asked.options.iter().all(|text| !text.trim().is_empty() && is_text(text, POLL_OPTION_CHARS_MAX));
    let quiz = asked.quiz.as_ref().is_none_or(|quiz| {
        let right = (quiz.right as usize) < asked.options.len() && !asked.multiple;
        right && quiz.explanation.chars().count() <= POLL_EXPLANATION_CHARS_MAX
    });
    (options && quiz).then(|| Box::new(Poll { closed_at: outside.closed_at, ..asked_here(asked) }))
}

/// A poll that this person asks in an encrypted chat.
pub(crate) fn asked_here(asked: &NewPoll) -> Poll {
    Poll { sealed: true, anonymous: false, solution: asked.quiz.clone(), ..asked.opened() }
}

/// As it goes into a seal.
pub(crate) fn inside(poll: Option<&Poll>) -> Option<Box<NewPoll>> {
    let poll = poll.filter(|poll| poll.sealed && !poll.options.is_empty())?;
    Some(Box::new(NewPoll {
        options: poll.options.iter().map(|option| option.text.clone()).collect(),
        multiple: poll.multiple,
        anonymous: false,
        quiz: poll.solution.clone(),
        closes_at: poll.closes_at,
    }))
}

/// What a vote is sealed to. No message's: those have three line ends.
pub(super) fn about(chat: &ChatId, poll: &MessageId) -> Vec<u8> {
    format!("vote\n{chat}\n{poll}").into_bytes()
}

/// Where a vote waits in the log: its poll's id with what no id holds.
fn key(poll: &MessageId, user: UserId) -> String {
    format!("{poll}#{user}")
}

struct Kept {
    rev: u64,
    cipher: Vec<u8>,
    choice: Option<Choice>,
}

fn kept(tx: &mut Tx<'_>, chat: &ChatId, poll: &MessageId, user: UserId) -> Result<Option<Kept>, Error> {
    tx.row(
        "SELECT rev, cipher, choice FROM sealed_votes WHERE chat_id = ?1 AND message_id = ?2 AND user_id = ?3",
        params![chat.as_str(), poll.as_str(), user.0],
        |r| {
            let choice = r.opt_text(2)?.and_then(|json| serde_json::from_str(&json).ok());
            Ok(Kept { rev: r.count(0)?, cipher: r.blob(1)?, choice })
        },
    )
}

fn put(
    tx: &mut Tx<'_>,
    (chat, poll, user): (&ChatId, &MessageId, UserId),
    rev: u64,
    cipher: &[u8],
    choice: Option<&Choice>,
) -> Result<(), EngineError> {
    tx.execute(
        "INSERT INTO sealed_votes (chat_id, message_id, user_id, rev, cipher, choice) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (chat_id, message_id, user_id) DO UPDATE SET rev = excluded.rev, cipher = excluded.cipher,
             choice = excluded.choice",
        params![chat.as_str(), poll.as_str(), user.0, rev, cipher, choice.map(serde_json::to_string).transpose()?],
    )?;
    Ok(())
}

/// The votes that count, in their order. Those for another question, for answers that there are none of, or for several where one
/// may be chosen, count as none.
pub(crate) fn counted(
    tx: &mut Tx<'_>,
    chat: &ChatId,
    id: &MessageId,
    question: &str,
    poll: &Poll,
) -> Result<Vec<Vote>, Error> {
    let of = asked_of(question, poll);
    let rows = tx.rows(
        "SELECT user_id, rev, choice FROM sealed_votes WHERE chat_id = ?1 AND message_id = ?2 AND choice IS NOT NULL
         ORDER BY rev, user_id",
        params![chat.as_str(), id.as_str()],
        |r| Ok((UserId(r.int(0)?), r.count(1)?, r.text(2)?)),
    )?;
    let fits = |options: &[u32]| {
        let there = options.iter().all(|option| (*option as usize) < poll.options.len());
        there && options.is_sorted_by(|a, b| a < b) && (poll.multiple || options.len() <= 1)
    };
    let vote = |(user, rev, json): (UserId, u64, String)| {
        let choice: Choice = serde_json::from_str(&json).ok()?;
        let options = if choice.of == of && fits(&choice.options) { choice.options } else { Vec::new() };
        Some(Vote { user, rev, options })
    };
    Ok(rows.into_iter().filter_map(vote).collect())
}

/// A poll is gone: so are its votes, and those that wait.
pub(crate) fn forget(tx: &mut Tx<'_>, chat: &ChatId, poll: &MessageId) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM sealed_votes WHERE chat_id = ?1 AND message_id = ?2",
        params![chat.as_str(), poll.as_str()],
    )?;
    tx.execute(
        "DELETE FROM sealed_log WHERE chat_id = ?1 AND message_id > ?2 AND message_id < ?3",
        params![chat.as_str(), format!("{poll}#"), format!("{poll}$")],
    )?;
    Ok(())
}

/// A snapshot comes: places are those of another count, but what was opened stays known.
pub(super) fn forget_places(tx: &mut Tx<'_>, chat: &ChatId) -> Result<(), Error> {
    tx.execute("UPDATE sealed_votes SET rev = 0 WHERE chat_id = ?1", params![chat.as_str()]).map(|_| ())
}

impl Engine {
    /// A message that asks came, with votes that may be news.
    pub(crate) fn ballots_came(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: &Message,
    ) -> Result<(), EngineError> {
        let asks = message.poll.as_deref().filter(|poll| poll.sealed && message.deleted_at.is_none());
        for ballot in asks.map(|poll| poll.ballots.as_slice()).unwrap_or_default() {
            self.ballot_came(s, chat, &message.id, ballot)?;
        }
        Ok(())
    }

    fn ballot_came(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        poll: &MessageId,
        ballot: &Ballot,
    ) -> Result<(), EngineError> {
        let cipher = crypto::sha256(ballot.content.as_bytes());
        let known = kept(s.tx, chat, poll, ballot.user_id)?;
        if known.as_ref().is_some_and(|known| known.rev >= ballot.rev) {
            return Ok(());
        }
        let place = (chat, poll, ballot.user_id);
        if let Some(known) = known.filter(|known| known.cipher == cipher) {
            return put(s.tx, place, ballot.rev, &cipher, known.choice.as_ref());
        }
        let key = key(poll, ballot.user_id);
        let newer = s.tx.row(
            "SELECT 1 FROM sealed_log WHERE chat_id = ?1 AND message_id = ?2 AND pos >= ?3",
            params![chat.as_str(), key, ballot.rev],
            |r| r.int(0),
        )?;
        if newer.is_some() {
            return Ok(());
        }
        s.tx.execute("DELETE FROM sealed_log WHERE chat_id = ?1 AND message_id = ?2", params![chat.as_str(), key])?;
        // Nobody opens what they sealed themselves.
        let own = if Some(ballot.user_id) == self.me() { rows::known(s.tx, &cipher, chat, poll)? } else { None };
        if let Some(choice) = own.and_then(|inside| inside.vote) {
            rows::forget_known(s.tx, &cipher)?;
            return self.voted(s, place, ballot.rev, &cipher, Some(&choice));
        }
        let entry = Entry::Ballot { poll: poll.clone(), ballot: Box::new(ballot.clone()) };
        self.log_entry(s, chat, ballot.rev, &key, &entry)
    }

    /// A vote was opened, or never will be: then its sender has none, on whichever device, for an earlier one is nowhere to be had.
    pub(super) fn ballot_opened(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        poll: &MessageId,
        ballot: &Ballot,
        content: Option<Vec<u8>>,
    ) -> Result<(), EngineError> {
        let known = kept(s.tx, chat, poll, ballot.user_id)?;
        let choice = content.and_then(|content| Inside::read(&content)?.vote);
        let overtaken = known.as_ref().is_some_and(|known| known.rev >= ballot.rev);
        // What is known from before a snapshot may be just this one.
        let same = choice.is_none() && known.is_some_and(|known| known.rev == 0);
        if overtaken || same {
            return Ok(());
        }
        let cipher = crypto::sha256(ballot.content.as_bytes());
        self.voted(s, (chat, poll, ballot.user_id), ballot.rev, &cipher, choice.as_ref())
    }

    fn voted(
        &mut self,
        s: &mut Step<'_, '_>,
        place: (&ChatId, &MessageId, UserId),
        rev: u64,
        cipher: &[u8],
        choice: Option<&Choice>,
    ) -> Result<(), EngineError> {
        put(s.tx, place, rev, cipher, choice)?;
        let (chat, poll, _) = place;
        self.screen.dirty_message(chat, poll);
        if let Some(stored) = messages::get(s.tx, chat, poll)? {
            self.archive_soon(s, chat, stored.seq)?;
        }
        Ok(())
    }

    /// A vote that another own device has opened.
    pub(super) fn vote_archived(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        poll: &MessageId,
        vote: &Vote,
        of: &str,
    ) -> Result<(), EngineError> {
        let known = kept(s.tx, chat, poll, vote.user)?;
        let news = known.is_none_or(|known| known.rev < vote.rev || (known.rev == vote.rev && known.choice.is_none()));
        if news {
            let choice = Choice { of: of.to_owned(), options: vote.options.clone() };
            put(s.tx, (chat, poll, vote.user), vote.rev, &[], Some(&choice))?;
            self.screen.dirty_message(chat, poll);
        }
        Ok(())
    }
}
