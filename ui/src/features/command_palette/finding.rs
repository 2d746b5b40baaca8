//! Which commands are meant by what was typed: in either language, with gaps, and in the wrong layout. Pure.

use crate::features::chat_list::folded;
use crate::features::quick_switcher::ranking::rank;

/// The letters of a Russian keyboard and what lies there on a US one.
const RUSSIAN: &str = "йцукенгшщзхъфывапролджэячсмитьбюё";
const LATIN: &str = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
/// Letters in order with gaps: too weak for a guess at the layout.
pub const RANK_OF_GAPS: u32 = 4;
/// The name in the language on screen goes before the same fit in the other one.
const OTHER_LANGUAGE: u32 = 1;
/// What was typed goes before what it would be under the other layout.
const OTHER_LAYOUT: u32 = 2;

/// Smaller is better; `None` when neither name fits. `names`: on screen, then in the other language.
pub fn fit(typed: &str, names: [&str; 2]) -> Option<u32> {
    let typed = typed.trim().to_lowercase();
    if typed.is_empty() {
        return Some(0);
    }
    let readings = [
        (typed.clone(), 0),
        (relaid(&typed, LATIN, RUSSIAN), OTHER_LAYOUT),
        (relaid(&typed, RUSSIAN, LATIN), OTHER_LAYOUT),
    ];
    let fits = readings.iter().flat_map(|(reading, guessed)| {
        names.iter().zip([0, OTHER_LANGUAGE]).filter_map(move |(name, other)| {
            let rank = rank(&folded(reading), &folded(name))?;
            (*guessed == 0 || rank < RANK_OF_GAPS).then_some(rank * 4 + guessed + other)
        })
    });
    fits.min()
}

/// The same keys under the other layout; what lies on neither stays.
fn relaid(text: &str, from: &str, to: &str) -> String {
    let other = |letter: char| from.chars().position(|one| one == letter).and_then(|at| to.chars().nth(at));
    text.chars().map(|letter| other(letter).unwrap_or(letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::fit;

    const SETTINGS: [&str; 2] = ["Настройки", "Settings"];

    #[test]
    fn a_command_is_found_in_both_languages() {
        assert!(fit("настр", SETTINGS) < fit("settings", SETTINGS));
        assert!(fit("SET", SETTINGS).is_some());
        assert_eq!(fit("архив", SETTINGS), None);
    }

    #[test]
    fn russian_typed_in_the_latin_layout_is_found_and_the_other_way_round() {
        assert!(fit("yfcnhjqrb", SETTINGS).is_some());
        assert!(fit("ыуеештпы", SETTINGS).is_some());
        assert!(fit("`krf", ["Ёлка", "Tree"]).is_some());
    }

    #[test]
    fn letters_with_gaps_fit_but_come_last() {
        assert!(fit("нст", SETTINGS).is_some());
        assert!(fit("нст", SETTINGS) > fit("настр", SETTINGS));
    }

    #[test]
    fn nothing_typed_fits_everything() {
        assert_eq!(fit("  ", SETTINGS), Some(0));
    }
}
