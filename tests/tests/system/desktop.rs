//! People at real screens: two desktop windows, a Chromium page and a script over raw TCP, in one team.

use std::path::Path;
use std::process::Command;

use crypto::Pin;
use mdns_sd::{IfKind, ServiceDaemon, ServiceInfo};
use protocol::InvitationLink;
use serde_json::json;
use system_tests::desk::{Desk, Window};

const ENTER: &str = "\u{e007}";
pub(crate) const COMPOSER: &str = ".composer__field";
pub(crate) const BODY: &str = ".message__main";

/// In alice's window, at the welcome: makes the team and its owner's account.
pub(crate) async fn host_a_team(alice: Window) -> Window {
    alice.press_button("Host a team here").await;
    alice.fill_labelled("What the team is called", "Маяк").await;
    alice.keep_screenshot("01-host").await;
    alice.press_button("Start").await;
    alice.fill_labelled("Username", "alice").await;
    alice.fill_labelled("Your name", "Алиса").await;
    alice.fill_labelled("Password", "correct horse").await;
    alice.keep_screenshot("02-owner").await;
    alice.press_button("Create account").await;
    // Who is new stands in the channel that everyone is in.
    alice.read(".chat-header__title", "general").await;
    alice.see(COMPOSER).await;
    alice
}

/// The two links of a fresh invitation: for the app, and for a browser.
pub(crate) async fn invitation(of: &Window, picture: &str) -> (String, String) {
    of.press_button("New chat").await;
    of.press_button("Invite to the team").await;
    let find = "const [start] = arguments; \
                const texts = [...document.querySelectorAll('dialog *')].map(e => e.value ?? (e.children.length ? '' : e.textContent)); \
                return texts.map(t => (t ?? '').trim()).find(t => t.startsWith(start)) ?? null;";
    of.until(
        "return [...document.querySelectorAll('dialog *')].some(e => (e.value ?? e.textContent ?? '').trim().startsWith('hybrid://join/'));",
        vec![],
        "the invitation's link",
    )
    .await;
    of.keep_screenshot(picture).await;
    let app = of.ask(find, vec![json!("hybrid://join/")]).await;
    let web = of.ask(find, vec![json!("https://")]).await;
    of.press("body", "\u{e00c}").await;
    let text = |value: serde_json::Value| value.as_str().expect("a link").to_owned();
    (text(app), text(web))
}

pub(crate) async fn register(window: &Window, username: &str, name: &str) {
    window.fill_labelled("Username", username).await;
    window.fill_labelled("Your name", name).await;
    window.fill_labelled("Password", "correct horse").await;
    window.press_button("Create account").await;
}

pub(crate) async fn open_general(window: &Window) {
    window
        .until(
            "const row = [...document.querySelectorAll('.chat-row .list-row')].find(e => e.textContent.includes('general')); \
             row?.click(); return !!row;",
            vec![],
            "the channel general",
        )
        .await;
    window.see(COMPOSER).await;
}

pub(crate) async fn say(window: &Window, text: &str) {
    window.fill(COMPOSER, text).await;
    window.press(COMPOSER, ENTER).await;
}

#[tokio::test]
async fn two_windows_a_browser_and_a_script_talk_in_one_team() {
    let desk = Desk::start();
    let other_desk = Desk::start();
    let profiles = tempfile::tempdir().expect("a temporary folder can be made");

    let alice = host_a_team(Window::desktop(&desk, &profiles.path().join("alice")).await).await;
    let (link, web) = invitation(&alice, "03-invitation").await;

    let bob = Window::desktop(&other_desk, &profiles.path().join("bob")).await;
    bob.press_button("Join a team").await;
    join_from_the_list(&bob, &link).await;
    register(&bob, "bob", "Борис").await;

    invite_from_a_browser(&desk, &web, &link).await;
    let carol = Window::chromium(&desk, 900, 700).await;
    carol.client.goto(&web).await.expect("the host serves its web client");
    carol.read("h1", "Welcome to Маяк").await;
    register(&carol, "carol", "Carol").await;

    for window in [&alice, &bob, &carol] {
        open_general(window).await;
    }
    say(&alice, "Привет, команда! 👋🏽").await;
    bob.read(BODY, "Привет, команда! 👋🏽").await;
    carol.read(BODY, "Привет, команда! 👋🏽").await;
    say(&bob, "Всё работает ❤️").await;
    alice.read(BODY, "Всё работает ❤️").await;
    say(&carol, "From a browser").await;
    alice.read(BODY, "From a browser").await;

    edit_react_reply_delete(&alice, &bob).await;
    script_joins_by_tcp(&alice, &profiles.path().join("alice"), &link).await;

    alice.keep_screenshot("06-chat-alice").await;
    bob.keep_screenshot("07-chat-bob").await;
    carol.keep_screenshot("08-chat-browser").await;
    for window in [carol, bob, alice] {
        window.close().await;
    }
}

/// Alice signs in from a browser too. It cannot see the host's certificate, and yet the invitation made there is pinned.
async fn invite_from_a_browser(desk: &Desk, web: &str, link: &str) {
    let browser = Window::chromium(desk, 900, 700).await;
    let page = web.split('#').next().expect("a link has a page");
    browser.client.goto(page).await.expect("the host serves its web client");
    browser.read("h1", "Welcome to Маяк").await;
    browser.fill_labelled("Username", "alice").await;
    browser.fill_labelled("Password", "correct horse").await;
    browser.press_button("Sign in").await;
    browser.see(".chat-row").await;
    let (made, _) = invitation(&browser, "03-invitation-browser").await;
    assert_eq!(pin(&made), pin(link), "a browser's invitation is pinned as the host's own is");
    browser.close().await;
}

