//! Sessions: tokens rotate, a replay ends them, log-out counts at once everywhere.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Answer, Host, Person};

async fn refresh(host: &Host, token: &str, key: Option<&str>) -> Answer {
    let body = json!({"refresh_token": token}).to_string();
    let headers: Vec<(&str, &str)> = key.iter().map(|key| ("Idempotency-Key", *key)).collect();
    host.raw("POST", "/api/v1/auth/refresh", None, &headers, body.as_bytes()).await
}

async fn me(host: &Host, token: &str) -> (u16, String) {
    let answer = host.rest("GET", "/api/v1/me", Some(token), None).await;
    (answer.status, answer.code().to_owned())
}

const KEY: &str = "01900000-0000-7000-8000-000000000001";
const OTHER_KEY: &str = "01900000-0000-7000-8000-000000000002";

#[tokio::test]
async fn a_log_out_ends_the_session_on_every_transport_at_once() {
    let host = Host::start().await;
    let (alice, bob) = (host.register("alice").await, host.register("bob").await);
    let mut ws = host.ws(&alice).await;
    let mut nc = host.lines().await;
    nc.auth(&alice).await;
    let mut other = host.ws(&bob).await;
    let out = host.rest("POST", "/api/v1/auth/logout", Some(&alice.access), None).await;
    assert_eq!(out.status, 200, "{}", out.json);
    assert_eq!(ws.until("closing").await["reason"], "session_ended");
    assert_eq!(nc.until("closing").await["reason"], "session_ended");
    assert!(nc.next().await.is_null());
    assert_eq!(me(&host, &alice.access).await, (401, "token_invalid".to_owned()));
    assert_eq!(refresh(&host, &alice.refresh, None).await.code(), "token_invalid");
    let mut late = host.ws_stranger().await;
    assert_eq!(late.ask(json!({"type": "auth", "token": alice.access})).await["code"], "token_invalid");
    assert_eq!(other.ask(json!({"type": "ping"})).await["type"], "pong");
    assert_eq!(me(&host, &bob.access).await.0, 200);
}

#[tokio::test]
async fn a_log_out_on_a_stream_is_answered_and_then_the_stream_ends() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let mut nc = host.lines().await;
    nc.auth(&alice).await;
    nc.send(&json!({"type": "logout", "request_id": 1})).await;
    assert_eq!(nc.until("done").await["request_id"], 1);
    assert!(nc.rest().await.iter().all(|f| f["type"] == "closing"));
    assert_eq!(me(&host, &alice.access).await.0, 401);
}

#[tokio::test]
async fn another_session_of_the_same_person_goes_on() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let login = json!({"username": "alice", "password": "securepassword123"});
    let second = Person::from(&host.rest("POST", "/api/v1/auth/login", None, Some(&login)).await.json);
    host.rest("POST", "/api/v1/auth/logout", Some(&alice.access), None).await;
    assert_eq!(me(&host, &second.access).await.0, 200);
}

#[tokio::test]
async fn a_refresh_token_works_once_and_a_replay_ends_the_session() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let mut ws = host.ws(&alice).await;
    let second = refresh(&host, &alice.refresh, Some(KEY)).await;
    assert_eq!(second.status, 200);
    let second = Person::from(&second.json);
    assert_ne!(second.refresh, alice.refresh);
    assert_eq!(me(&host, &second.access).await.0, 200);
    let replay = refresh(&host, &alice.refresh, Some(OTHER_KEY)).await;
    assert_eq!((replay.status, replay.code()), (401, "token_reused"));
    assert_eq!(ws.until("closing").await["reason"], "session_ended");
    assert_eq!(me(&host, &second.access).await.0, 401);
    assert_eq!(refresh(&host, &second.refresh, None).await.code(), "token_invalid");
}

#[tokio::test]
async fn a_refresh_whose_reply_was_lost_is_answered_the_same_again() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let first = Person::from(&refresh(&host, &alice.refresh, Some(KEY)).await.json);
    let again = Person::from(&refresh(&host, &alice.refresh, Some(KEY)).await.json);
    assert_eq!(first.refresh, again.refresh);
    let next = Person::from(&refresh(&host, &again.refresh, Some(OTHER_KEY)).await.json);
    assert_eq!(me(&host, &next.access).await.0, 200);
    // Its successor was used, so the reply did arrive: now it is a replay.
    assert_eq!(refresh(&host, &alice.refresh, Some(KEY)).await.code(), "token_reused");
}

