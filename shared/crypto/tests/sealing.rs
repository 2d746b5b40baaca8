//! Sealed files and exports: any chunk opens by itself, and nothing that was cut, moved or mixed does.
#![allow(clippy::unwrap_used)]

use std::io::{BufReader, Read};

use crypto::{
    ChunkSize, ExportError, FileError, FileSeal, KdfHeader, KdfHeaderError, TAG_BYTES, read_export, write_export,
};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

const CHUNK: usize = 64 * 1024;

fn content(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    ChaCha20Rng::seed_from_u64(seed).fill_bytes(&mut bytes);
    bytes
}

fn seal_of(seed: u64, length: usize) -> FileSeal {
    FileSeal::new(&mut ChaCha20Rng::seed_from_u64(seed), length as u64, ChunkSize::new(CHUNK).unwrap())
}

fn sealed(seal: &FileSeal, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    seal.seal(0, content, &mut out).unwrap();
    assert_eq!(out.len() as u64, seal.sealed_length());
    out
}

fn opened(seal: &FileSeal, sealed: &[u8]) -> Result<Vec<u8>, FileError> {
    let mut out = Vec::new();
    seal.open(0, sealed, &mut out)?;
    Ok(out)
}

/// Lengths around the edges of chunks, and any.
fn lengths() -> impl Strategy<Value = usize> {
    let edges = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK];
    prop_oneof![prop::sample::select(edges.to_vec()), 0..4 * CHUNK]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_file_comes_back_whole_and_from_any_chunk_on(length in lengths(), seed in any::<u64>(), at in any::<u64>()) {
        let (seal, content) = (seal_of(seed, length), content(seed, length));
        let sealed = sealed(&seal, &content);
        prop_assert_eq!(&opened(&seal, &sealed).unwrap(), &content);
        // One chunk alone, as a player asks for it.
        let index = at % seal.chunks();
        let (plain, range) = (seal.plain_range(index).unwrap(), seal.sealed_range(index).unwrap());
        let mut chunk = sealed[range.start as usize..range.end as usize].to_vec();
        seal.open_chunk(index, &mut chunk).unwrap();
        prop_assert_eq!(&chunk[..], &content[plain.start as usize..plain.end as usize]);
        // Resumed there, upload and download give the same.
        let mut rest = Vec::new();
        seal.seal(index, &content[plain.start as usize..], &mut rest).unwrap();
        prop_assert_eq!(&rest[..], &sealed[range.start as usize..]);
        let mut rest = Vec::new();
        seal.open(index, &sealed[range.start as usize..], &mut rest).unwrap();
        prop_assert_eq!(&rest[..], &content[plain.start as usize..]);
        // The seal itself comes back from its bytes.
        let again = FileSeal::from_bytes(&seal.to_bytes()).unwrap();
        prop_assert_eq!(opened(&again, &sealed).unwrap(), content);
    }

    #[test]
    fn one_changed_bit_anywhere_is_found(length in 1..3 * CHUNK, seed in any::<u64>(), at in any::<usize>(), bit in 0..8) {
        let seal = seal_of(seed, length);
        let mut sealed = sealed(&seal, &content(seed, length));
        let at = at % sealed.len();
        sealed[at] ^= 1_u8 << bit;
        prop_assert!(matches!(opened(&seal, &sealed), Err(FileError::NotAuthentic(_))));
    }

    #[test]
    fn an_export_comes_back_whatever_its_length(length in lengths(), seed in any::<u64>()) {
        let content = content(seed, length);
        let export = exported(&content);
        let mut out = Vec::new();
        read_export("pass", &export[..], &mut out).unwrap();
        prop_assert_eq!(out, content);
    }
}

#[test]
fn chunks_that_are_cut_off_moved_swapped_doubled_or_of_another_file_do_not_open() {
    let (length, size) = (3 * CHUNK, CHUNK + TAG_BYTES);
    let (seal, other) = (seal_of(1, length), seal_of(2, length));
    let (ours, theirs) = (sealed(&seal, &content(1, length)), sealed(&other, &content(1, length)));
    let chunk = |index: usize| ours[index * size..(index + 1) * size].to_vec();
    let cases = [
        ("the last is missing", [chunk(0), chunk(1)].concat()),
        ("one in the middle is missing", [chunk(0), chunk(2)].concat()),
        ("cut in a chunk", ours[..ours.len() - 1].to_vec()),
        ("swapped", [chunk(1), chunk(0), chunk(2)].concat()),
        ("doubled", [chunk(0), chunk(0), chunk(2)].concat()),
        ("another's", [chunk(0), theirs[size..2 * size].to_vec(), chunk(2)].concat()),
        ("nothing", Vec::new()),
    ];
    for (what, sealed) in cases {
        assert!(opened(&seal, &sealed).is_err(), "{what}");
    }
    // A shorter file of the same key: its last chunk is not the last of this one.
    let mut bytes = seal.to_bytes();
    bytes[50..].copy_from_slice(&(2 * CHUNK as u64).to_be_bytes());
    let shorter = FileSeal::from_bytes(&bytes).unwrap();
    assert!(opened(&shorter, &ours[..2 * size]).is_err());
    let mut last = chunk(2);
    assert!(matches!(seal.open_chunk(3, &mut last), Err(FileError::NoSuchChunk)));
    assert!(seal.open_chunk(1, &mut last).is_err() && last.is_empty());
    assert!(FileSeal::from_bytes(&seal.to_bytes()[1..]).is_none());
}

