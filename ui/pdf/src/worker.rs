//! What `ui/static/pdf.js` calls.

use js_sys::Uint8ClampedArray;
use wasm_bindgen::prelude::*;
use web_sys::ImageData;

use crate::Document;

/// The pages of one file.
#[wasm_bindgen]
pub struct Pages(Document);

#[wasm_bindgen]
impl Pages {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be shown.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: Vec<u8>) -> Result<Pages, JsValue> {
        console_error_panic_hook::set_once();
        Document::open(bytes).map(Pages).map_err(|refused| JsValue::from_str(&format!("{refused:?}")))
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        u32::try_from(self.0.pages()).unwrap_or(u32::MAX)
    }

    /// One of them, counted from 0, as large as fits; nothing for a page that is not there.
    pub fn draw(&self, page: u32, width: u32, height: u32) -> Option<ImageData> {
        let picture = self.0.draw(page as usize, width, height)?;
        // A copy of its own: what lies in this module's memory could not be given away.
        let colours = Uint8ClampedArray::from(picture.rgba.as_slice());
        ImageData::new_with_js_u8_clamped_array_and_sh(&colours, picture.width, picture.height).ok()
    }
}
