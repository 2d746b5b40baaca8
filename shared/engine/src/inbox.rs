//! What the server tells of scopes: live rows through the gate, fetched ranges, snapshots, heads. Applies each
//! revision once and in order, whatever order and however often it comes.

use std::collections::{BTreeSet, HashMap, HashSet};

use protocol::frame::{Changes, ScopeHave, ScopeHead, Sync};
use protocol::limits::{GAP_WAIT_MS, SYNC_SCOPES_MAX};
use protocol::{ChatId, ErrorCode, ProtocolError, Request, Row, Scope};
use sql::{Tx, params};

use crate::chats;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::io::Timer;
use crate::requests::Ask;
use crate::step::Step;

mod gate;
mod rows;

use gate::Gate;
pub(crate) use rows::Source;

/// What is known of scopes on this connection.
#[derive(Default)]
pub(crate) struct Inbox {
    gates: HashMap<Scope, Gate<Row>>,
    /// Asked at the end of the step.
    wanted: BTreeSet<Scope>,
    /// Asked one by one: together with others they were refused.
    wanted_alone: BTreeSet<Scope>,
    asked: HashSet<Scope>,
    gap_timers: HashSet<Scope>,
    /// Nothing of these was missing when they were last caught up with on this connection.
    fresh: HashSet<Scope>,
    /// Chats that are being caught up with, and the newest message of each that was known before. Outlives a connection.
    caught_up_from: HashMap<ChatId, u64>,
}

impl Inbox {
    /// The connection is gone, and with it what was asked and what waited.
    pub(crate) fn disconnect(&mut self) {
        let caught_up_from = std::mem::take(&mut self.caught_up_from);
        *self = Self { caught_up_from, ..Self::default() };
    }

    /// Nothing is asked or to be asked.
    pub(crate) fn is_quiet(&self) -> bool {
        self.asked.is_empty() && self.wanted.is_empty() && self.wanted_alone.is_empty()
    }

    /// All of a scope is here, as far as this connection tells.
    pub(crate) fn is_fresh(&self, scope: &Scope) -> bool {
        self.fresh.contains(scope)
            && !self.asked.contains(scope)
            && !self.wanted.contains(scope)
            && self.gates.get(scope).is_some_and(|gate| !gate.is_behind())
    }

    /// The newest message of a chat that was known before these rows came; when they are caught up in pages, before the first.
    fn known_before(&mut self, chat: &ChatId, tail: u64, source: Source) -> u64 {
        match source {
            Source::Live => tail,
            Source::CatchUp { last: false } => *self.caught_up_from.entry(chat.clone()).or_insert(tail),
            Source::CatchUp { last: true } => self.caught_up_from.remove(chat).unwrap_or(tail),
            Source::Snapshot => {
                self.caught_up_from.remove(chat);
                u64::MAX
            }
        }
    }

    fn gate(&mut self, tx: &mut Tx<'_>, scope: &Scope) -> Result<&mut Gate<Row>, EngineError> {
        if !self.gates.contains_key(scope) {
            let have =
                tx.row("SELECT have FROM scopes WHERE scope = ?1", params![scope.to_string()], |r| r.count(0))?;
            self.gates.insert(scope.clone(), Gate::new(have.unwrap_or(0)));
        }
        Ok(self.gates.get_mut(scope).expect("it was just put in"))
    }
}

impl Engine {
    /// The connection is authenticated: asks for all that changed in all followed scopes.
    pub(crate) fn sync_all(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let Some(me) = self.me() else { return Ok(()) };
        self.inbox.wanted.insert(Scope::Team);
        self.inbox.wanted.insert(Scope::User(me));
        for chat in chats::followed(s.tx)? {
            self.inbox.wanted.insert(Scope::Chat(chat));
        }
        Ok(())
    }

    /// Asks for what changed in a scope, at the end of the step.
    pub(crate) fn want(&mut self, scope: Scope) {
        self.inbox.wanted.insert(scope);
    }

