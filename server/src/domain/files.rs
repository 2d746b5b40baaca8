//! Files: who may upload, who may read, which are kept. Knows rows only; the bytes are `crate::files`' affair.
//!
//! A file is its uploader's until it stands in a message; from then on the chat's members read it. What no message uses
//! goes after a while.

use protocol::file::{is_file_name, is_key_id};
use protocol::frame::{FilesPage, ListFiles};
use protocol::limits::{ATTACHMENTS_MAX, PAGE_MESSAGES_DEFAULT, PAGE_MESSAGES_MAX};
use protocol::{Attach, Attachment, ChatId, ErrorCode, FileId, FileInfo, Message, MessageId, ProtocolError, Timestamp};

use super::{Cx, Failure, access};
use crate::store::files::{self, FileRow};
use crate::store::messages;

/// An upload that has come to nothing for so long is forgotten, in milliseconds.
pub const UPLOAD_KEPT_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// A file that nothing uses is kept so long, in milliseconds: a message that waits in an outbox may still come.
pub const UNUSED_KEPT_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Where in a message the picture of its preview stands: not among its files.
const PREVIEW_PLACE: i64 = -1;
/// Expired files that one transaction forgets.
const EXPIRED_AT_ONCE: u32 = 200;

/// What an upload announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Made by the uploader; absent, one is made here.
    pub id: Option<FileId>,
    /// What people see.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// The content is sealed.
    pub encrypted: bool,
    /// The sender's name for the key.
    pub encryption_key_id: Option<String>,
}

/// How much room there is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// For one file.
    pub file: u64,
    /// For one person's files together.
    pub person: u64,
    /// For all files.
    pub server: u64,
}

impl Default for Room {
    fn default() -> Self {
        Self { file: 4 << 30, person: 50 << 30, server: 1 << 40 }
    }
}

/// Begins an upload; again with the same id it is the same upload.
///
/// # Errors
/// `invalid_field`, `id_taken`, `file_too_large`, `quota_exceeded`.
pub fn create(cx: &mut Cx<'_, '_>, new: NewFile, room: Room) -> Result<FileRow, Failure> {
    if !is_file_name(&new.name) {
        return Err(Failure::field("filename", "1 to 255 bytes without separators and control characters"));
    }
    if new.encryption_key_id.as_deref().is_some_and(|key| !is_key_id(key)) {
        return Err(Failure::field("encryption_key_id", "1 to 64 of letters, digits, - _ . :"));
    }
    let id = new.id.unwrap_or_else(|| FileId::from(cx.new_id()));
    if let Some(there) = files::get(cx.tx, &id)? {
        if there.uploader == cx.actor && there.size == new.size {
            return Ok(there);
        }
        return Err(Failure::refused(ErrorCode::IdTaken, "this id is another file's"));
    }
    if new.size > room.file {
        return Err(Failure::refused(ErrorCode::FileTooLarge, &format!("a file is at most {} bytes here", room.file)));
    }
    let (own, all) = files::usage(cx.tx, cx.actor)?;
    if own.saturating_add(new.size) > room.person {
        return Err(Failure::refused(ErrorCode::QuotaExceeded, "your room for files is used up"));
    }
    if all.saturating_add(new.size) > room.server {
        return Err(Failure::refused(ErrorCode::QuotaExceeded, "the server's room for files is used up"));
    }
    let row = FileRow {
        id,
        filename: new.name,
        stored_name: String::new(),
        uploader: cx.actor,
        size: new.size,
        mime_type: String::new(),
        uploaded_at: None,
        encrypted: new.encrypted,
        encryption_key_id: new.encryption_key_id,
        received: 0,
        expires_at: Some(Timestamp(cx.now.0 + UPLOAD_KEPT_MS)),
        hashing: None,
    };
    files::insert(cx.tx, &row)?;
    Ok(row)
}

