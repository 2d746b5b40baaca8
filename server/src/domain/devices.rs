//! Devices that can read encrypted chats: made by a log-in, given key packages, removed. The server knows them by their
//! own word; members' devices check the signatures in their key packages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::frame::PublishKeys;
use protocol::limits::{DEVICES_MAX, KEY_PACKAGE_BYTES_MAX, KEYS_AT_ONCE_MAX, KEYS_KEPT_MAX};
use protocol::{ChatId, Device, DeviceId, ErrorCode, Row, Scope, UserId};

use super::{Cx, Failure, groups};
use crate::session::SessionId;
use crate::store::{self, devices};

const PERSON_KEY_BYTES: usize = 32;
const DEVICE_ID_CHARS: usize = 32;
/// A device that has this many one-time key packages or fewer is told, and makes new ones.
const KEYS_LOW: u32 = 10;
/// "Last seen" is written this often at most, in milliseconds.
const SEEN_EVERY_MS: i64 = 60 * 60 * 1000;

/// Makes the log-in a device, or adds to its key packages.
///
/// # Errors
/// `invalid_field`, `id_taken` (another's, or removed), `other_person_key`, `limit_reached`.
pub fn publish(cx: &mut Cx<'_, '_>, session: SessionId, body: &PublishKeys) -> Result<Device, Failure> {
    check(body)?;
    let actor = cx.actor;
    let known = devices::get(cx.tx, &body.device_id)?;
    let owner = devices::owner(cx.tx, &body.device_id)?;
    if owner.is_some_and(|owner| owner != actor) || known.as_ref().is_some_and(|device| device.removed) {
        return Err(Failure::refused(ErrorCode::IdTaken, "this id is another device's, or was removed"));
    }
    match devices::person_key(cx.tx, actor)? {
        Some(key) if key == body.person => {}
        Some(_) if !body.reset => {
            return Err(Failure::refused(ErrorCode::OtherPersonKey, "this person has another key"));
        }
        before => {
            devices::set_person_key(cx.tx, actor, &body.person, cx.now)?;
            if before.is_some() {
                for device in devices::of_user(cx.tx, actor)?.into_iter().filter(|device| device.id != body.device_id) {
                    take_out(cx, actor, &device.id)?;
                }
            }
        }
    }
    if known.is_none() {
        if devices::of_user(cx.tx, actor)?.len() >= DEVICES_MAX as usize {
            return Err(Failure::refused(ErrorCode::LimitReached, "a person has at most 32 devices"));
        }
        if body.last_resort.is_none() {
            return Err(Failure::field("last_resort", "a new device needs one"));
        }
    }
    let device = keep(cx, session, body, known.clone())?;
    if known.is_none() {
        groups::refresh_all_of(cx, actor)?;
    }
    Ok(device)
}

fn check(body: &PublishKeys) -> Result<(), Failure> {
    let id = body.device_id.as_str();
    if id.len() != DEVICE_ID_CHARS || !id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(Failure::field("device_id", "32 hexadecimal digits"));
    }
    if URL_SAFE_NO_PAD.decode(&body.person).map_or(0, |key| key.len()) != PERSON_KEY_BYTES {
        return Err(Failure::field("person", "32 bytes in base64"));
    }
    if body.keys.len() > KEYS_AT_ONCE_MAX {
        return Err(Failure::field("keys", "more than 10"));
    }
    let fits = |key: &String| {
        URL_SAFE_NO_PAD.decode(key).is_ok_and(|key| !key.is_empty() && key.len() <= KEY_PACKAGE_BYTES_MAX)
    };
    if !body.keys.iter().chain(&body.last_resort).all(fits) {
        return Err(Failure::field("keys", "base64 of 1 to 8192 bytes each"));
    }
    Ok(())
}

fn keep(cx: &mut Cx<'_, '_>, session: SessionId, body: &PublishKeys, known: Option<Device>) -> Result<Device, Failure> {
    let scope = Scope::User(cx.actor);
    let name = devices::session_name(cx.tx, session)?;
    let before = known.clone();
    let mut device = known.unwrap_or_else(|| Device {
        id: body.device_id.clone(),
        name: String::new(),
        person: body.person.clone(),
        created_at: cx.now,
        last_seen_at: cx.now,
        keys_left: 0,
        removed: false,
        rev: 0,
    });
    let room = KEYS_KEPT_MAX.saturating_sub(device.keys_left) as usize;
    device.keys_left += u32::try_from(body.keys.len().min(room)).unwrap_or(0);
    device.name = name;
    device.person.clone_from(&body.person);
    if cx.now.0 - device.last_seen_at.0 >= SEEN_EVERY_MS {
        device.last_seen_at = cx.now;
    }
    let changed = before.is_none_or(|before| before != device);
    if changed {
        device.rev = cx.next_rev(&scope)?;
    }
    devices::put(cx.tx, cx.actor, session, &device)?;
    for key in body.keys.iter().take(room) {
        devices::add_key(cx.tx, &device.id, key, false)?;
    }
    if let Some(key) = &body.last_resort {
        devices::add_key(cx.tx, &device.id, key, true)?;
    }
    if changed {
        cx.tell_row(scope, Row::Device(device.clone()));
    }
    Ok(device)
}

/// Takes an own device out of all groups. Returns its session, which is to be ended.
///
/// # Errors
/// `not_found`.
pub fn remove(cx: &mut Cx<'_, '_>, id: &DeviceId) -> Result<Option<SessionId>, Failure> {
    let own = devices::owner(cx.tx, id)? == Some(cx.actor);
    let found = devices::get(cx.tx, id)?.filter(|_| own);
    let device = found.ok_or_else(|| Failure::not_found("no such device of yours"))?;
    if device.removed {
        return Ok(None);
    }
    let session = devices::session_of(cx.tx, id)?;
    take_out(cx, cx.actor, id)?;
    groups::refresh_all_of(cx, cx.actor)?;
    Ok(session)
}

/// A session ended: its devices are devices no more.
///
/// # Errors
/// See [`sql::Error`].
pub fn session_ended(cx: &mut Cx<'_, '_>, user: UserId, session: SessionId) -> Result<(), Failure> {
    let gone = devices::of_session(cx.tx, session)?;
    for id in &gone {
        take_out(cx, user, id)?;
    }
    if gone.is_empty() { Ok(()) } else { groups::refresh_all_of(cx, user) }
}

fn take_out(cx: &mut Cx<'_, '_>, user: UserId, id: &DeviceId) -> Result<(), Failure> {
    let scope = Scope::User(user);
    let rev = cx.next_rev(&scope)?;
    devices::remove(cx.tx, id, rev)?;
    store::groups::forget_admissions(cx.tx, id)?;
    if let Some(device) = devices::get(cx.tx, id)? {
        cx.tell_row(scope, Row::Device(device));
    }
    Ok(())
}

/// A key package of a device for a chat. A device that has few left is told.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn claim(
    cx: &mut Cx<'_, '_>,
    user: UserId,
    id: &DeviceId,
    chat: &ChatId,
) -> Result<Option<String>, Failure> {
    let Some((content, fresh)) = devices::claim(cx.tx, id, chat)? else { return Ok(None) };
    if fresh && devices::get(cx.tx, id)?.is_some_and(|device| device.keys_left <= KEYS_LOW) {
        let scope = Scope::User(user);
        let rev = cx.next_rev(&scope)?;
        devices::touch(cx.tx, id, rev)?;
        if let Some(device) = devices::get(cx.tx, id)? {
            cx.tell_row(scope, Row::Device(device));
        }
    }
    Ok(Some(content))
}