    /// Stops following a scope.
    pub(crate) fn unfollow(&mut self, tx: &mut Tx<'_>, scope: &Scope) -> Result<(), EngineError> {
        self.inbox.wanted.remove(scope);
        self.inbox.gates.remove(scope);
        self.inbox.fresh.remove(scope);
        tx.execute("DELETE FROM scopes WHERE scope = ?1", params![scope.to_string()])?;
        Ok(())
    }

    /// Sends one `sync` for all that is wanted.
    pub(crate) fn send_syncs(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        if !self.is_entered() || (self.inbox.wanted.is_empty() && self.inbox.wanted_alone.is_empty()) {
            return Ok(());
        }
        let together: Vec<Scope> = std::mem::take(&mut self.inbox.wanted)
            .into_iter()
            .filter(|scope| !self.inbox.asked.contains(scope))
            .collect();
        let alone = std::mem::take(&mut self.inbox.wanted_alone);
        let groups = together
            .chunks(SYNC_SCOPES_MAX)
            .map(<[Scope]>::to_vec)
            .chain(alone.into_iter().filter(|scope| !self.inbox.asked.contains(scope)).map(|scope| vec![scope]))
            .collect::<Vec<_>>();
        for group in groups {
            let mut scopes = Vec::with_capacity(group.len());
            for scope in &group {
                let have = self.inbox.gate(s.tx, scope)?.have();
                scopes.push(ScopeHave { scope: scope.clone(), have });
                self.inbox.asked.insert(scope.clone());
            }
            self.requests.ask(s, Ask::Sync(group), None, Request::Sync(Sync { scopes }));
        }
        Ok(())
    }

    /// A row came live.
    pub(crate) fn live_row(&mut self, s: &mut Step<'_, '_>, scope: Scope, row: Row) -> Result<(), EngineError> {
        let gate = self.inbox.gate(s.tx, &scope)?;
        let ready = gate.offer(row.rev(), row);
        if ready.is_empty() {
            self.watch_gap(s, &scope)?;
            return Ok(());
        }
        self.apply(s, &scope, ready, Source::Live)?;
        self.keep_have(s, &scope)
    }

    /// The heartbeat: newest revisions.
    pub(crate) fn heads(&mut self, s: &mut Step<'_, '_>, heads: Vec<ScopeHead>) -> Result<(), EngineError> {
        for ScopeHead { scope, rev } in heads {
            self.inbox.gate(s.tx, &scope)?.saw_head(rev);
            self.watch_gap(s, &scope)?;
        }
        Ok(())
    }

    /// What is missing may come by itself for a moment; then it is fetched.
    fn watch_gap(&mut self, s: &mut Step<'_, '_>, scope: &Scope) -> Result<(), EngineError> {
        let behind = self.inbox.gate(s.tx, scope)?.is_behind();
        if behind && !self.inbox.asked.contains(scope) && self.inbox.gap_timers.insert(scope.clone()) {
            s.set_timer(Timer::Gap(scope.clone()), GAP_WAIT_MS);
        }
        Ok(())
    }

    pub(crate) fn gap_timer(&mut self, s: &mut Step<'_, '_>, scope: Scope) -> Result<(), EngineError> {
        // A timer of an earlier connection means nothing on this one.
        if self.inbox.gap_timers.remove(&scope) && self.inbox.gate(s.tx, &scope)?.is_behind() {
            self.inbox.wanted.insert(scope);
        }
        Ok(())
    }

