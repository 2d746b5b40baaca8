//! What the sender's screen finds out about a picture, video or sound: its size, how long it plays, a miniature of a few bytes that
//! stands in while it loads, and a small picture that lists show instead of a large one.

use leptos::prelude::document;
use view::{About, FileId};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlImageElement, HtmlMediaElement, HtmlVideoElement, Url};

use super::base64::encode;
use super::blobs::address;
use super::canvas;
use super::kinds::Kind;
use crate::bridge::files::load;
use crate::features::reader::Pages;

/// ThumbHash takes pictures of up to 100 × 100.
const MINIATURE: f64 = 100.0;
/// A thumbnail's longer side at most, in pixels: sharp in a message on a dense screen.
const THUMBNAIL: f64 = 1_000.0;
/// Smaller pictures are their own thumbnail, in bytes.
const THUMBNAIL_FROM_BYTES: u64 = 400 * 1024;
/// Where a video's poster is taken, in seconds, or at a third of a shorter one.
const POSTER_AT_S: f64 = 1.0;

/// A file that is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// For its message.
    pub about: About,
    /// Where this page can see it, for a picture, or its first page.
    pub address: Option<String>,
}

/// Draws onto a canvas of this width and height.
type Draw<'a> = &'a dyn Fn(&CanvasRenderingContext2d, f64, f64) -> Option<()>;

/// Measures a picked file, and makes its thumbnail where that is worth it; `None` for what is neither seen nor heard here.
pub async fn measure(file_id: &FileId, mime_type: &str, size: u64) -> Option<(Measured, Option<Blob>)> {
    match Kind::of(mime_type, size) {
        Kind::Picture => picture(address(file_id).await?, size).await,
        Kind::Video => video(&address(file_id).await?).await,
        Kind::Sound => sound(&address(file_id).await?).await,
        Kind::Paper => paper(file_id).await,
        Kind::Text | Kind::Other => None,
    }
}

async fn picture(address: String, size: u64) -> Option<(Measured, Option<Blob>)> {
    let picture = HtmlImageElement::new().ok()?;
    picture.set_src(&address);
    JsFuture::from(picture.decode()).await.ok()?;
    let (width, height) = (picture.natural_width(), picture.natural_height());
    let draw: Draw<'_> =
        &|context, w, h| context.draw_image_with_html_image_element_and_dw_and_dh(&picture, 0.0, 0.0, w, h).ok();
    let about = seen(width, height, draw)?;
    let thumbnail = if size > THUMBNAIL_FROM_BYTES { thumbnail(width, height, draw).await } else { None };
    Some((Measured { about, address: Some(address) }, thumbnail))
}

async fn video(address: &str) -> Option<(Measured, Option<Blob>)> {
    let video: HtmlVideoElement = document().create_element("video").ok()?.dyn_into().ok()?;
    let duration_ms = opened(&video, address).await?;
    let at = POSTER_AT_S.min(video.duration() / 3.0);
    video.set_current_time(if at.is_finite() { at } else { 0.0 });
    canvas::event(&video, &["seeked", "error"]).await;
    let (width, height) = (video.video_width(), video.video_height());
    let draw: Draw<'_> =
        &|context, w, h| context.draw_image_with_html_video_element_and_dw_and_dh(&video, 0.0, 0.0, w, h).ok();
    let about = About { duration_ms, ..seen(width, height, draw)? };
    let thumbnail = thumbnail(width, height, draw).await;
    video.remove_attribute("src").ok();
    Some((Measured { about, address: None }, thumbnail))
}

/// The first page of a PDF file.
async fn paper(file_id: &FileId) -> Option<(Measured, Option<Blob>)> {
    let pages = Pages::open(&load(file_id).await?).await?;
    let page = pages.draw(0, THUMBNAIL as u32, THUMBNAIL as u32).await?;
    let (width, height) = (page.width(), page.height());
    let put: Draw<'_> = &|context, _, _| context.put_image_data(&page, 0.0, 0.0).ok();
    let (sheet, _) = canvas::drawn(f64::from(width), f64::from(height), put)?;
    let about = seen(width, height, &|context, w, h| {
        context.draw_image_with_html_canvas_element_and_dw_and_dh(&sheet, 0.0, 0.0, w, h).ok()
    })?;
    let thumbnail = canvas::as_picture(&sheet).await;
    // It is the page's until the window closes: a few pages of paper.
    let address = thumbnail.as_ref().and_then(|small| Url::create_object_url_with_blob(small).ok());
    Some((Measured { about, address }, thumbnail))
}

async fn sound(address: &str) -> Option<(Measured, Option<Blob>)> {
    let sound = web_sys::HtmlAudioElement::new().ok()?;
    let duration_ms = opened(&sound, address).await?;
    Some((Measured { about: About { duration_ms, ..About::default() }, address: None }, None))
}

/// How long it plays, once that is known; nothing inside for what does not say so. `None`: it cannot be played here.
async fn opened(media: &HtmlMediaElement, address: &str) -> Option<Option<u64>> {
    media.set_muted(true);
    media.set_preload("auto");
    media.set_src(address);
    canvas::event(media, &["loadeddata", "error"]).await;
    if media.error().is_some() {
        return None;
    }
    let duration = media.duration();
    Some((duration.is_finite() && duration > 0.0).then_some((duration * 1_000.0) as u64))
}

/// Size and miniature of what can be drawn.
fn seen(width: u32, height: u32, draw: Draw<'_>) -> Option<About> {
    if width == 0 || height == 0 {
        return None;
    }
    let (w, h) = within(width, height, MINIATURE);
    let hash = canvas::drawn(w, h, draw).and_then(|(_, context)| {
        let pixels = context.get_image_data(0.0, 0.0, w, h).ok()?.data();
        Some(encode(&thumbhash::rgba_to_thumb_hash(w as usize, h as usize, &pixels.0)))
    });
    Some(About { width: Some(width), height: Some(height), thumbhash: hash, ..About::default() })
}

async fn thumbnail(width: u32, height: u32, draw: Draw<'_>) -> Option<Blob> {
    let (w, h) = within(width, height, THUMBNAIL);
    let (canvas, _) = canvas::drawn(w, h, draw)?;
    canvas::as_picture(&canvas).await
}

/// The size within a square of this side, never larger than it is.
fn within(width: u32, height: u32, side: f64) -> (f64, f64) {
    let scale = (side / f64::from(width.max(height))).min(1.0);
    let length = |length: u32| (f64::from(length) * scale).round().max(1.0);
    (length(width), length(height))
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn small_pictures_are_not_blown_up_and_narrow_ones_stay_visible() {
        assert_eq!(within(4_000, 3_000, 1_000.0), (1_000.0, 750.0));
        assert_eq!(within(20, 10, 100.0), (20.0, 10.0));
        assert_eq!(within(100_000, 3, 100.0), (100.0, 1.0));
    }
}
