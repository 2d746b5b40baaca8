//! A person takes their chats along: what is in the file, and who opens it.

use std::io::Write as _;
use std::process::{Command as Process, Stdio};

use client::KeySource;
use protocol::ChatId;
use serde_json::Value;
use testkit::{Headless, Person, TestServer, Wire, program};
use view::update::ReplyBody;
use view::{Command, CommandReply, DeviceStanding, ExportFormat, Failure};

const PASSPHRASE: &str = "верная лошадь, батарея";

/// What `hybrid-server open-export` prints; `Err` with what it complains of.
fn opened(file: &[u8], passphrase: &str) -> Result<Vec<Value>, String> {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("chats");
    std::fs::write(&place, file).unwrap();
    let mut open = Process::new(program("hybrid-server"));
    open.arg("open-export").arg(&place).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut open = open.spawn().unwrap();
    writeln!(open.stdin.take().unwrap(), "{passphrase}").unwrap();
    let output = open.wait_with_output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8(output.stderr).unwrap());
    }
    let lines = String::from_utf8(output.stdout).unwrap();
    Ok(lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_what_was_said_in_the_open_and_in_private_and_opens_with_its_passphrase_only() {
    let server = TestServer::start().await;
    let address = server.addresses().http.to_string();
    let profile = tempfile::tempdir().unwrap();
    let alice = Headless::start(profile.path(), KeySource::None).await;
    alice.register(&address, "alice").await;
    alice.until("a device", |screen| screen.standing == DeviceStanding::Ready).await;
    let bobs = tempfile::tempdir().unwrap();
    let bob = Headless::start(bobs.path(), KeySource::None).await;
    bob.register(&address, "bob").await;
    bob.until("a device", |screen| screen.standing == DeviceStanding::Ready).await;
    let mut reader = Person::login(server.addresses(), Wire::Tcp, "bob").await;
    for n in 0..600 {
        let id = alice.send(&ChatId::general(), &format!("открыто {n}")).await;
        if n == 599 {
            reader
                .wait_for("the last one", |event| {
                    matches!(event, protocol::frame::Event::NewMessage { message, .. } if message.id == id)
                        .then_some(())
                })
                .await;
        }
    }
    let opened_chat = alice.ask(Command::OpenPrivate { user_id: reader.id }).await;
    let CommandReply::Ok { body: ReplyBody::Chat { chat_id } } = opened_chat else { panic!("{opened_chat:?}") };
    alice.command(Command::OpenChat { chat_id: chat_id.clone() });
    let secret = alice.send(&chat_id, "закрыто").await;
    alice.until("the secret in its place", |screen| screen.message(&secret).is_some_and(|row| row.seq > 0)).await;

    for format in [ExportFormat::Archive, ExportFormat::Fernet] {
        let file = alice.export(PASSPHRASE, format).await.unwrap();
        assert!(!String::from_utf8_lossy(&file).contains("закрыто"), "nothing of it is readable as it is");
        let lines = opened(&file, PASSPHRASE).unwrap();
        assert_eq!(lines[0]["export"]["person"], "alice");
        let said = |of: &ChatId| -> Vec<&str> {
            let messages = lines.iter().map(|line| &line["message"]);
            messages.filter(|m| m["chat_id"] == of.as_str()).filter_map(|m| m["text"].as_str()).collect()
        };
        let open: Vec<String> = (0..600).map(|n| format!("открыто {n}")).collect();
        let in_general: Vec<&str> =
            said(&ChatId::general()).into_iter().filter(|text| text.starts_with("открыто")).collect();
        assert_eq!(in_general, open, "all of it, oldest first");
        assert_eq!(said(&chat_id), ["закрыто"]);
        let chat = lines.iter().find(|line| line["chat"]["id"] == chat_id.as_str()).unwrap();
        assert_eq!((&chat["chat"]["name"], &chat["chat"]["encrypted"]), (&"bob".into(), &true.into()));
        let complaint = opened(&file, "неверная лошадь").unwrap_err();
        assert!(complaint.contains("passphrase"), "{complaint}");
    }
    assert_eq!(alice.export("short", ExportFormat::Archive).await, Err(Failure::WrongPassphrase));
}
