//! `hybrid-server`: the server as a program of its own.

use std::process::ExitCode;

use clap::Parser as _;
use server::Server;
use server::config::{Cli, CliCommand, LogFormat, ServeFlags, load};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let done = runtime.block_on(async {
        match cli.command {
            CliCommand::Serve(flags) => serve(&flags).await,
            CliCommand::Invite(flags) => invite(&flags).await,
            CliCommand::OpenExport { file } => open_export(&file),
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(error.as_ref()),
    }
}

type Failed = Box<dyn std::error::Error>;

async fn serve(flags: &ServeFlags) -> Result<(), Failed> {
    let (config, format) = load(flags)?;
    log_to_stderr(format);
    let running = Server::start(config).await?;
    say(&format!("HTTP and WebSocket on {}", running.http_addr));
    if let Some(address) = running.tcp_addr {
        say(&format!("TCP on {address}"));
    }
    if running.pin.is_some() {
        say(&format!("certificate {}", running.fingerprint()));
    }
    told_to_stop().await;
    running.stop().await;
    Ok(())
}

async fn invite(flags: &ServeFlags) -> Result<(), Failed> {
    let (config, format) = load(flags)?;
    log_to_stderr(format);
    let running = Server::start(config).await?;
    let invitation = running.create_invitation(None, None).await?;
    say(&invitation.link.to_string());
    say(&invitation.web);
    running.stop().await;
    Ok(())
}

fn open_export(file: &std::path::Path) -> Result<(), Failed> {
    let passphrase = match std::env::var("HYBRID_PASSPHRASE") {
        Ok(passphrase) => passphrase,
        Err(_) => std::io::stdin().lines().next().ok_or("no passphrase")??,
    };
    let content = std::io::BufReader::new(std::fs::File::open(file)?);
    crypto::open_any_export(&passphrase, content, std::io::stdout().lock())?;
    Ok(())
}

/// What a person or a script at the terminal reads.
#[allow(clippy::print_stdout, reason = "the program's answer to whoever started it")]
fn say(line: &str) {
    println!("{line}");
}

#[allow(clippy::print_stderr, reason = "the program's answer to whoever started it")]
fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("hybrid-server: {error}");
    ExitCode::FAILURE
}

/// `RUST_LOG` chooses what is logged; requests and life of the server otherwise.
fn log_to_stderr(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,server=info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    let _ = tokio::signal::ctrl_c().await;
}
