//! All that this device can read, as JSON Lines: what a person takes along. The first line says what it is, then each chat is one
//! line and after it each of its messages, oldest first. Contents of files are not in it, their names are.

use std::collections::HashMap;

use protocol::{ChatKind, MessageType, Timestamp, UserId};
use serde::Serialize;
use sql::Tx;

use crate::content::Content;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::messages::{self, Stored};
use crate::{chats, people};

/// Messages read at once.
const PAGE: u32 = 500;

/// One line.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Line<'a> {
    Export { version: u32, team: &'a str, server_id: &'a str, person: &'a str, made_at: Timestamp },
    Chat { id: &'a str, kind: ChatKind, name: &'a str, encrypted: bool },
    Message(Box<Message<'a>>),
}

#[derive(Serialize)]
struct Message<'a> {
    chat_id: &'a str,
    id: &'a str,
    seq: u64,
    from: &'a str,
    from_name: &'a str,
    sent_at: Timestamp,
    kind: MessageType,
    /// Absent when this device could not read it, or it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    edited: bool,
    #[serde(skip_serializing_if = "is_false")]
    deleted: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<File<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reactions: Vec<(&'a str, usize)>,
}

#[derive(Serialize)]
struct File<'a> {
    name: &'a str,
    size: u64,
    mime_type: &'a str,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Engine {
    /// Writes all that this device has and can read; `None` when that is more than `bytes_max`, or nobody is logged in.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn export(
        &mut self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        bytes_max: usize,
    ) -> Result<Option<Vec<u8>>, EngineError> {
        let Some(account) = self.account.clone() else { return Ok(None) };
        let mut lines = Vec::new();
        let (team, server_id, person) = (&*account.team, &*account.server_id, &*account.username);
        write(&mut lines, &Line::Export { version: 1, team, server_id, person, made_at: now });
        let mut known = HashMap::new();
        for chat in chats::listed(tx)? {
            let other = chat.id.private_members().map(|(a, b)| if a == account.user_id { b } else { a });
            let other = other.map(|id| self.people.get(tx, id)).transpose()?;
            let name = other.as_ref().map_or(&*chat.name, people::Person::name);
            write(&mut lines, &Line::Chat { id: chat.id.as_str(), kind: chat.kind, name, encrypted: chat.encrypted });
            let mut after = 0;
            loop {
                let page = messages::settled_after(tx, &chat.id, after, PAGE)?;
                let Some(last) = page.last() else { break };
                after = last.ord;
                for message in &page {
                    if let std::collections::hash_map::Entry::Vacant(entry) = known.entry(message.sender) {
                        entry.insert(self.people.get(tx, message.sender)?);
                    }
                    write(&mut lines, &line(chat.id.as_str(), message, &known));
                }
                if lines.len() > bytes_max {
                    return Ok(None);
                }
            }
        }
        Ok(Some(lines))
    }
}

fn line<'a>(chat_id: &'a str, message: &'a Stored, known: &'a HashMap<UserId, people::Person>) -> Line<'a> {
    let sender = known.get(&message.sender);
    let readable = Content::of(&message.content, message.sealed).readable();
    Line::Message(Box::new(Message {
        chat_id,
        id: message.id.as_str(),
        seq: message.seq,
        from: sender.map_or("", |person| &person.username),
        from_name: sender.map_or("", people::Person::name),
        sent_at: Timestamp(message.at),
        kind: message.kind,
        text: readable.filter(|_| !message.deleted),
        reply_to: message.reply_to.as_ref().map(protocol::MessageId::as_str),
        thread: message.thread.as_ref().map(protocol::MessageId::as_str),
        edited: message.edited,
        deleted: message.deleted,
        files: message.details.attachments.iter().map(|a| &a.file).map(file).collect(),
        reactions: message.reactions.iter().map(|(emoji, who)| (&**emoji, who.len())).collect(),
    }))
}

fn file(file: &protocol::FileInfo) -> File<'_> {
    File { name: &file.name, size: file.size, mime_type: &file.mime_type }
}

fn write(lines: &mut Vec<u8>, line: &Line<'_>) {
    serde_json::to_writer(&mut *lines, line).expect("texts and numbers are JSON");
    lines.push(b'\n');
}
