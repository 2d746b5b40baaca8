//! The square that is cut out of a picture. Knows numbers only.

/// How far one can go in.
const ZOOM_MAX: f64 = 8.0;

/// A square within a picture, in its pixels. It never leaves the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Square {
    width: f64,
    height: f64,
    /// 1: as large as fits.
    pub(super) zoom: f64,
    x: f64,
    y: f64,
}

impl Square {
    /// The largest in the middle of a picture of this size; `None` for a picture without pixels.
    pub(super) fn of(width: u32, height: u32) -> Option<Self> {
        if width == 0 || height == 0 {
            return None;
        }
        let (width, height) = (f64::from(width), f64::from(height));
        Some(Self { width, height, zoom: 1.0, x: width / 2.0, y: height / 2.0 }.within())
    }

    /// Its left and top edge and its side.
    pub(super) fn place(self) -> (f64, f64, f64) {
        let side = self.side();
        (self.x - side / 2.0, self.y - side / 2.0, side)
    }

    /// Moved by parts of its side.
    pub(super) fn moved(self, right: f64, down: f64) -> Self {
        let side = self.side();
        Self { x: self.x + right * side, y: self.y + down * side, ..self }.within()
    }

    /// Nearer (above 1) or farther, around its middle.
    pub(super) fn zoomed(self, by: f64) -> Self {
        self.at_zoom(self.zoom * by)
    }

    /// At this zoom, around its middle.
    pub(super) fn at_zoom(self, zoom: f64) -> Self {
        Self { zoom: zoom.clamp(1.0, ZOOM_MAX), ..self }.within()
    }

    fn side(self) -> f64 {
        self.width.min(self.height) / self.zoom
    }

    fn within(self) -> Self {
        let half = self.side() / 2.0;
        Self { x: self.x.clamp(half, self.width - half), y: self.y.clamp(half, self.height - half), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_square_is_the_largest_in_the_middle() {
        assert_eq!(Square::of(400, 300).expect("it has pixels").place(), (50.0, 0.0, 300.0));
        assert_eq!(Square::of(300, 500).expect("it has pixels").place(), (0.0, 100.0, 300.0));
        assert!(Square::of(0, 10).is_none());
    }

    #[test]
    fn however_it_is_moved_it_stays_in_the_picture() {
        let first = Square::of(400, 300).expect("it has pixels");
        for (right, down, zoom) in [(9.0, 9.0, 1.0), (-9.0, -9.0, 3.0), (0.5, -0.5, 100.0), (1.0, 1.0, 0.01)] {
            let (x, y, side) = first.zoomed(zoom).moved(right, down).zoomed(1.0 / zoom).place();
            assert!(x >= 0.0 && y >= 0.0 && x + side <= 400.0 && y + side <= 300.0, "{x} {y} {side}");
        }
    }

    #[test]
    fn going_in_keeps_the_middle() {
        let (x, y, side) = Square::of(400, 300).expect("it has pixels").zoomed(2.0).place();
        assert_eq!((x + side / 2.0, y + side / 2.0, side), (200.0, 150.0, 150.0));
    }
}
