//! The MLS working group's vectors, as far as OpenMLS can be reached from outside, over our storage and provider. For the
//! suite that has vectors: the classic one; the hybrid suite is a draft's and has none yet.
//!
//! A missing folder fails. So does a file that is neither run nor named with its reason.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use openmls::ciphersuite::signature::OpenMlsSignaturePublicKey;
use openmls::group::{MlsGroup, MlsGroupJoinConfig, ProcessedWelcome, ProposalStore, PublicGroup, StagedWelcome};
use openmls::messages::group_info::VerifiableGroupInfo;
use openmls::prelude::tls_codec::{Deserialize as _, Serialize as _, Size as _, VLBytes};
use openmls::prelude::{
    AddProposalIn, Ciphersuite, ConfirmationTag, Extensions, ExternalInitProposal, GroupContext,
    GroupContextExtensionProposalIn, KeyPackage, KeyPackageBundle, KeyPackageIn, LeafNodeIndex,
    MIXED_PLAINTEXT_WIRE_FORMAT_POLICY, MlsMessageBodyIn, MlsMessageIn, PreSharedKeyProposal, ProcessedMessageContent,
    ProtocolMessage, RatchetTreeIn, ReInitProposal, RemoveProposal, Signature, UpdateProposalIn, Verifiable as _,
    Welcome,
};
use openmls::schedule::PreSharedKeyId;
use openmls_rust_crypto::RustCrypto;
use openmls_traits::OpenMlsProvider as _;
use openmls_traits::crypto::OpenMlsCrypto as _;
use openmls_traits::storage::StorageProvider as _;
use openmls_traits::types::{HashType, HpkeCiphertext, SignatureScheme};
use protocol::Timestamp;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::Value;
use sql::{Migration, Store, StoreLocation};

use super::cx::Provider;
use super::state::{decode, encode};
use super::{Cx, MlsError, SCHEMA};

const CLASSIC: Ciphersuite = Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;

/// What cannot be called from outside of OpenMLS without its feature for tests, which must not be in our build.
const OUT_OF_REACH: [(&str, &str); 7] = [
    ("key-schedule.json", "the key schedule is private; passive clients check its results in every epoch"),
    ("message-protection.json", "wants a group with given secrets; passive clients open real messages"),
    ("psk_secret.json", "private; passive clients with external keys check it"),
    ("secret-tree.json", "private; opening messages stands on it"),
    ("transcript-hashes.json", "private; a wrong one changes every epoch authenticator"),
    ("tree-math.json", "private; trees of all shapes stand on it"),
    ("tree-operations.json", "private; passive clients apply the same operations"),
];
/// Reached in part only by what is run here.
const RUN: [&str; 9] = [
    "crypto-basics.json",
    "deserialization.json",
    "messages.json",
    "passive-client-handling-commit.json",
    "passive-client-random.json",
    "passive-client-welcome.json",
    "tree-validation.json",
    "treekem.json",
    "welcome.json",
];

/// `shared/vectors/mls` beside the clone, or beside a folder above it.
fn folder() -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let above = root.ancestors().skip(3).map(|folder| folder.join("shared/vectors/mls"));
    above.into_iter().find(|folder| folder.is_dir()).expect("the vectors lie in ../shared/vectors/mls beside the clone")
}

fn vectors(file: &str) -> Vec<Value> {
    let bytes = std::fs::read(folder().join(file)).unwrap();
    let all: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
    assert!(!all.is_empty(), "{file} is empty");
    all
}

