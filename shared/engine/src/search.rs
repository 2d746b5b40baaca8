//! Finds words in the messages of the cache: any form of a Russian or English word, or its beginning; newest first.
//!
//! Words are folded (NFC, lower case, ё → е) and stemmed by [`words`], before they are indexed, so that the index is plain. What the
//! cache does not hold, the server is asked for, see `found`.

use protocol::frame::Has;
use protocol::{ChatId, Timestamp, UserId};
use sql::{Error, Tx, Value, params};

use crate::messages::{self, Stored};

mod asked;

pub(crate) use asked::read;
pub(crate) use words::{fold, highlights};

/// Most hits of one search.
const HITS_MAX: u32 = 100;

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wish {
    pub(crate) words: String,
    pub(crate) chat: Option<ChatId>,
    pub(crate) from: Option<UserId>,
    pub(crate) has: Option<Has>,
    pub(crate) before: Option<Timestamp>,
    pub(crate) after: Option<Timestamp>,
}

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

/// The newest messages that fit. Without words, something else has to be said.
pub(crate) fn find(tx: &mut Tx<'_>, wish: &Wish) -> Result<Vec<(ChatId, Stored)>, Error> {
    let wanted = words::wanted(&wish.words);
    let beginning = |prefix: &str| sql::terms_beginning(tx, "message_terms", prefix);
    let expression = words::expression(&wanted, str::to_owned, beginning)?;
    let narrowed = wish.from.is_some() || wish.has.is_some() || wish.before.is_some() || wish.after.is_some();
    if expression.is_empty() && (!wish.words.trim().is_empty() || !narrowed) {
        return Ok(Vec::new());
    }
    let (filters, mut values) = filters(wish);
    let found = if expression.is_empty() {
        let sql = format!(
            "SELECT m.n FROM messages m WHERE m.kind = 'text' AND m.deleted = 0 AND m.sealed = 0{filters}
             ORDER BY m.n DESC LIMIT {HITS_MAX}"
        );
        tx.rows(&sql, &values, |r| r.int(0))
    } else {
        values.push(Value::Text(expression.into()));
        let place = values.len();
        let sql = match filters.is_empty() {
            true => format!(
                "SELECT rowid FROM message_index WHERE message_index MATCH ?{place} ORDER BY rowid DESC LIMIT {HITS_MAX}"
            ),
            false => format!(
                "SELECT i.rowid FROM message_index i JOIN messages m ON m.n = i.rowid
                 WHERE i.message_index MATCH ?{place}{filters} ORDER BY i.rowid DESC LIMIT {HITS_MAX}"
            ),
        };
        tx.rows(&sql, &values, |r| r.int(0))
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

fn filters(wish: &Wish) -> (String, Vec<Value<'static>>) {
    let (mut sql, mut values) = (String::new(), Vec::new());
    let mut add = |value: Value<'static>, condition: &str| {
        values.push(value);
        sql.push_str(&format!(" AND {condition} ?{}", values.len()));
    };
    if let Some(chat) = &wish.chat {
        add(Value::Text(chat.to_string().into()), "m.chat_id =");
    }
    if let Some(from) = wish.from {
        add(Value::Int(from.0), "m.sender_id =");
    }
    if let Some(before) = wish.before {
        add(Value::Int(before.0), "m.at_ms <");
    }
    if let Some(after) = wish.after {
        add(Value::Int(after.0), "m.at_ms >=");
    }
    sql.push_str(match wish.has {
        None => "",
        // Quotes inside of names are escaped: only the fields themselves are written so.
        Some(Has::File) => " AND m.details LIKE '%\"attachments\":[{%'",
        Some(Has::Poll) => " AND m.details LIKE '%\"poll\":{%'",
        Some(Has::Link) => " AND (m.content LIKE '%http://%' OR m.content LIKE '%https://%')",
    });
    (sql, values)
}
