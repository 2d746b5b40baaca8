//! What the host has of encrypted chats after a day's use: it looks into the database, the files, the log at its most talkative,
//! and the memory of the running server.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use client::KeySource;
use memchr::memmem::Finder;
use protocol::{ChatId, ChatKind, MessageId, Timestamp, UserId};
use testkit::{Headless, Screen, ServerProcess, TestDb, files_in, new_local_id, rows_of, times};
use view::{Command, Delivery, DeviceStanding, Draft, MessageContent, MessageRow, When};

use crate::encrypted::done;

/// Each secret text begins with it, each open one with the other.
const SECRET: &str = "тайна-кварц-";
const OPEN: &str = "известно-всем-";

/// A text as it may lie somewhere: plain, in UTF-16, in hexadecimal digits, in Base64, and escaped in JSON.
pub(crate) struct Traces(Vec<Finder<'static>>);

impl Traces {
    pub(crate) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        let mut forms = vec![bytes.to_vec(), utf16, hex.to_uppercase().into_bytes(), hex.into_bytes()];
        // What is ASCII is not escaped, so only the letters before the first of it are looked for.
        forms.push(escaped.split("\\u002d").next().unwrap_or_default().as_bytes().to_vec());
        for shift in 0..3 {
            let shifted = [&b"\0\0"[..shift], bytes].concat();
            let encoded = STANDARD_NO_PAD.encode(shifted);
            // The first and the last letters hold bits of what stands beside it.
            forms.push(encoded.as_bytes()[4..encoded.len() - 4].to_vec());
        }
        Self(forms.iter().map(|form| Finder::new(form).into_owned()).collect())
    }

    pub(crate) fn are_in(&self, bytes: &[u8]) -> bool {
        self.0.iter().any(|form| form.find(bytes).is_some())
    }
}

/// Every byte of a running process that can be read.
pub(crate) fn memory_of(pid: u32) -> Vec<u8> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let mut memory = File::open(format!("/proc/{pid}/mem")).unwrap();
    let mut bytes = Vec::new();
    for line in maps.lines() {
        let mut fields = line.split_whitespace();
        let (range, rights) = (fields.next().unwrap(), fields.next().unwrap());
        let (from, to) = range.split_once('-').unwrap();
        let [from, to] = [from, to].map(|end| u64::from_str_radix(end, 16).unwrap());
        let is_kernels = line.ends_with("[vvar]") || line.ends_with("[vsyscall]");
        if !rights.starts_with('r') || is_kernels || memory.seek(SeekFrom::Start(from)).is_err() {
            continue;
        }
        // What was given back meanwhile ends the part.
        let _ = (&mut memory).take(to - from).read_to_end(&mut bytes);
    }
    bytes
}

struct Day {
    apps: Vec<Headless>,
    chats: [ChatId; 2],
    secrets: usize,
    folder: tempfile::TempDir,
}

