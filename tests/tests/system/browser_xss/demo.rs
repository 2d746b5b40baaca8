//! Every screen of the demo. Its pages are served without a policy that would keep scripts from running, so that nothing but the
//! interface itself is in the way of an attack.

use serde_json::json;
use system_tests::desk::Window;
use system_tests::looks::{self, Dress, HEIGHT, SCENES, Scene, Site};

use super::{WATCHER, is_markdown, noted, payloads, run, texts};

const DRESS: Dress = Dress { language: "ru", theme: "light" };
/// A page works on so many before the driver is told: a script of WebDriver has half a minute.
const BATCH: usize = 40;

/// Scenes that show the texts of another one again: in other colours or sizes, or a list with nothing in it.
const SEEN_ELSEWHERE: &[&str] = &[
    "team-dense",
    "team-no-match",
    "chat-large-text",
    "chat-largest-text",
    "chat-roomy",
    "chat-own-theme",
    "chat-loading",
    "files-bubbles",
    "links",
    "links-bubbles",
    "polls-bubbles",
    "chat-offline-bubbles",
    "emoji-found",
    "emoji-nothing",
    "emoji-tones",
    "emoji-codes",
    "palette-none",
    "search-nothing",
    "settings-contrast",
    // Their texts are what they show.
    "stickers",
    "settings-about",
    "theme-weak",
    "composer-formatted",
    "composer-commands",
    "composer-chats",
    "teams",
    "settings-teams",
    "teams-add",
    "info-files",
    "info-links",
    "info-nothing",
    "info-private",
    "invite-chat",
    "join-link",
    "join-asked",
    "asked",
    "asked-members",
    // Their words are the interface's, but for a name that the panel beneath shows as well.
    "unlock-app",
    "unlock-forgot",
    "compare-code",
    "compare-code-refused",
    "lock",
    "lock-set",
    "lock-wait",
    "poll-new-encrypted",
    // Finds its emoji by a name, in whose place the attack would stand.
    "emoji-team",
];

/// Puts texts in the place of all others, once the demo listens, and watches from then on.
fn hostile() -> String {
    format!(
        "const [texts] = arguments; if (document.documentElement.dataset.demo !== 'listens' || !document.body.querySelector('*')) return false; \
         const aside = new CSSStyleSheet(); aside.replaceSync('.toast {{ pointer-events: none }}'); document.adoptedStyleSheets = [aside]; \
         const watch = () => {{ {WATCHER} }}; watch(); \
         window.dispatchEvent(new CustomEvent('demo-texts', {{ detail: JSON.stringify(texts) }})); return true;"
    )
}

/// One attack after the other in all texts of the chat; each waits until the page shows it in every place as text. Gives what was
/// noted, by attack.
const ONE_AFTER_THE_OTHER: &str = r#"
    const [texts, places, done] = arguments;
    const plain = text => text.replace(/\s+/g, '');
    const found = [];
    const next = () => {
        if (texts.length === 0) { requestAnimationFrame(() => requestAnimationFrame(() => done(found))); return; }
        const wanted = plain(texts[0]);
        let waits = places;
        const shown = css => [...document.querySelectorAll(css)].some(e => plain(e.value || e.textContent).includes(wanted));
        const look = () => {
            waits = waits.filter(css => !shown(css));
            if (waits.length > 0) return;
            clearTimeout(late);
            eyes.disconnect();
            if (watched.length > 0) found.push(texts[0] + ': ' + watched.splice(0).join(', '));
            texts.shift();
            next();
        };
        const eyes = new MutationObserver(look);
        const late = setTimeout(() => { eyes.disconnect(); done([...found, texts[0] + ' is not shown in ' + waits.join(', ')]); }, 20000);
        eyes.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
        window.dispatchEvent(new CustomEvent('demo-texts', { detail: JSON.stringify([texts[0]]) }));
    };
    next();
"#;

/// Every place of a chat's screen that shows what someone wrote, one selector for each kind.
const PLACES: [&str; 6] =
    [".message__name", ".markdown", ".poll__option", ".file-name", ".link-card__title", ".chat-row"];

async fn page() -> (Site, Window) {
    let (site, page) = (Site::of(&looks::built_client()).await, Window::page().await);
    page.stand_still().await;
    (site, page)
}

