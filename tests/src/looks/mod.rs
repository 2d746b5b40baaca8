//! The interface as people see it: every screen of the demo and every page of the gallery, in each theme, language and width.

mod checks;
mod scenes;
mod site;

pub use checks::{key_words, overflows, strange_words};
pub use scenes::{SCENES, Scene, Step};
pub use site::{Site, built_client, measured_client};

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use serde_json::json;

use crate::desk::Window;

/// A phone, a small window, a wide one.
pub const WIDTHS: [u32; 3] = [380, 900, 1400];
/// How high all of them are.
pub const HEIGHT: u32 = 860;

/// How a scene is shown.
#[derive(Debug, Clone, Copy)]
pub struct Dress {
    /// `ru` or `en`.
    pub language: &'static str,
    /// `light` or `dark`.
    pub theme: &'static str,
}

impl Dress {
    /// Every language in every theme.
    pub const ALL: [Dress; 4] = [
        Dress { language: "ru", theme: "light" },
        Dress { language: "ru", theme: "dark" },
        Dress { language: "en", theme: "light" },
        Dress { language: "en", theme: "dark" },
    ];
}

/// [`show`], or why it could not be shown: so that a run over all scenes tells of all that are broken, not of the first.
///
/// # Errors
/// What was waited for in vain.
pub async fn shown(page: &Window, site: &Site, scene: &Scene, dress: Dress) -> Result<(), String> {
    open(page, site, scene, dress).await;
    played(page, scene).await
}

/// [`play_all`], or why that could not be done.
///
/// # Errors
/// What was waited for in vain.
pub async fn played(page: &Window, scene: &Scene) -> Result<(), String> {
    let outcome = AssertUnwindSafe(play_all(page, scene)).catch_unwind().await;
    outcome
        .map_err(|why| format!("{}: {}", scene.name, why.downcast_ref::<String>().map_or("not shown", String::as_str)))
}

/// Opens a scene and plays its steps, until what it shows is there and stands still.
pub async fn show(page: &Window, site: &Site, scene: &Scene, dress: Dress) {
    open(page, site, scene, dress).await;
    play_all(page, scene).await;
}

/// Opens a scene, and plays nothing yet.
pub async fn open(page: &Window, site: &Site, scene: &Scene, dress: Dress) {
    let hash = match scene.page.strip_prefix("gallery/") {
        Some(name) => format!("#gallery/{name}?lang={}&theme={}", dress.language, dress.theme),
        None => format!("#demo={},{},{}", scene.page, dress.language, dress.theme),
    };
    page.open_afresh(&site.address(&hash)).await;
}

/// Plays the steps of a scene that was opened, until what it shows is there and stands still.
pub async fn play_all(page: &Window, scene: &Scene) {
    for step in scene.steps {
        play(page, *step).await;
    }
    page.see(scene.until).await;
    page.settle().await;
}

async fn play(page: &Window, step: Step) {
    let what = format!("{step:?}");
    match step {
        Step::Press(css) => play_on(page, css, 0, "e.click();", &what).await,
        Step::PressNth(css, at) => play_on(page, css, at, "e.click();", &what).await,
        Step::PressIcon(css, icon) => {
            play_on(page, &format!("{css}:has([data-icon={icon}])"), 0, "e.click();", &what).await;
        }
        Step::Menu(css) => {
            let open = "const box = e.getBoundingClientRect(); \
                 e.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, \
                 clientX: box.left + 90, clientY: box.top + 12 }));";
            play_on(page, css, 0, open, &what).await;
        }
        Step::Type(css, text) => {
            page.see(css).await;
            page.fill(css, text).await;
        }
        Step::Hit(press) => page.hit(press).await,
        Step::See(css) => _ = page.see(css).await,
    }
}

/// Runs a script on the element `e`: the n-th that matches and is on screen.
async fn play_on(page: &Window, css: &str, at: usize, script: &str, what: &str) {
    let find = "const [css, at] = arguments; \
         const e = [...document.querySelectorAll(css)].filter(e => e.checkVisibility())[at]; if (!e) return false;";
    page.until(&format!("{find} {script} return true;"), vec![json!(css), json!(at)], what).await;
}

impl Window {
    /// Opens an address as if for the first time, whatever stood there before.
    pub async fn open_afresh(&self, address: &str) {
        self.client.goto("about:blank").await.expect("an empty page opens");
        self.client.goto(address).await.expect("the page opens");
    }

    /// Waits until fonts are there, nothing that ends is moving, and two frames have been drawn.
    pub async fn settle(&self) {
        let script = "const done = arguments[0]; \
             const still = () => document.getAnimations().every(a => a.playState !== 'running' || a.effect.getComputedTiming().endTime === Infinity); \
             const look = () => document.fonts.status === 'loaded' && still() \
               ? requestAnimationFrame(() => requestAnimationFrame(() => done(true))) : requestAnimationFrame(look); \
             document.fonts.ready.then(look);";
        self.client.execute_async(script, vec![]).await.expect("the page comes to rest");
    }
}
