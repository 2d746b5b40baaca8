//! How loud a voice message is from begin to end, as a few bars. Knows numbers only.

/// So many bars at most: 128 bytes are what the protocol takes.
pub(super) const BARS_MAX: usize = 64;
/// A level that is no silence, of 255.
const QUIET: u8 = 3;

/// Bars of a recording: the loudest of each stretch, the loudest of all as high as can be.
pub(super) fn bars(levels: &[u8]) -> Vec<u8> {
    if levels.is_empty() {
        return vec![0];
    }
    let count = levels.len().min(BARS_MAX);
    let stretch = |bar: usize| &levels[bar * levels.len() / count..(bar + 1) * levels.len() / count];
    let bars: Vec<u8> = (0..count).map(|bar| stretch(bar).iter().copied().max().unwrap_or(0)).collect();
    let loudest = bars.iter().copied().max().unwrap_or(0).max(QUIET);
    bars.into_iter().map(|bar| u8::try_from(u16::from(bar) * 255 / u16::from(loudest)).unwrap_or(u8::MAX)).collect()
}

/// The bars as lines of a drawing that is 100 wide and `height` high, for the `d` of a path.
pub(super) fn path(bars: &[u8], height: f64) -> String {
    let step = 100.0 / bars.len().max(1) as f64;
    let line = |(at, bar): (usize, &u8)| {
        let half = (f64::from(*bar) / 255.0 * height / 2.0).max(height * 0.04);
        let x = (at as f64 + 0.5) * step;
        format!("M{x:.2} {:.2}V{:.2}", height / 2.0 - half, height / 2.0 + half)
    };
    bars.iter().enumerate().map(line).collect()
}

/// "1:07".
pub fn clock(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    if minutes < 60 {
        format!("{minutes}:{seconds:02}")
    } else {
        format!("{}:{:02}:{seconds:02}", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_recording_becomes_few_bars_and_its_loudest_is_the_highest() {
        let mut levels = vec![10; 10_000];
        levels[7_000] = 120;
        let bars = bars(&levels);
        assert_eq!(bars.len(), BARS_MAX);
        assert_eq!(bars.iter().filter(|bar| **bar == 255).count(), 1);
        assert_eq!(bars[0], 21);
    }

    #[test]
    fn a_short_or_silent_recording_has_bars_too() {
        assert_eq!(bars(&[]), [0]);
        assert_eq!(bars(&[0, 0, 0]), [0, 0, 0]);
        assert_eq!(bars(&[5, 10]), [127, 255]);
    }

    #[test]
    fn clocks_have_hours_only_where_there_are_some() {
        assert_eq!([clock(0), clock(59_999), clock(67_000), clock(3_600_000)], ["0:00", "0:59", "1:07", "1:00:00"]);
    }
}
