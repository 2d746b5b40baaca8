//! Turns an app lock on, changes it and takes it off, for being killed: `locker FOLDER DO STOP`. The key's other place is a file. It says
//! each step of that place before and after it is done, and stops for good at the one that is named STOP.
#![allow(clippy::print_stdout, reason = "its output is what the test reads")]

use std::path::{Path, PathBuf};

use client::{AppLock, KeyPlace};
use crypto::Key;

const PASSPHRASES: [&str; 2] = ["двенадцать слонов", "тринадцать слонов"];

struct Drawer {
    path: PathBuf,
    stop: String,
}

impl Drawer {
    fn say(&self, step: &str) {
        println!("{step}");
        if step == self.stop {
            loop {
                std::thread::park();
            }
        }
    }
}

impl KeyPlace for Drawer {
    fn put(&self, key: &Key) -> Result<(), String> {
        self.say("putting");
        std::fs::write(&self.path, key.reveal()).map_err(|error| error.to_string())?;
        self.say("put");
        Ok(())
    }

    fn forget(&self) -> Result<(), String> {
        self.say("forgetting");
        std::fs::remove_file(&self.path).map_err(|error| error.to_string())?;
        self.say("forgot");
        Ok(())
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, what, stop] = &arguments[..] else { panic!("usage: locker FOLDER DO STOP") };
    let folder = Path::new(folder);
    let drawer = Drawer { path: folder.join("drawer"), stop: stop.clone() };
    let lock = AppLock::of(folder);
    let key = || Key::parse(&std::fs::read_to_string(&drawer.path).expect("a key")).expect("a key");
    match what.as_str() {
        "on" => lock.turn_on(&key(), PASSPHRASES[0], 5, &drawer).expect("it turns on"),
        "off" => lock.turn_off(PASSPHRASES[0], &drawer).expect("it turns off"),
        // What must not be: the control of the test.
        "careless" => drawer.forget().expect("it forgets"),
        _ => {
            lock.turn_on(&key(), PASSPHRASES[0], 5, &drawer).expect("it turns on");
            for round in 0.. {
                let (old, new) = (PASSPHRASES[round % 2], PASSPHRASES[(round + 1) % 2]);
                lock.change(old, new, 5).expect("it changes");
                drawer.say("changed");
            }
        }
    }
    drawer.say("done");
}
