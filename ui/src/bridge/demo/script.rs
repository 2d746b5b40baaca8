//! What the demo's host answers to each command.

use view::rows::VersionRow;
use view::update::ReplyBody;
use view::*;

use super::hosting::{app_lock, host, invitation, lock, own_teams, running, teams};
use super::{Scene, cast, sealed, shown_files};
use crate::i18n::when::now;

/// Updates to say so many milliseconds later.
type Later = Vec<(u64, Vec<Update>)>;
/// The reply, what is said with it, what is said later.
type Told = (Result<ReplyBody, Failure>, Vec<Update>, Later);

/// The demo's memory.
pub struct Script {
    scene: Scene,
    preferences: Preferences,
    last_order: u64,
    scheduled: Vec<ScheduledRow>,
    reminders: Vec<ReminderRow>,
    open: Option<ChatId>,
}

impl Script {
    /// A host that shows this scene.
    pub fn new(scene: Scene) -> Self {
        let preferences = Preferences {
            language: scene.first_of(&["ru", "en"]).unwrap_or_default().into(),
            theme: scene
                .first_of(&["own:dusk", "light-contrast", "dark-contrast", "light", "dark"])
                .unwrap_or("system")
                .into(),
            density: match scene.first_of(&["compact", "roomy"]) {
                Some("compact") => Density::Compact,
                Some(_) => Density::Roomy,
                None => Density::Comfortable,
            },
            layout: match scene.first_of(&["lines", "bubbles"]) {
                Some("lines") => MessageLayout::Compact,
                Some(_) => MessageLayout::Bubbles,
                None => MessageLayout::Modern,
            },
            text_px: scene.first_of(&["21", "20", "12", "11"]).and_then(|px| px.parse().ok()).unwrap_or(14),
            ..Preferences::default()
        };
        let scheduled = if scene.has("scheduled") { cast::scheduled() } else { Vec::new() };
        let reminders = if scene.has("reminders") { reminders() } else { Vec::new() };
        Self { scene, preferences, last_order: 1_000, scheduled, reminders, open: None }
    }

