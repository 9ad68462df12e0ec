//! Commands of the page: methods of the engine as they come, and the few that only a desktop program can do.
//!
//! Tauri has checked the capability of the calling window before anything here runs.

use std::{path::PathBuf, sync::Arc};

use serde_json::{Value, json};
use tauri::{
    AppHandle, Manager as _,
    ipc::{Invoke, InvokeBody, InvokeResolver},
};
use tauri_plugin_dialog::DialogExt as _;
use tauri_plugin_opener::OpenerExt as _;

use crate::{Shell, clipboard, drag, event, print, quit, spelling};

type Answer = Result<Value, Value>;

/// Endings of pictures that every mail client shows.
const PICTURES: [&str; 5] = ["png", "jpg", "jpeg", "gif", "webp"];

/// Answers a command; Tauri's one entry.
pub(crate) fn handle(invoke: Invoke<tauri::Wry>) -> bool {
    let command = invoke.message.command().to_owned();
    let app = invoke.message.webview_ref().app_handle().clone();
    let InvokeBody::Json(payload) = invoke.message.payload() else {
        invoke.resolver.reject(invalid("The parameters are one JSON object"));
        return true;
    };
    let payload = payload.clone();
    let resolver = invoke.resolver;
    tauri::async_runtime::spawn(async move {
        let answer = if command.starts_with("shell_") {
            shell(&app, &command, &payload).await
        } else {
            let engine = Arc::clone(&app.state::<Shell>().engine);
            let parameters = payload.get("params").cloned().unwrap_or_else(|| json!({}));
            let answer = engine.dispatch_command(&command, parameters).await;
            answer.map_err(|error| serde_json::to_value(error).unwrap_or(Value::Null))
        };
        respond(resolver, answer);
    });
    true
}

fn respond(resolver: InvokeResolver<tauri::Wry>, answer: Answer) {
    match answer {
        Ok(value) => resolver.resolve(value),
        Err(error) => resolver.reject(error),
    }
}

/// Returns the refusal of a call that the page should not have made.
pub(crate) fn invalid(message: &str) -> Value {
    json!({ "code": "invalid", "message": message, "detail": "" })
}

/// Returns the error for a file that cannot be used.
pub(crate) fn file_problem(message: &str, detail: &dyn std::fmt::Display) -> Value {
    json!({ "code": "file", "message": message, "detail": detail.to_string() })
}

fn text(parameters: &Value, name: &str) -> Result<String, Value> {
    parameters
        .get(name)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| invalid("A parameter is missing"))
}

fn texts(parameters: &Value, name: &str) -> Result<Vec<String>, Value> {
    let values = parameters.get(name).and_then(Value::as_array);
    let texts = values.map(|values| values.iter().map(|value| value.as_str().map(str::to_owned)));
    texts.and_then(Iterator::collect).ok_or_else(|| invalid("A parameter is missing"))
}

async fn print(app: &AppHandle, url: &str) -> Answer {
    let printed = print::document(app, url).await;
    printed.map_err(|error| file_problem("The message could not be printed", &error))?;
    Ok(Value::Null)
}

/// Answers a command of the shell. Each stands on a line of its own: the build script reads the names here.
async fn shell(app: &AppHandle, command: &str, parameters: &Value) -> Answer {
    match command {
        "shell_ready" => Ok(event::ready(app)),
        "shell_painted" => {
            let rows = parameters.get("rows").and_then(Value::as_u64).unwrap_or_default();
            // The benchmark of a start waits for this line.
            tracing::info!(rows, "the first list is painted");
            Ok(Value::Null)
        }
        "shell_pick_files" => pick_files(app, parameters).await,
        "shell_pick_folder" => pick_folder(app).await,
        "shell_pick_save_path" => pick_save_path(app, text(parameters, "name")?).await,
        "shell_open_external" => open_external(app, &text(parameters, "url")?),
        "shell_open_path" => open_path(app, text(parameters, "path")?),
        "shell_drag_files" => drag::files(app, texts(parameters, "paths")?).await,
        "shell_clipboard_image" => clipboard::image(app).await,
        "shell_print" => print(app, &text(parameters, "url")?).await,
        "shell_set_spelling" => Ok(spelling::set(app, texts(parameters, "languages")?).await),
        "shell_close_heard" => {
            quit::heard(app);
            Ok(Value::Null)
        }
        "shell_confirm_quit" => {
            quit::now(app);
            Ok(Value::Null)
        }
        _ => Err(invalid("There is no such command")),
    }
}

/// Lets the user choose files; with a word for pictures in `pictures`, only those that every mail client shows.
async fn pick_files(app: &AppHandle, parameters: &Value) -> Answer {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let dialog = match parameters.get("pictures").and_then(Value::as_str) {
        Some(word) => app.dialog().file().add_filter(word, &PICTURES),
        None => app.dialog().file(),
    };
    dialog.pick_files(move |chosen| drop(sender.send(chosen)));
    let chosen = receiver.await.ok().flatten().unwrap_or_default();
    Ok(json!(chosen.into_iter().filter_map(|path| path.into_path().ok()).collect::<Vec<PathBuf>>()))
}

async fn pick_folder(app: &AppHandle) -> Answer {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    app.dialog().file().pick_folder(move |chosen| drop(sender.send(chosen)));
    Ok(json!(receiver.await.ok().flatten().and_then(|path| path.into_path().ok())))
}

async fn pick_save_path(app: &AppHandle, name: String) -> Answer {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    app.dialog().file().set_file_name(name).save_file(move |chosen| drop(sender.send(chosen)));
    Ok(json!(receiver.await.ok().flatten().and_then(|path| path.into_path().ok())))
}

/// Opens a link outside. Only what a browser or a mail client opens: a link in a mail must not start programs.
fn open_external(app: &AppHandle, url: &str) -> Answer {
    let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel") {
        return Err(invalid("Only web, mail and telephone links are opened"));
    }
    if scheme == "mailto" {
        event::request_mailto(app, url.to_owned());
        return Ok(Value::Null);
    }
    app.opener()
        .open_url(url, None::<&str>)
        .map_err(|error| file_problem("The link could not be opened", &error))?;
    Ok(Value::Null)
}

/// Returns the whole path of a file that the engine staged: nothing outside its private folder is ever given away for a
/// page.
pub(crate) fn staged(app: &AppHandle, path: &str) -> Result<PathBuf, Value> {
    let staged = app.state::<Shell>().engine.staging_folder();
    let whole = std::fs::canonicalize(path)
        .map_err(|error| file_problem("The file is not there", &error))?;
    let inside = std::fs::canonicalize(staged).is_ok_and(|folder| whole.starts_with(folder));
    if inside { Ok(whole) } else { Err(invalid("Only files that were staged are opened")) }
}

/// Opens a file that the engine staged.
fn open_path(app: &AppHandle, path: String) -> Answer {
    staged(app, &path)?;
    app.opener()
        .open_path(path, None::<&str>)
        .map_err(|error| file_problem("No program opens this file", &error))?;
    Ok(Value::Null)
}
