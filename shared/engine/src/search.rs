//! Finds words in the messages of the cache: any form of a Russian or English word, or its beginning; newest first.
//!
//! Words are folded (NFC, lower case, ё → е) and stemmed here, before they are indexed, so that the index is plain.

use protocol::ChatId;
use sql::{Error, Tx, params};

use crate::messages::{self, Stored};

mod words;

pub(crate) use words::{fold, highlights};

/// Most hits of one search.
const HITS_MAX: u32 = 100;

/// Indexes a message's text under its number.
pub(crate) fn remember(tx: &mut Tx<'_>, n: i64, text: &str) -> Result<(), Error> {
    let words = words::index_text(text);
    if !words.is_empty() {
        tx.execute("INSERT INTO message_index (rowid, words) VALUES (?1, ?2)", params![n, words])?;
    }
    Ok(())
}

/// Takes a message out of the index; one that is not in it is fine.
pub(crate) fn forget(tx: &mut Tx<'_>, n: i64) -> Result<(), Error> {
    tx.execute("DELETE FROM message_index WHERE rowid = ?1", params![n])?;
    Ok(())
}

/// The newest messages that have all words of `query`, in one chat or in all.
pub(crate) fn find(tx: &mut Tx<'_>, query: &str, only: Option<&ChatId>) -> Result<Vec<(ChatId, Stored)>, Error> {
    let expression = words::expression(query);
    if expression.is_empty() {
        return Ok(Vec::new());
    }
    let found = match only {
        None => tx.rows(
            "SELECT rowid FROM message_index WHERE message_index MATCH ?1 ORDER BY rowid DESC LIMIT ?2",
            params![expression, HITS_MAX],
            |r| r.int(0),
        ),
        Some(chat) => tx.rows(
            "SELECT i.rowid FROM message_index i JOIN messages m ON m.n = i.rowid
             WHERE i.message_index MATCH ?1 AND m.chat_id = ?3 ORDER BY i.rowid DESC LIMIT ?2",
            params![expression, HITS_MAX, chat.as_str()],
            |r| r.int(0),
        ),
    };
    let numbers = match found {
        // A letter that is younger than the index's Unicode splits a word there, which the index refuses: nothing is
        // found, and nothing is broken.
        Err(Error::Bug(_)) => Vec::new(),
        other => other?,
    };
    let mut hits = Vec::new();
    for n in numbers {
        if let Some(hit) = messages::by_number(tx, n)? {
            hits.push(hit);
        }
    }
    Ok(hits)
}
