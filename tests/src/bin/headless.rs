//! A client app without windows, for being killed: `headless PROFILE SERVER NAME [USER_ID]`. Registers at its first start, then
//! sends texts to `general`, or in private to the person with this id, as fast as its outbox takes them, and prints `queued ID` for each
//! that is on its disk.
#![allow(clippy::print_stdout, reason = "its output is what the test reads")]

use std::path::Path;

use client::KeySource;
use protocol::ChatId;
use testkit::{Headless, new_local_id};
use view::update::ReplyBody;
use view::{Command, CommandReply};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, profile, server, name, other @ ..] = &arguments[..] else {
        panic!("usage: headless PROFILE SERVER NAME [USER_ID]")
    };
    let app = Headless::start(Path::new(profile), KeySource::Raw(crypto::Key::from_bytes([5; 32]))).await;
    if !app.look(|screen| screen.is_ready()) {
        app.register(server, name).await;
    }
    let chat = match other.first() {
        Some(other) => private(&app, other.parse().expect("a user's id")).await,
        None => ChatId::general(),
    };
    println!("ready");
    for number in 0u32.. {
        let local_id = new_local_id();
        app.send_as(local_id, &chat, &format!("{name} says {number}: {local_id}")).await;
        println!("queued {local_id}");
    }
}

async fn private(app: &Headless, other: i64) -> ChatId {
    match app.ask(Command::OpenPrivate { user_id: protocol::UserId(other) }).await {
        CommandReply::Ok { body: ReplyBody::Chat { chat_id } } => chat_id,
        other => panic!("no private chat: {other:?}"),
    }
}
