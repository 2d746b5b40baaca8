//! Messages are found by their words: the same on both databases as by looking at every message, and only by those who may read them.

#![allow(clippy::unwrap_used, reason = "tests")]

use protocol::frame::{
    EditMessage, Found, FoundMessage, Has, MemberRef, MessageRef, PostMessage, Reply, Request, Search,
};
use protocol::{ChatId, ErrorCode, Message, NewPoll, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use server::domain::{Cx, SERVER, search};

use crate::support::{Person, START_MS, Team, local_id, newest, text};

const HOUR: i64 = 3_600_000;

fn words(query: &str) -> Search {
    Search {
        query: query.to_owned(),
        chat_id: None,
        sender_id: None,
        has: None,
        before: None,
        after: None,
        cursor: None,
        limit: Some(50),
    }
}

async fn page(person: &Person, asked: Search) -> Found {
    match person.ask_as(None, Request::Search(asked)).await.unwrap() {
        Reply::Found(found) => found,
        other => panic!("{other:?}"),
    }
}

async fn hits(person: &Person, asked: Search) -> Vec<FoundMessage> {
    let found = page(person, asked).await;
    assert_eq!(found.next_cursor, None);
    found.hits
}

async fn said(person: &Person, asked: Search) -> Vec<String> {
    hits(person, asked).await.into_iter().map(|hit| hit.message.content).collect()
}

/// Every page, one after the other.
async fn all(person: &Person, asked: Search) -> Vec<Message> {
    let (mut messages, mut cursor) = (Vec::new(), None);
    loop {
        let found = page(person, Search { cursor, ..asked.clone() }).await;
        messages.extend(found.hits.into_iter().map(|hit| hit.message));
        match found.next_cursor {
            Some(next) => cursor = Some(next),
            None => return messages,
        }
    }
}

const PIECES: [&str; 18] = [
    "Привет",
    "приветы",
    "ёлка",
    "елки",
    "ЁЛКУ",
    "message",
    "messages",
    "Straße",
    "strasse",
    "дом",
    "домашний",
    "a1b2",
    "15",
    "1e5",
    "日本語",
    "и\u{306}од",
    "don't",
    "ΟΔΟΣ",
];

fn some_text(rng: &mut StdRng) -> String {
    let count = rng.random_range(1..6);
    let words: Vec<&str> = (0..count).map(|_| PIECES[rng.random_range(0..PIECES.len())]).collect();
    words.join([" ", ", ", "-", "\n", "_", " :* & | ' \" "][rng.random_range(0..6)])
}

/// A word or the beginning of one, or two.
fn some_query(rng: &mut StdRng) -> String {
    let mut parts = Vec::new();
    for _ in 0..rng.random_range(1..3) {
        let word: Vec<char> = PIECES[rng.random_range(0..PIECES.len())].chars().collect();
        let kept = rng.random_range(1..=word.len());
        parts.push(word[..kept].iter().collect::<String>());
    }
    parts.join(" ")
}

sql::each_db! {
    async fn bob_finds_what_alice_said_by_any_form_or_beginning_of_its_words(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        for content in ["Собрание ёлки завтра", "Messages were sent", "собрание вчера"] {
            alice.post(&ChatId::general(), content).await;
        }
        assert_eq!(said(&bob, words("елка")).await, ["Собрание ёлки завтра"]);
        assert_eq!(said(&bob, words("собр")).await, ["собрание вчера", "Собрание ёлки завтра"]);
        assert_eq!(said(&bob, words("MESSAGE sent")).await, ["Messages were sent"]);
        assert!(said(&bob, words("собрание послезавтра")).await.is_empty());
        assert!(said(&bob, words("обрание")).await.is_empty());
        let hit = hits(&bob, words("елка")).await.remove(0);
        let (start, end) = hit.highlights[0];
        assert_eq!(&hit.message.content[start as usize..end as usize], "ёлки");
    }

    async fn it_finds_what_looking_at_every_message_finds(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let seed: u64 = rand::rng().random();
        let mut rng = StdRng::seed_from_u64(seed);
        let mut texts = Vec::new();
        for _ in 0..60 {
            let content = some_text(&mut rng);
            alice.post(&ChatId::general(), &content).await;
            texts.push(content);
        }
        for _ in 0..80 {
            let query = some_query(&mut rng);
            let wanted = ::words::wanted(&query);
            let expected: Vec<&String> = texts.iter().rev().filter(|text| ::words::matches(text, &wanted)).collect();
            let found = all(&alice, Search { limit: Some(7), ..words(&query) }).await;
            let found: Vec<&String> = found.iter().map(|message| &message.content).collect();
            assert_eq!(found, expected, "seed {seed}, query {query:?}");
        }
    }

    async fn a_beginning_of_many_words_is_found_in_all_of_them(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let texts: Vec<String> = (0..50).map(|n| format!("слово{n} слон")).collect();
        for text in &texts {
            alice.post(&ChatId::general(), text).await;
        }
        for query in ["сло", "слово", "слово5", "слон сло"] {
            let wanted = ::words::wanted(query);
            let fits = |text: &&String| ::words::matches(text, &wanted);
            let expected: Vec<String> = texts.iter().rev().filter(fits).cloned().collect();
            assert_eq!(said(&alice, Search { limit: Some(50), ..words(query) }).await, expected, "{query}");
        }
    }

    async fn nobody_finds_what_was_said_where_they_are_not(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob, eve) = (team.person("alice").await, team.person("bob").await, team.person("eve").await);
        let group = alice.group(&[bob.id]).await;
        let private = alice.private(bob.id).await;
        alice.post(&group, "secret one").await;
        team.advance(1);
        alice.post(&private, "secret two").await;
        assert_eq!(said(&bob, words("secret")).await, ["secret two", "secret one"]);
        assert!(said(&eve, words("secret")).await.is_empty());
        let there = Search { chat_id: Some(group.clone()), ..words("secret") };
        assert_eq!(eve.refused(Request::Search(there.clone())).await, ErrorCode::NotAMember);
        assert!(said(&eve, Search { sender_id: Some(alice.id), ..words("") }).await.is_empty());
        alice.ask(Request::RemoveMember(MemberRef { chat_id: group.clone(), user_id: bob.id })).await.unwrap();
        assert_eq!(said(&bob, words("secret")).await, ["secret two"]);
        assert_eq!(bob.refused(Request::Search(there)).await, ErrorCode::NotAMember);
    }

    async fn what_was_edited_is_found_as_it_is_and_what_was_deleted_not_at_all(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let chat = ChatId::general();
        // In the index already, or not yet.
        for indexed in [true, false] {
            let id = alice.post(&chat, "old words").await.message_id;
            if indexed {
                team.app.index_waiting().await.unwrap();
            }
            let edit = EditMessage { chat_id: chat.clone(), message_id: id.clone(), content: "new words".to_owned(), mentions: vec![], encrypt_for_recipients: false };
            alice.ask(Request::EditMessage(edit)).await.unwrap();
            assert!(said(&alice, words("old")).await.is_empty());
            assert_eq!(said(&alice, words("new")).await, ["new words"]);
            alice.ask(Request::DeleteMessage(MessageRef { chat_id: chat.clone(), message_id: id })).await.unwrap();
            assert!(said(&alice, words("words")).await.is_empty());
        }
    }

    async fn neither_sealed_messages_nor_notes_are_found(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let group = alice.group(&[bob.id]).await;
        alice.post_as(local_id(), PostMessage { encrypt_for_recipients: true, ..text(&group, "envelope") }).await;
        for query in ["envelope", "event", "chat_created"] {
            assert!(said(&alice, words(query)).await.is_empty(), "{query}");
        }
    }

    async fn messages_are_found_by_chat_person_time_and_what_they_hold(db: sql::Db) {
        let team = Team::new(db).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let (general, group) = (ChatId::general(), alice.group(&[bob.id]).await);
        alice.post(&general, "report https://example.org").await;
        team.advance(HOUR);
        bob.post(&general, "report two").await;
        let options = vec!["a".to_owned(), "b".to_owned()];
        let poll = NewPoll { options, multiple: false, anonymous: false, quiz: None, closes_at: None };
        team.advance(1);
        alice.post_as(local_id(), PostMessage { poll: Some(Box::new(poll)), ..text(&group, "report three?") }).await;
        let at = Some(Timestamp(START_MS + HOUR));
        let report = || words("report");
        assert_eq!(said(&bob, Search { chat_id: Some(group.clone()), ..report() }).await, ["report three?"]);
        assert_eq!(said(&bob, Search { sender_id: Some(bob.id), ..report() }).await, ["report two"]);
        assert_eq!(said(&bob, Search { before: at, ..report() }).await, ["report https://example.org"]);
        assert_eq!(said(&bob, Search { after: at, ..report() }).await, ["report three?", "report two"]);
        assert_eq!(said(&bob, Search { has: Some(Has::Link), ..report() }).await, ["report https://example.org"]);
        assert_eq!(said(&bob, Search { has: Some(Has::Poll), ..words("") }).await, ["report three?"]);
        assert!(said(&bob, Search { has: Some(Has::File), ..report() }).await.is_empty());
        assert_eq!(said(&bob, Search { sender_id: Some(alice.id), after: at, ..words("") }).await, ["report three?"]);
        // Neither nothing nor signs alone are a question.
        assert!(said(&bob, words("")).await.is_empty() && said(&bob, words("?!")).await.is_empty());
        let long = "x".repeat(257);
        for wrong in [words(&long), Search { limit: Some(51), ..report() }, Search { cursor: Some("x".to_owned()), ..report() }] {
            assert_eq!(bob.refused(Request::Search(wrong)).await, ErrorCode::InvalidField);
        }
    }

    async fn pages_are_without_gaps_and_doubles_though_all_was_said_in_one_millisecond(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        let (general, group) = (ChatId::general(), alice.group(&[]).await);
        for n in 0..30 {
            // Places of two chats meet: their numbers are made unique.
            alice.post(if n % 2 == 0 { &general } else { &group }, &format!("m{n} same")).await;
        }
        for asked in [words("same"), Search { sender_id: Some(alice.id), ..words("") }] {
            let found = all(&alice, Search { limit: Some(4), ..asked }).await;
            let mut contents: Vec<&str> = found.iter().map(|message| message.content.as_str()).collect();
            assert_eq!(contents.len(), 30);
            contents.sort_unstable();
            contents.dedup();
            assert_eq!(contents.len(), 30);
        }
    }

    async fn what_was_said_before_there_was_an_index_is_found_once_servers_have_run_long_enough(db: sql::Db) {
        let team = Team::new(db.clone()).await;
        let alice = team.person("alice").await;
        let (general, group) = (ChatId::general(), alice.group(&[]).await);
        for n in 0..250 {
            alice.post(&general, &format!("old {n}")).await;
        }
        alice.post(&group, "old in the group").await;
        team.advance(1);
        let without_index = |cx: &mut Cx<'_, '_>| {
            if cx.tx.dialect() == sql::Dialect::Sqlite {
                cx.tx.execute("DELETE FROM message_words", &[])?;
            }
            cx.tx.execute("DELETE FROM message_index", &[])?;
            cx.tx.execute("DELETE FROM server_settings WHERE key = 'search.indexed'", &[])?;
            Ok(())
        };
        team.app.index_waiting().await.unwrap();
        team.app.write(SERVER, without_index).await.unwrap();
        assert!(all(&alice, words("old")).await.is_empty());
        // Meanwhile people go on.
        alice.post(&general, "old and new").await;
        let mut steps = 0;
        while team.app.write(SERVER, search::index_some).await.unwrap() {
            steps += 1;
            // A step is bounded, and another server goes on where one ended.
            assert!(all(&alice, words("old")).await.len() <= 1 + 200 * steps);
        }
        assert!(steps >= 3, "{steps}");
        let found = all(&alice, words("old")).await;
        assert_eq!(found.len(), 252);
        let page = alice.history(newest(&general, 1)).await;
        assert_eq!(found[0].id, page.messages[0].id);
        assert!(!team.app.write(SERVER, search::index_some).await.unwrap());
        assert_eq!(all(&alice, words("old")).await.len(), 252);
    }

    async fn in_a_long_history_rare_and_frequent_words_are_found_back_to_the_beginning(db: sql::Db) {
        let team = Team::new(db).await;
        let alice = team.person("alice").await;
        for start in (0..8_200).step_by(100) {
            let said = move |cx: &mut Cx<'_, '_>| {
                for n in start..start + 100 {
                    let rare = if n % 2_700 == 0 { "rare" } else { "usual" };
                    let often = if n % 50 == 0 { "often" } else { "" };
                    let body = text(&ChatId::general(), &format!("{rare} {often} {n}"));
                    server::domain::messages::append(cx, Some(local_id()), &body)?;
                }
                cx.events.truncate(1);
                Ok(())
            };
            team.app.write(alice.id, said).await.unwrap();
            team.advance(1);
        }
        for _ in 0..3 {
            team.app.index_waiting().await.unwrap();
        }
        let numbers = |found: Vec<Message>| -> Vec<u32> {
            found.iter().map(|one| one.content.split(' ').next_back().unwrap().parse().unwrap()).collect()
        };
        assert_eq!(numbers(all(&alice, words("rare")).await), [8_100, 5_400, 2_700, 0]);
        let often: Vec<u32> = (0..8_200).rev().filter(|n| n % 50 == 0).collect();
        assert_eq!(numbers(all(&alice, words("often")).await), often);
        assert_eq!(numbers(all(&alice, words("often rare 0")).await), [0]);
        let elsewhere = alice.group(&[]).await;
        assert!(all(&alice, Search { chat_id: Some(elsewhere), ..words("rare") }).await.is_empty());
    }

    async fn what_was_said_just_before_a_server_died_is_found_after_its_next_start(db: sql::Db) {
        let before = Team::new(db.clone()).await;
        let alice = before.person("alice").await;
        alice.post(&ChatId::general(), "said before").await;
        assert_eq!(said(&alice, words("said")).await, ["said before"]);
        // The server dies between the commit and the index: nobody hears that there is something to be indexed.
        let body = text(&ChatId::general(), "said last");
        let unheard = move |cx: &mut Cx<'_, '_>| {
            server::domain::messages::append(cx, Some(local_id()), &body)?;
            cx.events.clear();
            Ok(())
        };
        before.app.write(alice.id, unheard).await.unwrap();
        assert_eq!(said(&alice, words("said")).await, ["said before"]);
        let alice_id = alice.id;
        drop((alice, before));
        let after = Team::new(db).await;
        let alice = after.online(alice_id).await;
        assert_eq!(said(&alice, words("said")).await, ["said last", "said before"]);
    }
}
