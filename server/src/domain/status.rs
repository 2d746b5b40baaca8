//! What someone is doing now, in an emoji and a few words, until a moment: then the server takes it back, once.
//!
//! One that ends has a row of `due` under its person and `status:`.

use protocol::frame::Status;
use protocol::limits::SCHEDULE_AHEAD_MS_MAX;
use protocol::{Row, Scope, User};

use super::{Cx, Failure, messages, names};
use crate::store::due::{self, Due};
use crate::store::users;

/// The row of `due` about a status.
const STATUS: &str = "status:";

/// Puts a status into a profile that is about to be written.
///
/// # Errors
/// `invalid_field`.
pub(super) fn set(cx: &mut Cx<'_, '_>, user: &mut User, status: &Status) -> Result<(), Failure> {
    if !status.emoji.is_empty() {
        messages::check_emoji("emoji", &status.emoji)?;
    }
    user.custom_status = names::custom_status(&status.text)?;
    user.status_emoji.clone_from(&status.emoji);
    let said = !user.custom_status.is_empty() || !user.status_emoji.is_empty();
    user.status_until = status.until.filter(|_| said);
    match user.status_until {
        Some(until) if until <= cx.now => Err(Failure::field("until", "in the past")),
        Some(until) if until.0 > cx.now.0 + SCHEDULE_AHEAD_MS_MAX => {
            Err(Failure::field("until", "more than ten years ahead"))
        }
        Some(until) => Ok(due::put(cx.tx, user.id, STATUS, until)?),
        None => Ok(due::remove(cx.tx, user.id, STATUS)?),
    }
}

/// It is time for a status to end, unless it was changed meanwhile.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn time_is_up(cx: &mut Cx<'_, '_>, found: &Due) -> Result<(), Failure> {
    let rev = cx.next_rev(&Scope::Team)?;
    let Some(mut user) = users::get(cx.tx, found.user)? else { return Ok(()) };
    if let Some(until) = user.status_until.filter(|until| *until > cx.now) {
        due::put(cx.tx, found.user, STATUS, until)?;
    } else {
        user.custom_status.clear();
        user.status_emoji.clear();
        user.status_until = None;
    }
    // A revision that was taken is told, also when it changed nothing: there are no gaps.
    user.rev = rev;
    users::update(cx.tx, &user, &names::folded_person(&user.username, &user.display_name))?;
    cx.tell_row(Scope::Team, Row::User(user));
    Ok(())
}

/// The row of `due` is about a status.
pub(super) fn is_due(key: &str) -> bool {
    key == STATUS
}
