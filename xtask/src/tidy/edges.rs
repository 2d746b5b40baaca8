//! Who may know whom: compares the workspace's own dependencies with the picture in `ARCHITECTURE.md`.
//!
//! The picture is the block fenced as `dependencies`. Each line names a crate, an arrow, and the crates it knows:
//! `engine → protocol, sql`. A crate that knows none has nothing after the arrow. `⇢` stands for what only its tests know.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, Metadata};

use super::Findings;
use crate::workspace::Workspace;

const DOCUMENT: &str = "ARCHITECTURE.md";

/// One arrow: who, whether for its tests only, and whom.
type Edge = (String, bool, String);

#[derive(Debug, Default, PartialEq, Eq)]
struct Picture {
    crates: BTreeSet<String>,
    edges: BTreeSet<Edge>,
}

/// Complains about an edge or a crate that only one of the two has.
pub fn check(workspace: &Workspace, findings: &mut Findings) -> Result<()> {
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(workspace.at("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cargo metadata failed")?;
    let text = fs::read_to_string(workspace.at(DOCUMENT)).unwrap_or_default();
    match drawn(&text) {
        Ok(picture) => compare(&picture, &real(&metadata), findings),
        Err(problem) => findings.complain(format!("{DOCUMENT}: {problem}")),
    }
    Ok(())
}

/// The picture as it is drawn.
fn drawn(text: &str) -> Result<Picture, String> {
    let mut lines = text.lines().skip_while(|line| line.trim() != "```dependencies").skip(1).peekable();
    if lines.peek().is_none() {
        return Err("has no block fenced as `dependencies`".into());
    }
    let mut picture = Picture::default();
    for line in lines.take_while(|line| line.trim() != "```").filter(|line| !line.trim().is_empty()) {
        let arrow = ['→', '⇢'].into_iter().find(|arrow| line.contains(*arrow));
        let arrow = arrow.ok_or_else(|| format!("`{line}` has no arrow"))?;
        let (who, whom) = line.split_once(arrow).unwrap_or_default();
        let who = who.trim().to_string();
        picture.crates.insert(who.clone());
        for name in whom.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            picture.edges.insert((who.clone(), arrow == '⇢', name.to_string()));
        }
    }
    Ok(picture)
}

/// The picture as cargo sees it.
fn real(metadata: &Metadata) -> Picture {
    let packages = metadata.workspace_packages();
    let crates: BTreeSet<String> = packages.iter().map(|package| package.name.to_string()).collect();
    let mut known: BTreeMap<(String, String), bool> = BTreeMap::new();
    for package in packages {
        // A crate that names itself only turns on a feature for its own tests.
        let ours = |name: &str| crates.contains(name) && name != package.name.as_str();
        for dependency in package.dependencies.iter().filter(|dependency| ours(&dependency.name)) {
            let tests_only = dependency.kind == DependencyKind::Development;
            let entry = known.entry((package.name.to_string(), dependency.name.clone())).or_insert(tests_only);
            *entry &= tests_only;
        }
    }
    let edges = known.into_iter().map(|((who, whom), tests_only)| (who, tests_only, whom)).collect();
    Picture { crates, edges }
}

fn compare(drawn: &Picture, real: &Picture, findings: &mut Findings) {
    for name in real.crates.difference(&drawn.crates) {
        findings.complain(format!("{DOCUMENT} does not draw the crate `{name}`"));
    }
    for name in drawn.crates.difference(&real.crates) {
        findings.complain(format!("{DOCUMENT} draws `{name}`, which is no crate of the workspace"));
    }
    for (who, tests_only, whom) in real.edges.difference(&drawn.edges) {
        let arrow = if *tests_only { '⇢' } else { '→' };
        findings.complain(format!("{who} {arrow} {whom} is new: undo it, or write an ADR and draw it in {DOCUMENT}"));
    }
    for (who, tests_only, whom) in drawn.edges.difference(&real.edges) {
        let arrow = if *tests_only { '⇢' } else { '→' };
        findings.complain(format!("{DOCUMENT} draws {who} {arrow} {whom}, which is gone"));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const DRAWING: &str =
        "# House\n```dependencies\nleaf →\nbranch  →  leaf\nbranch  ⇢  helper\nhelper → leaf\n```\nmore";

    fn picture(edges: &[(&str, bool, &str)]) -> Picture {
        Picture {
            crates: ["leaf", "branch", "helper"].map(String::from).into(),
            edges: edges.iter().map(|(a, t, b)| ((*a).to_string(), *t, (*b).to_string())).collect(),
        }
    }

    fn complaints(real: &Picture) -> Vec<String> {
        let mut findings = Findings::default();
        compare(&drawn(DRAWING).unwrap(), real, &mut findings);
        findings.complaints
    }

    const AS_DRAWN: [(&str, bool, &str); 3] =
        [("branch", false, "leaf"), ("branch", true, "helper"), ("helper", false, "leaf")];

    #[test]
    fn a_workspace_that_is_as_drawn_passes() {
        assert!(complaints(&picture(&AS_DRAWN)).is_empty());
    }

    #[test]
    fn a_new_edge_is_refused() {
        let mut edges = AS_DRAWN.to_vec();
        edges.push(("leaf", false, "branch"));
        let found = complaints(&picture(&edges));
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("leaf → branch is new"), "{found:?}");
    }

    #[test]
    fn an_edge_that_is_gone_is_refused() {
        let found = complaints(&picture(&AS_DRAWN[..2]));
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("helper → leaf, which is gone"), "{found:?}");
    }

    #[test]
    fn an_edge_for_tests_that_becomes_a_real_one_is_refused() {
        let found = complaints(&picture(&[AS_DRAWN[0], ("branch", false, "helper"), AS_DRAWN[2]]));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_crate_that_is_not_drawn_is_refused() {
        let mut real = picture(&AS_DRAWN);
        real.crates.insert("stranger".into());
        assert_eq!(complaints(&real).len(), 1);
    }

    #[test]
    fn a_document_without_the_picture_is_refused() {
        assert!(drawn("# Nothing here").is_err());
    }
}
