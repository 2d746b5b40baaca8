//! Every screen of the web client in Chromium: accessible in both themes, nothing sticking out at a phone's width, all words there.

use std::path::PathBuf;

use serde_json::{Value, json};
use system_tests::desk::Window;
use system_tests::looks::{self, Dress, HEIGHT, SCENES, Site};

/// WCAG 2.2 at level AA and what axe counts among good practice; but for one rule: on a phone the list of chats stands alone,
/// and is navigation.
const RULES: &str = "{ runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }, \
     rules: { 'target-size': { enabled: true }, 'landmark-one-main': { enabled: false } }, resultTypes: ['violations'] }";

/// The script of axe-core, which `cargo xtask test` (and `cargo xtask setup`) installs.
fn axe() -> String {
    let kept = || {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache")))?;
        let folders = std::fs::read_dir(cache.join("hybrid-messenger")).ok()?.flatten();
        let own = folders.filter(|folder| folder.file_name().to_string_lossy().starts_with("axe-core-"));
        own.map(|folder| folder.path().join("node_modules/axe-core/axe.min.js")).max()
    };
    let path = std::env::var_os("HYBRID_AXE").map(PathBuf::from).or_else(kept);
    let path = path.expect("axe-core is installed (cargo xtask setup does that)");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

async fn page() -> (Site, Window) {
    let (site, page) = (Site::of(&looks::built_client()).await, Window::page().await);
    page.stand_still().await;
    (site, page)
}

/// What axe has to say about the page as it stands.
async fn violations(page: &Window, axe: &str) -> Vec<String> {
    page.client.execute(&format!("if (!window.axe) {{ {axe} }}"), vec![]).await.expect("axe is loaded");
    let run = format!(
        "const done = arguments[0]; axe.run(document, {RULES}).then(found => done(found.violations.flatMap(rule => \
         rule.nodes.map(node => `${{rule.id}}: ${{node.target.join(' ')}}: ${{node.failureSummary.replaceAll('\\n', ' ')}}`))), \
         error => done([String(error)]));"
    );
    let answer = page.client.execute_async(&run, vec![]).await.expect("axe answers");
    let Value::Array(found) = answer else { panic!("axe answered {answer}") };
    found.into_iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
}

/// Puts the page in another theme as it stands: that is an attribute, and the page need not be loaded again for it.
async fn dress(page: &Window, theme: &str) {
    page.ask("document.documentElement.dataset.theme = arguments[0];", vec![json!(theme)]).await;
    page.settle().await;
}

#[tokio::test]
async fn every_screen_is_accessible_in_both_themes() {
    let axe = axe();
    let (site, page) = page().await;
    page.resize(1400, HEIGHT).await;
    let mut found = Vec::new();
    for scene in SCENES {
        if let Err(why) = looks::shown(&page, &site, scene, Dress { language: "en", theme: "light" }).await {
            found.push(why);
            continue;
        }
        for theme in ["light", "dark"] {
            dress(&page, theme).await;
            let wrong = violations(&page, &axe).await.into_iter();
            found.extend(wrong.map(|what| format!("{} in the {theme} theme: {what}", scene.name)));
        }
    }
    page.close().await;
    assert!(found.is_empty(), "{}:\n{}", found.len(), found.join("\n"));
}

/// What is wrong with every screen on a phone: what sticks out, words of another language, and with `axe` what that finds.
async fn all_fit(language: &'static str, axe: Option<&str>) {
    let words = looks::key_words();
    let (site, page) = page().await;
    page.resize(380, HEIGHT).await;
    let mut found = Vec::new();
    for scene in SCENES {
        if let Err(why) = looks::shown(&page, &site, scene, Dress { language, theme: "light" }).await {
            found.push(why);
            continue;
        }
        let mut wrong = looks::overflows(&page).await;
        // The gallery's samples are of no language.
        if !scene.page.starts_with("gallery") {
            wrong.extend(looks::strange_words(&page, &words, language).await);
        }
        if let Some(axe) = axe {
            wrong.extend(violations(&page, axe).await);
        }
        found.extend(wrong.into_iter().map(|what| format!("{}: {what}", scene.name)));
    }
    page.close().await;
    assert!(found.is_empty(), "{} in {language}:\n{}", found.len(), found.join("\n"));
}

#[tokio::test]
async fn every_screen_on_a_phone_fits_in_russian_has_all_its_words_and_is_accessible() {
    all_fit("ru", Some(&axe())).await;
}

#[tokio::test]
async fn every_screen_on_a_phone_fits_in_english_and_has_all_its_words() {
    all_fit("en", None).await;
}

#[tokio::test]
async fn what_sticks_out_what_has_no_name_and_what_has_no_words_would_be_found() {
    let (site, page) = page().await;
    page.resize(380, HEIGHT).await;
    let scene = SCENES.iter().find(|scene| scene.name == "welcome").expect("there is a welcome");
    looks::show(&page, &site, scene, Dress { language: "ru", theme: "light" }).await;
    let spoil = "const main = document.querySelector('main'); \
         main.insertAdjacentHTML('beforeend', '<div class=\"spoilt\" style=\"flex: none; width: 600px; height: 9px\">welcome-title</div> \
         <button class=\"spoilt\"></button><p>Join a team</p>');";
    page.ask(spoil, vec![]).await;
    let sticks_out = looks::overflows(&page).await;
    assert!(sticks_out.iter().any(|what| what.contains("spoilt")), "{sticks_out:?}");
    let cover = "const main = document.querySelector('main'); main.insertAdjacentHTML('beforeend', '<article style=\"position: relative\"> \
         <div class=\"message__main\">words</div><div class=\"message__status\" style=\"position: absolute; inset: 0; align-self: stretch\">12:00</div></article>');";
    page.ask(cover, vec![]).await;
    let covered = looks::overflows(&page).await;
    assert!(covered.iter().any(|what| what.contains("lies over \"words\"")), "{covered:?}");
    let strange = looks::strange_words(&page, &looks::key_words(), "ru").await;
    assert!(strange.iter().any(|what| what.contains("the key welcome-title")), "{strange:?}");
    assert!(strange.iter().any(|what| what.contains("Join a team")), "{strange:?}");
    let nameless = violations(&page, &axe()).await;
    assert!(nameless.iter().any(|what| what.starts_with("button-name")), "{nameless:?}");
    let ground = "return getComputedStyle(document.body).backgroundColor;";
    let light = page.ask(ground, vec![]).await;
    dress(&page, "dark").await;
    assert_ne!(page.ask(ground, vec![]).await, light, "the dark theme looks like the light one");
    page.close().await;
}

#[tokio::test]
async fn a_browser_keeps_the_layout_that_was_chosen_by_its_picture() {
    let (site, page) = page().await;
    let scene = SCENES.iter().find(|scene| scene.name == "settings-appearance").expect("there are settings");
    looks::show(&page, &site, scene, Dress { language: "ru", theme: "light" }).await;
    for layout in ["compact", "bubbles", "modern"] {
        page.ask("document.querySelector(`[value=${arguments[0]}]`).click();", vec![json!(layout)]).await;
        page.see(&format!("html[data-layout={layout}]")).await;
        page.see(&format!("[value={layout}]:checked")).await;
    }
    page.close().await;
}
