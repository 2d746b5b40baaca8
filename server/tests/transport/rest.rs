//! REST: the given shapes, paging, idempotency, errors, the document, the web client.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::Host;

#[tokio::test]
async fn the_given_shapes_work_over_rest() {
    let host = Host::start().await;
    let body = json!({"username":"newuser","password":"securepassword123","email":"user@example.com"});
    let registered = host.rest("POST", "/api/v1/auth/register", None, Some(&body)).await;
    assert_eq!(registered.status, 201);
    let login = json!({"username":"NewUser","password":"securepassword123"});
    let login = host.rest("POST", "/api/v1/auth/login", None, Some(&login)).await;
    assert_eq!((login.status, &login.json["type"]), (200, &json!("auth_success")));
    assert_eq!((&login.json["user_id"], &login.json["expires_in"]), (&json!(1), &json!(900)));
    let token = login.json["access_token"].as_str().unwrap();

    let first = json!({"content":"Начало"});
    let first = host.rest("POST", "/api/v1/chats/general/messages", Some(token), Some(&first)).await;
    let given = json!({"content":"Привет, мир!","message_type":"text","reply_to":first.json["message_id"],
                       "encrypt_for_recipients":false});
    let posted = host.rest("POST", "/api/v1/chats/general/messages", Some(token), Some(&given)).await;
    assert_eq!((posted.status, &posted.json["type"]), (201, &json!("message_accepted")), "{}", posted.json);

    let page = "/api/v1/chats/general/messages?page=1&limit=50&before_timestamp=2123-12-01T10:00:00Z";
    let page = host.rest("GET", page, Some(token), None).await;
    assert_eq!(page.status, 200, "{}", page.json);
    let last = page.json["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["content"], &last["sender_username"]), (&json!("Привет, мир!"), &json!("newuser")));
    assert_eq!(last["reply_to"], first.json["message_id"]);
    let before = "/api/v1/chats/general/messages?page=1&limit=50&before_timestamp=2001-12-01T10:00:00Z";
    let before = host.rest("GET", before, Some(token), None).await;
    assert_eq!(before.json["messages"], json!([]));
}

#[tokio::test]
async fn history_is_paged_by_number_and_by_place() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    for n in 0..7 {
        let body = json!({"content": format!("m{n}")});
        host.rest("POST", "/api/v1/chats/general/messages", Some(&alice.access), Some(&body)).await;
    }
    let page = async |query: &str| {
        let path = format!("/api/v1/chats/general/messages?{query}");
        let answer = host.rest("GET", &path, Some(&alice.access), None).await;
        let messages = answer.json["messages"].as_array().cloned().unwrap_or_default();
        messages.iter().map(|m| m["content"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(page("page=1&limit=3").await, ["m4", "m5", "m6"]);
    assert_eq!(page("page=2&limit=3").await, ["m1", "m2", "m3"]);
    let newest = host.history(&alice).await.last().unwrap()["seq"].as_u64().unwrap();
    assert_eq!(page(&format!("before_seq={newest}&limit=2")).await, ["m4", "m5"]);
    assert_eq!(page(&format!("after_seq={}&limit=9", newest - 1)).await, ["m6"]);
    for refused in ["limit=201", "limit=0", "page=0", "limit=x", "before_timestamp=yesterday", "before_seq=-1"] {
        let path = format!("/api/v1/chats/general/messages?{refused}");
        let answer = host.rest("GET", &path, Some(&alice.access), None).await;
        assert_eq!((answer.status, answer.code()), (400, "invalid_field"), "{refused}");
    }
}

#[tokio::test]
async fn a_post_with_the_same_key_is_done_once() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    let key = "01900000-0000-7000-8000-000000000001";
    let mut answers = Vec::new();
    for _ in 0..2 {
        let headers = [("Idempotency-Key", key)];
        let path = "/api/v1/chats/general/messages";
        answers.push(host.raw("POST", path, Some(&alice.access), &headers, br#"{"content":"once"}"#).await.json);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0]["message_id"], key);
    assert_eq!(host.texts(&alice).await, ["once"]);
    let headers = [("Idempotency-Key", "seven")];
    let bad = host.raw("POST", "/api/v1/chats/general/messages", Some(&alice.access), &headers, b"{}").await;
    assert_eq!((bad.status, bad.code()), (400, "invalid_field"));
}

#[tokio::test]
async fn everything_a_stream_can_do_can_be_done_over_rest() {
    let host = Host::start().await;
    let (alice, bob) = (host.register("alice").await, host.register("bob").await);
    let ask = async |method: &str, path: &str, body: Value| {
        let answer = host.rest(method, &format!("/api/v1{path}"), Some(&alice.access), Some(&body)).await;
        assert!(answer.status < 300, "{method} {path}: {} {}", answer.status, answer.json);
        answer.json
    };
    let me = ask("PATCH", "/me", json!({"display_name": "Алиса"})).await;
    assert_eq!(me["user"]["display_name"], "Алиса");
    let group = json!({"chat_type": "group", "name": "Планы", "members": [bob.id]});
    let group = ask("POST", "/chats", group).await["chat"].clone();
    let chat = group["id"].as_str().unwrap().to_owned();
    assert_eq!((&group["type"], &group["member_count"]), (&json!("group"), &json!(2)));
    let posted = ask("POST", &format!("/chats/{chat}/messages"), json!({"content": "hi"})).await;
    let message = posted["message_id"].as_str().unwrap().to_owned();
    ask("PATCH", &format!("/chats/{chat}/messages/{message}"), json!({"content": "hello"})).await;
    ask("PUT", &format!("/chats/{chat}/messages/{message}/reactions/%F0%9F%91%8D"), json!({})).await;
    ask("DELETE", &format!("/chats/{chat}/messages/{message}/reactions/%F0%9F%91%8D"), json!({})).await;
    ask("POST", &format!("/chats/{chat}/read"), json!({"seq": posted["seq"]})).await;
    ask("POST", &format!("/chats/{chat}/delivered"), json!({"seq": posted["seq"]})).await;
    ask("POST", &format!("/chats/{chat}/typing"), json!({})).await;
    ask("PATCH", &format!("/chats/{chat}/members/{}", bob.id), json!({"role": "admin"})).await;
    ask("PATCH", &format!("/chats/{chat}"), json!({"name": "Планы 2"})).await;
    ask("DELETE", &format!("/chats/{chat}/members/{}", bob.id), json!({})).await;
    ask("POST", &format!("/chats/{chat}/members"), json!({"user_id": bob.id})).await;
    ask("DELETE", &format!("/chats/{chat}/messages/{message}"), json!({})).await;
    let private = ask("POST", &format!("/users/{}/chat", bob.id), json!({})).await;
    assert_eq!(private["chat"]["id"], format!("dm-{}-{}", alice.id, bob.id));
    let invitation = ask("POST", "/invitations", json!({"chat_id": chat, "uses_max": 2})).await;
    let carol = host.register("carol").await;
    let secret = json!({"secret": invitation["secret"]});
    let accepted = host.rest("POST", "/api/v1/invitations/accept", Some(&carol.access), Some(&secret)).await;
    assert_eq!((accepted.status, &accepted.json["chat"]["id"]), (200, &json!(chat)));
    let id = invitation["invitation_id"].as_str().unwrap();
    ask("DELETE", &format!("/invitations/{id}"), json!({})).await;
    ask("POST", &format!("/chats/{chat}/leave"), json!({})).await;
    let changes = json!({"scopes": [{"scope": "team", "have": 0}, {"scope": "chat:general", "have": 0}]});
    let changes = ask("POST", "/sync", changes).await;
    assert_eq!(changes["changes"].as_array().unwrap().len(), 2);
    let one = ask("POST", "/sync", json!({"scopes": [{"scope": "team", "have": 0}]})).await;
    assert_eq!((&one["type"], &one["changes"][0]["type"]), (&json!("changes_list"), &json!("changes")));
    for path in [
        "/me",
        "/users",
        "/users?query=%D0%B0%D0%BB",
        "/chats",
        "/channels",
        "/chats/general/members?limit=2",
        "/server",
    ] {
        let answer = host.rest("GET", &format!("/api/v1{path}"), Some(&alice.access), None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.json);
    }
}

#[tokio::test]
async fn every_endpoint_of_the_document_exists_and_asks_for_a_token() {
    let host = Host::start().await;
    let document = host.rest("GET", "/api/v1/openapi.json", None, None).await.json;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut operations = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operations.insert(operation["operationId"].as_str().unwrap().to_owned()), "{method} {path}");
            let concrete = path.replace("{user_id}", "1").replace(['{', '}'], "");
            let answer = host.rest(&method.to_uppercase(), &concrete, None, Some(&json!({}))).await;
            let expected: &[u16] = if operation["security"].is_array() { &[401] } else { &[200, 204, 400, 401] };
            assert!(expected.contains(&answer.status), "{method} {path}: {}", answer.status);
        }
    }
    assert_eq!(operations.len(), 64);
    // Every schema that is named is there.
    let text = document.to_string();
    for named in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document["components"]["schemas"][named].is_object(), "{named} is missing");
    }
}