#[test]
fn a_file_that_changed_its_length_while_it_was_read_is_not_sealed() {
    let seal = seal_of(1, 1000);
    for length in [999, 1001] {
        assert!(matches!(seal.seal(0, &content(1, length)[..], Vec::new()), Err(FileError::OtherLength)));
    }
}

#[test]
fn a_large_file_is_sealed_and_opened_with_one_chunk_in_memory() {
    /// Gives zeros, and remembers the largest piece that was asked for.
    struct Zeros(u64, usize);
    impl Read for Zeros {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let give = self.0.min(buffer.len() as u64) as usize;
            self.1 = self.1.max(give);
            buffer[..give].fill(0);
            self.0 -= give as u64;
            Ok(give)
        }
    }
    let length = 64 * 1024 * 1024;
    let seal = seal_of(1, length);
    let mut zeros = Zeros(length as u64, 0);
    assert_eq!(seal.seal(0, &mut zeros, std::io::sink()).unwrap(), 1024);
    assert!(zeros.1 <= 2 * CHUNK, "{} bytes at once", zeros.1);
}

fn header() -> KdfHeader {
    // The least that is allowed: the tests are about the container.
    KdfHeader::parse("$pbkdf2-sha256$i=100000$AAAAAAAAAAAAAAAAAAAAAA").unwrap()
}

fn exported(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write_export("pass", &header(), content, &mut out).unwrap();
    out
}

#[test]
fn an_export_opens_with_its_passphrase_only_and_not_when_it_was_changed() {
    let size = ChunkSize::DEFAULT.bytes();
    let export = exported(&content(1, 2 * size + 5));
    let read = |passphrase: &str, export: &[u8]| read_export(passphrase, BufReader::new(export), std::io::sink());
    assert!(read("pass", &export).is_ok());
    assert!(matches!(read("Pass", &export), Err(ExportError::NotAuthentic)));
    let line = export.iter().position(|byte| *byte == b'\n').unwrap();
    let chunk = size + TAG_BYTES;
    // Cut exactly between chunks, where only the mark of the last one tells.
    for cut in [line + 1, line + 1 + chunk, line + 1 + 2 * chunk, export.len() - 1] {
        assert!(matches!(read("pass", &export[..cut]), Err(ExportError::NotAuthentic)), "cut at {cut}");
    }
    let text = |from: &str, to: &str| {
        let head = String::from_utf8(export[..=line].to_vec()).unwrap().replacen(from, to, 1);
        [head.as_bytes(), &export[line + 1..]].concat()
    };
    assert!(matches!(read("pass", &text("hybrid-export", "something")), Err(ExportError::NotAnExport)));
    assert!(matches!(read("pass", &text("export 1", "export 2")), Err(ExportError::NewerVersion)));
    assert!(matches!(read("pass", &text("i=100000", "i=1")), Err(ExportError::Key(KdfHeaderError::Weak))));
    assert!(matches!(read("pass", &text("i=100000", "i=100001")), Err(ExportError::NotAuthentic)));
    assert!(matches!(read("pass", &text(" 18 ", " 17 ")), Err(ExportError::NotAuthentic)));
    assert!(matches!(read("pass", b"\xFF\xFE"), Err(ExportError::NotAnExport)));
    assert!(matches!(read("pass", &content(3, 2000)), Err(ExportError::NotAnExport)));
}

#[test]
fn an_export_with_argon2id_comes_back() {
    let header = KdfHeader::parse("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA").unwrap();
    let mut export = Vec::new();
    write_export("пароль", &header, &b"small"[..], &mut export).unwrap();
    let mut out = Vec::new();
    read_export("пароль", &export[..], &mut out).unwrap();
    assert_eq!(out, b"small");
}
