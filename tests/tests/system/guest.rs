//! Someone who comes by browser: the real web client of a real server, in Chromium.

use system_tests::desk::Window;
use testkit::TestServer;

/// Carol, say, who has an account, in a browser of her own.
pub async fn sign_in(server: &TestServer, username: &str) -> Window {
    let page = Window::page().await;
    page.client.goto(&format!("http://{}/", server.addresses().http)).await.unwrap();
    page.fill("[autocomplete=username]", username).await;
    page.fill("[autocomplete=current-password]", "correct horse battery").await;
    page.click(".account-form > .button--primary").await;
    page.see(".chat-row").await;
    page
}
