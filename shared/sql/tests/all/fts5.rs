//! Which terms of an index begin in some way.

use std::collections::BTreeSet;

use sql::{Error, Store, StoreLocation, params, terms_beginning};

/// A store with an index of these texts.
fn index(texts: &[String]) -> Store {
    let mut store = Store::open(&StoreLocation::Memory, None).unwrap();
    store
        .write(|tx| -> Result<(), Error> {
            tx.batch(
                "CREATE VIRTUAL TABLE notes USING fts5(words, content='', contentless_delete=1, detail=none);
                 CREATE VIRTUAL TABLE note_terms USING fts5vocab(notes, instance)",
            )?;
            for text in texts {
                tx.execute("INSERT INTO notes (words) VALUES (?1)", params![text])?;
            }
            Ok(())
        })
        .unwrap();
    store
}

fn beginning(store: &mut Store, prefix: &str) -> Option<Vec<String>> {
    store.read(|tx| terms_beginning(tx, "note_terms", prefix)).unwrap_or_else(|e: Error| panic!("{e}"))
}

#[test]
fn terms_that_begin_so_are_named_once_and_in_order() {
    let texts: Vec<String> = (0..500).map(|n| format!("встреча{} а встречами я{n} z{}", n % 7, n % 60)).collect();
    let mut store = index(&texts);
    let known: BTreeSet<&str> = texts.iter().flat_map(|text| text.split(' ')).collect();
    for prefix in ["встр", "встреча", "встреча3", "а", "z1", "я49", "нет", "zz"] {
        let expected: Vec<&str> = known.iter().copied().filter(|term| term.starts_with(prefix)).collect();
        assert_eq!(beginning(&mut store, prefix).unwrap(), expected, "{prefix}");
    }
}

#[test]
fn many_terms_are_not_named() {
    let mut store = index(&[(0..49).map(|n| format!("а{n}")).collect::<Vec<_>>().join(" "), "а9".to_owned()]);
    assert_eq!(beginning(&mut store, "а"), None);
    assert_eq!(beginning(&mut store, "а4").unwrap().len(), 10);
    store
        .write(|tx| tx.batch("INSERT INTO notes (notes) VALUES ('delete-all')"))
        .unwrap_or_else(|e: Error| panic!("{e}"));
    assert_eq!(beginning(&mut store, "а").unwrap(), Vec::<String>::new());
}
