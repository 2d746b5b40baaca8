//! The panel's grid as rows of a known height, so that only what is on screen is drawn, however many emoji there are.
//! Pure.

use std::ops::Range;

/// Columns of the grid: what the panel's width holds.
pub const COLUMNS: usize = 9;
/// A row so far outside of what is seen is drawn already, in pixels.
const MARGIN_PX: f64 = 80.0;

/// A group: its name, and what can be taken from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// As shown above it.
    pub title: String,
    /// In order.
    pub cells: Vec<Cell>,
}

/// One thing to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What is inserted, and shown.
    pub text: String,
    /// What it is called.
    pub name: String,
    /// Its short code, without colons.
    pub code: String,
}

/// One row of the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// The name of this section.
    Title(usize),
    /// These cells, counted over all sections.
    Cells(Range<usize>),
}

/// Where each row stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layout {
    rows: Vec<(f64, Row)>,
    height: f64,
    cells: usize,
}

/// A step of the arrow keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The next one.
    Right,
    /// The one before.
    Left,
    /// The row below.
    Down,
    /// The row above.
    Up,
}

impl Layout {
    /// Of sections with so many cells; titles and rows of cells are so high.
    pub fn new(counts: impl IntoIterator<Item = usize>, title_px: f64, cell_px: f64) -> Self {
        let mut layout = Self::default();
        for (section, count) in counts.into_iter().enumerate() {
            if count == 0 {
                continue;
            }
            layout.push(Row::Title(section), title_px);
            let end = layout.cells + count;
            while layout.cells < end {
                let to = (layout.cells + COLUMNS).min(end);
                layout.push(Row::Cells(layout.cells..to), cell_px);
                layout.cells = to;
            }
        }
        layout
    }

    fn push(&mut self, row: Row, px: f64) {
        self.rows.push((self.height, row));
        self.height += px;
    }

    /// Of all rows together, in pixels.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// The rows that show between `top` and `bottom`, with their numbers.
    pub fn seen(&self, top: f64, bottom: f64) -> Range<usize> {
        let from = self.rows.partition_point(|(at, _)| *at < top - MARGIN_PX).saturating_sub(1);
        from..self.rows.partition_point(|(at, _)| *at <= bottom + MARGIN_PX)
    }

    /// A row and where it stands.
    pub fn row(&self, at: usize) -> Option<&(f64, Row)> {
        self.rows.get(at)
    }

    /// Where a section begins.
    pub fn top_of_section(&self, section: usize) -> Option<f64> {
        self.rows.iter().find(|(_, row)| *row == Row::Title(section)).map(|(top, _)| *top)
    }

    /// The section that stands at this height.
    pub fn section_at(&self, top: f64) -> Option<usize> {
        let titles = self.rows.iter().filter_map(|(at, row)| match row {
            Row::Title(section) => Some((*at, *section)),
            Row::Cells(_) => None,
        });
        titles.take_while(|(at, _)| *at <= top).last().map(|(_, section)| section)
    }

    /// Where the row with this cell stands.
    pub fn top_of_cell(&self, cell: usize) -> Option<f64> {
        self.row_of(cell).map(|at| self.rows[at].0)
    }

    /// The cell that an arrow key leads to; `None` leaves the grid at its upper edge.
    pub fn step(&self, from: Option<usize>, step: Step) -> Option<usize> {
        let last = self.cells.checked_sub(1)?;
        let Some(here) = from else { return (step != Step::Up && step != Step::Left).then_some(0) };
        match step {
            Step::Right => Some((here + 1).min(last)),
            Step::Left => here.checked_sub(1),
            Step::Down | Step::Up => {
                let at = self.row_of(here)?;
                let Row::Cells(own) = &self.rows[at].1 else { return None };
                let column = here - own.start;
                let is_cells = |row: &&(f64, Row)| matches!(row.1, Row::Cells(_));
                let to = match step {
                    Step::Down => self.rows[at + 1..].iter().find(is_cells),
                    _ => self.rows[..at].iter().rev().find(is_cells),
                };
                match to {
                    Some((_, Row::Cells(cells))) => Some((cells.start + column).min(cells.end - 1)),
                    _ => (step == Step::Down).then_some(here),
                }
            }
        }
    }

    fn row_of(&self, cell: usize) -> Option<usize> {
        self.rows.iter().position(|(_, row)| matches!(row, Row::Cells(cells) if cells.contains(&cell)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn layout() -> Layout {
        // Rows: title 0..9, 9..12, (an empty section), title 12..14
        Layout::new([12, 0, 2], 20.0, 30.0)
    }

    #[test]
    fn rows_follow_each_other_and_an_empty_section_has_no_title() {
        let layout = layout();
        assert_eq!(layout.height(), 20.0 + 60.0 + 20.0 + 30.0);
        assert_eq!(layout.row(2), Some(&(50.0, Row::Cells(9..12))));
        assert_eq!(layout.row(3), Some(&(80.0, Row::Title(2))));
        assert_eq!(layout.top_of_section(1), None);
        assert_eq!(layout.section_at(79.0), Some(0));
        assert_eq!(layout.section_at(80.0), Some(2));
    }

    #[test]
    fn of_ten_thousand_emoji_only_those_on_screen_are_drawn() {
        let layout = Layout::new([10_000], 20.0, 36.0);
        let seen = layout.seen(20_000.0, 20_300.0);
        assert!(seen.len() < 18, "{seen:?}");
        assert!(layout.row(seen.start).unwrap().0 <= 20_000.0);
        assert!(layout.row(seen.end - 1).unwrap().0 >= 20_264.0);
    }

    #[test]
    fn arrows_walk_over_titles_and_leave_at_the_top() {
        let layout = layout();
        assert_eq!(layout.step(None, Step::Down), Some(0));
        assert_eq!(layout.step(Some(5), Step::Down), Some(11), "the next row is shorter");
        assert_eq!(layout.step(Some(9), Step::Down), Some(12), "over the title");
        assert_eq!(layout.step(Some(13), Step::Down), Some(13));
        assert_eq!(layout.step(Some(13), Step::Right), Some(13));
        assert_eq!(layout.step(Some(12), Step::Left), Some(11));
        assert_eq!(layout.step(Some(10), Step::Up), Some(1));
        assert_eq!(layout.step(Some(1), Step::Up), None);
        assert_eq!(layout.step(Some(0), Step::Left), None);
        assert_eq!(Layout::default().step(None, Step::Down), None);
    }
}
