//! Tables `polls`, `poll_votes`, `sealed_votes`: what of a poll its message does not say to all, and who chose what, as far as the
//! server can read it.

use std::collections::HashMap;

use protocol::{Ballot, ChatId, Message, MessageId, Quiz, Timestamp, UserId};
use sql::{Error, Tx, Value, params};

use super::in_list;

/// An open poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollRow {
    /// The message that asks.
    pub message_id: MessageId,
    /// Where.
    pub chat_id: ChatId,
    /// When it closes by itself.
    pub closes_at: Option<Timestamp>,
    /// Of a quiz: what is right.
    pub solution: Option<Quiz>,
}

/// Keeps a poll that was asked.
///
/// # Errors
/// [`Error::Unique`] when there is one already.
pub fn insert(tx: &mut Tx<'_>, poll: &PollRow) -> Result<(), Error> {
    let quiz = poll.solution.as_ref();
    tx.execute(
        "INSERT INTO polls (message_id, chat_id, closes_at_ms, correct, explanation) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            poll.message_id.as_str(),
            poll.chat_id.as_str(),
            poll.closes_at.map(|at| at.0),
            quiz.map(|quiz| i64::from(quiz.right)),
            quiz.map(|quiz| quiz.explanation.as_str())
        ],
    )?;
    Ok(())
}

/// An open poll; `None` once it was closed or deleted.
///
/// # Errors
/// See [`Error`].
pub fn get(tx: &mut Tx<'_>, id: &MessageId) -> Result<Option<PollRow>, Error> {
    tx.row(
        "SELECT chat_id, closes_at_ms, correct, explanation FROM polls WHERE message_id = ?1",
        params![id.as_str()],
        |row| {
            let right = row.opt_int(2)?.and_then(|right| u32::try_from(right).ok());
            let explanation = row.opt_text(3)?.unwrap_or_default();
            Ok(PollRow {
                message_id: id.clone(),
                chat_id: super::chat_id(row, 0)?,
                closes_at: row.opt_int(1)?.map(Timestamp),
                solution: right.map(|right| Quiz { right, explanation }),
            })
        },
    )
}

/// The poll is open no more; its votes stay.
///
/// # Errors
/// See [`Error`].
pub fn remove(tx: &mut Tx<'_>, id: &MessageId) -> Result<(), Error> {
    tx.execute("DELETE FROM polls WHERE message_id = ?1", params![id.as_str()])?;
    Ok(())
}

/// Forgets who chose what.
///
/// # Errors
/// See [`Error`].
pub fn remove_votes(tx: &mut Tx<'_>, id: &MessageId) -> Result<(), Error> {
    tx.execute("DELETE FROM poll_votes WHERE message_id = ?1", params![id.as_str()])?;
    tx.execute("DELETE FROM sealed_votes WHERE message_id = ?1", params![id.as_str()])?;
    Ok(())
}

/// Puts a member's sealed vote in place of their earlier one.
///
/// # Errors
/// See [`Error`].
pub fn put_ballot(tx: &mut Tx<'_>, id: &MessageId, ballot: &Ballot) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO sealed_votes (message_id, user_id, content, rev) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (message_id, user_id) DO UPDATE SET content = excluded.content, rev = excluded.rev",
        params![id.as_str(), ballot.user_id.0, ballot.content, ballot.rev],
    )?;
    Ok(())
}

/// Gives messages that ask inside of a seal the votes of their members, in their order.
///
/// # Errors
/// See [`Error`].
pub fn fill_in_ballots(tx: &mut Tx<'_>, messages: &mut [Message]) -> Result<(), Error> {
    let sealed = messages.iter().enumerate().filter(|(_, m)| m.poll.as_ref().is_some_and(|poll| poll.sealed));
    let places: HashMap<MessageId, usize> = sealed.map(|(place, message)| (message.id.clone(), place)).collect();
    if places.is_empty() {
        return Ok(());
    }
    let (marks, values) = in_list(1, places.keys().map(|id| Value::Text(id.as_str().into())));
    let ballots = tx.rows(
        &format!(
            "SELECT message_id, user_id, content, rev FROM sealed_votes WHERE message_id IN ({marks}) ORDER BY rev"
        ),
        &values,
        |row| {
            let ballot = Ballot { user_id: UserId(row.int(1)?), content: row.text(2)?, rev: row.count(3)? };
            Ok((super::message_id(row.text(0)?)?, ballot))
        },
    )?;
    for (id, ballot) in ballots {
        if let Some(poll) = places.get(&id).and_then(|place| messages[*place].poll.as_mut()) {
            poll.ballots.push(ballot);
        }
    }
    Ok(())
}

/// What a person chose, rising.
///
/// # Errors
/// See [`Error`].
pub fn votes_of(tx: &mut Tx<'_>, id: &MessageId, user: UserId) -> Result<Vec<u32>, Error> {
    tx.rows(
        "SELECT choice FROM poll_votes WHERE message_id = ?1 AND user_id = ?2 ORDER BY choice",
        params![id.as_str(), user.0],
        |row| Ok(u32::try_from(row.int(0)?).unwrap_or(u32::MAX)),
    )
}

/// Puts a person's vote in place of their earlier one; `place` orders votes.
///
/// # Errors
/// See [`Error`].
pub fn put_votes(tx: &mut Tx<'_>, id: &MessageId, user: UserId, options: &[u32], place: u64) -> Result<(), Error> {
    tx.execute("DELETE FROM poll_votes WHERE message_id = ?1 AND user_id = ?2", params![id.as_str(), user.0])?;
    for option in options {
        tx.execute(
            "INSERT INTO poll_votes (message_id, choice, user_id, place) VALUES (?1, ?2, ?3, ?4)",
            params![id.as_str(), i64::from(*option), user.0, place],
        )?;
    }
    Ok(())
}

/// Who chose an option after a place, with the places of their votes, in order.
///
/// # Errors
/// See [`Error`].
pub fn voters(
    tx: &mut Tx<'_>,
    id: &MessageId,
    option: u32,
    after: u64,
    limit: u32,
) -> Result<Vec<(UserId, u64)>, Error> {
    tx.rows(
        "SELECT user_id, place FROM poll_votes WHERE message_id = ?1 AND choice = ?2 AND place > ?3
         ORDER BY place LIMIT ?4",
        params![id.as_str(), i64::from(option), after, limit],
        |row| Ok((UserId(row.int(0)?), row.count(1)?)),
    )
}
