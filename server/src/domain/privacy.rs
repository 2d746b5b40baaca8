//! What people let others see, and whom they block: entries of own data that the server acts on.

use protocol::frame::{AskLastSeen, PutItem, Seen};
use protocol::limits::LAST_SEEN_MAX;
use protocol::model::Receipt;
use protocol::privacy::{BLOCKED, Blocked, CONTACT, PRIVACY, blocked_key, blocked_user};
use protocol::{Audience, ChatId, Contact, Privacy, Row, Scope, UserId};

use super::{Cx, Failure, access, names};
use crate::store::{items, users};

/// What someone lets others see.
///
/// # Errors
/// See [`sql::Error`].
pub fn of(cx: &mut Cx<'_, '_>, user: UserId) -> Result<Privacy, Failure> {
    let item = items::get(cx.tx, user, PRIVACY)?;
    Ok(Privacy::read(item.and_then(|item| item.value).as_deref()))
}

/// One of the two has blocked the other: nothing new is said between them.
///
/// # Errors
/// See [`sql::Error`].
pub fn is_between(cx: &mut Cx<'_, '_>, chat: &ChatId) -> Result<bool, Failure> {
    let Some((low, high)) = chat.private_members().filter(|(low, high)| low != high) else { return Ok(false) };
    Ok(items::any(cx.tx, [(low, &blocked_key(high)), (high, &blocked_key(low))])?)
}

/// An entry changes that says what others see: it is checked, and the profile follows it.
///
/// # Errors
/// `invalid_field`.
pub(super) fn changes(cx: &mut Cx<'_, '_>, body: &PutItem) -> Result<(), Failure> {
    let value = body.value.as_deref();
    match body.key.as_str() {
        PRIVACY => {
            let privacy: Privacy = read(value)?;
            let item = items::get(cx.tx, cx.actor, CONTACT)?;
            match item.and_then(|item| item.value) {
                Some(contact) => show(cx, &Contact::read(Some(&contact)), &privacy),
                None => Ok(()),
            }
        }
        CONTACT => {
            let contact: Contact = read(value)?;
            if !contact.is_good() {
                return Err(Failure::field("value", "not an address, or not a number"));
            }
            let privacy = of(cx, cx.actor)?;
            show(cx, &contact, &privacy)
        }
        key if key.starts_with(BLOCKED) => {
            let user = blocked_user(key).filter(|user| *user != cx.actor);
            user.ok_or_else(|| Failure::field("key", "blocked: and then another person's number"))?;
            value.map_or(Ok(()), |_| read::<Option<Blocked>>(value).map(drop))
        }
        _ => Ok(()),
    }
}

fn read<T: serde::de::DeserializeOwned + Default>(value: Option<&str>) -> Result<T, Failure> {
    let read = |json: &str| serde_json::from_str(json).map_err(|_| Failure::field("value", "not what this key holds"));
    value.map_or_else(|| Ok(T::default()), read)
}

/// The profile shows what its person lets it.
fn show(cx: &mut Cx<'_, '_>, contact: &Contact, privacy: &Privacy) -> Result<(), Failure> {
    let mut user = access::person(cx, cx.actor)?;
    let before = user.clone();
    let shown = |text: &str, audience| (!text.is_empty() && audience == Audience::Everyone).then(|| text.to_owned());
    user.email = shown(&contact.email, privacy.email);
    user.phone = shown(&contact.phone, privacy.phone);
    users::set_contact(cx.tx, cx.actor, contact, user.email.is_some(), user.phone.is_some())?;
    if user != before {
        user.rev = cx.next_rev(&Scope::Team)?;
        users::update(cx.tx, &user, &names::folded_person(&user.username, &user.display_name))?;
        cx.tell_row(Scope::Team, Row::User(user));
    }
    Ok(())
}

/// When people were last there, where they show it and the actor shows their own.
///
/// # Errors
/// `invalid_field`.
pub fn last_seen(cx: &mut Cx<'_, '_>, body: &AskLastSeen) -> Result<Vec<Seen>, Failure> {
    if body.user_ids.is_empty() || body.user_ids.len() > LAST_SEEN_MAX {
        return Err(Failure::field("user_ids", "1 to 100"));
    }
    let own_hidden = of(cx, cx.actor)?.last_seen == Audience::Nobody;
    let mut people = Vec::with_capacity(body.user_ids.len());
    for user_id in &body.user_ids {
        let Some(at) = users::last_seen(cx.tx, *user_id)? else { continue };
        let hidden = *user_id != cx.actor && (own_hidden || of(cx, *user_id)?.last_seen == Audience::Nobody);
        people.push(Seen { user_id: *user_id, at: at.filter(|_| !hidden), hidden });
    }
    Ok(people)
}

/// Leaves out how far people have read who do not show it; and everyone, for who does not show it themselves.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn hide_receipts(cx: &mut Cx<'_, '_>, receipts: &mut [Receipt]) -> Result<(), Failure> {
    let own_hidden = !of(cx, cx.actor)?.receipts;
    for receipt in receipts {
        if receipt.user_id != cx.actor && (own_hidden || !of(cx, receipt.user_id)?.receipts) {
            receipt.read_seq = 0;
        }
    }
    Ok(())
}
