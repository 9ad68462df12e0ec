//! The shell: windows, notifications, the content scheme; depends on posthorn-api, and posthorn-pdf for a process of its own.
//!
//! Invariant: no logic lives here. A command of the page goes to `Engine::dispatch` as it came, an event of the engine
//! goes to the page as it came; what is left is what only a desktop program can do.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod clipboard;
mod command;
mod content;
mod drag;
mod event;
#[cfg(target_os = "linux")]
mod filter;
mod notification;
mod options;
mod place;
mod print;
mod quit;
mod spelling;
mod window;

use std::sync::Arc;

use anyhow::Context as _;
use posthorn_api::Engine;
use tauri::Manager as _;

/// The engine and what the shell must remember, as Tauri's managed state.
pub(crate) struct Shell {
    /// The one engine of this process.
    pub(crate) engine: Arc<Engine>,
    /// What the page is asked to open as soon as it is ready.
    pub(crate) requests: event::OpenRequests,
    /// Whether the user was asked about unsent mail already.
    pub(crate) quit: quit::Quit,
}

fn main() -> anyhow::Result<std::process::ExitCode> {
    if let Some(ended) = posthorn_pdf::child(std::env::args_os().skip(1)) {
        return Ok(ended);
    }
    run().map(|()| std::process::ExitCode::SUCCESS)
}

fn run() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        // The mail crates write passwords and whole messages at lower levels.
        .with_env_filter("warn,posthorn=info,async_imap=info,async_pop=off,lettre=info")
        .init();
    let options = match options::Options::parse(std::env::args_os().skip(1)) {
        Ok(options) => options,
        Err(options::Refusal::Help) => return options::print_help(),
        Err(refusal) => anyhow::bail!("{refusal}"),
    };
    let runtime = posthorn_api::runtime().context("The asynchronous runtime could not start")?;
    tauri::async_runtime::set(runtime.handle().clone());

    let first_request = options.mailto.clone();
    let mut context = tauri::generate_context!();
    options.apply_to(&mut context);
    let app = tauri::Builder::default()
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .callback(|app, arguments, _directory| {
                    window::show(app);
                    if let Some(link) =
                        arguments.into_iter().skip(1).find(|argument| options::is_mailto(argument))
                    {
                        event::request_mailto(app, link);
                    }
                })
                .dbus_id(options.bus_name())
                .build(),
        )
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(window::remembered(&options))
        .register_asynchronous_uri_scheme_protocol("mail", content::answer)
        .invoke_handler(command::handle)
        .setup(move |app| {
            let engine =
                tauri::async_runtime::block_on(Engine::open(options.engine(app.handle())?))
                    .map_err(|error| anyhow::anyhow!("{} {}", error.message, error.detail))?;
            let engine = Arc::new(engine);
            app.manage(Shell {
                engine: Arc::clone(&engine),
                requests: event::OpenRequests::starting_with(first_request),
                quit: quit::Quit::default(),
            });
            event::forward(app.handle().clone(), &engine);
            window::open(app.handle())?;
            Ok(())
        })
        .build(context);
    let app = match app {
        #[cfg(target_os = "linux")]
        Err(tauri::Error::PluginInitialization(plugin, _))
            if plugin == "single-instance" && std::env::var_os(STARTED_AGAIN).is_none() =>
        {
            return start_again();
        }
        built => built.context("The window could not open")?,
    };
    app.run(quit::on_run_event);
    Ok(())
}

/// Set for a start that is the second try; it changes nothing else.
#[cfg(target_os = "linux")]
const STARTED_AGAIN: &str = "POSTHORN_STARTED_AGAIN";

/// Starts this program once more, in its place. A first instance that was killed a moment ago can hold its name on the
/// bus a little longer than it answers; the user who clicks then wants a window, not an error.
#[cfg(target_os = "linux")]
fn start_again() -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt as _;
    std::thread::sleep(NAME_IS_FREED_WITHIN);
    let error = std::process::Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(STARTED_AGAIN, "1")
        .exec();
    Err(error).context("Posthorn could not start")
}

/// The bus frees the name of an ended process as soon as it sees the closed socket: milliseconds, a second when busy.
#[cfg(target_os = "linux")]
const NAME_IS_FREED_WITHIN: std::time::Duration = std::time::Duration::from_secs(1);
