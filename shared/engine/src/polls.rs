//! Polls as this person sees them: what all see, one's own vote from one's own data, and on top of that what is still on its way.
//! In encrypted chats all votes come sealed, and are counted here.

use protocol::frame::{ListVoters, MessageRef, Vote, Voters};
use protocol::poll::vote_key;
use protocol::{ChatId, ErrorCode, MessageId, NewPoll, OwnVote, Poll, Quiz, Request, Role};
use sql::params;
use view::rows::{PollOptionRow, PollRow};
use view::update::ReplyBody;
use view::{Command, Draft, Failure};

use crate::changes::NewPost;
use crate::chats::{self, ChatInfo};
use crate::commands::{Answer, DONE};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::items;
use crate::messages::{self, Details, State, Stored};
use crate::outbox::What;
use crate::outbox::overlay::Overlay;
use crate::requests::{Ask, Waiting};
use crate::sealing::votes;
use crate::step::Step;

impl Engine {
    /// Commands about polls.
    pub(crate) fn poll(&mut self, s: &mut Step<'_, '_>, id: u32, command: Command) -> Result<Answer, EngineError> {
        let refused = Answer::Failed(Failure::Refused { code: ErrorCode::NotFound });
        match command {
            Command::SendPoll { chat_id, local_id, question, poll, thread } => {
                let (Some(sender), Some(info)) = (self.me(), chats::get(s.tx, &chat_id)?) else { return Ok(refused) };
                let seals = self.seals(&info);
                if seals && poll.anonymous {
                    // Who seals a vote signs it.
                    return Ok(Answer::Failed(Failure::Refused { code: ErrorCode::InvalidField }));
                }
                let shown = if seals { votes::asked_here(&poll) } else { poll.opened() };
                let details =
                    Details { poll: Some(Box::new(shown)), asked: Some(Box::new(poll)), ..Details::default() };
                let draft = Draft { text: question, reply_to: None };
                let (mentions, thread) = (Vec::new(), thread.as_ref());
                self.post(
                    s,
                    &chat_id,
                    NewPost { local_id, sender, draft: &draft, mentions, details: &details, thread },
                )?;
            }
            Command::Vote { chat_id, message_id, options } => {
                let Some(stored) = messages::get(s.tx, &chat_id, &message_id)? else { return Ok(refused) };
                let poll = stored.details.poll.as_deref().filter(|poll| poll.sealed);
                if poll.is_some_and(|poll| poll.options.is_empty()) {
                    return Ok(refused);
                }
                // Until it is sealed, the ballot says what the vote is given to.
                let ballot = poll.map(|poll| votes::asked_of(&stored.content, poll));
                let options = sorted(options);
                self.change_message(s, What::Vote, Request::Vote(Vote { chat_id, message_id, options, ballot }))?;
            }
            Command::ClosePoll { chat_id, message_id } => {
                if messages::get(s.tx, &chat_id, &message_id)?.is_none() {
                    return Ok(refused);
                }
                self.change_message(s, What::ClosePoll, Request::ClosePoll(MessageRef { chat_id, message_id }))?;
            }
            Command::ListVoters { chat_id, message_id, option, cursor } => {
                if let Some(body) = self.voters_here(s, &chat_id, &message_id, option)? {
                    return Ok(Answer::Now(body));
                }
                if !self.is_entered() {
                    return Ok(Answer::Failed(Failure::Offline));
                }
                let asked = ListVoters { chat_id, message_id, option, cursor, limit: None };
                let ask = Ask::Command { id, what: Waiting::Voters };
                self.requests.ask(s, ask, None, Request::ListVoters(asked));
                return Ok(Answer::Later);
            }
            _ => return Ok(Answer::Failed(Failure::NotHere)),
        }
        Ok(DONE)
    }

    /// A page of those who chose an answer.
    pub(crate) fn voters_came(&mut self, s: &mut Step<'_, '_>, page: Voters) -> Result<ReplyBody, EngineError> {
        let mut people = Vec::with_capacity(page.user_ids.len());
        for user in page.user_ids {
            people.push(self.person_row(s, user)?);
        }
        Ok(ReplyBody::Voters { people, next_cursor: page.next_cursor })
    }

    /// Those who chose an answer of a poll whose votes are counted here.
    fn voters_here(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        id: &MessageId,
        option: u32,
    ) -> Result<Option<ReplyBody>, EngineError> {
        let Some(stored) = messages::get(s.tx, chat, id)? else { return Ok(None) };
        let Some(poll) = stored.details.poll.as_deref().filter(|poll| poll.sealed) else { return Ok(None) };
        let mut people = Vec::new();
        for vote in votes::counted(s.tx, chat, id, &stored.content, poll)? {
            if vote.options.contains(&option) {
                people.push(self.person_row(s, vote.user)?);
            }
        }
        Ok(Some(ReplyBody::Voters { people, next_cursor: None }))
    }

    /// What this person chose and the counts hold; the counts of a sealed poll are made here.
    fn known_vote(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        m: &Stored,
        shown: &mut Poll,
    ) -> Result<(Vec<u32>, Option<Quiz>), EngineError> {
        if !shown.sealed {
            let kept = items::value(s.tx, &vote_key(&m.id))?;
            let kept = kept.and_then(|json| serde_json::from_str::<OwnVote>(&json).ok());
            return Ok(kept.map_or((Vec::new(), None), |vote| (vote.options, vote.solution)));
        }
        let mut own = Vec::new();
        for vote in votes::counted(s.tx, chat, &m.id, &m.content, shown)? {
            shown.count(&[], &vote.options);
            if Some(vote.user) == self.me() {
                own = vote.options;
            }
        }
        let solution = shown.solution.take().filter(|_| !own.is_empty() || shown.closed_at.is_some());
        Ok((own, solution))
    }

