//! Bad input on each transport: a typed error, the connection's policy, and nothing changed.

use protocol::limits::{COMMIT_FRAME_BYTES_MAX, FRAME_BYTES_MAX};
use serde_json::{Value, json};

use crate::harness::{Host, Person};

/// Bad frames with the code they get; the connection stays open after each.
fn bad_frames() -> Vec<(Vec<u8>, &'static str)> {
    let deep = format!(
        "{{\"type\":\"message\",\"chat_id\":\"general\",\"content\":{}{}}}",
        "[".repeat(5000),
        "]".repeat(5000)
    );
    let text = |v: Value| v.to_string().into_bytes();
    vec![
        (b"hello".to_vec(), "malformed_frame"),
        (b"{\"type\":\"ping\"".to_vec(), "malformed_frame"),
        (b"[]".to_vec(), "malformed_frame"),
        (deep.into_bytes(), "malformed_frame"),
        (text(json!({"type": "teleport"})), "unknown_type"),
        (text(json!({"content": "no type"})), "invalid_field"),
        (text(json!({"type": "message", "chat_id": "general"})), "invalid_field"),
        (text(json!({"type": "message", "chat_id": "general", "content": "x".repeat(32 * 1024 + 1)})), "invalid_field"),
        (
            text(json!({"type": "message", "chat_id": "general", "content": "x", "message_type": "system"})),
            "invalid_field",
        ),
        (text(json!({"type": "message", "chat_id": "no/such", "content": "x"})), "invalid_field"),
        (text(json!({"type": "message", "chat_id": "nowhere", "content": "x"})), "not_found"),
        (
            text(json!({"type": "message", "chat_id": "general", "content": "x", "reply_to": "nothing"})),
            "invalid_field",
        ),
        (text(json!({"type": "history", "chat_id": "general", "limit": 100_000})), "invalid_field"),
        (text(json!({"type": "list_users", "limit": 100_000})), "invalid_field"),
        (text(json!({"type": "sync", "scopes": vec![json!({"scope": "team", "have": 0}); 501]})), "invalid_field"),
        (text(json!({"type": "read", "chat_id": "general", "seq": -1})), "invalid_field"),
    ]
}

async fn state(host: &Host, person: &Person) -> (Vec<Value>, Value) {
    let chats = host.rest("GET", "/api/v1/chats", Some(&person.access), None).await.json;
    (host.history(person).await, chats)
}

#[tokio::test]
async fn on_websocket_each_bad_frame_gets_its_code_and_changes_nothing() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let before = state(&host, &alice).await;
    let mut ws = host.ws(&alice).await;
    for (frame, code) in bad_frames() {
        ws.send_text(&String::from_utf8(frame.clone()).unwrap()).await;
        let error = ws.until("error").await;
        assert_eq!(error["code"], code, "{} → {error}", String::from_utf8_lossy(&frame[..frame.len().min(100)]));
        assert_eq!(ws.ask(json!({"type": "ping"})).await["type"], "pong");
    }
    assert_eq!(state(&host, &alice).await, before);
}

#[tokio::test]
async fn on_tcp_each_bad_line_gets_its_code_and_changes_nothing() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let before = state(&host, &alice).await;
    let mut nc = host.lines().await;
    nc.auth(&alice).await;
    let mut bad = bad_frames();
    bad.push((b"{\"type\":\"ping\",\"x\":\"\xff\xfe\"}".to_vec(), "malformed_frame"));
    for (frame, code) in bad {
        nc.send_bytes(&[&frame[..], b"\n"].concat()).await;
        assert_eq!(
            nc.until("error").await["code"],
            code,
            "{}",
            String::from_utf8_lossy(&frame[..frame.len().min(100)])
        );
        nc.send_bytes(b"{\"type\":\"ping\"}\n").await;
        nc.until("pong").await;
    }
    assert_eq!(state(&host, &alice).await, before);
}

#[tokio::test]
async fn over_rest_each_bad_body_gets_its_code_and_changes_nothing() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let before = state(&host, &alice).await;
    let deep = format!("{{\"content\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    let oversize = format!("{{\"content\":\"{}\"}}", "x".repeat(FRAME_BYTES_MAX));
    let huge = format!("{{\"content\":\"{}\"}}", "x".repeat(4 * FRAME_BYTES_MAX));
    let cases: &[(&[u8], u16, &str)] = &[
        (b"", 400, "invalid_field"),
        (b"hello", 400, "malformed_frame"),
        (b"{\"content\":\"x\"", 400, "malformed_frame"),
        (b"[]", 400, "malformed_frame"),
        (b"{\"content\":\"\xff\"}", 400, "malformed_frame"),
        (b"{\"content\":[]}", 400, "invalid_field"),
        (b"{\"content\":\"x\",\"mentions\":[\"a\"]}", 400, "invalid_field"),
        (b"{\"content\":\"x\",\"local_id\":\"seven\"}", 400, "invalid_field"),
        (deep.as_bytes(), 400, "malformed_frame"),
        (oversize.as_bytes(), 413, "frame_too_large"),
        (huge.as_bytes(), 413, "frame_too_large"),
    ];
    for (body, status, code) in cases {
        let answer = host.raw("POST", "/api/v1/chats/general/messages", Some(&alice.access), &[], body).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]);
        assert_eq!((answer.status, answer.code()), (*status, *code), "{shown}");
    }
    let huge_page = host.rest("GET", "/api/v1/chats/general/messages?limit=1000000", Some(&alice.access), None).await;
    assert_eq!((huge_page.status, huge_page.code()), (400, "invalid_field"));
    let broken = host.rest("GET", "/api/v1/chats/general/messages?limit=%ff", Some(&alice.access), None).await;
    assert_eq!((broken.status, broken.code()), (400, "invalid_field"));
    assert_eq!(state(&host, &alice).await, before);
}