/// Those of the suite that we ship.
fn of_our_suite(file: &str) -> Vec<Value> {
    let ours: Vec<Value> =
        vectors(file).into_iter().filter(|vector| vector["cipher_suite"] == u16::from(CLASSIC)).collect();
    assert!(!ours.is_empty(), "{file} has nothing for our suite");
    ours
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// Works with our provider over a store of its own; what is written stays for the next call.
struct Client {
    store: Store,
}

impl Client {
    fn new() -> Self {
        let mut store = Store::open(&StoreLocation::Memory, None).unwrap();
        store.write(|tx| sql::migrate(tx, &[Migration::shared(1, "mls", SCHEMA)])).unwrap();
        Self { store }
    }

    fn with<T>(&mut self, work: impl FnOnce(&Provider<'_, '_>) -> T) -> T {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        self.store
            .write(|tx| Cx { tx, now: Timestamp(0), rng: &mut rng }.with(|provider| Ok::<T, MlsError>(work(provider))))
            .unwrap()
    }

    /// Puts a key package with its secrets where OpenMLS looks for it. It has no way in for them, but its type comes from
    /// bytes: the rows are made as it would make them.
    fn inject(&mut self, key_package: &[u8], init: Vec<u8>, encryption: Vec<u8>) -> KeyPackage {
        #[derive(serde::Serialize)]
        struct Bundle<'a> {
            key_package: &'a KeyPackage,
            private_init_key: VLBytes,
            private_encryption_key: Private,
        }
        #[derive(serde::Serialize)]
        struct Private {
            key: VLBytes,
        }
        let message = MlsMessageIn::tls_deserialize_exact(key_package).unwrap();
        let MlsMessageBodyIn::KeyPackage(package) = message.extract() else { panic!("not a key package") };
        let package: KeyPackage = unchecked(&package);
        let bundle = Bundle {
            key_package: &package,
            private_init_key: VLBytes::new(init),
            private_encryption_key: Private { key: VLBytes::new(encryption) },
        };
        let bundle: KeyPackageBundle = decode(&encode(&bundle).unwrap()).unwrap();
        self.with(|provider| {
            let reference = package.hash_ref(provider.crypto()).unwrap();
            provider.storage().write_key_package(&reference, &bundle).unwrap();
        });
        package
    }
}

/// As it is: the dates in the vectors are not ours to judge.
fn unchecked(package: &KeyPackageIn) -> KeyPackage {
    decode(&encode(package).unwrap()).unwrap()
}

#[test]
fn every_file_of_the_vectors_is_run_or_named_with_the_reason_why_not() {
    let found: BTreeSet<String> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let known: BTreeSet<String> = OUT_OF_REACH.iter().map(|(file, _)| *file).chain(RUN).map(str::to_owned).collect();
    assert_eq!(found, known);
}

/// Reads and writes back. `false` when it is refused for an extension in the wrong place: the vectors hold extensions drawn
/// at random, and the library is right not to take a ratchet tree for a part of a group's context.
fn comes_back<T>(vector: &Value) -> bool
where
    T: openmls::prelude::tls_codec::Deserialize + openmls::prelude::tls_codec::Serialize,
{
    let bytes = bytes(vector);
    match T::tls_deserialize(&mut &bytes[..]) {
        Ok(value) => {
            assert_eq!(hex::encode(value.tls_serialize_detached().unwrap()), hex::encode(bytes));
            true
        }
        Err(error) => {
            assert!(error.to_string().contains("that is not allowed in"), "{error}");
            false
        }
    }
}

