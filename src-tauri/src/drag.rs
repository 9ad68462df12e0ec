//! Files dragged out of the window: a drag source of our own, since no page can give another program a file.
//!
//! What is dragged lies in the engine's private folder already, so that the other program finds whole files under safe
//! names; it is offered for copying alone. Handlers stay until the drag is over: the other program asks for the list only
//! after it let go.
//!
//! Does not: offer `XdndDirectSave0`. That is for programs that write the file only once it is known where to; it takes one
//! file at a time, and hands out a path of the file manager's, which means nothing to a sandboxed program. Ours lie there
//! already, several at once, and every file manager copies from `text/uri-list`.

use serde_json::Value;
use tauri::AppHandle;

/// Files of one drag: a person holds a handful, and each is a file that another program opens.
const FILES_MAX: usize = 500;

/// Drags files until they are let go; answers with whether another program took them.
#[cfg(target_os = "linux")]
pub(crate) async fn files(app: &AppHandle, paths: Vec<String>) -> Result<Value, Value> {
    use tauri::Manager as _;

    if paths.is_empty() || paths.len() > FILES_MAX {
        return Err(crate::command::invalid("Between one file and five hundred are dragged"));
    }
    let mut uris = Vec::with_capacity(paths.len());
    for path in paths {
        let whole = crate::command::staged(app, &path)?;
        let uri = gtk::glib::filename_to_uri(&whole, None);
        uris.push(
            uri.map_err(|error| crate::command::file_problem("This file has no address", &error))?,
        );
    }
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let for_window = app.clone();
    let asked = app.run_on_main_thread(move || {
        let window = for_window.get_webview_window(crate::window::MAIN);
        if let Some(window) = window.and_then(|window| window.gtk_window().ok()) {
            linux::begin(&window, uris, sender);
        }
    });
    // Whoever drops the sender says that nothing was dragged.
    let was_taken = asked.is_ok() && receiver.await.unwrap_or(false);
    Ok(Value::Bool(was_taken))
}

/// Elsewhere files are saved.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn files(_app: &AppHandle, _paths: Vec<String>) -> Result<Value, Value> {
    Err(crate::command::invalid("Files are not dragged out on this system"))
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{cell::Cell, rc::Rc};

    use gtk::{gdk, glib, prelude::*};
    use tokio::sync::oneshot::Sender;

    /// How a list of files is called between programs (RFC 2483 section 5).
    const URI_LIST: &str = "text/uri-list";
    /// The button that drags.
    const LEFT: i32 = 1;

    /// Begins a drag of these addresses; `done` hears once whether another program took them.
    pub(super) fn begin(
        window: &gtk::ApplicationWindow,
        uris: Vec<glib::GString>,
        done: Sender<bool>,
    ) {
        let was_asked = Rc::new(Cell::new(false));
        let has_failed = Rc::new(Cell::new(false));
        let (asked, failed) = (Rc::clone(&was_asked), Rc::clone(&has_failed));
        let given = window.connect_drag_data_get(move |_, _, data, _, _| {
            asked.set(true);
            let uris: Vec<&str> = uris.iter().map(glib::GString::as_str).collect();
            data.set_uris(&uris);
        });
        let refused = window.connect_drag_failed(move |_, _, _| {
            failed.set(true);
            glib::Propagation::Proceed
        });
        let handlers = Rc::new(Cell::new(vec![given, refused]));
        let (done, kept) = (Cell::new(Some(done)), Rc::clone(&handlers));
        let ended = window.connect_drag_end(move |window, _| {
            let was_taken = was_asked.get() && !has_failed.get();
            if let Some(done) = done.take() {
                // The page that asked may have gone.
                let _ = done.send(was_taken);
            }
            let (window, kept) = (window.clone(), Rc::clone(&kept));
            // Not while the handlers run.
            glib::idle_add_local_once(move || {
                kept.take().into_iter().for_each(|handler| window.disconnect(handler));
            });
        });
        let mut all = handlers.take();
        all.push(ended);
        handlers.set(all);
        let target = gtk::TargetEntry::new(URI_LIST, gtk::TargetFlags::empty(), 0);
        let targets = gtk::TargetList::new(&[target]);
        let copy = gdk::DragAction::COPY;
        match window.drag_begin_with_coordinates(&targets, copy, LEFT, None, -1, -1) {
            Some(context) => context.drag_set_icon_name("mail-attachment", 0, 0),
            // The pointer belongs to somebody else: the handlers, and the sender with them, go.
            None => handlers.take().into_iter().for_each(|handler| window.disconnect(handler)),
        }
    }
}
