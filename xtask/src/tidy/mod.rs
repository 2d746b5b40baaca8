//! `cargo xtask tidy`: what a compiler cannot see. Reads files only, in about a second, and says everything it found.

mod edges;
mod locales;
mod sources;
mod tokens;

use std::fs;

use anyhow::{Result, bail};

use crate::files;
use crate::workspace::Workspace;

/// What the checkers found: complaints fail the check, notes do not.
#[derive(Default, Debug)]
pub struct Findings {
    complaints: Vec<String>,
    notes: Vec<String>,
}

impl Findings {
    fn complain(&mut self, text: impl Into<String>) {
        self.complaints.push(text.into());
    }

    fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

/// A text file with its path from the root, written with forward slashes.
pub struct Source {
    path: String,
    text: String,
}

/// Runs every checker; an error when any has a complaint.
pub fn check(workspace: &Workspace) -> Result<()> {
    let mut findings = Findings::default();
    let rust = sources_with(workspace, &["rs"])?;
    edges::check(workspace, &mut findings)?;
    sources::check(&rust, &mut findings);
    let ui: Vec<&Source> = rust.iter().filter(|source| source.path.starts_with("ui/src/")).collect();
    locales::check(&sources_with(workspace, &["ftl"])?, &ui, &mut findings);
    tokens::check(&sources_with(workspace, &["css"])?, &ui, &mut findings);
    for note in &findings.notes {
        eprintln!("note: {note}");
    }
    for complaint in &findings.complaints {
        eprintln!("\x1b[31mtidy:\x1b[0m {complaint}");
    }
    if !findings.complaints.is_empty() {
        bail!("tidy found {} things to put right", findings.complaints.len());
    }
    eprintln!("tidy: {} Rust files, dependencies, words and tokens are in order", rust.len());
    Ok(())
}

/// Our own files with one of the extensions; nothing that was built or installed.
fn sources_with(workspace: &Workspace, extensions: &[&str]) -> Result<Vec<Source>> {
    let built = ["target", "node_modules", "dist", "dist.new", ".git", "gen"];
    let mut found = Vec::new();
    let mut folders = vec![workspace.root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if !built.contains(&name.as_str()) && path != workspace.target {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted)) {
                let text = fs::read_to_string(&path)?;
                found.push(Source { path: files::slashed(&path, &workspace.root), text });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}
