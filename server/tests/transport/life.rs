//! A server's life: what keeps it from starting, who is connected, slow peers, the end.

use std::sync::Arc;

use serde_json::json;
use server::{ConnectedPerson, Server, ServerConfig};

use crate::harness::Host;

#[tokio::test]
async fn a_taken_port_and_a_used_folder_are_told_apart() {
    let host = Host::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = ServerConfig::for_tests(folder.path());
    config.listen = host.http;
    let error = Server::start(config).await.err().unwrap();
    assert_eq!(error.code(), "port_in_use");
    let error = Server::start(ServerConfig::for_tests(host.folder.path())).await.err().unwrap();
    assert_eq!(error.code(), "folder_in_use");
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let error = Server::start(ServerConfig::for_tests(file.join("below"))).await.err().unwrap();
    assert_eq!(error.code(), "disk");
}

#[tokio::test]
async fn a_stop_tells_every_stream_and_frees_folder_and_ports() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let mut ws = host.ws(&alice).await;
    let mut nc = host.lines().await;
    nc.auth(&alice).await;
    let mut stranger = host.ws_stranger().await;
    let accepted = ws.ask(json!({"type": "message", "chat_id": "general", "content": "kept"})).await;
    assert_eq!(accepted["type"], "message_accepted");
    let (folder, address) = (Arc::clone(&host.folder), host.http);
    let stopping = tokio::spawn(host.running.stop());
    assert_eq!(ws.until("closing").await["reason"], "stopping");
    assert_eq!(nc.until("closing").await["reason"], "stopping");
    assert_eq!(stranger.until("closing").await["reason"], "stopping");
    for end in [ws.rest().await, stranger.rest().await] {
        assert!(end.iter().all(|f| f["type"] == "closed"), "{end:?}");
    }
    drop((ws, nc, stranger));
    stopping.await.unwrap();
    let again = Host::start_in(folder, |c| c.listen = address).await;
    assert_eq!(again.texts(&alice).await, ["kept"]);
}

#[tokio::test]
async fn a_host_sees_who_is_connected() {
    let host = Host::start().await;
    let (alice, bob) = (host.register("alice").await, host.register("bob").await);
    assert_eq!(host.running.connected_people().await, []);
    let (_first, _second, bobs) = (host.ws(&alice).await, host.ws(&alice).await, host.ws(&bob).await);
    let person = |name: &str, connections| ConnectedPerson { name: name.to_owned(), connections };
    assert_eq!(host.running.connected_people().await, [person("alice", 2), person("bob", 1)]);
    drop(bobs);
    let gone = async {
        while host.running.connected_people().await.len() > 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::harness::PATIENCE, gone).await.unwrap();
}

#[tokio::test]
async fn more_connections_than_allowed_are_refused_and_a_free_place_is_used() {
    let host = Host::start_with(|c| c.limits.connections_max = 2).await;
    let (mut first, second) = (host.lines().await, host.lines().await);
    first.send(&json!({"type": "ping"})).await;
    assert_eq!(first.next().await["type"], "pong");
    let mut third = host.lines().await;
    assert!(third.next().await.is_null());
    drop(second);
    let served = async {
        loop {
            let mut again = host.lines().await;
            let _ = tokio::io::AsyncWriteExt::write_all(again.0.get_mut(), b"{\"type\":\"ping\"}\n").await;
            if again.next().await["type"] == "pong" {
                return;
            }
        }
    };
    tokio::time::timeout(crate::harness::PATIENCE, served).await.unwrap();
}

#[tokio::test]
async fn a_websocket_keeps_its_place_as_long_as_it_lasts() {
    let host = Host::start_with(|c| c.limits.connections_max = 1).await;
    let alice = host.register("alice").await;
    let served = async {
        loop {
            let mut nc = host.lines().await;
            let _ = tokio::io::AsyncWriteExt::write_all(nc.0.get_mut(), b"{\"type\":\"ping\"}\n").await;
            if nc.next().await["type"] == "pong" {
                return;
            }
        }
    };
    tokio::time::timeout(crate::harness::PATIENCE, served).await.unwrap();
    let ws = async {
        loop {
            let stream = tokio::net::TcpStream::connect(host.http).await.unwrap();
            if let Ok((socket, _)) = tokio_tungstenite::client_async("ws://test/ws", stream).await {
                return crate::harness::Ws(socket);
            }
        }
    };
    let mut ws = tokio::time::timeout(crate::harness::PATIENCE, ws).await.unwrap();
    ws.auth(&alice).await;
    assert!(host.lines().await.next().await.is_null(), "the WebSocket's place was given away");
    assert_eq!(ws.ask(json!({"type": "ping"})).await["type"], "pong");
}

#[tokio::test]
async fn a_slow_consumer_is_closed_and_resumes_from_what_it_has() {
    let host = Host::start().await;
    let (alice, bob) = (host.register("alice").await, host.register("bob").await);
    let mut slow = host.lines().await;
    slow.auth(&bob).await;
    let mut fast = host.lines().await;
    fast.auth(&alice).await;
    // Bob reads nothing while far more is said than sockets and queue hold.
    let content = "x".repeat(30_000);
    let mut rev = 0;
    for n in 0..600 {
        fast.send(&json!({"type": "message", "chat_id": "general", "content": content, "request_id": n})).await;
        rev = fast.until("message_accepted").await["rev"].as_u64().unwrap();
    }
    let heard = slow.rest().await;
    assert_eq!(heard.last().unwrap()["reason"], "slow_consumer", "{} frames", heard.len());
    let had = heard.iter().rev().find_map(|f| f["message"]["rev"].as_u64()).unwrap_or(0);
    assert!(had < rev);
    // Back again, from what he has: everything is there, once.
    let mut back = host.lines().await;
    back.auth(&bob).await;
    let mut have = had;
    while have < rev {
        back.send(&json!({"type": "sync", "scopes": [{"scope": "chat:general", "have": have}]})).await;
        let changes = back.until("changes").await;
        assert_eq!(changes["from"], have);
        if !changes["snapshot"].as_bool().unwrap_or(false) {
            for row in changes["rows"].as_array().unwrap() {
                assert!(row["rev"].as_u64().unwrap() > have);
            }
        }
        assert!(changes["to"].as_u64().unwrap() > have);
        have = changes["to"].as_u64().unwrap();
    }
    assert_eq!(have, rev);
}
