//! What random worlds have in common: a seed for each, their weather, what goes wrong, and how they come to rest.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use protocol::{ChatId, LocalId, MessageId};
use rand::RngExt;
use view::{Command, Delivery, MessageContent};

use crate::world::{Stores, Weather, World};

/// Runs as many random worlds as `HYBRID_SEEDS` says, else the first number of them, with `HYBRID_TEST_SCALE=full` the second; with
/// `HYBRID_SEED` that one alone. A failure tells its seed.
pub fn each_seed((quick_run, full_run): (u64, u64), run: impl Fn(u64, &mut Stores) + Sync) {
    if let Some(seed) = number("HYBRID_SEED") {
        run(seed, &mut Stores::default());
        return;
    }
    let full = std::env::var("HYBRID_TEST_SCALE").is_ok_and(|scale| scale == "full");
    let seeds = number("HYBRID_SEEDS").unwrap_or(if full { full_run } else { quick_run });
    let next = AtomicU64::new(0);
    let failed = AtomicU64::new(u64::MAX);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut stores = Stores::default();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds || failed.load(Ordering::Relaxed) != u64::MAX {
                        break;
                    }
                    if catch_unwind(AssertUnwindSafe(|| run(seed, &mut stores))).is_err() {
                        eprintln!("seed {seed} failed: run it alone with HYBRID_SEED={seed}");
                        failed.fetch_min(seed, Ordering::Relaxed);
                        stores = Stores::default();
                    }
                }
            });
        }
    });
    let failed = failed.load(Ordering::Relaxed);
    assert_eq!(failed, u64::MAX, "seed {failed} failed");
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Some weather.
pub fn weather(world: &mut World) -> Weather {
    let mut up_to = |most: u32| if world.rng.random() { world.rng.random_range(0..=most) } else { 0 };
    Weather {
        delay_ms: up_to(400) + 1,
        event_late: up_to(200),
        event_twice: up_to(200),
        event_lost: up_to(200),
        reply_twice: up_to(200),
        reply_lost: up_to(10),
        cut: up_to(15),
        crash_before: up_to(15),
        crash_after: up_to(15),
        server_dies: up_to(20),
        refused_for_now: up_to(150),
    }
}

/// Something that goes wrong at once.
pub fn fault(world: &mut World) {
    let person = world.rng.random_range(0..world.people.len());
    match world.rng.random_range(0..7) {
        0 => world.restart_server(),
        1 => world.cut(person),
        2 => {
            world.unreachable[person] = !world.unreachable[person];
            world.cut(person);
        }
        3 => {
            world.server_down = !world.server_down;
            world.restart_server();
        }
        4 => {
            world.kill(person);
            let pause = world.rng.random_range(0..5_000);
            world.run_for(pause);
            world.start(person);
        }
        5 => {
            let pause = world.rng.random_range(20_000..120_000);
            world.run_for(pause);
        }
        _ => {
            world.command(person, Command::Reconnect);
        }
    }
}

pub fn local_id(world: &mut World) -> LocalId {
    let random: [u8; 10] = world.rng.random();
    LocalId::from_parts(u64::try_from(world.now).unwrap(), random)
}

/// A message on someone's screen: chat, id, own.
pub fn pick_shown(world: &mut World, person: usize) -> Option<(ChatId, MessageId, bool)> {
    let screen = &world.people[person].screen;
    let rows: Vec<_> = screen
        .rows
        .iter()
        .filter(|row| matches!(row.content, MessageContent::Text { .. }))
        .map(|row| (row.id.clone(), row.own))
        .collect();
    let chat = screen.open.clone()?;
    if rows.is_empty() {
        return None;
    }
    let (id, own) = rows[world.rng.random_range(0..rows.len())].clone();
    Some((chat, id, own))
}

pub fn open(world: &mut World, person: usize, chat: ChatId) {
    world.command(person, Command::OpenChat { chat_id: chat });
}

/// The weather clears; everyone comes back and catches up.
pub fn settle(world: &mut World) {
    world.weather = Weather::CALM;
    world.server_down = false;
    world.unreachable = vec![false; world.people.len()];
    world.run_for(4_000);
    for person in 0..world.people.len() {
        if world.people[person].engine.is_none() {
            world.start(person);
        }
        // Receipts that were lost are told again at the next connection.
        world.cut(person);
    }
    let calm = world.run_until(240_000, |world| {
        world.people.iter().all(|p| p.screen.connection == Some(view::Connection::Online))
            && world.people.iter().all(|p| p.screen.chats.iter().all(|row| row.last_delivery != Some(Delivery::Queued)))
    });
    let states: Vec<_> = world.people.iter().map(|p| p.screen.connection).collect();
    assert!(calm, "not everyone came back: {states:?}");
    world.run_for(62_000);
}
