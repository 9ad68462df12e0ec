//! What a browser does in a session: look, download, delete, preview.

use std::collections::HashSet;

use posthorn_model::Uidl;
use posthorn_pop3::Error;
use posthorn_store::maildrop::{self, DropState, Entry, Removal};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::{BrowseOutcome, BrowseState, look};
use crate::engine::Account;
use crate::failure::Failure;
use crate::maildrop::connect::{self, Connection};
use crate::maildrop::identity::Verified;
use crate::maildrop::listing::{self, Listing};
use crate::maildrop::{Home, fetch, home, remove, serve};
use crate::problem::{Problem, ProblemKind};
use crate::status::{State, Status};

/// Lines of a message's text that a preview shows.
pub(crate) const PREVIEW_LINES: u32 = 40;
/// Bytes that a preview may have: forty lines of the longest that mail may have (RFC 5322 section 2.1.1) and a header.
const PREVIEW_BYTES: u64 = 1 << 20;

/// Messages that are downloaded between two looks at what the store has of them.
const STEP: usize = 20;

/// What is asked of a browser's session.
#[derive(Debug)]
pub(crate) enum Job {
    /// Look alone.
    Look,
    /// Download these whole.
    Download(Vec<Uidl>),
    /// Delete these on the server.
    Remove(Vec<Uidl>),
    /// Show the head and the first lines of one.
    Preview(Uidl, oneshot::Sender<Result<Vec<u8>, Problem>>),
}

/// Does a job, and looks; ends with the token.
pub(crate) async fn run(account: Account, job: Job, token: CancellationToken) {
    let before = account.engine.board.status(account.id);
    tokio::select! {
        biased;
        () = token.cancelled() => {}
        () = account.offline() => failed(&account, Problem::of_kind(ProblemKind::NotHere)),
        () = attempts(&account, job) => {}
    }
    // Stopped or failed before the server heard of it: nothing is to happen later behind the user's back.
    let marked = account.browser.change(|shown| std::mem::take(&mut shown.marked));
    if let Err(failure) = take_back(&account, marked).await {
        tracing::warn!(account = account.id.0, %failure, "marks for removal could not be taken back");
    }
    if let Some(before) = before {
        restore(&account, before);
    }
}

/// The account's own status is its worker's to tell: a browser's session leaves it as it was.
fn restore(account: &Account, before: Status) {
    account.update(|status| {
        if status.state == State::Syncing && status.total.is_none() {
            status.enter(before.state);
            (status.problem, status.next_try) = (before.problem, before.next_try);
            status.disconnect();
        }
    });
}

fn failed(account: &Account, problem: Problem) {
    account.browser.change(|shown| {
        (shown.state, shown.problem) = (BrowseState::Failed, Some(problem));
        shown.running = None;
    });
}

/// Tries until it is done, or fails in a way that waiting for another program's end does not heal.
async fn attempts(account: &Account, mut job: Job) {
    loop {
        account.browser.enter(BrowseState::Asking, 0);
        account.browser.change(|shown| shown.problem = None);
        match Box::pin(session(account, &mut job)).await {
            Ok(false) => {}
            Ok(true) => {
                account.browser.change(|shown| {
                    shown.state = BrowseState::Done;
                    shown.running = None;
                });
                return;
            }
            Err(failure) => {
                let problem = failure.problem();
                if problem.kind != ProblemKind::InUse {
                    if let Job::Preview(_, answer) = std::mem::replace(&mut job, Job::Look) {
                        // The one who asked may have gone.
                        let _ = answer.send(Err(problem.clone()));
                    }
                    return failed(account, problem);
                }
                account.browser.change(|shown| {
                    (shown.state, shown.problem) = (BrowseState::Waiting, Some(problem));
                });
                tokio::time::sleep(account.engine.tuning.retry_first).await;
            }
        }
    }
}

