//! `cargo xtask gallery`: takes pictures of every screen of the interface, and the chosen ones for `docs/gallery`.

use anyhow::Result;

use crate::command::{cargo, run};
use crate::setup::{self, Need};
use crate::ui::{self, Flavour};
use crate::workspace::Workspace;

/// Builds the web client with its demo and lets the camera of `tests/` look at it. All pictures go to `target/gallery`; those
/// chosen for people to `docs/gallery`, and for each screen a sheet in both languages, both themes and three widths to
/// `docs/gallery/screens`. `args` are parts of names: only scenes whose name has one are taken.
pub fn take(workspace: &Workspace, args: &[String]) -> Result<()> {
    setup::ensure(&[Need::Build, Need::Desktop, Need::Test])?;
    ui::build(workspace, Flavour::Dev)?;
    let mut camera = cargo();
    camera.current_dir(&workspace.root).args(["run", "-p", "system-tests", "--bin", "camera", "--"]);
    camera.arg(workspace.target.join("gallery")).arg(workspace.at("docs/gallery")).args(args);
    run(&mut camera)
}
