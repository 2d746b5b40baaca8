//! What the palette offers: the actions of the table of chords, what the menus hold, and the looks of the app.

use leptos::prelude::*;
use view::{ChatRow, Command, MessageLayout, Preferences, Role};

use crate::bridge;
use crate::features::chat_keeping::keepings;
use crate::i18n::key;
use crate::keys::table::{Action, BINDINGS, Binding, Group};
use crate::keys::{dispatch, live};
use crate::primitives::IconName;
use crate::state::{AppState, Dialog, InfoTab, Panel, preferences};

/// Something one can do, by name.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The key of its words.
    pub words: &'static str,
    /// Before them.
    pub icon: IconName,
    /// The chord that does the same.
    pub binding: Option<&'static Binding>,
    /// It is about the open chat.
    pub of_chat: bool,
    /// What choosing does, once the palette is closed.
    pub run: Callback<()>,
}

impl Entry {
    fn new(words: &'static str, icon: IconName, run: impl Into<Callback<()>>) -> Self {
        Self { words, icon, binding: None, of_chat: false, run: run.into() }
    }

    /// The chord in words; empty for none.
    pub fn chord(&self) -> String {
        self.binding.map(live::words_of).unwrap_or_default()
    }
}

/// Everything one can do now: about the open chat first, then everywhere.
pub fn entries(state: AppState) -> Vec<Entry> {
    let open = state.nav.chat.get_untracked().and_then(|id| state.chats.find(&id)).map(|row| row.get_untracked());
    let mut entries = open.as_ref().map(|row| of_chat(state, row)).unwrap_or_default();
    entries.iter_mut().for_each(|entry| entry.of_chat = true);
    entries.extend(everywhere(state));
    entries.extend(of_teams(state));
    entries.extend(of_chords(state, open.is_some()));
    entries.extend(looks(state));
    entries
}

fn of_chords(state: AppState, chat_open: bool) -> impl Iterator<Item = Entry> {
    let may_lock = state.lock.with_untracked(|lock| lock.on);
    let offered = BINDINGS.iter().filter(move |binding| {
        is_offered(binding) && (chat_open || !wants_a_chat(binding)) && (may_lock || binding.action != Action::LockNow)
    });
    offered.map(move |binding| {
        let run = move || _ = dispatch::run(state, binding.action);
        Entry { binding: Some(binding), ..Entry::new(binding.words, icon_of(binding.group), run) }
    })
}

/// Marks need a selection, Esc and F6 need a place where one stands: the palette takes both away.
fn is_offered(binding: &Binding) -> bool {
    let by_place = matches!(
        binding.action,
        Action::CommandPalette
            | Action::Escape
            | Action::NextRegion
            | Action::PreviousRegion
            | Action::Chat(_)
            | Action::Folder(_)
    );
    !by_place && (binding.group != Group::Writing || binding.action == Action::Link)
}

fn wants_a_chat(binding: &Binding) -> bool {
    matches!(binding.group, Group::Messages | Group::Writing) || binding.action == Action::SearchChat
}

fn icon_of(group: Group) -> IconName {
    match group {
        Group::General => IconName::ArrowRight,
        Group::Chats => IconName::Chat,
        Group::Messages => IconName::Reply,
        Group::Writing => IconName::Edit,
    }
}

fn everywhere(state: AppState) -> [Entry; 15] {
    let nav = state.nav;
    let dialog = move |dialog: Dialog| Callback::new(move |()| nav.dialog.set(Some(dialog.clone())));
    let panel = move |panel: Panel| {
        Callback::new(move |()| {
            nav.settings.set(false);
            nav.panel.set(Some(panel));
        })
    };
    let dnd = state.quiet.is_dnd();
    let turn = move |()| {
        let until = if dnd { None } else { Some(view::notify::FOREVER) };
        state.quiet.change(|settings| settings.dnd_until = until);
    };
    let (words, icon) = if dnd { (key("quiet-end"), IconName::Bell) } else { (key("quiet-title"), IconName::BellOff) };
    [
        Entry::new(key("status-title"), IconName::React, dialog(Dialog::Status)),
        Entry::new(words, icon, Callback::new(turn)),
        Entry::new(key("chats-new-group"), IconName::Add, dialog(Dialog::NewChat)),
        Entry::new(key("rail-people"), IconName::People, dialog(Dialog::People)),
        Entry::new(key("chats-find-channel"), IconName::Hash, dialog(Dialog::Channels)),
        Entry::new(key("invite-join"), IconName::Link, dialog(Dialog::JoinLink)),
        Entry::new(key("folders-new"), IconName::Folder, dialog(Dialog::Folder(None))),
        Entry::new(key("team-emoji-open"), IconName::Smile, dialog(Dialog::TeamEmoji)),
        Entry::new(key("themes-new"), IconName::Sun, dialog(Dialog::Theme(None))),
        Entry::new(key("invite-title"), IconName::PersonAdd, dialog(Dialog::Invite(None))),
        Entry::new(key("thread-list"), IconName::Thread, panel(Panel::Threads)),
        Entry::new(key("inbox-title"), IconName::Inbox, panel(Panel::Inbox)),
        Entry::new(key("collections-mentions"), IconName::At, panel(Panel::Mentions)),
        Entry::new(key("collections-saved"), IconName::Bookmark, panel(Panel::Saved)),
        Entry::new(key("scheduled-title"), IconName::Clock, panel(Panel::Scheduled)),
    ]
}

