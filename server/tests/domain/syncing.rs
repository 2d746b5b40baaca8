//! A client that loses, doubles and reorders events, and follows the rule for receiving, ends with what the server has.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use protocol::frame::{
    AddMember, Changes, ChatRef, EditMessage, Event, MemberRef, MessageAccepted, MessageRef, React, Reply, Request,
    SeqMark, UpdateChat, UpdateProfile,
};
use protocol::{ChatId, ErrorCode, Row, Scope};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::support::{Person, Team, text};

/// What a client has of a scope.
#[derive(Debug, Default, Clone, PartialEq)]
struct Have {
    rev: u64,
    rows: BTreeMap<String, Row>,
}

/// A client's copy of everything it may see.
#[derive(Default)]
struct Copy {
    scopes: BTreeMap<Scope, Have>,
    gaps: usize,
}

fn key(row: &Row) -> String {
    match row {
        Row::User(row) => format!("user {}", row.id),
        Row::Emoji(row) => format!("emoji {}", row.name),
        Row::Membership(row) => format!("membership {}", row.chat_id),
        Row::Item(row) => format!("item {}", row.key),
        Row::Chat(_) => "chat".to_owned(),
        Row::Member(row) => format!("member {}", row.user_id),
        Row::Message(row) => format!("message {:06}", row.seq),
        Row::Device(row) => format!("device:{}", row.id),
        Row::Admission(row) => format!("admission:{}:{}", row.chat_id, row.device_id),
        Row::Group(_) => "group".to_owned(),
        Row::Handshake(row) => format!("handshake:{}:{}", row.generation, row.epoch),
    }
}

impl Copy {
    fn apply(&mut self, scope: &Scope, row: Row) {
        if let Row::Membership(membership) = &row {
            let chat = Scope::Chat(membership.chat_id.clone());
            if membership.left {
                self.scopes.remove(&chat);
            } else {
                self.scopes.entry(chat).or_default();
            }
        }
        if let Some(have) = self.scopes.get_mut(scope) {
            have.rows.insert(key(&row), row);
        }
    }

    fn caught_up(&mut self, changes: Changes) {
        let Some(have) = self.scopes.get_mut(&changes.scope) else { return };
        if changes.snapshot {
            have.rows.clear();
        }
        have.rev = changes.to;
        for row in changes.rows {
            self.apply(&changes.scope, row);
        }
    }

    async fn sync(&mut self, person: &Person, scope: &Scope) {
        loop {
            let Some(have) = self.scopes.get(scope).map(|have| have.rev) else { return };
            match person.sync(scope.clone(), have).await {
                Ok(changes) => {
                    let done = changes.to == changes.head;
                    assert!(changes.rows.windows(2).all(|pair| pair[0].rev() < pair[1].rev()));
                    assert!(changes.snapshot || changes.rows.iter().all(|row| row.rev() > changes.from));
                    self.caught_up(changes);
                    if done {
                        return;
                    }
                }
                Err(error) => {
                    assert_eq!(error.code, ErrorCode::NotAMember);
                    self.scopes.remove(scope);
                    return;
                }
            }
        }
    }

    async fn sync_all(&mut self, person: &Person) {
        // Own memberships may open chats: those come after.
        for scope in [Scope::Team, Scope::User(person.id)] {
            self.scopes.entry(scope.clone()).or_default();
            self.sync(person, &scope).await;
        }
        for scope in self.scopes.keys().cloned().collect::<Vec<_>>() {
            self.sync(person, &scope).await;
        }
    }

    /// The rule for receiving; a gap is filled at once.
    async fn hear(&mut self, person: &Person, event: Event) {
        let (scope, row) = match event {
            Event::NewMessage { chat_id, message } => (Scope::Chat(chat_id), Row::Message(message)),
            Event::RowChanged { scope, row } => (scope, row),
            _ => return,
        };
        let Some(have) = self.scopes.get_mut(&scope) else { return };
        if row.rev() == have.rev + 1 {
            have.rev += 1;
            self.apply(&scope, row);
        } else if row.rev() > have.rev {
            self.gaps += 1;
            self.sync(person, &scope).await;
        }
    }
}

/// What a client that starts from nothing gets.
async fn truth(person: &Person) -> BTreeMap<Scope, Have> {
    let mut copy = Copy::default();
    copy.sync_all(person).await;
    copy.scopes
}