    /// Answers one command.
    pub fn command(&mut self, command: Command) -> Told {
        let mut now = Vec::new();
        let mut later = Vec::new();
        let body = match command {
            Command::Start => {
                now = self.first_updates();
                ReplyBody::Done
            }
            Command::Unlock { passphrase } if passphrase.len() < 8 => {
                return (Err(Failure::WrongPassphrase), now, later);
            }
            Command::Probe { server: ServerTarget::Invitation { link } } if link.contains("wrong") => {
                return (Err(Failure::WrongPin), now, later);
            }
            Command::Probe { .. } => ReplyBody::ServerFound {
                name: "Маяк".into(),
                address: "192.168.1.20:8080".into(),
                invitation_required: true,
                pinned: true,
                fingerprint: "7F3A 91C2 04DE B86A".into(),
            },
            Command::Login { password, .. } if password == "wrong" => {
                return (Err(Failure::Refused { code: ErrorCode::InvalidCredentials }), now, later);
            }
            Command::Login { .. } | Command::Register { .. } | Command::Unlock { .. } => {
                self.scene = Scene::default();
                now = self.first_updates();
                ReplyBody::Done
            }
            Command::Logout => {
                now.push(welcome(true, None));
                ReplyBody::Done
            }
            Command::OpenChat { chat_id } | Command::JumpToLatest { chat_id } => {
                self.open = Some(chat_id.clone());
                now.extend(self.reset(chat_id, None));
                ReplyBody::Done
            }
            Command::JumpTo { chat_id, message_id } => {
                now.extend(self.reset(chat_id, Some(message_id)));
                ReplyBody::Done
            }
            Command::Send { chat_id, local_id, draft, .. } => {
                later = self.sent(chat_id, local_id, draft);
                ReplyBody::Done
            }
            Command::Schedule { chat_id, local_id, draft, mentions, thread, when } => {
                self.scheduled.retain(|row| row.id != local_id);
                self.scheduled.push(ScheduledRow {
                    id: local_id,
                    chat_title: cast::chats()
                        .into_iter()
                        .find(|chat| chat.id == chat_id)
                        .map_or_else(String::new, |chat| chat.title),
                    chat_id,
                    text: draft.text,
                    reply_to: draft.reply_to,
                    mentions,
                    thread,
                    when,
                    refused: None,
                    unsent: false,
                });
                self.scheduled.sort_by_key(|row| row.when.at);
                now.push(Update::Scheduled { messages: self.scheduled.clone() });
                ReplyBody::Done
            }
            Command::DropReminder { message_id } => {
                self.reminders.retain(|row| row.message.message_id != message_id);
                now.push(Update::Reminders { reminders: self.reminders.clone() });
                ReplyBody::Done
            }
            Command::DropScheduled { local_id } | Command::SendScheduled { local_id } => {
                self.scheduled.retain(|row| row.id != local_id);
                now.push(Update::Scheduled { messages: self.scheduled.clone() });
                ReplyBody::Done
            }
            Command::SetPreferences { preferences } => {
                self.preferences = preferences.clone();
                now.push(Update::Preferences { preferences });
                ReplyBody::Done
            }
            Command::OpenPrivate { user_id } => ReplyBody::Chat { chat_id: ChatId::private(UserId(1), user_id) },
            Command::CreateChat { .. } | Command::JoinChat { .. } => ReplyBody::Chat { chat_id: ChatId::general() },
            Command::ListMembers { .. } => ReplyBody::Members { members: cast::members() },
            Command::ListPeople { query } => ReplyBody::People {
                people: cast::people().into_iter().filter(|person| has(&person.name, &query)).collect(),
            },
            Command::ListInbox => ReplyBody::Inbox { rows: inbox() },
            Command::ListBlocked => {
                let number = if self.scene.has("blocked") { 2 } else { 0 };
                ReplyBody::People { people: cast::people().into_iter().take(number).collect() }
            }
            Command::ListChannels { query } => ReplyBody::Channels {
                channels: channels().into_iter().filter(|chat| has(&chat.title, &query)).collect(),
            },
            Command::ListPinned { .. } | Command::ListSaved | Command::ListMentions => {
                ReplyBody::Found { hits: found("") }
            }
            Command::ListShared { what, .. } => shown_files::shared(what, self.scene.has("files"), true),
            Command::FetchShared { what, .. } => shown_files::shared(what, self.scene.has("files"), false),
            Command::ListThreads => ReplyBody::Threads { threads: threads() },
            Command::OpenThread { chat_id, message_id } => {
                let rows = cast::thread();
                let position = TimelinePosition::End;
                let diffs = vec![TimelineDiff::Reset { rows, has_older: false, has_newer: false, position }];
                now.push(Update::Thread { chat_id, message_id, diffs });
                ReplyBody::Done
            }
            Command::ListReaders { .. } => ReplyBody::Readers { readers: sealed::readers() },
            Command::CompareCode { code, .. } => ReplyBody::Compared { check: sealed::compare(&code) },
            Command::Export { format, .. } => {
                ReplyBody::Exported { name: Some(format!("hybrid-messenger.{}", format.ending())) }
            }
            Command::MakeLinkCode => ReplyBody::Code { code: "7K2F-QW3E-9R5T-Y8NP-A4SD".into() },
            Command::MakeRecoveryKey => ReplyBody::Code { code: ["7K2FQ"; 13].join("-") },
            Command::EnterCode { code } if code.len() < 20 => {
                return (Err(Failure::WrongPassphrase), now, later);
            }
            Command::ListVoters { option, .. } => {
                let people = cast::people().into_iter().skip(option as usize * 2).take(2).collect();
                ReplyBody::Voters { people, next_cursor: (option == 0).then(|| "2".into()) }
            }
            Command::ListVersions { .. } => ReplyBody::Versions {
                versions: vec![VersionRow {
                    text: "Стенд обновляется, подождите.".into(), at: cast::ago(46)
                }],
            },
            Command::SearchServer { .. } => ReplyBody::FoundMore { hits: Vec::new(), next_cursor: Some("1".into()) },
            Command::Search { query, .. } => ReplyBody::Found { hits: found(&query) },
            Command::CreateInvitation { expires_in, uses_max, approval, .. } => {
                invitation(expires_in.unwrap_or(7 * 24 * 3_600), uses_max.unwrap_or(100), approval)
            }
            Command::AcceptInvitation { link } if link.contains("wrong") => {
                return (Err(Failure::Refused { code: ErrorCode::InvitationInvalid }), now, later);
            }
            Command::AcceptInvitation { .. } => ReplyBody::JoinRequested { title: "Бухгалтерия".into() },
            Command::ListJoinRequests { .. } => ReplyBody::JoinRequests {
                waiting: [(6, 3), (7, 190)]
                    .map(|(id, minutes)| rows::WaitingRow { person: cast::person(id), at: cast::ago(minutes) })
                    .into(),
            },
            Command::Host { host } => return self.host(host),
            _ => ReplyBody::Done,
        };
        (Ok(body), now, later)
    }

