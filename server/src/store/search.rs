//! Tables `message_index`, `message_words` (SQLite): which words messages have, in order of time; and `indexed_chats`: how far. The
//! index is written behind the messages, many at a time, so that a post does not wait for it.
//!
//! A message's number is its millisecond and its place, made unique: so numbers are in order of time, whenever they were given.

use protocol::frame::Has;
use protocol::{ChatId, Message, MessageId, MessageType, Timestamp, UserId};
use sql::{Dialect, Error, Tx, Value, params};

/// Numbers of one millisecond.
const NUMBERS_PER_MS: i64 = 1 << 12;

/// How far a chat's messages are in the index. Until the transaction ends, nobody else takes it further.
///
/// # Errors
/// See [`Error`].
pub fn indexed_to(tx: &mut Tx<'_>, chat: &ChatId) -> Result<u64, Error> {
    tx.one(
        "INSERT INTO indexed_chats (chat_id, seq) VALUES (?1, 0)
         ON CONFLICT (chat_id) DO UPDATE SET seq = indexed_chats.seq RETURNING seq",
        params![chat.as_str()],
        |row| row.count(0),
    )
}

/// All messages of a chat are in the index up to here.
///
/// # Errors
/// See [`Error`].
pub fn set_indexed_to(tx: &mut Tx<'_>, chat: &ChatId, seq: u64) -> Result<(), Error> {
    tx.execute("UPDATE indexed_chats SET seq = ?2 WHERE chat_id = ?1", params![chat.as_str(), seq])?;
    Ok(())
}

/// Chats with messages that are not in the index yet.
///
/// # Errors
/// See [`Error`].
pub fn chats_behind(tx: &mut Tx<'_>) -> Result<Vec<ChatId>, Error> {
    tx.rows(
        "SELECT c.id FROM chats c JOIN scopes s ON s.scope = 'chat:' || c.id
         LEFT JOIN indexed_chats i ON i.chat_id = c.id WHERE s.last_seq > coalesce(i.seq, 0) ORDER BY c.id",
        &[],
        |row| super::chat_id(row, 0),
    )
}

/// Lets a message be found.
///
/// # Errors
/// See [`Error`].
pub fn remember(tx: &mut Tx<'_>, message: &Message) -> Result<(), Error> {
    if !is_found(message) {
        return Ok(());
    }
    let terms: Vec<String> = words::terms(&message.content).iter().map(|term| words::spelled(term)).collect();
    let terms = terms.join(" ");
    let mut n = first_number(message);
    while !put(tx, n, &message.id, &terms)? {
        n += 1;
    }
    Ok(())
}

/// A message says something else now, or nothing any more. One that is not in the index yet gets there as it is now.
///
/// # Errors
/// See [`Error`].
pub fn again(tx: &mut Tx<'_>, chat: &ChatId, message: &Message) -> Result<(), Error> {
    let waits = message.seq > indexed_to(tx, chat)?;
    if let Some(n) = number(tx, message)? {
        if tx.dialect() == Dialect::Sqlite {
            tx.execute("DELETE FROM message_words WHERE rowid = ?1", params![n])?;
        }
        tx.execute("DELETE FROM message_index WHERE n = ?1", params![n])?;
    }
    if waits { Ok(()) } else { remember(tx, message) }
}

/// The message is in the index.
///
/// # Errors
/// See [`Error`].
pub fn holds(tx: &mut Tx<'_>, message: &Message) -> Result<bool, Error> {
    Ok(number(tx, message)?.is_some())
}

fn is_found(message: &Message) -> bool {
    message.message_type == MessageType::Text && message.deleted_at.is_none() && !message.sealed
}

fn first_number(message: &Message) -> i64 {
    let place = i64::try_from(message.seq).unwrap_or(0) % NUMBERS_PER_MS;
    message.timestamp.0.saturating_mul(NUMBERS_PER_MS).saturating_add(place)
}

