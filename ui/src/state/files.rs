//! Files: what the host has picked for the tray, and how far each has come.

use std::collections::HashMap;

use futures_channel::oneshot;
use leptos::prelude::*;
use view::{Attachment, FileId, PickedRow, TransferRow, TransferState, Way};

/// How far files have come, and what was picked last.
#[derive(Clone, Copy)]
pub struct Files {
    transfers: RwSignal<HashMap<(FileId, Way), TransferRow>>,
    /// Picked and not yet taken by a composer.
    pub picked: RwSignal<Vec<PickedRow>>,
    /// The number of the composer that takes them; 0 for any.
    pub taker: RwSignal<u64>,
    /// The picture that is shown large.
    pub viewing: RwSignal<Option<Attachment>>,
    /// The document that is read.
    pub reading: RwSignal<Option<Attachment>>,
    composers: StoredValue<u64>,
    expected: StoredValue<Vec<(String, oneshot::Sender<PickedRow>)>>,
}

impl Files {
    pub(super) fn new() -> Self {
        Self {
            transfers: RwSignal::default(),
            picked: RwSignal::default(),
            taker: RwSignal::default(),
            viewing: RwSignal::default(),
            reading: RwSignal::default(),
            composers: StoredValue::new(0),
            expected: StoredValue::new(Vec::new()),
        }
    }

    pub(super) fn reset(self, transfers: Vec<TransferRow>) {
        let rows = transfers.into_iter().map(|row| ((row.file_id.clone(), row.way), row));
        self.transfers.set(rows.collect());
    }

    pub(super) fn moved(self, row: TransferRow) {
        let key = (row.file_id.clone(), row.way);
        self.transfers.update(|all| {
            if row.state == TransferState::Gone {
                all.remove(&key);
            } else {
                all.insert(key, row);
            }
        });
    }

    pub(super) fn came(self, files: Vec<PickedRow>) {
        let expected = |file: &PickedRow| {
            self.expected.try_update_value(|all| {
                let at = all.iter().position(|(name, _)| *name == file.name)?;
                Some(all.swap_remove(at).1)
            })
        };
        let mut files = files;
        files.retain(|file| match expected(file).flatten() {
            // Whoever waited may have gone: then it is nobody's.
            Some(waiting) => {
                let _ = waiting.send(file.clone());
                false
            }
            None => true,
        });
        self.picked.update(|picked| picked.extend(files));
    }

    /// A file of this name that the page itself gives to the host next: once it is picked it comes here, and to no composer.
    pub fn expect(self, name: &str) -> oneshot::Receiver<PickedRow> {
        let (waiting, next) = oneshot::channel();
        self.expected.update_value(|all| all.push((name.to_owned(), waiting)));
        next
    }

    /// A number for one more composer.
    pub fn next_taker(self) -> u64 {
        self.composers.update_value(|count| *count += 1);
        self.composers.get_value()
    }

    /// Shows a picture large.
    pub fn view_picture(self, file: Attachment) {
        self.viewing.set(Some(file));
    }

    /// How far a file has come; tracks that.
    pub fn of(self, file_id: &FileId, way: Way) -> Option<TransferRow> {
        self.transfers.with(|all| all.get(&(file_id.clone(), way)).cloned())
    }
}
