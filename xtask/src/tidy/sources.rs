//! Rust files: each opens with its promise, stays readable in one sitting, and leaves nothing to be done later.

use super::{Findings, Source};

/// Above this a file is noted.
const LINES_GOOD: usize = 400;
/// Above this it is refused; tests, at the end of a file or in files of their own, do not count.
const LINES_MAX: usize = 500;

/// The words between engine and interface, and the list of scenes: one enumeration or list each, which cannot stand apart.
const VOCABULARIES: [&str; 3] =
    ["shared/view/src/command.rs", "shared/view/src/update.rs", "tests/src/looks/scenes.rs"];
/// Above this even they are refused.
const VOCABULARY_MAX: usize = 800;

/// Marks a sleep in a test that asks again and again for something that sends no event, such as another program.
const POLLS: &str = "// polls:";

/// Checks every file.
pub fn check(sources: &[Source], findings: &mut Findings) {
    for source in sources {
        promise(source, findings);
        length(source, findings);
        leftovers(source, findings);
    }
}

fn promise(source: &Source, findings: &mut Findings) {
    let first = source.text.lines().next().unwrap_or_default();
    if first.strip_prefix("//!").is_none_or(|promise| promise.trim().len() < 10) {
        findings.complain(format!("{}: the first line is not its promise (`//! …`)", source.path));
    }
}

fn length(source: &Source, findings: &mut Findings) {
    let lines = source.text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
    if is_test_file(&source.path) {
        return;
    }
    let most = if VOCABULARIES.contains(&source.path.as_str()) { VOCABULARY_MAX } else { LINES_MAX };
    if lines > most {
        findings.complain(format!("{}: {lines} lines without tests, at most {most}", source.path));
    } else if lines > LINES_GOOD {
        findings.note(format!("{}: {lines} lines without tests, {LINES_GOOD} read better", source.path));
    }
}

fn leftovers(source: &Source, findings: &mut Findings) {
    // The words are put together here, so that this file does not complain about itself.
    let unfinished = ["todo", "unimplemented"].map(|word| format!("{word}!("));
    let ignored = format!("#[{}", "ignore");
    let mut in_tests = is_test_file(&source.path);
    let mut before = "";
    for (index, line) in source.text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        let place = format!("{}:{}", source.path, index + 1);
        in_tests |= code.trim() == "#[cfg(test)]";
        if unfinished.iter().any(|word| code.contains(word.as_str())) {
            findings.complain(format!("{place}: unfinished code does not land"));
        }
        if code.trim_start().starts_with(&ignored) {
            findings.complain(format!("{place}: a test that is not run is no test: repair it or remove it"));
        }
        let sleeps = ["thread::sleep(", "time::sleep(", " sleep("].iter().any(|call| code.contains(call));
        let excused = line.contains(POLLS) || before.contains(POLLS);
        if in_tests && sleeps && !code.contains("fn sleep(") && !excused {
            findings.complain(format!(
                "{place}: a test sleeps: use virtual time or wait for an event (or say `{POLLS} what and why`)"
            ));
        }
        before = line;
    }
}

fn is_test_file(path: &str) -> bool {
    path.starts_with("tests/tests/")
        || path.contains("/tests/")
        || path.ends_with("/tests.rs")
        || path.ends_with("_tests.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> Vec<String> {
        let mut findings = Findings::default();
        check(&[Source { path: path.into(), text: text.into() }], &mut findings);
        findings.complaints
    }

    const PROMISE: &str = "//! Does one thing. Nothing else.\n";

    #[test]
    fn a_file_with_a_promise_passes() {
        assert!(complaints("server/src/a.rs", PROMISE).is_empty());
    }

    #[test]
    fn a_file_without_a_promise_or_with_a_word_for_one_is_refused() {
        assert_eq!(complaints("server/src/a.rs", "fn main() {}").len(), 1);
        assert_eq!(complaints("server/src/a.rs", "//! Stub.\n").len(), 1);
    }

    #[test]
    fn a_long_file_is_refused_but_its_tests_do_not_count() {
        let code = format!("{PROMISE}{}", "let a = 1;\n".repeat(LINES_MAX));
        assert_eq!(complaints("server/src/a.rs", &code).len(), 1);
        let tested = format!("{PROMISE}#[cfg(test)]\nmod tests {{\n{}}}\n", "let a = 1;\n".repeat(LINES_MAX));
        assert!(complaints("server/src/a.rs", &tested).is_empty());
    }

    #[test]
    fn unfinished_code_and_tests_that_are_not_run_are_refused() {
        let unfinished = format!("{PROMISE}fn a() {{ {}!() }}", "todo");
        assert_eq!(complaints("server/src/a.rs", &unfinished).len(), 1);
        let ignored = format!("{PROMISE}#[test]\n#[{}]\nfn a() {{}}", "ignore");
        assert_eq!(complaints("server/src/a.rs", &ignored).len(), 1);
    }

    #[test]
    fn a_sleep_is_refused_in_tests_only_and_unless_it_polls() {
        let sleep = format!("std::thread::{}(SECOND);\n", "sleep");
        assert_eq!(complaints("tests/tests/a.rs", &format!("{PROMISE}{sleep}")).len(), 1);
        assert!(
            complaints("tests/tests/a.rs", &format!("{PROMISE}// polls: the driver says nothing\n{sleep}")).is_empty()
        );
        assert!(complaints("server/src/a.rs", &format!("{PROMISE}{sleep}")).is_empty());
        assert_eq!(complaints("server/src/a.rs", &format!("{PROMISE}#[cfg(test)]\n{sleep}")).len(), 1);
    }
}
