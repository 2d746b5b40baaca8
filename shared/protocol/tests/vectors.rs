//! Golden vectors: every kind of frame in both directions, read and written again without loss; refusals with their codes.
//!
//! Whoever writes a client in another language can run the same files through it.

#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;

use protocol::InvitationLink;
use protocol::codec::{decode_client, decode_server, encode_client, encode_server};
use serde_json::Value;

const CLIENT_TYPES: &[&str] = &[
    "hello",
    "register",
    "login",
    "auth",
    "refresh",
    "logout",
    "ping",
    "sync",
    "history",
    "thread",
    "message",
    "edit_message",
    "delete_message",
    "react",
    "pin_message",
    "list_pinned",
    "vote",
    "close_poll",
    "list_voters",
    "remove_preview",
    "search",
    "list_versions",
    "get_file",
    "list_files",
    "read",
    "delivered",
    "typing",
    "presence",
    "list_chats",
    "create_chat",
    "open_private",
    "update_chat",
    "join_chat",
    "leave_chat",
    "add_member",
    "remove_member",
    "set_role",
    "list_members",
    "list_users",
    "list_channels",
    "update_profile",
    "set_avatar",
    "put_emoji",
    "remove_emoji",
    "last_seen",
    "put_item",
    "publish_keys",
    "remove_device",
    "claim_keys",
    "commit",
    "list_commits",
    "hand_past",
    "create_invitation",
    "revoke_invitation",
    "accept_invitation",
    "list_join_requests",
    "answer_join",
];

const SERVER_TYPES: &[&str] = &[
    "welcome",
    "auth_success",
    "pong",
    "done",
    "changes",
    "history_page",
    "thread_messages",
    "message_accepted",
    "pinned",
    "voters",
    "found",
    "versions",
    "file_state",
    "files",
    "chats",
    "chat_state",
    "members",
    "users",
    "channels",
    "profile",
    "last_seen",
    "item_state",
    "device_state",
    "keys",
    "commit_accepted",
    "commits",
    "invitation",
    "join_requested",
    "join_requests",
    "error",
    "new_message",
    "row_changed",
    "receipt",
    "typing",
    "presence",
    "heads",
    "closing",
];

fn vectors(file: &str) -> Vec<Value> {
    let path = format!("{}/vectors/{file}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn types(file: &str) -> BTreeSet<String> {
    vectors(file).iter().map(|v| v["frame"]["type"].as_str().unwrap().to_owned()).collect()
}

/// Everything in `part` stands in `whole` with the same value; `whole` may say more (defaults written out).
fn assert_within(part: &Value, whole: &Value, place: &str) {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            for (key, value) in part {
                let there = whole.get(key).unwrap_or_else(|| panic!("{place}.{key} got lost"));
                assert_within(value, there, &format!("{place}.{key}"));
            }
        }
        (Value::Array(part), Value::Array(whole)) => {
            assert_eq!(part.len(), whole.len(), "{place}");
            for (i, (part, whole)) in part.iter().zip(whole).enumerate() {
                assert_within(part, whole, &format!("{place}[{i}]"));
            }
        }
        _ => assert_eq!(part, whole, "{place}"),
    }
}

#[test]
fn every_client_frame_is_read_and_written_again() {
    for vector in vectors("client") {
        let name = vector["name"].as_str().unwrap();
        let frame = decode_client(vector["frame"].to_string().as_bytes()).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        let text = encode_client(&frame);
        assert_within(&vector["frame"], &serde_json::from_str(&text).unwrap(), name);
        assert_eq!(decode_client(text.as_bytes()).unwrap(), frame, "{name}");
    }
}

#[test]
fn every_server_frame_is_read_and_written_again() {
    for vector in vectors("server") {
        let name = vector["name"].as_str().unwrap();
        let frame = decode_server(&vector["frame"].to_string()).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        let text = encode_server(&frame);
        assert_within(&vector["frame"], &serde_json::from_str(&text).unwrap(), name);
        assert_eq!(decode_server(&text).unwrap(), frame, "{name}");
    }
}

