//! The order of encrypted chats' commits: one for each epoch, with its welcomes in the same transaction. The server reads
//! headers only; who may enter is judged by members' devices. It says which devices should be added and removed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::mls::{Kind, Sealed};
use protocol::frame::{ChatRef, ClaimedKey, Commit, CommitAccepted, Commits, Keys, ListCommits};
use protocol::limits::{EPOCHS_LATE_MAX, GROUP_TODO_MAX};
use protocol::{Admission, ChatId, ChatKind, ErrorCode, Group, Handshake, Row, Scope, UserId};

use super::{Cx, Failure, access, chats, devices};
use crate::store::{self, groups};

/// Key packages and commits in one answer hold about this many bytes at most, but always one.
const ANSWER_BYTES_MAX: usize = 48 * 1024;
const COMMITS_AT_ONCE_MAX: u32 = 100;

/// Key packages for the devices that are missing in a chat's group. The same again until they are used.
///
/// # Errors
/// `forbidden` in channels, `not_a_member`, `not_found`.
pub fn claim(cx: &mut Cx<'_, '_>, body: &ChatRef) -> Result<Keys, Failure> {
    let chat = &body.chat_id;
    encryptable(cx, chat)?;
    let group = groups::get(cx.tx, chat)?;
    let missing = store::devices::missing(cx.tx, chat, GROUP_TODO_MAX)?;
    let (mut keys, mut bytes, mut more) = (Vec::new(), 0, missing.len() == GROUP_TODO_MAX);
    for device in missing {
        let Some(content) = devices::claim(cx, device.user_id, &device.device_id, chat)? else { continue };
        bytes += content.len() + 100;
        if bytes > ANSWER_BYTES_MAX && !keys.is_empty() {
            more = true;
            break;
        }
        keys.push(ClaimedKey { device_id: device.device_id, user_id: device.user_id, content });
    }
    Ok(Keys {
        chat_id: chat.clone(),
        generation: group.as_ref().map_or(0, |group| group.generation),
        epoch: group.as_ref().map_or(0, |group| group.epoch),
        keys,
        more,
        without: store::devices::without(cx.tx, chat, GROUP_TODO_MAX)?,
    })
}

/// Ends an epoch, or begins a group. From then on the chat takes sealed messages only.
///
/// # Errors
/// `stale_epoch` when another was faster; `forbidden` for who is not in the group, or adds who may not be there;
/// `invalid_field`, `not_a_member`, `not_found`.
pub fn commit(cx: &mut Cx<'_, '_>, body: &Commit) -> Result<CommitAccepted, Failure> {
    let chat_id = &body.chat_id;
    encryptable(cx, chat_id)?;
    check_commit(body)?;
    let own = store::devices::get(cx.tx, &body.device_id)?.filter(|device| !device.removed);
    if own.is_none() || store::devices::owner(cx.tx, &body.device_id)? != Some(cx.actor) {
        return Err(Failure::forbidden("no device of yours"));
    }
    take_epoch(cx, body)?;
    let scope = Scope::Chat(chat_id.clone());
    let handshake = Handshake {
        generation: body.generation,
        epoch: body.epoch,
        sender_id: cx.actor,
        device_id: body.device_id.clone(),
        content: body.content.clone(),
        rev: cx.next_rev(&scope)?,
    };
    groups::insert_commit(cx.tx, chat_id, &handshake)?;
    let accepted = CommitAccepted {
        chat_id: chat_id.clone(),
        generation: body.generation,
        epoch: body.epoch + 1,
        rev: handshake.rev,
    };
    cx.tell_row(scope, Row::Handshake(handshake));
    for device in &body.removed {
        groups::leave(cx.tx, chat_id, device)?;
    }
    admit(cx, body)?;
    encrypted_from_now_on(cx, chat_id)?;
    refresh(cx, chat_id, true)?;
    Ok(accepted)
}

