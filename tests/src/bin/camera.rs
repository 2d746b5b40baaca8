//! Takes pictures of every scene: `camera ALL CHOSEN [PART…]` writes all of them into the folder ALL, those chosen for people
//! into CHOSEN. With parts of names, only scenes whose name has one; `chosen` alone leaves the others out.
#![allow(clippy::print_stdout, reason = "a program of the terminal")]

use std::path::{Path, PathBuf};

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
    for scene in SCENES.iter().filter(|scene| wanted(scene.name) && !only_chosen) {
        for dress in Dress::ALL {
            for width in WIDTHS {
                page.resize(width, HEIGHT).await;
                looks::show(&page, &site, scene, dress).await;
                keep(&page, &all, &format!("{}-{}-{}-{width}", scene.name, dress.language, dress.theme), "png").await;
            }
        }
        println!("{}", scene.name);
    }
    for (name, language, theme, width, height) in CHOSEN.iter().filter(|(name, ..)| wanted(name)) {
        let scene = SCENES.iter().find(|scene| scene.name == *name).expect("chosen scenes are among all");
        page.resize(*width, *height).await;
        looks::show(&page, &site, scene, Dress { language, theme }).await;
        keep(&page, &chosen, &format!("{name}-{language}-{theme}-{width}"), "webp").await;
    }
    page.close().await;
}

async fn keep(page: &Window, folder: &Path, name: &str, format: &str) {
    let picture = page.picture(format).await;
    std::fs::write(folder.join(format!("{name}.{format}")), picture).expect("the picture can be kept");
}
