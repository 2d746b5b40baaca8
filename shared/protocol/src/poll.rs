//! Polls: a message that asks. Its content is the question, so that whoever knows no polls still reads it. What all may see stands in
//! the message; a quiz's right answer stays with the server until the poll is closed, and is told to those who have answered.
//!
//! In a sealed message question, options and votes are inside of seals: the server knows that it asks and until when, orders the
//! votes, and takes none once the poll is closed. Members' devices count.

use serde::{Deserialize, Serialize};

use crate::id::{MessageId, UserId};
use crate::time::Timestamp;

/// Entries about one's own votes: `vote:MESSAGE_ID`. Only the server writes them.
pub const VOTE: &str = "vote:";

/// A poll as it is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPoll {
    /// The answers to choose from: 2 to [`crate::limits::POLL_OPTIONS_MAX`], each of 1 to
    /// [`crate::limits::POLL_OPTION_CHARS_MAX`] characters, no two alike. None in a sealed message, nor anything else but `closes_at`.
    pub options: Vec<String>,
    /// One may choose several. Not in a quiz.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub multiple: bool,
    /// Nobody is told who chose what.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anonymous: bool,
    /// One answer is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiz: Option<Quiz>,
    /// It closes by itself then; a moment to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<Timestamp>,
}

/// What makes a poll a quiz.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quiz {
    /// The right option, counted from 0.
    pub right: u32,
    /// Shown to those who have answered; at most [`crate::limits::POLL_EXPLANATION_CHARS_MAX`] characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub explanation: String,
}

/// A poll as all members see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Poll {
    /// In the order in which they were given.
    pub options: Vec<PollOption>,
    /// How many people have voted.
    pub voters: u32,
    /// One may choose several.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub multiple: bool,
    /// Nobody is told who chose what.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anonymous: bool,
    /// One answer is right, and an answer cannot be changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quiz: bool,
    /// When it closes by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<Timestamp>,
    /// When it was closed: nobody votes any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Of a closed quiz: the right answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solution: Option<Quiz>,
    /// Of a sealed message: what can be chosen is inside of it, and members' devices count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
    /// Of a sealed poll: the newest vote of each member. A row that comes live holds what is new only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ballots: Vec<Ballot>,
}

/// A vote that the server cannot read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ballot {
    /// Who sent it.
    pub user_id: UserId,
    /// A sealed envelope, base64.
    pub content: String,
    /// The chat's revision of the vote: votes count in this order.
    pub rev: u64,
}

/// One answer of a poll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PollOption {
    /// What it says.
    pub text: String,
    /// How many chose it.
    pub votes: u32,
}

/// The value of an entry `vote:MESSAGE_ID`: one's own vote, as one's devices share it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnVote {
    /// What one chose, counted from 0, rising.
    pub options: Vec<u32>,
    /// The message's revision from which on its counts hold this vote.
    pub rev: u64,
    /// Of a quiz: the right answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solution: Option<Quiz>,
}

impl NewPoll {
    /// The poll before anyone has voted.
    pub fn opened(&self) -> Poll {
        Poll {
            options: self.options.iter().map(|text| PollOption { text: text.clone(), votes: 0 }).collect(),
            voters: 0,
            multiple: self.multiple,
            anonymous: self.anonymous,
            quiz: self.quiz.is_some(),
            closes_at: self.closes_at,
            closed_at: None,
            solution: None,
            sealed: false,
            ballots: Vec::new(),
        }
    }

    /// What the server is told of one that is asked inside of a seal.
    pub fn outside(&self) -> Self {
        Self { options: Vec::new(), multiple: false, anonymous: false, quiz: None, closes_at: self.closes_at }
    }
}

impl Poll {
    /// Counts a vote that takes the place of an earlier one; nothing chosen is no vote. Options that are not there are passed over.
    pub fn count(&mut self, before: &[u32], now: &[u32]) {
        let mut add = |chosen: &[u32], by: i64| {
            for option in chosen {
                if let Some(option) = self.options.get_mut(*option as usize) {
                    option.votes = plus(option.votes, by);
                }
            }
            if !chosen.is_empty() {
                self.voters = plus(self.voters, by);
            }
        };
        add(before, -1);
        add(now, 1);
    }
}

fn plus(count: u32, by: i64) -> u32 {
    u32::try_from((i64::from(count) + by).max(0)).unwrap_or(u32::MAX)
}

/// The key of one's own vote in a poll.
pub fn vote_key(poll: &MessageId) -> String {
    format!("{VOTE}{poll}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_vote_takes_the_place_of_the_one_before_it() {
        let asked = NewPoll {
            options: ["a", "b", "c"].map(str::to_owned).to_vec(),
            multiple: true,
            anonymous: false,
            quiz: None,
            closes_at: None,
        };
        let mut poll = asked.opened();
        let votes = |poll: &Poll| (poll.options.iter().map(|o| o.votes).collect::<Vec<_>>(), poll.voters);
        poll.count(&[], &[0, 2]);
        poll.count(&[], &[2]);
        assert_eq!(votes(&poll), (vec![1, 0, 2], 2));
        poll.count(&[0, 2], &[1]);
        assert_eq!(votes(&poll), (vec![0, 1, 1], 2));
        poll.count(&[2], &[]);
        assert_eq!(votes(&poll), (vec![0, 1, 0], 1));
        poll.count(&[7], &[]);
        assert_eq!(votes(&poll), (vec![0, 1, 0], 0));
    }
}
