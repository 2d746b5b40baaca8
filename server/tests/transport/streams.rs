//! WebSocket and TCP: the given frames, two people talking, heartbeats, order.

use std::time::Duration;

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::Host;

#[tokio::test]
async fn the_given_frames_work_over_websocket() {
    let host = Host::start().await;
    let (alice, bob, carol) = (host.register("alice").await, host.register("bob").await, host.register("carol").await);
    let mut ws = host.ws_stranger().await;
    ws.send(&json!({"type": "auth", "token": alice.access})).await;
    let success = ws.next().await;
    assert_eq!((&success["type"], &success["user_id"]), (&json!("auth_success"), &json!(alice.id)));
    assert_eq!(success["username"], "alice");
    assert!((895..=900).contains(&success["expires_in"].as_i64().unwrap()));
    assert!(success.get("access_token").is_none());

    let mut other = host.ws(&bob).await;
    let first = ws.ask(json!({"type": "message", "chat_id": "general", "content": "Начало"})).await;
    let given = json!({"type":"message","chat_id":"general","content":"Привет, мир!","message_type":"text",
        "reply_to": first["message_id"], "mentions":[bob.id, carol.id], "reactions":["👍","❤️"]});
    let accepted = ws.ask(given).await;
    assert_eq!(accepted["type"], "message_accepted", "{accepted}");
    let told = loop {
        let told = other.until("new_message").await;
        if told["message"]["content"] == "Привет, мир!" {
            break told;
        }
    };
    assert_eq!(told["chat_id"], "general");
    let message = &told["message"];
    assert_eq!((&message["sender_id"], &message["sender_username"]), (&json!(alice.id), &json!("alice")));
    assert_eq!((&message["message_type"], &message["reply_to"]), (&json!("text"), &first["message_id"]));
    assert_eq!(message["mentions"], json!([bob.id, carol.id]));
    assert_eq!(message["reactions"], json!({"👍": [alice.id], "❤️": [alice.id]}));
    assert!(message["timestamp"].as_str().unwrap().ends_with('Z'));
    assert_eq!(message["id"], accepted["message_id"]);
}

#[tokio::test]
async fn a_person_at_nc_logs_in_and_chats_with_a_browser() {
    let host = Host::start().await;
    host.register("alice").await;
    let bob = host.register("bob").await;
    let mut browser = host.ws(&bob).await;
    let mut nc = host.lines().await;
    nc.send_bytes(b"\r\n{\"type\":\"login\",\"username\":\"alice\",\"password\":\"securepassword123\"}\r\n").await;
    let success = nc.until("auth_success").await;
    assert!(success["access_token"].is_string());
    nc.send_bytes("{\"type\":\"message\",\"chat_id\":\"general\",\"content\":\"из nc 👋\"}\n".as_bytes()).await;
    assert_eq!(nc.until("message_accepted").await["chat_id"], "general");
    assert_eq!(browser.until("new_message").await["message"]["content"], "из nc 👋");
    browser.send(&json!({"type": "message", "chat_id": "general", "content": "and back"})).await;
    loop {
        let told = nc.until("new_message").await;
        if told["message"]["content"] == "and back" {
            break;
        }
    }
}

#[tokio::test]
async fn a_stranger_registers_over_tcp_and_is_logged_in() {
    let host = Host::start().await;
    let mut nc = host.lines().await;
    nc.send(&json!({"type": "hello", "versions": [1, 2], "client": "nc", "request_id": 1})).await;
    let welcome = nc.next().await;
    assert_eq!((&welcome["type"], &welcome["version"]), (&json!("welcome"), &json!(1)));
    nc.send(&json!({"type": "register", "username": "dora", "password": "12345678", "request_id": 2})).await;
    assert_eq!(nc.until("auth_success").await["request_id"], 2);
    nc.send(&json!({"type": "list_chats", "request_id": 3})).await;
    assert_eq!(nc.until("chats").await["chats"][0]["id"], "general");
}

#[tokio::test]
async fn nothing_but_logging_in_works_before_logging_in() {
    let host = Host::start().await;
    let mut ws = host.ws_stranger().await;
    for frame in [
        json!({"type": "message", "chat_id": "general", "content": "hi"}),
        json!({"type": "list_chats"}),
        json!({"type": "sync", "scopes": [{"scope": "team", "have": 0}]}),
        json!({"type": "logout"}),
    ] {
        assert_eq!(ws.ask(frame.clone()).await["code"], "unauthenticated", "{frame}");
    }
    assert_eq!(ws.ask(json!({"type": "ping"})).await["type"], "pong");
}

