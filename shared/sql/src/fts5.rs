//! The terms of an FTS5 index.

use crate::{Error, Tx, params};

/// More terms than this are not worth naming: each is looked up by itself.
const TERMS_MAX: usize = 48;

/// All terms of an index that begin with `prefix`, in order; nothing where there are more than 48. `vocabulary` is a table
/// `USING fts5vocab(…, instance)`, which gives the places of a term one by one: each step here takes the first of the next term,
/// so that no list of places is read (the kinds `row` and `col` of that table read them all). Terms have no control characters.
///
/// # Errors
/// See [`Error`].
pub fn terms_beginning(tx: &mut Tx<'_>, vocabulary: &'static str, prefix: &str) -> Result<Option<Vec<String>>, Error> {
    let next = |least: &str| {
        format!("SELECT (SELECT term FROM {vocabulary} WHERE term >= {least} AND term <= ?1 || char(0x10FFFF) LIMIT 1)")
    };
    let sql = format!(
        "WITH RECURSIVE terms (term) AS ({first} UNION ALL {next} FROM terms WHERE terms.term IS NOT NULL LIMIT {most})
         SELECT term FROM terms WHERE term IS NOT NULL",
        first = next("?1"),
        next = next("terms.term || char(1)"),
        most = TERMS_MAX + 1,
    );
    let terms = tx.rows(&sql, params![prefix], |row| row.text(0))?;
    Ok((terms.len() <= TERMS_MAX).then_some(terms))
}
