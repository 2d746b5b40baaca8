//! Starts the interface in a web page; everything else is in the library.

fn main() {
    ui::start();
}