#[tokio::test]
async fn many_messages_sent_at_once_are_answered_in_their_order() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let mut nc = host.lines().await;
    nc.auth(&alice).await;
    let mut burst = String::new();
    for n in 0..200 {
        let frame = json!({"type": "message", "chat_id": "general", "content": n.to_string(), "request_id": n});
        burst.push_str(&format!("{frame}\n"));
    }
    nc.send_bytes(burst.as_bytes()).await;
    let mut seq = 0;
    for n in 0..200 {
        let accepted = nc.until("message_accepted").await;
        assert_eq!(accepted["request_id"], n);
        assert!(accepted["seq"].as_u64().unwrap() > seq);
        seq = accepted["seq"].as_u64().unwrap();
    }
    let texts = host.texts(&alice).await;
    assert_eq!(texts.last().unwrap(), "199");
}

#[tokio::test]
async fn a_request_after_a_post_sees_the_post() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let mut nc = host.lines().await;
    nc.auth(&alice).await;
    let post = json!({"type": "message", "chat_id": "general", "content": "x"});
    let read = json!({"type": "history", "chat_id": "general"});
    nc.send_bytes(format!("{post}\n{post}\n{read}\n").as_bytes()).await;
    let page = nc.until("history_page").await;
    assert_eq!(page["messages"].as_array().unwrap().iter().filter(|m| m["content"] == "x").count(), 2);
}

#[tokio::test]
async fn a_silent_stream_hears_heartbeats_and_answers_probes() {
    let host = Host::start_with(|c| c.limits.heartbeat = Duration::from_millis(80)).await;
    let alice = host.register("alice").await;
    let mut ws = host.ws(&alice).await;
    for _ in 0..5 {
        // The library answers the server's pings while it reads, so the stream outlives many silences.
        ws.until("heads").await;
    }
    let mut nc = host.lines().await;
    nc.auth(&alice).await;
    for _ in 0..5 {
        nc.until("heads").await;
    }
}

#[tokio::test]
async fn a_peer_that_answers_no_probe_is_let_go() {
    let host = Host::start_with(|c| c.limits.heartbeat = Duration::from_millis(80)).await;
    let alice = host.register("alice").await;
    let mut ws = host.ws(&alice).await;
    // Reads below the library, which therefore answers no ping.
    let stream = ws.0.get_mut();
    let mut bytes = [0; 4096];
    let ended = tokio::time::timeout(crate::harness::PATIENCE, async {
        while !matches!(tokio::io::AsyncReadExt::read(stream, &mut bytes).await, Ok(0) | Err(_)) {}
    });
    ended.await.expect("the server hangs up");
}

#[tokio::test]
async fn who_does_not_log_in_in_time_is_let_go() {
    let host = Host::start_with(|c| c.limits.auth_deadline = Duration::from_millis(100)).await;
    let mut ws = host.ws_stranger().await;
    assert_eq!(ws.next().await["code"], "unauthenticated");
    assert_eq!(ws.next().await["type"], "closed");
    let mut nc = host.lines().await;
    assert_eq!(nc.next().await["code"], "unauthenticated");
    assert!(nc.next().await.is_null());
}

#[tokio::test]
async fn a_binary_message_is_refused_and_the_stream_goes_on() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let mut ws = host.ws(&alice).await;
    futures_util::SinkExt::send(&mut ws.0, Message::Binary(vec![1, 2, 3].into())).await.unwrap();
    assert_eq!(ws.until("error").await["code"], "malformed_frame");
    assert_eq!(ws.ask(json!({"type": "ping"})).await["type"], "pong");
}

#[tokio::test]
async fn a_stream_stays_the_person_who_logged_in_on_it() {
    let host = Host::start().await;
    let (alice, bob) = (host.register("alice").await, host.register("bob").await);
    let mut ws = host.ws(&alice).await;
    assert_eq!(ws.ask(json!({"type": "auth", "token": bob.access})).await["code"], "forbidden");
    assert_eq!(ws.ask(json!({"type": "update_profile", "bio": "me"})).await["user"]["id"], alice.id);
}
