//! Builds the web client into `ui/dist`: three wasm modules with their glue, one style sheet, the page and its files.
//! Files whose content did not change keep their time stamps, so what embeds them is not compiled again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::command::{self, run};
use crate::files;
use crate::setup;
use crate::wasm_target::WasmCargo;
use crate::workspace::Workspace;

/// How the wasm is optimised, and whether it holds the demo and the gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Builds fast, with demo and gallery.
    Dev,
    /// Small: what people get.
    Release,
    /// As people get it, with demo and gallery: for the bench. Lies in the target folder.
    Measured,
}

impl Flavour {
    /// The cargo profile in the top `Cargo.toml`.
    fn profile(self) -> &'static str {
        match self {
            Self::Dev => "wasm-dev",
            Self::Release | Self::Measured => "wasm-release",
        }
    }

    /// The features of the interface.
    fn features(self) -> &'static [&'static str] {
        match self {
            Self::Dev | Self::Measured => &["--features", "ui/demo"],
            Self::Release => &[],
        }
    }

    /// Shrunk after cargo is done with it.
    fn is_small(self) -> bool {
        self != Self::Dev
    }

    /// Where the result lies.
    fn folder(self, workspace: &Workspace) -> PathBuf {
        match self {
            Self::Dev | Self::Release => workspace.dist(),
            Self::Measured => workspace.target.join("ui-measured"),
        }
    }
}

/// One wasm file that cargo makes and the name its JavaScript gets.
struct Module {
    wasm: &'static str,
    out_name: &'static str,
    /// How far binaryen goes to make it small.
    effort: &'static str,
}

const MODULES: [Module; 3] = [
    Module { wasm: "ui.wasm", out_name: "ui", effort: "-Oz" },
    // The worker's own start-up script is `worker.js`, a file in `ui/static`.
    Module { wasm: "ui_worker.wasm", out_name: "worker_pkg", effort: "-Oz" },
    // Loaded when the first PDF file is shown; started by `pdf.js`. Its decoders are large functions: `-O2` saves 2 % more in three
    // times the time, and `-Oz` does not end within ten minutes.
    Module { wasm: "ui_pdf.wasm", out_name: "pdf_pkg", effort: "-O1" },
];

/// The style sheets that come first, in this order; the rest follows by path.
const STYLES_FIRST: [&str; 2] = ["tokens.css", "base.css"];

/// npm's build of binaryen; pinned, for it decides the bytes that people download.
const BINARYEN: &str = "binaryen@125.0.0";

/// Builds everything and brings `ui/dist` (or the flavour's own folder) up to date.
pub fn build(workspace: &Workspace, flavour: Flavour) -> Result<()> {
    let started = Instant::now();
    let folder = flavour.folder(workspace);
    let wasm_folder = compile(workspace, flavour)?;
    let inputs = Inputs::collect(workspace, &wasm_folder, flavour)?;
    let stamp_file = folder.with_extension("stamp");
    let stamp = inputs.stamp()?;
    if fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) && inputs.are_all_in(&folder) {
        eprintln!("{} is up to date", folder.display());
        return Ok(());
    }
    let stage = folder.with_extension("new");
    files::remove_folder(&stage)?;
    fs::create_dir_all(&stage)?;
    for module in &MODULES {
        bind(&wasm_folder.join(module.wasm), module.out_name, flavour, &stage)?;
        if flavour.is_small() {
            optimise(&stage.join(format!("{}_bg.wasm", module.out_name)), module.effort)?;
        }
    }
    inputs.write_to(&stage)?;
    let _ = fs::remove_file(&stamp_file);
    files::bring_up_to_date(&stage, &folder)?;
    files::remove_folder(&stage)?;
    fs::write(&stamp_file, stamp)?;
    report(&folder, started)
}

/// Builds again whenever a source of the web client changes; ends with Ctrl+C.
pub fn watch(workspace: &Workspace, flavour: Flavour) -> Result<()> {
    const PAUSE: Duration = Duration::from_millis(300);
    let mut seen = None;
    loop {
        let newest = newest_source(workspace)?;
        if seen != Some(newest) {
            seen = Some(newest);
            if let Err(error) = build(workspace, flavour) {
                eprintln!("\x1b[31merror:\x1b[0m {error:#}");
            }
            eprintln!("Waiting for changes");
        }
        std::thread::sleep(PAUSE);
    }
}

