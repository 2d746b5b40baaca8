//! Invitations: a secret that lets people in, a limited number of times, for a limited time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::frame::{CreateInvitation, Invitation, InvitationRef, Reply};
use protocol::{ChatId, ErrorCode, LocalId, Note, Role, Timestamp};
use sha2::{Digest, Sha256};

use super::{Cx, Failure, SERVER, access, join_requests, members};
use crate::store::invitations::InvitationRow;
use crate::store::{self, chats};

const EXPIRES_SECONDS_DEFAULT: u32 = 7 * 24 * 60 * 60;
const EXPIRES_SECONDS_MAX: u32 = 30 * 24 * 60 * 60;
const USES_DEFAULT: u32 = 100;
const USES_MAX: u32 = 1_000;

/// Makes an invitation. Asked again under the same id it is the same invitation under a new secret: the server kept
/// no more than a hash of the first.
///
/// # Errors
/// `forbidden`, `not_a_member`, `not_found`, `invalid_field`, `id_taken`.
pub fn create(cx: &mut Cx<'_, '_>, id: Option<LocalId>, body: &CreateInvitation) -> Result<Invitation, Failure> {
    let id = id.unwrap_or_else(|| cx.new_id()).to_string();
    let mut secret = [0; 16];
    cx.rng.fill_bytes(&mut secret);
    let shown = |row: &InvitationRow| Invitation {
        invitation_id: row.id.clone(),
        secret: URL_SAFE_NO_PAD.encode(secret),
        expires_at: row.expires_at,
        uses_max: row.uses_max,
        approval: row.approval,
    };
    if let Some(row) = store::invitations::get(cx.tx, &id)? {
        if row.creator_id != cx.actor {
            return Err(Failure::refused(ErrorCode::IdTaken, "this id is someone else's"));
        }
        store::invitations::set_secret(cx.tx, &id, &hash(&secret))?;
        return Ok(shown(&row));
    }
    let expires_in = body.expires_in.unwrap_or(EXPIRES_SECONDS_DEFAULT);
    if !(1..=EXPIRES_SECONDS_MAX).contains(&expires_in) {
        return Err(Failure::field("expires_in", "1 second to 30 days"));
    }
    let uses_max = body.uses_max.unwrap_or(USES_DEFAULT);
    if !(1..=USES_MAX).contains(&uses_max) {
        return Err(Failure::field("uses_max", "1 to 1000"));
    }
    if body.approval && body.chat_id.is_none() {
        return Err(Failure::field("approval", "only of an invitation into a chat"));
    }
    let registers = may_open_the_door(cx)?;
    match &body.chat_id {
        Some(chat) => {
            let (chat, own) = access::own_room(cx, chat)?;
            if !access::may_add(&chat, own.role) {
                return Err(Failure::forbidden("you may not invite people here"));
            }
        }
        None if !registers => return Err(Failure::forbidden("only admins invite to the server")),
        None => {}
    }
    let row = InvitationRow {
        id,
        chat_id: body.chat_id.clone(),
        registers,
        creator_id: cx.actor,
        expires_at: Timestamp(cx.now.0 + i64::from(expires_in) * 1000),
        uses_max,
        uses: 0,
        revoked: false,
        approval: body.approval,
    };
    store::invitations::insert(cx.tx, &row, &hash(&secret), cx.now)?;
    Ok(shown(&row))
}

/// Ends an invitation; its maker or an admin of the server. Ended twice is ended.
///
/// # Errors
/// `not_found`.
pub fn revoke(cx: &mut Cx<'_, '_>, body: &InvitationRef) -> Result<(), Failure> {
    // Ids are UUIDs; a text that is none is not looked for (PostgreSQL takes no NUL).
    let known = uuid::Uuid::parse_str(&body.invitation_id).is_ok();
    let row = if known { store::invitations::get(cx.tx, &body.invitation_id)? } else { None };
    match row {
        Some(row) if row.creator_id == cx.actor || may_open_the_door(cx)? => {
            store::invitations::revoke(cx.tx, &row.id)?;
            Ok(())
        }
        _ => Err(Failure::not_found("no such invitation")),
    }
}

/// Someone with an account comes in, or asks to. Who is in already uses nothing up.
///
/// # Errors
/// `invitation_invalid`, `invitation_expired`, `invitation_used_up`, `limit_reached`.
pub fn accept(cx: &mut Cx<'_, '_>, secret: &str) -> Result<Reply, Failure> {
    let row = find(cx, secret)?;
    let chat_id = row.chat_id.clone().unwrap_or_else(ChatId::general);
    let chat = chats::get(cx.tx, &chat_id)?.ok_or_else(invalid)?;
    if store::members::get(cx.tx, &chat_id, cx.actor)?.is_some_and(|row| !row.gone) {
        return Ok(Reply::ChatState { chat });
    }
    use_up(cx, &row)?;
    let user_id = cx.actor;
    if row.approval {
        return join_requests::ask(cx, chat, user_id).map(Reply::JoinRequested);
    }
    let chat = members::enter(cx, chat, user_id, Role::Member, Some(Note::MemberJoined { user_id }))?;
    Ok(Reply::ChatState { chat })
}

/// For registering: uses the invitation and tells where it leads.
///
/// # Errors
/// `invitation_invalid`, `invitation_expired`, `invitation_used_up`.
pub(super) fn take(cx: &mut Cx<'_, '_>, secret: &str, door_closed: bool) -> Result<InvitationRow, Failure> {
    let row = find(cx, secret)?;
    if door_closed && !row.registers {
        return Err(invalid());
    }
    use_up(cx, &row)?;
    Ok(row)
}

fn find(cx: &mut Cx<'_, '_>, secret: &str) -> Result<InvitationRow, Failure> {
    let secret: [u8; 16] =
        URL_SAFE_NO_PAD.decode(secret).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(invalid)?;
    let row = store::invitations::by_secret(cx.tx, &hash(&secret))?.ok_or_else(invalid)?;
    if row.revoked {
        return Err(invalid());
    }
    if row.expires_at <= cx.now {
        return Err(Failure::refused(ErrorCode::InvitationExpired, "this invitation's time is over"));
    }
    Ok(row)
}

fn use_up(cx: &mut Cx<'_, '_>, row: &InvitationRow) -> Result<(), Failure> {
    if store::invitations::take_use(cx.tx, &row.id)? {
        return Ok(());
    }
    Err(Failure::refused(ErrorCode::InvitationUsedUp, "this invitation was used as often as it may be"))
}

fn may_open_the_door(cx: &mut Cx<'_, '_>) -> Result<bool, Failure> {
    // Whoever runs the server invites through the server itself.
    if cx.actor == SERVER {
        return Ok(true);
    }
    let row = store::members::get(cx.tx, &ChatId::general(), cx.actor)?;
    Ok(row.is_some_and(|row| !row.gone && row.role >= Role::Admin))
}

fn invalid() -> Failure {
    Failure::refused(ErrorCode::InvitationInvalid, "no such invitation, or it was taken back")
}

fn hash(secret: &[u8; 16]) -> [u8; 32] {
    Sha256::digest(secret).into()
}
