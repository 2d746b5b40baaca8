//! Canvases: drawn on, turned into pictures; and the events of what is drawn.

use leptos::prelude::document;
use wasm_bindgen::Clamped;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, EventTarget, File, FilePropertyBag, HtmlCanvasElement, HtmlImageElement, ImageData,
    Url,
};

use super::base64::decode;
use crate::bridge::new_local_id;

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

/// A picture file made as small as this side, with a name that no other has; animated ones stay as they are. `None` for what is no
/// picture.
pub async fn small_picture(file: &File, side: f64, prefix: &str) -> Option<File> {
    let blob: &Blob = file.as_ref();
    let address = Url::create_object_url_with_blob(blob).ok()?;
    let picture = HtmlImageElement::new().ok()?;
    picture.set_src(&address);
    let decoded = JsFuture::from(picture.decode()).await;
    // What was decoded stays in the picture.
    let _ = Url::revoke_object_url(&address);
    decoded.ok()?;
    if blob.type_() == "image/gif" {
        return named(blob, prefix);
    }
    let (width, height) = (f64::from(picture.natural_width()), f64::from(picture.natural_height()));
    let scale = (side / width.max(height).max(1.0)).min(1.0);
    let (w, h) = ((width * scale).round().max(1.0), (height * scale).round().max(1.0));
    let (canvas, _) = drawn(w, h, &|context, w, h| {
        context.draw_image_with_html_image_element_and_dw_and_dh(&picture, 0.0, 0.0, w, h).ok()
    })?;
    named(&as_picture(&canvas).await?, prefix)
}

/// A picture as a file with a name that no other has.
pub fn named(blob: &Blob, prefix: &str) -> Option<File> {
    let ending = match blob.type_().as_str() {
        "image/webp" => "webp",
        "image/gif" => "gif",
        _ => "jpg",
    };
    let options = FilePropertyBag::new();
    options.set_type(&blob.type_());
    let name = format!("{prefix}-{}.{ending}", new_local_id().0.simple());
    File::new_with_blob_sequence_and_options(&js_sys::Array::of1(blob), &name, &options).ok()
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
    let _ = JsFuture::from(wait).await;
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
