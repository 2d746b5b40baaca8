//! Rows of the inbox: what others said that concerns oneself.

use protocol::Timestamp;
use serde::{Deserialize, Serialize};

use crate::rows::PersonRow;

/// Something that concerns oneself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxRow {
    /// What happened.
    pub what: InboxWhat,
    /// The message: the one that mentions, answers, is reacted to, was to be reminded of, or begins the thread.
    pub message: crate::update::SearchHit,
    /// When.
    pub at: Timestamp,
    /// Oneself has not seen it, on any device.
    pub unread: bool,
}

/// What happened that concerns oneself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InboxWhat {
    /// A message mentions oneself, or has one of one's words.
    Mention,
    /// A message answers an own one.
    Answer,
    /// Someone reacted to an own message.
    Reaction {
        /// How.
        emoji: String,
        /// Who.
        who: Box<PersonRow>,
    },
    /// It was time.
    Reminder,
    /// A thread that one follows has something new.
    Thread {
        /// How many messages stand in it.
        count: u32,
    },
}
