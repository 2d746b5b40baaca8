//! A wire that can be cut and mended. Clients keep its address while servers come and go behind it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A TCP proxy on a free port of loopback.
pub struct Proxy {
    /// Where clients connect.
    pub address: SocketAddr,
    target: Arc<Mutex<SocketAddr>>,
    /// Whether the wire is whole; every change cuts what is open.
    whole: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Starts it, whole.
    pub async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let target = Arc::new(Mutex::new(target));
        let (whole, state) = watch::channel(true);
        let accepting = tokio::spawn(accept(listener, Arc::clone(&target), state));
        Self { address, target, whole, accepting }
    }

    /// From now on connections go there; open ones are cut.
    pub fn point_to(&self, target: SocketAddr) {
        *self.target.lock().expect("no one panics under the lock") = target;
        self.whole.send_modify(|_| {});
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

async fn accept(listener: TcpListener, target: Arc<Mutex<SocketAddr>>, state: watch::Receiver<bool>) {
    while let Ok((client, _)) = listener.accept().await {
        let mut state = state.clone();
        if !*state.borrow_and_update() {
            continue;
        }
        let target = *target.lock().expect("no one panics under the lock");
        tokio::spawn(async move {
            // What is behind may be down: then the client's connection just ends.
            let Ok(server) = TcpStream::connect(target).await else { return };
            let _ = (client.set_nodelay(true), server.set_nodelay(true));
            let (mut client, mut server) = (client, server);
            tokio::select! {
                _ = copy_bidirectional(&mut client, &mut server) => {}
                _ = state.changed() => {}
            }
        });
    }
}