/// One of the many things that people do; refusals are part of life.
async fn something(rng: &mut StdRng, people: &[Person], chats: &mut Vec<ChatId>, said: &mut Vec<MessageAccepted>) {
    let actor = &people[rng.random_range(0..people.len())];
    let other = people[rng.random_range(0..people.len())].id;
    let chat_id = chats[rng.random_range(0..chats.len())].clone();
    let message = said.get(rng.random_range(0..said.len().max(1))).cloned();
    let request = match (rng.random_range(0..14), message) {
        (0, Some(m)) => Request::EditMessage(EditMessage {
            chat_id: m.chat_id,
            message_id: m.message_id,
            content: format!("edit {}", rng.random_range(0..100)),
            mentions: vec![other],
            encrypt_for_recipients: false,
        }),
        (1, Some(m)) => Request::DeleteMessage(MessageRef { chat_id: m.chat_id, message_id: m.message_id }),
        (2 | 3, Some(m)) => Request::React(React {
            chat_id: m.chat_id,
            message_id: m.message_id,
            emoji: ["👍", "❤️"][rng.random_range(0..2)].to_owned(),
            on: rng.random_bool(0.7),
        }),
        (4, _) => Request::Read(SeqMark { chat_id, seq: rng.random_range(0..20) }),
        (5, _) => Request::AddMember(AddMember { chat_id, user_id: other, role: None }),
        (6, _) => Request::RemoveMember(MemberRef { chat_id, user_id: other }),
        (7, _) => Request::LeaveChat(ChatRef { chat_id }),
        (8, _) => Request::UpdateChat(UpdateChat {
            chat_id,
            name: Some(format!("name {}", rng.random_range(0..9))),
            description: None,
            public: None,
            rights: None,
            disappear_after: None,
            encrypted: None,
        }),
        (9, _) => Request::UpdateProfile(UpdateProfile {
            display_name: None,
            bio: None,
            custom_status: Some(format!("busy {}", rng.random_range(0..9))),
            status: None,
        }),
        (10, _) if chats.len() < 6 => {
            let others: Vec<_> = people.iter().filter(|_| rng.random_bool(0.5)).map(|person| person.id).collect();
            chats.push(actor.group(&others).await);
            return;
        }
        (11, _) => Request::JoinChat(ChatRef { chat_id: ChatId::general() }),
        _ => Request::Message(text(&chat_id, &format!("say {}", rng.random_range(0..1000)))),
    };
    if let Ok(Reply::MessageAccepted(accepted)) = actor.ask(request).await {
        said.push(accepted);
    }
}

async fn life(team: &Team, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut people = vec![];
    for name in ["alice", "bob", "carol"] {
        people.push(team.person(&format!("{name}{seed}")).await);
    }
    let mut copies: Vec<Copy> = people.iter().map(|_| Copy::default()).collect();
    let mut late: Vec<Vec<Event>> = people.iter().map(|_| vec![]).collect();
    let mut chats =
        vec![ChatId::general(), people[0].private(people[1].id).await, people[0].group(&[people[2].id]).await];
    let mut said = vec![];
    for (copy, person) in copies.iter_mut().zip(&people) {
        copy.sync_all(person).await;
    }
    for _ in 0..120 {
        something(&mut rng, &people, &mut chats, &mut said).await;
        for n in 0..people.len() {
            if rng.random_bool(0.3) {
                continue;
            }
            let heard = people[n].heard_now();
            for event in heard {
                match rng.random_range(0..20) {
                    0 => {}
                    1 => late[n].push(event),
                    2 => {
                        copies[n].hear(&people[n], event.clone()).await;
                        copies[n].hear(&people[n], event).await;
                    }
                    _ => copies[n].hear(&people[n], event).await,
                }
            }
            if rng.random_bool(0.2) {
                for event in std::mem::take(&mut late[n]) {
                    copies[n].hear(&people[n], event).await;
                }
            }
        }
    }
    for (copy, person) in copies.iter_mut().zip(&people) {
        // A reconnect: what was not heard is fetched.
        copy.sync_all(person).await;
        let truth = truth(person).await;
        let scopes = |of: &BTreeMap<Scope, Have>| of.iter().map(|(s, h)| (s.clone(), h.rev)).collect::<Vec<_>>();
        assert_eq!(scopes(&copy.scopes), scopes(&truth), "seed {seed}");
        for (scope, have) in &truth {
            for (key, row) in &have.rows {
                // A chat's `last_seq` moves with every message, its row does not.
                let same = |row: &Row| match row {
                    Row::Chat(chat) => Row::Chat(protocol::Chat { last_seq: 0, ..chat.clone() }),
                    row => row.clone(),
                };
                assert_eq!(copy.scopes[scope].rows.get(key).map(same), Some(same(row)), "seed {seed}, {scope}, {key}");
            }
        }
    }
    assert!(copies.iter().map(|copy| copy.gaps).sum::<usize>() > 0, "seed {seed}: nothing was ever lost");
}

/// All that a client with `have` is told, page by page.
async fn rows_since(person: &Person, chat: &ChatId, mut have: u64) -> Vec<Row> {
    let mut rows = vec![];
    loop {
        let changes = person.sync(Scope::Chat(chat.clone()), have).await.unwrap();
        have = changes.to;
        rows.extend(changes.rows);
        if changes.to == changes.head {
            return rows;
        }
    }
}