/// An own file, whole or not.
///
/// # Errors
/// `not_found`, also for others'.
pub fn own(cx: &mut Cx<'_, '_>, id: &FileId) -> Result<FileRow, Failure> {
    let row = files::get(cx.tx, id)?.filter(|row| row.uploader == cx.actor);
    row.ok_or_else(no_such_file)
}

/// So many bytes are on disk, with this unfinished hash; the upload is kept for a while again.
///
/// # Errors
/// `not_found` when it was ended meanwhile.
pub fn received(cx: &mut Cx<'_, '_>, id: &FileId, bytes: u64, hashing: Option<&[u8]>) -> Result<(), Failure> {
    own(cx, id)?;
    Ok(files::set_received(cx.tx, id, bytes, hashing, Timestamp(cx.now.0 + UPLOAD_KEPT_MS))?)
}

/// What the content is; from here on its bytes are held for this file.
///
/// # Errors
/// `not_found` when it was ended meanwhile.
pub fn known(cx: &mut Cx<'_, '_>, id: &FileId, stored_name: &str, mime_type: &str) -> Result<(), Failure> {
    own(cx, id)?;
    Ok(files::set_content(cx.tx, id, stored_name, mime_type)?)
}

/// The content is in its place: the file may be used and read.
///
/// # Errors
/// `not_found` when it was ended meanwhile.
pub fn whole(cx: &mut Cx<'_, '_>, id: &FileId) -> Result<FileRow, Failure> {
    own(cx, id)?;
    files::set_whole(cx.tx, id, cx.now, Timestamp(cx.now.0 + UNUSED_KEPT_MS))?;
    own(cx, id)
}

/// Ends an own upload, or takes an own file away that no message uses; returns what it was.
///
/// # Errors
/// `not_found`; `forbidden` while a message uses it.
pub fn remove(cx: &mut Cx<'_, '_>, id: &FileId) -> Result<FileRow, Failure> {
    let row = own(cx, id)?;
    if row.expires_at.is_none() {
        return Err(Failure::forbidden("a message or a picture uses this file"));
    }
    files::remove(cx.tx, &row)?;
    Ok(row)
}

/// Forgets what has expired; returns what that was, at most 200 at a time.
///
/// # Errors
/// See [`sql::Error`].
pub fn forget_expired(cx: &mut Cx<'_, '_>) -> Result<Vec<FileRow>, Failure> {
    let expired = files::expired(cx.tx, cx.now, EXPIRED_AT_ONCE)?;
    for row in &expired {
        files::remove(cx.tx, row)?;
    }
    Ok(expired)
}

/// Something has this content still.
///
/// # Errors
/// See [`sql::Error`].
pub fn is_held(cx: &mut Cx<'_, '_>, stored_name: &str) -> Result<bool, Failure> {
    Ok(files::holds(cx.tx, stored_name)?)
}

/// There is such a file, whole or not.
///
/// # Errors
/// See [`sql::Error`].
pub fn is_known(cx: &mut Cx<'_, '_>, id: &FileId) -> Result<bool, Failure> {
    Ok(files::get(cx.tx, id)?.is_some())
}

/// A whole file, to its uploader and to members of chats where it stands.
///
/// # Errors
/// `not_found`, also for those who may not know of it; `file_incomplete` to its uploader.
pub fn info(cx: &mut Cx<'_, '_>, id: &FileId) -> Result<FileInfo, Failure> {
    let row = files::get(cx.tx, id)?.ok_or_else(no_such_file)?;
    if row.uploader != cx.actor && !files::is_seen_by(cx.tx, id, cx.actor)? {
        return Err(no_such_file());
    }
    row.info().ok_or_else(|| Failure::refused(ErrorCode::FileIncomplete, "the file is not whole yet"))
}