    /// What own devices share.
    fn kept(&self) -> Vec<Kept> {
        let mut kept = if self.scene.has("folders") { cast::folders() } else { Vec::new() };
        if self.scene.has("quiet") {
            let settings = notify::NotifySettings {
                quiet_on: true,
                quiet: vec![notify::Quiet { days: [true, true, true, true, true, false, false], ..Default::default() }],
                keywords: vec!["релиз".into(), "code review".into()],
                ..Default::default()
            };
            kept.push(Kept { key: notify::NOTIFY.into(), value: settings.value() });
        }
        if self.scene.has("themes") || self.scene.has("own:dusk") {
            kept.extend(cast::themes());
        }
        kept
    }

    fn first_updates(&self) -> Vec<Update> {
        let mut updates = vec![Update::Preferences { preferences: self.preferences.clone() }];
        let scene = |name| self.scene.has(name);
        if scene("loading") {
            return updates;
        } else if scene("welcome") {
            updates.push(welcome(true, None));
        } else if scene("browser") {
            updates.push(welcome(false, Some("Маяк".into())));
        } else if scene("host") {
            updates.push(welcome(true, None));
            updates.push(host(running()));
        } else if scene("elsewhere") {
            updates.push(Update::Stage { stage: Stage::Elsewhere });
        } else if scene("locked") || scene("new-lock") || scene("app-lock") {
            updates.push(Update::Stage { stage: Stage::Locked { new: scene("new-lock"), lock: scene("app-lock") } });
        } else if scene("keyring") {
            updates.push(Update::Stage { stage: Stage::KeyringClosed });
        } else {
            updates.extend(self.team());
        }
        updates
    }

    /// Everything that is told without being asked for, once more, and a notice.
    pub fn again(&self) -> Vec<Update> {
        let mut updates = self.first_updates();
        updates.extend(self.open.clone().and_then(|chat| self.reset(chat, None)));
        if let Some(hit) = found("").pop() {
            let SearchHit { chat_title, message_id, author, text, .. } = hit;
            let chat_id = cast::chats().pop().map_or_else(ChatId::general, |chat| chat.id);
            let (author, author_id) = (author.name, author.id);
            let (personal, reminder) = (true, false);
            let notice = Notice { chat_id, chat_title, message_id, author, author_id, text, personal, reminder };
            updates.push(Update::Notice { notice });
        }
        updates
    }

