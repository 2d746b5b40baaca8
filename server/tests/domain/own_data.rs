//! Own data is its person's alone, on all their devices, and bounded.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{Event, PutItem, Reply, Request};
use protocol::limits::{ITEM_KEY_BYTES_MAX, ITEM_VALUE_BYTES_MAX};
use protocol::{ErrorCode, Item, Row, Scope};

use crate::support::{Person, Team};

fn put(key: &str, value: Option<&str>) -> Request {
    Request::PutItem(PutItem { key: key.to_owned(), value: value.map(str::to_owned) })
}

async fn kept(person: &Person, key: &str, value: Option<&str>) -> Item {
    match person.ask(put(key, value)).await.unwrap() {
        Reply::ItemState { item } => item,
        other => panic!("{other:?}"),
    }
}

async fn items(person: &Person, have: u64) -> Vec<Item> {
    let changes = person.sync(Scope::User(person.id), have).await.unwrap();
    let item = |row| if let Row::Item(item) = row { Some(item) } else { None };
    changes.rows.into_iter().filter_map(item).collect()
}

sql::each_db! {
    async fn an_entry_reaches_the_other_device_and_nobody_else(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let mut tablet = team.online(alice.id).await;
        let mut bob = team.person("bob").await;
        bob.heard_now();
        let item = kept(&alice, "chat:general", Some("{\"pinned_at\":1}")).await;
        let heard = tablet
            .hear(|event| match event {
                Event::RowChanged { scope, row: Row::Item(item) } => Some((scope.clone(), item.clone())),
                _ => None,
            })
            .await;
        assert_eq!(heard, (Scope::User(alice.id), item.clone()));
        assert_eq!(items(&tablet, item.rev - 1).await, [item]);
        assert!(items(&bob, 0).await.is_empty());
        let told = |event: &Event| matches!(event, Event::RowChanged { row: Row::Item(_), .. });
        assert!(!bob.heard_now().iter().any(told));
        assert_eq!(bob.sync(Scope::User(alice.id), 0).await.unwrap_err().code, ErrorCode::Forbidden);
    }

    async fn an_entry_taken_away_stays_as_a_tombstone_and_the_same_again_changes_nothing(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let first = kept(&alice, "draft:general", Some("a")).await;
        assert_eq!(kept(&alice, "draft:general", Some("a")).await, first);
        let gone = kept(&alice, "draft:general", None).await;
        assert_eq!((gone.rev, gone.value), (first.rev + 1, None));
        assert_eq!(kept(&alice, "draft:general", None).await.rev, gone.rev);
        assert_eq!(items(&alice, 0).await.last().unwrap().value, None);
        let before = team.fingerprint().await;
        assert_eq!(kept(&alice, "never:was", None).await.rev, 0);
        assert_eq!(before, team.fingerprint().await);
    }

    async fn a_long_backlog_of_entries_and_memberships_comes_page_by_page_without_holes(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        for n in 0..450 {
            kept(&alice, &format!("note:{n}"), Some("x")).await;
        }
        alice.group(&[]).await;
        let (mut have, mut seen, mut chats) = (0, Vec::new(), 0);
        loop {
            let changes = alice.sync(Scope::User(alice.id), have).await.unwrap();
            assert!(changes.rows.len() <= 200);
            for row in changes.rows {
                match row {
                    Row::Item(item) => seen.push(item.key),
                    Row::Membership(_) => chats += 1,
                    _ => {}
                }
            }
            have = changes.to;
            if have == changes.head {
                break;
            }
        }
        assert_eq!(seen, (0..450).map(|n| format!("note:{n}")).collect::<Vec<_>>());
        assert_eq!(chats, 2, "general and the group");
    }

    async fn what_is_out_of_bounds_is_refused_and_changes_nothing(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let before = team.fingerprint().await;
        let long_key = "k".repeat(ITEM_KEY_BYTES_MAX + 1);
        let long = "v".repeat(ITEM_VALUE_BYTES_MAX + 1);
        for (key, value) in [("", "v"), ("a b", "v"), ("ключ", "v"), (&*long_key, "v"), ("k", &*long), ("k", "a\0b")] {
            assert_eq!(alice.refused(put(key, Some(value))).await, ErrorCode::InvalidField, "{key:?}");
        }
        assert_eq!(before, team.fingerprint().await);
        let widest = "v".repeat(ITEM_VALUE_BYTES_MAX);
        kept(&alice, &"k".repeat(ITEM_KEY_BYTES_MAX), Some(&widest)).await;
    }
}
