//! A bare Tauri window with a page of one line: what a window costs before there is an app in it. The bench compares.

use tauri::{Url, WebviewUrl, WebviewWindowBuilder};

const PAGE: &str = "<!doctype html><title>bare</title><p>bare</p>";

fn main() {
    tauri::Builder::default()
        .register_uri_scheme_protocol("bare", |_, _| {
            let page = tauri::http::Response::builder().header("content-type", "text/html").body(PAGE.as_bytes());
            page.expect("a fixed page is a valid answer")
        })
        .setup(|app| {
            let page: Url = "bare://localhost/".parse()?;
            let window = WebviewWindowBuilder::new(app, "bare", WebviewUrl::CustomProtocol(page));
            window.title("bare").inner_size(1180.0, 780.0).build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
        .expect("a bare window opens");
}
