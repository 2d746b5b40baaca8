//! Turns `?1` into `$1`. Literals, quoted names and comments stay as they are.

/// The same statement for PostgreSQL.
///
/// # Errors
/// A `?` without a number, which the two databases would number differently.
pub(super) fn to_dollar(sql: &str) -> Result<String, &'static str> {
    let bytes = sql.as_bytes();
    let mut out = String::with_capacity(sql.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &sql[at..];
        let length = match bytes[at] {
            quote @ (b'\'' | b'"') => quoted(rest, quote),
            b'-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            b'/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            b'?' => {
                let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
                if digits == 0 {
                    return Err("a placeholder without a number");
                }
                out.push('$');
                out.push_str(&rest[1..=digits]);
                at += 1 + digits;
                continue;
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        out.push_str(&rest[..length]);
        at += length;
    }
    Ok(out)
}

/// Length of a quoted piece with its quotes; a doubled quote inside does not end it, because another piece follows at once.
fn quoted(rest: &str, quote: u8) -> usize {
    rest[1..].find(char::from(quote)).map_or(rest.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn placeholders_are_rewritten_and_nothing_else_is() {
        let cases = [
            ("SELECT ?1, ?12", "SELECT $1, $12"),
            ("SELECT '?1', \"?2\", ?3", "SELECT '?1', \"?2\", $3"),
            ("SELECT 'it''s ?1' || ?1", "SELECT 'it''s ?1' || $1"),
            ("SELECT 1 -- ?1 'x\n, ?1", "SELECT 1 -- ?1 'x\n, $1"),
            ("SELECT /* ?1 ' */ ?1", "SELECT /* ?1 ' */ $1"),
            ("SELECT 'Привет ?1', ?1", "SELECT 'Привет ?1', $1"),
            ("SELECT 4-?1/?2", "SELECT 4-$1/$2"),
        ];
        for (from, to) in cases {
            assert_eq!(to_dollar(from).unwrap(), to);
        }
        to_dollar("SELECT ?").unwrap_err();
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived_and_keeps_its_length(text in ".*") {
            if let Ok(out) = to_dollar(&text) {
                proptest::prop_assert_eq!(out.len(), text.len());
            }
        }
    }
}
