//! Encrypted chats: devices and their key packages, one commit for each epoch, welcomes to those who enter and to nobody
//! else; what is said there is sealed for the present group.

#![allow(clippy::unwrap_used, reason = "tests")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::mls::{
    Actor, Change, Cx, Device, Group, GroupId, Invitation, KeyPackage, KeyPackages, Me, MlsError, PersonKey, Plan,
    Policy, Retention, SCHEMA, Step, Suite,
};
use protocol::frame::{
    AddMember, ChatRef, Commit, CommitAccepted, Commits, CreateChat, DeviceRef, EditMessage, Event, HandPast, Keys,
    ListCommits, MemberRef, MessageRef, PostMessage, PublishKeys, PutItem, React, Reply, Request, UpdateChat,
};
use protocol::{
    About, Admission, Attach, ChatId, ChatKind, DeviceId, ErrorCode, FileId, Handshake, Item, Note, Rights, Role, Row,
    Scope, Timestamp, UserId,
};
use sql::{Migration, Store, StoreLocation};

use crate::files::info;
use crate::support::{Person, Team, local_id, text};

/// Everybody is known, everything allowed: what is tested is the server.
struct Trusting;

impl Policy for Trusting {
    fn knows(&self, _: &Device) -> bool {
        true
    }

    fn allows(&self, _: &Actor, _: &Step) -> bool {
        true
    }
}

/// A device: its keys, and the person whose it is.
pub struct Phone {
    store: Store,
    id: DeviceId,
    person: String,
}

impl Phone {
    fn of(user: UserId, person: &PersonKey) -> Self {
        let mut store = Store::open(&StoreLocation::Memory, None).unwrap();
        store.write(|tx| sql::migrate(tx, &[Migration::shared(1, "mls", SCHEMA)])).unwrap();
        let me = store.write(|tx| Me::create(&mut cx(tx, &mut rand::rng()), user, person)).unwrap().device();
        let id = me.id.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        Self { store, id: DeviceId::new(id).unwrap(), person: URL_SAFE_NO_PAD.encode(me.person.0) }
    }

    fn step<T>(&mut self, work: impl FnOnce(&mut Cx<'_, '_>, &Me) -> Result<T, MlsError>) -> T {
        let mut rng = rand::rng();
        self.store
            .write(|tx| {
                let mut cx = cx(tx, &mut rng);
                let me = Me::load(&mut cx)?.unwrap();
                work(&mut cx, &me)
            })
            .unwrap()
    }

    fn publishing(&mut self, keys: u32) -> PublishKeys {
        let (keys, last) = self.step(|cx, me| {
            let keys = KeyPackages::make(cx, me, Suite::Classic, keys)?;
            Ok((keys, KeyPackages::make_last_resort(cx, me, Suite::Classic)?))
        });
        PublishKeys {
            device_id: self.id.clone(),
            person: self.person.clone(),
            keys: keys.into_iter().map(|key| URL_SAFE_NO_PAD.encode(key)).collect(),
            last_resort: Some(URL_SAFE_NO_PAD.encode(last)),
            reset: false,
        }
    }

    fn create(&mut self, chat: &ChatId, generation: u32) {
        let plan =
            Plan { id: group(chat, generation), suite: Suite::Classic, retention: Retention::CHOSEN, server: None };
        self.step(|cx, me| Group::create(cx, me, &plan).map(drop));
    }

    /// A commit that adds these, or only renews the own key.
    pub fn commit(&mut self, chat: &ChatId, generation: u32, add: &Keys) -> Commit {
        let id = group(chat, generation);
        let made = self.step(|cx, me| {
            let mut group = Group::load(cx, &id)?.unwrap();
            let packages =
                add.keys.iter().map(|key| KeyPackage::parse(cx, &URL_SAFE_NO_PAD.decode(&key.content).unwrap()));
            let packages: Vec<_> = packages.collect::<Result<_, _>>()?;
            let change = if packages.is_empty() { Change::refresh() } else { Change::add(packages) };
            group.commit(cx, me, change)
        });
        Commit {
            chat_id: chat.clone(),
            device_id: self.id.clone(),
            generation,
            epoch: made.epoch,
            content: URL_SAFE_NO_PAD.encode(made.commit),
            welcome: made.welcome.map(|welcome| URL_SAFE_NO_PAD.encode(welcome)),
            added: add.keys.iter().map(|key| key.device_id.clone()).collect(),
            removed: Vec::new(),
        }
    }

