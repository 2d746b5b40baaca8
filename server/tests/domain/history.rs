//! Pages of history, by place and by time.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{History, HistoryPage, Request};
use protocol::limits::PAGE_MESSAGES_MAX;
use protocol::{ChatId, ErrorCode, Timestamp};
use server::domain::{Failure, messages};

use crate::support::{Person, START_MS, Team, newest};

fn seqs(page: &HistoryPage) -> (Vec<u64>, bool, bool) {
    (page.messages.iter().map(|m| m.seq).collect(), page.has_more_before, page.has_more_after)
}

/// A private chat with 20 messages, one a minute.
async fn twenty(team: &Team) -> (Person, ChatId) {
    let (alice, bob) = (team.person("alice").await, team.person("bob").await);
    let chat = alice.private(bob.id).await;
    for n in 1..=20 {
        team.advance(60_000);
        alice.post(&chat, &n.to_string()).await;
    }
    (alice, chat)
}

sql::each_db! {
    async fn history_pages_before_after_and_around_a_place(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, chat) = twenty(&team).await;
        let ask = |before_seq, after_seq, around_seq, limit| {
            alice.history(History { chat_id: chat.clone(), before_seq, after_seq, around_seq, ..newest(&chat, limit) })
        };
        assert_eq!(seqs(&ask(None, None, None, 3).await), (vec![18, 19, 20], true, false));
        assert_eq!(seqs(&ask(Some(18), None, None, 3).await), (vec![15, 16, 17], true, true));
        assert_eq!(seqs(&ask(Some(3), None, None, 5).await), (vec![1, 2], false, true));
        assert_eq!(seqs(&ask(None, Some(18), None, 5).await), (vec![19, 20], true, false));
        assert_eq!(seqs(&ask(None, Some(0), None, 2).await), (vec![1, 2], false, true));
        assert_eq!(seqs(&ask(None, None, Some(10), 4).await), (vec![8, 9, 10, 11], true, true));
        assert_eq!(seqs(&ask(None, None, Some(1), 4).await), (vec![1, 2, 3, 4], false, true));
        assert_eq!(seqs(&ask(None, None, Some(20), 4).await), (vec![17, 18, 19, 20], true, false));
        assert_eq!(seqs(&ask(None, Some(20), None, 4).await), (vec![], false, false));
        assert_eq!(seqs(&ask(None, None, Some(u64::MAX), 2).await), (vec![19, 20], true, false));
    }

    async fn a_page_that_is_too_large_or_asks_twice_is_refused(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, chat) = twenty(&team).await;
        for limit in [0, PAGE_MESSAGES_MAX + 1, u32::MAX] {
            assert_eq!(alice.refused(Request::History(newest(&chat, limit))).await, ErrorCode::InvalidField);
        }
        let both = History { before_seq: Some(1), after_seq: Some(1), ..newest(&chat, 1) };
        assert_eq!(alice.refused(Request::History(both)).await, ErrorCode::InvalidField);
    }

    async fn a_page_of_long_messages_is_shorter_and_says_that_there_are_more(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.private(bob.id).await;
        for _ in 0..5 {
            alice.post(&chat, &"ж".repeat(12_000)).await;
        }
        assert_eq!(seqs(&alice.history(newest(&chat, 50)).await), (vec![4, 5], true, false));
        let after = History { after_seq: Some(1), ..newest(&chat, 50) };
        assert_eq!(seqs(&alice.history(after).await), (vec![2, 3], true, true));
    }

    async fn pages_by_time_go_back_from_a_moment(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, chat) = twenty(&team).await;
        let ask = |page, before: Option<i64>| {
            let chat = chat.clone();
            let before = before.map(|minutes| Timestamp(START_MS + minutes * 60_000));
            let (app, id) = (alice.app.clone(), alice.id);
            async move {
                let asked = move |cx: &mut server::domain::Cx<'_, '_>| {
                    messages::by_time(cx, &chat, page, Some(4), before)
                };
                app.read(id, asked).await.map(|page| seqs(&page)).map_err(Failure::into_protocol)
            }
        };
        assert_eq!(ask(None, None).await.unwrap(), (vec![17, 18, 19, 20], true, false));
        assert_eq!(ask(Some(2), None).await.unwrap(), (vec![13, 14, 15, 16], true, true));
        assert_eq!(ask(Some(1), Some(10)).await.unwrap(), (vec![6, 7, 8, 9], true, true));
        assert_eq!(ask(Some(3), Some(10)).await.unwrap(), (vec![1], false, true));
        assert_eq!(ask(Some(9), Some(10)).await.unwrap(), (vec![], false, false));
        assert_eq!(ask(Some(u32::MAX), None).await.unwrap().0, Vec::<u64>::new());
        assert_eq!(ask(Some(1), Some(-5)).await.unwrap().0, Vec::<u64>::new());
        assert_eq!(ask(Some(0), None).await.unwrap_err().code, ErrorCode::InvalidField);
    }
}