/// When the latest change was, and how many files there are: both together show a deletion as well.
fn newest_source(workspace: &Workspace) -> Result<(SystemTime, usize)> {
    let built = [workspace.dist(), workspace.at("ui/dist.new")];
    let is_source = |file: &Path| !built.iter().any(|folder| file.starts_with(folder)) && !file.ends_with("dist.stamp");
    let mut newest = (SystemTime::UNIX_EPOCH, 0);
    for folder in ["ui", "shared"] {
        for file in files::below(&workspace.at(folder), is_source)? {
            // An editor may have replaced it since it was listed.
            let Ok(changed) = file.metadata().and_then(|meta| meta.modified()) else { continue };
            newest = (newest.0.max(changed), newest.1 + 1);
        }
    }
    Ok(newest)
}

/// Compiles the crates for wasm and returns the folder with the results; touches nothing but the target folder.
pub fn compile(workspace: &Workspace, flavour: Flavour) -> Result<PathBuf> {
    let target = workspace.wasm_target();
    workspace.claim(&target)?;
    let mut cargo = WasmCargo::ready()?.command();
    cargo.current_dir(&workspace.root).args(["build", "--target", "wasm32-unknown-unknown"]);
    cargo
        .args(["-p", "ui", "-p", "ui-worker", "-p", "ui-pdf", "--profile", flavour.profile()])
        .args(flavour.features());
    cargo.arg("--target-dir").arg(&target);
    if cfg!(target_os = "macos") {
        // The C compiler on the path is Apple's, which was built without wasm.
        if let Some(clang) = setup::wasm_c_compiler() {
            cargo.env("AR_wasm32_unknown_unknown", clang.with_file_name("llvm-ar"));
            cargo.env("CC_wasm32_unknown_unknown", clang);
        }
    }
    run(&mut cargo)?;
    Ok(target.join("wasm32-unknown-unknown").join(flavour.profile()))
}

/// Everything in `ui/dist` that is not made from wasm, and the wasm it is made from.
struct Inputs {
    wasm: Vec<PathBuf>,
    flavour: Flavour,
    /// Path in `ui/dist` → content.
    plain: BTreeMap<String, Content>,
}

enum Content {
    Copy(PathBuf),
    Text(String),
}

impl Inputs {
    fn collect(workspace: &Workspace, wasm_folder: &Path, flavour: Flavour) -> Result<Self> {
        let mut plain = BTreeMap::new();
        for (folder, prefix) in [("ui/static", ""), ("ui/fonts", "fonts/")] {
            let base = workspace.at(folder);
            for file in files::below(&base, |_| true)? {
                plain.insert(format!("{prefix}{}", files::slashed(&file, &base)), Content::Copy(file));
            }
        }
        let page = workspace.at("ui/index.html");
        if page.exists() {
            plain.insert("index.html".into(), Content::Copy(page));
        }
        plain.insert("styles.css".into(), Content::Text(style_sheet(&workspace.at("ui"))?));
        Ok(Self { wasm: MODULES.iter().map(|module| wasm_folder.join(module.wasm)).collect(), flavour, plain })
    }

    /// Changes whenever any input does.
    fn stamp(&self) -> Result<String> {
        let mut hash = files::Fingerprint::new();
        hash.text(self.flavour.profile());
        self.flavour.features().iter().for_each(|feature| hash.text(feature));
        hash.text(env!("CARGO_PKG_VERSION"));
        hash.text(BINARYEN);
        MODULES.iter().for_each(|module| hash.text(module.effort));
        for file in &self.wasm {
            hash.file(file)?;
        }
        for (path, content) in &self.plain {
            hash.text(path);
            match content {
                Content::Copy(file) => hash.file(file)?,
                Content::Text(text) => hash.text(text),
            }
        }
        Ok(hash.finish())
    }