fn check_commit(body: &Commit) -> Result<(), Failure> {
    let sealed = parsed("content", &body.content)?;
    if sealed.kind() != Kind::Commit || sealed.epoch() != body.epoch || !is_of(&sealed, &body.chat_id, body.generation)
    {
        return Err(Failure::field("content", "not the commit of this epoch of this group"));
    }
    if body.welcome.is_none() != body.added.is_empty() {
        return Err(Failure::field("welcome", "there for those who are added"));
    }
    if let Some(welcome) = &body.welcome {
        crypto::mls::Invitation::parse(&bytes("welcome", welcome)?)
            .map_err(|_| Failure::field("welcome", "not a welcome"))?;
    }
    Ok(())
}

fn take_epoch(cx: &mut Cx<'_, '_>, body: &Commit) -> Result<(), Failure> {
    let stale = || Failure::refused(ErrorCode::StaleEpoch, "another commit ended this epoch");
    let chat = &body.chat_id;
    let now = groups::get(cx.tx, chat)?;
    let (generation, epoch) = now.as_ref().map_or((0, 0), |group| (group.generation, group.epoch));
    if body.generation == generation + 1 && body.epoch == 0 {
        if !groups::begin(cx.tx, chat, body.generation)? {
            return Err(stale());
        }
        return Ok(groups::enter(cx.tx, chat, &body.device_id, cx.actor)?);
    }
    if body.generation != generation || body.epoch != epoch {
        return Err(stale());
    }
    if !groups::is_in(cx.tx, chat, &body.device_id)? {
        return Err(Failure::forbidden("this device is not in the group"));
    }
    if groups::advance(cx.tx, chat, generation, epoch)? { Ok(()) } else { Err(stale()) }
}

/// Lets those in who are added: each a device of a member.
fn admit(cx: &mut Cx<'_, '_>, body: &Commit) -> Result<(), Failure> {
    let Some(welcome) = &body.welcome else { return Ok(()) };
    for device in &body.added {
        let live = store::devices::get(cx.tx, device)?.filter(|device| !device.removed);
        let owner = store::devices::owner(cx.tx, device)?.filter(|_| live.is_some());
        let member = match owner {
            Some(user) => store::members::get(cx.tx, &body.chat_id, user)?.filter(|row| !row.gone).map(|_| user),
            None => None,
        };
        let Some(user) = member else {
            return Err(Failure::forbidden("a device that is no member's"));
        };
        groups::enter(cx.tx, &body.chat_id, device, user)?;
        store::devices::used(cx.tx, device, &body.chat_id)?;
        let scope = Scope::User(user);
        let admission = Admission {
            chat_id: body.chat_id.clone(),
            device_id: device.clone(),
            generation: body.generation,
            epoch: body.epoch + 1,
            content: welcome.clone(),
            rev: cx.next_rev(&scope)?,
        };
        groups::put_admission(cx.tx, user, &admission)?;
        cx.tell_row(scope, Row::Admission(admission));
    }
    Ok(())
}

fn encrypted_from_now_on(cx: &mut Cx<'_, '_>, id: &ChatId) -> Result<(), Failure> {
    let mut chat = store::chats::get(cx.tx, id)?.ok_or_else(access::no_such_chat)?;
    if chat.encrypted {
        return Ok(());
    }
    chat.encrypted = true;
    store::chats::set_encrypted(cx.tx, id)?;
    chats::save(cx, &mut chat)
}

/// The commits of a group from an epoch on.
///
/// # Errors
/// `not_a_member`, `not_found`.
pub fn list(cx: &mut Cx<'_, '_>, body: &ListCommits) -> Result<Commits, Failure> {
    access::own_row(cx, &body.chat_id)?;
    let found = groups::commits_from(cx.tx, &body.chat_id, body.generation, body.from_epoch, COMMITS_AT_ONCE_MAX)?;
    let mut bytes = 0;
    let within = found.iter().take_while(|commit| {
        bytes += commit.content.len() + 200;
        bytes <= ANSWER_BYTES_MAX
    });
    let keep = within.count().max(1).min(found.len());
    let more = found.len() > keep || found.len() == COMMITS_AT_ONCE_MAX as usize;
    Ok(Commits { chat_id: body.chat_id.clone(), commits: found.into_iter().take(keep).collect(), more })
}