/// One session; the job is then to look. Tells whether that is done too: a removal ends its session, because only QUIT
/// removes, and heads that are still missing come in another.
async fn session(account: &Account, job: &mut Job) -> Result<bool, Failure> {
    connect::until_allowed(account).await;
    let _gate = account.browser.gate().await;
    let home = home(account).await?;
    let mut connection = connect::connect(account).await?;
    let host = connection.host.clone();
    if let Job::Remove(uidls) = job {
        // Marked before the listing, which looks at the headers of what is marked: another message under a used id is
        // spared.
        mark(account, uidls).await?;
    }
    let listing = listing::list(account, &mut connection.session, &mut Verified::default())
        .await
        .map_err(|failure| failure.at(&host))?;
    look::show(account, &listing).await?;
    match std::mem::replace(job, Job::Look) {
        Job::Look => {}
        Job::Remove(asked) => {
            removal(account, &home, connection, &listing, &asked)
                .await
                .map_err(|failure| failure.at(&host))?;
            let shown = account.browser.shown();
            return Ok(shown.rows.values().all(|row| row.head.is_some() || row.is_headless));
        }
        Job::Download(asked) => {
            download(account, &home, &mut connection, &listing, &asked)
                .await
                .map_err(|failure| failure.at(&host))?;
        }
        Job::Preview(uidl, answer) => {
            preview(&mut connection, &listing, &uidl, answer)
                .await
                .map_err(|failure| failure.at(&host))?;
        }
    }
    look::heads(account, &mut connection.session, &listing)
        .await
        .map_err(|failure| failure.at(&host))?;
    remove::leave(account, connection).await?;
    Ok(true)
}

/// Marks for removal what the user saw, by id and header. How it was before is remembered first: a stop may come while
/// the marks are being written.
async fn mark(account: &Account, uidls: &[Uidl]) -> Result<(), Failure> {
    let removals: Vec<Removal> = {
        let shown = account.browser.shown();
        let rows = uidls.iter().filter_map(|uidl| shown.rows.get(uidl));
        let hash = |row: &super::BrowseRow| row.head.as_ref().map(|head| head.hash.clone());
        rows.map(|row| Removal {
            uidl: row.uidl.clone(),
            size: row.size,
            header_hash: hash(row).unwrap_or_default(),
        })
        .collect()
    };
    let (id, uidls) = (account.id, uidls.to_vec());
    let read = account.store().read(move |tx| {
        let with_state = |uidl: Uidl| {
            let row = maildrop::get(tx, id, &uidl)?;
            Ok((row.map_or(DropState::Known, |row| row.state), uidl))
        };
        uidls.into_iter().map(with_state).collect::<posthorn_store::Result<Vec<_>>>()
    });
    let before = read.await?;
    account.browser.change(|shown| shown.marked = before);
    let write = account.store().write(move |tx| maildrop::mark_for_removal(tx, id, &removals));
    Ok(write.await?)
}

async fn take_back(account: &Account, before: Vec<(DropState, Uidl)>) -> Result<(), Failure> {
    if before.is_empty() {
        return Ok(());
    }
    let id = account.id;
    let write = account.store().write(move |tx| {
        for (state, uidl) in &before {
            let is_marked = |row: Entry| row.state == DropState::Marked;
            if maildrop::get(tx, id, uidl)?.is_some_and(is_marked) {
                maildrop::set_state(tx, id, uidl, *state)?;
            }
        }
        Ok(())
    });
    Ok(write.await?)
}

async fn removal(
    account: &Account,
    home: &Home,
    mut connection: Connection,
    listing: &Listing,
    asked: &[Uidl],
) -> Result<(), Failure> {
    account.browser.enter(BrowseState::Removing, asked.len() as u64);
    // From here on the server may have heard of it: what is not confirmed is asked again by the next look.
    account.browser.change(|shown| shown.marked.clear());
    connection.marked = remove::remove(account, home, &mut connection.session, listing).await?;
    let gone: HashSet<Uidl> = connection.marked.iter().cloned().collect();
    remove::leave(account, connection).await?;
    account.browser.change(|shown| {
        let version = shown.version;
        let mut outcome =
            BrowseOutcome { is_removal: true, done: 0, asked: asked.len() as u64, bytes: 0 };
        for uidl in gone {
            let Some(row) = shown.rows.remove(&uidl) else { continue };
            shown.count = shown.count.saturating_sub(1);
            if asked.contains(&uidl) {
                outcome.done += 1;
                outcome.bytes += row.size;
            }
            shown.gone.push((version, uidl));
        }
        shown.outcome = Some(outcome);
    });
    stand(account).await
}