/// None in a browser, which shows one team.
fn of_teams(state: AppState) -> Vec<Entry> {
    let mut entries = Vec::new();
    if let Some(next) = untrack(|| state.teams.next()) {
        let go = Callback::new(move |()| state.go_to_team(next.id));
        entries.push(Entry::new(key("teams-next"), IconName::ArrowRight, go));
    }
    if state.teams.list.with_untracked(|list| !list.is_empty()) {
        entries.push(Entry::new(key("teams-add"), IconName::Add, Callback::new(move |()| state.add_team())));
    }
    entries
}

fn of_chat(state: AppState, row: &ChatRow) -> Vec<Entry> {
    let nav = state.nav;
    let id = row.id.clone();
    let dialog = move |dialog: Dialog| Callback::new(move |()| nav.dialog.set(Some(dialog.clone())));
    let info = move |tab: InfoTab| Callback::new(move |()| nav.show_info(tab));
    let tell = move |command: Command| Callback::new(move |()| bridge::tell(state, command.clone()));
    let mut entries = Vec::new();
    match (&row.person, row.role) {
        (Some(person), _) => {
            entries.push(Entry::new(key("header-profile"), IconName::Person, dialog(Dialog::Profile(person.id))));
        }
        (None, None) => {
            if row.public {
                let join = tell(Command::JoinChat { chat_id: id.clone() });
                entries.push(Entry::new(key("header-join"), IconName::LogIn, join));
            }
            return entries;
        }
        (None, Some(role)) => {
            entries.push(Entry::new(key("header-members"), IconName::People, info(InfoTab::Members)));
            if role >= Role::Admin {
                let edit = dialog(Dialog::EditChat(id.clone()));
                entries.push(Entry::new(key("header-edit"), IconName::Edit, edit));
            }
            if row.may_invite {
                let invite = dialog(Dialog::Invite(Some(id.clone())));
                entries.push(Entry::new(key("header-invite"), IconName::PersonAdd, invite));
            }
        }
    }
    if row.role >= Some(Role::Member) {
        let poll = dialog(Dialog::NewPoll(id.clone(), None, String::new()));
        entries.push(Entry::new(key("poll-new"), IconName::Poll, poll));
    }
    for (words, icon, tab) in [
        (key("info-of-files"), IconName::Attach, InfoTab::Files),
        (key("info-of-links"), IconName::Link, InfoTab::Links),
        (key("collections-pinned"), IconName::Pin, InfoTab::Pinned),
    ] {
        entries.push(Entry::new(words, icon, info(tab)));
    }
    entries.push(Entry::new(key("go-to-date-title"), IconName::Calendar, dialog(Dialog::GoToDate(id.clone()))));
    if row.may_set_timer {
        let timer = dialog(Dialog::Disappearing(id.clone()));
        entries.push(Entry::new(key("disappearing-title"), IconName::Clock, timer));
    }
    entries.extend(
        keepings(row).into_iter().map(|keeping| Entry::new(keeping.words, keeping.icon, tell(keeping.command))),
    );
    let folders = dialog(Dialog::ChatFolders(row.id.clone()));
    entries.push(Entry::new(key("folders-of-chat"), IconName::Folder, folders));
    if row.person.is_none() {
        entries.push(Entry::new(key("header-leave"), IconName::Leave, tell(Command::LeaveChat { chat_id: id })));
    }
    entries
}

fn looks(state: AppState) -> [Entry; 10] {
    let wish = move |words: &'static str, icon: IconName, wish: fn(&mut Preferences)| {
        Entry::new(words, icon, Callback::new(move |()| preferences::change(state, wish)))
    };
    [
        wish(key("palette-theme-light"), IconName::Sun, |wish| wish.theme = "light".to_owned()),
        wish(key("palette-theme-dark"), IconName::Moon, |wish| wish.theme = "dark".to_owned()),
        wish(key("palette-theme-light-contrast"), IconName::Sun, |wish| wish.theme = "light-contrast".to_owned()),
        wish(key("palette-theme-dark-contrast"), IconName::Moon, |wish| wish.theme = "dark-contrast".to_owned()),
        wish(key("palette-theme-system"), IconName::Sun, |wish| wish.theme = "system".to_owned()),
        wish(key("palette-layout-modern"), IconName::Chat, |wish| wish.layout = MessageLayout::Modern),
        wish(key("palette-layout-compact"), IconName::Chat, |wish| wish.layout = MessageLayout::Compact),
        wish(key("palette-layout-bubbles"), IconName::Chat, |wish| wish.layout = MessageLayout::Bubbles),
        wish(key("palette-russian"), IconName::Globe, |wish| wish.language = "ru".to_owned()),
        wish(key("palette-english"), IconName::Globe, |wish| wish.language = "en".to_owned()),
    ]
}
