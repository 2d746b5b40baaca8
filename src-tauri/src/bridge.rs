//! The one bridge between page and shell: commands come in as JSON, updates go out through one channel, in order.

use std::sync::Arc;

use tauri::State;
use tauri::ipc::Channel;
use view::CommandEnvelope;

use crate::shell::Shell;

/// Longest command the page may send, in bytes: a message of the largest size with room for its envelope.
const COMMAND_BYTES_MAX: usize = 256 * 1024;

/// The page gives the channel on which it wants updates; a reloaded page gives a new one.
#[tauri::command]
pub fn bridge_attach(shell: State<'_, Arc<Shell>>, channel: Channel<String>) {
    shell.attach(channel);
}

/// The page asks for something; the answer comes as an update.
#[tauri::command]
pub fn bridge_command(shell: State<'_, Arc<Shell>>, envelope: String) -> Result<(), String> {
    if envelope.len() > COMMAND_BYTES_MAX {
        return Err("too large".to_owned());
    }
    let envelope: CommandEnvelope = serde_json::from_str(&envelope).map_err(|error| error.to_string())?;
    shell.command(envelope);
    Ok(())
}
