//! The tables: one file each, all SQL of a table in its file, over `&mut sql::Tx`.

pub mod chats;
pub mod devices;
pub mod due;
pub mod emoji;
pub mod files;
pub mod groups;
pub mod invitations;
pub mod items;
pub mod join_requests;
pub mod members;
pub mod messages;
pub mod mutations;
pub mod polls;
pub mod previews;
pub mod scopes;
pub mod search;
pub mod settings;
pub mod users;

use protocol::{ChatId, FileId, MessageId};
use sql::{Error, Row, Value};

/// `?first, ?first+1, …` for a list, and the list padded with its last element to a power of two: so few statements exist.
/// An empty list is a bug of the caller's and matches nothing.
pub(crate) fn in_list<'v>(first: usize, list: impl Iterator<Item = Value<'v>>) -> (String, Vec<Value<'v>>) {
    let mut values: Vec<Value<'v>> = list.collect();
    let last = values.last().cloned().unwrap_or(Value::Null);
    values.resize(values.len().max(1).next_power_of_two(), last);
    let marks: Vec<String> = (0..values.len()).map(|i| format!("?{}", first + i)).collect();
    (marks.join(", "), values)
}

pub(crate) fn chat_id(row: &Row<'_>, column: usize) -> Result<ChatId, Error> {
    ChatId::new(row.text(column)?).ok_or_else(|| Error::Bug("a chat id in the database is none".to_owned()))
}

pub(crate) fn message_id(text: String) -> Result<MessageId, Error> {
    MessageId::new(text).ok_or_else(|| Error::Bug("a message id in the database is none".to_owned()))
}

pub(crate) fn file_id(row: &Row<'_>, column: usize) -> Result<Option<FileId>, Error> {
    let none = || Error::Bug("a file id in the database is none".to_owned());
    row.opt_text(column)?.map(|text| FileId::new(text).ok_or_else(none)).transpose()
}
