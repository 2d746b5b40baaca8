//! Voice messages of the desktop: the webview of Linux has no recorder, so the shell records on every system, into a file that is
//! then picked like any other. The page hears how loud it is, and how long it was; never where the file lies.

mod microphone;
mod ogg_opus;
mod resample;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use view::update::ReplyBody;
use view::{Command, CommandEnvelope, CommandReply, Failure, Update};

use crate::shell::{DONE, Shell};
use microphone::Recording;

/// The recording that runs, if one does.
#[derive(Default)]
pub struct Voice(Mutex<Option<Recording>>);

/// Does what is about recording; gives back the rest.
pub fn command(shell: &Arc<Shell>, envelope: CommandEnvelope) -> Option<CommandEnvelope> {
    let shell = Arc::clone(shell);
    let id = envelope.id;
    match envelope.command {
        // Devices take their time to open, and to end.
        Command::StartRecording => drop(std::thread::spawn(move || {
            let started = start(&shell).map(|()| DONE);
            reply(&shell, id, started);
        })),
        Command::StopRecording { name, keep } => drop(std::thread::spawn(move || {
            let stopped = stop(&shell, &name, keep);
            reply(&shell, id, stopped);
        })),
        _ => return Some(envelope),
    }
    None
}

/// Ends a recording that nobody is there to send.
pub fn give_up(shell: &Arc<Shell>) {
    drop(lock(shell).take());
}

fn start(shell: &Arc<Shell>) -> Result<(), Failure> {
    let listener = Arc::clone(shell);
    let recording = Recording::start(move |level| listener.tell(&Update::Recording { level }))?;
    // One that still ran is over, and nobody wants it.
    drop(lock(shell).replace(recording));
    Ok(())
}

fn stop(shell: &Arc<Shell>, name: &str, keep: bool) -> Result<ReplyBody, Failure> {
    let recording = lock(shell).take();
    let Some(recording) = recording.filter(|_| keep) else { return Ok(DONE) };
    let taken = recording.end()?;
    let path = place(shell, name);
    let kept = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, &taken.file));
    kept.map_err(|error| {
        tracing::info!(%error, "a recording could not be kept");
        Failure::Disk
    })?;
    shell.pick(&[path]);
    Ok(ReplyBody::Recorded { duration_ms: taken.duration_ms })
}

/// Beside what was pasted: it goes the same way.
fn place(shell: &Shell, name: &str) -> PathBuf {
    let name: String = name.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).take(80).collect();
    let name = if name.trim().is_empty() { "voice".to_owned() } else { name };
    shell.profile.file("pasted").join(uuid::Uuid::now_v7().to_string()).join(format!("{}.ogg", name.trim()))
}

fn lock(shell: &Shell) -> std::sync::MutexGuard<'_, Option<Recording>> {
    shell.voice.0.lock().unwrap_or_else(PoisonError::into_inner)
}

fn reply(shell: &Shell, id: u32, result: Result<ReplyBody, Failure>) {
    let reply = match result {
        Ok(body) => CommandReply::Ok { body },
        Err(failure) => CommandReply::Failed { failure },
    };
    shell.tell(&Update::Reply { id, reply });
}
