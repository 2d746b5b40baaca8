//! `cargo xtask`: every task of the repository in Rust, the same on Linux, macOS and Windows.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program speaks on the terminal")]

mod command;
mod files;
mod ui;
mod wasm_target;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    /// Build the web client into ui/dist.
    Ui {
        /// Optimise for size: what people get.
        #[arg(long)]
        release: bool,
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
    let workspace = Workspace::find()?;
    match task {
        Task::Ui { release } => ui::build(&workspace, if release { Flavour::Release } else { Flavour::Dev }),
    }
}
