//! Who may do what: every role against every verb.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{
    AddMember, ChatRef, CreateInvitation, EditMessage, ListMembers, MemberRef, MessageRef, React, Request, SeqMark,
    SetRole, UpdateChat,
};
use protocol::{ChatId, ChatKind, ErrorCode, MessageId, Role, Scope, UserId};

use crate::support::{Person, Team, newest, text};

/// Everyone of one chat, one of each role, and someone outside.
struct Cast {
    owner: Person,
    admin: Person,
    member: Person,
    reader: Person,
    outsider: Person,
    /// Two more to act on.
    other_admin: UserId,
    other_member: UserId,
    newcomer: UserId,
}

struct Stage {
    chat: ChatId,
    message: MessageId,
}

impl Cast {
    async fn new(team: &Team) -> Self {
        let owner = team.person("owner").await;
        let extra = |name: &'static str| async move { team.person(name).await.id };
        Self {
            owner,
            admin: team.person("admin").await,
            member: team.person("member").await,
            reader: team.person("reader").await,
            outsider: team.person("outsider").await,
            other_admin: extra("other_admin").await,
            other_member: extra("other_member").await,
            newcomer: extra("newcomer").await,
        }
    }

    /// A fresh chat with everyone in their role, and a message of the other member's.
    async fn stage(&self, kind: ChatKind) -> Stage {
        let people = [self.admin.id, self.member.id, self.reader.id, self.other_admin, self.other_member];
        let chat = self.owner.chat(kind, "stage", &people, false).await.id;
        let roles = [(self.admin.id, Role::Admin), (self.other_admin, Role::Admin), (self.reader.id, Role::ReadOnly)];
        for (user_id, role) in roles {
            let body = SetRole { chat_id: chat.clone(), user_id, role };
            self.owner.ask(Request::SetRole(body)).await.unwrap();
        }
        let message = self.owner.post(&chat, "the owner's").await.message_id;
        Stage { chat, message }
    }

