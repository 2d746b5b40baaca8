//! `cargo xtask`: every task of the repository in Rust, the same on Linux, macOS and Windows.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program speaks on the terminal")]

mod axe;
mod bench;
mod command;
mod dist;
mod files;
mod gallery;
mod moto;
mod pieces;
mod postgres;
mod run;
mod session;
mod setup;
mod test;
mod tidy;
mod ui;
mod wasm_target;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::setup::Need;
use crate::test::Scope;
use crate::ui::Flavour;
use crate::workspace::Workspace;

/// Build, run and check Hybrid Messenger. What is missing on the machine is installed first.
#[derive(Parser)]
#[command(name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build and start the desktop app; without a screen, the server with its web client.
    Run {
        /// Optimise, as for people.
        #[arg(long)]
        release: bool,
        /// Passed on to what is started.
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Run the checks and the tests.
    Test {
        /// How much.
        #[arg(value_enum, default_value_t = Scope::Full)]
        scope: Scope,
    },
    /// Measure, side by side with the raw limits of this machine.
    Bench {
        /// Beginnings of names: only these measures.
        args: Vec<String>,
    },
    /// Take pictures of every screen into target/gallery, the chosen ones into docs/gallery.
    Gallery {
        /// Parts of names: only these scenes; `chosen`: only the pictures for docs/gallery.
        args: Vec<String>,
    },
    /// Build the web client into ui/dist.
    Ui {
        /// Optimise for size: what people get.
        #[arg(long)]
        release: bool,
        /// Build again whenever a source changes.
        #[arg(long)]
        watch: bool,
    },
    /// Check what a compiler cannot see: dependencies, words, tokens, promises.
    Tidy,
    /// Make installers for this system into target/release/bundle.
    Dist {
        /// Which: deb, rpm, appimage, app, dmg, msi, nsis. All that this system can make when none is named.
        bundles: Vec<String>,
    },
    /// Only install what the other commands need.
    Setup,
    /// Wait for a server on this port and print its address; started by `run`.
    #[command(hide = true)]
    Announce {
        /// Of the web client.
        port: u16,
    },
    /// Run a command inside of a test session; started by the others.
    #[command(hide = true)]
    Session {
        /// Program and arguments.
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    match perform(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\x1b[31merror:\x1b[0m {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> anyhow::Result<()> {
    match &task {
        Task::Session { command } => return session::run_inside(command),
        Task::Announce { port } => return run::announce(*port),
        _ => {}
    }
    let workspace = Workspace::find()?;
    match task {
        Task::Run { release, args } => run::start(&workspace, release, &args),
        Task::Test { scope } => test::all(&workspace, scope),
        Task::Bench { args } => bench::run(&workspace, &args),
        Task::Gallery { args } => gallery::take(&workspace, &args),
        Task::Ui { release, watch } => {
            let flavour = if release { Flavour::Release } else { Flavour::Dev };
            setup::ensure(&[Need::Build])?;
            if watch { ui::watch(&workspace, flavour) } else { ui::build(&workspace, flavour) }
        }
        Task::Tidy => tidy::check(&workspace),
        Task::Dist { bundles } => dist::make(&workspace, &bundles),
        Task::Setup => {
            setup::ensure(&[Need::Build, Need::Desktop, Need::Test, Need::Bundle])?;
            wasm_target::WasmCargo::ready()?;
            axe::script()?;
            moto::program()?;
            eprintln!("Everything is here");
            Ok(())
        }
        Task::Announce { .. } | Task::Session { .. } => Ok(()),
    }
}