    pub fn confirm(&mut self, commit: &Commit) {
        let bytes = URL_SAFE_NO_PAD.decode(&commit.content).unwrap();
        let id = group(&commit.chat_id, commit.generation);
        self.step(|cx, _| Group::load(cx, &id)?.unwrap().confirm(cx, &bytes));
    }

    fn join(&mut self, admission: &Admission) {
        let welcome = URL_SAFE_NO_PAD.decode(&admission.content).unwrap();
        self.step(|cx, _| {
            Invitation::parse(&welcome)?.open(cx, Retention::CHOSEN)?.verify(cx, &Trusting)?.join(cx).map(drop)
        });
    }

    pub fn seal(&mut self, chat: &ChatId, generation: u32, said: &str) -> String {
        let id = group(chat, generation);
        let sealed = self.step(|cx, me| Group::load(cx, &id)?.unwrap().seal(cx, me, said.as_bytes(), b""));
        URL_SAFE_NO_PAD.encode(sealed)
    }
}

fn cx<'a, 'c>(tx: &'a mut sql::Tx<'c>, rng: &'a mut rand::rngs::ThreadRng) -> Cx<'a, 'c> {
    Cx { tx, now: Timestamp(0), rng }
}

fn group(chat: &ChatId, generation: u32) -> GroupId {
    GroupId::new(format!("{chat}/{generation}")).unwrap()
}

async fn publish(person: &Person, phone: &mut Phone, keys: u32) -> protocol::Device {
    match person.ask(Request::PublishKeys(phone.publishing(keys))).await.unwrap() {
        Reply::DeviceState { device } => device,
        other => panic!("{other:?}"),
    }
}

pub async fn claim(person: &Person, chat: &ChatId) -> Keys {
    match person.ask(Request::ClaimKeys(ChatRef { chat_id: chat.clone() })).await.unwrap() {
        Reply::Keys(keys) => keys,
        other => panic!("{other:?}"),
    }
}

pub async fn accepted(person: &Person, commit: &Commit) -> CommitAccepted {
    match person.ask(Request::Commit(commit.clone())).await.unwrap() {
        Reply::CommitAccepted(accepted) => accepted,
        other => panic!("{other:?}"),
    }
}

pub fn sealed(chat: &ChatId, content: String) -> protocol::frame::PostMessage {
    protocol::frame::PostMessage { content, encrypt_for_recipients: true, ..text(chat, "") }
}

async fn rows(person: &Person, scope: Scope, have: u64) -> Vec<Row> {
    person.sync(scope, have).await.unwrap().rows
}

async fn state(person: &Person, chat: &ChatId) -> protocol::Group {
    let rows = rows(person, Scope::Chat(chat.clone()), 1).await;
    rows.into_iter().find_map(|row| if let Row::Group(group) = row { Some(group) } else { None }).unwrap()
}

async fn items(person: &Person) -> Vec<Item> {
    let rows = rows(person, Scope::User(person.id), 0).await;
    rows.into_iter().filter_map(|row| if let Row::Item(item) = row { Some(item) } else { None }).collect()
}

async fn admissions(person: &Person) -> Vec<Admission> {
    let rows = rows(person, Scope::User(person.id), 0).await;
    rows.into_iter().filter_map(|row| if let Row::Admission(row) = row { Some(row) } else { None }).collect()
}

fn commits(rows: &[Row]) -> Vec<&Handshake> {
    rows.iter().filter_map(|row| if let Row::Handshake(row) = row { Some(row) } else { None }).collect()
}

/// Alice and bob with a device each, and alice's group for their private chat accepted.
pub struct Couple {
    pub team: Team,
    pub alice: Person,
    pub bob: Person,
    pub hers: Phone,
    pub his: Phone,
    pub chat: ChatId,
}

