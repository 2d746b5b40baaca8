//! Wycheproof's vectors against what we ship: AES-GCM in both generations, Ed25519, X25519, PBKDF2, HKDF, HMAC, ML-KEM.
//! A vector that is "acceptable" may go either way; one that is valid must pass, one that is invalid must not.
#![allow(clippy::unwrap_used)]

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes128Gcm, Aes256Gcm, KeyInit as _, Nonce};
use hpke_rs_crypto::HpkeCrypto as _;
use hpke_rs_crypto::types::KemAlgorithm;
use hpke_rs_rust_crypto::HpkeRustCrypto;
use openmls_rust_crypto::RustCrypto;
use openmls_traits::crypto::OpenMlsCrypto as _;
use openmls_traits::types::{AeadType, HashType, SignatureScheme};
use wycheproof::TestResult;

fn judge(name: &str, id: usize, result: TestResult, passed: bool) {
    let right = match result {
        TestResult::Valid => passed,
        TestResult::Invalid => !passed,
        TestResult::Acceptable => true,
    };
    assert!(right, "{name}, test {id}: {result:?}, and it was {passed}");
}

#[test]
fn aes_gcm_of_messages_and_of_files() {
    let (set, mut count) = (wycheproof::aead::TestSet::load(wycheproof::aead::TestName::AesGcm).unwrap(), 0);
    let mls = RustCrypto::default();
    for group in set.test_groups {
        // Ours are these: 96 bits of nonce, 128 of tag, keys of 128 (MLS classic, Fernet has none) and 256 bits.
        if group.nonce_size != 96 || group.tag_size != 128 || ![128, 256].contains(&group.key_size) {
            continue;
        }
        for test in group.tests {
            let sealed = [&test.ct[..], &test.tag[..]].concat();
            let nonce: [u8; 12] = test.nonce[..].try_into().unwrap();
            let payload = Payload { msg: &sealed, aad: &test.aad };
            let files = match group.key_size {
                128 => Aes128Gcm::new_from_slice(&test.key).unwrap().decrypt(&Nonce::from(nonce), payload),
                _ => Aes256Gcm::new_from_slice(&test.key).unwrap().decrypt(&Nonce::from(nonce), payload),
            };
            let kind = if group.key_size == 128 { AeadType::Aes128Gcm } else { AeadType::Aes256Gcm };
            let messages = mls.aead_decrypt(kind, &test.key, &sealed, &test.nonce, &test.aad);
            judge("AES-GCM of files", test.tc_id, test.result, files.is_ok_and(|plain| plain == test.pt[..]));
            judge("AES-GCM of messages", test.tc_id, test.result, messages.is_ok_and(|plain| plain == test.pt[..]));
            count += 1;
        }
    }
    assert!(count > 100, "only {count} vectors");
}

#[test]
fn ed25519_of_devices_and_commits() {
    let (set, mut count) = (wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap(), 0);
    let mls = RustCrypto::default();
    for group in set.test_groups {
        for test in group.tests {
            let valid = mls.verify_signature(SignatureScheme::ED25519, &test.msg, &group.key.pk, &test.sig).is_ok();
            judge("Ed25519", test.tc_id, test.result, valid);
            let own = ed25519_dalek::VerifyingKey::from_bytes(group.key.pk[..].try_into().unwrap())
                .ok()
                .zip(ed25519_dalek::Signature::from_slice(&test.sig).ok())
                .is_some_and(|(key, signature)| key.verify_strict(&test.msg, &signature).is_ok());
            judge("Ed25519 of persons", test.tc_id, test.result, own);
            count += 1;
        }
    }
    assert!(count > 100, "only {count} vectors");
}

#[test]
fn x25519_of_hpke() {
    let (set, mut count) = (wycheproof::xdh::TestSet::load(wycheproof::xdh::TestName::X25519).unwrap(), 0);
    for group in set.test_groups {
        for test in group.tests {
            let shared = HpkeRustCrypto::dh(KemAlgorithm::DhKem25519, &test.public_key, &test.private_key);
            judge("X25519", test.tc_id, test.result, shared.is_ok_and(|shared| shared[..] == test.shared_secret[..]));
            count += 1;
        }
    }
    assert!(count > 100, "only {count} vectors");
}

#[test]
fn pbkdf2_of_passphrases() {
    let name = wycheproof::pbkdf2::TestName::Pbkdf2HmacSha256;
    let (set, mut count) = (wycheproof::pbkdf2::TestSet::load(name).unwrap(), 0);
    for group in set.test_groups {
        for test in group.tests {
            let mut key = vec![0; test.dk_len];
            let rounds = u32::try_from(test.iteration_count).unwrap();
            pbkdf2::pbkdf2_hmac::<sha2::Sha256>(&test.password, &test.salt, rounds, &mut key);
            judge("PBKDF2", test.tc_id, test.result, key == test.dk[..]);
            count += 1;
        }
    }
    assert!(count > 20, "only {count} vectors");
}

#[test]
fn hkdf_and_hmac_of_both_suites() {
    use wycheproof::{hkdf, mac};
    let (mls, mut count) = (RustCrypto::default(), 0);
    let kdfs = [(hkdf::TestName::HkdfSha256, HashType::Sha2_256), (hkdf::TestName::HkdfSha384, HashType::Sha2_384)];
    for (name, hash) in kdfs {
        for test in hkdf::TestSet::load(name).unwrap().test_groups.into_iter().flat_map(|group| group.tests) {
            let prk = mls.hkdf_extract(hash, &test.salt, &test.ikm).unwrap();
            let key = mls.hkdf_expand(hash, prk.as_slice(), &test.info, test.size);
            judge("HKDF", test.tc_id, test.result, key.is_ok_and(|key| key.as_slice() == &test.okm[..]));
            count += 1;
        }
    }
    let macs = [(mac::TestName::HmacSha256, HashType::Sha2_256), (mac::TestName::HmacSha384, HashType::Sha2_384)];
    for (name, hash) in macs {
        for group in mac::TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                let tag = mls.hmac(hash, &test.key, &test.msg).unwrap();
                judge("HMAC", test.tc_id, test.result, tag.as_slice()[..group.tag_size / 8] == test.tag[..]);
                count += 1;
            }
        }
    }
    assert!(count > 200, "only {count} vectors");
}
