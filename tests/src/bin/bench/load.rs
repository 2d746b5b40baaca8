//! Who sends and who listens.

use std::io;
use std::net::SocketAddr;

use testkit::{Person, Wire, new_local_id};

use crate::process::Server;
use crate::socket::{Reader, Writer, connect};

/// A message body of 200 bytes that begins with `start`.
pub fn body(start: &str) -> String {
    // Copied, not padded: that would go letter by letter.
    static REST: [u8; 200] = [b'x'; 200];
    let rest = std::str::from_utf8(&REST[start.len()..]).expect("letters");
    [start, rest].concat()
}

/// Who can log in: a token and the name of their own notebook, a chat that nobody else is in.
#[derive(Clone)]
pub struct Account {
    pub token: String,
    pub notebook: String,
}

/// Registers people; `general` is the room of all of them.
pub async fn accounts(server: &Server, count: usize) -> Vec<Account> {
    let mut accounts = Vec::with_capacity(count);
    for number in 0..count {
        let mut person = Person::register(server.addresses(), Wire::WebSocket, &format!("person{number}")).await;
        let user_id = person.id;
        let open = protocol::frame::Request::OpenPrivate(protocol::frame::UserRef { user_id });
        person.request(open).await;
        let notebook = protocol::ChatId::private(user_id, user_id).to_string();
        accounts.push(Account { token: person.access_token.clone(), notebook });
    }
    accounts
}

/// A live connection: to ours, logged in; to the bare loop, just open.
pub async fn enter(server: &Server, account: Option<&Account>) -> io::Result<(Reader, Writer)> {
    enter_at(server.http(), account).await
}

/// As [`enter`].
pub async fn enter_at(server: SocketAddr, account: Option<&Account>) -> io::Result<(Reader, Writer)> {
    let (mut reader, mut writer) = connect(server).await?;
    match account {
        Some(account) => {
            writer.send(&[format!(r#"{{"type":"auth","token":"{}"}}"#, account.token)]).await?;
            reader.wait_for("auth_success").await?;
        }
        None => {
            writer.send(&["hello".to_owned()]).await?;
            reader.wait_for("ok").await?;
        }
    }
    Ok((reader, writer))
}

/// A post to ours.
pub fn post(chat_id: &str, body: &str) -> String {
    let local_id = new_local_id();
    format!(r#"{{"type":"message","local_id":"{local_id}","chat_id":"{chat_id}","content":"{body}"}}"#)
}
