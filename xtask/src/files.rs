//! Files and folders: walks, fingerprints, and a sync that touches only what differs.

use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// All files below `folder` that `wanted` accepts, sorted by path; none when the folder does not exist.
pub fn below(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(dir) = open.pop() {
        if !dir.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// `file` relative to `base`, with forward slashes on every system.
pub fn slashed(file: &Path, base: &Path) -> String {
    let relative = file.strip_prefix(base).unwrap_or(file);
    relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Removes a folder with all it holds; one that does not exist is fine.
pub fn remove_folder(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Makes `to` hold exactly what `from` holds, hidden files aside. Equal files are not touched; others are replaced by a rename each, so a
/// reader sees the old or the new file, never half of one.
pub fn bring_up_to_date(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let is_hidden = |file: &Path| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    for file in below(to, |file| !is_hidden(file))? {
        if !from.join(file.strip_prefix(to)?).is_file() {
            fs::remove_file(&file)?;
        }
    }
    for file in below(from, |_| true)? {
        let target = to.join(file.strip_prefix(from)?);
        if same_content(&file, &target) {
            continue;
        }
        fs::create_dir_all(target.parent().context("a file has a folder")?)?;
        fs::rename(&file, &target).with_context(|| format!("cannot replace {}", target.display()))?;
    }
    Ok(())
}

fn same_content(one: &Path, other: &Path) -> bool {
    match (fs::read(one), fs::read(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// A short hash of names and contents, to see a change; not a defence against anyone.
pub struct Fingerprint(DefaultHasher);

impl Fingerprint {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self(DefaultHasher::new())
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) {
        self.0.write_usize(text.len());
        self.0.write(text.as_bytes());
    }

    /// Adds a file's content.
    pub fn file(&mut self, file: &Path) -> Result<()> {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        self.0.write_usize(bytes.len());
        self.0.write(&bytes);
        Ok(())
    }

    /// The hash in hexadecimal.
    pub fn finish(&self) -> String {
        format!("{:016x}", self.0.finish())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn syncing_keeps_equal_files_untouched_replaces_changed_ones_and_drops_the_rest() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        fs::create_dir_all(from.join("deep")).unwrap();
        fs::create_dir_all(&to).unwrap();
        fs::write(from.join("same"), "same").unwrap();
        fs::write(from.join("deep/changed"), "new").unwrap();
        fs::write(to.join("same"), "same").unwrap();
        fs::write(to.join("stale"), "stale").unwrap();
        fs::write(to.join(".gitkeep"), "").unwrap();
        let before = fs::metadata(to.join("same")).unwrap().modified().unwrap();

        bring_up_to_date(&from, &to).unwrap();

        assert_eq!(fs::metadata(to.join("same")).unwrap().modified().unwrap(), before);
        assert_eq!(fs::read_to_string(to.join("deep/changed")).unwrap(), "new");
        assert!(!to.join("stale").exists());
        assert!(to.join(".gitkeep").exists());
    }

    #[test]
    fn a_fingerprint_tells_apart_texts_that_join_to_the_same_bytes() {
        let of = |parts: &[&str]| {
            let mut hash = Fingerprint::new();
            parts.iter().for_each(|part| hash.text(part));
            hash.finish()
        };
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
    }
}