/// `false`: the number is another message's.
fn put(tx: &mut Tx<'_>, n: i64, id: &MessageId, terms: &str) -> Result<bool, Error> {
    let id = id.as_str();
    if tx.dialect() == Dialect::Postgres {
        let done = tx.execute(
            "INSERT INTO message_index (n, message_id, words)
             VALUES (?1, ?2, array_to_tsvector(array_remove(string_to_array(?3, ' '), '')))
             ON CONFLICT (n) DO NOTHING",
            params![n, id, terms],
        )?;
        return Ok(done > 0);
    }
    let done = tx.execute(
        "INSERT INTO message_index (n, message_id) VALUES (?1, ?2) ON CONFLICT (n) DO NOTHING",
        params![n, id],
    )?;
    if done > 0 && !terms.is_empty() {
        tx.execute("INSERT INTO message_words (rowid, words) VALUES (?1, ?2)", params![n, terms])?;
    }
    Ok(done > 0)
}

fn number(tx: &mut Tx<'_>, message: &Message) -> Result<Option<i64>, Error> {
    let first = first_number(message);
    tx.row(
        "SELECT n FROM message_index WHERE n >= ?1 AND n < ?2 AND message_id = ?3 ORDER BY n LIMIT 1",
        params![first, first.saturating_add(2 * NUMBERS_PER_MS), message.id.as_str()],
        |row| row.int(0),
    )
}

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Whose chats.
    pub reader: UserId,
    /// All of these words.
    pub words: Vec<words::Wanted>,
    /// Only in this chat.
    pub chat: Option<ChatId>,
    /// Only from this person.
    pub sender: Option<UserId>,
    /// Only with this.
    pub has: Option<Has>,
    /// Only before.
    pub before: Option<Timestamp>,
    /// Only at or after.
    pub after: Option<Timestamp>,
}

/// A message that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitting {
    /// Its number.
    pub n: i64,
    /// The message.
    pub message_id: MessageId,
    /// Where.
    pub chat_id: ChatId,
}

/// PostgreSQL looks through so many of the newest messages one by one before it asks the index of words: a frequent word is among
/// them often enough, and one that is not leads to few in the index.
const NEWEST: u32 = 8_000;

/// Messages that fit, with a number below `below` and at least `least`, the newest first.
///
/// # Errors
/// See [`Error`].
pub fn find(tx: &mut Tx<'_>, wish: &Wish, below: i64, least: i64, limit: u32) -> Result<Vec<Fitting>, Error> {
    if wish.words.is_empty() {
        return look(tx, wish, below, least, limit, Way::All);
    }
    if tx.dialect() == Dialect::Sqlite {
        return look(tx, wish, below, least, limit, Way::Fts5);
    }
    let newest = window(tx, below, NEWEST)?.filter(|start| *start > least);
    let mut found = look(tx, wish, below, newest.unwrap_or(least), limit, Way::OneByOne)?;
    let missing = limit.saturating_sub(u32::try_from(found.len()).unwrap_or(limit));
    if let Some(start) = newest.filter(|_| missing > 0) {
        found.extend(look(tx, wish, start, least, missing, Way::Gin)?);
    }
    Ok(found)
}

/// How messages are come by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By their numbers; no words are asked for.
    All,
    /// By SQLite's index, which has the order of numbers.
    Fts5,
    /// By their numbers, the words of each looked at.
    OneByOne,
    /// By PostgreSQL's index, then put in order.
    Gin,
}

