//! What admins let members do in a chat, and that the server sees to it.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{AddMember, CreateInvitation, PinMessage, Request, SetRole, UpdateChat};
use protocol::{ChatId, ChatKind, ErrorCode, MessageId, Rights, Role, UserId};

use crate::support::{Person, Team, text};

const USUAL: Rights = Rights { post: None, pin: None, invite: None, everyone: None, past: false };

async fn allow(who: &Person, chat: &ChatId, rights: Rights) -> Result<(), ErrorCode> {
    let (chat_id, name, description, public) = (chat.clone(), None, None, None);
    let change =
        UpdateChat { chat_id, name, description, public, rights: Some(rights), disappear_after: None, encrypted: None };
    who.ask(Request::UpdateChat(change)).await.map(|_| ()).map_err(|error| error.code)
}

async fn make(who: &Person, chat: &ChatId, user_id: UserId, role: Role) {
    who.ask(Request::SetRole(SetRole { chat_id: chat.clone(), user_id, role })).await.unwrap();
}

/// Whether they may write, pin, add and invite.
async fn may(who: &Person, chat: &ChatId, message: &MessageId, newcomer: UserId) -> [bool; 4] {
    let chat_id = || chat.clone();
    let requests = [
        Request::Message(text(chat, "hello")),
        Request::PinMessage(PinMessage { chat_id: chat_id(), message_id: message.clone(), on: true }),
        Request::AddMember(AddMember { chat_id: chat_id(), user_id: newcomer, role: None }),
        Request::CreateInvitation(CreateInvitation {
            chat_id: Some(chat_id()),
            expires_in: None,
            uses_max: None,
            approval: false,
        }),
    ];
    let mut answers = [false; 4];
    for (answer, request) in answers.iter_mut().zip(requests) {
        *answer = match who.ask_as(Some(crate::support::local_id()), request).await {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.code, ErrorCode::Forbidden);
                false
            }
        };
    }
    answers
}

sql::each_db! {
    async fn members_write_pin_and_invite_only_where_the_admins_let_them(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob, carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let dan = team.person("dan").await.id;
        let group = alice.group(&[bob.id, carol.id]).await;
        make(&alice, &group, bob.id, Role::Admin).await;
        let first = alice.post(&group, "first").await.message_id;
        assert_eq!(may(&carol, &group, &first, dan).await, [true; 4], "as usual in a group");
        let admins = Rights { post: Some(Role::Admin), pin: Some(Role::Admin), invite: Some(Role::Admin), ..USUAL };
        assert_eq!(allow(&carol, &group, admins).await, Err(ErrorCode::Forbidden), "only admins say so");
        allow(&bob, &group, admins).await.unwrap();
        assert_eq!(may(&carol, &group, &first, dan).await, [false; 4]);
        assert_eq!(may(&bob, &group, &first, dan).await, [true; 4]);
        let before = team.fingerprint().await;
        may(&carol, &group, &first, dan).await;
        assert_eq!(team.fingerprint().await, before, "what is refused leaves nothing behind");
        allow(&alice, &group, USUAL).await.unwrap();
        assert_eq!(may(&carol, &group, &first, dan).await, [true; 4]);
    }

    async fn a_channel_can_let_everyone_invite_and_its_readers_still_only_read(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let dan = team.person("dan").await.id;
        let channel = alice.chat(ChatKind::Channel, "news", &[bob.id], false).await.id;
        let first = alice.post(&channel, "first").await.message_id;
        assert_eq!(may(&bob, &channel, &first, dan).await, [true, false, false, false]);
        let open = Rights { pin: Some(Role::Member), invite: Some(Role::Member), ..USUAL };
        allow(&alice, &channel, open).await.unwrap();
        assert_eq!(may(&bob, &channel, &first, dan).await, [true; 4]);
        make(&alice, &channel, bob.id, Role::ReadOnly).await;
        assert_eq!(may(&bob, &channel, &first, dan).await, [false; 4]);
        let reader = Rights { post: Some(Role::ReadOnly), ..USUAL };
        assert_eq!(allow(&alice, &channel, reader).await, Err(ErrorCode::InvalidField));
    }

    async fn what_only_the_owner_may_only_the_owner_gives_and_everyone_is_told(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let group = alice.group(&[bob.id]).await;
        make(&alice, &group, bob.id, Role::Admin).await;
        let owners = Rights { post: Some(Role::Owner), ..USUAL };
        assert_eq!(allow(&bob, &group, owners).await, Err(ErrorCode::Forbidden));
        allow(&alice, &group, owners).await.unwrap();
        assert_eq!(bob.refused(Request::Message(text(&group, "me too"))).await, ErrorCode::Forbidden);
        assert_eq!(allow(&bob, &group, USUAL).await, Err(ErrorCode::Forbidden));
        let told = bob.sync(protocol::Scope::Chat(group.clone()), 0).await.unwrap();
        let rights = told.rows.iter().find_map(|row| match row {
            protocol::Row::Chat(chat) => Some(chat.rights),
            _ => None,
        });
        assert_eq!(rights, Some(owners));
        make(&alice, &group, bob.id, Role::Owner).await;
        bob.post(&group, "mine now").await;
        assert_eq!(alice.refused(Request::Message(text(&group, "no more"))).await, ErrorCode::Forbidden);
    }
}
