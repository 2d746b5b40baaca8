//! Which parts of a chat's history are in the cache without holes. Ranges of one chat never touch or overlap.

use protocol::ChatId;
use sql::{Error, Tx, params};

/// `low..=high`, every message of it in the cache.
pub(crate) type Range = (u64, u64);

/// Adds `low..=high` and melts it with its neighbours.
pub(crate) fn add(tx: &mut Tx<'_>, chat: &ChatId, low: u64, high: u64) -> Result<(), Error> {
    let touching = tx.rows(
        "SELECT low, high FROM ranges WHERE chat_id = ?1 AND low <= ?3 + 1 AND high >= ?2 - 1",
        params![chat.as_str(), low, high],
        |r| Ok((r.count(0)?, r.count(1)?)),
    )?;
    match touching[..] {
        [(l, h)] if l <= low && h >= high => return Ok(()),
        [(l, h)] if l <= low => {
            debug_assert!(h < high);
            tx.execute("UPDATE ranges SET high = ?3 WHERE chat_id = ?1 AND low = ?2", params![chat.as_str(), l, high])?;
            return Ok(());
        }
        _ => {}
    }
    let (mut low, mut high) = (low, high);
    for (l, h) in touching {
        tx.execute("DELETE FROM ranges WHERE chat_id = ?1 AND low = ?2", params![chat.as_str(), l])?;
        (low, high) = (low.min(l), high.max(h));
    }
    tx.execute("INSERT INTO ranges (chat_id, low, high) VALUES (?1, ?2, ?3)", params![chat.as_str(), low, high])?;
    Ok(())
}

/// Adds single places, in any order.
pub(crate) fn add_all(tx: &mut Tx<'_>, chat: &ChatId, seqs: &mut Vec<u64>) -> Result<(), Error> {
    seqs.sort_unstable();
    let mut run: Option<Range> = None;
    for seq in seqs.drain(..) {
        run = match run {
            Some((low, high)) if seq <= high + 1 => Some((low, high.max(seq))),
            Some((low, high)) => {
                add(tx, chat, low, high)?;
                Some((seq, seq))
            }
            None => Some((seq, seq)),
        };
    }
    if let Some((low, high)) = run {
        add(tx, chat, low, high)?;
    }
    Ok(())
}

/// The range that holds `seq`.
pub(crate) fn around(tx: &mut Tx<'_>, chat: &ChatId, seq: u64) -> Result<Option<Range>, Error> {
    tx.row(
        "SELECT low, high FROM ranges WHERE chat_id = ?1 AND low <= ?2 AND high >= ?2",
        params![chat.as_str(), seq],
        |r| Ok((r.count(0)?, r.count(1)?)),
    )
}

/// The newest range.
pub(crate) fn tail(tx: &mut Tx<'_>, chat: &ChatId) -> Result<Option<Range>, Error> {
    tx.row("SELECT low, high FROM ranges WHERE chat_id = ?1 ORDER BY low DESC LIMIT 1", params![chat.as_str()], |r| {
        Ok((r.count(0)?, r.count(1)?))
    })
}

/// How many places of `low..=high` are in the cache.
pub(crate) fn covered(tx: &mut Tx<'_>, chat: &ChatId, low: u64, high: u64) -> Result<u64, Error> {
    let parts = tx.rows(
        "SELECT low, high FROM ranges WHERE chat_id = ?1 AND low <= ?3 AND high >= ?2",
        params![chat.as_str(), low, high],
        |r| Ok((r.count(0)?, r.count(1)?)),
    )?;
    Ok(parts.into_iter().map(|(l, h)| h.min(high) + 1 - l.max(low)).sum())
}

/// Forgets all ranges of a chat.
pub(crate) fn clear(tx: &mut Tx<'_>, chat: &ChatId) -> Result<(), Error> {
    tx.execute("DELETE FROM ranges WHERE chat_id = ?1", params![chat.as_str()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use sql::{Store, StoreLocation};

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        /// Ranges say of every place what a plain set of places says, and never touch each other.
        #[test]
        fn ranges_are_a_set_of_places(adds in proptest::collection::vec((1u64..60, 0u64..8), 0..40)) {
            let chat = ChatId::general();
            let mut store = Store::open(&StoreLocation::Memory, None).unwrap();
            let mut places = BTreeSet::new();
            let (found, covered) = store
                .write(|tx| {
                    crate::schema::bring_up(tx)?;
                    for (low, more) in adds {
                        add(tx, &chat, low, low + more)?;
                        places.extend(low..=low + more);
                    }
                    let found = tx.rows("SELECT low, high FROM ranges ORDER BY low", &[], |r| {
                        Ok((r.count(0)?, r.count(1)?))
                    })?;
                    Ok::<_, Error>((found, covered(tx, &chat, 10, 30)?))
                })
                .unwrap();
            let listed: BTreeSet<u64> = found.iter().flat_map(|(low, high)| *low..=*high).collect();
            prop_assert_eq!(&listed, &places);
            prop_assert!(found.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
            prop_assert_eq!(covered, places.range(10..=30).count() as u64);
        }
    }
}
