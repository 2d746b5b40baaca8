//! Chats come to be, change, and lose and gain people.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{
    AddMember, ChatRef, CreateChat, Directory, Event, ListMembers, MemberRef, Reply, Request, SeqMark, SetRole,
    UpdateChat, UpdateProfile,
};
use protocol::{ChatId, ChatKind, ErrorCode, Member, Membership, MessageType, Note, Role, Row, Scope, UserId};
use server::domain::users::NewUser;

use crate::support::{Person, Team, local_id, newest};

async fn members(person: &Person, chat: &ChatId) -> Vec<(UserId, Role)> {
    let asked = ListMembers { chat_id: chat.clone(), cursor: None, limit: None };
    match person.ask(Request::ListMembers(asked)).await.unwrap() {
        Reply::Members { members, .. } => members.into_iter().map(|m: Member| (m.user_id, m.role)).collect(),
        other => panic!("{other:?}"),
    }
}

async fn notes(person: &Person, chat: &ChatId) -> Vec<Note> {
    let page = person.history(newest(chat, 50)).await;
    let system = page.messages.into_iter().filter(|message| message.message_type == MessageType::System);
    system.map(|message| serde_json::from_str(&message.content).unwrap()).collect()
}

async fn hear_membership(person: &mut Person, chat: &ChatId, left: bool) -> Membership {
    person
        .hear(|event| match event {
            Event::RowChanged { scope: Scope::User(_), row: Row::Membership(row) }
                if row.chat_id == *chat && row.left == left =>
            {
                Some(row.clone())
            }
            _ => None,
        })
        .await
}

