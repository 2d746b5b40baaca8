//! Files of encrypted chats: what they are and what opens them travels inside the sealed message; the server keeps bytes that
//! it cannot read, under ids.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::{ChunkSize, FileSeal};
use protocol::limits::ATTACHMENTS_MAX;
use protocol::{About, Attach, Attachment, ChatId, FileId, FileInfo, MessageId, Timestamp, file};
use serde::{Deserialize, Serialize};
use sql::{Error, Tx, params};

use crate::error::EngineError;
use crate::step::Step;

/// What a file is called that says nothing usable of itself.
const NAMELESS: &str = "file";
/// What a content is that says nothing of itself.
pub(crate) const BYTES: &str = "application/octet-stream";
/// Longest kind of content, in bytes.
const KIND_BYTES_MAX: usize = 100;

/// A file inside of a sealed message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SealedFile {
    id: FileId,
    /// Base64 of what opens it; its length is in there.
    seal: String,
    name: String,
    kind: String,
    #[serde(default, flatten)]
    about: About,
    /// Base64 of what opens its small picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thumbnail_seal: Option<String>,
}

impl SealedFile {
    /// As the server hears of it: which bytes are the chat's from now on, and no more.
    pub(crate) fn attach(&self) -> Attach {
        let about = About { thumbnail_id: self.about.thumbnail_id.clone(), ..About::default() };
        Attach { file_id: self.id.clone(), about }
    }

    /// What others say of their files is bounded here: the server could not.
    fn attachment(&self, at: Timestamp) -> Option<Attachment> {
        let seal = read(&self.seal)?;
        let name = if file::is_file_name(&self.name) { &self.name } else { NAMELESS };
        let kind = self.kind.len() <= KIND_BYTES_MAX && self.kind.bytes().all(|b| b.is_ascii_graphic());
        let file = FileInfo {
            id: self.id.clone(),
            name: name.to_owned(),
            size: seal.length(),
            mime_type: if kind && !self.kind.is_empty() { self.kind.clone() } else { BYTES.to_owned() },
            hash: String::new(),
            uploaded_at: at,
            encrypted: true,
            encryption_key_id: None,
        };
        let mut about = if self.about.check().is_ok() { self.about.clone() } else { About::default() };
        if self.thumbnail_seal.as_deref().and_then(read).is_none() {
            about.thumbnail_id = None;
        }
        Some(Attachment { file, about })
    }
}

/// What a message shows of the files that are inside it.
pub(crate) fn attachments(files: &[SealedFile], at: Timestamp) -> Vec<Attachment> {
    files.iter().filter_map(|file| file.attachment(at)).take(ATTACHMENTS_MAX).collect()
}

/// The files of a message as they go into its seal: those that this device can open.
pub(crate) fn of_message(
    tx: &mut Tx<'_>,
    chat: &ChatId,
    message: &MessageId,
    attachments: &[Attachment],
) -> Result<Vec<SealedFile>, Error> {
    if attachments.is_empty() {
        return Ok(Vec::new());
    }
    let seals = of(tx, chat, message)?;
    let sealed = |Attachment { file, about }: &Attachment| {
        Some(SealedFile {
            id: file.id.clone(),
            seal: seals.get(&file.id)?.clone(),
            name: file.name.clone(),
            kind: file.mime_type.clone(),
            about: about.clone(),
            thumbnail_seal: about.thumbnail_id.as_ref().and_then(|id| seals.get(id).cloned()),
        })
    };
    Ok(attachments.iter().filter_map(sealed).collect())
}

fn of(tx: &mut Tx<'_>, chat: &ChatId, message: &MessageId) -> Result<BTreeMap<FileId, String>, Error> {
    let rows = tx.rows(
        "SELECT file_id, seal FROM file_seals WHERE chat_id = ?1 AND message_id = ?2",
        params![chat.as_str(), message.as_str()],
        |r| Ok((r.text(0)?, r.text(1)?)),
    )?;
    Ok(rows.into_iter().filter_map(|(id, seal)| Some((FileId::new(id)?, seal))).collect())
}

/// What opens a file; `None` for one that is not sealed, or not known here.
pub(crate) fn seal_of(tx: &mut Tx<'_>, id: &FileId) -> Result<Option<FileSeal>, Error> {
    let seal =
        tx.row("SELECT seal FROM file_seals WHERE file_id = ?1 ORDER BY n LIMIT 1", params![id.as_str()], |r| {
            r.text(0)
        })?;
    Ok(seal.as_deref().and_then(read))
}

/// A message was opened: its files can be read.
pub(crate) fn keep(tx: &mut Tx<'_>, chat: &ChatId, message: &MessageId, files: &[SealedFile]) -> Result<(), Error> {
    for file in files.iter().take(ATTACHMENTS_MAX) {
        put(tx, chat, message, &file.id, &file.seal)?;
        if let (Some(id), Some(seal)) = (&file.about.thumbnail_id, &file.thumbnail_seal) {
            put(tx, chat, message, id, seal)?;
        }
    }
    Ok(())
}

/// A file is to be sealed for a message that is not sent yet, once and for all: an upload that goes on later sends the same bytes.
pub(crate) fn new_seal(
    s: &mut Step<'_, '_>,
    chat: &ChatId,
    message: &MessageId,
    file: &FileInfo,
) -> Result<(), EngineError> {
    let seal = FileSeal::new(s.chance(), file.size, ChunkSize::DEFAULT);
    Ok(put(s.tx, chat, message, &file.id, &URL_SAFE_NO_PAD.encode(seal.to_bytes()))?)
}

/// A message says files again that another one said.
pub(crate) fn copy(tx: &mut Tx<'_>, from: (&ChatId, &MessageId), to: (&ChatId, &MessageId)) -> Result<(), Error> {
    for (id, seal) in of(tx, from.0, from.1)? {
        put(tx, to.0, to.1, &id, &seal)?;
    }
    Ok(())
}

fn put(tx: &mut Tx<'_>, chat: &ChatId, message: &MessageId, file: &FileId, seal: &str) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO file_seals (n, chat_id, message_id, file_id, seal)
         VALUES ((SELECT coalesce(max(n), 0) + 1 FROM file_seals), ?1, ?2, ?3, ?4)
         ON CONFLICT (chat_id, message_id, file_id) DO NOTHING",
        params![chat.as_str(), message.as_str(), file.as_str(), seal],
    )?;
    Ok(())
}

fn read(seal: &str) -> Option<FileSeal> {
    FileSeal::from_bytes(&URL_SAFE_NO_PAD.decode(seal).ok()?)
}
