//! What only Chromium's DevTools can do: any window size, real keys of any keyboard layout, small pictures.

use base64::Engine as _;
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};

use super::window::Window;

/// Keys held down, as DevTools counts them.
pub mod held {
    /// Nothing.
    pub const NONE: u32 = 0;
    /// Alt.
    pub const ALT: u32 = 1;
    /// Ctrl.
    pub const CTRL: u32 = 2;
    /// Shift.
    pub const SHIFT: u32 = 8;
}

/// One key as a keyboard reports it.
#[derive(Debug, Clone, Copy)]
pub struct Press {
    /// The character that the layout puts on it, or its name: `л`, `Tab`.
    pub key: &'static str,
    /// Where it lies: `KeyK`.
    pub code: &'static str,
    /// Its number on Windows, which editing keys act by.
    pub number: u32,
    /// Keys held down: see [`held`].
    pub held: u32,
}

impl Press {
    /// A key that has a name: `Tab`, `Enter`, `ArrowDown`.
    pub fn named(key: &'static str) -> Self {
        let number = match key {
            "Backspace" => 8,
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            " " => 32,
            "PageUp" => 33,
            "PageDown" => 34,
            "End" => 35,
            "Home" => 36,
            "ArrowLeft" => 37,
            "ArrowUp" => 38,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            "F6" => 117,
            _ => panic!("no number is known for {key}"),
        };
        let code = if key == " " { "Space" } else { key };
        Self { key, code, number, held: held::NONE }
    }

    /// A letter or sign: what the layout makes of it, and where it lies.
    pub fn typed(key: &'static str, code: &'static str) -> Self {
        let number = code.bytes().last().map_or(0, u32::from);
        Self { key, code, number, held: held::NONE }
    }

    /// With keys held down.
    pub fn with(self, held: u32) -> Self {
        Self { held: self.held | held, ..self }
    }
}

impl Window {
    /// Calls a method of DevTools.
    pub async fn devtools(&self, method: &str, parameters: Value) -> Value {
        let command = Devtools { body: json!({ "cmd": method, "params": parameters }) };
        match self.client.issue_cmd(command).await {
            Ok(answer) => answer,
            Err(error) => panic!("{method} failed: {error}"),
        }
    }

    /// Gives the page exactly this size, in pixels; smaller ones than a window can have, too.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Nothing moves by itself: pictures are the same at each try.
    pub async fn stand_still(&self) {
        let wish = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
        self.devtools("Emulation.setEmulatedMedia", wish).await;
    }

    /// Presses a key and lets it go, as the person's keyboard would.
    pub async fn hit(&self, press: Press) {
        let types = press.held & (held::CTRL | held::ALT) == 0;
        let text = match press.key {
            "Enter" => Some("\r"),
            key if types && key.chars().count() == 1 => Some(key),
            _ => None,
        };
        let event = |kind: &str| {
            json!({
                "type": kind, "key": press.key, "code": press.code, "modifiers": press.held,
                "windowsVirtualKeyCode": press.number, "nativeVirtualKeyCode": press.number,
            })
        };
        let mut down = event(if text.is_some() { "keyDown" } else { "rawKeyDown" });
        if let Some(text) = text {
            down["text"] = json!(text);
        }
        self.devtools("Input.dispatchKeyEvent", down).await;
        self.devtools("Input.dispatchKeyEvent", event("keyUp")).await;
    }

    /// A picture of the page as it is now: PNG, or WebP of a quality in percent.
    pub async fn picture(&self, webp: Option<u8>) -> Vec<u8> {
        let wish = match webp {
            Some(quality) => json!({ "format": "webp", "quality": quality }),
            None => json!({ "format": "png" }),
        };
        let answer = self.devtools("Page.captureScreenshot", wish).await;
        let text = answer["data"].as_str().expect("a picture in base64");
        base64::prelude::BASE64_STANDARD.decode(text).expect("a picture in base64")
    }
}

#[derive(Debug)]
struct Devtools {
    body: Value,
}

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(
        &self,
        base_url: &reqwest::Url,
        session_id: Option<&str>,
    ) -> Result<reqwest::Url, <reqwest::Url as std::str::FromStr>::Err> {
        base_url.join(&format!("session/{}/goog/cdp/execute", session_id.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &reqwest::Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(self.body.to_string()))
    }
}
