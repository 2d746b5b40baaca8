//! A PDF file and its pages. Bounded: the size of the file, and of every picture that is made of it.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};

/// Larger files are not read.
pub const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// A picture has so many dots at most.
pub const PIXELS_MAX: u32 = 16 * 1024 * 1024;
/// And is so wide or high at most.
const SIDE_MAX: u32 = 8_192;

/// An open file.
pub struct Document {
    pdf: Pdf,
}

/// Why a file is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Larger than [`FILE_BYTES_MAX`].
    TooLarge,
    /// No PDF file, broken beyond repair, or closed with a password.
    Unreadable,
    /// It has no pages.
    Empty,
}

/// A page in colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Red, green, blue, and 255 for no transparency, row by row from the top.
    pub rgba: Vec<u8>,
}

impl Document {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn open(bytes: Vec<u8>) -> Result<Self, Refused> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err(Refused::TooLarge);
        }
        let pdf = Pdf::new(bytes).map_err(|_| Refused::Unreadable)?;
        if pdf.pages().is_empty() { Err(Refused::Empty) } else { Ok(Self { pdf }) }
    }

    /// How many there are; at least one.
    pub fn pages(&self) -> usize {
        self.pdf.pages().len()
    }

    /// A page, counted from 0, on white, as large as fits into this size; `None` for one that is not there.
    pub fn draw(&self, page: usize, width: u32, height: u32) -> Option<Picture> {
        let page = self.pdf.pages().get(page)?;
        let scale = scale(page.render_dimensions(), (width, height))?;
        let paper = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
        let (cache, settings) = (RenderCache::new(), RenderSettings::default());
        let drawn = render(page, &cache, &InterpreterSettings::default(), &settings, &paper);
        let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
        // On white nothing is transparent: whether the colours are multiplied makes no difference.
        let rgba = drawn.data_as_u8_slice().to_vec();
        (width > 0 && height > 0).then_some(Picture { width, height, rgba })
    }
}

/// How large a page of this size is drawn, so that it fits and keeps within the bounds; `None` for a page that is no page.
fn scale((wide, high): (f32, f32), (width, height): (u32, u32)) -> Option<f32> {
    if !(wide.is_finite() && high.is_finite() && wide >= 1.0 && high >= 1.0) {
        return None;
    }
    let side = |length: u32| length.clamp(1, SIDE_MAX) as f32;
    let fits = (side(width) / wide).min(side(height) / high);
    let bounded = (PIXELS_MAX as f32 / wide / high).sqrt();
    let scale = fits.min(bounded);
    // Less than a dot is no picture.
    (wide * scale >= 1.0 && high * scale >= 1.0).then_some(scale)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../src/bridge/demo/sample.pdf");

    fn sample() -> Document {
        Document::open(SAMPLE.to_vec()).unwrap()
    }

    fn at(picture: &Picture, x: u32, y: u32) -> [u8; 4] {
        let start = (y * picture.width + x) as usize * 4;
        picture.rgba[start..start + 4].try_into().unwrap()
    }

    #[test]
    fn a_page_is_drawn_as_large_as_fits_and_looks_as_it_was_written() {
        let document = sample();
        assert_eq!(document.pages(), 2);
        let page = document.draw(0, 1_000, 1_000).unwrap();
        assert!(
            (705..=708).contains(&page.width) && (999..=1_000).contains(&page.height),
            "{} × {}",
            page.width,
            page.height
        );
        assert_eq!(page.rgba.len() as u32, page.width * page.height * 4);
        assert_eq!(at(&page, 350, 20), [11, 110, 117, 255], "the band at its head");
        assert_eq!(at(&page, 5, 500), [255, 255, 255, 255], "the margin");
        let ink = |from: u32, to: u32| (from..to).flat_map(|y| (0..page.width).map(move |x| (x, y)));
        let dark = ink(150, 180).filter(|(x, y)| at(&page, *x, *y)[0] < 100).count();
        assert!(dark > 100, "the heading is written: {dark} dark dots");
        assert_ne!(document.draw(1, 1_000, 1_000).unwrap(), page);
        assert_eq!(document.draw(2, 1_000, 1_000), None);
    }

    #[test]
    fn no_picture_is_larger_than_it_may_be_however_large_a_page_says_it_is() {
        let vast = String::from_utf8(SAMPLE.to_vec()).unwrap().replace("[0 0 595 842]", "[0 0 1e9 99]");
        for bytes in [SAMPLE.to_vec(), vast.into_bytes()] {
            let Ok(document) = Document::open(bytes) else { continue };
            for (width, height) in [(0, 0), (1, 1), (100_000, 100_000), (u32::MAX, 1)] {
                if let Some(page) = document.draw(0, width, height) {
                    assert!(
                        page.width <= SIDE_MAX + 1 && page.height <= SIDE_MAX + 1,
                        "{} × {}",
                        page.width,
                        page.height
                    );
                    assert!(page.rgba.len() as u64 <= u64::from(PIXELS_MAX) * 4 + 100_000);
                }
            }
        }
    }

    #[test]
    fn what_is_no_pdf_is_refused_and_what_is_broken_does_no_harm() {
        for bytes in [&b""[..], b"%PDF-1.4", b"%PDF-1.4 and nothing behind", &[0xff; 4_096]] {
            assert!(Document::open(bytes.to_vec()).is_err());
        }
        assert_eq!(Document::open(vec![0; FILE_BYTES_MAX + 1]).err(), Some(Refused::TooLarge));
        for cut in (0..SAMPLE.len()).step_by(61) {
            let broken = [&SAMPLE[..cut], &SAMPLE[(cut + 30).min(SAMPLE.len())..]].concat();
            for bytes in [SAMPLE[..cut].to_vec(), broken] {
                if let Ok(document) = Document::open(bytes) {
                    _ = document.draw(0, 60, 60);
                }
            }
        }
    }
}
