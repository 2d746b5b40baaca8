//! Polls: asking, voting, closing. Whatever happens to a poll, its message's row is what members see of it; what they chose is told
//! to their own devices alone, before the row that counts it.
//!
//! Open (a row of `polls`) → closed, by its writer, an admin, or its moment → the message tells what was right. A poll that closes by
//! itself has a row of `due` under its writer and `poll:MESSAGE_ID`; the vote also looks at the clock.

use protocol::frame::{ListVoters, MessageAccepted, MessageRef, PostMessage, Vote, Voters};
use protocol::limits::{
    BALLOT_BYTES_MAX, DIRECTORY_PAGE_MAX, POLL_EXPLANATION_CHARS_MAX, POLL_OPTION_CHARS_MAX, POLL_OPTIONS_MAX,
    SCHEDULE_AHEAD_MS_MAX,
};
use protocol::poll::vote_key;
use protocol::{
    Ballot, ErrorCode, Item, Message, MessageId, NewPoll, OwnVote, Poll, Quiz, Role, Row, Scope, Timestamp,
};

use super::accepted;
use super::change::{no_such_message, standing, tell};
use crate::domain::{Cx, Failure, access, groups};
use crate::store::due::{self, Due};
use crate::store::polls::{self, PollRow};
use crate::store::{items, messages};

/// Rows of `due` about polls: `poll:MESSAGE_ID`.
const POLL: &str = "poll:";
/// Voters of a page when the client does not say.
const VOTERS_DEFAULT: u32 = 50;

/// A poll that is about to be posted: what all see, and what not.
pub(super) struct Asked {
    pub(super) shown: Poll,
    pub(super) solution: Option<Quiz>,
}

/// The poll of a post.
///
/// # Errors
/// `invalid_field`.
pub(super) fn asked(cx: &Cx<'_, '_>, body: &PostMessage) -> Result<Option<Asked>, Failure> {
    let Some(poll) = &body.poll else { return Ok(None) };
    if !body.attachments.is_empty() {
        return Err(Failure::field("poll", "not with files"));
    }
    if body.encrypt_for_recipients {
        return asked_inside(poll, cx.now).map(Some);
    }
    check(poll, cx.now)?;
    super::check_content(&body.content, true)?;
    let mut shown = poll.opened();
    for option in &mut shown.options {
        option.text = option.text.trim().to_owned();
    }
    Ok(Some(Asked { shown, solution: poll.quiz.clone() }))
}

/// The poll of a sealed message: what is asked is inside.
fn asked_inside(poll: &NewPoll, now: Timestamp) -> Result<Asked, Failure> {
    if *poll != poll.outside() {
        return Err(Failure::field("poll", "of a sealed message only closes_at is told"));
    }
    check_moment(poll.closes_at, now)?;
    Ok(Asked { shown: Poll { sealed: true, ..poll.opened() }, solution: None })
}

fn check(poll: &NewPoll, now: Timestamp) -> Result<(), Failure> {
    let wrong = |problem| Err(Failure::field("poll", problem));
    if !(2..=POLL_OPTIONS_MAX).contains(&poll.options.len()) {
        return wrong("2 to 12 options");
    }
    let mut seen = std::collections::HashSet::new();
    for option in &poll.options {
        let text = option.trim();
        if text.is_empty() || text.chars().count() > POLL_OPTION_CHARS_MAX || text.chars().any(char::is_control) {
            return wrong("an option is 1 to 100 characters on one line");
        }
        if !seen.insert(text) {
            return wrong("two options are alike");
        }
    }
    if let Some(quiz) = &poll.quiz {
        if poll.multiple || quiz.right as usize >= poll.options.len() {
            return wrong("a quiz has one right answer among its options");
        }
        if quiz.explanation.chars().count() > POLL_EXPLANATION_CHARS_MAX || quiz.explanation.contains('\0') {
            return wrong("an explanation is at most 200 characters");
        }
    }
    check_moment(poll.closes_at, now)
}

fn check_moment(closes_at: Option<Timestamp>, now: Timestamp) -> Result<(), Failure> {
    match closes_at {
        Some(at) if at <= now => Err(Failure::field("poll", "it would be closed already")),
        Some(at) if at.0 > now.0 + SCHEDULE_AHEAD_MS_MAX => Err(Failure::field("poll", "more than ten years ahead")),
        _ => Ok(()),
    }
}

/// The poll of a forwarded message: an open one is asked anew, a closed one told with its results. Who chose what stays where it was
/// asked, and so does what was asked inside of a seal.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn forwarded(cx: &mut Cx<'_, '_>, original: &Message) -> Result<Option<Asked>, Failure> {
    let open = original.poll.as_deref().filter(|poll| !poll.sealed);
    let Some(mut shown) = open.cloned() else { return Ok(None) };
    let open = polls::get(cx.tx, &original.id)?;
    // Past its moment, though nobody has closed it yet.
    let over = shown.closes_at.filter(|at| *at <= cx.now);
    if let (Some(open), None) = (&open, over) {
        for option in &mut shown.options {
            option.votes = 0;
        }
        shown.voters = 0;
        return Ok(Some(Asked { shown, solution: open.solution.clone() }));
    }
    if let Some(open) = open {
        shown.closed_at = over;
        shown.solution = open.solution;
    }
    shown.anonymous = true;
    Ok(Some(Asked { shown, solution: None }))
}