async fn download(
    account: &Account,
    home: &Home,
    connection: &mut Connection,
    listing: &Listing,
    asked: &[Uidl],
) -> Result<(), Failure> {
    let browser = &account.browser;
    browser.enter(BrowseState::Downloading, asked.len() as u64);
    let (id, uidls) = (account.id, asked.to_vec());
    let rows = account.store().write(move |tx| {
        maildrop::take_again(tx, id, &uidls)?;
        uidls.iter().map(|uidl| maildrop::get(tx, id, uidl)).collect::<Result<Vec<_>, _>>()
    });
    let rows: Vec<Entry> = rows.await?.into_iter().flatten().collect();
    let mut problem = None;
    let (fresh, partial): (Vec<Entry>, Vec<Entry>) =
        rows.into_iter().partition(|row| row.state == DropState::Known);
    for part in fresh.chunks(STEP) {
        let wanted = part.iter().filter_map(|row| listing.wanted(&row.uidl)).collect();
        let numbers = listing.numbers.clone();
        let some = Listing { wanted, numbers, is_first: true, ..Listing::default() };
        problem = fetch::these(account, home, connection, &some).await?.or(problem);
        browser.change(|shown| shown.done += part.len() as u64);
        stand(account).await?;
    }
    for row in partial {
        if let Some(message) = row.message.filter(|_| listing.numbers.contains_key(&row.uidl)) {
            let whole = serve::whole(account, &mut connection.session, listing, message).await?;
            problem = whole.err().or(problem);
            stand(account).await?;
        }
        browser.change(|shown| shown.done += 1);
    }
    let asked: Vec<Uidl> = asked.to_vec();
    browser.change(|shown| {
        let whole = asked.iter().filter_map(|uidl| shown.rows.get(uidl));
        let whole: Vec<u64> =
            whole.filter(|row| row.here == super::Here::Whole).map(|row| row.size).collect();
        shown.outcome = Some(BrowseOutcome {
            is_removal: false,
            done: whole.len() as u64,
            asked: asked.len() as u64,
            bytes: whole.iter().sum(),
        });
        shown.problem = problem;
    });
    Ok(())
}

/// Brings the rows in line with the store.
pub(crate) async fn stand(account: &Account) -> Result<(), Failure> {
    let id = account.id;
    let standings = account.store().read(move |tx| maildrop::standings(tx, id)).await?;
    account.browser.stand(standings);
    Ok(())
}

async fn preview(
    connection: &mut Connection,
    listing: &Listing,
    uidl: &Uidl,
    answer: oneshot::Sender<Result<Vec<u8>, Problem>>,
) -> Result<(), Failure> {
    let Some(number) = listing.numbers.get(uidl).copied() else {
        // The one who asked may have gone.
        let _ = answer.send(Err(Problem::of_kind(ProblemKind::Gone)));
        return Ok(());
    };
    let mut bytes = Vec::new();
    let top = connection.session.top(number, PREVIEW_LINES, &mut bytes, PREVIEW_BYTES).await;
    let (told, failure) = match top {
        Ok(_) => (Ok(bytes), None),
        Err(error @ (Error::Refused { .. } | Error::TooLarge { .. })) => {
            (Err(crate::failure::of_pop3(&error)), None)
        }
        Err(error) => {
            let failure = Failure::from(error);
            (Err(failure.problem()), Some(failure))
        }
    };
    let _ = answer.send(told);
    failure.map_or(Ok(()), Err)
}