sql::each_db! {
    async fn everyone_who_registers_is_in_general_and_the_first_owns_it(db: sql::Db) {
        let team = Team::new(db).await;
        let mut alice = team.person("alice").await;
        let bob = team.person("bob").await;
        let general = ChatId::general();
        assert_eq!(members(&bob, &general).await, vec![(alice.id, Role::Owner), (bob.id, Role::Member)]);
        let joined = |user_id| Note::MemberJoined { user_id };
        assert_eq!(notes(&bob, &general).await, vec![joined(alice.id), joined(bob.id)]);
        let came = alice.hear(|event| match event {
            Event::RowChanged { scope: Scope::Team, row: Row::User(user) } if user.id == bob.id => Some(user.clone()),
            _ => None,
        });
        assert_eq!(came.await.username, "bob");
        let Reply::Chats { chats } = bob.ask(Request::ListChats).await.unwrap() else { panic!() };
        assert_eq!((chats.len(), chats[0].unread_count, chats[0].chat.member_count), (1, 0, 2));
    }

    async fn a_username_is_unique_whatever_its_case(db: sql::Db) {
        let team = Team::new(db).await;
        team.person("Алёна").await;
        let before = team.fingerprint().await;
        let new = |username: &str| NewUser { username: username.to_owned(), ..NewUser::default() };
        assert_eq!(team.register(new("алЁна")).await.unwrap_err().code, ErrorCode::UsernameTaken);
        assert_eq!(team.register(new("a b")).await.unwrap_err().code, ErrorCode::InvalidField);
        let bad = NewUser { email: Some("nobody".to_owned()), ..new("fine") };
        assert_eq!(team.register(bad).await.unwrap_err().code, ErrorCode::InvalidField);
        assert_eq!(before, team.fingerprint().await);
        assert!(team.register(new("Алена")).await.is_ok(), "ё and е are different names");
    }

    async fn a_new_groups_members_learn_of_it_and_hear_it_from_then_on(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let id = local_id();
        let body = CreateChat {
            chat_type: ChatKind::Group,
            name: " Проект ".to_owned(),
            description: String::new(),
            members: vec![bob.id, bob.id, alice.id],
            public: false,
            encrypted: false,
        };
        let first = alice.ask_as(Some(id), Request::CreateChat(body.clone())).await.unwrap();
        assert_eq!(first, alice.ask_as(Some(id), Request::CreateChat(body.clone())).await.unwrap());
        let Reply::ChatState { chat } = first else { panic!() };
        assert_eq!((chat.id.as_str(), chat.name.as_str(), chat.member_count), (&*id.to_string(), "Проект", 2));
        let taken = bob.ask_as(Some(id), Request::CreateChat(body)).await;
        assert_eq!(taken.unwrap_err().code, ErrorCode::IdTaken);
        hear_membership(&mut bob, &chat.id, false).await;
        alice.post(&chat.id, "welcome").await;
        bob.hear_text("welcome").await;
        assert_eq!(notes(&bob, &chat.id).await, vec![Note::ChatCreated { by: alice.id }]);
        let Reply::Chats { chats } = bob.ask(Request::ListChats).await.unwrap() else { panic!() };
        assert_eq!((chats[0].chat.id.clone(), chats[0].unread_count), (chat.id, 1));
        assert_eq!(chats[0].last_message.as_ref().unwrap().content, "welcome");
    }

    async fn impossible_chats_are_refused(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let before = team.fingerprint().await;
        let make = |change: &dyn Fn(&mut CreateChat)| {
            let mut body = CreateChat {
                chat_type: ChatKind::Group,
                name: "x".to_owned(),
                description: String::new(),
                members: vec![],
                public: false,
            encrypted: false,
            };
            change(&mut body);
            Request::CreateChat(body)
        };
        let bad = [
            (make(&|b| b.chat_type = ChatKind::Private), ErrorCode::InvalidField),
            (make(&|b| b.public = true), ErrorCode::InvalidField),
            (make(&|b| b.name = "  ".to_owned()), ErrorCode::InvalidField),
            (make(&|b| b.name = "x".repeat(81)), ErrorCode::InvalidField),
            (make(&|b| b.name = "a\nb".to_owned()), ErrorCode::InvalidField),
            (make(&|b| b.description = "x".repeat(1_001)), ErrorCode::InvalidField),
            (make(&|b| b.members = (1..=501).map(UserId).collect()), ErrorCode::InvalidField),
            (make(&|b| b.members = vec![UserId(99)]), ErrorCode::NotFound),
        ];
        for (request, code) in bad {
            assert_eq!(alice.refused(request.clone()).await, code, "{request:?}");
        }
        assert_eq!(before, team.fingerprint().await);
    }

    async fn who_is_removed_hears_nothing_more_until_they_are_back(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.group(&[bob.id]).await;
        hear_membership(&mut bob, &chat, false).await;
        let out = MemberRef { chat_id: chat.clone(), user_id: bob.id };
        alice.ask(Request::RemoveMember(out.clone())).await.unwrap();
        hear_membership(&mut bob, &chat, true).await;
        alice.post(&chat, "secret").await;
        assert_eq!(bob.sync(Scope::Chat(chat.clone()), 1).await.unwrap_err().code, ErrorCode::NotAMember);
        assert_eq!(alice.refused(Request::RemoveMember(out)).await, ErrorCode::NotFound);
        let back = AddMember { chat_id: chat.clone(), user_id: bob.id, role: None };
        alice.ask(Request::AddMember(back.clone())).await.unwrap();
        alice.ask(Request::AddMember(back)).await.unwrap();
        alice.post(&chat, "again").await;
        bob.hear_text("again").await;
        let heard_secret =
            bob.heard_now().iter().any(|e| matches!(e, Event::NewMessage { message, .. } if message.content == "secret"));
        assert!(!heard_secret);
        assert_eq!(notes(&alice, &chat).await, vec![
            Note::ChatCreated { by: alice.id },
            Note::MemberRemoved { user_id: bob.id, by: alice.id },
            Note::MemberAdded { user_id: bob.id, by: alice.id },
        ]);
    }

    async fn when_the_owner_leaves_the_oldest_admin_owns(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob, carol) =
            (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let chat_id = alice.group(&[bob.id, carol.id]).await;
        let admin = SetRole { chat_id: chat_id.clone(), user_id: carol.id, role: Role::Admin };
        alice.ask(Request::SetRole(admin)).await.unwrap();
        let leave = Request::LeaveChat(ChatRef { chat_id: chat_id.clone() });
        alice.ask(leave.clone()).await.unwrap();
        assert_eq!(members(&bob, &chat_id).await, vec![(carol.id, Role::Owner), (bob.id, Role::Member)]);
        carol.ask(leave.clone()).await.unwrap();
        assert_eq!(members(&bob, &chat_id).await, vec![(bob.id, Role::Owner)]);
        bob.ask(leave.clone()).await.unwrap();
        assert_eq!(bob.refused(leave).await, ErrorCode::NotAMember);
    }

    async fn ownership_is_handed_over_and_the_giver_stays_admin(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let chat_id = alice.group(&[bob.id]).await;
        let give = SetRole { chat_id: chat_id.clone(), user_id: bob.id, role: Role::Owner };
        alice.ask(Request::SetRole(give.clone())).await.unwrap();
        assert_eq!(members(&alice, &chat_id).await, vec![(bob.id, Role::Owner), (alice.id, Role::Admin)]);
        let role = bob.hear(|event| match event {
            Event::RowChanged { row: Row::Membership(row), .. } if row.role == Role::Owner => Some(row.chat_id.clone()),
            _ => None,
        });
        assert_eq!(role.await, chat_id);
        assert_eq!(alice.refused(Request::SetRole(give)).await, ErrorCode::Forbidden);
    }

    async fn a_public_channel_is_found_and_joined_and_silence_survives_rejoining(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let open = alice.chat(ChatKind::Channel, "Новости ёлки", &[], true).await;
        let closed = alice.chat(ChatKind::Channel, "Новости для своих", &[], false).await;
        let find = |query: &str| Directory { query: query.to_owned(), cursor: None, limit: None };
        let Reply::Channels { channels, .. } = bob.ask(Request::ListChannels(find("НОВ ел"))).await.unwrap() else {
            panic!()
        };
        assert_eq!(channels.iter().map(|chat| &chat.id).collect::<Vec<_>>(), vec![&open.id]);
        let join = |chat_id: &ChatId| Request::JoinChat(ChatRef { chat_id: chat_id.clone() });
        assert_eq!(bob.refused(join(&closed.id)).await, ErrorCode::NotFound);
        assert_eq!(bob.chat_state(join(&open.id)).await.member_count, 2);
        assert_eq!(bob.chat_state(join(&open.id)).await.member_count, 2);
        let quiet = SetRole { chat_id: open.id.clone(), user_id: bob.id, role: Role::ReadOnly };
        alice.ask(Request::SetRole(quiet)).await.unwrap();
        bob.ask(Request::LeaveChat(ChatRef { chat_id: open.id.clone() })).await.unwrap();
        bob.chat_state(join(&open.id)).await;
        assert_eq!(members(&bob, &open.id).await, vec![(alice.id, Role::Owner), (bob.id, Role::ReadOnly)]);
    }

    async fn a_renamed_chat_says_so_once(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let chat_id = alice.group(&[bob.id]).await;
        let name = |name: &str| {
            let (name, description) = (Some(name.to_owned()), Some("about".to_owned()));
            Request::UpdateChat(UpdateChat { chat_id: chat_id.clone(), name, description, public: None, rights: None, disappear_after: None, encrypted: None })
        };
        let id = local_id();
        let first = alice.ask_as(Some(id), name("new")).await.unwrap();
        assert_eq!(first, alice.ask_as(Some(id), name("new")).await.unwrap());
        let heard = bob.hear(|event| match event {
            Event::RowChanged { row: Row::Chat(chat), .. } if chat.name == "new" => Some(chat.description.clone()),
            _ => None,
        });
        assert_eq!(heard.await, "about");
        let before = team.fingerprint().await;
        alice.ask_as(None, name("new")).await.unwrap();
        assert_eq!(before, team.fingerprint().await, "as it already is");
        let renamed = Note::Renamed { by: alice.id, name: "new".to_owned() };
        assert_eq!(notes(&bob, &chat_id).await, vec![Note::ChatCreated { by: alice.id }, renamed]);
        let public = UpdateChat { chat_id, name: None, description: None, public: Some(true), rights: None, disappear_after: None, encrypted: None };
        assert_eq!(alice.refused(Request::UpdateChat(public)).await, ErrorCode::InvalidField);
    }

    async fn a_profile_changes_for_everyone(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let body = UpdateProfile {
            display_name: Some("Алиса".to_owned()),
            bio: None,
            custom_status: Some("в отпуске 🌴".to_owned()), status: None,
        };
        let Reply::Profile { user } = alice.ask(Request::UpdateProfile(body)).await.unwrap() else { panic!() };
        let heard = bob.hear(|event| match event {
            Event::RowChanged { row: Row::User(user), .. } if user.display_name == "Алиса" => Some(user.clone()),
            _ => None,
        });
        assert_eq!(heard.await, user);
        let long = UpdateProfile { display_name: Some("x".repeat(81)), bio: None, custom_status: None, status: None };
        assert_eq!(alice.refused(Request::UpdateProfile(long)).await, ErrorCode::InvalidField);
    }

    async fn unread_counts_what_others_said_after_the_mark(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.private(bob.id).await;
        let mut last = 0;
        for n in 0..5 {
            last = alice.post(&chat, &n.to_string()).await.seq;
        }
        bob.post(&chat, "own").await;
        let unread = || async {
            let Reply::Chats { chats } = bob.ask(Request::ListChats).await.unwrap() else { panic!() };
            let found = chats.into_iter().find(|summary| summary.chat.id == chat).unwrap();
            (found.unread_count, found.last_message.unwrap().content)
        };
        assert_eq!(unread().await, (5, "own".to_owned()));
        bob.ask(Request::Read(SeqMark { chat_id: chat.clone(), seq: last - 1 })).await.unwrap();
        assert_eq!(unread().await.0, 1);
        bob.ask(Request::Read(SeqMark { chat_id: chat.clone(), seq: last })).await.unwrap();
        assert_eq!(unread().await.0, 0);
    }
}
