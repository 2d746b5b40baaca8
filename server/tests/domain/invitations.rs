//! Invitations let in as many as they say, as long as they say.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use protocol::frame::{AcceptInvitation, CreateInvitation, Invitation, InvitationRef, Reply, Request};
use protocol::{ChatId, ErrorCode, Note};
use server::domain::users::NewUser;
use server::state::Settings;

use crate::support::{Person, Team, local_id, newest};

async fn invite(
    person: &Person,
    chat_id: Option<ChatId>,
    expires_in: Option<u32>,
    uses_max: Option<u32>,
) -> Invitation {
    match person
        .ask(Request::CreateInvitation(CreateInvitation { chat_id, expires_in, uses_max, approval: false }))
        .await
        .unwrap()
    {
        Reply::Invitation(invitation) => invitation,
        other => panic!("{other:?}"),
    }
}

fn accept(secret: &str) -> Request {
    Request::AcceptInvitation(AcceptInvitation { secret: secret.to_owned() })
}

fn guest(name: &str, secret: Option<&str>) -> NewUser {
    NewUser {
        username: name.to_owned(),
        invitation: secret.map(str::to_owned),
        invitation_required: true,
        ..NewUser::default()
    }
}

sql::each_db! {
    async fn a_closed_server_lets_in_the_first_person_and_then_the_invited(db: sql::Db) {
        let closed = Settings { invitation_required: true, ..Settings::default() };
        let team = Team::with(db, closed).await;
        let alice = team.register(guest("alice", None)).await.unwrap();
        let alice = team.online(alice).await;
        let before = team.fingerprint().await;
        assert_eq!(team.register(guest("bob", None)).await.unwrap_err().code, ErrorCode::InvitationRequired);
        assert_eq!(team.register(guest("bob", Some("x"))).await.unwrap_err().code, ErrorCode::InvitationInvalid);
        assert_eq!(before, team.fingerprint().await);
        let group = alice.group(&[]).await;
        let open = invite(&alice, Some(group.clone()), None, Some(1)).await;
        let bob = team.register(guest("bob", Some(&open.secret))).await.unwrap();
        let bob = team.online(bob).await;
        let page = bob.history(newest(&group, 1)).await;
        let said: Note = serde_json::from_str(&page.messages[0].content).unwrap();
        assert_eq!(said, Note::MemberJoined { user_id: bob.id });
        let before = team.fingerprint().await;
        let again = team.register(guest("carol", Some(&open.secret))).await;
        assert_eq!(again.unwrap_err().code, ErrorCode::InvitationUsedUp);
        assert_eq!(before, team.fingerprint().await);
    }

    async fn a_members_invitation_leads_into_the_group_but_not_through_a_closed_door(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let carol = team.person("carol").await;
        let group = alice.group(&[bob.id]).await;
        let server = CreateInvitation { chat_id: None, expires_in: None, uses_max: None , approval: false};
        assert_eq!(bob.refused(Request::CreateInvitation(server)).await, ErrorCode::Forbidden);
        let link = invite(&bob, Some(group.clone()), None, Some(1)).await;
        assert_eq!(team.register(guest("dave", Some(&link.secret))).await.unwrap_err().code, ErrorCode::InvitationInvalid);
        assert_eq!(alice.chat_state(accept(&link.secret)).await.id, group, "is in already: uses nothing up");
        assert_eq!(carol.chat_state(accept(&link.secret)).await.member_count, 3);
        let dave = team.person("dave").await;
        assert_eq!(dave.refused(accept(&link.secret)).await, ErrorCode::InvitationUsedUp);
    }

    async fn an_invitation_ends_with_its_time_or_when_it_is_taken_back(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let group = alice.group(&[]).await;
        let short = invite(&alice, Some(group.clone()), Some(60), None).await;
        let long = invite(&alice, Some(group), None, None).await;
        assert_eq!(long.expires_at.0 - alice.app.now().0, 7 * 24 * 3_600_000);
        team.advance(60_000);
        let before = team.fingerprint().await;
        assert_eq!(bob.refused(accept(&short.secret)).await, ErrorCode::InvitationExpired);
        let take_back = Request::RevokeInvitation(InvitationRef { invitation_id: long.invitation_id.clone() });
        assert_eq!(bob.refused(take_back.clone()).await, ErrorCode::NotFound);
        let nul = Request::RevokeInvitation(InvitationRef { invitation_id: "a\0".to_owned() });
        assert_eq!(alice.refused(nul).await, ErrorCode::NotFound);
        for secret in ["AAAAAAAAAAAAAAAAAAAAAA", "", "\0", "%"] {
            assert_eq!(bob.refused(accept(secret)).await, ErrorCode::InvitationInvalid);
        }
        assert_eq!(before, team.fingerprint().await);
        alice.ask(take_back).await.unwrap();
        assert_eq!(bob.refused(accept(&long.secret)).await, ErrorCode::InvitationInvalid);
    }

    async fn the_last_use_is_one_persons_however_many_come_at_once(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let group = alice.group(&[]).await;
        let link = invite(&alice, Some(group), None, Some(3)).await;
        let mut guests = vec![];
        for n in 0..10 {
            guests.push(Arc::new(team.person(&format!("guest{n}")).await));
        }
        let mut tasks = tokio::task::JoinSet::new();
        for guest in guests {
            let request = accept(&link.secret);
            tasks.spawn(async move { guest.ask(request).await.map(drop).map_err(|e| e.code) });
        }
        let answers = tasks.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3);
        assert_eq!(answers.iter().filter(|answer| **answer == Err(ErrorCode::InvitationUsedUp)).count(), 7);
    }

    async fn an_invitation_asked_for_again_is_the_same_one_and_its_newest_secret_works(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let group = alice.group(&[]).await;
        let id = Some(local_id());
        let body = CreateInvitation { chat_id: Some(group), expires_in: None, uses_max: Some(5) , approval: false};
        let Reply::Invitation(lost) = alice.ask_as(id, Request::CreateInvitation(body.clone())).await.unwrap() else {
            panic!()
        };
        let Reply::Invitation(seen) = alice.ask_as(id, Request::CreateInvitation(body.clone())).await.unwrap() else {
            panic!()
        };
        assert_eq!((lost.invitation_id, lost.expires_at), (seen.invitation_id, seen.expires_at));
        assert_eq!(bob.refused(accept(&lost.secret)).await, ErrorCode::InvitationInvalid);
        bob.chat_state(accept(&seen.secret)).await;
        for (expires_in, uses_max) in [(Some(0), None), (Some(2_592_001), None), (None, Some(0)), (None, Some(1_001))] {
            let bad = CreateInvitation { expires_in, uses_max, ..body.clone() };
            assert_eq!(alice.refused(Request::CreateInvitation(bad)).await, ErrorCode::InvalidField);
        }
    }
}
