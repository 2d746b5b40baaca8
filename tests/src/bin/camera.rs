//! Takes pictures of every scene: `camera ALL CHOSEN [PART…]` writes all of them into the folder ALL, those chosen for people
//! into CHOSEN, and for each scene one sheet of all its dresses and widths into `CHOSEN/screens`. With parts of names, only scenes
//! whose name has one; `chosen` alone leaves the others out.
#![allow(clippy::print_stdout, reason = "a program of the terminal")]

use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::json;
use system_tests::desk::Window;
use system_tests::looks::{self, Dress, HEIGHT, SCENES, Site, WIDTHS};

/// The pictures for people: scene, language, theme, width, height.
const CHOSEN: &[(&str, &str, &str, u32, u32)] = &[
    ("welcome", "ru", "light", 900, 760),
    ("chat", "ru", "light", 1400, 860),
    ("chat", "en", "dark", 1400, 860),
    ("chat-bubbles", "ru", "light", 900, 760),
    ("chat-bubbles", "en", "dark", 380, 760),
    ("chat-compact", "en", "dark", 900, 760),
    ("chat-offline", "ru", "light", 380, 760),
    ("team", "ru", "light", 380, 760),
    ("members", "en", "light", 1400, 860),
    ("search", "ru", "dark", 1400, 860),
    ("settings-appearance", "ru", "light", 900, 760),
    ("settings-appearance", "en", "dark", 380, 760),
    ("invite", "en", "light", 900, 760),
    ("switcher", "ru", "dark", 900, 760),
    ("emoji", "ru", "light", 900, 760),
    ("join", "en", "light", 900, 760),
];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut folder = || PathBuf::from(arguments.next().expect("camera ALL CHOSEN [PART…]"));
    let (all, chosen) = (folder(), folder());
    let mut parts: Vec<String> = arguments.collect();
    let only_chosen = parts == ["chosen"];
    if only_chosen {
        parts.clear();
    }
    let wanted = |name: &str| parts.is_empty() || parts.iter().any(|part| name.contains(part.as_str()));
    for folder in [&all, &chosen] {
        std::fs::create_dir_all(folder).expect("the folder can be made");
    }
    let site = Site::of(&looks::built_client()).await;
    let page = Window::page().await;
    page.stand_still().await;
    let screens = chosen.join("screens");
    std::fs::create_dir_all(&screens).expect("the folder can be made");
    for scene in SCENES.iter().filter(|scene| wanted(scene.name) && !only_chosen) {
        let mut taken = Vec::new();
        for dress in Dress::ALL {
            for width in WIDTHS {
                page.resize(width, HEIGHT).await;
                looks::show(&page, &site, scene, dress).await;
                let name = format!("{}-{}-{}-{width}", scene.name, dress.language, dress.theme);
                taken.push(keep(&page, &all, &name, None).await);
            }
        }
        sheet(&page, &screens, scene.name, &taken).await;
        println!("{}", scene.name);
    }
    for (name, language, theme, width, height) in CHOSEN.iter().filter(|(name, ..)| wanted(name)) {
        let scene = SCENES.iter().find(|scene| scene.name == *name).expect("chosen scenes are among all");
        page.resize(*width, *height).await;
        looks::show(&page, &site, scene, Dress { language, theme }).await;
        keep(&page, &chosen, &format!("{name}-{language}-{theme}-{width}"), Some(82)).await;
    }
    page.close().await;
}

/// `webp` is its quality, for pictures that go into the repository.
async fn keep(page: &Window, folder: &Path, name: &str, webp: Option<u8>) -> Vec<u8> {
    let picture = page.picture(webp).await;
    let format = if webp.is_some() { "webp" } else { "png" };
    std::fs::write(folder.join(format!("{name}.{format}")), &picture).expect("the picture can be kept");
    picture
}

/// All pictures of a scene on one: a row for each dress, the widths side by side.
async fn sheet(page: &Window, folder: &Path, name: &str, pictures: &[Vec<u8>]) {
    /// Of the size in which they were taken.
    const SCALE: f64 = 0.34;
    const GAP: u32 = 6;
    let scaled = |length: u32| (f64::from(length) * SCALE).round() as u32;
    page.client.goto("about:blank").await.expect("an empty page opens");
    let wide = WIDTHS.iter().map(|width| scaled(*width) + GAP).sum::<u32>() + GAP;
    let rows = u32::try_from(Dress::ALL.len()).unwrap_or_default();
    page.resize(wide, rows * (scaled(HEIGHT) + GAP) + GAP).await;
    let encoded: Vec<String> = pictures.iter().map(|picture| BASE64_STANDARD.encode(picture)).collect();
    let draw = "const [pictures, height, gap, done] = arguments; \
         document.body.style = `margin: ${gap}px 0 0 ${gap}px; display: flex; flex-wrap: wrap; gap: ${gap}px; background: #888`; \
         const shown = pictures.map(data => Object.assign(new Image(), { src: 'data:image/png;base64,' + data, height })); \
         document.body.replaceChildren(...shown); \
         Promise.all(shown.map(image => image.decode())).then(() => requestAnimationFrame(() => requestAnimationFrame(done)));";
    let arguments = vec![json!(encoded), json!(scaled(HEIGHT)), json!(GAP)];
    page.client.execute_async(draw, arguments).await.expect("the pictures are shown");
    keep(page, folder, name, Some(45)).await;
}
