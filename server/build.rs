//! Makes sure that the folder with the web client exists, so that a fresh clone compiles before the client was built.

use std::path::Path;

/// Shown at `/` until `cargo xtask ui` has built the real client.
const PLACEHOLDER: &str = "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Hybrid Messenger</title></head>\n\
<body>\n<h1>Hybrid Messenger</h1>\n<p>The server runs. Its web client is not built yet: run <code>cargo xtask ui</code>, then build the server again.</p>\n\
<p><a href=\"/api/docs/\">API</a></p>\n</body>\n</html>\n";

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist");
    let index = dist.join("index.html");
    if !index.exists() {
        std::fs::create_dir_all(&dist).expect("ui/dist can be made");
        std::fs::write(&index, PLACEHOLDER).expect("ui/dist can be written");
    }
    println!("cargo:rerun-if-changed=../ui/dist");
}
