//! An invitation that asks first: whoever uses it waits until someone who may invite decides.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{
    AcceptInvitation, AddMember, AnswerJoin, ChatRef, CreateInvitation, Invitation, JoinRequests, Reply, Request,
    UpdateChat,
};
use protocol::{ChatId, ErrorCode, Note, Rights, Role, UserId};
use server::domain::users::NewUser;

use crate::support::{Person, Team, newest};

async fn invite(person: &Person, chat_id: Option<ChatId>) -> Result<Invitation, ErrorCode> {
    let body = CreateInvitation { chat_id, expires_in: None, uses_max: Some(5), approval: true };
    match person.ask(Request::CreateInvitation(body)).await {
        Ok(Reply::Invitation(invitation)) => Ok(invitation),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.code),
    }
}

fn accept(secret: &str) -> Request {
    Request::AcceptInvitation(AcceptInvitation { secret: secret.to_owned() })
}

fn answer(chat: &ChatId, user_id: UserId, accept: bool) -> Request {
    Request::AnswerJoin(AnswerJoin { chat_id: chat.clone(), user_id, accept })
}

fn list(chat: &ChatId) -> Request {
    Request::ListJoinRequests(ChatRef { chat_id: chat.clone() })
}

async fn waiting(person: &Person, chat: &ChatId) -> Vec<UserId> {
    match person.ask(list(chat)).await.unwrap() {
        Reply::JoinRequests(JoinRequests { requests, .. }) => requests.iter().map(|one| one.user_id).collect(),
        other => panic!("{other:?}"),
    }
}

async fn count(person: &Person, chat: &ChatId) -> u32 {
    match person.ask(Request::ListChats).await.unwrap() {
        Reply::Chats { chats } => chats.into_iter().find(|one| one.chat.id == *chat).unwrap().chat.join_requests,
        other => panic!("{other:?}"),
    }
}

sql::each_db! {
    async fn whoever_uses_it_waits_and_comes_in_by_a_yes_alone(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob, carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let group = alice.group(&[]).await;
        let link = invite(&alice, Some(group.clone())).await.unwrap();
        assert!(link.approval);
        for person in [&bob, &carol, &bob] {
            match person.ask(accept(&link.secret)).await.unwrap() {
                Reply::JoinRequested(asked) => assert_eq!(asked.chat_id, group),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(bob.refused(list(&group)).await, ErrorCode::NotAMember, "not in yet");
        assert_eq!(waiting(&alice, &group).await, [bob.id, carol.id], "each once, the first first");
        assert_eq!(count(&alice, &group).await, 2);
        assert_eq!(bob.refused(answer(&group, bob.id, true)).await, ErrorCode::NotAMember);

        alice.ask(answer(&group, bob.id, true)).await.unwrap();
        alice.ask(answer(&group, carol.id, false)).await.unwrap();
        assert_eq!(count(&alice, &group).await, 0);
        let page = bob.history(newest(&group, 1)).await;
        let said: Note = serde_json::from_str(&page.messages[0].content).unwrap();
        assert_eq!(said, Note::MemberAdded { user_id: bob.id, by: alice.id });
        assert_eq!(carol.refused(list(&group)).await, ErrorCode::NotAMember);
        let before = team.fingerprint().await;
        assert_eq!(alice.refused(answer(&group, carol.id, true)).await, ErrorCode::NotFound, "she waits no more");
        assert_eq!(before, team.fingerprint().await);
        // Who was refused may ask again; who is in uses nothing up.
        carol.ask(accept(&link.secret)).await.unwrap();
        assert_eq!(waiting(&alice, &group).await, [carol.id]);
        assert_eq!(bob.chat_state(accept(&link.secret)).await.id, group);
    }

    async fn only_those_who_may_invite_decide_and_being_added_ends_the_waiting(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob, carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let group = alice.group(&[bob.id]).await;
        let link = invite(&alice, Some(group.clone())).await.unwrap();
        let rights = Rights { invite: Some(Role::Admin), ..Rights::default() };
        let (chat_id, name, description, public) = (group.clone(), None, None, None);
        let change = UpdateChat { chat_id, name, description, public, rights: Some(rights), disappear_after: None, encrypted: None };
        alice.ask(Request::UpdateChat(change)).await.unwrap();
        carol.ask(accept(&link.secret)).await.unwrap();
        let before = team.fingerprint().await;
        assert_eq!(bob.refused(list(&group)).await, ErrorCode::Forbidden);
        assert_eq!(bob.refused(answer(&group, carol.id, true)).await, ErrorCode::Forbidden);
        assert_eq!(invite(&bob, Some(group.clone())).await, Err(ErrorCode::Forbidden));
        assert_eq!(invite(&alice, None).await, Err(ErrorCode::InvalidField), "only into a chat");
        assert_eq!(before, team.fingerprint().await);
        let add = AddMember { chat_id: group.clone(), user_id: carol.id, role: None };
        alice.ask(Request::AddMember(add)).await.unwrap();
        assert!(waiting(&alice, &group).await.is_empty());
        assert_eq!(count(&alice, &group).await, 0);
    }

    async fn a_newcomer_is_in_the_team_at_once_and_waits_for_the_chat(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let group = alice.group(&[]).await;
        let link = invite(&alice, Some(group.clone())).await.unwrap();
        let new = NewUser {
            username: "dave".to_owned(),
            invitation: Some(link.secret.clone()),
            invitation_required: true,
            ..NewUser::default()
        };
        let dave = team.register(new).await.unwrap();
        let dave = team.online(dave).await;
        assert_eq!(dave.history(newest(&ChatId::general(), 1)).await.messages.len(), 1);
        assert_eq!(dave.refused(list(&group)).await, ErrorCode::NotAMember);
        assert_eq!(waiting(&alice, &group).await, [dave.id]);
    }
}