#[tokio::test]
async fn a_lost_reply_may_be_asked_for_after_a_long_sleep_but_only_by_who_asked() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let first = Person::from(&refresh(&host, &alice.refresh, Some(KEY)).await.json);
    host.pass(8 * 3600);
    let again = refresh(&host, &alice.refresh, Some(KEY)).await;
    assert_eq!((again.status, &again.json["refresh_token"]), (200, &json!(first.refresh)));
    assert_eq!(refresh(&host, &alice.refresh, None).await.code(), "token_reused");
    assert_eq!(refresh(&host, &alice.refresh, Some(KEY)).await.code(), "token_invalid");
}

#[tokio::test]
async fn of_two_refreshes_at_once_exactly_one_is_granted() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let (a, b) =
        tokio::join!(refresh(&host, &alice.refresh, Some(KEY)), refresh(&host, &alice.refresh, Some(OTHER_KEY)));
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test]
async fn a_refresh_token_ends_after_thirty_days() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    host.pass(30 * 24 * 3600 - 60);
    let next = refresh(&host, &alice.refresh, None).await;
    assert_eq!(next.status, 200, "{}", next.json);
    host.pass(30 * 24 * 3600);
    let late = refresh(&host, next.json["refresh_token"].as_str().unwrap(), None).await;
    assert_eq!(late.code(), "token_invalid");
}

#[tokio::test]
async fn an_access_token_ends_after_fifteen_minutes_and_so_does_its_stream() {
    let host = Host::start_with(|c| c.limits.heartbeat = Duration::from_millis(100)).await;
    let alice = host.register("alice").await;
    let mut ws = host.ws(&alice).await;
    let mut renewed = host.ws(&alice).await;
    host.pass(880);
    let next = Person::from(&refresh(&host, &alice.refresh, None).await.json);
    assert_eq!(renewed.ask(json!({"type": "auth", "token": next.access})).await["type"], "auth_success");
    host.pass(21);
    assert_eq!(ws.until("closing").await["reason"], "token_expired");
    assert_eq!(me(&host, &alice.access).await, (401, "token_expired".to_owned()));
    assert_eq!(renewed.ask(json!({"type": "ping"})).await["type"], "pong");
}

#[tokio::test]
async fn tokens_are_refreshed_on_the_open_stream() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let mut ws = host.ws(&alice).await;
    let answer = ws.ask(json!({"type": "refresh", "refresh_token": alice.refresh, "local_id": KEY})).await;
    assert_eq!(answer["type"], "auth_success", "{answer}");
    let next = Person::from(&answer);
    assert_eq!(ws.ask(json!({"type": "auth", "token": next.access})).await["type"], "auth_success");
}

#[tokio::test]
async fn a_registration_whose_reply_was_lost_is_answered_again() {
    let host = Host::start().await;
    let body = json!({"username": "alice", "password": "securepassword123"}).to_string();
    let headers = [("Idempotency-Key", KEY)];
    let mut ids = Vec::new();
    for _ in 0..2 {
        let answer = host.raw("POST", "/api/v1/auth/register", None, &headers, body.as_bytes()).await;
        assert_eq!(answer.status, 201, "{}", answer.json);
        ids.push(Person::from(&answer.json).id);
    }
    assert_eq!(ids[0], ids[1]);
    let body = json!({"username": "alice", "password": "another password"}).to_string();
    let other = host.raw("POST", "/api/v1/auth/register", None, &headers, body.as_bytes()).await;
    assert_eq!(other.code(), "username_taken");
}

#[tokio::test]
async fn tokens_outlive_a_restart_of_the_server() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let folder = std::sync::Arc::clone(&host.folder);
    host.running.stop().await;
    let host = Host::start_in(folder, |_| {}).await;
    assert_eq!(me(&host, &alice.access).await.0, 200);
    assert_eq!(refresh(&host, &alice.refresh, None).await.status, 200);
}

#[tokio::test]
async fn no_password_and_no_refresh_token_lies_in_the_data_folder() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let folder = std::sync::Arc::clone(&host.folder);
    host.running.stop().await;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for secret in ["securepassword123", &alice.refresh, &alice.access] {
            let found = memchr::memmem::find(&bytes, secret.as_bytes()).is_some();
            assert!(!found, "{} holds a secret", path.display());
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_database_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let host = Host::start().await;
    host.register("alice").await;
    for name in ["server.db", "server.db-wal"] {
        let mode = std::fs::metadata(host.folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}
