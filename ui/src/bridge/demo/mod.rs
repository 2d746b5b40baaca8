//! A scripted host inside the page, for screenshots and for work on the interface without a server.
//!
//! `#demo` shows a team; words after `=` choose more: `#demo=welcome,ru,dark`. Scenes: `team` (default), `empty`, `welcome`,
//! `browser`, `host`, `locked`, `new-lock`, `keyring`, `elsewhere`, `loading`; `offline`, `catching-up`; `quiet-chat`, `waiting-chat`,
//! `no-teams`; `newcomer`; `files`, `documents`, `links`, `tray`, `recording`, `stickers`; languages `ru`, `en`; themes `light`, `dark`, `light-contrast`,
//! `dark-contrast`; `own:dusk`; `compact`, `roomy`; `folders`, `themes`; layouts `lines`, `bubbles`.

mod cast;
mod hostile;
mod hosting;
mod script;
mod sealed;
mod shown_files;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::{document, set_timeout, window};
use view::{CommandEnvelope, CommandReply, Update};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use script::Script;
pub use shown_files::{face_id, picture};

/// What the address asks to see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scene {
    words: Vec<String>,
}

impl Scene {
    /// Reads the part after `#` of the page's address; `None` when it does not ask for the demo.
    pub fn of_page() -> Option<Self> {
        Self::parse(&window().location().hash().ok()?)
    }

    fn parse(hash: &str) -> Option<Self> {
        let rest = hash.strip_prefix("#demo")?;
        let words = rest.trim_start_matches('=').split(',').filter(|word| !word.is_empty());
        Some(Self { words: words.map(str::to_owned).collect() })
    }

    /// The word is among those of the address.
    pub fn has(&self, word: &str) -> bool {
        self.words.iter().any(|other| other == word)
    }

    fn first_of(&self, words: &[&'static str]) -> Option<&'static str> {
        words.iter().find(|word| self.has(word)).copied()
    }
}

/// Starts the host and returns what sends it a command.
pub fn start(scene: Scene, receive: impl Fn(&str) + 'static) -> super::SendJson {
    let script = Rc::new(RefCell::new(Script::new(scene)));
    let receive = Rc::new(receive);
    listen(script.clone(), receive.clone());
    Box::new(move |json| {
        let Ok(CommandEnvelope { id, command }) = serde_json::from_str(json) else { return };
        heard(id);
        let (reply, now, later) = script.borrow_mut().command(command);
        let reply = match reply {
            Ok(body) => CommandReply::Ok { body },
            Err(failure) => CommandReply::Failed { failure },
        };
        let mut first = now;
        first.push(Update::Reply { id, reply });
        say_after(1, first, receive.clone());
        for (ms, updates) in later {
            say_after(ms, updates, receive.clone());
        }
    })
}

/// Takes the texts that a test wants to see everywhere, see [`hostile`].
fn listen(script: Rc<RefCell<Script>>, receive: Rc<impl Fn(&str) + 'static>) {
    let heard = Closure::<dyn Fn(web_sys::CustomEvent)>::new(move |event: web_sys::CustomEvent| {
        hostile::take(&event.detail().as_string().unwrap_or_default());
        say_after(1, script.borrow().again(), receive.clone());
    });
    // Without a listener the test waits in vain.
    let _ = window().add_event_listener_with_callback("demo-texts", heard.as_ref().unchecked_ref());
    heard.forget();
    if let Some(html) = document().document_element() {
        let _ = html.set_attribute("data-demo", "listens");
    }
}

/// Leaves the number of the last command on the page, where tests see that something was asked for.
fn heard(id: u32) {
    if let Some(root) = document().document_element() {
        // A plain attribute of an element that is always there.
        let _ = root.set_attribute("data-heard", &id.to_string());
    }
}

fn say_after(ms: u64, updates: Vec<Update>, receive: Rc<impl Fn(&str) + 'static>) {
    // Our own types always have a JSON form.
    let Ok(json) = serde_json::to_string(&hostile::dress(updates)) else { return };
    set_timeout(move || receive(&json), Duration::from_millis(ms));
}

#[cfg(test)]
mod tests {
    use super::Scene;

    #[test]
    fn the_address_chooses_the_scene() {
        let scene = Scene::parse("#demo=welcome,ru").expect("asks for the demo");
        assert!(scene.has("welcome") && scene.has("ru") && !scene.has("dark"));
        assert!(Scene::parse("#join=abc").is_none());
    }
}