    fn actors(&self) -> [(&'static str, &Person); 5] {
        [
            ("owner", &self.owner),
            ("admin", &self.admin),
            ("member", &self.member),
            ("read_only", &self.reader),
            ("outsider", &self.outsider),
        ]
    }

    fn request(&self, verb: &str, stage: &Stage) -> Request {
        let chat_id = stage.chat.clone();
        let message_id = stage.message.clone();
        let role = |user_id, role| Request::SetRole(SetRole { chat_id: stage.chat.clone(), user_id, role });
        let remove = |user_id| Request::RemoveMember(MemberRef { chat_id: stage.chat.clone(), user_id });
        let add = |role| {
            let (chat_id, user_id) = (stage.chat.clone(), self.newcomer);
            Request::AddMember(AddMember { chat_id, user_id, role })
        };
        match verb {
            "post" => Request::Message(text(&chat_id, "x")),
            "react" => Request::React(React { chat_id, message_id, emoji: "👍".to_owned(), on: true }),
            "edit the owner's" => Request::EditMessage(EditMessage {
                chat_id,
                message_id,
                content: "x".to_owned(),
                mentions: vec![],
                encrypt_for_recipients: false,
            }),
            "delete the owner's" => Request::DeleteMessage(MessageRef { chat_id, message_id }),
            "read" => Request::Read(SeqMark { chat_id, seq: 1 }),
            "history" => Request::History(newest(&chat_id, 10)),
            "members" => Request::ListMembers(ListMembers { chat_id, cursor: None, limit: None }),
            "rename" => Request::UpdateChat(UpdateChat {
                chat_id,
                name: Some("new".to_owned()),
                description: None,
                public: None,
                rights: None,
                disappear_after: None,
                encrypted: None,
            }),
            "add" => add(None),
            "add an admin" => add(Some(Role::Admin)),
            "add an owner" => add(Some(Role::Owner)),
            "remove a member" => remove(self.other_member),
            "remove an admin" => remove(self.other_admin),
            "remove the owner" => remove(self.owner.id),
            "silence a member" => role(self.other_member, Role::ReadOnly),
            "name an admin" => role(self.other_member, Role::Admin),
            "demote an admin" => role(self.other_admin, Role::Member),
            "hand over" => role(self.other_member, Role::Owner),
            "invite" => Request::CreateInvitation(CreateInvitation {
                chat_id: Some(chat_id),
                expires_in: None,
                uses_max: None,
                approval: false,
            }),
            "leave" => Request::LeaveChat(ChatRef { chat_id }),
            other => panic!("{other}"),
        }
    }
}

/// owner, admin, member, read_only, outsider; `+` is allowed, `f` forbidden, `n` not a member.
const GROUP: &[(&str, &str)] = &[
    ("post", "+++fn"),
    ("react", "++++n"),
    ("edit the owner's", "+fffn"),
    ("delete the owner's", "++ffn"),
    ("read", "++++n"),
    ("history", "++++n"),
    ("members", "++++n"),
    ("rename", "++ffn"),
    ("add", "+++fn"),
    ("add an admin", "++ffn"),
    ("add an owner", "ffffn"),
    ("remove a member", "++ffn"),
    ("remove an admin", "+fffn"),
    ("remove the owner", "ffffn"),
    ("silence a member", "++ffn"),
    ("name an admin", "+fffn"),
    ("demote an admin", "+fffn"),
    ("hand over", "+fffn"),
    ("invite", "+++fn"),
    ("leave", "++++n"),
];
const CHANNEL: &[(&str, &str)] = &[("post", "+++fn"), ("add", "++ffn"), ("invite", "++ffn"), ("rename", "++ffn")];

async fn matrix(team: &Team, cast: &Cast, kind: ChatKind, table: &[(&str, &str)]) {
    for (verb, expected) in table {
        for ((name, actor), expected) in cast.actors().into_iter().zip(expected.chars()) {
            let stage = cast.stage(kind).await;
            let before = team.fingerprint().await;
            let answer = actor.ask(cast.request(verb, &stage)).await.map_err(|e| e.code);
            let refusal = match expected {
                '+' => None,
                'f' => Some(ErrorCode::Forbidden),
                _ => Some(ErrorCode::NotAMember),
            };
            assert_eq!(answer.as_ref().err().copied(), refusal, "{kind:?}: {name} wants to {verb}: {answer:?}");
            if refusal.is_some() {
                assert_eq!(before, team.fingerprint().await, "{kind:?}: {name} wants to {verb}");
            }
        }
    }
}

sql::each_db! {
    async fn each_role_may_what_it_may_in_a_group(db: sql::Db) {
        let team = Team::new(db).await;
        let cast = Cast::new(&team).await;
        matrix(&team, &cast, ChatKind::Group, GROUP).await;
    }

    async fn each_role_may_what_it_may_in_a_channel(db: sql::Db) {
        let team = Team::new(db).await;
        let cast = Cast::new(&team).await;
        matrix(&team, &cast, ChatKind::Channel, CHANNEL).await;
    }

    async fn a_private_chat_keeps_its_two_people(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob, carol) =
            (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let chat_id = alice.private(bob.id).await;
        let before = team.fingerprint().await;
        let stage = Stage { chat: chat_id.clone(), message: MessageId::new("none").unwrap() };
        let requests = [
            Request::LeaveChat(ChatRef { chat_id: chat_id.clone() }),
            Request::AddMember(AddMember { chat_id: chat_id.clone(), user_id: carol.id, role: None }),
            Request::RemoveMember(MemberRef { chat_id: chat_id.clone(), user_id: bob.id }),
            Request::SetRole(SetRole { chat_id: chat_id.clone(), user_id: bob.id, role: Role::ReadOnly }),
            Request::UpdateChat(UpdateChat {
                chat_id: chat_id.clone(),
                name: Some("ours".to_owned()),
                description: None,
                public: None,
                rights: None, disappear_after: None,
            encrypted: None,
            }),
            Request::CreateInvitation(CreateInvitation { chat_id: Some(chat_id), expires_in: None, uses_max: None , approval: false}),
        ];
        for request in requests {
            assert_eq!(alice.refused(request.clone()).await, ErrorCode::Forbidden, "{request:?}");
        }
        assert_eq!(carol.refused(Request::History(newest(&stage.chat, 1))).await, ErrorCode::NotAMember);
        assert_eq!(before, team.fingerprint().await);
    }

    async fn another_persons_own_data_and_strange_chats_do_not_sync(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob, carol) =
            (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let chat = alice.private(bob.id).await;
        assert_eq!(carol.sync(Scope::User(alice.id), 0).await.unwrap_err().code, ErrorCode::Forbidden);
        assert_eq!(carol.sync(Scope::Chat(chat), 0).await.unwrap_err().code, ErrorCode::NotAMember);
        let nowhere = Scope::Chat(ChatId::new("nowhere").unwrap());
        assert_eq!(carol.sync(nowhere, 0).await.unwrap_err().code, ErrorCode::NotFound);
    }

    async fn nobody_and_yesterdays_token_are_told_so(db: sql::Db) {
        let team = Team::new(db).await;
        let mut alice = team.person("alice").await;
        let frame = protocol::ClientFrame { request_id: None, local_id: None, request: Request::ListChats };
        let answers = server::service::dispatch(alice.app.clone(), None, frame).await;
        let body = serde_json::to_string(&answers).unwrap();
        assert!(body.contains("\"unauthenticated\""), "{body}");
        alice.who.expires_at = alice.app.now();
        assert_eq!(alice.refused(Request::ListChats).await, ErrorCode::TokenExpired);
    }
}