/// The pin that an invitation carries.
fn pin(link: &str) -> Pin {
    let link = InvitationLink::parse(link).expect("an invitation");
    Pin(link.pin.expect("a host's invitation carries its pin"))
}

/// Bob finds the team on the network beside another one of the same name, takes the wrong one first, is told, and joins
/// the right one.
async fn join_from_the_list(bob: &Window, link: &str) {
    let key = pin(link).fingerprint_short();
    bob.read(".discovered .list-row", &format!("key {key}")).await;
    let other = Namesake::announce("Маяк");
    bob.read(".discovered .list-row", &format!("key {}", other.key)).await;
    bob.read(".discovered .banner", "Several teams here are called “Маяк”").await;
    bob.keep_screenshot("04-found-on-the-network").await;

    choose(bob, &other.key).await;
    bob.read(".field__note", "To join Маяк").await;
    bob.fill_labelled("Invitation link", link).await;
    bob.press_button("Continue").await;
    bob.read(".banner", &format!("does not lead to the team “Маяк” with the key {}", other.key)).await;
    bob.press_button("Another link").await;

    choose(bob, &key).await;
    bob.press_button("Continue").await;
    bob.read(".banner", "key matches the invitation").await;
    bob.read(".join__address", &format!("key {key}")).await;
    let warned = bob.ask("return document.body.textContent.includes('does not lead');", vec![]).await;
    assert_eq!(warned, json!(false), "the chosen team is the one of the link");
    bob.keep_screenshot("05-join").await;
}

/// Chooses the team with this key in the list.
async fn choose(window: &Window, key: &str) {
    window
        .until(
            "const [key] = arguments; \
             const row = [...document.querySelectorAll('.discovered .list-row')].find(e => e.textContent.includes(key)); \
             row?.click(); return !!row && row.getAttribute('aria-current') === 'true';",
            vec![json!(key)],
            &format!("the team with the key {key}, chosen"),
        )
        .await;
}

/// Another host that announces the same name, on this machine's loopback; it ends with the value.
struct Namesake {
    daemon: ServiceDaemon,
    key: String,
}

impl Namesake {
    fn announce(name: &str) -> Self {
        let pin = Pin([0xb5; 32]);
        let daemon = ServiceDaemon::new().expect("this machine has mDNS");
        daemon.disable_interface(IfKind::All).expect("interfaces can be left");
        daemon.enable_interface(IfKind::LoopbackV4).expect("there is a loopback");
        let text = [("v", "1"), ("name", name), ("fp", &pin.fingerprint())];
        let service = ServiceInfo::new("_hybrid-msgr._tcp.local.", "namesake", "namesake.local.", "", 9443, &text[..])
            .expect("a valid announcement");
        daemon.register(service.enable_addr_auto()).expect("it can be announced");
        Self { daemon, key: pin.fingerprint_short() }
    }
}

impl Drop for Namesake {
    fn drop(&mut self) {
        let _ = self.daemon.shutdown();
    }
}

/// What one does with a message, each step seen on the other's screen.
async fn edit_react_reply_delete(alice: &Window, bob: &Window) {
    say(alice, "Встреча в 15:00").await;
    bob.read(BODY, "Встреча в 15:00").await;
    on_message(alice, "Встреча в 15:00", "Edit").await;
    alice.fill(COMPOSER, "Встреча в 16:00").await;
    alice.press(COMPOSER, ENTER).await;
    bob.read(BODY, "Встреча в 16:00").await;

    on_message(bob, "Встреча в 16:00", "Add a reaction").await;
    // By its picture: its name comes with the catalogue, a moment later.
    let press = "const cell = [...document.querySelectorAll('.emoji-panel__cell')].find(e => e.textContent.includes('👍')); \
                 cell?.click(); return !!cell;";
    bob.until(press, vec![], "a thumb in the panel").await;
    alice.read(".reactions__chip", "👍").await;

    on_message(bob, "Встреча в 16:00", "Reply").await;
    say(bob, "Буду").await;
    alice.read(".quote", "Встреча в 16:00").await;

    say(bob, "лишнее").await;
    alice.read(BODY, "лишнее").await;
    on_message(bob, "лишнее", "Delete").await;
    bob.press_button("Delete").await;
    alice
        .until(
            "const [css] = arguments; return ![...document.querySelectorAll(css)].some(e => e.textContent.includes('лишнее'));",
            vec![json!(BODY)],
            "the deleted message to go",
        )
        .await;
}

/// Opens a message's menu by the right button and takes an entry (or a reaction) by its name.
async fn on_message(window: &Window, text: &str, entry: &str) {
    window
        .until(
            "const [text] = arguments; \
             const found = [...document.querySelectorAll('[data-message]')].filter(e => e.textContent.includes(text)).pop(); \
             if (!found) return false; \
             const box = found.getBoundingClientRect(); \
             found.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: box.left + 80, clientY: box.top + 10 })); \
             return true;",
            vec![json!(text)],
            &format!("the message {text:?}"),
        )
        .await;
    window.press_button(entry).await;
}

/// The fourth member is ten lines of script on the TCP port.
async fn script_joins_by_tcp(alice: &Window, profile: &Path, link: &str) {
    let host: serde_json::Value =
        serde_json::from_slice(&std::fs::read(profile.join("host/host.json")).expect("the host keeps its ports"))
            .expect("host.json is JSON");
    let secret = link.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).expect("the link has a secret");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/join_and_say.py");
    let done = Command::new("python3")
        .arg(script)
        .args([&host["tcp_port"].to_string(), "dave", "hello from a script", secret])
        .output()
        .expect("python3 is installed");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    alice.read(BODY, "hello from a script").await;
}
