//! `cargo xtask test`: every check of the repository, one after the other, each timed. A check that fails does not keep
//! the others from running, unless they stand on it.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::axe;
use crate::command::{self, cargo, run, run_silently};
use crate::moto;
use crate::postgres::{self, Postgres};
use crate::session::Session;
use crate::setup::{self, Need};
use crate::tidy;
use crate::ui::{self, Flavour};
use crate::wasm_target::{TARGET, WasmCargo};
use crate::workspace::Workspace;

/// How much is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scope {
    /// What a change needs before it is shown to others: under two minutes on a warm machine.
    Quick,
    /// Everything: what has to pass before a change lands.
    Full,
}

/// `full` or `quick`: how often tests that repeat do so (`testkit::times`).
const SCALE: &str = "HYBRID_TEST_SCALE";

/// Where tests on PostgreSQL connect.
const POSTGRES_URL: &str = "HYBRID_TEST_POSTGRES_URL";

/// `off` tells them that there is none.
const POSTGRES_SWITCH: &str = "HYBRID_TEST_POSTGRES";

/// The crates that are compiled for this machine. xtask is compiled by itself, for it must not be replaced while it runs
/// and shares no features with the rest; the worker exists in a browser only. The demo is compiled, or nobody would check it.
pub const NATIVE: [&str; 7] = ["--workspace", "--exclude", "xtask", "--exclude", "ui-worker", "--features", "ui/demo"];

/// The crate with what takes long: real servers, windows, browsers.
const SCENARIOS: &str = "system-tests";

/// Runs the checks of a scope.
pub fn all(workspace: &Workspace, scope: Scope) -> Result<()> {
    let mut phases = Phases::begin();
    // Those that others stand on end the run when they fail: without them the rest would only repeat their error.
    let _ = checks(workspace, scope, &mut phases);
    phases.report(scope)
}

fn checks(workspace: &Workspace, scope: Scope, phases: &mut Phases) -> Result<(), Failed> {
    phases.run("set-up", || {
        setup::ensure(&[Need::Build, Need::Desktop, Need::Test])?;
        setup::ensure_components(&["rustfmt", "clippy"])
    })?;
    let _ = phases.run("format", || run(in_root(workspace).args(["fmt", "--all", "--check"])));
    let _ = phases.run("tidy", || tidy::check(workspace));
    // The interface is one large crate that takes minutes of one core: the lints take the other meanwhile.
    let compiled = || ui::compile(workspace, Flavour::Dev).map(drop);
    let (client, _) = phases.run_both(("web client", compiled), ("clippy", || clippy(workspace)));
    client?;
    phases.run("web client's files", || ui::build(workspace, Flavour::Dev))?;
    if scope == Scope::Full {
        let _ = phases.run("clippy on the web client", || clippy_wasm(workspace));
    }
    let _ = phases.run("xtask's tests", || run(in_root(workspace).args(["test", "--quiet", "--package", "xtask"])));
    phases.run("compile", || run(in_root(workspace).arg("build").args(NATIVE).arg("--all-targets")))?;
    if scope == Scope::Full {
        let examples = || run(in_root(workspace).args(["test", "--quiet", "--doc"]).args(NATIVE));
        let _ = phases.run("examples in documentation", examples);
    }
    // Last, so that a run ends with the summary of what matters most.
    let _ = phases.run("tests", || tests(workspace, scope));
    Ok(())
}

fn in_root(workspace: &Workspace) -> Command {
    let mut cargo = cargo();
    cargo.current_dir(&workspace.root);
    cargo
}

fn clippy(workspace: &Workspace) -> Result<()> {
    run(in_root(workspace).arg("clippy").args(NATIVE).args(["--all-targets", "--", "-D", "warnings"]))?;
    run(in_root(workspace).args(["clippy", "--package", "xtask", "--all-targets", "--", "-D", "warnings"]))
}

fn clippy_wasm(workspace: &Workspace) -> Result<()> {
    let wasm = WasmCargo::ready()?;
    if !wasm.has_clippy() {
        eprintln!("this wasm toolchain has no clippy: the wasm crates were compiled, not linted");
        return Ok(());
    }
    let mut cargo = wasm.command();
    cargo.current_dir(&workspace.root).args([
        "clippy",
        "--package",
        "ui",
        "--package",
        "ui-worker",
        "--package",
        "ui-pdf",
        "--features",
        "ui/demo",
        "--target",
        TARGET,
    ]);
    cargo.args(["--profile", "wasm-dev", "--target-dir"]).arg(workspace.wasm_target()).args(["--", "-D", "warnings"]);
    run(&mut cargo)
}

