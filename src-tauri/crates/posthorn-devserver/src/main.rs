//! Serves the engine's API over HTTP and WebSocket on loopback, for development and tests. Never shipped.
//!
//! Invariants: it binds loopback addresses and nothing else; every call carries a token of 256 random bits that was
//! made at this start and never stands in a URL; a foreign `Host` or `Origin` is refused; mail content has a port,
//! and so an origin, of its own. It prints one JSON line `{address, token, content}` once it serves, and no logic of
//! mail lives here.

mod api;
mod content;
mod events;
mod guard;
mod options;
mod page;
mod token;

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use posthorn_api::Engine;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::guard::Guard;
use crate::options::Options;
use crate::token::Token;

/// What every request can reach.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) engine: Engine,
    pub(crate) token: Token,
    pub(crate) guard: Guard,
    pub(crate) content: String,
    pub(crate) ui: Option<std::path::PathBuf>,
    /// True once the server ends: open event streams close.
    pub(crate) ending: watch::Receiver<bool>,
}

fn main() -> ExitCode {
    if let Some(ended) = posthorn_pdf::child(std::env::args_os().skip(1)) {
        return ended;
    }
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "posthorn=info,warn".into()),
        )
        .init();
    let runtime = match posthorn_api::runtime() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    let ended = match Options::parse(std::env::args_os().skip(1)) {
        Ok(options) => runtime.block_on(serve(options)),
        Err(error) => Err(error),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

#[expect(clippy::print_stderr, reason = "a command line tool says what went wrong")]
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("posthorn-devserver: {error:#}");
    ExitCode::FAILURE
}

async fn serve(options: Options) -> anyhow::Result<()> {
    let pages = bind(options.listen).await?;
    let frames = bind(options.content_listen).await?;
    let address = pages.local_addr()?;
    let content_address = frames.local_addr()?;
    let content = format!("http://{content_address}");
    let mut engine_options = options.engine;
    engine_options.content_base.clone_from(&content);
    let engine = Engine::open(engine_options).await.map_err(|error| anyhow::anyhow!("{error}"))?;

    let (end, ending) = watch::channel(false);
    let token = Token::random()?;
    let server = Server {
        engine: engine.clone(),
        token: token.clone(),
        guard: Guard::new(address, &options.allow_origins),
        content: content.clone(),
        ui: options.ui,
        ending: ending.clone(),
    };
    let frames =
        axum::serve(frames, content::router(engine.clone(), Guard::new(content_address, &[])))
            .with_graceful_shutdown(ended(ending.clone()));
    let pages = axum::serve(pages, api::router(server)).with_graceful_shutdown(ended(ending));
    say(
        &serde_json::json!({ "address": format!("http://{address}"), "token": token.text(), "content": content }),
    )?;
    tokio::spawn(async move {
        signal(options.stop_on_stdin_close).await;
        let _ = end.send(true);
    });
    let served = tokio::try_join!(pages, frames);
    engine.shutdown().await;
    served.context("serving failed")?;
    Ok(())
}

/// Binds a loopback address; any other is refused.
async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    if !address.ip().is_loopback() {
        bail!("{address} is not a loopback address; nothing else is served");
    }
    TcpListener::bind(address).await.with_context(|| format!("{address} cannot be bound"))
}

async fn ended(mut ending: watch::Receiver<bool>) {
    // A sender that is gone means the end too.
    let _ = ending.wait_for(|is_ending| *is_ending).await;
}

/// Says in one line how the server is reached: a script waits for it.
fn say(line: &serde_json::Value) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}

/// Waits for the wish to end: Ctrl-C, SIGTERM, or the end of standard input where that was asked for.
async fn signal(stdin: bool) {
    let closed = async {
        if !stdin {
            return std::future::pending().await;
        }
        let mut input = tokio::io::stdin();
        // What is written there means nothing; only its end does.
        let _ = tokio::io::copy(&mut input, &mut tokio::io::sink()).await;
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = closed => {}
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
