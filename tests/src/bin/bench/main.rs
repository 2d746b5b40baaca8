//! Measures the system side by side with the raw limits of the same machine, in one run and with the same load generator.
//! `bench [NAME…]` runs the measures whose names begin so; without names, all of them.
//!
//! A machine shared with other work changes every absolute figure; the ratios hold, because both sides of each ratio
//! are measured within seconds of each other.
#![allow(clippy::print_stdout, reason = "the table is the product")]

mod bare;
mod desktop;
mod durable;
mod engine;
mod fanout;
mod history;
mod idle;
mod latency;
mod load;
mod mls;
mod process;
mod report;
mod search;
mod socket;
mod texts;
mod ui;

use report::Report;

type Measure = fn(&mut Report);

/// What can be measured. The letters are those of the aims.
const MEASURES: &[(&str, Measure)] = &[
    ("durable", durable::measure),
    ("fanout", fanout::measure),
    ("idle", idle::measure),
    ("latency", latency::measure),
    ("engine", engine::measure),
    ("mls", mls::measure),
    ("history", history::measure),
    ("ui", ui::measure),
    ("desktop", desktop::measure),
    ("search", search::measure),
    ("crowd", mls::measure_crowd),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, folder] = &arguments[..]
        && command == bare::COMMAND
    {
        return bare::serve(std::path::Path::new(folder));
    }
    let mut report = Report::default();
    report.head();
    for (name, measure) in MEASURES {
        if arguments.is_empty() || arguments.iter().any(|asked| name.starts_with(asked.as_str())) {
            measure(&mut report);
        }
    }
    report.foot();
}