    /// The poll of a message; `None` when it asks nothing.
    pub(crate) fn poll_row(
        &mut self,
        s: &mut Step<'_, '_>,
        info: &ChatInfo,
        overlay: &Overlay,
        m: &Stored,
        own: bool,
    ) -> Result<Option<PollRow>, EngineError> {
        let Some(poll) = m.details.poll.as_deref().filter(|_| !m.deleted) else { return Ok(None) };
        if poll.sealed && poll.options.is_empty() {
            // It was not opened.
            return Ok(None);
        }
        let mut shown = poll.clone();
        let (known, told) = self.known_vote(s, &info.id, m, &mut shown)?;
        let pending = overlay.poll(&m.id);
        let chosen = match pending.vote {
            Some(options) => {
                shown.count(&known, options);
                options.to_vec()
            }
            None => known,
        };
        let solution = shown.solution.take().or(told);
        let closed = shown.closed_at.is_some() || pending.closed;
        let settled = m.state == State::Settled;
        let option = |(n, option): (u32, protocol::PollOption)| PollOptionRow {
            own: chosen.contains(&n),
            right: solution.as_ref().map(|solution| solution.right == n),
            text: option.text,
            votes: option.votes,
        };
        let may_close = own || info.role.is_some_and(|role| role >= Role::Admin);
        Ok(Some(PollRow {
            options: (0..).zip(shown.options).map(option).collect(),
            voters: shown.voters,
            multiple: shown.multiple,
            quiz: shown.quiz,
            anonymous: shown.anonymous,
            closes_at: shown.closes_at,
            closed,
            voted: !chosen.is_empty(),
            explanation: solution.map(|solution| solution.explanation).unwrap_or_default(),
            can_vote: settled && !closed && info.role.is_some() && (!shown.quiz || chosen.is_empty()),
            can_close: settled && !closed && info.role.is_some() && may_close,
        }))
    }

    /// One's own vote came: the row that counts it shows it, and comes after it, or is there already.
    pub(crate) fn vote_came(&mut self, s: &mut Step<'_, '_>, id: &str, value: Option<&str>) -> Result<(), EngineError> {
        let (Some(open), Some(id)) = (self.screen.open.clone(), MessageId::new(id)) else { return Ok(()) };
        let counted_at = value.and_then(|json| serde_json::from_str::<OwnVote>(json).ok()).map_or(0, |vote| vote.rev);
        let there = s.tx.row(
            "SELECT rev FROM messages WHERE chat_id = ?1 AND id = ?2",
            params![open.as_str(), id.as_str()],
            |r| r.count(0),
        )?;
        if there.is_some_and(|rev| rev >= counted_at) {
            self.screen.dirty_message(&open, &id);
        }
        Ok(())
    }
}

fn sorted(mut options: Vec<u32>) -> Vec<u32> {
    options.sort_unstable();
    options.dedup();
    options
}

/// What becomes of a poll that is said again elsewhere: an open one is asked anew, a closed one told with its results.
pub(crate) fn forwarded(poll: Option<&Poll>) -> Option<Box<Poll>> {
    let mut poll = poll?.clone();
    if poll.closed_at.is_some() {
        poll.anonymous = true;
    } else {
        poll.voters = 0;
        poll.options.iter_mut().for_each(|option| option.votes = 0);
    }
    Some(Box::new(poll))
}

/// The poll of a post that is sent, or sent again. What is right in a quiz is known only where it was asked: elsewhere it is asked
/// again as a plain poll.
pub(crate) fn asked(details: &Details) -> Option<Box<NewPoll>> {
    if details.forwarded.is_some() {
        return None;
    }
    let again = |poll: &Poll| NewPoll {
        options: poll.options.iter().map(|option| option.text.clone()).collect(),
        multiple: poll.multiple,
        anonymous: poll.anonymous,
        quiz: poll.solution.clone().filter(|_| poll.sealed),
        closes_at: poll.closes_at,
    };
    details.asked.clone().or_else(|| details.poll.as_deref().map(again).map(Box::new))
}

/// Entries about votes in a snapshot that the server does not hold any more were its own to write.
pub(crate) fn forget_lost_votes(s: &mut Step<'_, '_>) -> Result<(), EngineError> {
    s.tx.execute("DELETE FROM items WHERE rev = 0 AND key > 'vote:' AND key < 'vote;'", &[])?;
    Ok(())
}

/// What is still on its way about a poll.
#[derive(Default)]
pub(crate) struct Pending<'a> {
    /// The vote.
    pub(crate) vote: Option<&'a [u32]>,
    /// It is being closed.
    pub(crate) closed: bool,
}

/// The chat of requests about polls.
pub(crate) fn about(request: &Request) -> Option<(ChatId, MessageId)> {
    match request {
        Request::Vote(vote) => Some((vote.chat_id.clone(), vote.message_id.clone())),
        Request::ClosePoll(poll) => Some((poll.chat_id.clone(), poll.message_id.clone())),
        _ => None,
    }
}
