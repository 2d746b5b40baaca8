//! A WebSocket client that costs as little as possible, so that the server is what is measured: frames are counted in
//! place, not copied.

use std::io;
use std::net::SocketAddr;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// Bytes asked for in one read.
const READ_BYTES: usize = 64 * 1024;

/// What a refusal begins with.
pub const ERROR: &[u8] = b"{\"type\":\"error\"";

pub struct Reader {
    half: OwnedReadHalf,
    buffer: BytesMut,
}

pub struct Writer(OwnedWriteHalf);

/// Opens a WebSocket at `/ws`.
pub async fn connect(to: SocketAddr) -> io::Result<(Reader, Writer)> {
    let mut stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: {to}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = BytesMut::with_capacity(1024);
    let head = loop {
        if stream.read_buf(&mut buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break buffer.split_to(end + 4);
        }
    };
    if !head.starts_with(b"HTTP/1.1 101") {
        return Err(io::Error::other(String::from_utf8_lossy(&head).into_owned()));
    }
    let (half, write) = stream.into_split();
    Ok((Reader { half, buffer }, Writer(write)))
}

impl Reader {
    /// Reads what there is and shows each whole text frame to `on_text`; waits for at least some bytes.
    pub async fn read(&mut self, mut on_text: impl FnMut(&[u8])) -> io::Result<()> {
        // What came behind the handshake, or behind the frame that was waited for, first.
        if self.take(&mut on_text) {
            return Ok(());
        }
        self.buffer.reserve(READ_BYTES);
        if self.half.read_buf(&mut self.buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.take(&mut on_text);
        Ok(())
    }

    fn take(&mut self, on_text: &mut impl FnMut(&[u8])) -> bool {
        let mut any = false;
        while let Some((head, length)) = header(&self.buffer)
            && self.buffer.len() >= head + length
        {
            any = true;
            let is_text = self.buffer[0] & 0x0f == 1;
            if is_text {
                on_text(&self.buffer[head..head + length]);
            }
            self.buffer.advance(head + length);
        }
        any
    }

    /// Waits for a text frame that holds `piece`.
    pub async fn wait_for(&mut self, piece: &str) -> io::Result<()> {
        let mut found = false;
        while !found {
            self.read(|text| found |= holds(text, piece.as_bytes())).await?;
        }
        Ok(())
    }
}

impl Writer {
    /// Sends texts with one write. The mask is zero, which the protocol allows and which costs nothing.
    pub async fn send(&mut self, texts: &[String]) -> io::Result<()> {
        let mut out = Vec::with_capacity(texts.iter().map(|text| text.len() + 8).sum());
        for text in texts {
            out.push(0x81);
            match text.len() {
                short @ 0..=125 => out.push(0x80 | short as u8),
                long => {
                    out.push(0x80 | 126);
                    out.extend(u16::try_from(long).expect("a bench's frames are short").to_be_bytes());
                }
            }
            out.extend([0; 4]);
            out.extend(text.as_bytes());
        }
        self.0.write_all(&out).await
    }
}

/// Length of a frame's header and of its payload, once the header is there.
fn header(buffer: &[u8]) -> Option<(usize, usize)> {
    match buffer.get(1)? & 0x7f {
        126 => Some((4, u16::from_be_bytes(buffer.get(2..4)?.try_into().ok()?).into())),
        127 => Some((10, usize::try_from(u64::from_be_bytes(buffer.get(2..10)?.try_into().ok()?)).ok()?)),
        short => Some((2, short.into())),
    }
}

fn holds(text: &[u8], piece: &[u8]) -> bool {
    text.windows(piece.len()).any(|window| window == piece)
}
