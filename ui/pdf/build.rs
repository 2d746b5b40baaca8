//! Gives the wasm module a bound: a file that wants more memory ends its worker, not the page.

/// 512 MiB.
const MEMORY_BYTES_MAX: u64 = 512 * 1024 * 1024;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo:rustc-link-arg-cdylib=--max-memory={MEMORY_BYTES_MAX}");
    }
}
