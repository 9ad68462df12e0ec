//! Events: from the engine to the page as they come, and what the desktop asks the page to open.

use std::sync::{Arc, Mutex, PoisonError};

use posthorn_api::{Engine, contract::Event};
use serde_json::{Value, json};
use tauri::{AppHandle, Emitter as _, Manager as _};
use tokio::sync::broadcast::error::RecvError;

use crate::{Shell, notification};

/// Name of the one Tauri event that carries the engine's events.
const ENGINE: &str = "engine";
/// Requests kept for a page that is not ready: a person clicks no more than this while a window opens.
const MAX_WAITING: usize = 16;

/// What the page is asked to open, kept until it is ready.
#[derive(Debug, Default)]
pub(crate) struct OpenRequests(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    page_is_ready: bool,
    requests: Vec<Event>,
}

impl OpenRequests {
    /// Returns the requests of a start with this link.
    pub(crate) fn starting_with(mailto: Option<String>) -> Self {
        let requests = mailto
            .map(|mailto| Event::OpenRequested { mailto, message: None })
            .into_iter()
            .collect();
        Self(Mutex::new(Waiting { page_is_ready: false, requests }))
    }
}

/// Says that the page listens; answers with what it was asked to open before.
pub(crate) fn ready(app: &AppHandle) -> Value {
    let shell = app.state::<Shell>();
    let mut waiting = shell.requests.0.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.page_is_ready = true;
    json!(std::mem::take(&mut waiting.requests))
}

fn request(app: &AppHandle, event: Event) {
    let shell = app.state::<Shell>();
    let mut waiting = shell.requests.0.lock().unwrap_or_else(PoisonError::into_inner);
    if waiting.page_is_ready {
        send(app, ENGINE, &json!(event));
    } else if waiting.requests.len() < MAX_WAITING {
        waiting.requests.push(event);
    }
}

/// Asks the page to compose to a `mailto:` link.
pub(crate) fn request_mailto(app: &AppHandle, mailto: String) {
    request(app, Event::OpenRequested { mailto, message: None });
}

/// Asks the page to show a message.
pub(crate) fn request_message(app: &AppHandle, message: i64) {
    request(app, Event::OpenRequested { mailto: String::new(), message: Some(message) });
}

/// Sends something to every page.
pub(crate) fn send(app: &AppHandle, name: &str, payload: &Value) {
    if let Err(error) = app.emit(name, payload) {
        tracing::warn!(%error, "an event did not reach the page");
    }
}

/// Carries the engine's events to the page for as long as the engine lives.
pub(crate) fn forward(app: AppHandle, engine: &Arc<Engine>) {
    let mut events = engine.subscribe();
    tauri::async_runtime::spawn(async move {
        loop {
            match events.recv().await {
                Ok(event) => {
                    if let Event::MailArrived { arrivals } = &event {
                        notification::show(&app, arrivals).await;
                    }
                    if let Event::FollowUpsDue { unanswered } = &event {
                        notification::show_unanswered(&app, unanswered).await;
                    }
                    send(&app, ENGINE, &json!(event));
                }
                // The page was too slow: it asks for everything again.
                Err(RecvError::Lagged(missed)) => send(&app, "shell-lagged", &json!(missed)),
                Err(RecvError::Closed) => return,
            }
        }
    });
}
