//! Contents in a folder, each under its SHA-256, two levels deep. A content that is there is whole and on disk.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncSeekExt as _};

use super::sweep::names_in;

/// The folder.
#[derive(Debug, Clone)]
pub struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// Touches nothing yet.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Moves a finished upload to its place; a content that is there already stays, and the upload goes.
    ///
    /// # Errors
    /// Those of the disk; asked again it goes on where it broke off.
    pub async fn place(&self, upload: &Path, name: &str) -> io::Result<()> {
        let place = self.path(name);
        if fs::try_exists(&place).await? {
            return remove_if_there(upload).await;
        }
        let parent = place.parent().unwrap_or(&self.folder).to_owned();
        make_folder(&parent).await?;
        fs::rename(upload, &place).await?;
        sync_folder(&parent).await
    }

    /// A part of a content, from `start`, `length` bytes long.
    ///
    /// # Errors
    /// Those of the disk; `NotFound` when the content is not there.
    pub async fn read(&self, name: &str, start: u64, length: u64) -> io::Result<impl AsyncRead + Send + 'static> {
        let mut file = fs::File::open(self.path(name)).await?;
        if start > 0 {
            file.seek(io::SeekFrom::Start(start)).await?;
        }
        Ok(file.take(length))
    }

    /// Takes a content away, if it is there.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn remove(&self, name: &str) -> io::Result<()> {
        remove_if_there(&self.path(name)).await
    }

    /// The names of all contents.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for folder in names_in(&self.folder).await? {
            names.extend(names_in(&self.folder.join(folder)).await?);
        }
        Ok(names)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name.get(..2).unwrap_or("_")).join(name)
    }
}

/// Makes a folder for the server alone, and its parents, so that they outlive a power cut.
pub(super) async fn make_folder(path: &Path) -> io::Result<()> {
    if fs::try_exists(path).await? {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(path).await?;
    for folder in path.ancestors().skip(1).take(3) {
        sync_folder(folder).await?;
    }
    Ok(())
}

/// Makes the names in a folder outlive a power cut. (Only Unix lets a folder be opened.)
pub(super) async fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) && !path.as_os_str().is_empty() {
        fs::File::open(path).await?.sync_all().await?;
    }
    Ok(())
}

/// Removes a file; that it is not there is all right.
pub(super) async fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