impl Couple {
    async fn new(db: sql::Db) -> Self {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let mut hers = Phone::of(alice.id, &PersonKey::new(&mut rand::rng()));
        let mut his = Phone::of(bob.id, &PersonKey::new(&mut rand::rng()));
        publish(&alice, &mut hers, 3).await;
        publish(&bob, &mut his, 3).await;
        let chat = alice.private(bob.id).await;
        Self { team, alice, bob, hers, his, chat }
    }

    pub async fn together(db: sql::Db) -> Self {
        let mut couple = Self::new(db).await;
        couple.hers.create(&couple.chat, 1);
        let mut keys = claim(&couple.alice, &couple.chat).await;
        keys.keys.retain(|key| key.user_id == couple.bob.id);
        let commit = couple.hers.commit(&couple.chat, 1, &keys);
        accepted(&couple.alice, &commit).await;
        couple.hers.confirm(&commit);
        couple.his.join(&admissions(&couple.bob).await[0]);
        couple
    }
}

sql::each_db! {
    async fn the_first_commit_makes_a_private_chat_encrypted_and_lets_the_other_in(db: sql::Db) {
        let mut c = Couple::new(db).await;
        c.alice.post(&c.chat, "written before").await;
        let have = c.bob.sync(Scope::Chat(c.chat.clone()), 0).await.unwrap().head;
        let keys = claim(&c.alice, &c.chat).await;
        assert_eq!((keys.generation, keys.keys.len(), keys.more, keys.without.len()), (0, 2, false, 0));
        c.hers.create(&c.chat, 1);
        let others = Keys { keys: keys.keys.into_iter().filter(|key| key.user_id == c.bob.id).collect(), ..keys };
        let commit = c.hers.commit(&c.chat, 1, &others);
        let done = accepted(&c.alice, &commit).await;
        assert_eq!((done.generation, done.epoch, done.rev), (1, 1, have + 1));
        c.hers.confirm(&commit);
        // The other's device finds the welcome in its own scope, and everything else in the chat's.
        let admitted = admissions(&c.bob).await;
        assert_eq!((admitted.len(), &admitted[0].device_id, admitted[0].epoch), (1, &c.his.id, 1));
        c.his.join(&admitted[0]);
        let told = rows(&c.bob, Scope::Chat(c.chat.clone()), have).await;
        assert!(matches!(&told[..], [Row::Handshake(commit), Row::Chat(chat), Row::Group(group)]
            if commit.epoch == 0 && commit.sender_id == c.alice.id && chat.encrypted && group.epoch == 1
                && group.missing.is_empty() && group.surplus.is_empty()), "{told:?}");
        let said = c.his.seal(&c.chat, 1, "Привет");
        let posted = c.bob.post_as(local_id(), sealed(&c.chat, said.clone())).await;
        let message = c.alice.message(&c.chat, posted.seq).await;
        assert_eq!((message.content, message.sealed, message.content_rev), (said, true, Some(posted.rev)));
        assert_eq!(c.alice.refused(Request::Message(text(&c.chat, "clear"))).await, ErrorCode::PlaintextRefused);
        assert_eq!(c.alice.message(&c.chat, 1).await.content, "written before");
    }

    async fn a_file_that_is_not_sealed_does_not_come_into_an_encrypted_chat_and_its_members_read_one_that_is(db: sql::Db) {
        let mut c = Couple::together(db).await;
        let (open, closed) = (c.team.file(&c.alice, "план.png").await, c.team.sealed_file(&c.alice).await);
        let post = |content: String, id: &FileId| PostMessage {
            attachments: vec![Attach { file_id: id.clone(), about: About::default() }], ..sealed(&c.chat, content)
        };
        let (first, second) = (c.hers.seal(&c.chat, 1, "план"), c.hers.seal(&c.chat, 1, "план"));
        assert_eq!(c.alice.refused(Request::Message(post(first, &open))).await, ErrorCode::PlaintextRefused);
        assert_eq!(info(&c.bob, &closed).await, Err(ErrorCode::NotFound));
        let posted = c.alice.post_as(local_id(), post(second, &closed)).await;
        let file = info(&c.bob, &closed).await.unwrap();
        assert_eq!((file.name.as_str(), file.mime_type.as_str(), file.encrypted), ("sealed", "application/octet-stream", true));

        // Said again in the clear, it has the files that the post brings.
        let message = c.bob.message(&c.chat, posted.seq).await;
        let brought = c.team.file(&c.bob, "план.png").await;
        let again = PostMessage {
            forward_of: Some(MessageRef { chat_id: c.chat.clone(), message_id: message.id }),
            attachments: vec![Attach { file_id: brought.clone(), about: About::default() }],
            ..text(&ChatId::general(), "план")
        };
        let posted = c.bob.post_as(local_id(), again).await;
        let said = c.bob.message(&ChatId::general(), posted.seq).await;
        assert_eq!(said.attachments.iter().map(|one| &one.file.id).collect::<Vec<_>>(), [&brought]);
        assert!(said.forwarded.is_some());
    }

    async fn of_two_commits_in_one_epoch_the_first_wins_and_the_other_changes_nothing(db: sql::Db) {
        let mut c = Couple::together(db).await;
        let none = Keys { keys: vec![], ..claim(&c.alice, &c.chat).await };
        let (hers, his) = (c.hers.commit(&c.chat, 1, &none), c.his.commit(&c.chat, 1, &none));
        let id = local_id();
        let first = c.bob.ask_as(Some(id), Request::Commit(his.clone())).await.unwrap();
        let before = c.team.fingerprint().await;
        assert_eq!(c.alice.refused(Request::Commit(hers)).await, ErrorCode::StaleEpoch);
        // Asked again because the answer got lost: the same answer.
        assert_eq!(c.bob.ask_as(Some(id), Request::Commit(his.clone())).await.unwrap(), first);
        assert_eq!(c.bob.refused(Request::Commit(his)).await, ErrorCode::StaleEpoch);
        assert_eq!(c.team.fingerprint().await, before);
        let listed = ListCommits { chat_id: c.chat.clone(), generation: 1, from_epoch: 1 };
        match c.alice.ask(Request::ListCommits(listed)).await.unwrap() {
            Reply::Commits(Commits { commits, more: false, .. }) => {
                assert_eq!((commits.len(), commits[0].epoch, commits[0].sender_id), (1, 1, c.bob.id));
            }
            other => panic!("{other:?}"),
        }
    }

    async fn a_key_package_is_given_once_and_the_last_one_again_and_again(db: sql::Db) {
        let mut c = Couple::new(db).await;
        let (carol, dave) = (c.team.person("carol").await, c.team.person("dave").await);
        let mut seen = std::collections::BTreeSet::new();
        for other in [&c.alice, &carol, &dave] {
            let chat = other.private(c.bob.id).await;
            let of_bob = |keys: Keys| keys.keys.into_iter().find(|key| key.user_id == c.bob.id).unwrap().content;
            let key = of_bob(claim(other, &chat).await);
            assert_eq!(key, of_bob(claim(other, &chat).await), "for one chat the same until it is used");
            assert!(seen.insert(key), "given twice");
        }
        let left = c.bob.hear(|event| match event {
            Event::RowChanged { row: Row::Device(device), .. } if device.keys_left == 0 => Some(device.keys_left),
            _ => None,
        }).await;
        assert_eq!(left, 0);
        let group = carol.encrypted_group(&[c.bob.id]).await;
        let more = dave.encrypted_group(&[c.bob.id]).await;
        let key = claim(&carol, &group).await.keys[0].content.clone();
        assert_eq!(key, claim(&dave, &more).await.keys[0].content, "the one of last resort");
        assert!(!seen.contains(&key));
        let device = publish(&c.bob, &mut c.his, 5).await;
        assert_eq!(device.keys_left, 5);
        assert_ne!(claim(&dave, &dave.encrypted_group(&[c.bob.id]).await).await.keys[0].content, key);
    }

    async fn what_is_sealed_for_another_group_or_an_old_epoch_is_refused(db: sql::Db) {
        let mut c = Couple::together(db).await;
        let old = c.his.seal(&c.chat, 1, "old");
        for junk in ["!", "AAAA", &c.hers.publishing(1).keys[0]] {
            assert_eq!(c.bob.refused(Request::Message(sealed(&c.chat, junk.to_owned()))).await, ErrorCode::InvalidField);
        }
        let none = Keys { keys: vec![], ..claim(&c.alice, &c.chat).await };
        for _ in 0..5 {
            let commit = c.hers.commit(&c.chat, 1, &none);
            accepted(&c.alice, &commit).await;
            c.hers.confirm(&commit);
        }
        let late = c.his.seal(&c.chat, 1, "five epochs ago");
        c.bob.post_as(local_id(), sealed(&c.chat, late)).await;
        let commit = c.hers.commit(&c.chat, 1, &none);
        accepted(&c.alice, &commit).await;
        assert_eq!(c.bob.refused(Request::Message(sealed(&c.chat, old))).await, ErrorCode::StaleEpoch);
        // A commit is no message, and a message of a group that nobody told the server of is none of this chat's.
        c.hers.create(&ChatId::general(), 9);
        let commit = c.hers.commit(&ChatId::general(), 9, &none);
        assert_eq!(c.alice.refused(Request::Message(sealed(&c.chat, commit.content))).await, ErrorCode::InvalidField);
    }

    async fn an_edit_is_sealed_anew_and_a_reaction_leaves_the_content_where_it_was(db: sql::Db) {
        let mut c = Couple::together(db).await;
        let said = c.hers.seal(&c.chat, 1, "one");
        let posted = c.alice.post_as(local_id(), sealed(&c.chat, said)).await;
        let react = React { chat_id: c.chat.clone(), message_id: posted.message_id.clone(), emoji: "👍".to_owned(), on: true };
        c.bob.ask(Request::React(react)).await.unwrap();
        let message = c.bob.message(&c.chat, posted.seq).await;
        assert_eq!((message.content_rev, message.rev), (Some(posted.rev), posted.rev + 1));
        let edit = |content: String, sealed: bool| Request::EditMessage(EditMessage {
            chat_id: c.chat.clone(),
            message_id: posted.message_id.clone(),
            content,
            mentions: vec![],
            encrypt_for_recipients: sealed,
        });
        assert_eq!(c.alice.refused(edit("clear".to_owned(), false)).await, ErrorCode::PlaintextRefused);
        let anew = c.hers.seal(&c.chat, 1, "two");
        c.alice.ask(edit(anew.clone(), true)).await.unwrap();
        let message = c.bob.message(&c.chat, posted.seq).await;
        assert_eq!((message.content, message.content_rev), (anew, Some(message.rev)));
    }

    async fn a_device_that_goes_is_to_be_removed_and_one_that_comes_is_to_be_added(db: sql::Db) {
        let mut c = Couple::together(db).await;
        let person = PersonKey::new(&mut rand::rng());
        let tablet = c.team.online(c.bob.id).await;
        let mut second = Phone::of(c.bob.id, &person);
        // A second device has the person's key, or is none.
        let other = tablet.ask(Request::PublishKeys(second.publishing(1))).await.unwrap_err();
        assert_eq!(other.code, ErrorCode::OtherPersonKey);
        second.person.clone_from(&c.his.person);
        publish(&tablet, &mut second, 1).await;
        let now = state(&c.alice, &c.chat).await;
        assert_eq!((now.missing.len(), &now.missing[0].device_id, now.epoch), (1, &second.id, 1));
        let stranger = c.team.person("mallory").await;
        let chat = ChatRef { chat_id: c.chat.clone() };
        assert_eq!(stranger.refused(Request::ClaimKeys(chat)).await, ErrorCode::NotAMember);
        let not_his = DeviceRef { device_id: second.id.clone() };
        assert_eq!(c.alice.refused(Request::RemoveDevice(not_his)).await, ErrorCode::NotFound);
        let first = DeviceRef { device_id: c.his.id.clone() };
        tablet.ask(Request::RemoveDevice(first)).await.unwrap();
        let now = state(&c.alice, &c.chat).await;
        assert_eq!((now.missing.len(), now.surplus.len(), &now.surplus[0].device_id), (1, 1, &c.his.id));
        // It was removed: it is no device of anyone's any more.
        let mut commit = c.his.commit(&c.chat, 1, &Keys { keys: vec![], ..claim(&c.alice, &c.chat).await });
        assert_eq!(c.bob.refused(Request::Commit(commit.clone())).await, ErrorCode::Forbidden);
        commit.device_id = c.hers.id.clone();
        assert_eq!(c.bob.refused(Request::Commit(commit)).await, ErrorCode::Forbidden);
        assert_eq!(c.bob.ask(Request::PublishKeys(c.his.publishing(1))).await.unwrap_err().code, ErrorCode::IdTaken);
    }

    async fn who_lost_the_key_begins_anew_with_one_device_and_the_next_group(db: sql::Db) {
        let mut c = Couple::together(db).await;
        let mut fresh = Phone::of(c.bob.id, &PersonKey::new(&mut rand::rng()));
        let anew = PublishKeys { reset: true, ..fresh.publishing(2) };
        c.bob.ask(Request::PublishKeys(anew)).await.unwrap();
        let now = state(&c.alice, &c.chat).await;
        assert_eq!((now.missing.len(), now.surplus.len()), (1, 1));
        fresh.create(&c.chat, 2);
        let mut keys = claim(&c.bob, &c.chat).await;
        keys.keys.retain(|key| key.user_id == c.alice.id);
        // Hers is in the old group: only the next generation has none of them.
        assert!(keys.keys.is_empty());
        let commit = fresh.commit(&c.chat, 2, &keys);
        assert_eq!(accepted(&c.bob, &commit).await.epoch, 1);
        let now = state(&c.alice, &c.chat).await;
        assert_eq!((now.generation, now.epoch, &now.missing[0].device_id), (2, 1, &c.hers.id));
        let old = c.hers.seal(&c.chat, 1, "to the old group");
        assert_eq!(c.alice.refused(Request::Message(sealed(&c.chat, old))).await, ErrorCode::StaleEpoch);
    }

    async fn a_group_is_encrypted_from_its_beginning_and_follows_its_members(db: sql::Db) {
        let mut c = Couple::together(db).await;
        let carol = c.team.person("carol").await;
        let group = c.alice.encrypted_group(&[c.bob.id]).await;
        // Before its first commit it takes neither clear words nor sealed ones.
        assert_eq!(c.alice.refused(Request::Message(text(&group, "clear"))).await, ErrorCode::PlaintextRefused);
        let of_another = c.hers.seal(&c.chat, 1, "too early");
        assert_eq!(c.alice.refused(Request::Message(sealed(&group, of_another))).await, ErrorCode::StaleEpoch);
        c.hers.create(&group, 1);
        let keys = claim(&c.alice, &group).await;
        let others = Keys { keys: keys.keys.into_iter().filter(|key| key.user_id == c.bob.id).collect(), ..keys };
        let commit = c.hers.commit(&group, 1, &others);
        accepted(&c.alice, &commit).await;
        c.hers.confirm(&commit);
        let said = c.hers.seal(&group, 1, "all of us");
        c.alice.post_as(local_id(), sealed(&group, said)).await;
        assert!(state(&c.alice, &group).await.missing.is_empty());
        // Who is added is missing with their devices; who goes is surplus.
        let mut third = Phone::of(carol.id, &PersonKey::new(&mut rand::rng()));
        publish(&carol, &mut third, 1).await;
        let add = AddMember { chat_id: group.clone(), user_id: carol.id, role: None };
        c.bob.ask(Request::AddMember(add)).await.unwrap();
        assert_eq!(state(&c.alice, &group).await.missing[0].device_id, third.id);
        c.bob.ask(Request::LeaveChat(ChatRef { chat_id: group.clone() })).await.unwrap();
        assert_eq!(state(&c.alice, &group).await.surplus[0].device_id, c.his.id);
        let keys = claim(&c.alice, &group).await;
        let mut commit = c.hers.commit(&group, 1, &keys);
        commit.removed = vec![c.his.id.clone()];
        accepted(&c.alice, &commit).await;
        c.hers.confirm(&commit);
        let now = state(&c.alice, &group).await;
        assert!(now.missing.is_empty() && now.surplus.is_empty() && now.epoch == 2);
        let welcomed = admissions(&carol).await;
        assert!(welcomed.iter().any(|admission| admission.chat_id == group && admission.epoch == 2));
    }

    async fn an_admin_makes_an_open_group_encrypted_and_nobody_takes_it_back(db: sql::Db) {
        let mut c = Couple::together(db).await;
        let group = c.alice.group(&[c.bob.id]).await;
        c.bob.post(&group, "in the clear").await;
        let change = |chat_id: &ChatId, encrypted: bool| Request::UpdateChat(UpdateChat {
            chat_id: chat_id.clone(), name: None, description: None, public: None, rights: None, disappear_after: None,
            encrypted: Some(encrypted),
        });
        // No member's device does it by beginning a group, and no member by asking.
        c.his.create(&group, 1);
        let none = Keys { keys: vec![], ..claim(&c.bob, &c.chat).await };
        let begins = c.his.commit(&group, 1, &none);
        assert_eq!(c.bob.refused(Request::Commit(begins.clone())).await, ErrorCode::Forbidden);
        assert_eq!(c.bob.refused(change(&group, true)).await, ErrorCode::Forbidden);
        assert_eq!(c.alice.refused(change(&group, false)).await, ErrorCode::InvalidField);
        let chat = c.alice.chat_state(change(&group, true)).await;
        assert!(chat.encrypted);
        let note = c.bob.message(&group, chat.last_seq).await;
        assert_eq!(note.content, serde_json::to_string(&Note::Encrypted { by: c.alice.id }).unwrap());
        assert_eq!(c.bob.refused(Request::Message(text(&group, "clear"))).await, ErrorCode::PlaintextRefused);
        accepted(&c.bob, &begins).await;
        assert_eq!(c.alice.refused(change(&group, false)).await, ErrorCode::InvalidField);
        assert_eq!(c.bob.message(&group, 2).await.content, "in the clear");
        // Channels and private chats are not made so.
        let channel = c.alice.chat(ChatKind::Channel, "news", &[], false).await.id;
        assert_eq!(c.alice.refused(change(&channel, true)).await, ErrorCode::InvalidField);
        assert_eq!(c.alice.refused(change(&c.chat, true)).await, ErrorCode::Forbidden);
        let sealed_channel = CreateChat {
            chat_type: ChatKind::Channel, name: "x".to_owned(), description: String::new(), members: vec![], public: false,
            encrypted: true,
        };
        assert_eq!(c.alice.refused(Request::CreateChat(sealed_channel)).await, ErrorCode::InvalidField);
    }

    async fn the_past_is_handed_to_newcomers_where_the_group_lets_them_have_it(db: sql::Db) {
        let c = Couple::together(db).await;
        let carol = c.team.person("carol").await;
        let group = c.alice.encrypted_group(&[c.bob.id]).await;
        let part = |to: UserId, key: &str, value: &str| Request::HandPast(HandPast {
            chat_id: group.clone(), user_id: to, key: key.to_owned(), value: value.to_owned(),
        });
        let allow = |past: bool| Request::UpdateChat(UpdateChat {
            chat_id: group.clone(), name: None, description: None, public: None,
            rights: Some(Rights { past, invite: Some(Role::Admin), ..Rights::default() }), disappear_after: None, encrypted: None,
        });
        let gone = |group: &ChatId| Request::PutItem(PutItem { key: format!("past:{group}:1.2:00000000"), value: None });
        c.alice.ask(allow(true)).await.unwrap();
        assert_eq!(c.alice.refused(part(carol.id, "1.2:00000000", "x")).await, ErrorCode::NotFound, "not in the group");
        let add = AddMember { chat_id: group.clone(), user_id: carol.id, role: None };
        c.alice.ask(Request::AddMember(add)).await.unwrap();
        c.alice.ask(allow(false)).await.unwrap();
        assert_eq!(c.alice.refused(part(carol.id, "1.2:00000000", "x")).await, ErrorCode::Forbidden);
        c.alice.ask(allow(true)).await.unwrap();
        assert_eq!(c.bob.refused(part(carol.id, "1.2:00000000", "x")).await, ErrorCode::Forbidden, "who lets nobody in");
        assert_eq!(c.alice.refused(part(c.alice.id, "1.2:00000000", "x")).await, ErrorCode::InvalidField);
        for (key, value) in [("a b", "x".to_owned()), (&"1".repeat(200), "x".to_owned()), ("1.2:0", "x".repeat(16_385)), ("1.2:0", "\0".to_owned())] {
            assert_eq!(c.alice.refused(part(carol.id, key, &value)).await, ErrorCode::InvalidField);
        }
        let stranger = c.team.person("dave").await;
        assert_eq!(stranger.refused(part(carol.id, "1.2:00000000", "x")).await, ErrorCode::NotAMember);
        assert!(items(&carol).await.is_empty());
        let before = carol.sync(Scope::User(carol.id), 0).await.unwrap().head;
        for value in ["sealed", "sealed", "sealed anew"] {
            c.alice.ask(part(carol.id, "1.2:00000000", value)).await.unwrap();
        }
        let entry = Item { key: format!("past:{group}:1.2:00000000"), value: Some("sealed anew".to_owned()), rev: before + 2 };
        assert_eq!(items(&carol).await, std::slice::from_ref(&entry));
        assert!(items(&c.bob).await.is_empty() && items(&c.alice).await.is_empty(), "for nobody else");
        // It is theirs to take away, and not theirs to write.
        let forged = Request::PutItem(PutItem { key: entry.key, value: Some("own".to_owned()) });
        assert_eq!(carol.refused(forged).await, ErrorCode::InvalidField);
        carol.ask(gone(&group)).await.unwrap();
        assert!(items(&carol).await.iter().all(|item| item.value.is_none()));
        // An open group needs none of it.
        let open = c.alice.group(&[carol.id]).await;
        let there = HandPast { chat_id: open, user_id: carol.id, key: "1.2:0".to_owned(), value: "x".to_owned() };
        assert_eq!(c.alice.refused(Request::HandPast(there)).await, ErrorCode::Forbidden);
    }

    async fn who_leaves_an_encrypted_group_is_to_be_removed_and_channels_are_never_encrypted(db: sql::Db) {
        let mut c = Couple::together(db).await;
        let group = c.alice.encrypted_group(&[c.bob.id]).await;
        c.hers.create(&group, 1);
        let keys = claim(&c.alice, &group).await;
        let others = Keys { keys: keys.keys.into_iter().filter(|key| key.user_id == c.bob.id).collect(), ..keys };
        accepted(&c.alice, &c.hers.commit(&group, 1, &others)).await;
        let gone = MemberRef { chat_id: group.clone(), user_id: c.bob.id };
        c.alice.ask(Request::RemoveMember(gone)).await.unwrap();
        assert_eq!(state(&c.alice, &group).await.surplus[0].device_id, c.his.id);
        let general = ChatRef { chat_id: ChatId::general() };
        assert_eq!(c.alice.refused(Request::ClaimKeys(general)).await, ErrorCode::Forbidden);
    }

    async fn a_long_absence_is_made_up_for_in_the_order_of_revisions(db: sql::Db) {
        let mut c = Couple::together(db).await;
        let none = Keys { keys: vec![], ..claim(&c.alice, &c.chat).await };
        let have = c.bob.sync(Scope::Chat(c.chat.clone()), 0).await.unwrap().head;
        for n in 0..30 {
            let said = c.hers.seal(&c.chat, 1, &n.to_string());
            c.alice.post_as(local_id(), sealed(&c.chat, said)).await;
            let commit = c.hers.commit(&c.chat, 1, &none);
            accepted(&c.alice, &commit).await;
            c.hers.confirm(&commit);
        }
        let (mut at, mut all) = (have, Vec::new());
        loop {
            let changes = c.bob.sync(Scope::Chat(c.chat.clone()), at).await.unwrap();
            assert!(changes.rows.is_sorted_by_key(Row::rev) && changes.rows.iter().all(|row| row.rev() > at));
            at = changes.to;
            all.extend(changes.rows);
            if at == changes.head {
                break;
            }
        }
        assert_eq!(commits(&all).iter().map(|commit| commit.epoch).collect::<Vec<_>>(), (1..31).collect::<Vec<_>>());
        assert_eq!(all.iter().filter(|row| matches!(row, Row::Message(_))).count(), 30);
    }
}
