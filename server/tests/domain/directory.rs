//! Finding people.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::ErrorCode;
use protocol::frame::{Directory, ListMembers, Reply, Request};
use protocol::{ChatId, Member};
use server::domain::users::NewUser;

use crate::support::{Person, Team};

async fn find(person: &Person, query: &str, cursor: Option<String>, limit: u32) -> (Vec<String>, Option<String>) {
    let body = Directory { query: query.to_owned(), cursor, limit: Some(limit) };
    match person.ask(Request::ListUsers(body)).await.unwrap() {
        Reply::Users { users, next_cursor } => (users.into_iter().map(|user| user.username).collect(), next_cursor),
        other => panic!("{other:?}"),
    }
}

async fn named(team: &Team, username: &str, display_name: &str) {
    let new = NewUser { username: username.to_owned(), display_name: display_name.to_owned(), ..NewUser::default() };
    team.register(new).await.unwrap();
}

sql::each_db! {
    async fn people_are_found_by_the_beginning_of_any_word_of_any_name(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        named(&team, "s.fedorova", "Алёна Фёдорова").await;
        named(&team, "fedor", "").await;
        for query in ["алена", "Алё", "ФЕД", "фёдо ал", "s.fed", "федорова"] {
            assert_eq!(find(&alice, query, None, 10).await.0, ["s.fedorova"], "{query}");
        }
        assert_eq!(find(&alice, "fed", None, 10).await.0, ["fedor", "s.fedorova"]);
        for query in ["ёна", "лёна", "%", "_", "алена x", "' OR 1=1 --"] {
            assert_eq!(find(&alice, query, None, 10).await.0, Vec::<String>::new(), "{query}");
        }
        assert_eq!(find(&alice, "", None, 10).await.0.len(), 3);
    }

    async fn the_directory_comes_in_pages_that_miss_nobody(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        for n in 0..7 {
            named(&team, &format!("user{n}"), "Same Name").await;
        }
        let (mut all, mut cursor) = (vec![], None);
        loop {
            let (page, next) = find(&alice, "", cursor, 3).await;
            assert!(page.len() == 3 || next.is_none());
            all.extend(page);
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(all, ["alice", "user0", "user1", "user2", "user3", "user4", "user5", "user6"]);
        let (mut people, mut cursor) = (0, None);
        loop {
            let body = ListMembers { chat_id: ChatId::general(), cursor, limit: Some(3) };
            let Reply::Members { members, next_cursor } = alice.ask(Request::ListMembers(body)).await.unwrap() else {
                panic!()
            };
            let roles: Vec<_> = members.iter().map(|member: &Member| member.role).collect();
            assert!(roles.windows(2).all(|pair| pair[0] >= pair[1]));
            people += members.len();
            cursor = next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(people, 8);
    }

    async fn cursors_and_limits_that_nobody_gave_are_refused(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let ask = |query: &str, cursor: Option<&str>, limit| {
            let (query, cursor) = (query.to_owned(), cursor.map(str::to_owned));
            Directory { query, cursor, limit }
        };
        let long = "x".repeat(81);
        let bad = [
            ask("", Some("x"), None),
            ask("", Some("x:y"), None),
            ask("", Some("1:a\0"), None),
            ask("", None, Some(0)),
            ask("", None, Some(201)),
            ask(&long, None, None),
        ];
        for body in bad {
            assert_eq!(alice.refused(Request::ListUsers(body.clone())).await, ErrorCode::InvalidField, "{body:?}");
        }
        for cursor in ["9:1:x", "1:x:y", "1:1:a\0"] {
            let members = ListMembers { chat_id: ChatId::general(), cursor: Some(cursor.to_owned()), limit: None };
            assert_eq!(alice.refused(Request::ListMembers(members)).await, ErrorCode::InvalidField);
        }
        let channels = ask("", Some("a\0:b"), None);
        assert_eq!(alice.refused(Request::ListChannels(channels)).await, ErrorCode::InvalidField);
    }
}