impl Day {
    /// Three people, a private chat of the first two, a group of all.
    async fn begin(server: &ServerProcess) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut apps = Vec::new();
        let mut ids = Vec::new();
        for name in ["alice", "bob", "carol"] {
            let app = Headless::start(&folder.path().join(name), KeySource::None).await;
            app.register(&server.addresses.http.to_string(), name).await;
            app.until("a device", |screen| screen.is_online() && screen.standing == DeviceStanding::Ready).await;
            ids.push(own_id(&app));
            apps.push(app);
        }
        let local_id = new_local_id();
        let group = Command::CreateChat {
            local_id,
            kind: ChatKind::Group,
            name: "Поход".to_owned(),
            description: String::new(),
            members: ids[1..].to_vec(),
            public: false,
            encrypted: true,
        };
        done(&apps[0], group).await;
        done(&apps[0], Command::OpenPrivate { user_id: ids[1] }).await;
        let chats = [ChatId::private(ids[0], ids[1]), ChatId::from(local_id)];
        for (app, chat) in [(0, 1), (1, 0), (1, 1), (2, 1)] {
            let known = |screen: &Screen| screen.chats.iter().any(|row| row.id == chats[chat] && row.encrypted);
            apps[app].until("the chat", known).await;
        }
        Self { apps, chats, secrets: 0, folder }
    }

    fn secret(&mut self) -> String {
        self.secrets += 1;
        format!("{SECRET}{:04}", self.secrets)
    }

    /// Somebody says something in one of the chats and does with it what people do.
    async fn act(&mut self, by: usize, chat: usize) {
        let chat_id = self.chats[chat].clone();
        let (said, better, answer, later, unsent) =
            (self.secret(), self.secret(), self.secret(), self.secret(), self.secret());
        let (name, content) = (self.secret(), self.secret());
        let app = &self.apps[by];
        let message_id = app.send(&chat_id, &said).await;
        let edit =
            Command::Edit { chat_id: chat_id.clone(), message_id: message_id.clone(), text: better, mentions: vec![] };
        done(app, edit).await;
        done(app, Command::SaveMessage { chat_id: chat_id.clone(), message_id: message_id.clone(), on: true }).await;
        let draft = |text: String| Draft { text, reply_to: Some(message_id.clone()) };
        let (local_id, mentions, thread) = (new_local_id(), Vec::new(), Some(message_id.clone()));
        done(app, Command::Send { chat_id: chat_id.clone(), local_id, draft: draft(answer), mentions, thread }).await;
        let when = When { at: Timestamp(4_000_000_000_000), zone: None, wall: None };
        let (local_id, mentions, thread) = (new_local_id(), Vec::new(), None);
        let (chat, draft_later) = (chat_id.clone(), draft(later));
        done(app, Command::Schedule { chat_id: chat, local_id, draft: draft_later, mentions, thread, when }).await;
        done(app, Command::SaveDraft { chat_id: chat_id.clone(), draft: draft(unsent.clone()) }).await;
        done(app, Command::Search { query: unsent, chat_id: Some(chat_id.clone()) }).await;
        let path = self.folder.path().join(name);
        std::fs::write(&path, content.repeat(300)).unwrap();
        app.send_files(&chat_id, "", &[path]).await;
    }

    /// All that was done is on the server, and each reads the others.
    async fn all_arrives(&mut self) {
        for (chat, people) in [(0, vec![0, 1]), (1, vec![0, 1, 2])] {
            let chat_id = self.chats[chat].clone();
            for person in &people {
                let app = &self.apps[*person];
                done(app, Command::OpenChat { chat_id: chat_id.clone() }).await;
                // It opens at the first unread one, and what comes then is not below it.
                done(app, Command::JumpToLatest { chat_id: chat_id.clone() }).await;
                app.load_all(&chat_id).await;
                app.until("all is sent", |screen| screen.timeline.iter().all(is_sent)).await;
            }
            for by in &people {
                let text = self.secret();
                let id = self.apps[*by].send(&chat_id, &text).await;
                for reader in &people {
                    self.apps[*reader].until(&text, |screen| shows(screen, &id, &text)).await;
                }
            }
        }
    }
}

fn is_sent(row: &MessageRow) -> bool {
    row.delivery != Some(Delivery::Queued)
}

fn shows(screen: &Screen, id: &MessageId, text: &str) -> bool {
    screen.message(id).is_some_and(|row| {
        row.delivery != Some(Delivery::Queued)
            && matches!(&row.content, MessageContent::Text { text: it } if it == text)
    })
}

fn own_id(app: &Headless) -> UserId {
    app.look(|screen| match &screen.stage {
        Some(view::Stage::Ready { me }) => me.person.id,
        other => panic!("{other:?}"),
    })
}

async fn a_days_use_leaves_nothing_readable(db: Option<TestDb>) {
    let secrets = times("HYBRID_PLAINTEXTS", 100, 1_000) as usize;
    let data = tempfile::tempdir().unwrap();
    let log = tempfile::NamedTempFile::new().unwrap();
    let url = db.as_ref().and_then(TestDb::server_url);
    let server = ServerProcess::start_talkative(data.path(), url, log.reopen().unwrap());
    let mut day = Day::begin(&server).await;
    let mut n = 0;
    while day.secrets < secrets {
        let chat = n % 2;
        day.act(n / 2 % (2 + chat), chat).await;
        n += 1;
    }
    day.all_arrives().await;
    // Last, so that it is where things are that were just said.
    let general = ChatId::general();
    done(&day.apps[1], Command::OpenChat { chat_id: general.clone() }).await;
    for n in 0..20 {
        let text = format!("{OPEN}{n}");
        let id = day.apps[0].send(&general, &text).await;
        day.apps[1].until(&text, |screen| shows(screen, &id, &text)).await;
    }

    let mut kept = match &db {
        Some(db) => rows_of(db).await,
        None => Vec::new(),
    };
    files_in(data.path(), &mut kept);
    let (memory, log) = (memory_of(server.pid()), std::fs::read(log.path()).unwrap());
    let (open, secret) = (Traces::of(OPEN), Traces::of(SECRET));
    assert!(open.are_in(&kept) && open.are_in(&memory), "the search itself works");
    assert!(memchr::memmem::find(&log, b"TRACE").is_some(), "it says all that it can say");
    for (place, bytes) in [("memory", memory), ("database and files", kept), ("log", log)] {
        assert!(!secret.are_in(&bytes), "its {place}, {} bytes", bytes.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_days_use_leaves_nothing_readable_in_database_files_log_and_memory_on_sqlite() {
    a_days_use_leaves_nothing_readable(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_days_use_leaves_nothing_readable_in_database_files_log_and_memory_on_postgres() {
    match TestDb::postgres() {
        Some(db) => a_days_use_leaves_nothing_readable(Some(db)).await,
        None => sql::testing::cluster::say_none(),
    }
}
