//! What was asked on this connection and not answered yet. A reply nobody waits for is dropped.

use std::collections::BTreeMap;

use protocol::frame::ClientFrame;
use protocol::{ChatId, FileId, LocalId, MessageId, Request, RequestId, Scope, UserId};

use crate::io::{Output, Timer};
use crate::step::Step;

/// A server that has not answered after this time is not there.
pub(crate) const REPLY_MS: u32 = 20_000;

/// What a request was for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ask {
    Hello,
    Auth,
    Refresh,
    Ping,
    /// The scopes that were not answered yet.
    Sync(Vec<Scope>),
    /// A row of the outbox, by number.
    Change {
        chat: ChatId,
        n: i64,
    },
    /// The read mark.
    Read {
        chat: ChatId,
        seq: u64,
    },
    /// An entry of the person's own data.
    Item {
        key: String,
    },
    /// A picture of oneself or of a chat.
    Avatar {
        owner: String,
        file: Option<FileId>,
    },
    /// A page for the open timeline.
    Page {
        chat: ChatId,
        page: Page,
    },
    /// A page of a thread; how many more may still be asked.
    Thread {
        chat: ChatId,
        root: MessageId,
        pages_left: u32,
    },
    /// A page of a chat's members; how many more may still be asked.
    Members {
        chat: ChatId,
        pages_left: u32,
    },
    /// When people were last there.
    LastSeen,
    /// This device's key packages.
    Publish,
    /// Key packages of those who are missing in a chat's group.
    Claim {
        chat: ChatId,
    },
    /// An own commit.
    Commit {
        chat: ChatId,
    },
    /// Commits that were missed.
    Commits {
        chat: ChatId,
    },
    /// A part of a group's past, for a newcomer.
    Past {
        chat: ChatId,
        user: UserId,
    },
    /// A command that only the server can answer.
    Command {
        id: u32,
        what: Waiting,
    },
}

/// Which page of history was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Page {
    /// Above what is shown.
    Older,
    /// Below what is shown.
    Newer,
    /// Around the first unread, to reset there.
    Unread,
    /// Around a message of known place, to reset there.
    Around { id: MessageId, seq: u64 },
    /// Further and further back for a message that is not in the cache; how many pages may still be asked.
    Seek { id: MessageId, pages_left: u32 },
    /// Around a moment, to reset at its first message.
    Date { at_ms: i64 },
    /// A place that the person has left since: what comes is only kept.
    Left,
}

/// Which body the command is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Waiting {
    Done,
    /// Somebody was let in.
    Entry(ChatId, UserId),
    Chat,
    Channels,
    Invitation,
    Pinned(ChatId),
    Versions,
    Voters,
    Search {
        words: String,
    },
    Accept,
    JoinRequests,
    SharedFiles,
    SharedLinks(ChatId),
}

struct Open {
    ask: Ask,
    deadline: i64,
}

/// The open requests of the connection.
#[derive(Default)]
pub(crate) struct Requests {
    last: i64,
    open: BTreeMap<i64, Open>,
    timer_until: Option<i64>,
}

impl Requests {
    /// Sends a request whose reply matters.
    pub(crate) fn ask(&mut self, s: &mut Step<'_, '_>, ask: Ask, local_id: Option<LocalId>, request: Request) {
        self.last += 1;
        let deadline = s.now + i64::from(REPLY_MS);
        self.open.insert(self.last, Open { ask, deadline });
        let frame = ClientFrame { request_id: Some(RequestId::Number(self.last)), local_id, request };
        s.out.push(Output::Send(Box::new(frame)));
        if self.timer_until.is_none() {
            self.timer_until = Some(deadline);
            s.set_timer(Timer::Reply, REPLY_MS);
        }
    }

    /// What a reply is for; it is answered with that.
    pub(crate) fn answered(&mut self, id: Option<&RequestId>) -> Option<Ask> {
        let Some(RequestId::Number(id)) = id else { return None };
        self.open.remove(id).map(|open| open.ask)
    }

    /// What a reply is for, when more replies follow.
    pub(crate) fn peek(&mut self, id: Option<&RequestId>) -> Option<&mut Ask> {
        let Some(RequestId::Number(id)) = id else { return None };
        self.open.get_mut(id).map(|open| &mut open.ask)
    }

    /// A server that still answers others is slow, not gone: the rest of an answer gets its full time again.
    pub(crate) fn prolong(&mut self, id: Option<&RequestId>, now: i64) {
        if let Some(RequestId::Number(id)) = id
            && let Some(open) = self.open.get_mut(id)
        {
            open.deadline = now + i64::from(REPLY_MS);
        }
    }

    /// Those whose time is over; sets the timer for the rest.
    pub(crate) fn expired(&mut self, s: &mut Step<'_, '_>) -> Vec<Ask> {
        let late: Vec<i64> = self.open.iter().filter(|(_, open)| open.deadline <= s.now).map(|(id, _)| *id).collect();
        let asks = late.iter().filter_map(|id| self.open.remove(id)).map(|open| open.ask).collect();
        self.timer_until = self.open.values().map(|open| open.deadline).min();
        if let Some(until) = self.timer_until {
            s.set_timer(Timer::Reply, u32::try_from((until - s.now).max(1)).unwrap_or(REPLY_MS));
        }
        asks
    }

    /// The connection is gone: none will be answered.
    pub(crate) fn drop_all(&mut self) -> Vec<Ask> {
        self.timer_until = None;
        std::mem::take(&mut self.open).into_values().map(|open| open.ask).collect()
    }

    /// The person went somewhere else in this chat: a page that comes late must not take them back.
    pub(crate) fn leave(&mut self, chat: &ChatId) {
        for open in self.open.values_mut() {
            if let Ask::Page { chat: of, page } = &mut open.ask
                && of == chat
                && !matches!(page, Page::Older | Page::Newer)
            {
                *page = Page::Left;
            }
        }
    }

    pub(crate) fn any(&self, matches: impl Fn(&Ask) -> bool) -> bool {
        self.open.values().any(|open| matches(&open.ask))
    }
}

/// Sends what gets no reply.
pub(crate) fn tell(s: &mut Step<'_, '_>, request: Request) {
    s.out.push(Output::Send(Box::new(ClientFrame { request_id: None, local_id: None, request })));
}
