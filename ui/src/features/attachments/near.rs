//! How near a picture is looked at, and which part of it. Knows numbers only.

/// One step nearer.
const STEP: f64 = 1.25;
/// As near as it gets.
const NEAR_MAX: f64 = 10.0;
/// What a double press does.
const TOGGLED: f64 = 2.5;

/// A picture's place on its stage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Near {
    scale: f64,
    right: f64,
    down: f64,
}

impl Default for Near {
    /// All of it.
    fn default() -> Self {
        Self { scale: 1.0, right: 0.0, down: 0.0 }
    }
}

impl Near {
    /// Less of it than all is seen.
    pub(super) fn is_near(&self) -> bool {
        self.scale > 1.001
    }

    pub(super) fn nearer(&mut self) {
        self.scale_to(self.scale * STEP);
    }

    /// Farther, until all of it is seen.
    pub(super) fn farther(&mut self) {
        self.scale_to(self.scale / STEP);
    }

    pub(super) fn toggle(&mut self) {
        self.scale_to(if self.is_near() { 1.0 } else { TOGGLED });
    }

    /// Dragged by so many pixels of the screen.
    pub(super) fn move_by(&mut self, right: f64, down: f64) {
        if self.is_near() {
            (self.right, self.down) = (self.right + right, self.down + down);
        }
    }

    /// For the style of the picture.
    pub(super) fn transform(&self) -> String {
        format!("translate({:.1}px, {:.1}px) scale({:.3})", self.right, self.down, self.scale)
    }

    /// What is in the middle stays there.
    fn scale_to(&mut self, scale: f64) {
        let scale = scale.clamp(1.0, NEAR_MAX);
        let by = scale / self.scale;
        *self = Self { scale, right: self.right * by, down: self.down * by };
        if !self.is_near() {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Near;

    #[test]
    fn what_went_nearer_comes_back_whole_and_in_its_place() {
        let mut near = Near::default();
        near.move_by(50.0, 50.0);
        assert_eq!(near, Near::default(), "all of it is seen: there is nowhere to go");
        near.nearer();
        near.move_by(30.0, -10.0);
        assert!(near.is_near() && near != Near::default());
        for _ in 0..20 {
            near.nearer();
        }
        for _ in 0..30 {
            near.farther();
        }
        assert_eq!(near, Near::default());
        near.toggle();
        assert!(near.is_near());
        near.toggle();
        assert_eq!(near, Near::default());
    }
}
