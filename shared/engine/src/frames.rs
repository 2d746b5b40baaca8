//! Frames from the server, each to who waits for it. Replies that nobody waits for (late, doubled) are dropped.

use protocol::frame::{ErrorBody, Event, Reply};
use protocol::{ErrorCode, ProtocolError, RequestId, Row, Scope, ServerFrame, Version};
use view::rows::{VersionRow, WaitingRow};
use view::update::ReplyBody;
use view::{CommandReply, Failure};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::io::Output;
use crate::requests::{Ask, Waiting};
use crate::sealing::past;
use crate::step::Step;

impl Engine {
    pub(crate) fn frame(&mut self, s: &mut Step<'_, '_>, frame: ServerFrame) -> Result<(), EngineError> {
        if !self.is_connected() {
            return Ok(());
        }
        self.heard();
        match frame {
            ServerFrame::Event(event) => self.event(s, event),
            ServerFrame::Reply { request_id, reply } => self.reply_came(s, request_id, reply),
        }
    }

    fn event(&mut self, s: &mut Step<'_, '_>, event: Event) -> Result<(), EngineError> {
        if let Event::Closing { reason } = event {
            return self.closing(s, reason);
        }
        if !self.is_entered() {
            return Ok(());
        }
        match event {
            Event::NewMessage { chat_id, message } => self.live_row(s, Scope::Chat(chat_id), Row::Message(message)),
            Event::RowChanged { scope, row } => self.live_row(s, scope, row),
            Event::Receipt { chat_id, receipt } => self.merge_receipts(s, &chat_id, &[receipt]),
            Event::Typing { chat_id, user_id } => {
                self.typing_came(s, chat_id, user_id);
                Ok(())
            }
            Event::Presence { user_id, status, last_seen } => {
                self.presence_came(user_id, status, last_seen);
                Ok(())
            }
            Event::Heads { heads } => self.heads(s, heads),
            Event::Closing { .. } => Ok(()),
        }
    }

    fn reply_came(
        &mut self,
        s: &mut Step<'_, '_>,
        request_id: Option<RequestId>,
        reply: Reply,
    ) -> Result<(), EngineError> {
        if let Reply::Changes(changes) = reply {
            let Some(Ask::Sync(left)) = self.requests.peek(request_id.as_ref()) else { return Ok(()) };
            left.retain(|scope| *scope != changes.scope);
            if left.is_empty() {
                self.requests.answered(request_id.as_ref());
            } else {
                self.requests.prolong(request_id.as_ref(), s.now);
            }
            return self.changes(s, changes);
        }
        let Some(ask) = self.requests.answered(request_id.as_ref()) else { return Ok(()) };
        if let Reply::Error(body) = reply {
            return self.refused(s, ask, body);
        }
        match (ask, reply) {
            (Ask::Hello, Reply::Welcome(welcome)) => self.welcomed(s, &welcome),
            (ask @ (Ask::Auth | Ask::Refresh), Reply::AuthSuccess(success)) => self.entered(s, &ask, success),
            (Ask::Ping, _) => Ok(()),
            (Ask::Change { chat, n }, Reply::MessageAccepted(accepted)) => self.change_accepted(s, &chat, n, &accepted),
            (Ask::Change { chat, n }, Reply::ChatState { chat: made }) => self.chat_made(s, &chat, n, &made),
            (Ask::Change { chat, n }, _) => self.change_done(s, &chat, n),
            (Ask::Read { chat, seq }, _) => self.read_answered(s, &chat, seq),
            (Ask::Thread { chat, root, pages_left }, Reply::ThreadMessages(page)) => {
                self.thread_page_came(s, &chat, &root, pages_left, &page)
            }
            (Ask::Item { .. }, Reply::ItemState { item }) => self.item_kept(s, &item),
            (Ask::Avatar { owner, file }, reply) => self.avatar_set(s, &owner, file.as_ref(), reply),
            (Ask::Page { page, .. }, Reply::HistoryPage(history)) => self.page_came(s, page, &history),
            (Ask::Members { chat, pages_left }, Reply::Members { members, next_cursor }) => {
                self.members_came(s, &chat, pages_left, &members, next_cursor)
            }
            (Ask::LastSeen, Reply::LastSeen { people }) => {
                self.last_seen_came(&people);
                Ok(())
            }
            (Ask::Publish, Reply::DeviceState { device }) => self.published(s, &device),
            (Ask::Claim { .. }, Reply::Keys(keys)) => self.keys_came(s, &keys),
            (Ask::Commit { chat }, Reply::CommitAccepted(_)) => {
                self.commit_accepted(&chat);
                Ok(())
            }
            (Ask::Commits { .. }, Reply::Commits(list)) => self.commits_came(s, list),
            (Ask::Past { chat, user }, Reply::Done) => self.past_handed(s, &chat, user),
            (Ask::Command { id, what }, reply) => self.command_answered(s, id, what, reply),
            // A reply of the wrong kind: this server is not to be relied on.
            (ask, _) => {
                self.unanswered(s, ask, Failure::NotAServer)?;
                self.lose(s, Some(Failure::NotAServer))
            }
        }
    }