fn tests(workspace: &Workspace, scope: Scope) -> Result<()> {
    let postgres = private_postgres()?;
    let session = Session::start()?;
    let axe = axe::script()?;
    let moto = moto::program()?;
    let start = |cargo: &mut Command| {
        cargo.env(axe::VARIABLE, &axe).env(moto::VARIABLE, &moto);
        cargo.env(SCALE, if scope == Scope::Quick { "quick" } else { "full" });
        match &postgres {
            Database::Ours(postgres) => cargo.env(POSTGRES_URL, postgres.url()),
            Database::Given => cargo,
            Database::None => cargo.env(POSTGRES_SWITCH, "off"),
        };
        eprintln!("\x1b[2m$ {}\x1b[0m", command::shown(cargo));
        run_silently(&mut session.inside(cargo)?)
    };
    if command::succeeds(in_root(workspace).args(["nextest", "--version"])) {
        let profile = if scope == Scope::Quick { "quick" } else { "default" };
        return start(in_root(workspace).args(["nextest", "run", "--cargo-quiet", "--profile", profile]).args(NATIVE));
    }
    eprintln!("cargo-nextest is not installed: `cargo test` runs the same tests, one crate after the other");
    let targets = ["--lib", "--bins", "--tests"];
    let most = ["test", "--quiet", "--exclude", SCENARIOS];
    start(in_root(workspace).args(most).args(NATIVE).args(targets))?;
    if scope == Scope::Full {
        // One at a time: they share a screen, and some measure time.
        let scenarios = ["test", "--quiet", "--package", SCENARIOS, "--", "--test-threads=1"];
        start(in_root(workspace).args(scenarios))?;
    }
    Ok(())
}

/// Where the tests' PostgreSQL comes from.
enum Database {
    /// Started here, ended with this value.
    Ours(Postgres),
    /// The environment names one.
    Given,
    /// Not installed; may be on systems other than Linux only.
    None,
}

fn private_postgres() -> Result<Database> {
    if std::env::var_os(POSTGRES_URL).is_some() {
        return Ok(Database::Given);
    }
    if postgres::programs().is_none() {
        if cfg!(target_os = "linux") {
            bail!("PostgreSQL is not installed");
        }
        eprintln!("PostgreSQL is not installed: its tests are left out here");
        return Ok(Database::None);
    }
    Postgres::start().map(Database::Ours)
}

/// A phase failed; it has said why.
struct Failed;

/// What was done, how long it took, whether it passed.
struct Phases {
    begun: Instant,
    done: Vec<(&'static str, Duration, bool)>,
}

impl Phases {
    fn begin() -> Self {
        Self { begun: Instant::now(), done: Vec::new() }
    }

    fn run(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> Result<(), Failed> {
        eprintln!("\n\x1b[1m── {name}\x1b[0m");
        let outcome = timed(work);
        self.note(name, outcome)
    }

    /// Two at once; what they print is mixed.
    fn run_both(
        &mut self,
        first: (&'static str, impl FnOnce() -> Result<()> + Send),
        second: (&'static str, impl FnOnce() -> Result<()> + Send),
    ) -> (Result<(), Failed>, Result<(), Failed>) {
        eprintln!("\n\x1b[1m── {} and {}\x1b[0m", first.0, second.0);
        let (one, two) = std::thread::scope(|scope| {
            let one = scope.spawn(|| timed(first.1));
            let two = timed(second.1);
            (one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), two)
        });
        (self.note(first.0, one), self.note(second.0, two))
    }

    fn note(&mut self, name: &'static str, (time, result): (Duration, Result<()>)) -> Result<(), Failed> {
        if let Err(error) = &result {
            eprintln!("\x1b[31merror:\x1b[0m {error:#}");
        }
        self.done.push((name, time, result.is_ok()));
        result.map_err(|_| Failed)
    }

    fn report(&self, scope: Scope) -> Result<()> {
        let failed: Vec<&str> = self.done.iter().filter(|(_, _, passed)| !passed).map(|(name, _, _)| *name).collect();
        let total = self.begun.elapsed();
        let name = scope.to_possible_value().map(|value| value.get_name().to_string()).unwrap_or_default();
        let lines = self.done.iter().map(|(name, time, passed)| ((*name).to_string(), *time, *passed));
        eprintln!();
        for (name, time, passed) in lines.chain([(format!("{name} test"), total, failed.is_empty())]) {
            let mark = if passed { "\x1b[32mpassed\x1b[0m" } else { "\x1b[31mfailed\x1b[0m" };
            eprintln!("  {name:<28} {:>7.1} s  {mark}", time.as_secs_f64());
        }
        if !failed.is_empty() {
            bail!("failed: {}", failed.join(", "));
        }
        Ok(())
    }
}

fn timed(work: impl FnOnce() -> Result<()>) -> (Duration, Result<()>) {
    let started = Instant::now();
    let result = work();
    (started.elapsed(), result)
}