    /// The answer to `sync`, one scope.
    pub(crate) fn changes(&mut self, s: &mut Step<'_, '_>, c: Changes) -> Result<(), EngineError> {
        if !self.inbox.asked.remove(&c.scope) {
            return Ok(());
        }
        let have = self.inbox.gate(s.tx, &c.scope)?.have();
        if !c.snapshot && c.from > c.head {
            // The server has less than this client: it was restored. Begin again.
            self.inbox.gate(s.tx, &c.scope)?.reset(0);
            self.inbox.wanted.insert(c.scope.clone());
            return self.keep_have(s, &c.scope);
        }
        if c.from > have && !c.snapshot {
            self.inbox.wanted.insert(c.scope);
            return Ok(());
        }
        // A snapshot that live rows have overtaken says nothing new.
        let overtaken = c.snapshot && c.from <= c.to && c.to < have;
        let (scope, to, head, from) = (c.scope.clone(), c.to, c.head, c.from);
        let follow = if overtaken {
            Vec::new()
        } else if c.snapshot {
            self.begin_snapshot(s, &c)?;
            self.apply(s, &scope, c.rows, Source::Snapshot)?;
            self.inbox.gate(s.tx, &scope)?.reset(to)
        } else {
            let news = c.rows.into_iter().filter(|row| row.rev() > have).collect();
            self.apply(s, &scope, news, Source::CatchUp { last: to >= head })?;
            self.inbox.gate(s.tx, &scope)?.advance(to)
        };
        if let Scope::Chat(chat) = &scope {
            self.merge_receipts(s, chat, &c.receipts)?;
            self.delivered_due(s, chat);
        }
        self.keep_have(s, &scope)?;
        if !follow.is_empty() {
            self.apply(s, &scope, follow, Source::Live)?;
            self.keep_have(s, &scope)?;
        }
        self.after_changes(s, scope, head, to > from)
    }

    fn after_changes(
        &mut self,
        s: &mut Step<'_, '_>,
        scope: Scope,
        head: u64,
        progress: bool,
    ) -> Result<(), EngineError> {
        let gate = self.inbox.gate(s.tx, &scope)?;
        gate.saw_head(head);
        let behind = gate.is_behind();
        if !behind {
            self.inbox.fresh.insert(scope.clone());
        }
        if matches!(scope, Scope::User(_)) && !behind {
            self.end_items(s)?;
            for chat in chats::end_memberships(s.tx)? {
                self.unfollow(s.tx, &Scope::Chat(chat.clone()))?;
                self.screen.dirty.chats.insert(chat);
            }
        }
        if behind && progress {
            self.inbox.wanted.insert(scope);
        } else if behind {
            self.watch_gap(s, &scope)?;
        }
        Ok(())
    }

    /// Writes down how far the scope is.
    fn keep_have(&mut self, s: &mut Step<'_, '_>, scope: &Scope) -> Result<(), EngineError> {
        let have = self.inbox.gate(s.tx, scope)?.have();
        s.tx.execute(
            "INSERT INTO scopes (scope, have) VALUES (?1, ?2) ON CONFLICT (scope) DO UPDATE SET have = excluded.have",
            params![scope.to_string(), have],
        )?;
        if let Scope::Chat(chat) = scope {
            self.revision_reached(s, chat, have)?;
        }
        Ok(())
    }

    /// The revision up to which everything of a scope is applied.
    pub(crate) fn have(&mut self, s: &mut Step<'_, '_>, scope: &Scope) -> Result<u64, EngineError> {
        Ok(self.inbox.gate(s.tx, scope)?.have())
    }

    /// A `sync` was refused: alone, the scope is not ours (any more); together with others, each is asked alone.
    pub(crate) fn sync_refused(
        &mut self,
        s: &mut Step<'_, '_>,
        scopes: Vec<Scope>,
        error: &ProtocolError,
    ) -> Result<(), EngineError> {
        for scope in &scopes {
            self.inbox.asked.remove(scope);
        }
        let lost = matches!(error.code, ErrorCode::NotAMember | ErrorCode::NotFound | ErrorCode::Forbidden);
        match &scopes[..] {
            [scope] if lost => {
                self.inbox.gates.remove(scope);
                Ok(())
            }
            [scope] if error.code.is_retryable() => {
                self.inbox.gate(s.tx, scope)?.saw_head(u64::MAX >> 1);
                self.inbox.gap_timers.insert(scope.clone());
                s.set_timer(Timer::Gap(scope.clone()), error.retry_after_ms.unwrap_or(GAP_WAIT_MS * 4));
                Ok(())
            }
            [_] => Ok(()),
            _ => {
                self.inbox.wanted_alone.extend(scopes);
                Ok(())
            }
        }
    }
}