    fn are_all_in(&self, dist: &Path) -> bool {
        let made = MODULES.iter().flat_map(|m| [format!("{}.js", m.out_name), format!("{}_bg.wasm", m.out_name)]);
        self.plain.keys().cloned().chain(made).all(|path| dist.join(path).is_file())
    }

    fn write_to(&self, folder: &Path) -> Result<()> {
        for (path, content) in &self.plain {
            let to = folder.join(path);
            fs::create_dir_all(to.parent().context("a file has a folder")?)?;
            match content {
                Content::Copy(from) => {
                    fs::copy(from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
                }
                Content::Text(text) => fs::write(&to, text)?,
            }
        }
        Ok(())
    }
}

/// One style sheet from `styles/tokens.css`, `styles/base.css`, the other `styles/*.css` and the components' own files.
fn style_sheet(ui: &Path) -> Result<String> {
    let is_css = |file: &Path| file.extension().is_some_and(|extension| extension == "css");
    let styles = ui.join("styles");
    let mut order: Vec<PathBuf> = STYLES_FIRST.iter().map(|name| styles.join(name)).filter(|f| f.exists()).collect();
    let mut seen: BTreeSet<PathBuf> = order.iter().cloned().collect();
    for folder in [styles, ui.join("src")] {
        for file in files::below(&folder, is_css)? {
            if seen.insert(file.clone()) {
                order.push(file);
            }
        }
    }
    let mut sheet = String::new();
    for file in order {
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        sheet.push_str(&format!("/* {} */\n{}\n", files::slashed(&file, ui), text.trim_end()));
    }
    Ok(sheet)
}

/// Writes `NAME.js` and `NAME_bg.wasm`.
fn bind(wasm: &Path, out_name: &str, flavour: Flavour, to: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(false)
        .remove_name_section(flavour.is_small())
        .remove_producers_section(flavour.is_small())
        .out_name(out_name)
        .generate(to)
        .with_context(|| format!("wasm-bindgen failed on {}", wasm.display()))
}

/// Shrinks one wasm file where node is installed; without it the file stays valid, only larger.
fn optimise(wasm: &Path, effort: &str) -> Result<()> {
    let Some(npx) = command::find("npx") else {
        eprintln!("node is not installed: {} stays without wasm-opt", wasm.display());
        return Ok(());
    };
    let smaller = wasm.with_extension("opt");
    let mut wasm_opt = Command::new(npx);
    wasm_opt.args(["--yes", "--package", BINARYEN, "wasm-opt", effort, "--all-features"]).arg(wasm);
    wasm_opt.arg("-o").arg(&smaller);
    if let Err(error) = run(&mut wasm_opt) {
        eprintln!("wasm-opt did not run, the file stays larger than it could be: {error}");
        return Ok(());
    }
    fs::rename(&smaller, wasm)?;
    Ok(())
}

fn report(dist: &Path, started: Instant) -> Result<()> {
    for name in ["ui_bg.wasm", "worker_pkg_bg.wasm", "pdf_pkg_bg.wasm", "styles.css"] {
        let bytes = fs::metadata(dist.join(name))?.len();
        eprintln!("  {name:<20} {:>8.1} KiB", bytes as f64 / 1024.0);
    }
    eprintln!("{} built in {:.1} s", dist.display(), started.elapsed().as_secs_f64());
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn tokens_come_before_base_and_components_come_last_by_path() {
        let ui = tempfile::tempdir().unwrap();
        for (file, text) in [
            ("styles/base.css", "base"),
            ("styles/animation.css", "animation"),
            ("styles/tokens.css", "tokens"),
            ("src/primitives/button.css", "button"),
            ("src/features/composer.css", "composer"),
        ] {
            let path = ui.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let sheet = style_sheet(ui.path()).unwrap();
        let order: Vec<&str> = sheet.lines().filter(|line| !line.starts_with("/*")).collect();
        assert_eq!(order, ["tokens", "base", "animation", "composer", "button"]);
    }

    #[test]
    fn a_user_interface_without_style_sheets_gives_an_empty_one() {
        let ui = tempfile::tempdir().unwrap();
        assert_eq!(style_sheet(ui.path()).unwrap(), "");
    }
}
