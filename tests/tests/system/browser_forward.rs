//! Saying messages again, in the browser: which chats are offered.

use serde_json::json;
use system_tests::desk::Window;
use system_tests::looks::{self, Dress, Scene, Site, Step};

const RUSSIAN: Dress = Dress { language: "ru", theme: "light" };

const OF_WORDS: Scene = forwarding(&[OPEN, Step::Menu(".message:has(.markdown):not(:has(.poll))"), FORWARD]);
const OF_A_POLL: Scene = forwarding(&[OPEN, Step::Menu(".message:has(.poll)"), FORWARD]);
const OPEN: Step = Step::Press(".chat-row .list-row");
const FORWARD: Step = Step::PressIcon(".menu__item", "Forward");

const fn forwarding(steps: &'static [Step]) -> Scene {
    Scene { name: "forwarding", page: "team,polls", steps, until: "dialog[open] .people .list-row" }
}

/// The chats that the dialog offers.
async fn offered(page: &Window, site: &Site, scene: &Scene) -> Vec<String> {
    looks::show(page, site, scene, RUSSIAN).await;
    let titles = "return [...document.querySelectorAll('dialog[open] .list-row__title')].map(e => e.textContent);";
    let titles = page.ask(titles, vec![]).await;
    let titles = titles.as_array().expect("a list").iter();
    titles.map(|title| title.as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_poll_in_the_browser_is_offered_to_no_encrypted_chat() {
    let (site, page) = (Site::of(&looks::built_client()).await, Window::page().await);
    page.stand_still().await;
    let of_text = offered(&page, &site, &OF_WORDS).await;
    let of_poll = offered(&page, &site, &OF_A_POLL).await;
    assert!(of_text.iter().any(|title| title == "Bob Miller"), "a private chat is offered for words: {of_text:?}");
    assert!(!of_poll.iter().any(|title| title == "Bob Miller"), "it is encrypted: {of_poll:?}");
    assert!(of_poll.iter().any(|title| title == "general"), "an open channel takes polls: {of_poll:?}");
    assert_eq!(page.ask("return document.querySelectorAll('dialog[open]').length;", vec![]).await, json!(1));
    page.close().await;
}
