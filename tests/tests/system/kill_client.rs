//! kill -9 of a client that writes: what was in its outbox arrives once, in order.

use testkit::{Person, TestServer, Wire, times};

use crate::offline::{HeadlessProcess, judge};

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_of_a_client_loses_nothing_that_was_in_its_outbox_and_doubles_nothing() {
    let kills = times("HYBRID_CLIENT_KILLS", 5, 20);
    let server = TestServer::start().await;
    let mut bob = Person::register(server.addresses(), Wire::WebSocket, "bob").await;
    let profile = tempfile::tempdir().unwrap();
    let address = server.addresses().http.to_string();
    let mut ids = Vec::new();
    for round in 0..kills as usize {
        let app = HeadlessProcess::start(profile.path(), &address, "alice");
        ids.extend(app.queued(1 + round * 7 % 30));
        ids.extend(app.kill());
    }
    // Once more, to send what the last one left; it is not killed before all has arrived.
    let app = HeadlessProcess::start(profile.path(), &address, "alice");
    judge(&mut bob, &ids).await;
    app.kill();
}