sql::each_db! {
    async fn a_client_that_loses_events_ends_with_what_the_server_has(db: sql::Db) {
        let team = Team::new(db).await;
        for seed in 0..8 {
            life(&team, seed).await;
        }
    }

    async fn a_newcomer_gets_the_present_and_the_newest_page(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.group(&[bob.id]).await;
        for n in 0..60 {
            alice.post(&chat, &n.to_string()).await;
        }
        let changes = bob.sync(Scope::Chat(chat), 0).await.unwrap();
        assert!(changes.snapshot && changes.to == changes.head);
        let seqs: Vec<u64> = changes.rows.iter().filter_map(|row| match row {
            Row::Message(message) => Some(message.seq),
            _ => None,
        }).collect();
        assert_eq!(seqs, (12..=61).collect::<Vec<_>>());
        assert_eq!(changes.rows.iter().filter(|row| matches!(row, Row::Member(_))).count(), 2);
        assert_eq!(changes.rows.iter().filter(|row| matches!(row, Row::Chat(_))).count(), 1);
        assert_eq!(changes.receipts.len(), 2);
    }

    async fn a_long_absence_is_caught_up_in_frames_of_bounded_size(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.private(bob.id).await;
        let from = alice.post(&chat, "before").await.rev;
        for n in 0..450 {
            let content = if n % 20 == 0 { "long ".repeat(4_000) } else { n.to_string() };
            alice.post(&chat, &content).await;
        }
        let (mut have, mut seqs, mut frames) = (from, vec![], 0);
        loop {
            let changes = bob.sync(Scope::Chat(chat.clone()), have).await.unwrap();
            assert!(!changes.snapshot && changes.rows.len() <= 200);
            assert!(serde_json::to_string(&changes).unwrap().len() <= 70 * 1024);
            seqs.extend(changes.rows.iter().filter_map(|row| match row {
                Row::Message(message) => Some(message.seq),
                _ => None,
            }));
            frames += 1;
            have = changes.to;
            if changes.to == changes.head {
                break;
            }
        }
        assert_eq!(seqs, (2..=451).collect::<Vec<_>>());
        assert!(frames > 3);
    }

    async fn whatever_a_client_has_it_gets_just_the_rows_that_changed_since(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.private(bob.id).await;
        let mut rng = StdRng::seed_from_u64(7);
        let mut messages = vec![];
        for n in 0..400 {
            match rng.random_range(0..4) {
                // Long runs of changes between new messages, so that places and revisions drift apart.
                0 if n > 150 => {
                    for _ in 0..3 {
                        let message_id = messages[rng.random_range(0..messages.len())];
                        let id: protocol::MessageId = protocol::MessageId::from(message_id);
                        let edit = EditMessage { chat_id: chat.clone(), message_id: id, content: n.to_string(), mentions: vec![], encrypt_for_recipients: false };
                        alice.ask(Request::EditMessage(edit)).await.unwrap();
                    }
                }
                _ => {
                    let id = crate::support::local_id();
                    alice.post_as(id, text(&chat, &n.to_string())).await;
                    messages.push(id);
                }
            }
        }
        let all = rows_since(&bob, &chat, 1).await;
        let head = all.last().unwrap().rev();
        assert!(all.len() > 250 && head > all.len() as u64 + 100);
        for have in (2..=head).step_by(17).chain([head - 1, head]) {
            let expected: Vec<&Row> = all.iter().filter(|row| row.rev() > have).collect();
            assert_eq!(rows_since(&bob, &chat, have).await.iter().collect::<Vec<_>>(), expected, "since {have}");
        }
    }

    async fn a_client_ahead_of_a_restored_server_gets_the_present(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        for scope in [Scope::Team, Scope::User(alice.id), Scope::Chat(ChatId::general())] {
            let changes = alice.sync(scope.clone(), 1_000).await.unwrap();
            assert!(changes.snapshot && changes.to == changes.head && changes.head < 1_000, "{scope}");
            assert!(!changes.rows.is_empty());
        }
        let done = alice.sync(Scope::Team, 1).await.unwrap();
        assert!(!done.snapshot && done.rows.is_empty() && done.to == 1);
    }

    async fn several_scopes_are_answered_one_by_one_in_the_order_asked(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let mine = alice.group(&[]).await;
        let ask = |scope| protocol::frame::ScopeHave { scope, have: 0 };
        let scopes = vec![ask(Scope::Team), ask(Scope::Chat(mine)), ask(Scope::User(bob.id))];
        let answers = bob.ask_all(None, Request::Sync(protocol::frame::Sync { scopes })).await;
        assert!(matches!(&answers[0], Ok(Reply::Changes(changes)) if changes.scope == Scope::Team));
        assert_eq!(answers[1].as_ref().unwrap_err().code, ErrorCode::NotAMember);
        assert!(matches!(&answers[2], Ok(Reply::Changes(changes)) if changes.scope == Scope::User(bob.id)));
        let none = protocol::frame::Sync { scopes: vec![] };
        assert_eq!(bob.refused(Request::Sync(none)).await, ErrorCode::InvalidField);
        let many = protocol::frame::Sync { scopes: vec![ask(Scope::Team); 501] };
        assert_eq!(bob.refused(Request::Sync(many)).await, ErrorCode::InvalidField);
    }
}
