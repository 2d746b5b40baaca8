//! The life of the connection: made, entered, caught up, lost, made again. Tokens are renewed before they end, also when
//! they ended while there was no connection.

use protocol::frame::{Auth, AuthSuccess, CloseReason, Hello, Refresh, SetPresence, Welcome};
use protocol::limits::HEARTBEAT_MS;
use protocol::{ErrorCode, ProtocolError, Request, Timestamp};
use view::{Failure, Update};

use crate::avatars::Avatars;
use crate::disappearing::Going;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::io::{Account, AuthTokens, Output, Timer};
use crate::items::Items;
use crate::keywords::Keywords;
use crate::outbox::Outbox;
use crate::privacy::Own;
use crate::requests::{Ask, Requests, tell};
use crate::sealing::Sealing;
use crate::step::Step;
use crate::transfers::Transfers;
use crate::{account, chats, schema};

mod backoff;

/// A token is renewed this long before it ends, or at half its life if that is sooner.
const RENEW_BEFORE_MS: i64 = 60_000;

/// Where the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Link {
    /// No account, or its session ended. → `Connecting` on log-in.
    #[default]
    Off,
    /// → `Connecting` when the time is there.
    Waiting { retry_at: i64 },
    /// → `Entering`, `Waiting`.
    Connecting,
    /// Saying who this is. → `CatchingUp`, `Waiting`, `Off`.
    Entering,
    /// Fetching what was missed. → `Online`, `Waiting`.
    CatchingUp,
    /// → `Waiting`.
    Online,
}

#[derive(Debug, Default)]
pub(crate) struct Connection {
    pub(crate) link: Link,
    /// Tries since it last was online.
    attempt: u32,
    /// Why it is not there.
    reason: Option<Failure>,
    /// It has been there once.
    been_there: bool,
    /// Something was heard since the last look.
    heard: bool,
    /// A `ping` is out.
    pinged: bool,
}

impl Engine {
    pub(crate) fn started(&mut self, s: &mut Step<'_, '_>) {
        if self.account.is_some() && self.tokens.is_none() {
            s.out.push(Output::SessionEnded);
        } else {
            self.connect(s);
        }
    }

    fn connect(&mut self, s: &mut Step<'_, '_>) {
        let (Some(account), Some(_)) = (&self.account, &self.tokens) else { return };
        s.out.push(Output::Connect { endpoint: account.endpoint.clone() });
        self.connection.link = Link::Connecting;
        self.screen.dirty.connection = true;
    }

    /// Authenticated: requests may be sent.
    pub(crate) fn is_entered(&self) -> bool {
        matches!(self.connection.link, Link::CatchingUp | Link::Online)
    }

    /// A connection is open, authenticated or not.
    pub(crate) fn is_connected(&self) -> bool {
        self.is_entered() || self.connection.link == Link::Entering
    }

    /// An account was entered: the cache is this account's from now on.
    pub(crate) fn logged_in(
        &mut self,
        s: &mut Step<'_, '_>,
        account: Account,
        tokens: AuthTokens,
    ) -> Result<(), EngineError> {
        let same = self
            .account
            .as_ref()
            .is_some_and(|known| known.user_id == account.user_id && known.server_id == account.server_id);
        if self.connection.link != Link::Off {
            self.hang_up(s)?;
        }
        if !same {
            schema::clear(s.tx)?;
            self.people.clear();
            self.incarnation.clear();
            self.outbox = Outbox::default();
            self.items = Items::default();
            self.transfers = Transfers::default();
            self.avatars = Avatars::default();
            self.going = Going::default();
            self.own = Own::default();
            self.keywords = Keywords::default();
            self.sealing = Sealing::default();
            self.timeline = None;
        }
        account::save(s.tx, &account, &tokens)?;
        (self.account, self.tokens) = (Some(account), Some(tokens));
        self.connection = Connection::default();
        self.connect(s);
        self.show_all(s)
    }

    /// A connection is open: says who this is.
    pub(crate) fn connected(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let Some(tokens) = &self.tokens else {
            s.out.push(Output::Disconnect);
            return Ok(());
        };
        let (access, fresh) = (tokens.access.clone(), tokens.access_until.0 - s.now > RENEW_BEFORE_MS / 2);
        self.requests = Requests::default();
        self.inbox.disconnect();
        self.connection.link = Link::Entering;
        self.connection.heard = true;
        self.connection.pinged = false;
        let hello = Hello { versions: protocol::VERSIONS.to_vec(), client: client_name() };
        self.requests.ask(s, Ask::Hello, None, Request::Hello(hello));
        if fresh {
            self.requests.ask(s, Ask::Auth, None, Request::Auth(Auth { token: access }));
        } else {
            self.renew(s)?;
        }
        s.set_timer(Timer::Silence, HEARTBEAT_MS);
        Ok(())
    }

