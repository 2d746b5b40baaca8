//! Canvases: drawn on, turned into pictures; and the events of what is drawn.

use leptos::prelude::document;
use wasm_bindgen::prelude::*;
use wasm_bindgen::{Clamped, JsCast as _};
use web_sys::{Blob, CanvasRenderingContext2d, EventTarget, HtmlCanvasElement, ImageData};

use super::base64::decode;

/// How good pictures are that are made here, of 1.
const QUALITY: f64 = 0.85;

/// A canvas of this size with a drawing.
pub(super) fn drawn(
    width: f64,
    height: f64,
    draw: &dyn Fn(&CanvasRenderingContext2d, f64, f64) -> Option<()>,
) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = context_of(&canvas)?;
    draw(&context, width, height)?;
    Some((canvas, context))
}

/// Draws a miniature; `None` when it is none.
pub(super) fn draw_miniature(hash: &str, canvas: &HtmlCanvasElement) -> Option<()> {
    let (width, height, pixels) = thumbhash::thumb_hash_to_rgba(&decode(hash)?).ok()?;
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    canvas.set_width(width);
    canvas.set_height(height);
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pixels), width, height).ok()?;
    context_of(canvas)?.put_image_data(&image, 0.0, 0.0).ok()
}

/// A canvas as a file: WebP where the browser writes it, else JPEG.
pub async fn as_picture(canvas: &HtmlCanvasElement) -> Option<Blob> {
    let blob = blob_of(canvas, "image/webp").await?;
    if blob.type_() == "image/webp" {
        return Some(blob);
    }
    // JPEG knows no transparency: what shows through is white, not black.
    let context = context_of(canvas)?;
    context.set_global_composite_operation("destination-over").ok()?;
    context.set_fill_style_str("white");
    context.fill_rect(0.0, 0.0, f64::from(canvas.width()), f64::from(canvas.height()));
    blob_of(canvas, "image/jpeg").await
}

/// Waits for the first of these events.
pub async fn event(target: &EventTarget, events: &[&str]) {
    let wait = js_sys::Promise::new(&mut |done, _| {
        for event in events {
            // Kept by the target until it is called.
            let _ = target.add_event_listener_with_callback(event, &done);
        }
    });
    // It is never broken.
    let _ = wasm_bindgen_futures::JsFuture::from(wait).await;
}

fn context_of(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

async fn blob_of(canvas: &HtmlCanvasElement, kind: &str) -> Option<Blob> {
    let (done, blob) = futures_channel::oneshot::channel::<Option<Blob>>();
    let call = Closure::once_into_js(move |blob: JsValue| {
        // Who waited has gone when this fails.
        let _ = done.send(blob.dyn_into().ok());
    });
    canvas.to_blob_with_type_and_encoder_options(call.unchecked_ref(), kind, &JsValue::from_f64(QUALITY)).ok()?;
    blob.await.ok().flatten()
}
