//! A client app without windows, for being killed: `headless PROFILE SERVER NAME`. Registers at its first start, then
//! sends texts to `general` as fast as its outbox takes them, and prints `queued ID` for each that is on its disk.
#![allow(clippy::print_stdout, reason = "its output is what the test reads")]

use std::path::Path;

use client::KeySource;
use protocol::ChatId;
use testkit::{Headless, new_local_id};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, profile, server, name] = &arguments[..] else { panic!("usage: headless PROFILE SERVER NAME") };
    let app = Headless::start(Path::new(profile), KeySource::Raw(crypto::Key::from_bytes([5; 32]))).await;
    if !app.look(|screen| screen.is_ready()) {
        app.register(server, name).await;
    }
    println!("ready");
    for number in 0u32.. {
        let local_id = new_local_id();
        app.send_as(local_id, &ChatId::general(), &format!("{name} says {number}: {local_id}")).await;
        println!("queued {local_id}");
    }
}
