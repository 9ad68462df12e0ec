//! Notifications of new mail, and of sent mail that nobody answered in time. A click opens the message; none is shown while the window has the focus.
//!
//! They are sent by our own hand: the usual plugin drops the handle, and with it the click.

#[cfg(target_os = "linux")]
use std::sync::atomic::{AtomicUsize, Ordering};

use posthorn_api::contract::{Arrival, Settings, Unanswered};
use tauri::AppHandle;
#[cfg(target_os = "linux")]
use tauri::Manager as _;

use crate::window;

/// Above this many at once, one notification stands for all.
#[cfg(target_os = "linux")]
const GROUPED_ABOVE: usize = 3;

/// Notifications whose click is waited for: a desktop that never answers must not gather threads without end.
#[cfg(target_os = "linux")]
const WAITING_LIMIT: usize = 32;

/// How many clicks are waited for now.
#[cfg(target_os = "linux")]
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Shows what arrived.
#[cfg(target_os = "linux")]
pub(crate) async fn show(app: &AppHandle, arrivals: &[Arrival]) {
    if window::has_focus(app) || !wanted(app).await {
        return;
    }
    if arrivals.len() > GROUPED_ABOVE {
        let senders: Vec<&str> =
            arrivals.iter().take(GROUPED_ABOVE).map(|arrival| arrival.from.as_str()).collect();
        let newest = arrivals.first().map(|arrival| arrival.message);
        notify(
            app.clone(),
            format!("{} ✉", arrivals.len()),
            format!("{}…", senders.join(", ")),
            newest,
        );
    } else {
        for arrival in arrivals {
            // The first words are missing where the message itself is still on its way.
            let body = format!("{}\n{}", arrival.subject, arrival.preview);
            let body = body.trim().to_owned();
            notify(app.clone(), arrival.from.clone(), body, Some(arrival.message));
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) async fn show(_app: &AppHandle, _arrivals: &[Arrival]) {}

/// Shows what nobody answered. Said in signs, as everything here: the words of the program are the page's.
#[cfg(target_os = "linux")]
pub(crate) async fn show_unanswered(app: &AppHandle, unanswered: &[Unanswered]) {
    if window::has_focus(app) || !wanted(app).await {
        return;
    }
    let Some(first) = unanswered.first() else { return };
    if unanswered.len() > GROUPED_ABOVE {
        let subjects: Vec<&str> =
            unanswered.iter().take(GROUPED_ABOVE).map(|one| one.subject.as_str()).collect();
        let summary = format!("{} ⏰", unanswered.len());
        notify(app.clone(), summary, format!("{}…", subjects.join("\n")), Some(first.message));
    } else {
        for one in unanswered {
            notify(app.clone(), format!("⏰ → {}", one.to), one.subject.clone(), Some(one.message));
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) async fn show_unanswered(_app: &AppHandle, _unanswered: &[Unanswered]) {}

#[cfg(target_os = "linux")]
async fn wanted(app: &AppHandle) -> bool {
    let engine = std::sync::Arc::clone(&app.state::<crate::Shell>().engine);
    let settings = engine.dispatch("settings.get", serde_json::json!({})).await;
    settings
        .ok()
        .and_then(|value| serde_json::from_value::<Settings>(value).ok())
        .is_none_or(|settings| settings.notifications)
}

/// Sends one notification and waits for its click on a thread of its own: the bus answers when the user does.
#[cfg(target_os = "linux")]
fn notify(app: AppHandle, summary: String, body: String, message: Option<i64>) {
    let spawned = std::thread::Builder::new().name("notification".to_owned()).spawn(move || {
        let shown = notify_rust::Notification::new()
            .appname("Posthorn")
            .icon("posthorn")
            .summary(&summary)
            // The body is markup to many servers, and the words are a stranger's.
            .body(&body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
            .hint(notify_rust::Hint::Category("email.arrived".to_owned()))
            .action("default", "Open")
            .show();
        match shown {
            Ok(handle) if WAITING.fetch_add(1, Ordering::Relaxed) < WAITING_LIMIT => {
                handle.wait_for_action(|action| {
                    if action == "default" {
                        window::show(&app);
                        if let Some(message) = message {
                            crate::event::request_message(&app, message);
                        }
                    }
                });
                WAITING.fetch_sub(1, Ordering::Relaxed);
            }
            Ok(_) => drop(WAITING.fetch_sub(1, Ordering::Relaxed)),
            Err(error) => tracing::info!(%error, "no notification service took the notification"),
        }
    });
    if let Err(error) = spawned {
        tracing::warn!(%error, "no thread for a notification");
    }
}
