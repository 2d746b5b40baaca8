//! The teams of this app, and going from one to another (desktop; in a browser there is the page's own).

use std::time::Duration;

use leptos::prelude::*;
use view::{ChatId, Command, HostCommand, MessageId, Stage, TeamRow};

use super::AppState;
use crate::bridge;

/// The list of teams.
#[derive(Clone, Copy)]
pub struct Teams {
    /// In the order in which they came; empty in a browser.
    pub list: RwSignal<Vec<TeamRow>>,
    /// The one on the page.
    pub open: RwSignal<u32>,
    /// What a notification of another team wants to show, until that team is here.
    wanted: StoredValue<Option<(u32, ChatId, Option<MessageId>)>>,
}

impl Teams {
    /// None known yet.
    pub fn new() -> Self {
        Self { list: RwSignal::new(Vec::new()), open: RwSignal::new(0), wanted: StoredValue::new(None) }
    }

    /// The list came.
    pub fn came(&self, teams: Vec<TeamRow>, open: u32) {
        super::set_if_new(self.open, open);
        super::set_if_new(self.list, teams);
    }

    /// Those that one is in, besides the one on the page; tracks.
    pub fn others(&self) -> Vec<TeamRow> {
        let open = self.open.get();
        self.list.with(|list| list.iter().filter(|team| team.id != open).cloned().collect())
    }

    /// The one after the one on the page, in a circle; tracks.
    pub fn next(&self) -> Option<TeamRow> {
        let open = self.open.get();
        self.list.with(|list| after(list, open).cloned())
    }
}

impl Default for Teams {
    fn default() -> Self {
        Self::new()
    }
}

impl AppState {
    /// Shows another team of this app.
    pub fn go_to_team(self, id: u32) {
        if self.teams.open.get_untracked() != id {
            self.leave_for(HostCommand::OpenTeam { id });
        }
    }

    /// Shows the welcome for one more team.
    pub fn add_team(self) {
        self.leave_for(HostCommand::AddTeam);
    }

    /// Shows a message of any team.
    pub fn open_in_team(self, team: u32, chat: ChatId, message: Option<MessageId>) {
        if self.teams.open.get_untracked() == team || self.teams.list.with_untracked(Vec::is_empty) {
            return self.nav.open_at(chat, message);
        }
        self.teams.wanted.set_value(Some((team, chat, message)));
        self.go_to_team(team);
    }

    /// The team on the page is ready: a notification may have asked for it.
    pub(super) fn arrived(&self) {
        let here = self.teams.open.get_untracked();
        let wanted = self.teams.wanted.try_update_value(|wanted| wanted.take_if(|(team, ..)| *team == here)).flatten();
        if let Some((_, chat, message)) = wanted {
            self.nav.open_at(chat, message);
        }
    }

    /// Locks the app; `false` without a lock.
    pub fn lock_now(self) -> bool {
        let on = self.lock.with_untracked(|lock| lock.on);
        if on {
            self.leave_for(HostCommand::LockNow);
        }
        on
    }

    fn leave_for(self, host: HostCommand) {
        let before = self.stage.get_untracked();
        // The screen goes first: what its parts have still to say (drafts) is of the team that they stand in.
        self.enter(Stage::Starting);
        let go = move || {
            leptos::task::spawn_local(async move {
                if let Err(failure) = bridge::ask(Command::Host { host }).await {
                    self.toasts.failure(failure);
                    // Everything of the team that one is still in comes again.
                    self.enter(before);
                    bridge::start(self);
                }
            });
        };
        set_timeout(go, Duration::ZERO);
    }
}

fn after(list: &[TeamRow], open: u32) -> Option<&TeamRow> {
    let at = list.iter().position(|team| team.id == open)?;
    list.get((at + 1) % list.len()).filter(|team| team.id != open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_team_goes_round_and_a_single_one_has_none() {
        let team = |id| TeamRow { id, name: String::new(), unread: 0, mentions: 0 };
        let list = [team(0), team(2), team(5)];
        assert_eq!(after(&list, 2).map(|team| team.id), Some(5));
        assert_eq!(after(&list, 5).map(|team| team.id), Some(0));
        assert!(after(&list[..1], 0).is_none() && after(&[], 0).is_none() && after(&list, 7).is_none());
    }
}
