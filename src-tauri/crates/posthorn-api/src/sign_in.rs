//! Sign-ins through the browser, from their beginning until an account uses them.
//!
//! Invariants: tokens never reach a page; it holds a ticket. A sign-in that nobody waits for any more closes its
//! listener. What was not used is forgotten when newer ones push it out, and with the engine.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use posthorn_oauth::{Grant, Pages, Provider, SignIn};
use tokio_util::sync::CancellationToken;

use crate::contract::{
    BeginSignIn, Code, Error, Nothing, SignInBegun, SignInProvider, SignInTicket, SignedIn,
};
use crate::engine::Engine;
use crate::error::Result;

/// Sign-ins at once: nobody has more browsers open for it.
const MAX_OPEN: usize = 8;
/// Longest text of the page that ends a sign-in, bytes.
const MAX_WORDS: usize = 2_000;

/// One sign-in.
#[derive(Debug)]
struct Entry {
    ticket: String,
    email: String,
    cancel: CancellationToken,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Nobody waits for it yet.
    Begun(Box<(SignIn, Pages)>),
    /// Somebody waits.
    Waiting,
    /// The tokens are here.
    Done(Box<Grant>),
}

/// The sign-ins of an engine.
#[derive(Debug, Default)]
pub(crate) struct SignIns(Mutex<VecDeque<Entry>>);

impl SignIns {
    fn entries(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remove(&self, ticket: &str) {
        self.entries().retain(|entry| {
            if entry.ticket == ticket {
                entry.cancel.cancel();
            }
            entry.ticket != ticket
        });
    }

    /// Returns the tokens of a sign-in that came to its end.
    pub(crate) fn grant(&self, ticket: &str) -> Result<Grant> {
        let entries = self.entries();
        let found = entries.iter().find(|entry| entry.ticket == ticket);
        match found.map(|entry| &entry.state) {
            Some(State::Done(grant)) => Ok((**grant).clone()),
            _ => Err(Error::new(Code::SignInOver, "There is no such sign-in")),
        }
    }

    /// Forgets a sign-in whose tokens are in use now.
    pub(crate) fn used(&self, ticket: &str) {
        self.remove(ticket);
    }
}

impl From<&Provider> for SignInProvider {
    fn from(provider: &Provider) -> Self {
        Self {
            id: provider.id.clone(),
            name: provider.name.clone(),
            configured: provider.client.is_some(),
        }
    }
}

/// Turns an error of signing in into what the page sees.
pub(crate) fn error(error: &posthorn_oauth::Error) -> Error {
    match error {
        posthorn_oauth::Error::TimedOut(_) => Error::new(Code::SignInTimeout, error.to_string()),
        other => posthorn_sync::sign_in_problem(other).into(),
    }
}

/// Begins a sign-in: opens the listener and says which page the browser is to open.
pub(crate) async fn sign_in_begin(engine: &Engine, request: BeginSignIn) -> Result<SignInBegun> {
    let words = request.words;
    let pages = Pages {
        language: words.language,
        done_title: words.done_title,
        done_text: words.done_text,
        denied_title: words.denied_title,
        denied_text: words.denied_text,
    };
    let texts = [&pages.language, &pages.done_title, &pages.done_text, &pages.denied_title];
    if texts.into_iter().chain([&pages.denied_text, &request.email]).any(|it| it.len() > MAX_WORDS)
    {
        return Err(Error::invalid("These words are too long"));
    }
    let providers = engine.sync().tokens().providers();
    let provider = providers.get(&request.provider).map_err(|it| error(&it))?;
    let hint = Some(request.email.as_str()).filter(|hint| !hint.is_empty());
    let begun = SignIn::begin(provider, hint).await.map_err(|it| error(&it))?;
    let url = begun.url().to_owned();
    let ticket = format!("{:016x}{:016x}", random()?, random()?);
    let entry = Entry {
        ticket: ticket.clone(),
        email: request.email,
        cancel: engine.cancel().child_token(),
        state: State::Begun(Box::new((begun, pages))),
    };
    let mut entries = engine.sign_ins().entries();
    if entries.len() >= MAX_OPEN
        && let Some(oldest) = entries.pop_front()
    {
        oldest.cancel.cancel();
    }
    entries.push_back(entry);
    Ok(SignInBegun { ticket, url })
}

fn random() -> Result<u64> {
    getrandom::u64().map_err(|error| Error::new(Code::Internal, error.to_string()))
}

/// Forgets a sign-in that did not come to its end, also when nobody waits for it any more.
struct Unfinished<'a> {
    engine: &'a Engine,
    ticket: Option<String>,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = &self.ticket {
            self.engine.sign_ins().remove(ticket);
        }
    }
}

/// Waits until the user came back from the browser.
pub(crate) async fn sign_in_wait(engine: &Engine, request: SignInTicket) -> Result<SignedIn> {
    let ticket = request.ticket;
    let (waiting, email, cancel) = {
        let mut entries = engine.sign_ins().entries();
        let entry = entries.iter_mut().find(|entry| entry.ticket == ticket);
        let entry = entry.ok_or_else(|| Error::new(Code::Cancelled, "There is no such sign-in"))?;
        match std::mem::replace(&mut entry.state, State::Waiting) {
            State::Begun(waiting) => (waiting, entry.email.clone(), entry.cancel.clone()),
            other => {
                entry.state = other;
                return Err(Error::invalid("Somebody waits for this sign-in already"));
            }
        }
    };
    let mut unfinished = Unfinished { engine, ticket: Some(ticket.clone()) };
    let (begun, pages) = *waiting;
    let grant = tokio::select! {
        biased;
        () = cancel.cancelled() => return Err(Error::new(Code::Cancelled, "It was cancelled")),
        grant = Box::pin(begun.finish(engine.dialer(), &pages)) => grant.map_err(|it| error(&it))?,
    };
    let address = grant.address.clone().unwrap_or_default();
    if let Some(entry) = engine.sign_ins().entries().iter_mut().find(|entry| entry.ticket == ticket)
    {
        entry.state = State::Done(Box::new(grant));
    }
    unfinished.ticket = None;
    let is_meant = address.is_empty() || email.is_empty() || address.eq_ignore_ascii_case(&email);
    Ok(SignedIn { ticket, address, is_meant })
}

/// Ends a sign-in that is not wanted any more.
pub(crate) async fn sign_in_cancel(engine: &Engine, request: SignInTicket) -> Result<Nothing> {
    engine.sign_ins().remove(&request.ticket);
    Ok(Nothing {})
}
