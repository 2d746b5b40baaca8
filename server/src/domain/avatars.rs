//! Pictures of people and chats: files that are read by more people than those of one chat.

use protocol::frame::{Reply, SetAvatar};
use protocol::limits::AVATAR_BYTES_MAX;
use protocol::{ChatId, ErrorCode, FileId, Role, Row, Scope, Timestamp};

use super::files::UNUSED_KEPT_MS;
use super::{Cx, Failure, access, chats, names};
use crate::store::{files, users};

/// What every browser draws and nothing runs in.
const KINDS: [&str; 4] = ["image/png", "image/jpeg", "image/webp", "image/gif"];

/// Gives oneself or a chat a picture, or none.
///
/// # Errors
/// `invalid_field` for a file that is none of one's own, no picture, or too large; `file_incomplete`; `forbidden` for whoever
/// is no admin of the chat, and in private chats; `not_a_member`, `not_found`.
pub fn set(cx: &mut Cx<'_, '_>, body: &SetAvatar) -> Result<Reply, Failure> {
    match &body.chat_id {
        Some(chat) => set_of_chat(cx, chat, body.file_id.as_ref()),
        None => set_own(cx, body.file_id.as_ref()),
    }
}

fn set_own(cx: &mut Cx<'_, '_>, file: Option<&FileId>) -> Result<Reply, Failure> {
    let mut user = access::person(cx, cx.actor)?;
    if user.avatar.as_ref() != file {
        put(cx, &format!("avatar:{}", cx.actor.0), "", file)?;
        user.avatar = file.cloned();
        user.rev = cx.next_rev(&Scope::Team)?;
        users::update(cx.tx, &user, &names::folded_person(&user.username, &user.display_name))?;
        cx.tell_row(Scope::Team, Row::User(user.clone()));
    }
    Ok(Reply::Profile { user })
}

fn set_of_chat(cx: &mut Cx<'_, '_>, id: &ChatId, file: Option<&FileId>) -> Result<Reply, Failure> {
    let (mut chat, own) = access::own_room(cx, id)?;
    if own.role < Role::Admin {
        return Err(Failure::forbidden("only admins change the chat"));
    }
    if chat.avatar.as_ref() != file {
        put(cx, &format!("avatar:{id}"), id.as_str(), file)?;
        chat.avatar = file.cloned();
        chat.updated_at = cx.now;
        chats::save(cx, &mut chat)?;
    }
    Ok(Reply::ChatState { chat })
}

/// The new picture is used instead of the old one, which goes after a while.
fn put(cx: &mut Cx<'_, '_>, owner: &str, chat: &str, file: Option<&FileId>) -> Result<(), Failure> {
    if let Some(id) = file {
        own_picture(cx, id, AVATAR_BYTES_MAX)?;
    }
    use_instead(cx, owner, chat, file)
}

/// An own upload that is whole, and a picture of at most so many bytes.
///
/// # Errors
/// `invalid_field`, `file_incomplete`.
pub(super) fn own_picture(cx: &mut Cx<'_, '_>, id: &FileId, bytes_max: u64) -> Result<(), Failure> {
    let row = files::get(cx.tx, id)?.filter(|row| row.uploader == cx.actor && !row.encrypted);
    let row = row.ok_or_else(|| Failure::field("file_id", "no such file of yours"))?;
    let info = row.info().ok_or_else(|| Failure::refused(ErrorCode::FileIncomplete, "the file is not whole yet"))?;
    if !KINDS.contains(&info.mime_type.as_str()) || info.size > bytes_max {
        return Err(Failure::field("file_id", &format!("not a picture of at most {} KiB", bytes_max / 1024)));
    }
    Ok(())
}

/// An owner uses this file in place of the one before; without a chat everyone may read it.
pub(super) fn use_instead(cx: &mut Cx<'_, '_>, owner: &str, chat: &str, file: Option<&FileId>) -> Result<(), Failure> {
    files::remove_uses(cx.tx, owner, Timestamp(cx.now.0 + UNUSED_KEPT_MS))?;
    if let Some(id) = file {
        files::put_use(cx.tx, (chat, owner, 0), 0, id)?;
    }
    Ok(())
}