/// A message that asks was posted.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn began(
    cx: &mut Cx<'_, '_>,
    chat: &protocol::ChatId,
    message: &Message,
    solution: Option<Quiz>,
) -> Result<(), Failure> {
    let Some(poll) = message.poll.as_ref().filter(|poll| poll.closed_at.is_none()) else { return Ok(()) };
    let row = PollRow { message_id: message.id.clone(), chat_id: chat.clone(), closes_at: poll.closes_at, solution };
    polls::insert(cx.tx, &row)?;
    if let Some(at) = poll.closes_at {
        due::put(cx.tx, message.sender_id, &due_key(&message.id), at)?;
    }
    Ok(())
}

/// A message is deleted, and with it what it asked.
///
/// # Errors
/// See [`sql::Error`].
pub(super) fn ended(cx: &mut Cx<'_, '_>, message: &Message) -> Result<(), Failure> {
    if message.poll.is_some() {
        polls::remove(cx.tx, &message.id)?;
        polls::remove_votes(cx.tx, &message.id)?;
        due::remove(cx.tx, message.sender_id, &due_key(&message.id))?;
    }
    Ok(())
}

/// Votes, in place of an earlier vote; as it already is, nothing changes. An answer to a quiz stays.
///
/// # Errors
/// `forbidden` once the poll is closed, and for a second answer to a quiz; `invalid_field`; `not_found`; `not_a_member`.
pub fn vote(cx: &mut Cx<'_, '_>, mut body: Vote) -> Result<MessageAccepted, Failure> {
    access::own_row(cx, &body.chat_id)?;
    let (message, _) = open(cx, &body.chat_id, &body.message_id)?;
    if message.poll.as_deref().is_some_and(|poll| poll.sealed) {
        return vote_inside(cx, body);
    }
    if body.ballot.is_some() {
        return Err(Failure::field("ballot", "the poll is not sealed"));
    }
    body.options.sort_unstable();
    body.options.dedup();
    check_choice(&message, &body.options)?;
    let before = polls::votes_of(cx.tx, &message.id, cx.actor)?;
    if before == body.options {
        return Ok(accepted(&body.chat_id, &message));
    }
    // The chat first, as everyone takes them; then what others changed meanwhile is seen.
    let scope = Scope::Chat(body.chat_id.clone());
    let rev = cx.next_rev(&scope)?;
    let (mut message, open) = open(cx, &body.chat_id, &body.message_id)?;
    let before = polls::votes_of(cx.tx, &message.id, cx.actor)?;
    let Some(poll) = message.poll.as_mut() else { return Err(no_such_message()) };
    if poll.quiz && !before.is_empty() {
        return Err(Failure::forbidden("an answer to a quiz stays"));
    }
    poll.count(&before, &body.options);
    polls::put_votes(cx.tx, &message.id, cx.actor, &body.options, rev)?;
    message.rev = rev;
    messages::update(cx.tx, &message)?;
    tell_own(cx, &message.id, OwnVote { options: body.options, rev, solution: open.solution })?;
    Ok(tell(cx, body.chat_id, message))
}

/// A vote that only members' devices can read takes the place of the member's earlier one.
fn vote_inside(cx: &mut Cx<'_, '_>, body: Vote) -> Result<MessageAccepted, Failure> {
    let Some(content) = body.ballot.filter(|_| body.options.is_empty()) else {
        return Err(Failure::refused(ErrorCode::PlaintextRefused, "this poll takes sealed votes only"));
    };
    if content.len() > BALLOT_BYTES_MAX {
        return Err(Failure::field("ballot", "longer than 2048 bytes"));
    }
    groups::check_sealed(cx, &body.chat_id, &content, true)?;
    let rev = cx.next_rev(&Scope::Chat(body.chat_id.clone()))?;
    // Only now: the poll may have been closed by who had the chat before.
    let (mut message, _) = open(cx, &body.chat_id, &body.message_id)?;
    let ballot = Ballot { user_id: cx.actor, content, rev };
    polls::put_ballot(cx.tx, &message.id, &ballot)?;
    message.rev = rev;
    messages::update(cx.tx, &message)?;
    if let Some(poll) = message.poll.as_mut() {
        poll.ballots.push(ballot);
    }
    Ok(tell(cx, body.chat_id, message))
}

/// To one's own devices, before the row that counts the vote.
fn tell_own(cx: &mut Cx<'_, '_>, poll: &MessageId, vote: OwnVote) -> Result<(), Failure> {
    let scope = Scope::User(cx.actor);
    let value = match vote.options.is_empty() {
        true => None,
        false => Some(serde_json::to_string(&vote).map_err(|e| sql::Error::Bug(e.to_string()))?),
    };
    let item = Item { key: vote_key(poll), value, rev: cx.next_rev(&scope)? };
    items::put(cx.tx, cx.actor, &item)?;
    cx.tell_row(scope, Row::Item(item));
    Ok(())
}

