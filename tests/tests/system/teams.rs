//! Several teams in one app: a real window that hosts one team and is a member of another.

use client::KeySource;
use crypto::Key;
use protocol::ChatId;
use serde_json::json;
use system_tests::desk::{Desk, Window};
use testkit::{Headless, TestServer, new_local_id};
use view::update::ReplyBody;
use view::{Command, CommandReply, Draft};

use crate::desktop::{BODY, COMPOSER, host_a_team, open_general, say};

const PLATES: &str = ".team-plate";

/// Presses the plate of a team.
pub(crate) async fn go_to(window: &Window, team: &str) {
    let script = "const [team] = arguments; const plate = [...document.querySelectorAll('.team-plate')].find(e => e.title === team); \
                  plate?.click(); return !!plate;";
    window.until(script, vec![json!(team)], "the team's plate").await;
    let open = "const [team] = arguments; return document.querySelector('.team-plate--open')?.title === team && !!document.querySelector('.chat-row');";
    window.until(open, vec![json!(team)], "the team on the page").await;
}

async fn number_of_plates(window: &Window, count: usize) {
    let script = "const [css, count] = arguments; return document.querySelectorAll(css).length === count;";
    window.until(script, vec![json!(PLATES), json!(count)], "the plates of the teams").await;
}

/// What stands in the composer.
async fn composer_holds(window: &Window, text: &str) {
    let script = "const [css, text] = arguments; return document.querySelector(css)?.value === text;";
    window.until(script, vec![json!(COMPOSER), json!(text)], "the composer's text").await;
}

async fn does_not_say(window: &Window, text: &str) {
    let said = window
        .ask("return document.querySelector('.main-pane').textContent.includes(arguments[0]);", vec![json!(text)]);
    assert_eq!(said.await, json!(false), "{text} is of the other team");
}

/// At the welcome: becomes alice in the team of this server.
pub(crate) async fn join(window: &Window, server: &TestServer) {
    window.press_button("Join a team").await;
    let link = server.running().create_invitation(Some(3_600), Some(5)).await.unwrap().link.to_string();
    window.fill_labelled("Invitation link", &link).await;
    window.press_button("Continue").await;
    window.fill_labelled("Username", "alice").await;
    window.fill_labelled("Your name", "Алиса").await;
    window.fill_labelled("Password", "correct horse").await;
    window.press_button("Create account").await;
}

#[tokio::test]
async fn one_window_is_in_two_teams_and_each_keeps_to_itself() {
    let desk = Desk::start();
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("alice");
    let wood = TestServer::start_with(None, |config| config.name = "Лес".to_owned()).await;
    let carol = Headless::start(&folder.path().join("carol"), KeySource::Raw(Key::from_bytes([7; 32]))).await;
    carol.register(&wood.addresses().http.to_string(), "carol").await;

    let alice = host_a_team(Window::desktop(&desk, &profile).await).await;
    say(&alice, "с берега").await;
    alice.read(BODY, "с берега").await;
    number_of_plates(&alice, 1).await;

    // She looks at the welcome for a second team, and comes back.
    alice.press_button("Add a team").await;
    alice.press_button("Back to Маяк").await;
    alice.read(BODY, "с берега").await;
    number_of_plates(&alice, 1).await;

    alice.press_button("Add a team").await;
    join(&alice, &wood).await;
    open_general(&alice).await;
    number_of_plates(&alice, 2).await;
    say(&alice, "из леса").await;
    carol.command(Command::OpenChat { chat_id: ChatId::general() });
    carol.until("alice's word", |screen| screen.texts().contains(&"из леса")).await;
    does_not_say(&alice, "с берега").await;

    // What is begun to be written stays in the team in which it was, though both have a channel of that name.
    alice.fill(COMPOSER, "начато в лесу").await;
    go_to(&alice, "Маяк").await;
    alice.read(BODY, "с берега").await;
    composer_holds(&alice, "").await;
    does_not_say(&alice, "из леса").await;

    let draft = Draft { text: "@alice, где ты?".to_owned(), reply_to: None };
    let people = carol.ask(Command::ListPeople { query: "alice".to_owned() }).await;
    let CommandReply::Ok { body: ReplyBody::People { people } } = people else {
        panic!("carol sees people: {people:?}")
    };
    let mentions = vec![people[0].id];
    carol.command(Command::Send {
        chat_id: ChatId::general(),
        local_id: new_local_id(),
        draft,
        mentions,
        thread: None,
    });
    alice.read(".team-plate .rail__badge", "1").await;
    alice.keep_screenshot("teams").await;

    go_to(&alice, "Лес").await;
    composer_holds(&alice, "начато в лесу").await;
    alice.read(BODY, "где ты?").await;
    alice.close_and_leave(&profile).await;

    // The last team comes first, and the other is there.
    let alice = Window::desktop(&desk, &profile).await;
    number_of_plates(&alice, 2).await;
    alice.read(BODY, "где ты?").await;
    go_to(&alice, "Маяк").await;
    say(&alice, "снова здесь").await;
    alice.read(BODY, "снова здесь").await;

    // Who leaves one team is in the other.
    go_to(&alice, "Лес").await;
    alice.click(".rail [data-icon='Settings']").await;
    alice.press_button("Account").await;
    alice.press_button("Log out").await;
    alice
        .until(
            "const out = document.querySelector('dialog[open] .button--danger'); out?.click(); return !!out;",
            vec![],
            "the question",
        )
        .await;
    number_of_plates(&alice, 1).await;
    alice.read(BODY, "снова здесь").await;
    alice.close_and_leave(&profile).await;
    let alice = Window::desktop(&desk, &profile).await;
    alice.read(BODY, "снова здесь").await;
    number_of_plates(&alice, 1).await;
    alice.close().await;
}