    fn team(&self) -> Vec<Update> {
        let me =
            Me { person: cast::person(1), team: "Маяк".into(), address: "192.168.1.20:8080".into(), hosting: true };
        let retry_at = Some(Timestamp(now().0 + 20_000));
        let connection = if self.scene.has("offline") {
            Connection::Offline { retry_at, waiting: 2, reason: Some(Failure::Unreachable) }
        } else if self.scene.has("catching-up") {
            Connection::CatchingUp
        } else {
            Connection::Online
        };
        let mut chats = if self.scene.has("empty") { Vec::new() } else { cast::chats() };
        if self.scene.has("blocked") {
            cast::block_bob(&mut [], &mut chats);
        }
        if self.scene.has("disappearing") {
            chats.iter_mut().take(2).for_each(|row| row.disappear_after = Some(86_400));
        }
        if self.scene.has("newcomer") {
            (chats[2].encrypted, chats[2].rights.past) = (true, true);
        }
        if self.scene.has("requests") {
            chats[2].join_requests = 2;
        }
        if self.scene.has("many") {
            cast::crowd(&mut chats);
        }
        let files = |word, files: fn() -> Vec<PickedRow>| if self.scene.has(word) { files() } else { Vec::new() };
        let transfers = if self.scene.has("files") { shown_files::transfers() } else { Vec::new() };
        vec![
            Update::Stage { stage: Stage::Ready { me } },
            app_lock(self.scene.has("lock-on"), 15),
            Update::Picked { files: files("tray", shown_files::picked) },
            Update::Transfers { transfers },
            Update::TeamEmoji { emoji: self.team_emoji() },
            Update::Connection { connection },
            Update::Chats { chats },
            Update::Unread { messages: 131, mentions: 1 },
            Update::Scheduled { messages: self.scheduled.clone() },
            Update::Kept { entries: self.kept() },
            Update::Reminders { reminders: self.reminders.clone() },
            Update::Inbox { unread: 2 },
            Update::Privacy {
                privacy: Privacy::default(),
                contact: Contact { email: "marina@example.com".into(), phone: String::new() },
            },
            Update::Devices {
                standing: if self.scene.has("unconfirmed") {
                    view::DeviceStanding::Unconfirmed
                } else {
                    view::DeviceStanding::Ready
                },
                devices: sealed::devices(),
            },
            host(running()),
            Update::Host { host: own_teams(self.scene.has("teams"), 0) },
        ]
    }

    fn team_emoji(&self) -> Vec<TeamEmoji> {
        match ["many", "stickers"].map(|word| self.scene.has(word)) {
            [true, _] => shown_files::many_emoji(),
            [_, true] => shown_files::team_emoji(),
            _ => Vec::new(),
        }
    }

    /// The open chat's messages; none in a quiet chat, and no answer at all while waiting.
    fn reset(&self, chat_id: ChatId, at: Option<MessageId>) -> Option<Update> {
        if self.scene.has("waiting-chat") {
            return None;
        }
        let mut rows = if self.scene.has("quiet-chat") { Vec::new() } else { cast::messages() };
        if self.scene.has("polls") {
            rows.extend(cast::polls(rows.len() as u64));
        }
        if self.scene.has("files") {
            rows.extend(shown_files::files(rows.len() as u64));
        }
        if self.scene.has("documents") {
            rows.extend(shown_files::documents(rows.len() as u64));
        }
        if self.scene.has("stickers") {
            rows.extend(shown_files::with_team_emoji(rows.len() as u64));
        }
        if self.scene.has("links") {
            rows.extend(shown_files::links(rows.len() as u64));
        }
        if self.scene.has("disappearing") {
            cast::disappearing(&mut rows);
        }
        if self.scene.has("newcomer") {
            sealed::sealed_before(&mut rows);
        }
        if self.scene.has("blocked") {
            cast::block_bob(&mut rows, &mut []);
        }
        if self.scene.has("offline") {
            rows.extend(cast::unsent(rows.len() as u64));
        }
        let unread = rows.len().checked_sub(3).map(|at| rows[at].id.clone());
        let position = match (at, unread) {
            (Some(id), _) => TimelinePosition::Message { id },
            (None, Some(id))
                if chat_id == ChatId::general()
                    && !["offline", "polls", "files", "documents", "stickers", "disappearing"]
                        .iter()
                        .any(|part| self.scene.has(part)) =>
            {
                TimelinePosition::FirstUnread { id }
            }
            _ => TimelinePosition::End,
        };
        let reset = TimelineDiff::Reset { rows, has_older: false, has_newer: false, position };
        Some(Update::Timeline { chat_id, diffs: vec![reset] })
    }

    /// Queued at once, sent and read a little later.
    fn sent(&mut self, chat_id: ChatId, local_id: LocalId, draft: Draft) -> Later {
        self.last_order += 1;
        let mut row = cast::message(self.last_order, 1, 0, &draft.text);
        row.id = MessageId::from(local_id);
        let steps = [(1, Delivery::Queued), (500, Delivery::Sent), (1200, Delivery::Delivered), (2200, Delivery::Read)];
        let mut say = |(ms, delivery)| {
            row.delivery = Some(delivery);
            let diffs = vec![TimelineDiff::Upsert { row: Box::new(row.clone()) }];
            (ms, vec![Update::Timeline { chat_id: chat_id.clone(), diffs }])
        };
        steps.into_iter().map(&mut say).collect()
    }

