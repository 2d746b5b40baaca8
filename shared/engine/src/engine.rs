//! The engine itself: its state, and the way of one input through it.

use std::collections::HashMap;

use crypto::mls::Retention;
use protocol::frame::PutEmoji;
use protocol::{FileId, UserId};
use view::Preferences;

use crate::avatars::Avatars;
use crate::connection::Connection;
use crate::disappearing::Going;
use crate::error::EngineError;
use crate::inbox::Inbox;
use crate::io::{Account, AuthTokens, Cx, Input, Output, Timer};
use crate::items::Items;
use crate::keywords::Keywords;
use crate::marks::Marks;
use crate::outbox::Outbox;
use crate::people::People;
use crate::presence::Presence;
use crate::privacy::Own;
use crate::requests::Requests;
use crate::screen::Screen;
use crate::sealing::{LOOK_MS, Sealing};
use crate::step::Step;
use crate::timeline::Open;
use crate::transfers::Transfers;
use crate::{account, preferences, schema};

/// The client's state. Everything lasting is in the database; what is held here is a cache of it, the state of the
/// connection, and what is on screen.
pub struct Engine {
    pub(crate) account: Option<Account>,
    pub(crate) tokens: Option<AuthTokens>,
    pub(crate) incarnation: String,
    pub(crate) connection: Connection,
    pub(crate) requests: Requests,
    pub(crate) inbox: Inbox,
    pub(crate) outbox: Outbox,
    pub(crate) marks: Marks,
    pub(crate) items: Items,
    pub(crate) transfers: Transfers,
    pub(crate) avatars: Avatars,
    /// Emoji whose pictures are on their way up, with the command that waits.
    pub(crate) uploads: HashMap<FileId, (u32, PutEmoji)>,
    pub(crate) going: Going,
    pub(crate) own: Own,
    pub(crate) keywords: Keywords,
    pub(crate) sealing: Sealing,
    pub(crate) retention: Retention,
    pub(crate) look_ms: u32,
    pub(crate) people: People,
    pub(crate) presence: Presence,
    pub(crate) preferences: Preferences,
    pub(crate) timeline: Option<Open>,
    pub(crate) screen: Screen,
}

impl Engine {
    /// Brings the cache's schema to this program's version and reads what memory keeps. Give [`Input::Started`] next.
    ///
    /// # Errors
    /// [`EngineError::Store`]: also when the cache is from a newer program.
    pub fn open(tx: &mut sql::Tx<'_>) -> Result<Self, EngineError> {
        schema::bring_up(tx)?;
        let kept = account::load(tx)?;
        let (account, tokens, incarnation) = match kept {
            Some(kept) => (Some(kept.account), kept.tokens, kept.incarnation),
            None => (None, None, String::new()),
        };
        Ok(Self {
            account,
            tokens,
            incarnation,
            connection: Connection::default(),
            requests: Requests::default(),
            inbox: Inbox::default(),
            outbox: Outbox::load(tx)?,
            marks: Marks::default(),
            items: Items::load(tx)?,
            transfers: Transfers::default(),
            avatars: Avatars::load(tx)?,
            uploads: HashMap::new(),
            going: Going::load(tx)?,
            own: Own::load(tx)?,
            keywords: Keywords::load(tx)?,
            sealing: Sealing::load(tx)?,
            retention: Retention::CHOSEN,
            look_ms: LOOK_MS,
            people: People::default(),
            presence: Presence::default(),
            preferences: preferences::load(tx)?,
            timeline: None,
            screen: Screen::default(),
        })
    }

    /// How long keys of what was said before are kept in groups that begin, or are entered, from now on. For tests that show what
    /// less would lose.
    #[doc(hidden)]
    pub fn keep_keys(&mut self, retention: Retention) {
        self.retention = retention;
    }

    /// How long a message waits for what stands behind its link, in milliseconds; 3 seconds unless said.
    pub fn look_for(&mut self, ms: u32) {
        self.look_ms = ms;
    }

    /// Whose cache this is; `None` before the first log-in: show the welcome screen.
    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// `true` while the session lives: without one, show the welcome screen even if [`Engine::account`] is known.
    pub fn has_session(&self) -> bool {
        self.tokens.is_some()
    }

    /// Lets one thing happen. Commit after `Ok`, then do the outputs in order.
    ///
    /// # Errors
    /// See [`EngineError`]; afterwards this engine must not be used again.
    pub fn step(&mut self, cx: &mut Cx<'_, '_>, input: Input) -> Result<Vec<Output>, EngineError> {
        let mut s = Step::new(cx);
        match input {
            Input::Started => {
                crate::news::prune(s.tx)?;
                self.forget_unsent_picks(&mut s)?;
                self.started(&mut s);
            }
            Input::Command(envelope) => self.command(&mut s, envelope)?,
            Input::LoggedIn { account, tokens } => self.logged_in(&mut s, account, tokens)?,
            Input::Connected => self.connected(&mut s)?,
            Input::Disconnected { reason } => self.disconnected(&mut s, reason)?,
            Input::Frame(frame) => self.frame(&mut s, frame)?,
            Input::Picked(files) => self.picked(&mut s, files)?,
            Input::Save { file, place } => self.save(&mut s, &file, &place)?,
            Input::Transfer { file_id, way, progress } => self.transfer_moved(&mut s, &file_id, way, progress)?,
            Input::Looked { url, seen } => self.looked(&mut s, &url, seen),
            Input::Timer(timer) => self.timer(&mut s, timer)?,
        }
        self.send_syncs(&mut s)?;
        self.tend_sealing(&mut s)?;
        self.send_outbox(&mut s)?;
        self.tend_sealing(&mut s)?;
        self.send_items(&mut s)?;
        self.start_transfers(&mut s)?;
        self.send_avatars(&mut s);
        self.note_caught_up(&mut s)?;
        self.let_go(&mut s)?;
        self.show(&mut s)?;
        Ok(s.out)
    }

    /// For requests over HTTP; a secret, to be kept nowhere. `None` without a session.
    pub fn access_token(&self) -> Option<&str> {
        self.tokens.as_ref().map(|tokens| tokens.access.as_str())
    }

    /// The person's number, once logged in.
    pub(crate) fn me(&self) -> Option<UserId> {
        self.account.as_ref().map(|account| account.user_id)
    }

    fn timer(&mut self, s: &mut Step<'_, '_>, timer: Timer) -> Result<(), EngineError> {
        match timer {
            Timer::Reconnect => self.reconnect_timer(s),
            Timer::Gap(scope) => self.gap_timer(s, scope)?,
            Timer::RefreshToken => self.refresh_timer(s)?,
            Timer::Silence => self.silence_timer(s)?,
            Timer::Reply => self.reply_timer(s)?,
            Timer::Outbox => self.outbox_timer(),
            Timer::Items => self.items_timer(),
            Timer::Files => self.transfers_may_start(),
            Timer::Looks => self.looks_timer(s),
            Timer::Going => self.going_timer(),
            Timer::Typing => self.typing_timer(s),
            Timer::Group(chat) => self.group_timer(s, &chat)?,
            // What is to be done is done at the end of each step.
            Timer::Sealed => {}
            Timer::Archive => self.archive_timer(s)?,
            Timer::Past => self.past_timer(),
            Timer::Flush => self.flush_timer(s)?,
        }
        Ok(())
    }
}
