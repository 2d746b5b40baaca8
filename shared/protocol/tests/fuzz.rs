//! Throws damaged input at every reader: JSON frames, TCP lines, REST bodies, invitation links.
//!
//! A short run each time; `HYBRID_FUZZ_INPUTS=1000000` for a long one. Inputs grow out of the golden vectors and of
//! `fuzz-seeds/` (whatever once failed is kept there); the run's seed is printed, `HYBRID_FUZZ_SEED` repeats it.

#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use protocol::codec::{decode_client, decode_server, encode_client, encode_server};
use protocol::limits::FRAME_BYTES_MAX;
use protocol::{ErrorCode, InvitationLink};

const INPUTS_DEFAULT: u64 = 20_000;

/// SplitMix64: small, and the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// Bits of syntax that bring a parser into unusual places.
const TOKENS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b",",
    b":",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"true",
    b"-1",
    b"1e999",
    b"0.5",
    b"18446744073709551616",
    b"9223372036854775807",
    b"\xff",
    b"\xc3",
    b"\xf0\x9f\x91\x8d",
    b"\xef\xbb\xbf",
    b"\0",
    b"\n",
    b"\r\n",
    b"\"type\":",
    b"\"request_id\":",
    b"\"local_id\":",
    b"\"kind\":",
    b"\"code\":",
    b"%",
    b"%ff",
    b"&",
    b"=",
    b"?",
    b"hybrid://join/",
    b"[::1]:1",
    b",,",
    b"pin=",
    b"secret=",
    b"name=",
    b"[[[[[[[[[[[[[[[[[[",
];

fn mutated(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut input = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(6) {
        let at = chance.below(input.len() + 1);
        match chance.below(8) {
            0 if at < input.len() => input[at] = chance.next() as u8,
            1 if at < input.len() => input[at] ^= 1 << chance.below(8),
            2 => input.truncate(at),
            3 => {
                let end = (at + chance.below(16)).min(input.len());
                input.drain(at..end);
            }
            4 => {
                let other = &seeds[chance.below(seeds.len())];
                let from = chance.below(other.len() + 1);
                let piece: Vec<u8> = other[from..].iter().take(chance.below(200)).copied().collect();
                input.splice(at..at, piece);
            }
            5 => {
                let piece = input[at..].iter().take(chance.below(64)).copied().collect::<Vec<_>>();
                let times = 1 + chance.below(20);
                input.splice(at..at, piece.repeat(times));
            }
            _ => {
                let token = TOKENS[chance.below(TOKENS.len())];
                input.splice(at..at, token.iter().copied());
            }
        }
        input.truncate(FRAME_BYTES_MAX + 16);
    }
    input
}

fn seeds(vectors: &[&str], kept: &str) -> Vec<Vec<u8>> {
    let root = env!("CARGO_MANIFEST_DIR");
    let mut seeds = Vec::new();
    for file in vectors {
        let text = std::fs::read_to_string(format!("{root}/vectors/{file}.json")).unwrap();
        for vector in serde_json::from_str::<Vec<serde_json::Value>>(&text).unwrap() {
            let text = ["text", "link"].iter().find_map(|key| vector.get(*key)?.as_str().map(str::to_owned));
            seeds.push(text.unwrap_or_else(|| vector["frame"].to_string()).into_bytes());
        }
    }
    for entry in std::fs::read_dir(format!("{root}/fuzz-seeds/{kept}")).into_iter().flatten() {
        seeds.push(std::fs::read(entry.unwrap().path()).unwrap());
    }
    seeds
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

/// Runs `check` on every seed and on mutations of them; a failing input is printed and kept.
fn fuzz(name: &str, vectors: &[&str], check: impl Fn(&[u8])) {
    let seeds = seeds(vectors, name);
    let seed = number("HYBRID_FUZZ_SEED", 0x5EED);
    let mut chance = Chance(seed);
    let inputs = number("HYBRID_FUZZ_INPUTS", INPUTS_DEFAULT);
    for i in 0..inputs.max(seeds.len() as u64) {
        let input = seeds.get(i as usize).cloned().unwrap_or_else(|| mutated(&seeds, &mut chance));
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(&input))) {
            let folder = format!("{}/fuzz-seeds/{name}", env!("CARGO_MANIFEST_DIR"));
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(format!("{folder}/{i:06}-{seed:x}"), &input).unwrap();
            eprintln!("{name}: input {i} of seed {seed:#x} failed: {:?}", String::from_utf8_lossy(&input));
            std::panic::resume_unwind(panic);
        }
    }
}

/// What holds for whatever bytes come as a client frame, on WebSocket, TCP and REST alike.
fn check_client(input: &[u8]) {
    match decode_client(input) {
        Ok(frame) => {
            let text = encode_client(&frame);
            assert!(!text.contains('\n'), "a frame is one line");
            if text.len() <= FRAME_BYTES_MAX {
                assert_eq!(decode_client(text.as_bytes()).unwrap(), frame);
            }
        }
        Err(refused) => {
            use ErrorCode::{FrameTooLarge, InvalidField, MalformedFrame, UnknownType};
            assert!(matches!(refused.error.code, FrameTooLarge | InvalidField | MalformedFrame | UnknownType));
            assert_eq!(refused.error.code == FrameTooLarge, input.len() > FRAME_BYTES_MAX);
            assert!(
                refused.error.message.chars().count() <= 201,
                "an error repeats no more than a little of its input"
            );
        }
    }
}

#[test]
fn a_client_frame_is_read_or_refused_whatever_comes() {
    fuzz("client", &["client", "refused", "server"], check_client);
}

#[test]
fn a_stream_of_lines_is_cut_the_same_wherever_it_is_torn() {
    fuzz("lines", &["client", "refused"], |input| {
        for line in input.split(|b| *b == b'\n') {
            check_client(line);
        }
    });
}

#[test]
fn a_server_frame_is_read_or_refused_whatever_comes() {
    fuzz("server", &["server", "client"], |input| {
        let Ok(text) = std::str::from_utf8(input) else { return };
        if let Ok(frame) = decode_server(text) {
            let again = encode_server(&frame);
            assert_eq!(decode_server(&again).unwrap(), frame);
        }
    });
}

#[test]
fn a_rest_body_is_read_or_refused_whatever_comes() {
    use protocol::frame::{CreateChat, Login, PostMessage, Register};
    fuzz("rest", &["client", "refused"], |input| {
        let _ = serde_json::from_slice::<Register>(input);
        let _ = serde_json::from_slice::<Login>(input);
        let _ = serde_json::from_slice::<PostMessage>(input);
        let _ = serde_json::from_slice::<CreateChat>(input);
    });
}

#[test]
fn an_invitation_link_is_read_or_refused_whatever_comes() {
    fuzz("links", &["links"], |input| {
        let text = String::from_utf8_lossy(input);
        if let Ok(link) = InvitationLink::parse(&text) {
            assert!(!link.addresses.is_empty());
            let written = link.to_string();
            // Percent-encoding may make a name longer than a link may be; what fits reads back the same.
            if written.len() <= protocol::limits::INVITATION_LINK_BYTES_MAX {
                assert_eq!(InvitationLink::parse(&written).unwrap(), link);
            }
        }
    });
}
