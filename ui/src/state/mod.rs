//! What the screen knows: signals patched by [`view::Update`]s, so that one change renders one row.
//!
//! `AppState` is `Copy` and comes from the context: `let state = AppState::get();`. Reading a signal inside a closure
//! tracks it. Rows (`ChatEntry`, `TimelineEntry`) are handles: the list changes when rows come, go or move; a row's
//! own signal changes when its content does.

pub mod chats;
pub mod derived;
pub mod emoji;
pub mod files;
pub mod folders;
pub mod kept;
pub mod navigation;
pub mod people;
pub mod preferences;
pub mod quiet;
pub mod team_emoji;
pub mod teams;
pub mod themes;
pub mod timeline;
pub mod toasts;
pub mod walk;

use leptos::prelude::*;
use view::{ChatId, Connection, DiscoveredTeam, Draft, HostState, HostUpdate, MemberRow, Stage};

pub use chats::{ChatEntry, Chats};
pub use files::Files;
pub use folders::Folders;
pub use kept::KeptEntries;
pub use navigation::{Dialog, InfoTab, Navigation, Panel};
pub use people::People;
pub use quiet::Quietness;
pub use themes::Themes;
pub use timeline::{Timeline, TimelineChange, TimelineEntry};
pub use toasts::{Toast, ToastKind, Toasts};

use crate::keys::Action;

/// Sums over all chats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unread {
    /// Unread messages.
    pub messages: u64,
    /// Unread mentions.
    pub mentions: u64,
}

/// Everything the screen shows.
#[derive(Clone, Copy)]
pub struct AppState {
    /// The host did not start: why.
    pub start_failure: RwSignal<Option<view::Failure>>,
    /// Which big screen shows.
    pub stage: RwSignal<Stage>,
    /// For the banner.
    pub connection: RwSignal<Connection>,
    /// How the person wants the app.
    pub preferences: RwSignal<view::Preferences>,
    /// The chat list.
    pub chats: Chats,
    /// Wishes about the interface that all own devices share.
    pub kept: KeptEntries,
    /// The folders of the chat list.
    pub folders: Folders,
    /// Themes that the person made.
    pub themes: Themes,
    /// When nothing is to be heard.
    pub quiet: Quietness,
    /// The open chat's messages.
    pub timeline: Timeline,
    /// The messages of the thread beside it.
    pub thread: Timeline,
    /// How many threads that one follows have something new.
    pub threads_unread: RwSignal<u32>,
    /// What one is reminded of; those that rang first.
    pub reminders: RwSignal<Vec<view::ReminderRow>>,
    /// How much of what concerns oneself is new.
    pub inbox_unread: RwSignal<u32>,
    /// What others see of oneself.
    pub privacy: RwSignal<view::Privacy>,
    /// How to reach oneself.
    pub contact: RwSignal<view::Contact>,
    /// What this device may do in encrypted chats, and own devices.
    pub devices: RwSignal<(view::DeviceStanding, Vec<view::DeviceRow>)>,
    /// Messages that are to be sent later, soonest first.
    pub scheduled: RwSignal<Vec<view::ScheduledRow>>,
    /// What the composer of a chat just opened shall hold.
    pub draft: RwSignal<Option<(ChatId, Draft)>>,
    /// The members of a chat, once asked for.
    pub members: RwSignal<Option<(ChatId, Vec<MemberRow>)>>,
    /// The freshest row of each person seen in a `Person` update.
    pub people: People,
    /// Sums over all chats.
    pub unread: RwSignal<Unread>,
    /// Host mode; `None` until told.
    pub host: RwSignal<Option<HostState>>,
    /// Teams seen on the network, while searching.
    pub found_teams: RwSignal<Vec<DiscoveredTeam>>,
    /// An invitation opened from outside, for the join screen.
    pub opened_link: RwSignal<Option<String>>,
    /// The teams of this app.
    pub teams: teams::Teams,
    /// The app lock.
    pub lock: RwSignal<view::LockState>,
    /// What is open where.
    pub nav: Navigation,
    /// The newest thing to notify of.
    pub notice: RwSignal<Option<view::Notice>>,
    /// Files: picked ones, and how far others have come.
    pub files: Files,
    /// How loud the host's microphone was last, counted up so that the same again is seen.
    pub level: RwSignal<(u64, u8)>,
    /// Messages that pass.
    pub toasts: Toasts,
    /// The last chord for the composer or the timeline, counted up so that a repeated one is seen.
    pub action: RwSignal<(u64, Option<Action>)>,
}

impl AppState {
    /// Everything empty; call inside an owner that lives as long as the page.
    pub fn new() -> Self {
        let kept = KeptEntries::new();
        Self {
            start_failure: RwSignal::new(None),
            stage: RwSignal::new(Stage::Starting),
            connection: RwSignal::new(Connection::Connecting),
            preferences: RwSignal::new(view::Preferences::default()),
            chats: Chats::new(),
            kept,
            folders: Folders::new(kept),
            themes: Themes::new(kept),
            quiet: Quietness::new(kept),
            timeline: Timeline::new(),
            thread: Timeline::new(),
            threads_unread: RwSignal::new(0),
            reminders: RwSignal::new(Vec::new()),
            inbox_unread: RwSignal::new(0),
            privacy: RwSignal::new(view::Privacy::default()),
            contact: RwSignal::new(view::Contact::default()),
            devices: RwSignal::new((view::DeviceStanding::Unknown, Vec::new())),
            scheduled: RwSignal::new(Vec::new()),
            draft: RwSignal::new(None),
            members: RwSignal::new(None),
            people: People::new(),
            unread: RwSignal::new(Unread::default()),
            host: RwSignal::new(None),
            found_teams: RwSignal::new(Vec::new()),
            opened_link: RwSignal::new(None),
            teams: teams::Teams::new(),
            lock: RwSignal::new(view::LockState::default()),
            nav: Navigation::new(),
            notice: RwSignal::new(None),
            files: Files::new(),
            level: RwSignal::new((0, 0)),
            toasts: Toasts::new(),
            action: RwSignal::new((0, None)),
        }
    }

