//! Pictures on the clipboard: WebKitGTK gives a page none, so that paste comes through here.

use base64::Engine as _;
use serde_json::{Value, json};
use tauri::AppHandle;

/// Answers with the clipboard's picture as Base64 of a PNG, or null where there is none.
#[cfg(target_os = "linux")]
pub(crate) async fn image(app: &AppHandle) -> Result<Value, Value> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    // GTK is spoken to on its own thread alone.
    let asked = app.run_on_main_thread(move || {
        let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
        clipboard.request_image(move |_, picture| {
            drop(sender.send(picture.and_then(|picture| picture.save_to_bufferv("png", &[]).ok())));
        });
    });
    if asked.is_err() {
        return Ok(Value::Null);
    }
    let bytes = receiver.await.ok().flatten();
    Ok(json!(bytes.map(|bytes| base64::engine::general_purpose::STANDARD.encode(bytes))))
}

/// Other webviews paste pictures by themselves.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn image(_app: &AppHandle) -> Result<Value, Value> {
    Ok(Value::Null)
}
