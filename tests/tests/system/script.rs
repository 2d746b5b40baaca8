//! A stranger's client: a script of ten lines over raw TCP.
#![cfg(unix)]

use std::path::Path;
use std::process::Stdio;

use protocol::ChatId;
use testkit::{Person, TestServer, Wire};

const SCRIPT: &str = "scripts/chat.py";

#[tokio::test]
async fn a_script_of_ten_lines_joins_and_chats() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(SCRIPT);
    let lines = std::fs::read_to_string(&script).unwrap();
    let code = lines.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).count();
    assert!(code <= 10, "{SCRIPT} has {code} lines");

    let server = TestServer::start().await;
    let mut alice = Person::register(server.addresses(), Wire::WebSocket, "alice").await;
    let mut child = tokio::process::Command::new("python3");
    child.arg(&script).arg(server.addresses().tcp.port().to_string()).args(["robot", "Привет, люди! 👋"]);
    let running = child.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let heard = alice.hears("Привет, люди! 👋").await;
    assert_eq!(heard.sender_username, "robot");
    alice.say(&ChatId::general(), "Здравствуй, робот").await;
    let output = tokio::time::timeout(testkit::DEADLINE, running.wait_with_output()).await.unwrap().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), "alice: Здравствуй, робот");
}
