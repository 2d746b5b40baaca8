//! Exactly once: a mutation that carries an id is done the first time and only answered after that.

use protocol::LocalId;
use protocol::frame::Reply;

use super::{Cx, Failure};
use crate::store::mutations;

/// How long first replies are kept, in milliseconds: longer than any device stays offline with a full outbox.
const KEEP_MS: i64 = 60 * 24 * 60 * 60 * 1000;

/// Runs `work` unless this person did it before under the same id; then answers what was answered.
///
/// # Errors
/// Those of `work`: a refusal is not kept, the same id may be tried again.
pub fn once(
    cx: &mut Cx<'_, '_>,
    id: Option<LocalId>,
    work: impl FnOnce(&mut Cx<'_, '_>) -> Result<Reply, Failure>,
) -> Result<Reply, Failure> {
    let Some(id) = id else { return work(cx) };
    if let Some(reply) = mutations::find(cx.tx, cx.actor, id)? {
        return serde_json::from_str(&reply)
            .map_err(|e| sql::Error::Bug(format!("a kept reply cannot be read: {e}")).into());
    }
    let reply = work(cx)?;
    let text = serde_json::to_string(&reply).map_err(|e| sql::Error::Bug(e.to_string()))?;
    mutations::insert(cx.tx, cx.actor, id, &text, cx.now)?;
    Ok(reply)
}

/// Forgets first replies that nobody asks for any more; returns how many.
///
/// # Errors
/// See [`sql::Error`].
pub fn purge(cx: &mut Cx<'_, '_>) -> Result<u64, Failure> {
    Ok(mutations::purge(cx.tx, protocol::Timestamp(cx.now.0 - KEEP_MS))?)
}
