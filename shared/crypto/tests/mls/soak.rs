//! The whole life of a group in virtual time: three people, five devices, a network that loses, doubles and reorders, a
//! server that accepts one commit for each epoch, commits that race, devices that are added, removed, wiped, and come back.
//! Every message must be readable by every member of its time, once, and nobody may fork. With the library's defaults the
//! same life loses messages: the control.

mod server;
mod world;

use crypto::mls::{Retention, Suite};

use world::World;

/// One life; says what it came to.
fn live(seed: u64, suite: Suite, retention: Retention, seconds: u64) -> world::Outcome {
    let mut world = World::new(seed, suite, retention);
    world.run(seconds * 1_000);
    world.settle();
    world.outcome()
}

fn assert_nothing_is_lost(seed: u64, outcome: &world::Outcome) {
    assert_eq!(outcome.unreadable, Vec::<String>::new(), "seed {seed}");
    assert_eq!((outcome.missing, outcome.forked), (0, false), "seed {seed}");
    // The life was one: all of this took place.
    let lived = outcome.messages > 100 && outcome.epochs > 15 && outcome.races > 10 && outcome.late > 10;
    assert!(lived && outcome.rejoins > 0 && outcome.evictions > 0, "seed {seed}: {outcome:?}");
}

#[test]
fn five_devices_lose_nothing_over_a_bad_network() {
    for seed in 1..=2 {
        assert_nothing_is_lost(seed, &live(seed, Suite::Classic, Retention::CHOSEN, 60));
    }
}

#[test]
fn five_devices_of_the_hybrid_suite_lose_nothing_over_a_bad_network() {
    assert_nothing_is_lost(4, &live(4, Suite::Hybrid, Retention::CHOSEN, 60));
}

#[test]
fn the_same_life_with_the_librarys_defaults_loses_messages() {
    let outcome = live(1, Suite::Classic, Retention::LIBRARY, 20);
    assert!(!outcome.unreadable.is_empty() && outcome.missing > 0, "the control must lose messages");
}
