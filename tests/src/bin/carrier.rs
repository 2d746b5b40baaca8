//! A client app without windows that carries one file, for being killed and measured: `carrier PROFILE SERVER NAME send FILE`
//! attaches it in `general`, `… send FILE PERSON` in the private chat with the person of this number, which is sealed, `… save FOLDER` fetches the first file that is there, `… go-on` starts again and does nothing new.
//! Prints `ready`, then `moved BYTES` as the file moves, `done` at its end, `said` when its message is at the server, and lives until it
//! is killed.
#![allow(clippy::print_stdout, reason = "its output is what the test reads")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use client::KeySource;
use protocol::{ChatId, UserId};
use testkit::Headless;
use view::{Command, DeviceStanding, TransferState};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, profile, server, name, what, rest @ ..] = &arguments[..] else {
        panic!("usage: carrier PROFILE SERVER NAME send|save|go-on [PATH]")
    };
    let app = Headless::start(Path::new(profile), KeySource::Raw(crypto::Key::from_bytes([5; 32]))).await;
    if !app.look(|screen| screen.is_ready()) {
        app.register(server, name).await;
    }
    println!("ready");
    app.command(Command::OpenChat { chat_id: ChatId::general() });
    match what.as_str() {
        "send" => {
            let chat = match rest.get(1) {
                Some(person) => private(&app, person.parse().expect("a person's number")).await,
                None => ChatId::general(),
            };
            app.send_files(&chat, "", &[PathBuf::from(&rest[0])]).await;
        }
        "save" => {
            app.until("a file", |screen| screen.timeline.iter().any(|row| row.seq > 0 && !row.attachments.is_empty()))
                .await;
            let file = app
                .look(|screen| screen.timeline.iter().find_map(|row| row.attachments.first().cloned()))
                .expect("it is there");
            app.save(&file, &Path::new(&rest[0]).join(&file.file.name));
        }
        _ => {}
    }
    let (told, said) = (AtomicU64::new(0), AtomicBool::new(false));
    // Without end, and without the deadline of a test: a large file takes its time.
    app.watch(|screen| {
        for row in screen.transfers.values() {
            if row.done != told.swap(row.done, Ordering::Relaxed) {
                println!("moved {}", row.done);
            }
            if matches!(row.state, TransferState::Done | TransferState::Gone) {
                println!("done");
            }
        }
        let there = screen.timeline.iter().any(|row| row.own && row.seq > 0 && !row.attachments.is_empty());
        if there && !said.swap(true, Ordering::Relaxed) {
            println!("said");
        }
    })
    .await;
}

/// Opens the private chat with a person, once this device can seal what is said there.
async fn private(app: &Headless, person: i64) -> ChatId {
    let user_id = UserId(person);
    app.until("a device", |screen| screen.standing == DeviceStanding::Ready).await;
    app.ask(Command::OpenPrivate { user_id }).await;
    let me = app.look(|screen| match &screen.stage {
        Some(view::Stage::Ready { me }) => me.person.id,
        other => panic!("{other:?}"),
    });
    let chat_id = ChatId::private(me, user_id);
    app.ask(Command::OpenChat { chat_id: chat_id.clone() }).await;
    chat_id
}
