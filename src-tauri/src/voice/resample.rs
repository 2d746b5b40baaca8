//! Brings samples of one rate to another one, piece by piece, along a curve through four neighbours. Good for voices.

/// A stream of samples on its way to another rate.
pub(super) struct Resample {
    /// Input samples for one of the output.
    step: f64,
    /// Where the next output sample lies, counted from `last[1]`.
    at: f64,
    last: [f32; 4],
}

impl Resample {
    /// Both in samples a second.
    pub(super) fn new(from: u32, to: u32) -> Self {
        Self { step: f64::from(from.max(1)) / f64::from(to.max(1)), at: 0.0, last: [0.0; 4] }
    }

    /// What comes out for what comes in; over all pieces the rates' ratio.
    pub(super) fn push(&mut self, piece: &[f32]) -> Vec<f32> {
        if (self.step - 1.0).abs() < f64::EPSILON {
            return piece.to_vec();
        }
        let mut out = Vec::with_capacity((piece.len() as f64 / self.step) as usize + 2);
        for sample in piece {
            self.last.rotate_left(1);
            self.last[3] = *sample;
            while self.at < 1.0 {
                out.push(curve(self.last, self.at as f32));
                self.at += self.step;
            }
            self.at -= 1.0;
        }
        out
    }
}

/// Between the two in the middle (Catmull-Rom).
fn curve([a, b, c, d]: [f32; 4], t: f32) -> f32 {
    let (t2, t3) = (t * t, t * t * t);
    0.5 * (2.0 * b + (c - a) * t + (2.0 * a - 5.0 * b + 4.0 * c - d) * t2 + (3.0 * b - a - 3.0 * c + d) * t3)
}

#[cfg(test)]
mod tests {
    use super::Resample;

    fn tone(rate: u32, hertz: f32, samples: usize) -> Vec<f32> {
        let turn = std::f32::consts::TAU * hertz / rate as f32;
        (0..samples).map(|at| (turn * at as f32).sin()).collect()
    }

    #[test]
    fn a_tone_stays_the_same_tone_at_another_rate() {
        for from in [16_000, 44_100, 96_000] {
            let mut resample = Resample::new(from, 48_000);
            let input = tone(from, 440.0, from as usize);
            let mut out = Vec::new();
            for piece in input.chunks(337) {
                out.extend(resample.push(piece));
            }
            assert!(out.len().abs_diff(48_000) < 8, "{from}: {}", out.len());
            // Two input samples late, for the curve needs neighbours.
            let late = 2.0 * 48_000.0 / f64::from(from);
            let worst = (1_000..47_000).map(|at| {
                let t = (at as f64 - late) / 48_000.0;
                (out[at] - (std::f64::consts::TAU * 440.0 * t).sin() as f32).abs()
            });
            let worst = worst.fold(0.0_f32, f32::max);
            assert!(worst < 0.02, "{from}: off by {worst}");
        }
    }

    #[test]
    fn samples_of_the_same_rate_are_left_alone() {
        let input = tone(48_000, 1_000.0, 500);
        assert_eq!(Resample::new(48_000, 48_000).push(&input), input);
    }
}