    /// Trades the refresh token. Asked under one lasting id until it is answered: see [`account::refresh_id`].
    fn renew(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let Some(tokens) = &self.tokens else { return Ok(()) };
        if self.requests.any(|ask| *ask == Ask::Refresh) {
            return Ok(());
        }
        let refresh = Refresh { refresh_token: tokens.refresh.clone() };
        let fresh = s.local_id();
        let id = account::refresh_id(s.tx, fresh)?;
        self.requests.ask(s, Ask::Refresh, Some(id), Request::Refresh(refresh));
        Ok(())
    }

    pub(crate) fn refresh_timer(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        if self.is_entered() { self.renew(s) } else { Ok(()) }
    }

    /// `auth_success` to `auth` or `refresh`.
    pub(crate) fn entered(&mut self, s: &mut Step<'_, '_>, ask: &Ask, success: AuthSuccess) -> Result<(), EngineError> {
        if self.me() != Some(success.user_id) {
            return self.end_session(s);
        }
        let life_ms = i64::from(success.expires_in) * 1_000;
        if let (Some(access), Some(refresh)) = (success.access_token, success.refresh_token) {
            let tokens = AuthTokens { access, refresh, access_until: Timestamp(s.now + life_ms) };
            account::save_tokens(s.tx, Some(&tokens))?;
            self.tokens = Some(tokens);
        }
        if *ask == Ask::Refresh {
            // The connection itself goes on under the new token.
            let token = self.tokens.as_ref().map(|tokens| tokens.access.clone()).unwrap_or_default();
            self.requests.ask(s, Ask::Auth, None, Request::Auth(Auth { token }));
            return Ok(());
        }
        let renew_after = (life_ms - RENEW_BEFORE_MS).max(life_ms / 2).max(1_000);
        s.set_timer(Timer::RefreshToken, u32::try_from(renew_after).unwrap_or(u32::MAX));
        if !self.is_entered() {
            self.connection.link = Link::CatchingUp;
            self.transfers_may_start();
            self.connection.been_there = true;
            self.screen.dirty.connection = true;
            if let Some(status) = self.presence.own {
                tell(s, Request::Presence(SetPresence { status }));
            }
            self.sync_all(s)?;
            self.flush_timer(s)?;
        }
        Ok(())
    }

    /// `auth` or `refresh` was refused.
    pub(crate) fn entry_refused(
        &mut self,
        s: &mut Step<'_, '_>,
        ask: &Ask,
        error: &ProtocolError,
    ) -> Result<(), EngineError> {
        let about_token = matches!(
            error.code,
            ErrorCode::TokenExpired | ErrorCode::TokenInvalid | ErrorCode::TokenReused | ErrorCode::Unauthenticated
        );
        match ask {
            Ask::Auth if about_token => self.renew(s),
            Ask::Refresh if about_token => self.end_session(s),
            _ => self.lose(s, Some(Failure::Refused { code: error.code })),
        }
    }

    /// The session is over: the cache stays for when the same person comes back.
    pub(crate) fn end_session(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        self.hang_up(s)?;
        account::save_tokens(s.tx, None)?;
        self.tokens = None;
        s.out.push(Output::SessionEnded);
        Ok(())
    }

    /// `welcome`: is it the server it was?
    pub(crate) fn welcomed(&mut self, s: &mut Step<'_, '_>, welcome: &Welcome) -> Result<(), EngineError> {
        let known = self.account.as_ref().map(|account| account.server_id.clone()).unwrap_or_default();
        if !known.is_empty() && known != welcome.server_id {
            return self.lose(s, Some(Failure::WrongPin));
        }
        self.compare_clocks(s, welcome.server_time)?;
        self.server_orders(s, welcome.encryption)?;
        if self.incarnation != welcome.incarnation {
            if !self.incarnation.is_empty() {
                chats::distrust_all(s.tx)?;
                self.offer_accepted_again(s)?;
                self.inbox.disconnect();
                if self.is_entered() {
                    self.sync_all(s)?;
                }
            }
            self.incarnation.clone_from(&welcome.incarnation);
            account::save_incarnation(s.tx, &welcome.incarnation)?;
        }
        Ok(())
    }

    pub(crate) fn note_caught_up(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        if self.connection.link == Link::CatchingUp && self.inbox.is_quiet() {
            self.connection.link = Link::Online;
            self.connection.attempt = 0;
            self.connection.reason = None;
            self.screen.dirty.connection = true;
            s.clear_timer(Timer::Reconnect);
        }
        Ok(())
    }

    /// The driver says that the connection is gone, or was not made.
    pub(crate) fn disconnected(&mut self, s: &mut Step<'_, '_>, reason: Option<Failure>) -> Result<(), EngineError> {
        if matches!(self.connection.link, Link::Off | Link::Waiting { .. }) {
            return Ok(());
        }
        self.after_loss(s, reason)
    }

    /// Closes the connection by oneself, to make it again.
    pub(crate) fn lose(&mut self, s: &mut Step<'_, '_>, reason: Option<Failure>) -> Result<(), EngineError> {
        s.out.push(Output::Disconnect);
        self.after_loss(s, reason)
    }