#[test]
fn every_kind_of_message_is_read_and_written_back_unchanged() {
    type Kind = (&'static str, fn(&Value) -> bool);
    let kinds: [Kind; 14] = [
        ("mls_welcome", comes_back::<MlsMessageIn>),
        ("mls_group_info", comes_back::<MlsMessageIn>),
        ("mls_key_package", comes_back::<MlsMessageIn>),
        ("public_message_application", comes_back::<MlsMessageIn>),
        ("public_message_proposal", comes_back::<MlsMessageIn>),
        ("public_message_commit", comes_back::<MlsMessageIn>),
        ("private_message", comes_back::<MlsMessageIn>),
        ("ratchet_tree", comes_back::<RatchetTreeIn>),
        ("add_proposal", comes_back::<AddProposalIn>),
        ("update_proposal", comes_back::<UpdateProposalIn>),
        ("remove_proposal", comes_back::<RemoveProposal>),
        ("pre_shared_key_proposal", comes_back::<PreSharedKeyProposal>),
        ("external_init_proposal", comes_back::<ExternalInitProposal>),
        ("group_context_extensions_proposal", comes_back::<GroupContextExtensionProposalIn>),
    ];
    let all = vectors("messages.json");
    for (name, back) in kinds {
        assert!(all.iter().all(|vector| back(&vector[name])), "{name}");
    }
    // Parts of messages, private to the library: `commit` and `group_secrets`. They come in the whole ones above.
    // Every re-initialisation of the vectors has an extension where none may be; we do not use them.
    assert!(!all.iter().any(|vector| comes_back::<ReInitProposal>(&vector["re_init_proposal"])));
}

#[test]
fn lengths_are_read_and_written_as_the_vectors_say() {
    for vector in vectors("deserialization.json") {
        let (header, length) = (bytes(&vector["vlbytes_header"]), vector["length"].as_u64().unwrap() as usize);
        // Pages that nobody touches cost nothing: a GiB is only counted.
        let value = VLBytes::new(vec![0; length]);
        assert_eq!(value.tls_serialized_len(), header.len() + length);
        if length < 1 << 20 {
            let written = value.tls_serialize_detached().unwrap();
            assert_eq!(written[..header.len()], header);
            assert_eq!(VLBytes::tls_deserialize_exact(&written).unwrap().as_slice().len(), length);
        }
    }
}

/// MLS's labelled structures, written out (RFC 9420, 5.1.2, 5.1.3, 8).
fn labelled(label: &str, content: &[u8]) -> Vec<u8> {
    let label = VLBytes::new(format!("MLS 1.0 {label}").into_bytes());
    [label.tls_serialize_detached().unwrap(), VLBytes::new(content.to_vec()).tls_serialize_detached().unwrap()].concat()
}

fn expand(crypto: &RustCrypto, secret: &[u8], label: &str, context: &[u8], length: u16) -> Vec<u8> {
    let info = [&length.to_be_bytes()[..], &labelled(label, context)].concat();
    crypto.hkdf_expand(HashType::Sha2_256, secret, &info, length.into()).unwrap().as_slice().to_vec()
}

#[test]
fn the_primitives_that_we_ship_give_what_the_vectors_say() {
    let crypto = RustCrypto::default();
    for vector in of_our_suite("crypto-basics.json") {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let case = &vector["expand_with_label"];
        let length = case["length"].as_u64().unwrap() as u16;
        let out = expand(&crypto, &bytes(&case["secret"]), &text(&case["label"]), &bytes(&case["context"]), length);
        assert_eq!(out, bytes(&case["out"]));
        let case = &vector["derive_secret"];
        assert_eq!(expand(&crypto, &bytes(&case["secret"]), &text(&case["label"]), &[], 32), bytes(&case["out"]));
        let case = &vector["derive_tree_secret"];
        let generation = (case["generation"].as_u64().unwrap() as u32).to_be_bytes();
        let length = case["length"].as_u64().unwrap() as u16;
        let out = expand(&crypto, &bytes(&case["secret"]), &text(&case["label"]), &generation, length);
        assert_eq!(out, bytes(&case["out"]));
        let case = &vector["ref_hash"];
        let input = [
            VLBytes::new(text(&case["label"]).into_bytes()).tls_serialize_detached().unwrap(),
            VLBytes::new(bytes(&case["value"])).tls_serialize_detached().unwrap(),
        ];
        assert_eq!(crypto.hash(HashType::Sha2_256, &input.concat()).unwrap(), bytes(&case["out"]));
        let case = &vector["sign_with_label"];
        let content = labelled(&text(&case["label"]), &bytes(&case["content"]));
        let (key, signature) = (bytes(&case["pub"]), bytes(&case["signature"]));
        crypto.verify_signature(SignatureScheme::ED25519, &content, &key, &signature).unwrap();
        let own = crypto.sign(SignatureScheme::ED25519, &content, &bytes(&case["priv"])).unwrap();
        assert_eq!(own, signature);
        let case = &vector["encrypt_with_label"];
        let context = labelled(&text(&case["label"]), &bytes(&case["context"]));
        let (kem, sealed) = (bytes(&case["kem_output"]), bytes(&case["ciphertext"]));
        let sealed = HpkeCiphertext { kem_output: kem.into(), ciphertext: sealed.into() };
        let opened = crypto.hpke_open(CLASSIC.hpke_config(), &sealed, &bytes(&case["priv"]), &context, &[]).unwrap();
        assert_eq!(opened, bytes(&case["plaintext"]));
        let again = crypto.hpke_seal(CLASSIC.hpke_config(), &bytes(&case["pub"]), &context, &[], b"ours").unwrap();
        let opened = crypto.hpke_open(CLASSIC.hpke_config(), &again, &bytes(&case["priv"]), &context, &[]).unwrap();
        assert_eq!(opened, b"ours");
    }
}

fn welcome_of(bytes: &[u8]) -> Welcome {
    let MlsMessageBodyIn::Welcome(welcome) = MlsMessageIn::tls_deserialize_exact(bytes).unwrap().extract() else {
        panic!("not a welcome")
    };
    welcome
}

#[test]
fn a_welcome_opens_with_its_key_and_its_group_info_is_signed_by_the_signer() {
    for vector in of_our_suite("welcome.json") {
        let mut client = Client::new();
        client.inject(&bytes(&vector["key_package"]), bytes(&vector["init_priv"]), vec![0; 32]);
        let welcome = welcome_of(&bytes(&vector["welcome"]));
        let config = MlsGroupJoinConfig::default();
        client.with(|provider| {
            let opened = ProcessedWelcome::new_from_welcome(provider, &config, welcome).unwrap();
            let key =
                OpenMlsSignaturePublicKey::new(bytes(&vector["signer_pub"]).into(), SignatureScheme::ED25519).unwrap();
            opened.unverified_group_info().verify_no_out(provider.crypto(), &key).unwrap();
        });
    }
}

/// A client that only listens: enters by a welcome, follows proposals and commits, and has the vector's epoch
/// authenticator after each.
fn listen(vector: &Value) {
    let mut client = Client::new();
    for psk in vector["external_psks"].as_array().unwrap() {
        let id = PreSharedKeyId::external(bytes(&psk["psk_id"]), Vec::new());
        client.with(|provider| id.store(provider, &bytes(&psk["psk"])).unwrap());
    }
    client.inject(&bytes(&vector["key_package"]), bytes(&vector["init_priv"]), bytes(&vector["encryption_priv"]));
    let tree = vector["ratchet_tree"]
        .as_str()
        .map(|tree| RatchetTreeIn::tls_deserialize_exact(hex::decode(tree).unwrap()).unwrap());
    let config = MlsGroupJoinConfig::builder()
        .use_ratchet_tree_extension(true)
        .wire_format_policy(MIXED_PLAINTEXT_WIRE_FORMAT_POLICY)
        .number_of_resumption_psks(16)
        .build();
    let welcome = welcome_of(&bytes(&vector["welcome"]));
    let id = client.with(|provider| {
        let builder = StagedWelcome::build_from_welcome(provider, &config, welcome).unwrap().skip_lifetime_validation();
        let builder = match tree {
            Some(tree) => builder.with_ratchet_tree(tree),
            None => builder,
        };
        let group = builder.build().unwrap().into_group(provider).unwrap();
        assert_eq!(group.epoch_authenticator().as_slice(), bytes(&vector["initial_epoch_authenticator"]));
        group.group_id().clone()
    });
    for epoch in vector["epochs"].as_array().unwrap() {
        let proposals = epoch["proposals"].as_array().unwrap().iter();
        for message in proposals.chain([&epoch["commit"]]) {
            let message = MlsMessageIn::tls_deserialize_exact(bytes(message)).unwrap();
            let message: ProtocolMessage = message.try_into_protocol_message().unwrap();
            // Loaded anew for each message: what the rows lack would show.
            client.with(|provider| {
                let mut group = MlsGroup::load(provider.storage(), &id).unwrap().unwrap();
                match group.process_message(provider, message).unwrap().into_content() {
                    ProcessedMessageContent::ProposalMessage(queued) => {
                        group.store_pending_proposal(provider.storage(), *queued).unwrap();
                    }
                    ProcessedMessageContent::StagedCommitMessage(staged) => {
                        group.merge_staged_commit(provider, *staged).unwrap();
                    }
                    other => panic!("{other:?}"),
                }
            });
        }
        client.with(|provider| {
            let group = MlsGroup::load(provider.storage(), &id).unwrap().unwrap();
            assert_eq!(group.epoch_authenticator().as_slice(), bytes(&epoch["epoch_authenticator"]));
        });
    }
}

#[test]
fn a_passive_client_enters_by_every_welcome() {
    of_our_suite("passive-client-welcome.json").iter().for_each(listen);
}

#[test]
fn a_passive_client_follows_every_commit() {
    of_our_suite("passive-client-handling-commit.json").iter().for_each(listen);
}

#[test]
fn a_passive_client_follows_a_long_random_life() {
    of_our_suite("passive-client-random.json").iter().for_each(listen);
}

/// What OpenMLS says of a tree of others: its hashes, parent hashes and leaf signatures are checked before the group
/// info's signature, which nobody can make for a vector. So a good tree fails at the signature, and a bad one before.
fn judge(tree: &[u8], group_id: &[u8]) -> String {
    let context = [
        &[0, 1][..],
        &u16::from(CLASSIC).to_be_bytes(),
        &VLBytes::new(group_id.to_vec()).tls_serialize_detached().unwrap(),
        &0u64.to_be_bytes(),
        &[0, 0, 0],
    ];
    let context = GroupContext::tls_deserialize_exact(context.concat()).unwrap();
    let signature = Signature::tls_deserialize_exact([1, 0]).unwrap();
    let tag = ConfirmationTag::tls_deserialize_exact([1, 0]).unwrap();
    let Ok(tree) = RatchetTreeIn::tls_deserialize_exact(tree) else { return "malformed".to_owned() };
    let signer = (0..64).map(LeafNodeIndex::new);
    let mut client = Client::new();
    for signer in signer {
        let info =
            VerifiableGroupInfo::new(context.clone(), Extensions::empty(), tag.clone(), signer, signature.clone());
        let judged = client.with(|provider| {
            PublicGroup::from_external(provider.crypto(), provider.storage(), tree.clone(), info, ProposalStore::new())
                .map(|_| ())
                .unwrap_err()
                .to_string()
        });
        // A blank leaf cannot sign: the next.
        if !judged.contains("Sender not found") {
            return judged;
        }
    }
    panic!("a tree without leaves");
}

fn assert_tree_is_judged(tree: &[u8], group_id: &[u8]) {
    const GOOD: &str = "The signature on the GroupInfo is not valid.";
    assert_eq!(judge(tree, group_id), GOOD);
    // The control: one bit of the last signature.
    let mut wrong = tree.to_vec();
    let last = wrong.len() - 3;
    wrong[last] ^= 1;
    assert_ne!(judge(&wrong, group_id), GOOD);
}

#[test]
fn trees_are_found_valid_and_changed_ones_are_not() {
    for vector in of_our_suite("tree-validation.json") {
        assert_tree_is_judged(&bytes(&vector["tree"]), &bytes(&vector["group_id"]));
    }
}

#[test]
fn the_trees_of_update_paths_are_found_valid() {
    // The paths themselves are private to the library; passive clients decrypt theirs.
    for vector in of_our_suite("treekem.json") {
        assert_tree_is_judged(&bytes(&vector["ratchet_tree"]), &bytes(&vector["group_id"]));
    }
}
