//! The life of an account's incoming worker: connect, work, fail, wait, again.
//!
//! A passing failure is retried with growing, scattered waits. Refused credentials are not: two more tries with a wrong
//! password lock accounts. What time does not heal waits for the user. While there is no connection, whoever asks for
//! bytes gets the reason at once.

use std::time::Duration;

use posthorn_model::Protocol;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::engine::Account;
use crate::failure::{Cure, Failure};
use crate::limit::STEADY;
use crate::problem::{Problem, ProblemKind};
use crate::request::Request;
use crate::status::State;
use crate::{imap, maildrop};

/// Runs until the account's worker is ended.
pub(crate) async fn run(
    account: Account,
    mut requests: mpsc::Receiver<Request>,
    protocol: Protocol,
) {
    let cancel = account.cancel.clone();
    tokio::select! {
        biased;
        () = cancel.cancelled() => {}
        () = live(&account, &mut requests, protocol) => {}
    }
    account.engine.downloads.fail_all(&account, &Problem::of_kind(ProblemKind::NotHere));
}

async fn live(account: &Account, requests: &mut mpsc::Receiver<Request>, protocol: Protocol) {
    let tuning = account.engine.tuning;
    let mut backoff = Backoff::new(tuning.retry_first, tuning.retry_last);
    loop {
        if *account.engine.offline.borrow() {
            account.update(|status| {
                // Whoever goes online says so first and mends the status then: asked here, the old rest never shows
                // behind the new wish.
                if *account.engine.offline.borrow() {
                    status.enter(State::Offline);
                }
            });
            let problem = Problem::of_kind(ProblemKind::NotHere);
            account.engine.downloads.fail_all(account, &problem);
            tokio::select! {
                () = account.online() => {}
                () = refuse(requests, problem) => {}
            }
        }
        account.update(|status| status.enter(State::Connecting));
        let started = Instant::now();
        let failure = tokio::select! {
            biased;
            () = account.offline() => continue,
            failure = attempt(account, requests, protocol) => failure,
        };
        if started.elapsed() >= STEADY {
            backoff.reset();
        }
        let failure = Box::pin(behind_portal(account, failure)).await;
        rest(account, requests, &failure, &mut backoff).await;
    }
}

/// Looks whether a failure is the network's, which wants a sign-in in the browser first: nothing is wrong with the
/// server then, and time heals it.
async fn behind_portal(account: &Account, failure: Failure) -> Failure {
    let Failure::Net(error) = &failure else { return failure };
    if !error.may_be_portal() {
        return failure;
    }
    let host = error.host.clone();
    match posthorn_net::portal::sign_in_page(&account.engine.dialer, &host).await {
        Some(page) => Failure::Portal { host, page },
        None => failure,
    }
}

/// Works until something fails.
async fn attempt(
    account: &Account,
    requests: &mut mpsc::Receiver<Request>,
    protocol: Protocol,
) -> Failure {
    match protocol {
        Protocol::Imap => imap::connected(account, requests).await,
        Protocol::Pop3 => maildrop::connected(account, requests).await,
        Protocol::Smtp | Protocol::Local => Failure::Unsupported("fetching mail by this protocol"),
    }
}

/// Shows the failure, and waits until it makes sense to try again.
async fn rest(
    account: &Account,
    requests: &mut mpsc::Receiver<Request>,
    failure: &Failure,
    backoff: &mut Backoff,
) {
    let problem = failure.problem();
    tracing::info!(account = account.id.0, %failure, "an account's connection ended");
    let refusing = refuse(requests, problem.clone());
    match failure.cure() {
        // They go on over the next connection.
        Cure::Time => account.engine.downloads.stumbled(account, &problem),
        Cure::Password | Cure::User => account.engine.downloads.fail_all(account, &problem),
    }
    match failure.cure() {
        Cure::Time => {
            let wait = backoff.next_wait().max(failure.least_wait(&account.engine.tuning));
            show(account, State::Waiting, problem, Some(wait));
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = asked_to_check(account) => {}
                () = account.offline() => {}
                () = refusing => {}
            }
        }
        Cure::Password => {
            show(account, State::NeedsPassword, problem, None);
            refusing.await;
        }
        Cure::User => {
            show(account, State::Failed, problem, None);
            tokio::select! {
                () = asked_to_check(account) => {}
                () = refusing => {}
            }
        }
    }
}

fn show(account: &Account, state: State, problem: Problem, wait: Option<Duration>) {
    let now = account.now();
    account.update(|status| {
        status.enter(state);
        status.disconnect();
        if !problem.server_said.is_empty() {
            status.server_said.clone_from(&problem.server_said);
        }
        status.problem = Some(problem);
        status.next_try =
            wait.map(|wait| now.plus_ms(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)));
    });
}

/// Answers whoever asks for bytes with the reason why there are none. Ends only with its caller.
async fn refuse(requests: &mut mpsc::Receiver<Request>, problem: Problem) {
    while let Some(request) = requests.recv().await {
        // The one who asked may have gone.
        let _ = request.answer.send(Err(problem.clone()));
    }
    std::future::pending::<()>().await;
}

/// Waits until the user wants it tried again. Other signals are dropped: a new connection looks at everything.
async fn asked_to_check(account: &Account) {
    loop {
        account.signals.wait().await;
        // Whoever asked about a folder hears that nobody can tell.
        drop(account.signals.questions());
        if account.signals.take().check {
            return;
        }
    }
}
