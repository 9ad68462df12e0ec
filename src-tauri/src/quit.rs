//! Closing and quitting: unsent mail is said first, and nothing is left half-done.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use posthorn_api::contract::{Settings, Unsent};
use serde_json::json;
use tauri::{AppHandle, Manager as _, RunEvent};
use tokio::time::Instant;

use crate::{Shell, event, window};

/// A page that hangs cannot ask: closing again within this time is an answer too.
const CLOSED_TWICE_WITHIN: Duration = Duration::from_secs(5);

/// Where quitting stands.
#[derive(Debug, Default)]
pub(crate) struct Quit {
    /// When the page was told last to ask about unsent mail; absent once it said that it does.
    asked: Mutex<Option<Instant>>,
    /// The engine is being closed.
    closing: AtomicBool,
}

impl Quit {
    /// Tells whether the user was asked a moment ago, and remembers that they are asked now.
    fn was_just_asked(&self) -> bool {
        let last =
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).replace(Instant::now());
        last.is_some_and(|last| last.elapsed() < CLOSED_TWICE_WITHIN)
    }
}

/// Handles the close button: hides, asks, or quits.
pub(crate) fn on_close_requested(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let engine = Arc::clone(&app.state::<Shell>().engine);
        let settings = engine.dispatch("settings.get", json!({})).await.ok();
        let settings = settings.and_then(|value| serde_json::from_value::<Settings>(value).ok());
        if settings.is_some_and(|settings| settings.keep_running) {
            window::hide(&app);
            return;
        }
        let unsent = engine.dispatch("outbox.unsent", json!({})).await.ok();
        let unsent = unsent
            .and_then(|value| serde_json::from_value::<Unsent>(value).ok())
            .map_or(0, |unsent| unsent.count);
        if unsent == 0 || app.state::<Shell>().quit.was_just_asked() {
            now(&app);
        } else {
            window::show(&app);
            event::send(&app, "shell-close-asked", &json!(unsent));
        }
    });
}

/// Takes note that the page lives and asks the user: closing again asks again.
pub(crate) fn heard(app: &AppHandle) {
    app.state::<Shell>().quit.asked.lock().unwrap_or_else(PoisonError::into_inner).take();
}

/// Closes the engine in order, then leaves.
pub(crate) fn now(app: &AppHandle) {
    if app.state::<Shell>().quit.closing.swap(true, Ordering::SeqCst) {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        window::hide(&app);
        let engine = Arc::clone(&app.state::<Shell>().engine);
        engine.shutdown().await;
        app.exit(0);
    });
}

/// Handles Tauri's own run events: the last window's end alone does not end the program.
pub(crate) fn on_run_event(app: &AppHandle, event: RunEvent) {
    if let RunEvent::ExitRequested { api, code: None, .. } = event {
        api.prevent_exit();
        now(app);
    }
}
