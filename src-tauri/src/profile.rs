//! Where this app keeps its files. `HYBRID_PROFILE` names another folder: a second, separate app on one machine.

use std::io;
use std::path::{Path, PathBuf};

/// The folders of one person's app on this machine.
#[derive(Debug, Clone)]
pub struct Profile {
    folder: PathBuf,
    own_name: Option<String>,
}

impl Profile {
    /// Finds and makes the folder, readable by this person only.
    ///
    /// # Errors
    /// The folder cannot be made or written.
    pub fn open() -> io::Result<Self> {
        let named = std::env::var_os("HYBRID_PROFILE").filter(|value| !value.is_empty()).map(PathBuf::from);
        let own_name = named.as_deref().map(short_name);
        let folder = match named {
            Some(folder) => folder,
            None => default_folder().ok_or_else(|| io::Error::other("this system names no data folder"))?,
        };
        std::fs::create_dir_all(&folder)?;
        only_owner(&folder)?;
        Ok(Self { folder, own_name })
    }

    /// All of it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The encrypted cache of the first team.
    pub fn client_folder(&self) -> PathBuf {
        self.folder.join("client")
    }

    /// The hosted team's data.
    pub fn host_folder(&self) -> PathBuf {
        self.folder.join("host")
    }

    /// A small file of the shell's own.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A short name that tells profiles apart, for the session bus and the keyring; `None` for the usual one.
    pub fn own_name(&self) -> Option<&str> {
        self.own_name.as_deref()
    }
}

fn default_folder() -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").map(PathBuf::from);
    let base = if cfg!(windows) {
        std::env::var_os("APPDATA").map(PathBuf::from)
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Application Support"))
    } else {
        std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).or_else(|| home().map(|home| home.join(".local/share")))
    }?;
    Some(base.join("hybrid-messenger"))
}

/// FNV-1a of the path: a name for the bus, not a secret.
fn short_name(folder: &Path) -> String {
    let hash = folder
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    format!("p{hash:016x}")
}

#[cfg(unix)]
fn only_owner(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn only_owner(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_folders_have_two_names_that_fit_a_bus_name() {
        let (one, two) = (short_name(Path::new("/a/one")), short_name(Path::new("/a/two")));
        assert_ne!(one, two);
        assert!(one.starts_with('p') && one.chars().all(|c| c.is_ascii_alphanumeric()));
    }
}
