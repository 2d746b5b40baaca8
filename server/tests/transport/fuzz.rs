//! Throws damaged frames at a running server over each transport: it answers or hangs up, and never falls over.
//!
//! A short run each time, a longer one in `cargo xtask test`, `HYBRID_FUZZ_INPUTS=1000000` for a long one (see
//! `shared/protocol/tests/fuzz.rs`, which does the same to the readers alone, a hundred times faster).

use serde_json::json;
use std::sync::Arc;

use crate::harness::{Host, KeptAlive};

/// Inputs of a short run, and of one with `HYBRID_TEST_SCALE=full`.
const INPUTS: (usize, usize) = (2_000, 20_000);

/// Who send bodies at the same time.
const CLIENTS: usize = 4;

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }
}

fn inputs() -> usize {
    let full = std::env::var("HYBRID_TEST_SCALE").is_ok_and(|scale| scale == "full");
    let usual = if full { INPUTS.1 } else { INPUTS.0 };
    std::env::var("HYBRID_FUZZ_INPUTS").map_or(usual, |text| text.parse().unwrap())
}

fn seeds() -> Vec<Vec<u8>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/protocol/vectors/client.json");
    let vectors: Vec<serde_json::Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    // A log-out or another log-in would end the run; everything else may be damaged.
    let kept = |v: &serde_json::Value| !matches!(v["type"].as_str(), Some("logout" | "login" | "register"));
    vectors.iter().map(|v| &v["frame"]).filter(|v| kept(v)).map(|v| v.to_string().into_bytes()).collect()
}

fn damaged(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut line = seeds[chance.below(seeds.len())].clone();
    for _ in 0..chance.below(4) {
        let at = chance.below(line.len());
        match chance.below(5) {
            0 => line[at] = chance.below(256) as u8,
            1 => line.truncate(at.max(1)),
            2 => {
                let other = &seeds[chance.below(seeds.len())];
                let from = chance.below(other.len());
                line.splice(at..at, other[from..].iter().take(40).copied());
            }
            3 => line.insert(at, b"{}[]\",:\\0-e\xff\x00"[chance.below(13)]),
            _ => {
                line.remove(at);
            }
        }
        if line.is_empty() {
            line.push(b'{');
        }
    }
    line.retain(|b| *b != b'\n');
    line
}

#[tokio::test]
async fn whatever_lines_come_the_server_answers_each_or_hangs_up() {
    let host = Host::start_with(|c| c.limits.bad_frames_max = u32::MAX).await;
    let alice = host.register("alice").await;
    let (seeds, mut chance) = (seeds(), Chance(0x5EED));
    let mut left = inputs();
    while left > 0 {
        let mut nc = host.lines().await;
        nc.auth(&alice).await;
        let batch = left.min(100);
        let mut sent = Vec::new();
        for _ in 0..batch {
            sent.extend(damaged(&seeds, &mut chance));
            sent.push(b'\n');
        }
        sent.extend(json!({"type": "ping", "request_id": "the end"}).to_string().bytes());
        sent.push(b'\n');
        nc.send_bytes(&sent).await;
        loop {
            let frame = nc.next().await;
            assert_ne!(frame["code"], "internal", "{frame}");
            if frame.is_null() || frame["request_id"] == "the end" {
                break;
            }
        }
        left -= batch;
    }
    assert_eq!(host.raw("GET", "/readyz", None, &[], b"").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_bodies_come_rest_answers_each() {
    let host = Arc::new(Host::start().await);
    let alice = Arc::new(host.register("alice").await);
    let paths = ["/chats/general/messages", "/chats", "/sync", "/invitations", "/chats/general/read", "/auth/refresh"];
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let (host, alice) = (host.clone(), alice.clone());
        clients.spawn(async move {
            let (seeds, mut chance) = (seeds(), Chance(0xB0D1 + client as u64));
            let mut http = KeptAlive::new(host.http);
            for _ in 0..inputs() / CLIENTS {
                let body = damaged(&seeds, &mut chance);
                let path = format!("/api/v1{}", paths[chance.below(paths.len())]);
                let status = http.post(&path, &alice.access, &body).await;
                assert!((200..500).contains(&status), "{status} {path} {}", String::from_utf8_lossy(&body));
            }
        });
    }
    clients.join_all().await;
    assert_eq!(host.raw("GET", "/readyz", None, &[], b"").await.status, 200);
}
