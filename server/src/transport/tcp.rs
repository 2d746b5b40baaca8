//! Raw TCP: one JSON frame a line, ended by LF (a CR before it is skipped). A person with `nc` can talk.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use protocol::ErrorCode;
use protocol::codec::frame_bytes_max;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::Shared;
use super::conversation::{Conversation, Goodbye, Incoming, Wire};
use super::listen::Security;
use super::stream::Stream;
use crate::hub::Frame;
use crate::session::Peer;

/// Most bytes handed to the socket at once.
const WRITE_BYTES_MAX: usize = 256 * 1024;
/// What a read asks for.
const READ_BYTES: usize = 2 * 1024;
/// After an error the peer gets this long, and may still send this much, before the socket is dropped: a reset would
/// throw away the error that it has not read yet.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Told to whoever speaks in the clear where that is not allowed.
const MUST_USE_TLS: &[u8] =
    b"{\"type\":\"error\",\"code\":\"forbidden\",\"message\":\"this server speaks TLS on this port\"}\n";

/// Serves one connection to its end.
pub(crate) async fn serve(mut stream: Stream, peer: SocketAddr, security: Security, shared: Arc<Shared>) {
    if security == Security::MustUseTls {
        let _ = stream.write_all(MUST_USE_TLS).await;
        linger(&mut stream).await;
        return;
    }
    let peer = Peer { ip: Some(peer.ip().to_canonical()), client: String::new() };
    Conversation::new(shared, peer).run(Lines::new(stream)).await;
}

/// Cuts a stream into lines.
pub(crate) struct Lines {
    stream: Stream,
    buffer: BytesMut,
    /// Up to here the buffer holds no LF.
    searched: usize,
    writing: Vec<u8>,
}

impl Lines {
    fn new(stream: Stream) -> Self {
        Self { stream, buffer: BytesMut::new(), searched: 0, writing: Vec::new() }
    }

    /// A whole line out of the buffer, without its end; blank lines are skipped.
    fn take_line(&mut self) -> Option<Incoming<BytesMut>> {
        loop {
            let Some(end) = self.buffer[self.searched..].iter().position(|b| *b == b'\n') else {
                self.searched = self.buffer.len();
                // One byte more for a CR whose LF has not come yet.
                return (self.buffer.len() > frame_bytes_max(&self.buffer) + 1).then_some(too_large());
            };
            let mut line = self.buffer.split_to(self.searched + end + 1);
            self.searched = 0;
            line.truncate(line.len() - 1);
            if line.last() == Some(&b'\r') {
                line.truncate(line.len() - 1);
            }
            if line.len() > frame_bytes_max(&line) {
                return Some(too_large());
            }
            if !line.iter().all(u8::is_ascii_whitespace) {
                return Some(Incoming::Frame(line));
            }
        }
    }
}

fn too_large() -> Incoming<BytesMut> {
    Incoming::Broken(ErrorCode::FrameTooLarge, "a line is at most 65536 bytes")
}

impl Wire for Lines {
    type Bytes = BytesMut;
    const ANSWERS_PROBES: bool = false;

    async fn recv(&mut self) -> Incoming<BytesMut> {
        loop {
            if let Some(incoming) = self.take_line() {
                return incoming;
            }
            self.buffer.reserve(READ_BYTES);
            match self.stream.read_buf(&mut self.buffer).await {
                Ok(0) | Err(_) => return Incoming::Gone,
                Ok(_) => {}
            }
        }
    }

    async fn send(&mut self, frames: &mut Vec<Frame>) -> io::Result<()> {
        for frame in frames.drain(..) {
            self.writing.extend_from_slice(frame.as_bytes());
            self.writing.push(b'\n');
            if self.writing.len() >= WRITE_BYTES_MAX {
                self.stream.write_all(&self.writing).await?;
                self.writing.clear();
            }
        }
        self.stream.write_all(&self.writing).await?;
        self.stream.flush().await?;
        self.writing.clear();
        // What a burst needed is not kept through idle hours.
        self.writing.shrink_to(READ_BYTES);
        Ok(())
    }

    async fn probe(&mut self) -> io::Result<()> {
        // TCP's own keep-alive and user timeout tell a dead peer; a person at `nc` answers no probes.
        Ok(())
    }

    async fn close(&mut self, _why: Goodbye) {
        linger(&mut self.stream).await;
    }
}

/// Ends our side, then reads away what the peer still sends, within bounds.
async fn linger(stream: &mut Stream) {
    let _ = stream.shutdown().await;
    let mut thrown_away = 0;
    let mut buffer = vec![0; 16 * 1024];
    let reading = async {
        while thrown_away < LINGER_BYTES_MAX {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(n) => thrown_away += n,
            }
        }
    };
    let _ = tokio::time::timeout(LINGER, reading).await;
}
