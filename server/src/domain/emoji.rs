//! Emoji and stickers of the team's own: brought and taken away by those who run the server, read by everyone.

use protocol::emoji::{is_emoji_name, is_pack_name};
use protocol::frame::{EmojiRef, PutEmoji};
use protocol::limits::{EMOJI_BYTES_MAX, STICKER_BYTES_MAX, TEAM_EMOJI_MAX};
use protocol::{ChatId, ErrorCode, Role, Row, Scope, TeamEmoji, Timestamp};

use super::avatars::{own_picture, use_instead};
use super::files::UNUSED_KEPT_MS;
use super::{Cx, Failure, access};
use crate::store::{emoji, files};

/// Brings an emoji, or changes the one with this name.
///
/// # Errors
/// `forbidden` for all but admins of `general`; `invalid_field`, `file_incomplete`, `limit_reached`.
pub fn put(cx: &mut Cx<'_, '_>, body: &PutEmoji) -> Result<(), Failure> {
    may_change(cx)?;
    if !is_emoji_name(&body.name) {
        return Err(Failure::field("name", "2 to 32 bytes of small letters, digits, - and _"));
    }
    if !is_pack_name(&body.pack) {
        return Err(Failure::field("pack", "at most 80 characters"));
    }
    let known = emoji::get(cx.tx, &body.name)?.filter(|known| !known.removed);
    if known.is_none() && emoji::count(cx.tx)? >= TEAM_EMOJI_MAX {
        return Err(Failure::refused(ErrorCode::LimitReached, "there are as many emoji as there may be"));
    }
    let same_file = known.as_ref().is_some_and(|known| known.file_id == body.file_id);
    if !same_file {
        let most = if body.sticker { STICKER_BYTES_MAX } else { EMOJI_BYTES_MAX };
        own_picture(cx, &body.file_id, most)?;
        use_instead(cx, &owner(&body.name), "", Some(&body.file_id))?;
    }
    let rev = cx.next_rev(&Scope::Team)?;
    let row = TeamEmoji {
        name: body.name.clone(),
        file_id: body.file_id.clone(),
        sticker: body.sticker,
        pack: body.pack.clone(),
        by: known.map_or(cx.actor, |known| known.by),
        removed: false,
        rev,
    };
    emoji::put(cx.tx, &row)?;
    cx.tell_row(Scope::Team, Row::Emoji(row));
    Ok(())
}

/// Takes an emoji away; one that is gone is gone.
///
/// # Errors
/// `forbidden` for all but admins of `general`.
pub fn remove(cx: &mut Cx<'_, '_>, body: &EmojiRef) -> Result<(), Failure> {
    may_change(cx)?;
    let Some(known) = emoji::get(cx.tx, &body.name)?.filter(|known| !known.removed) else { return Ok(()) };
    files::remove_uses(cx.tx, &owner(&body.name), Timestamp(cx.now.0 + UNUSED_KEPT_MS))?;
    let row = TeamEmoji { removed: true, rev: cx.next_rev(&Scope::Team)?, ..known };
    emoji::put(cx.tx, &row)?;
    cx.tell_row(Scope::Team, Row::Emoji(row));
    Ok(())
}

fn may_change(cx: &mut Cx<'_, '_>) -> Result<(), Failure> {
    let own = access::own_row(cx, &ChatId::general())?;
    if own.role < Role::Admin {
        return Err(Failure::forbidden("only admins of the server change its emoji"));
    }
    Ok(())
}

fn owner(name: &str) -> String {
    format!("emoji:{name}")
}