    fn refused(&mut self, s: &mut Step<'_, '_>, ask: Ask, body: ErrorBody) -> Result<(), EngineError> {
        let error = ProtocolError::from(body);
        let about_session =
            matches!(error.code, ErrorCode::Unauthenticated | ErrorCode::TokenExpired | ErrorCode::TokenInvalid);
        if about_session && !matches!(ask, Ask::Auth | Ask::Refresh | Ask::Hello) {
            // This connection is not (any longer) ours: everything is asked again on the next one.
            self.unanswered(s, ask, Failure::Refused { code: error.code })?;
            return self.closing(s, protocol::frame::CloseReason::TokenExpired);
        }
        match ask {
            Ask::Hello if error.code == ErrorCode::VersionUnsupported => self.lose(s, Some(Failure::Version)),
            Ask::Hello | Ask::Ping | Ask::Members { .. } | Ask::Thread { .. } | Ask::LastSeen => Ok(()),
            Ask::Auth | Ask::Refresh => self.entry_refused(s, &ask, &error),
            Ask::Sync(scopes) => self.sync_refused(s, scopes, &error),
            Ask::Change { chat, n } => self.change_refused(s, &chat, n, &error),
            Ask::Read { chat, seq } => self.read_refused(s, &chat, seq, &error),
            Ask::Item { key } => self.item_refused(s, &key, &error),
            Ask::Avatar { owner, file } if !error.code.is_retryable() => self.avatar_answered(s, &owner, file.as_ref()),
            Ask::Avatar { .. } => Ok(()),
            Ask::Page { chat, page } => self.page_failed(s, &chat, page),
            Ask::Publish => self.publish_refused(s, &error),
            Ask::Claim { chat } => {
                self.claim_refused(s, &chat, &error);
                Ok(())
            }
            Ask::Commit { chat } => self.commit_refused(s, &chat, &error),
            Ask::Commits { .. } => Ok(()),
            Ask::Past { chat, user } => self.past_refused(s, (&chat, user), &error),
            Ask::Command { id, what } => {
                if let Waiting::Entry(chat, user) = &what {
                    past::is_unwanted(s.tx, chat, *user)?;
                }
                let failure = Failure::Refused { code: error.code };
                Self::reply(s, id, CommandReply::Failed { failure });
                Ok(())
            }
        }
    }

    /// A request will not be answered.
    pub(crate) fn unanswered(&mut self, s: &mut Step<'_, '_>, ask: Ask, failure: Failure) -> Result<(), EngineError> {
        match ask {
            Ask::Page { chat, page } => self.page_failed(s, &chat, page),
            Ask::Command { id, .. } => {
                Self::reply(s, id, CommandReply::Failed { failure });
                Ok(())
            }
            // All others are asked again on the next connection.
            _ => Ok(()),
        }
    }

    pub(crate) fn reply_timer(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let late = self.requests.expired(s);
        let mut gone = false;
        for ask in late {
            gone |= !matches!(
                ask,
                Ask::Page { .. } | Ask::Members { .. } | Ask::Thread { .. } | Ask::LastSeen | Ask::Command { .. }
            );
            self.unanswered(s, ask, Failure::TimedOut)?;
        }
        // A server that leaves a change or a catch-up without an answer is not there: only a new connection tells.
        if gone { self.lose(s, Some(Failure::TimedOut)) } else { Ok(()) }
    }

    fn avatar_set(
        &mut self,
        s: &mut Step<'_, '_>,
        owner: &str,
        file: Option<&protocol::FileId>,
        reply: Reply,
    ) -> Result<(), EngineError> {
        match reply {
            Reply::Profile { user } => self.put_person(s, &user)?,
            Reply::ChatState { chat } => {
                crate::chats::put(s.tx, &chat)?;
            }
            _ => {}
        }
        self.avatar_answered(s, owner, file)
    }

    fn command_answered(
        &mut self,
        s: &mut Step<'_, '_>,
        id: u32,
        what: Waiting,
        reply: Reply,
    ) -> Result<(), EngineError> {
        let body = match (what, reply) {
            (Waiting::Invitation, Reply::Invitation(invitation)) => {
                s.out.push(Output::Invitation { command: id, invitation });
                return Ok(());
            }
            (Waiting::Channels, Reply::Channels { channels, .. }) => {
                let channels = self.channel_rows(s, &channels)?;
                ReplyBody::Channels { channels }
            }
            (Waiting::Chat, Reply::ChatState { chat }) => {
                self.joined(s, &chat)?;
                ReplyBody::Chat { chat_id: chat.id }
            }
            (Waiting::Pinned(chat), Reply::Pinned { messages }) => {
                ReplyBody::Found { hits: self.pinned_came(s, &chat, &messages)? }
            }
            (Waiting::Accept, Reply::ChatState { chat }) => {
                self.joined(s, &chat)?;
                ReplyBody::Chat { chat_id: chat.id }
            }
            (Waiting::Accept, Reply::JoinRequested(asked)) => ReplyBody::JoinRequested { title: asked.name },
            (Waiting::JoinRequests, Reply::JoinRequests(found)) => {
                let mut waiting = Vec::new();
                for request in found.requests {
                    waiting.push(WaitingRow { person: self.person_row(s, request.user_id)?, at: request.asked_at });
                }
                ReplyBody::JoinRequests { waiting }
            }
            (Waiting::Voters, Reply::Voters(page)) => self.voters_came(s, page)?,
            (Waiting::Search { words }, Reply::Found(page)) => self.search_came(s, &words, page)?,
            (Waiting::SharedFiles, Reply::Files(page)) => self.shared_files_came(s, page)?,
            (Waiting::SharedLinks(chat), Reply::Found(page)) => self.shared_links_came(s, &chat, page)?,
            (Waiting::Versions, Reply::Versions { versions }) => {
                let row = |version: Version| VersionRow { text: version.content, at: version.timestamp };
                ReplyBody::Versions { versions: versions.into_iter().map(row).collect() }
            }
            (_, Reply::ChatState { chat }) => {
                crate::chats::put(s.tx, &chat)?;
                self.screen.dirty.chats.insert(chat.id);
                ReplyBody::Done
            }
            (_, Reply::Profile { user }) => {
                self.put_person(s, &user)?;
                ReplyBody::Done
            }
            _ => ReplyBody::Done,
        };
        Self::reply(s, id, CommandReply::Ok { body });
        Ok(())
    }
}