    fn host(&self, command: HostCommand) -> Told {
        let mut later = Vec::new();
        let body = match command {
            HostCommand::Start { .. } => {
                later.push((1, vec![host(HostState::Starting)]));
                later.push((900, vec![host(running())]));
                ReplyBody::Done
            }
            HostCommand::Stop => {
                later.push((1, vec![host(HostState::Stopped { name: "Маяк".into(), has_data: true })]));
                ReplyBody::Done
            }
            HostCommand::Search => {
                let teams = if self.scene.has("no-teams") { Vec::new() } else { teams() };
                later.push((400, vec![Update::Host { host: HostUpdate::Found { teams } }]));
                ReplyBody::Done
            }
            HostCommand::Invitation => invitation(7 * 24 * 3_600, 100, false),
            HostCommand::OpenTeam { id } => {
                let here = Update::Host { host: own_teams(true, id) };
                later.push((1, vec![Update::Stage { stage: Stage::Starting }]));
                later.push((40, self.team().into_iter().chain([here]).collect()));
                ReplyBody::Done
            }
            HostCommand::AddTeam => {
                later.push((1, vec![Update::Host { host: own_teams(true, 9) }, welcome(true, None)]));
                ReplyBody::Done
            }
            other => {
                let told = lock(&other);
                return (told.as_ref().map(|_| ReplyBody::Done).map_err(|why| *why), told.unwrap_or_default(), later);
            }
        };
        (Ok(body), Vec::new(), later)
    }
}

fn inbox() -> Vec<InboxRow> {
    let kinds = [
        InboxWhat::Mention,
        InboxWhat::Reaction { emoji: "🎉".into(), who: Box::new(cast::person(5)) },
        InboxWhat::Answer,
        InboxWhat::Thread { count: 4 },
        InboxWhat::Reminder,
        InboxWhat::Mention,
    ];
    let hits = found("").into_iter().cycle();
    let row = |(number, (what, message)): (usize, (InboxWhat, SearchHit))| InboxRow {
        what,
        message,
        at: cast::ago(20 * number as i64),
        unread: number < 2,
    };
    kinds.into_iter().zip(hits).enumerate().map(row).collect()
}

fn has(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

fn welcome(can_host: bool, here: Option<String>) -> Update {
    Update::Stage { stage: Stage::Welcome { can_host, here, session_ended: false } }
}

fn channels() -> Vec<ChatRow> {
    let mut channels: Vec<ChatRow> = cast::chats().into_iter().filter(|chat| chat.kind == ChatKind::Channel).collect();
    let mut other = channels[0].clone();
    other.id = ChatId::new("random").unwrap_or_else(ChatId::general);
    (other.title, other.description, other.role) = ("флудилка".into(), "Коты, мемы и пятница".into(), None);
    channels.push(other);
    channels
}

/// The one thread of the demo.
fn threads() -> Vec<ThreadRow> {
    let roots = cast::messages().into_iter().filter_map(|row| {
        let replies = row.replies.clone()?;
        let root = found("").into_iter().find(|hit| hit.message_id == row.id)?;
        Some(ThreadRow { root, replies })
    });
    roots.collect()
}

fn found(query: &str) -> Vec<SearchHit> {
    let hit = |row: MessageRow| {
        let MessageContent::Text { text } = &row.content else { return None };
        let at = text.to_lowercase().find(&query.to_lowercase()).filter(|at| text.is_char_boundary(*at))?;
        let highlights = vec![(at as u32, (at + query.len()) as u32)];
        let (chat_id, chat_title) = (ChatId::general(), "general".to_owned());
        Some(SearchHit {
            chat_id,
            chat_title,
            message_id: row.id,
            author: row.author,
            at: row.at,
            text: text.clone(),
            highlights,
        })
    };
    cast::messages().into_iter().rev().filter_map(hit).collect()
}

fn reminders() -> Vec<ReminderRow> {
    let row = |message: SearchHit, minutes: i64| ReminderRow {
        message,
        when: When { at: cast::ago(-minutes), zone: None, wall: None },
        rang: minutes < 0,
        unsent: minutes > 1_000,
    };
    found("").into_iter().zip([-4, 55, 60 * 20]).map(|(message, minutes)| row(message, minutes)).collect()
}