fn check_choice(message: &Message, options: &[u32]) -> Result<(), Failure> {
    let poll = message.poll.as_deref().ok_or_else(no_such_message)?;
    if options.iter().any(|option| *option as usize >= poll.options.len()) {
        return Err(Failure::field("options", "no such option"));
    }
    if options.len() > 1 && !poll.multiple {
        return Err(Failure::field("options", "one option only"));
    }
    Ok(())
}

/// Its writer, and admins: nobody votes any more. Closed twice is closed.
///
/// # Errors
/// `forbidden`, `not_found`, `not_a_member`.
pub fn close(cx: &mut Cx<'_, '_>, body: MessageRef) -> Result<MessageAccepted, Failure> {
    let own = access::own_row(cx, &body.chat_id)?;
    let message = standing(cx, &body.chat_id, &body.message_id)?;
    if message.poll.is_none() {
        return Err(no_such_message());
    }
    if message.sender_id != cx.actor && own.role < Role::Admin {
        return Err(Failure::forbidden("you may not close this poll"));
    }
    let Some(open) = polls::get(cx.tx, &message.id)? else { return Ok(accepted(&body.chat_id, &message)) };
    let at = cx.now.max(message.timestamp);
    shut(cx, open, at)?.ok_or_else(no_such_message)
}

/// It is time for a poll to close, unless it was closed or moved meanwhile.
///
/// # Errors
/// See [`sql::Error`].
pub(in crate::domain) fn time_is_up(cx: &mut Cx<'_, '_>, found: &Due, id: MessageId) -> Result<(), Failure> {
    let Some(open) = polls::get(cx.tx, &id)? else { return Ok(()) };
    let Some(at) = open.closes_at else { return Ok(()) };
    if at > cx.now {
        return Ok(due::put(cx.tx, found.user, &found.key, at)?);
    }
    shut(cx, open, at).map(drop)
}

fn shut(cx: &mut Cx<'_, '_>, open: PollRow, at: Timestamp) -> Result<Option<MessageAccepted>, Failure> {
    let rev = cx.next_rev(&Scope::Chat(open.chat_id.clone()))?;
    let Some(mut message) = messages::get(cx.tx, &open.chat_id, &open.message_id)? else { return Ok(None) };
    let Some(poll) = message.poll.as_mut() else { return Ok(None) };
    poll.closed_at = Some(at);
    poll.solution = open.solution;
    message.rev = rev;
    polls::remove(cx.tx, &message.id)?;
    due::remove(cx.tx, message.sender_id, &due_key(&message.id))?;
    messages::update(cx.tx, &message)?;
    Ok(Some(tell(cx, open.chat_id, message)))
}

/// Who chose an answer, in the order of their votes.
///
/// # Errors
/// `forbidden` when the poll is anonymous, `not_found`, `not_a_member`, `invalid_field`.
pub fn voters(cx: &mut Cx<'_, '_>, body: &ListVoters) -> Result<Voters, Failure> {
    access::own_row(cx, &body.chat_id)?;
    let limit = body.limit.unwrap_or(VOTERS_DEFAULT);
    if !(1..=DIRECTORY_PAGE_MAX).contains(&limit) {
        return Err(Failure::field("limit", "1 to 200"));
    }
    let message = standing(cx, &body.chat_id, &body.message_id)?;
    let poll = message.poll.as_deref().ok_or_else(no_such_message)?;
    if poll.anonymous || poll.sealed {
        return Err(Failure::forbidden("the poll is anonymous, or sealed"));
    }
    if body.option as usize >= poll.options.len() {
        return Err(Failure::field("option", "no such option"));
    }
    let after = match &body.cursor {
        None => 0,
        Some(cursor) => cursor.parse().map_err(|_| Failure::field("cursor", "not from a page before"))?,
    };
    let mut found = polls::voters(cx.tx, &message.id, body.option, after, limit + 1)?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next_cursor = found.last().filter(|_| more).map(|(_, place)| place.to_string());
    Ok(Voters { user_ids: found.into_iter().map(|(user, _)| user).collect(), next_cursor })
}

/// A message that asks, as long as one may vote.
fn open(cx: &mut Cx<'_, '_>, chat: &protocol::ChatId, id: &MessageId) -> Result<(Message, PollRow), Failure> {
    let message = standing(cx, chat, id)?;
    if message.poll.is_none() {
        return Err(no_such_message());
    }
    let now = cx.now;
    let open = polls::get(cx.tx, id)?.filter(|open| open.closes_at.is_none_or(|at| at > now));
    open.map(|open| (message, open)).ok_or_else(|| Failure::forbidden("the poll is closed"))
}

fn due_key(poll: &MessageId) -> String {
    format!("{POLL}{poll}")
}

/// The poll that a row of `due` is about.
pub(in crate::domain) fn of_due(key: &str) -> Option<MessageId> {
    MessageId::new(key.strip_prefix(POLL)?)
}
