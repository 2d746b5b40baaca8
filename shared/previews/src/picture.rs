//! Makes a picture of a page small enough to travel inside of a sealed message. Unfolds what a site sends within limits of dots and
//! memory, and keeps nothing of what stands beside the dots.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use protocol::limits::{PREVIEW_PICTURE_BYTES_MAX, PREVIEW_PICTURE_SIDE_MAX};

/// Largest width and height that is unfolded, in dots.
const SIDE_MAX: u32 = 8_192;
/// So much memory may a picture take, in bytes: 32 million dots.
const UNFOLDED_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// The best that fits is taken: large before fine, for it is shown small.
const SIDES: [u32; 3] = [PREVIEW_PICTURE_SIDE_MAX, 112, 80];
const QUALITIES: [u8; 5] = [80, 65, 50, 35, 20];

/// The picture as a JPEG of at most [`PREVIEW_PICTURE_SIDE_MAX`] dots each way and [`PREVIEW_PICTURE_BYTES_MAX`] bytes; `None` for what
/// is none, or too large to be unfolded. Takes some time: not for a thread that others wait for.
pub fn small_picture(content: &Bytes) -> Option<Vec<u8>> {
    let format = image::guess_format(content).ok()?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return None;
    }
    let mut reader = ImageReader::with_format(Cursor::new(content), format);
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(UNFOLDED_BYTES_MAX);
    reader.limits(limits);
    let whole = reader.decode().ok()?;
    SIDES.iter().find_map(|side| {
        let fits = whole.width() <= *side && whole.height() <= *side;
        let flat = if fits { on_white(&whole) } else { on_white(&whole.thumbnail(*side, *side)) };
        QUALITIES.iter().find_map(|quality| jpeg(&flat, *quality))
    })
}

/// If it is short enough.
fn jpeg(picture: &RgbImage, quality: u8) -> Option<Vec<u8>> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(picture).ok()?;
    (jpeg.len() <= PREVIEW_PICTURE_BYTES_MAX).then_some(jpeg)
}

/// A JPEG has no see-through dots.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let rgba = picture.to_rgba8();
    let mut flat = RgbImage::new(rgba.width(), rgba.height());
    for (seen, over) in flat.pixels_mut().zip(rgba.pixels()) {
        let [colours @ .., alpha] = over.0;
        let mixed = |colour: u8| ((u16::from(colour) * u16::from(alpha) + 255 * (255 - u16::from(alpha))) / 255) as u8;
        *seen = Rgb(colours.map(mixed));
    }
    flat
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use image::{Rgba, RgbaImage};
    use protocol::preview::is_small_picture;

    use super::*;

    fn written(picture: &DynamicImage, format: ImageFormat) -> Bytes {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        Bytes::from(bytes.into_inner())
    }

    /// No two dots alike, so that nothing of it can be left out easily.
    fn noise(width: u32, height: u32) -> DynamicImage {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        RgbImage::from_fn(width, height, |_, _| Rgb([next(), next(), next()])).into()
    }

    #[test]
    fn a_picture_of_any_shape_and_kind_becomes_one_that_fits() {
        for (width, height) in [(1_200, 630), (90, 2_000), (1, 1), (160, 160), (3_000, 40)] {
            for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
                let small = small_picture(&written(&noise(width, height), format)).expect("a picture");
                assert!(is_small_picture(&small), "{width}×{height} {format:?}: {} bytes", small.len());
            }
        }
    }

    #[test]
    fn what_is_seen_through_is_white() {
        let clear = RgbaImage::from_pixel(20, 10, Rgba([0, 0, 0, 0]));
        let small = small_picture(&written(&clear.into(), ImageFormat::Png)).unwrap();
        let seen = image::load_from_memory(&small).unwrap().to_rgb8();
        assert_eq!((seen.dimensions(), seen.get_pixel(10, 5).0), ((20, 10), [255; 3]));
    }

    #[test]
    fn a_picture_that_unfolds_into_more_than_the_limits_is_left() {
        let long = RgbImage::new(SIDE_MAX + 1, 1);
        assert_eq!(small_picture(&written(&long.into(), ImageFormat::Png)), None);
        // 45 million dots, in a few kilobytes.
        let packed = written(&RgbImage::new(6_700, 6_700).into(), ImageFormat::Png);
        assert!(packed.len() < 1024 * 1024, "{} bytes", packed.len());
        assert_eq!(small_picture(&packed), None);
    }

    #[test]
    fn what_is_broken_or_of_another_kind_is_no_picture() {
        let whole = written(&noise(40, 40), ImageFormat::Png);
        for cut in [0, 8, 20, whole.len() / 2] {
            assert_eq!(small_picture(&whole.slice(..cut)), None, "{cut}");
        }
        for other in [&b"<svg onload='1'/>"[..], b"GIF89a\x01\0\x01\0\0\0\0;", b"BM", b""] {
            assert_eq!(small_picture(&Bytes::from_static(other)), None);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken(start in 0usize..3, bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let begins: [&[u8]; 3] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x10\0\0\0WEBPVP8 "];
            let content = Bytes::from([begins[start], &bytes].concat());
            proptest::prop_assert!(small_picture(&content).is_none_or(|small| is_small_picture(&small)));
        }
    }
}