#[tokio::test]
async fn the_page_of_the_api_asks_nothing_of_other_hosts() {
    let host = Host::start().await;
    let page = host.raw("GET", "/api/docs/", None, &[], b"").await;
    assert_eq!(page.status, 200);
    let html = String::from_utf8(page.body.clone()).unwrap();
    assert!(!html.contains("//cdn") && !html.contains("src=\"http") && !html.contains("href=\"http"), "{html}");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("http"), "{policy}");
}

#[tokio::test]
async fn a_refusal_is_the_given_object_with_its_status() {
    let host = Host::start().await;
    let alice = host.register("alice").await;
    type Case<'a> = (&'a str, &'a str, Option<&'a str>, Value, u16, &'a str);
    let cases: &[Case<'_>] = &[
        ("GET", "/api/v1/nowhere", None, json!({}), 404, "not_found"),
        ("GET", "/api/nowhere", None, json!({}), 404, "not_found"),
        ("PUT", "/api/v1/me", None, json!({}), 405, "not_found"),
        ("GET", "/api/v1/me", None, json!({}), 401, "unauthenticated"),
        ("GET", "/api/v1/me", Some("rubbish"), json!({}), 401, "token_invalid"),
        (
            "POST",
            "/api/v1/auth/login",
            None,
            json!({"username": "alice", "password": "wrong"}),
            401,
            "invalid_credentials",
        ),
        (
            "POST",
            "/api/v1/auth/login",
            None,
            json!({"username": "nobody", "password": "wrong"}),
            401,
            "invalid_credentials",
        ),
        ("POST", "/api/v1/auth/login", None, json!({"username": "alice"}), 400, "invalid_field"),
        (
            "POST",
            "/api/v1/auth/register",
            None,
            json!({"username": "ALICE", "password": "12345678"}),
            409,
            "username_taken",
        ),
        ("POST", "/api/v1/auth/register", None, json!({"username": "bob", "password": "short"}), 400, "invalid_field"),
        ("GET", "/api/v1/chats/nowhere/messages", Some(&alice.access), json!({}), 404, "not_found"),
        ("POST", "/api/v1/chats/general/messages", Some(&alice.access), json!({"content": 7}), 400, "invalid_field"),
        ("POST", "/api/v1/chats/a%2Fb/messages", Some(&alice.access), json!({"content": "x"}), 400, "invalid_field"),
    ];
    for (method, path, token, body, status, code) in cases {
        let answer = host.rest(method, path, *token, Some(body)).await;
        assert_eq!((answer.status, answer.code()), (*status, *code), "{method} {path} {}", answer.json);
        assert_eq!(answer.json["type"], "error");
        assert_eq!(answer.header("x-request-id"), answer.json["request_id"].as_str(), "{method} {path}");
    }
    let named = host.raw("GET", "/api/v1/me", None, &[("X-Request-Id", "mine-7")], b"").await;
    assert_eq!(named.json["request_id"], "mine-7");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_told_in_the_same_words() {
    let host = Host::start().await;
    host.register("alice").await;
    let mut answers = Vec::new();
    for name in ["alice", "nobody"] {
        let body = json!({"username": name, "password": "not this one"});
        let mut answer = host.rest("POST", "/api/v1/auth/login", None, Some(&body)).await.json;
        answer["request_id"].take();
        answers.push(answer);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn the_server_tells_its_health_and_serves_the_web_client_safely() {
    let host = Host::start().await;
    assert_eq!(host.raw("GET", "/healthz", None, &[], b"").await.status, 200);
    assert_eq!(host.raw("GET", "/readyz", None, &[], b"").await.body, b"ready\n");
    let index = host.raw("GET", "/", None, &[], b"").await;
    assert_eq!((index.status, index.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = index.header("content-security-policy").unwrap();
    assert!(
        policy.contains("script-src 'self' 'wasm-unsafe-eval';") && policy.contains("worker-src 'self'"),
        "{policy}"
    );
    assert_eq!(index.header("x-content-type-options"), Some("nosniff"));
    let etag = index.header("etag").unwrap().to_owned();
    let again = host.raw("GET", "/", None, &[("If-None-Match", &etag)], b"").await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let page = host.raw("GET", "/chat/general", None, &[("Accept", "text/html")], b"").await;
    assert_eq!(page.body, index.body);
    assert_eq!(host.raw("GET", "/missing.js", None, &[], b"").await.status, 404);
    assert_eq!(host.raw("GET", "/../Cargo.toml", None, &[], b"").await.status, 404);
}

#[tokio::test]
async fn registering_asks_for_an_invitation_where_the_server_wants_one() {
    let host = Host::start_with(|c| c.registration = server::config::Registration::Invitation).await;
    assert_eq!(host.rest("GET", "/api/v1/server", None, None).await.json["invitation_required"], true);
    host.register("first").await;
    let body = json!({"username": "bob", "password": "12345678"});
    let refused = host.rest("POST", "/api/v1/auth/register", None, Some(&body)).await;
    assert_eq!((refused.status, refused.code()), (403, "invitation_required"));
    let invitation = host.running.create_invitation(None, Some(1)).await.unwrap();
    let secret = invitation.link.secret_text().unwrap();
    for (name, status, code) in [("bob", 201, ""), ("carol", 410, "invitation_used_up")] {
        let body = json!({"username": name, "password": "12345678", "invitation": secret});
        let answer = host.rest("POST", "/api/v1/auth/register", None, Some(&body)).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{name}");
    }
}