#[tokio::test]
async fn every_known_attack_in_every_text_of_a_chat_is_shown_as_text() {
    let (site, page) = page().await;
    // High enough for all of it to be drawn.
    page.resize(1400, 6_000).await;
    let words = "team,quiet-chat,polls,files,links,documents,folders,themes,scheduled,reminders,offline,tray";
    let scene = Scene { name: "everything", page: words, steps: &[], until: ".chat-row" };
    looks::open(&page, &site, &scene, DRESS).await;
    page.click(".chat-row .list-row").await;
    page.see(".poll__option").await;
    page.see(".link-card").await;
    page.until(&hostile(), vec![json!(["nothing yet"])], "the demo").await;
    let mut found = Vec::new();
    let (marked, plain): (Vec<String>, Vec<String>) = payloads().into_iter().partition(|text| is_markdown(text));
    let others: Vec<&str> = PLACES.into_iter().filter(|css| *css != ".markdown").collect();
    for (texts_of, places) in [(plain, &PLACES[..]), (marked, &others[..])] {
        for batch in texts_of.chunks(BATCH) {
            found.extend(texts(run(&page, ONE_AFTER_THE_OTHER, vec![json!(batch), json!(places)]).await));
        }
    }
    found.extend(noted(&page).await);
    page.close().await;
    assert!(found.is_empty(), "{}:\n{}", found.len(), found.join("\n"));
}

#[tokio::test]
async fn no_screen_takes_a_known_attack_for_anything_but_text() {
    let (site, page) = page().await;
    page.resize(1400, HEIGHT).await;
    let mut texts = payloads();
    let mut found = Vec::new();
    let told = |scene: &&Scene| !scene.page.starts_with("gallery/") && !SEEN_ELSEWHERE.contains(&scene.name);
    for scene in SCENES.iter().filter(told) {
        looks::open(&page, &site, scene, DRESS).await;
        page.until(&hostile(), vec![json!(texts)], "the demo").await;
        if let Err(why) = looks::played(&page, scene).await {
            found.push(why);
        }
        found.extend(noted(&page).await.into_iter().map(|what| format!("{}: {what}", scene.name)));
        // Others come first on the next screen.
        texts.rotate_left(23);
    }
    page.close().await;
    assert!(found.is_empty(), "{}:\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_scene_that_is_left_out_is_a_scene() {
    assert!(SEEN_ELSEWHERE.iter().all(|name| SCENES.iter().any(|scene| scene.name == *name)));
}

/// What an unsafe page would do with each text: as HTML where it looks like it, as an address else. Gives those not noted, and whether
/// any ran. The elements go before a frame of theirs can load: its scripts would be another page's.
const UNSAFE_PAGE: &str = r#"
    const [texts, done] = arguments;
    const missed = [];
    (async () => {
        for (const text of texts) {
            watched.length = 0;
            const box = document.createElement('div');
            if (text.includes('<')) box.innerHTML = text; else { const link = document.createElement('a'); link.setAttribute('href', text); box.append(link); }
            document.body.append(box);
            await Promise.resolve();
            if (watched.length === 0) missed.push(text);
            box.remove();
        }
        watched.length = 0;
        const picture = new DOMParser().parseFromString('<img src=x onerror=alert(1)>', 'text/html').body.firstChild;
        picture.addEventListener('error', () => setTimeout(() => done([missed, watched.some(what => what === 'ran: alert')]), 0));
        document.body.append(picture);
    })();
"#;

/// The control: were a text taken for HTML or for an address, the watcher would say so, and it hears what runs.
#[tokio::test]
async fn the_watcher_notes_what_an_unsafe_page_would_do_with_the_attacks() {
    let (site, page) = page().await;
    let scene = Scene { name: "welcome", page: "welcome", steps: &[], until: ".choice" };
    looks::show(&page, &site, &scene, DRESS).await;
    page.until(WATCHER, vec![], "the watcher").await;
    assert_eq!(noted(&page).await, Vec::<String>::new(), "nothing by itself");
    let all = payloads();
    let answer = run(&page, UNSAFE_PAGE, vec![json!(all)]).await;
    page.close().await;
    assert_eq!(answer[1], json!(true), "an attack that runs is heard");
    let missed = texts(answer[0].clone());
    // Some of them work only inside of an attribute, a script or another language.
    assert!(missed.len() * 5 < all.len(), "{} of {} are not noted:\n{}", missed.len(), all.len(), missed.join("\n"));
}