fn look(tx: &mut Tx<'_>, wish: &Wish, below: i64, least: i64, limit: u32, way: Way) -> Result<Vec<Fitting>, Error> {
    let mut values: Vec<Value<'_>> = vec![Value::Int(below), Value::Int(least), Value::Int(wish.reader.0)];
    let mut fits = String::new();
    let mut add = |values: &mut Vec<Value<'_>>, value: Value<'static>, condition: &str| {
        values.push(value);
        fits.push_str(" AND ");
        fits.push_str(&condition.replace('$', &format!("?{}", values.len())));
    };
    if way == Way::Fts5 {
        let beginning = |prefix: &str| sql::terms_beginning(tx, "message_terms", prefix);
        let expression = words::expression(&wish.words, words::spelled, beginning)?;
        add(&mut values, Value::Text(expression.into()), "w.message_words MATCH $");
    }
    if let Some(chat) = &wish.chat {
        add(&mut values, Value::Text(chat.to_string().into()), "m.chat_id = $");
    }
    if let Some(sender) = wish.sender {
        add(&mut values, Value::Int(sender.0), "m.sender_id = $");
    }
    if let Some(before) = wish.before {
        add(&mut values, Value::Int(before.0), "m.timestamp_ms < $");
    }
    if let Some(after) = wish.after {
        add(&mut values, Value::Int(after.0), "m.timestamp_ms >= $");
    }
    fits.push_str(match wish.has {
        None => "",
        Some(Has::File) => " AND EXISTS (SELECT 1 FROM file_uses f WHERE f.owner = m.id AND f.place >= 0)",
        Some(Has::Link) => " AND (lower(m.content) LIKE '%http://%' OR lower(m.content) LIKE '%https://%')",
        // Quotes inside of names are escaped: only the field itself is written so.
        Some(Has::Poll) => " AND m.details LIKE '%\"poll\":{%'",
    });
    // SQLite keeps the order of tables only so: words first, then what they lead to.
    let join = if tx.dialect() == Dialect::Sqlite { "CROSS JOIN" } else { "JOIN" };
    let read = format!(
        "{join} messages m ON m.id = i.message_id
         {join} members r ON r.chat_id = m.chat_id AND r.user_id = ?3 AND r.gone = 0"
    );
    let sql = match way {
        Way::All => format!(
            "SELECT i.n, i.message_id, m.chat_id FROM message_index i {read}
             WHERE i.n < ?1 AND i.n >= ?2{fits} ORDER BY i.n DESC LIMIT {limit}"
        ),
        Way::Fts5 => format!(
            "SELECT i.n, i.message_id, m.chat_id FROM message_words w CROSS JOIN message_index i ON i.n = w.rowid {read}
             WHERE w.rowid < ?1 AND w.rowid >= ?2{fits} ORDER BY w.rowid DESC LIMIT {limit}"
        ),
        Way::OneByOne | Way::Gin => {
            values.push(Value::Text(tsquery(&wish.words).into()));
            let words = format!("words @@ CAST(CAST(?{} AS TEXT) AS tsquery)", values.len());
            // An index answers a condition, not a function of one.
            let words = if way == Way::OneByOne { format!("coalesce({words}, FALSE)") } else { words };
            let fitting = format!("SELECT n, message_id FROM message_index WHERE n < ?1 AND n >= ?2 AND {words}");
            // By itself, PostgreSQL would go through all messages in order, or join all of somebody's chats: it does not know how
            // rare words are together. What is written so it has to do in this order.
            let (with, from) = match way {
                Way::Gin => (format!("WITH w AS MATERIALIZED ({fitting})"), "SELECT n, message_id FROM w".to_owned()),
                _ => (String::new(), fitting),
            };
            format!(
                "{with} SELECT i.n, i.message_id, m.chat_id FROM ({from} ORDER BY n DESC OFFSET 0) i
                 CROSS JOIN LATERAL (SELECT * FROM messages WHERE id = i.message_id LIMIT 1) m
                 CROSS JOIN LATERAL (
                     SELECT 1 FROM members r WHERE r.chat_id = m.chat_id AND r.user_id = ?3 AND r.gone = 0 LIMIT 1
                 ) r
                 WHERE TRUE{fits} ORDER BY i.n DESC LIMIT {limit}"
            )
        }
    };
    tx.rows(&sql, &values, |row| {
        Ok(Fitting { n: row.int(0)?, message_id: super::message_id(row.text(1)?)?, chat_id: super::chat_id(row, 2)? })
    })
}

/// The earliest number of a moment.
pub fn number_at(moment: Timestamp) -> i64 {
    moment.0.saturating_mul(NUMBERS_PER_MS)
}

/// The number that has `count` numbers from it up to below `below`; nothing when there are not so many.
///
/// # Errors
/// See [`Error`].
pub fn window(tx: &mut Tx<'_>, below: i64, count: u32) -> Result<Option<i64>, Error> {
    tx.row(
        "SELECT n FROM message_index WHERE n < ?1 ORDER BY n DESC LIMIT 1 OFFSET ?2",
        params![below, i64::from(count) - 1],
        |row| row.int(0),
    )
}

fn tsquery(wanted: &[words::Wanted]) -> String {
    let part = |wanted: &words::Wanted| {
        let word = words::spelled(&wanted.prefix);
        let word = if wanted.whole { format!("'{word}'") } else { format!("'{word}':*") };
        wanted.stem.as_ref().map_or(word.clone(), |stem| format!("({word} | '{}')", words::spelled(stem)))
    };
    wanted.iter().map(part).collect::<Vec<_>>().join(" & ")
}
