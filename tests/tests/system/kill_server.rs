//! kill -9 of the real server under four senders, again and again: every acknowledged message is there once.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use protocol::{ChatId, MessageId};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use testkit::{Addresses, Gone, Person, ServerProcess, TestDb, Wire, new_local_id, times};
use tokio::sync::watch;

const SENDERS: usize = 4;

/// What the senders and the killer share.
struct Stage {
    /// Where the server is now; `None` while it is down.
    at: watch::Sender<Option<Addresses>>,
    /// How many acknowledgements there were.
    acknowledged: watch::Sender<u64>,
    /// How many posts were sent again because the connection ended before their answer.
    sent_again: AtomicU64,
    over: AtomicBool,
}

/// An acknowledged message: its id, its place, what it says.
type Acknowledged = (MessageId, u64, String);

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_of_the_server_loses_no_acknowledged_message_on_sqlite() {
    kill_again_and_again(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_of_the_server_loses_no_acknowledged_message_on_postgresql() {
    match TestDb::postgres() {
        Some(db) => kill_again_and_again(db.server_url()).await,
        None => sql::testing::cluster::say_none(),
    }
}

async fn kill_again_and_again(database_url: Option<&str>) {
    let kills = times("HYBRID_KILLS", 10, 200);
    let data = tempfile::tempdir().unwrap();
    let mut server = ServerProcess::start(data.path(), database_url);
    let stage = Arc::new(Stage {
        at: watch::Sender::new(Some(server.addresses)),
        acknowledged: watch::Sender::new(0),
        sent_again: AtomicU64::new(0),
        over: AtomicBool::new(false),
    });
    let mut senders = Vec::new();
    for number in 0..SENDERS {
        let wire = if number % 2 == 0 { Wire::WebSocket } else { Wire::Tcp };
        let person = Person::register(server.addresses, wire, &format!("sender{number}")).await;
        senders.push(tokio::spawn(send_until_over(Arc::clone(&stage), person, wire)));
    }
    let mut rng = StdRng::seed_from_u64(2);
    for _ in 0..kills {
        server = kill_and_start(&stage, server, data.path(), database_url, rng.random_range(1..60)).await;
    }
    stage.over.store(true, Ordering::Relaxed);
    let mut acknowledged = Vec::new();
    for sender in senders {
        acknowledged.push(sender.await.unwrap());
    }
    let mut judge = Person::login(server.addresses, Wire::WebSocket, "sender0").await;
    judge_history(&judge.history(&ChatId::general()).await, &acknowledged);
    let again = stage.sent_again.load(Ordering::Relaxed);
    assert!(again > u64::from(kills) / 2, "the kills hit nothing: only {again} posts were under way in {kills} kills");
}

/// Lets the senders get `more` acknowledgements, kills the server in the middle of the next, and starts it again.
async fn kill_and_start(
    stage: &Stage,
    mut server: ServerProcess,
    data: &Path,
    database_url: Option<&str>,
    more: u64,
) -> ServerProcess {
    let mut acknowledged = stage.acknowledged.subscribe();
    let enough = *acknowledged.borrow() + more;
    let reached = acknowledged.wait_for(|count| *count >= enough);
    tokio::time::timeout(testkit::DEADLINE, reached).await.expect("the senders get on").unwrap();
    stage.at.send_replace(None);
    let (data, url) = (data.to_owned(), database_url.map(str::to_owned));
    let started = tokio::task::spawn_blocking(move || {
        server.kill();
        ServerProcess::start(&data, url.as_deref())
    });
    let server = started.await.unwrap();
    stage.at.send_replace(Some(server.addresses));
    server
}

/// Posts one message after the other; what got no answer is posted again under the same id.
async fn send_until_over(stage: Arc<Stage>, mut person: Person, wire: Wire) -> Vec<Acknowledged> {
    let general = ChatId::general();
    let (token, name) = (person.access_token.clone(), person.name.clone());
    let mut acknowledged = Vec::new();
    while !stage.over.load(Ordering::Relaxed) {
        let (id, text) = (new_local_id(), format!("{name} {}", acknowledged.len()));
        let accepted = loop {
            match person.post(&general, id, &text).await {
                Ok(Ok(accepted)) => break accepted,
                Ok(Err(refused)) => assert!(refused.code.is_retryable(), "{refused}"),
                Err(Gone) => {
                    stage.sent_again.fetch_add(1, Ordering::Relaxed);
                    person = reconnect(&stage, wire, &token).await;
                }
            }
        };
        acknowledged.push((accepted.message_id, accepted.seq, text));
        stage.acknowledged.send_modify(|count| *count += 1);
    }
    acknowledged
}

async fn reconnect(stage: &Stage, wire: Wire, token: &str) -> Person {
    let mut at = stage.at.subscribe();
    loop {
        let up = at.wait_for(Option::is_some);
        let addresses = *tokio::time::timeout(testkit::DEADLINE, up).await.expect("the server returns").unwrap();
        if let Some(person) = Person::resume(addresses.unwrap(), wire, token).await {
            return person;
        }
        // It was killed again just now, and says so through `at` in a moment.
        tokio::task::yield_now().await;
    }
}

fn judge_history(history: &[protocol::Message], acknowledged: &[Vec<Acknowledged>]) {
    let places: Vec<u64> = history.iter().map(|message| message.seq).collect();
    assert_eq!(places, (1..=history.len() as u64).collect::<Vec<_>>(), "the sequence is dense");
    let by_id: HashMap<&MessageId, &protocol::Message> = history.iter().map(|message| (&message.id, message)).collect();
    assert_eq!(by_id.len(), history.len(), "no id is there twice");
    let texts: Vec<&str> = history.iter().filter(|m| m.sender_id.0 != 0).map(|m| m.content.as_str()).collect();
    assert_eq!(texts.iter().collect::<HashSet<_>>().len(), texts.len(), "no text is there twice");
    for one in acknowledged {
        for (id, seq, text) in one {
            let message = by_id.get(id).unwrap_or_else(|| panic!("{text:?} was acknowledged as {seq} and is lost"));
            assert_eq!((message.seq, &message.content), (*seq, text));
        }
        assert!(one.is_sorted_by_key(|(_, seq, _)| *seq), "a sender's messages keep their order");
    }
    let kept: usize = acknowledged.iter().map(Vec::len).sum();
    assert_eq!(texts.len(), kept, "and nothing else is there");
}
