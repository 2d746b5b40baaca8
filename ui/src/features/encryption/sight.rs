//! What a page sees: QR codes in pictures and before a camera. Read here, for few browsers read them themselves.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, File, HtmlCanvasElement, HtmlImageElement, HtmlVideoElement, MediaStream,
    MediaStreamConstraints, MediaStreamTrack, Url,
};

/// A picture is looked at in these sizes, its longer side in pixels: large codes are found in the small ones.
const PICTURE_SIDES: [f64; 3] = [1_600.0, 900.0, 450.0];
/// What the camera shows, likewise.
const CAMERA_SIDES: [f64; 1] = [900.0];

/// The text of the first QR code in these pixels, four bytes each, row after row.
pub fn code_in(pixels: &[u8], width: usize, height: usize) -> Option<String> {
    if width == 0 || height == 0 || pixels.len() < width.checked_mul(height)?.checked_mul(4)? {
        return None;
    }
    // What shows through is white.
    let grey = |x: usize, y: usize| {
        let [r, g, b, a] = [0, 1, 2, 3].map(|byte| u32::from(pixels[(y * width + x) * 4 + byte]));
        let light = (r * 77 + g * 150 + b * 29) >> 8;
        ((light * a + 255 * (255 - a)) / 255) as u8
    };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
    image.detect_grids().iter().find_map(|grid| Some(grid.decode().ok()?.1))
}

/// The code in a picture file; `None` without one, or for what is no picture.
pub async fn code_of_file(file: &File) -> Option<String> {
    let address = Url::create_object_url_with_blob(file).ok()?;
    let picture = HtmlImageElement::new().ok()?;
    picture.set_src(&address);
    let decoded = JsFuture::from(picture.decode()).await;
    // What was decoded stays in the picture.
    let _ = Url::revoke_object_url(&address);
    decoded.ok()?;
    let size = (f64::from(picture.natural_width()), f64::from(picture.natural_height()));
    seen(size, &PICTURE_SIDES, |context, w, h| {
        context.draw_image_with_html_image_element_and_dw_and_dh(&picture, 0.0, 0.0, w, h).ok()
    })
}

/// The code that a running camera shows now.
pub fn code_of_video(video: &HtmlVideoElement) -> Option<String> {
    let size = (f64::from(video.video_width()), f64::from(video.video_height()));
    seen(size, &CAMERA_SIDES, |context, w, h| {
        context.draw_image_with_html_video_element_and_dw_and_dh(video, 0.0, 0.0, w, h).ok()
    })
}

fn seen(
    (width, height): (f64, f64),
    sides: &[f64],
    draw: impl Fn(&CanvasRenderingContext2d, f64, f64) -> Option<()>,
) -> Option<String> {
    let longer = width.max(height);
    if longer < 1.0 {
        return None;
    }
    sides.iter().find_map(|side| {
        let scale = (side / longer).min(1.0);
        let (w, h) = ((width * scale).round().max(1.0), (height * scale).round().max(1.0));
        let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
        canvas.set_width(w as u32);
        canvas.set_height(h as u32);
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        draw(&context, w, h)?;
        let pixels = context.get_image_data(0.0, 0.0, w, h).ok()?.data();
        code_in(&pixels, w as usize, h as usize)
    })
}

/// This page can ask for a camera: the desktop's window cannot, nor can a page without a secure address.
pub fn may_have_camera() -> bool {
    cfg!(target_arch = "wasm32") && window().navigator().media_devices().is_ok_and(|devices| !devices.is_undefined())
}

/// A camera that is on, until it is dropped.
pub struct Camera(MediaStream);

impl Camera {
    /// Turns it on once the person allows it; `None` when there is none, or they do not.
    pub async fn open() -> Option<Self> {
        let devices = window().navigator().media_devices().ok().filter(|devices| !devices.is_undefined())?;
        let wish = js_sys::Object::new();
        // Setting a field of a fresh plain object cannot fail.
        let _ = js_sys::Reflect::set(&wish, &"facingMode".into(), &"environment".into());
        let constraints = MediaStreamConstraints::new();
        constraints.set_video(&wish);
        let asked = devices.get_user_media_with_constraints(&constraints).ok()?;
        Some(Self(JsFuture::from(asked).await.ok()?.dyn_into().ok()?))
    }

    /// Shows what it sees.
    pub fn show_in(&self, video: &HtmlVideoElement) {
        video.set_src_object(Some(&self.0));
        // A page that is left at once plays nothing, which is no failure.
        let _ = video.play();
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        for track in self.0.get_tracks() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use qrcode::{Color, EcLevel, QrCode};

    use super::*;

    const TEXT: &str =
        "HMSN1:AAAAAAAAAAEAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0AAAAAAAAAAgABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhsc";

    /// A code in this many pixels a module, with a margin, and what is dark and light.
    fn drawn(text: &str, module: usize, dark: [u8; 4], light: [u8; 4]) -> (Vec<u8>, usize) {
        let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).unwrap();
        let (side, modules) = (code.width(), code.to_colors());
        let whole = (side + 8) * module;
        let is_dark = |x: usize, y: usize| {
            let (x, y) = ((x / module).checked_sub(4)?, (y / module).checked_sub(4)?);
            (x < side && y < side).then(|| modules[y * side + x] == Color::Dark)
        };
        let pixel = |at: usize| if is_dark(at % whole, at / whole) == Some(true) { dark } else { light };
        ((0..whole * whole).flat_map(pixel).collect(), whole)
    }

    #[test]
    fn a_code_is_read_as_it_is_drawn_at_any_size_and_over_nothing() {
        let (black, white) = ([0, 0, 0, 255], [255, 255, 255, 255]);
        for module in [3, 5, 8] {
            let (pixels, side) = drawn(TEXT, module, black, white);
            assert_eq!(code_in(&pixels, side, side).as_deref(), Some(TEXT), "{module} pixels a module");
        }
        let (pixels, side) = drawn(TEXT, 5, [30, 20, 60, 255], [0, 0, 0, 0]);
        assert_eq!(code_in(&pixels, side, side).as_deref(), Some(TEXT), "a picture without a background");
    }

    #[test]
    fn what_is_no_code_or_no_picture_is_none() {
        assert_eq!(code_in(&[], 0, 0), None);
        assert_eq!(code_in(&[0; 16], 4, 4), None, "fewer pixels than said");
        assert_eq!(code_in(&vec![255; 100 * 100 * 4], 100, 100), None);
    }

    /// Pictures come from anybody: each is read or not, and none ends the page.
    #[test]
    fn damaged_codes_and_noise_end_nothing() {
        let (whole, side) = drawn(TEXT, 4, [0, 0, 0, 255], [255, 255, 255, 255]);
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut chance = move |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        for round in 0..300 {
            let mut pixels = whole.clone();
            // Blots of both colours, more of them each time.
            for _ in 0..=round / 10 {
                let (x, y, size, shade) =
                    (chance(side), chance(side), 1 + chance(40), if chance(2) == 0 { 0 } else { 255 });
                for (dx, dy) in (0..size).flat_map(|dx| (0..size).map(move |dy| (dx, dy))) {
                    if x + dx < side && y + dy < side {
                        let at = ((y + dy) * side + x + dx) * 4;
                        pixels[at..at + 3].fill(shade);
                    }
                }
            }
            if let Some(text) = code_in(&pixels, side, side) {
                assert_eq!(text, TEXT, "what is read after all is right");
            }
        }
        for _ in 0..50 {
            let noise: Vec<u8> = (0..120 * 120 * 4).map(|_| chance(256) as u8).collect();
            let _ = code_in(&noise, 120, 120);
        }
    }
}
