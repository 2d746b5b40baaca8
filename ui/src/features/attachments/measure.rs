//! What the sender's screen finds out about a picture: its size, and a miniature of a few bytes that stands in while it loads.

use base64_text::{decode, encode};
use leptos::prelude::document;
use view::{About, FileId};
use wasm_bindgen::{Clamped, JsCast as _};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement, ImageData};

use super::blobs::address;
use super::kinds::Kind;

/// ThumbHash takes pictures of up to 100 × 100.
const MINIATURE: f64 = 100.0;

/// A picture that is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// For its message.
    pub about: About,
    /// Where this page can see it.
    pub address: String,
}

/// Measures a picked picture; `None` for what is no picture, or cannot be drawn.
pub async fn measure(file_id: &FileId, mime_type: &str, size: u64) -> Option<Measured> {
    if Kind::of(mime_type, size) != Kind::Picture {
        return None;
    }
    let address = address(file_id).await?;
    let picture = HtmlImageElement::new().ok()?;
    picture.set_src(&address);
    JsFuture::from(picture.decode()).await.ok()?;
    let (width, height) = (picture.natural_width(), picture.natural_height());
    if width == 0 || height == 0 {
        return None;
    }
    let about = About {
        width: Some(width),
        height: Some(height),
        thumbhash: miniature(&picture, width, height),
        ..About::default()
    };
    Some(Measured { about, address })
}

fn miniature(picture: &HtmlImageElement, width: u32, height: u32) -> Option<String> {
    let scale = (MINIATURE / f64::from(width.max(height))).min(1.0);
    let side = |length: u32| (f64::from(length) * scale).round().max(1.0);
    let (w, h) = (side(width), side(height));
    let (canvas, context) = canvas(w as u32, h as u32)?;
    context.draw_image_with_html_image_element_and_dw_and_dh(picture, 0.0, 0.0, w, h).ok()?;
    let pixels = context.get_image_data(0.0, 0.0, w, h).ok()?.data();
    drop(canvas);
    Some(encode(&thumbhash::rgba_to_thumb_hash(w as usize, h as usize, &pixels.0)))
}

/// Draws a miniature; `None` when it is none.
pub(super) fn draw(hash: &str, canvas_node: &HtmlCanvasElement) -> Option<()> {
    let (width, height, pixels) = thumbhash::thumb_hash_to_rgba(&decode(hash)?).ok()?;
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    canvas_node.set_width(width);
    canvas_node.set_height(height);
    let context: CanvasRenderingContext2d = canvas_node.get_context("2d").ok()??.dyn_into().ok()?;
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pixels), width, height).ok()?;
    context.put_image_data(&image, 0.0, 0.0).ok()
}

fn canvas(width: u32, height: u32) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    Some((canvas, context))
}

/// Base64 by the browser, which has it.
mod base64_text {
    use leptos::prelude::window;

    pub(super) fn encode(bytes: &[u8]) -> String {
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        window().btoa(&text).unwrap_or_default()
    }

    pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
        let decoded = window().atob(text).ok()?;
        decoded.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
    }
}
