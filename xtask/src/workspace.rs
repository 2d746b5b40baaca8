//! Where things are: the repository's root, cargo's target folder, the cache folder of the person. Changes nothing.

use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, fs};

use anyhow::{Context, Result};

/// The folders every command works with.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The folder with the top `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder (`CARGO_TARGET_DIR`, the configuration's, or `target`).
    pub target: PathBuf,
    /// The folder of each of our crates.
    pub members: Vec<PathBuf>,
}

impl Workspace {
    /// Finds both folders by asking cargo, offline and without reading dependencies.
    pub fn find() -> Result<Self> {
        // Read at run time, not with `env!`: clones may share one target folder, and then one xtask binary.
        let manifest_dir = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let from = match manifest_dir {
            Some(dir) => dir.join("Cargo.toml"),
            None => env::current_dir()?.join("Cargo.toml"),
        };
        let metadata = cargo_metadata::MetadataCommand::new()
            .manifest_path(from)
            .no_deps()
            .exec()
            .context("cargo metadata failed: run this inside the repository")?;
        let folder =
            |package: &cargo_metadata::Package| package.manifest_path.parent().map(|dir| dir.to_path_buf().into());
        let members = metadata.workspace_packages().into_iter().filter_map(folder).collect();
        Ok(Self { root: metadata.workspace_root.into(), target: metadata.target_directory.into(), members })
    }

    /// The target folder of wasm builds; separate, so that they never wait for the lock of native ones.
    pub fn wasm_target(&self) -> PathBuf {
        self.target.join("wasm")
    }

    /// The built web client: what the server serves and the desktop window shows.
    pub fn dist(&self) -> PathBuf {
        self.root.join("ui/dist")
    }

    /// Makes cargo look afresh at our own crates when another clone built into this target folder before. Cargo names
    /// the results of both clones alike and compares time stamps only, so it would hand out the other clone's build.
    pub fn claim(&self, target: &Path) -> Result<()> {
        fs::create_dir_all(target)?;
        let mark = target.join(".built-from");
        let root = self.root.display().to_string();
        if fs::read_to_string(&mark).is_ok_and(|last| last == root) {
            return Ok(());
        }
        let now = SystemTime::now();
        for folder in &self.members {
            for entry in ["src/lib.rs", "src/main.rs"] {
                let file = folder.join(entry);
                if file.is_file() {
                    fs::File::options().append(true).open(&file)?.set_modified(now)?;
                }
            }
        }
        Ok(fs::write(&mark, root)?)
    }

    /// A path below the root.
    pub fn at(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }
}

/// The folder for things that survive a clone, such as a toolchain built by hand.
pub fn cache_folder() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None => env::home_dir().context("no home folder: set HOME or XDG_CACHE_HOME")?.join(".cache"),
    };
    Ok(base.join("hybrid-messenger"))
}