#[tokio::test]
async fn a_frame_over_the_limit_is_told_so_and_ends_the_stream() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let before = state(&host, &alice).await;
    for size in [FRAME_BYTES_MAX + 1, 3 * FRAME_BYTES_MAX] {
        let mut ws = host.ws(&alice).await;
        ws.send_text(&"x".repeat(size)).await;
        assert_eq!(ws.until("error").await["code"], "frame_too_large");
        let closed = ws.until("closed").await.to_string();
        assert!(closed.contains("Size") || closed.contains("1009"), "{closed}");
    }
    for ended in [true, false] {
        let mut nc = host.lines().await;
        nc.auth(&alice).await;
        let mut line = vec![b'x'; 8 * FRAME_BYTES_MAX];
        if ended {
            line.push(b'\n');
        }
        nc.send_bytes(&line).await;
        assert_eq!(nc.until("error").await["code"], "frame_too_large");
        assert!(nc.next().await.is_null());
    }
    assert_eq!(state(&host, &alice).await, before);
}

#[tokio::test]
async fn a_line_of_just_the_limit_is_a_line() {
    let host = Host::start().await;
    let mut nc = host.lines().await;
    let frame = format!("{{\"type\":\"ping\",\"x\":\"{}\"}}", "x".repeat(FRAME_BYTES_MAX - 22));
    assert_eq!(frame.len(), FRAME_BYTES_MAX);
    nc.send_bytes(format!("{frame}\r\n").as_bytes()).await;
    assert_eq!(nc.next().await["type"], "pong");
}

#[tokio::test]
async fn a_commit_may_be_longer_than_other_frames_and_not_endlessly() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let commit = |bytes: usize| {
        let content = "A".repeat(bytes);
        format!(
            "{{\"request_id\":\"1\",\"type\":\"commit\",\"chat_id\":\"general\",\"device_id\":\"x\",\"generation\":1,\
             \"epoch\":0,\"content\":\"{content}\"}}"
        )
    };
    for (bytes, code) in [(4 * FRAME_BYTES_MAX, "forbidden"), (COMMIT_FRAME_BYTES_MAX, "frame_too_large")] {
        let mut ws = host.ws(&alice).await;
        ws.send_text(&commit(bytes)).await;
        assert_eq!(ws.until("error").await["code"], code);
        let mut nc = host.lines().await;
        nc.auth(&alice).await;
        nc.send_bytes(format!("{}\n", commit(bytes)).as_bytes()).await;
        assert_eq!(nc.until("error").await["code"], code);
    }
    let body = commit(4 * FRAME_BYTES_MAX);
    for (path, code) in [("/api/v1/chats/general/commits", "forbidden"), ("/api/v1/chats", "frame_too_large")] {
        let answer = host.raw("POST", path, Some(&alice.access), &[], body.as_bytes()).await;
        assert_eq!(answer.code(), code, "{path}");
    }
}

#[tokio::test]
async fn text_that_is_no_utf8_ends_a_websocket_with_words() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let mut ws = host.ws(&alice).await;
    // A masked text frame with an invalid byte, made by hand: the library would refuse to send it.
    let raw = [0x81, 0x81, 0, 0, 0, 0, 0xff];
    tokio::io::AsyncWriteExt::write_all(ws.0.get_mut(), &raw).await.unwrap();
    assert_eq!(ws.until("error").await["code"], "malformed_frame");
    ws.until("closed").await;
}

#[tokio::test]
async fn ten_bad_frames_in_a_row_end_the_stream() {
    let host = Host::start().await;
    let mut nc = host.lines().await;
    nc.send_bytes(&b"nonsense\n".repeat(10)).await;
    let frames = nc.rest().await;
    assert_eq!(frames.len(), 10);
    assert!(frames.iter().all(|f| f["code"] == "malformed_frame"));
    let mut nc = host.lines().await;
    for _ in 0..12 {
        nc.send_bytes(b"nonsense\n{\"type\":\"ping\"}\n").await;
        nc.until("pong").await;
    }
}
