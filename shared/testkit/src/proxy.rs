//! A wire that can be cut and mended. Clients keep its address while servers come and go behind it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// A TCP proxy on a free port of loopback.
pub struct Proxy {
    /// Where clients connect.
    pub address: SocketAddr,
    target: Arc<Mutex<SocketAddr>>,
    /// Whether the wire is whole; every change cuts what is open.
    whole: watch::Sender<bool>,
    /// What clients may still send before the wire stands still.
    allowance: Arc<Allowance>,
    accepting: JoinHandle<()>,
}

/// Bytes that may pass, for all connections together.
struct Allowance {
    bytes: AtomicI64,
    more: Notify,
}

impl Proxy {
    /// Starts it, whole.
    pub async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let target = Arc::new(Mutex::new(target));
        let (whole, state) = watch::channel(true);
        let allowance = Arc::new(Allowance { bytes: AtomicI64::new(i64::MAX), more: Notify::new() });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&target), state, Arc::clone(&allowance)));
        Self { address, target, whole, allowance, accepting }
    }

    /// From now on connections go there; open ones are cut.
    pub fn point_to(&self, target: SocketAddr) {
        *self.target.lock().expect("no one panics under the lock") = target;
        self.whole.send_modify(|_| {});
    }

    /// Lets clients send so many bytes more; then nothing of theirs passes until [`Self::flow`].
    pub fn hold_after(&self, bytes: u32) {
        self.allowance.bytes.store(i64::from(bytes), Ordering::Relaxed);
    }

    /// Lets everything pass again.
    pub fn flow(&self) {
        self.allowance.bytes.store(i64::MAX, Ordering::Relaxed);
        self.allowance.more.notify_waiters();
    }

    /// Cuts every connection and refuses new ones.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Takes connections again.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.whole.send_replace(false);
    }
}

async fn accept(
    listener: TcpListener,
    target: Arc<Mutex<SocketAddr>>,
    state: watch::Receiver<bool>,
    allowance: Arc<Allowance>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let mut state = state.clone();
        if !*state.borrow_and_update() {
            continue;
        }
        let allowance = Arc::clone(&allowance);
        let target = *target.lock().expect("no one panics under the lock");
        tokio::spawn(async move {
            // What is behind may be down: then the client's connection just ends.
            let Ok(server) = TcpStream::connect(target).await else { return };
            let _ = (client.set_nodelay(true), server.set_nodelay(true));
            let ((mut from_server, to_server), (from_client, mut to_client)) =
                (server.into_split(), client.into_split());
            let down = async {
                let _ = copy(&mut from_server, &mut to_client).await;
                let _ = to_client.shutdown().await;
            };
            tokio::select! {
                _ = async { tokio::join!(up(from_client, to_server, &allowance), down) } => {}
                _ = state.changed() => {}
            }
        });
    }
}

/// From a client to the server, within the allowance.
async fn up(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, allowance: &Allowance) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let bytes = i64::try_from(count).expect("a buffer is small");
        loop {
            // Before the look, so that what is allowed in between wakes it.
            let more = allowance.more.notified();
            let taken = allowance
                .bytes
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| (left > 0).then_some(left - bytes));
            if taken.is_ok() {
                break;
            }
            more.await;
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}