#[test]
fn the_vectors_hold_every_type() {
    let set = |types: &[&str]| types.iter().map(|t| (*t).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(types("client"), set(CLIENT_TYPES));
    assert_eq!(types("server"), set(SERVER_TYPES));
    // The lists above are complete: a type that the enums know and the lists do not would show here.
    for (unknown, known) in [("client", CLIENT_TYPES), ("server", SERVER_TYPES)] {
        let message = match unknown {
            "client" => serde_json::from_str::<protocol::Request>(r#"{"type":"?"}"#).unwrap_err().to_string(),
            _ => {
                let reply = serde_json::from_str::<protocol::frame::Reply>(r#"{"type":"?"}"#).unwrap_err();
                let event = serde_json::from_str::<protocol::frame::Event>(r#"{"type":"?"}"#).unwrap_err();
                format!("{reply} {event}")
            }
        };
        let named: BTreeSet<String> =
            message.split('`').skip(1).step_by(2).filter(|t| *t != "?").map(str::to_owned).collect();
        assert_eq!(named, set(known));
    }
}

#[test]
fn a_refused_text_gets_its_code_and_request_id() {
    for vector in vectors("refused") {
        let name = vector["name"].as_str().unwrap();
        let refused = decode_client(vector["text"].as_str().unwrap().as_bytes()).unwrap_err();
        assert_eq!(refused.error.code.as_str(), vector["code"].as_str().unwrap(), "{name}");
        let request_id = refused.request_id.map_or(Value::Null, |id| serde_json::to_value(id).unwrap());
        assert_eq!(request_id, *vector.get("request_id").unwrap_or(&Value::Null), "{name}");
    }
}

#[test]
fn bytes_that_are_no_text_and_frames_that_are_too_long_are_refused() {
    let invalid = decode_client(b"{\"type\":\"ping\",\"x\":\"\xff\"}").unwrap_err();
    assert_eq!(invalid.error.code.as_str(), "malformed_frame");
    let long = format!("{{\"type\":\"ping\",\"x\":\"{}\"}}", "x".repeat(protocol::limits::FRAME_BYTES_MAX));
    assert_eq!(decode_client(long.as_bytes()).unwrap_err().error.code.as_str(), "frame_too_large");
}

#[test]
fn an_unknown_field_is_skipped_for_the_sake_of_newer_clients() {
    let frame = decode_client(br#"{"type":"ping","from":"the future","request_id":1}"#).unwrap();
    assert_eq!(encode_client(&frame), r#"{"request_id":1,"type":"ping"}"#);
}

#[test]
fn what_a_newer_server_adds_does_not_break_a_client() {
    let closing = decode_server(r#"{"type":"closing","reason":"lunch"}"#).unwrap();
    assert!(format!("{closing:?}").contains("Other"));
    let error = decode_server(r#"{"type":"error","code":"too_late","message":"m"}"#).unwrap();
    assert!(format!("{error:?}").contains("Internal"));
    let message = decode_server(
        r#"{"type":"new_message","chat_id":"general","message":{"id":"m","sender_id":1,"sender_username":"u","content":"",
            "message_type":"hologram","timestamp":"2023-12-01T10:00:00Z","seq":1,"rev":1,"shape":"cube"}}"#,
    )
    .unwrap();
    assert!(format!("{message:?}").contains("Unknown"));
    assert_eq!(decode_server(r#"{"type":"poem"}"#).unwrap_err().code.as_str(), "unknown_type");
}

#[test]
fn invitation_links_are_read_and_written_again() {
    for vector in vectors("links") {
        let link = vector["link"].as_str().unwrap();
        match vector.get("error") {
            Some(error) => {
                assert_eq!(format!("{:?}", InvitationLink::parse(link).unwrap_err()), error.as_str().unwrap(), "{link}")
            }
            None => {
                let parsed = InvitationLink::parse(link).unwrap();
                assert_eq!(serde_json::to_value(&parsed.addresses).unwrap(), vector["addresses"]);
                assert_eq!(parsed.name, vector["name"].as_str().unwrap());
                assert_eq!(parsed.to_string(), link);
            }
        }
    }
}