    /// The state of this page, from the context.
    pub fn get() -> Self {
        expect_context()
    }

    /// As [`Self::get`], where there may be none: pages of the gallery.
    pub fn try_get() -> Option<Self> {
        use_context()
    }

    /// Oneself; tracks the stage.
    pub fn me(&self) -> Option<view::Me> {
        self.stage.with(|stage| if let Stage::Ready { me } = stage { Some(me.clone()) } else { None })
    }

    /// Applies one update of the host. Replies are the bridge's and do not come here.
    pub fn apply(&self, update: view::Update) {
        match update {
            view::Update::Stage { stage } => self.enter(stage),
            view::Update::Connection { connection } => {
                if matches!(connection, Connection::Online | Connection::Offline { .. }) {
                    // Whoever is in no chat waits for none.
                    self.chats.loaded.set(true);
                }
                set_if_new(self.connection, connection);
            }
            view::Update::Preferences { preferences } => set_if_new(self.preferences, preferences),
            view::Update::Chats { chats } => self.chats.reset(chats),
            view::Update::ChatChanged { chat, index } => self.chats.place(chat, index),
            view::Update::ChatRemoved { chat_id } => {
                self.chats.remove(&chat_id);
                self.nav.chat_gone(&chat_id);
            }
            view::Update::Timeline { chat_id, diffs } => self.timeline.apply(&chat_id, diffs),
            view::Update::Thread { chat_id, message_id, diffs } => {
                let shown = self.nav.thread.with_untracked(|open| {
                    open.as_ref().is_some_and(|(chat, root)| *chat == chat_id && *root == message_id)
                });
                if shown {
                    self.thread.apply(&chat_id, diffs);
                }
            }
            view::Update::Threads { unread } => set_if_new(self.threads_unread, unread),
            view::Update::Reminders { reminders } => set_if_new(self.reminders, reminders),
            view::Update::Inbox { unread } => set_if_new(self.inbox_unread, unread),
            view::Update::Privacy { privacy, contact } => {
                set_if_new(self.privacy, privacy);
                set_if_new(self.contact, contact);
            }
            view::Update::Scheduled { messages } => set_if_new(self.scheduled, messages),
            view::Update::TeamEmoji { emoji } => team_emoji::came(emoji),
            view::Update::TeamEmojiChanged { emoji } => team_emoji::changed(emoji),
            view::Update::Recording { level } => self.level.set((self.level.get_untracked().0 + 1, level)),
            view::Update::Devices { standing, devices } => set_if_new(self.devices, (standing, devices)),
            view::Update::Picked { files } => self.files.came(files),
            view::Update::Transfers { transfers } => self.files.reset(transfers),
            view::Update::Transfer { transfer } => self.files.moved(transfer),
            view::Update::OwnEmoji { emoji } => emoji::came(emoji),
            view::Update::Kept { entries } => self.kept.came(entries),
            view::Update::Draft { chat_id, draft } => self.draft.set(Some((chat_id, draft))),
            view::Update::Members { chat_id, members } => self.members.set(Some((chat_id, members))),
            view::Update::Person { person } => self.person_changed(person),
            view::Update::Unread { messages, mentions } => set_if_new(self.unread, Unread { messages, mentions }),
            view::Update::Notice { notice } => self.notice.set(Some(notice)),
            view::Update::Host { host } => self.host_changed(host),
            view::Update::Reply { .. } => {}
        }
    }

    fn enter(&self, stage: Stage) {
        if !matches!(stage, Stage::Ready { .. }) {
            self.chats.reset(Vec::new());
            self.chats.loaded.set(false);
            self.timeline.close();
            self.thread.close();
            self.threads_unread.set(0);
            self.inbox_unread.set(0);
            self.kept.clear();
            self.folders.open.set(None);
            self.nav.reset();
            self.people.clear();
            self.unread.set(Unread::default());
            self.members.set(None);
            self.draft.set(None);
            self.reminders.set(Vec::new());
            self.scheduled.set(Vec::new());
        }
        if matches!(stage, Stage::Locked { .. }) {
            // What passes may hold words of people.
            self.toasts.clear();
            self.notice.set(None);
        }
        let ready = matches!(stage, Stage::Ready { .. });
        set_if_new(self.stage, stage);
        if ready {
            self.arrived();
        }
    }

    fn person_changed(&self, person: view::PersonRow) {
        let mine = self.stage.with_untracked(|stage| matches!(stage, Stage::Ready { me } if me.person.id == person.id));
        if mine {
            self.stage.update(|stage| {
                if let Stage::Ready { me } = stage {
                    me.person = person.clone();
                }
            });
        }
        self.people.put(person);
    }

    fn host_changed(&self, host: HostUpdate) {
        match host {
            HostUpdate::State { state } => set_if_new(self.host, Some(state)),
            HostUpdate::Found { teams } => set_if_new(self.found_teams, teams),
            HostUpdate::LinkOpened { link } => self.opened_link.set(Some(link)),
            HostUpdate::OpenChat { chat_id, message_id, team } => self.open_in_team(team, chat_id, message_id),
            HostUpdate::Lock { lock } => set_if_new(self.lock, lock),
            HostUpdate::Teams { teams, open } => self.teams.came(teams, open),
        }
    }
}

impl Default for AppState {
    fn default() -> Self {
        Self::new()
    }
}

fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}
