//! Asks a virus scanner about uploads before anyone can read them: clamd, by its INSTREAM command, over TCP or a Unix socket.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

/// The scanner takes the connection within this time.
const CONNECT_DEADLINE: Duration = Duration::from_secs(5);
/// It takes a chunk within this time.
const CHUNK_DEADLINE: Duration = Duration::from_secs(60);
/// It answers within this time after the last one: archives of gigabytes take long.
const ANSWER_DEADLINE: Duration = Duration::from_secs(600);
/// So much is sent at once.
const CHUNK_BYTES: usize = 128 * 1024;
/// Its answer is no longer: a name and a word.
const ANSWER_BYTES_MAX: u64 = 4 * 1024;

/// Where clamd is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanner {
    /// `HOST:PORT`.
    Tcp(String),
    /// The path of its socket.
    Unix(PathBuf),
}

/// What it said of a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It knows nothing bad of it.
    Clean,
    /// It knows this by name.
    Infected(String),
    /// It takes no contents of this size (`StreamMaxLength`).
    TooLarge,
}

impl Scanner {
    /// `/path/of/socket` (also with `unix:` before it) or `HOST:PORT`.
    pub fn parse(text: &str) -> Option<Self> {
        let path = text.strip_prefix("unix:").or_else(|| text.starts_with('/').then_some(text));
        if let Some(path) = path {
            return (!path.is_empty()).then(|| Self::Unix(PathBuf::from(path)));
        }
        let (host, port) = text.rsplit_once(':')?;
        (!host.is_empty() && port.parse::<u16>().is_ok()).then(|| Self::Tcp(text.to_owned()))
    }

    /// Shows it a file.
    ///
    /// # Errors
    /// Those of the file and of the connection; also when it does not answer in time, or not as clamd does.
    pub async fn scan(&self, path: &Path) -> io::Result<Verdict> {
        let file = File::open(path).await?;
        let connected = timeout(CONNECT_DEADLINE, self.connect()).await;
        let wire = connected.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        stream(wire, file).await
    }

    async fn connect(&self) -> io::Result<Box<dyn Wire>> {
        match self {
            Self::Tcp(address) => Ok(Box::new(tokio::net::TcpStream::connect(address.as_str()).await?)),
            #[cfg(unix)]
            Self::Unix(path) => Ok(Box::new(tokio::net::UnixStream::connect(path).await?)),
            #[cfg(not(unix))]
            Self::Unix(_) => Err(io::Error::from(io::ErrorKind::Unsupported)),
        }
    }
}

impl fmt::Display for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => f.write_str(address),
            Self::Unix(path) => path.display().fmt(f),
        }
    }
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// `zINSTREAM`, then chunks with their length before them, and one of length 0.
async fn stream(mut wire: Box<dyn Wire>, mut file: File) -> io::Result<Verdict> {
    // A scanner that has seen enough stops taking bytes: what it says then is the answer.
    let sent = send(&mut wire, &mut file).await;
    let mut answer = Vec::new();
    let mut limited = wire.take(ANSWER_BYTES_MAX);
    let read = timeout(ANSWER_DEADLINE, limited.read_to_end(&mut answer)).await;
    match read.map_err(|_| io::Error::from(io::ErrorKind::TimedOut)).flatten() {
        Err(error) if answer.is_empty() => return Err(sent.err().unwrap_or(error)),
        _ => {}
    }
    match verdict(&answer) {
        Some(verdict) => Ok(verdict),
        None => Err(sent.err().unwrap_or_else(|| io::Error::other("the scanner does not answer as clamd does"))),
    }
}

async fn send(wire: &mut Box<dyn Wire>, file: &mut File) -> io::Result<()> {
    let late = |_| io::Error::from(io::ErrorKind::TimedOut);
    timeout(CHUNK_DEADLINE, wire.write_all(b"zINSTREAM\0")).await.map_err(late)??;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = file.read(&mut chunk).await?;
        let length = u32::try_from(count).expect("a chunk is small").to_be_bytes();
        let both = async {
            wire.write_all(&length).await?;
            wire.write_all(&chunk[..count]).await
        };
        timeout(CHUNK_DEADLINE, both).await.map_err(late)??;
        if count == 0 {
            return wire.flush().await;
        }
    }
}

/// `stream: OK`, `stream: NAME FOUND`, `INSTREAM size limit exceeded. ERROR`.
fn verdict(answer: &[u8]) -> Option<Verdict> {
    let text = String::from_utf8_lossy(answer);
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    if text.starts_with("INSTREAM size limit exceeded") {
        return Some(Verdict::TooLarge);
    }
    let said = text.strip_prefix("stream: ")?;
    if said == "OK" {
        return Some(Verdict::Clean);
    }
    said.strip_suffix(" FOUND").map(|name| Verdict::Infected(name.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_is_a_path_or_a_host_with_its_port() {
        assert_eq!(Scanner::parse("/run/clamd.ctl"), Some(Scanner::Unix("/run/clamd.ctl".into())));
        assert_eq!(Scanner::parse("unix:clamd.ctl"), Some(Scanner::Unix("clamd.ctl".into())));
        for address in ["127.0.0.1:3310", "scanner:3310", "[::1]:3310"] {
            assert_eq!(Scanner::parse(address), Some(Scanner::Tcp(address.to_owned())));
        }
        for none in ["", "unix:", "scanner", ":3310", "scanner:port", "scanner:99999"] {
            assert_eq!(Scanner::parse(none), None, "{none}");
        }
    }

    #[test]
    fn clamds_answers_are_read_and_no_others() {
        assert_eq!(verdict(b"stream: OK\0"), Some(Verdict::Clean));
        assert_eq!(
            verdict(b"stream: Eicar-Test-Signature FOUND\0"),
            Some(Verdict::Infected("Eicar-Test-Signature".into()))
        );
        assert_eq!(verdict(b"INSTREAM size limit exceeded. ERROR\0"), Some(Verdict::TooLarge));
        for odd in [&b""[..], b"\0", b"UNKNOWN COMMAND\0", b"stream: ", b"HTTP/1.1 200 OK", b"\xff\xfe"] {
            assert_eq!(verdict(odd), None);
        }
    }
}
