//! Notifications of a real window on a desk whose notification server is this test: a click opens the message, an answer typed into
//! a notification is said. They are of a team that is not on the page: so it does not matter whether the window has the focus.

use std::sync::atomic::{AtomicU32, Ordering};

use client::KeySource;
use crypto::Key;
use protocol::ChatId;
use system_tests::desk::{Desk, Window};
use testkit::{Headless, TestServer, within};
use tokio::sync::mpsc;
use view::Command;
use zbus::Connection;
use zbus::connection::Builder;

use crate::desktop::{BODY, host_a_team, open_general};
use crate::teams::{go_to, join};

pub(crate) const PATH: &str = "/org/freedesktop/Notifications";
pub(crate) const NAME: &str = "org.freedesktop.Notifications";

/// A notification that was shown.
pub(crate) struct Shown {
    pub(crate) id: u32,
    pub(crate) summary: String,
    pub(crate) body: String,
    /// Keys of actions and their words, in turns.
    pub(crate) actions: Vec<String>,
}

/// Shows nothing and tells the test.
struct NotificationServer {
    next: AtomicU32,
    shown: mpsc::UnboundedSender<Shown>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl NotificationServer {
    #[allow(clippy::too_many_arguments, reason = "as the specification has it")]
    fn notify(
        &self,
        _app: &str,
        _replaces: u32,
        _icon: &str,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: std::collections::HashMap<String, zbus::zvariant::OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let _ = self.shown.send(Shown { id, summary, body, actions });
        id
    }

    fn get_capabilities(&self) -> Vec<&str> {
        vec!["actions", "body", "inline-reply"]
    }

    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        ("test", "test", "1", "1.2")
    }

    fn close_notification(&self, _id: u32) {}
}

/// Becomes the desk's notification server.
pub(crate) async fn serve(desk: &Desk) -> (Connection, mpsc::UnboundedReceiver<Shown>) {
    let (shown, came) = mpsc::unbounded_channel();
    let server = NotificationServer { next: AtomicU32::new(0), shown };
    let builder = Builder::address(desk.bus()).unwrap().name(NAME).unwrap().serve_at(PATH, server).unwrap();
    (builder.build().await.unwrap(), came)
}

#[tokio::test]
async fn a_notification_of_another_team_opens_its_message_and_takes_an_answer() {
    let desk = Desk::start();
    let (bus, mut shown) = serve(&desk).await;
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(None, |config| config.name = "Лес".to_owned()).await;
    let carol = Headless::start(&folder.path().join("carol"), KeySource::Raw(Key::from_bytes([7; 32]))).await;
    carol.register(&server.addresses().http.to_string(), "carol").await;
    let alice = host_a_team(Window::desktop(&desk, &folder.path().join("alice")).await).await;
    alice.press_button("Add a team").await;
    join(&alice, &server).await;
    open_general(&alice).await;
    go_to(&alice, "Маяк").await;

    carol.until("alice", |screen| screen.chats.iter().any(|chat| chat.member_count == 2)).await;
    let (alice_id, carol_id) = (view::UserId(2), view::UserId(1));
    carol.ask(Command::OpenPrivate { user_id: alice_id }).await;
    let private = ChatId::private(alice_id, carol_id);
    carol.send(&private, "Ты <b>здесь</b>?").await;
    let first = within("a notification", shown.recv()).await.unwrap();
    assert_eq!((first.summary.as_str(), first.body.as_str()), ("carol — Лес", "Ты &lt;b&gt;здесь&lt;/b&gt;?"));
    let keys: Vec<&str> = first.actions.iter().step_by(2).map(String::as_str).collect();
    assert_eq!(keys, ["default", "inline-reply"]);
    let nobody = None::<&str>;
    bus.emit_signal(nobody, PATH, NAME, "NotificationReplied", &(first.id, "Да, читаю")).await.unwrap();
    bus.emit_signal(nobody, PATH, NAME, "NotificationClosed", &(first.id, 2_u32)).await.unwrap();
    carol.command(Command::OpenChat { chat_id: private.clone() });
    carol.until("alice's answer", |screen| screen.texts().contains(&"Да, читаю")).await;

    carol.send(&private, "Тогда открой").await;
    let second = within("a second notification", shown.recv()).await.unwrap();
    bus.emit_signal(nobody, PATH, NAME, "ActionInvoked", &(second.id, "default")).await.unwrap();
    alice.read(".chat-header__title", "carol").await;
    alice.read(BODY, "Тогда открой").await;
    alice.close().await;
}