/// The files of a message that is about to be posted.
///
/// # Errors
/// `invalid_field` for too many, for words out of bounds, and for files that the poster cannot read; `file_incomplete`.
pub(super) fn checked(cx: &mut Cx<'_, '_>, attach: &[Attach]) -> Result<Vec<Attachment>, Failure> {
    if attach.len() > ATTACHMENTS_MAX {
        return Err(Failure::field("attachments", "more than 10"));
    }
    let unknown = |failure| match failure {
        Failure::Refused(ProtocolError { code: ErrorCode::NotFound, .. }) => {
            Failure::field("attachments", "no such file")
        }
        other => other,
    };
    let mut checked = Vec::with_capacity(attach.len());
    for one in attach {
        one.about.check()?;
        let file = info(cx, &one.file_id).map_err(unknown)?;
        if let Some(thumbnail) = &one.about.thumbnail_id {
            info(cx, thumbnail).map_err(unknown)?;
        }
        checked.push(Attachment { file, about: one.about.clone() });
    }
    Ok(checked)
}

/// A message with files was posted: they are the chat's now.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn used(cx: &mut Cx<'_, '_>, chat: &ChatId, message: &Message) -> Result<(), Failure> {
    let place = (chat.as_str(), message.id.as_str(), message.seq);
    for (number, attachment) in (0_i64..).zip(&message.attachments) {
        files::put_use(cx.tx, place, number * 2, &attachment.file.id)?;
        if let Some(thumbnail) = &attachment.about.thumbnail_id {
            files::put_use(cx.tx, place, number * 2 + 1, thumbnail)?;
        }
    }
    picture_used(cx, chat, message)
}

/// The picture of a message's preview is the chat's now.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn picture_used(cx: &mut Cx<'_, '_>, chat: &ChatId, message: &Message) -> Result<(), Failure> {
    let Some(picture) = message.preview.as_ref().and_then(|preview| preview.image.as_ref()) else { return Ok(()) };
    Ok(files::put_use(cx.tx, (chat.as_str(), message.id.as_str(), message.seq), PREVIEW_PLACE, &picture.id)?)
}

/// A message uses the picture of its preview no longer.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn picture_freed(cx: &mut Cx<'_, '_>, message: &MessageId) -> Result<(), Failure> {
    Ok(files::remove_use(cx.tx, message.as_str(), PREVIEW_PLACE, Timestamp(cx.now.0 + UNUSED_KEPT_MS))?)
}

/// The file is whole and not forgotten.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn is_there(cx: &mut Cx<'_, '_>, id: &FileId) -> Result<bool, Failure> {
    Ok(files::get(cx.tx, id)?.is_some_and(|row| row.uploaded_at.is_some()))
}

/// A message is deleted: it uses its files no longer.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn freed(cx: &mut Cx<'_, '_>, message: &Message) -> Result<(), Failure> {
    if !message.attachments.is_empty() {
        files::remove_uses(cx.tx, message.id.as_str(), Timestamp(cx.now.0 + UNUSED_KEPT_MS))?;
    }
    Ok(())
}

/// The messages of a chat that have files, the newest before a place first.
///
/// # Errors
/// `not_a_member`, `not_found`, `invalid_field`.
pub fn list(cx: &mut Cx<'_, '_>, body: &ListFiles) -> Result<FilesPage, Failure> {
    let limit = body.limit.unwrap_or(PAGE_MESSAGES_DEFAULT);
    if !(1..=PAGE_MESSAGES_MAX).contains(&limit) {
        return Err(Failure::field("limit", "1 to 200"));
    }
    access::own_row(cx, &body.chat_id)?;
    let mut places = files::places(cx.tx, &body.chat_id, body.before_seq.unwrap_or(i64::MAX as u64), limit + 1)?;
    let more = places.len() > limit as usize;
    places.truncate(limit as usize);
    let mut found = messages::at_places(cx.tx, &body.chat_id, &places)?;
    let kept = super::messages::fitting(found.iter());
    let has_more_before = more || found.len() > kept;
    found.truncate(kept);
    Ok(FilesPage { chat_id: body.chat_id.clone(), messages: found, has_more_before })
}

fn no_such_file() -> Failure {
    Failure::not_found("no such file")
}