/// Says anew what is to be done about a chat's group, if that changed or `always`.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn refresh(cx: &mut Cx<'_, '_>, chat: &ChatId, always: bool) -> Result<(), Failure> {
    let Some(before) = groups::get(cx.tx, chat)? else { return Ok(()) };
    let missing = store::devices::missing(cx.tx, chat, GROUP_TODO_MAX)?;
    let surplus = store::devices::surplus(cx.tx, chat, GROUP_TODO_MAX)?;
    if !always && before.missing == missing && before.surplus == surplus {
        return Ok(());
    }
    let scope = Scope::Chat(chat.clone());
    let group = Group { missing, surplus, rev: cx.next_rev(&scope)?, ..before };
    groups::put_todo(cx.tx, chat, &group)?;
    cx.tell_row(scope, Row::Group(group));
    Ok(())
}

/// As [`refresh`], for all encrypted chats of a person.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn refresh_all_of(cx: &mut Cx<'_, '_>, user: UserId) -> Result<(), Failure> {
    for chat in groups::of_user(cx.tx, user)? {
        refresh(cx, &chat, false)?;
    }
    Ok(())
}

/// Checks what is said in an encrypted chat: a message of the present group, of an epoch whose keys are still kept.
///
/// # Errors
/// `plaintext_refused`, `stale_epoch`, `invalid_field`.
pub(super) fn check_sealed(cx: &mut Cx<'_, '_>, chat: &ChatId, content: &str, sealed: bool) -> Result<(), Failure> {
    if !sealed {
        return Err(Failure::refused(ErrorCode::PlaintextRefused, "this chat takes sealed messages only"));
    }
    let Some(group) = groups::get(cx.tx, chat)? else {
        return Err(Failure::refused(ErrorCode::StaleEpoch, "this chat has no group yet"));
    };
    let message = parsed("content", content)?;
    if message.kind() != Kind::Message {
        return Err(Failure::field("content", "not a sealed message"));
    }
    let late = message.epoch() > group.epoch || message.epoch() + EPOCHS_LATE_MAX < group.epoch;
    if late || !is_of(&message, chat, group.generation) {
        return Err(Failure::refused(ErrorCode::StaleEpoch, "sealed for an epoch that is over: seal it anew"));
    }
    Ok(())
}

/// The id of a chat's group is `CHAT/GENERATION`.
fn is_of(sealed: &Sealed, chat: &ChatId, generation: u32) -> bool {
    sealed.group_id().is_ok_and(|id| id.bytes() == format!("{chat}/{generation}").as_bytes())
}

fn bytes(field: &str, content: &str) -> Result<Vec<u8>, Failure> {
    URL_SAFE_NO_PAD.decode(content).map_err(|_| Failure::field(field, "not base64 (url-safe, without padding)"))
}

fn parsed(field: &str, content: &str) -> Result<Sealed, Failure> {
    Sealed::parse(&bytes(field, content)?).map_err(|_| Failure::field(field, "not an MLS message"))
}

fn encryptable(cx: &mut Cx<'_, '_>, chat: &ChatId) -> Result<(), Failure> {
    let (chat, _) = access::own_chat(cx, chat)?;
    if chat.chat_type == ChatKind::Channel {
        return Err(Failure::forbidden("channels are not encrypted"));
    }
    if chat.chat_type == ChatKind::Group && !chat.encrypted {
        return Err(Failure::forbidden("this group is in the clear: an admin makes it encrypted"));
    }
    Ok(())
}
