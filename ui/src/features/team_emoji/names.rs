//! Names for emoji from the names of their files. Pure.

use view::emoji::is_emoji_name;

/// What an emoji is called whose picture is called so: "Party Cat!.PNG" becomes `party_cat`. `None` when nothing is left.
pub(super) fn name_of_file(file: &str) -> Option<String> {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_lowercase();
    let mut name = String::new();
    for c in stem.chars() {
        if name.len() + c.len_utf8() > 32 {
            break;
        }
        let part = c.is_alphanumeric() || c == '-';
        match (part, name.ends_with('_') || name.is_empty()) {
            (true, _) => name.push(c),
            (false, false) => name.push('_'),
            (false, true) => {}
        }
    }
    let name = name.trim_matches(['_', '-']).to_owned();
    is_emoji_name(&name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::name_of_file;

    #[test]
    fn a_name_comes_from_the_file() {
        assert_eq!(name_of_file("Party Cat!.PNG").as_deref(), Some("party_cat"));
        assert_eq!(name_of_file("Довольный кот (2).webp").as_deref(), Some("довольный_кот_2"));
        assert_eq!(name_of_file("!!!.png"), None);
        assert_eq!(name_of_file("1.png"), None);
        let long = name_of_file(&format!("{}.png", "я".repeat(40))).expect("it has letters");
        assert!(long.len() <= 32);
    }
}
