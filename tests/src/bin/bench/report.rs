//! The table.

/// One line: ours against the raw limit.
pub struct Line {
    /// The aim's letter and what is measured.
    pub what: &'static str,
    pub unit: &'static str,
    pub ours: f64,
    /// `None`: there is no raw limit to compare with.
    pub raw: Option<f64>,
    pub aim: Aim,
}

/// What the line should reach.
#[derive(Clone, Copy)]
pub enum Aim {
    /// Ours / raw, at least.
    RatioAtLeast(f64),
    /// Ours / raw, at most.
    RatioAtMost(f64),
    /// Ours, at most.
    AtMost(f64),
    /// For the reader.
    None,
}

#[derive(Default)]
pub struct Report {
    missed: Vec<&'static str>,
}

impl Report {
    pub fn head(&self) {
        println!("{:<58} {:>12} {:>12} {:>8}  {:<14}", "", "ours", "raw limit", "ratio", "aim");
    }

    pub fn line(&mut self, line: Line) {
        let ratio = line.raw.map(|raw| line.ours / raw);
        let (aim, reached) = match (line.aim, ratio) {
            (Aim::RatioAtLeast(least), Some(ratio)) => (format!("ratio ≥ {least}"), ratio >= least),
            (Aim::RatioAtMost(most), Some(ratio)) => (format!("ratio ≤ {most}"), ratio <= most),
            (Aim::AtMost(most), _) => (format!("≤ {most}"), line.ours <= most),
            _ => (String::new(), true),
        };
        let what = format!("{}, {}", line.what, line.unit);
        let raw = line.raw.map(number).unwrap_or_default();
        let ratio = ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
        let verdict = if reached { "" } else { "MISSED" };
        println!("{what:<58} {:>12} {raw:>12} {ratio:>8}  {aim:<14} {verdict}", number(line.ours));
        if !reached {
            self.missed.push(line.what);
        }
    }

    pub fn foot(&self) {
        if !self.missed.is_empty() {
            println!("missed: {}", self.missed.join("; "));
        }
    }
}

fn number(value: f64) -> String {
    match value {
        v if v >= 1_000.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.3}"),
    }
}
