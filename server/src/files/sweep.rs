//! Finds bytes that no row knows: a crash came between forgetting a row and taking its bytes away. A row is always there before
//! its bytes are, so bytes without one are nobody's, however young they are.

use std::io;
use std::path::Path;

use protocol::FileId;
use tokio::fs;

use super::disk::remove_if_there;
use crate::domain::files as rows;
use crate::domain::{Failure, SERVER};
use crate::state::App;

/// Takes away what is nobody's; returns how many contents and uploads that were.
///
/// # Errors
/// [`Failure`] of the database; a disk that fails is logged, and the rest is done another time.
pub async fn sweep(app: &App) -> Result<u64, Failure> {
    let mut swept = 0;
    for name in listed(app.files.storage.names().await) {
        let _place = app.files.places.hold(&name).await;
        let asked = name.clone();
        if !app.read(SERVER, move |cx| rows::is_held(cx, &asked)).await? {
            swept += counted(app.files.storage.remove(&name).await);
        }
    }
    let uploads = app.files.config.folder.join("uploads");
    for name in listed(names_in(&uploads).await) {
        let Some(id) = FileId::new(name) else { continue };
        // A turn ends an upload that is under way: only for what nobody knows, and then nobody may have begun it meanwhile.
        if is_known(app, &id).await? {
            continue;
        }
        let _turn = app.files.turns.take(&id).await;
        if !is_known(app, &id).await? {
            swept += counted(remove_if_there(&uploads.join(id.as_str())).await);
        }
    }
    match app.files.storage.sweep_parts(app.now()).await {
        Ok(parts) => swept += parts,
        Err(error) => tracing::warn!(%error, "the storage does not tell what was left in the middle"),
    }
    if swept > 0 {
        tracing::warn!(swept, "took away bytes that no file has: the server ended in the middle of forgetting them");
    }
    Ok(swept)
}

async fn is_known(app: &App, id: &FileId) -> Result<bool, Failure> {
    let id = id.clone();
    app.read(SERVER, move |cx| rows::is_known(cx, &id)).await
}

/// What lies in a folder; nothing when there is no folder.
pub(super) async fn names_in(folder: &Path) -> io::Result<Vec<String>> {
    let mut entries = match fs::read_dir(folder).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut names = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        names.extend(entry.file_name().into_string());
    }
    Ok(names)
}

fn listed(names: io::Result<Vec<String>>) -> Vec<String> {
    names.unwrap_or_else(|error| {
        tracing::warn!(%error, "the storage of files cannot be looked through");
        Vec::new()
    })
}

fn counted(removed: io::Result<()>) -> u64 {
    match removed {
        Ok(()) => 1,
        Err(error) => {
            tracing::warn!(%error, "bytes that no file has stay");
            0
        }
    }
}