    /// Closes the connection for good.
    fn hang_up(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        s.out.push(Output::Disconnect);
        self.forget_connection(s)?;
        self.connection.link = Link::Off;
        s.clear_timer(Timer::Reconnect);
        Ok(())
    }

    fn after_loss(&mut self, s: &mut Step<'_, '_>, reason: Option<Failure>) -> Result<(), EngineError> {
        self.forget_connection(s)?;
        let wait = s.chance_ms(backoff::ceiling_ms(self.connection.attempt));
        self.connection.attempt = self.connection.attempt.saturating_add(1);
        self.connection.reason = reason;
        self.connection.link = Link::Waiting { retry_at: s.now + i64::from(wait) };
        s.set_timer(Timer::Reconnect, wait);
        Ok(())
    }

    fn forget_connection(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let unanswered = self.requests.drop_all();
        self.inbox.disconnect();
        self.outbox.disconnect();
        self.items.disconnect();
        self.avatars.disconnect();
        self.emoji_disconnected(s);
        self.marks.disconnect();
        self.sealing.disconnect();
        self.presence_gone();
        self.connection.link = Link::Connecting;
        for timer in [Timer::Silence, Timer::RefreshToken, Timer::Reply] {
            s.clear_timer(timer);
        }
        self.screen.dirty.connection = true;
        for ask in unanswered {
            self.unanswered(s, ask, Failure::Offline)?;
        }
        Ok(())
    }

    pub(crate) fn reconnect_timer(&mut self, s: &mut Step<'_, '_>) {
        if matches!(self.connection.link, Link::Waiting { .. }) {
            self.connect(s);
        }
    }

    /// The person or the system says that now is a good time.
    pub(crate) fn reconnect_now(&mut self, s: &mut Step<'_, '_>) {
        if matches!(self.connection.link, Link::Waiting { .. }) {
            s.clear_timer(Timer::Reconnect);
            self.connection.attempt = 0;
            self.connect(s);
        }
    }

    /// Looks every heartbeat whether anything was heard: first asks, then gives up.
    pub(crate) fn silence_timer(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        if !self.is_connected() {
            return Ok(());
        }
        if self.connection.heard {
            self.connection.heard = false;
            self.connection.pinged = false;
        } else if self.connection.pinged {
            return self.lose(s, Some(Failure::TimedOut));
        } else {
            self.connection.pinged = true;
            self.requests.ask(s, Ask::Ping, None, Request::Ping);
        }
        s.set_timer(Timer::Silence, HEARTBEAT_MS);
        Ok(())
    }

    pub(crate) fn heard(&mut self) {
        self.connection.heard = true;
        self.connection.pinged = false;
    }

    pub(crate) fn closing(&mut self, s: &mut Step<'_, '_>, reason: CloseReason) -> Result<(), EngineError> {
        match reason {
            CloseReason::SessionEnded => self.end_session(s),
            CloseReason::TokenExpired => {
                // Whatever the clocks say, this token is over.
                if let Some(tokens) = &mut self.tokens {
                    tokens.access_until = Timestamp(s.now);
                    let tokens = tokens.clone();
                    account::save_tokens(s.tx, Some(&tokens))?;
                }
                self.lose(s, None)
            }
            CloseReason::SlowConsumer | CloseReason::Stopping | CloseReason::Other => self.lose(s, None),
        }
    }

    /// The banner, as it now is.
    pub(crate) fn connection_view(&self) -> view::Connection {
        let offline = |retry_at| view::Connection::Offline {
            retry_at,
            waiting: self.outbox.waiting(),
            reason: self.connection.reason,
        };
        match self.connection.link {
            Link::Online => view::Connection::Online,
            Link::CatchingUp => view::Connection::CatchingUp,
            Link::Waiting { retry_at } => offline(Some(Timestamp(retry_at))),
            Link::Off => offline(None),
            Link::Connecting | Link::Entering if self.connection.attempt == 0 && !self.connection.been_there => {
                view::Connection::Connecting
            }
            Link::Connecting | Link::Entering => offline(None),
        }
    }

    /// Log-out by the person: tells the server when it can, and leaves nothing here.
    pub(crate) fn log_out(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        if self.is_entered() {
            tell(s, Request::Logout);
        }
        self.hang_up(s)?;
        schema::clear(s.tx)?;
        self.people.clear();
        self.items = Items::default();
        self.transfers = Transfers::default();
        self.sealing = Sealing::default();
        self.outbox = Outbox::default();
        (self.account, self.tokens, self.timeline) = (None, None, None);
        self.incarnation.clear();
        self.screen.reset();
        s.out.push(Output::Erase);
        Ok(())
    }

    pub(crate) fn reply(s: &mut Step<'_, '_>, id: u32, reply: view::CommandReply) {
        s.update(Update::Reply { id, reply });
    }
}

fn client_name() -> String {
    concat!("Hybrid Messenger ", env!("CARGO_PKG_VERSION")).to_owned()
}
