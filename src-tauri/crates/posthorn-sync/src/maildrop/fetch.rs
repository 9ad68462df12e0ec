//! Fetches what is wanted: RETR asked for ahead, newest first; storing overlaps with fetching.

use std::collections::HashMap;

use posthorn_model::MessageId;
use posthorn_net::Stream;
use posthorn_pop3::{Error, Fetch, Session};
use tokio::sync::mpsc;

use super::Home;
use super::keep::{self, Got};
use super::listing::{Listing, Wanted};
use crate::engine::Account;
use crate::event::SyncEvent;
use crate::failure::{Failure, of_pop3};
use crate::limit::{BODY_BATCH, BODY_BATCH_BYTES, ON_DEMAND, PIPELINE};
use crate::problem::{Problem, ProblemKind};

/// Messages of the first batch: the newest are on screen soon.
const FIRST_BATCH: usize = 20;

/// Fetches everything that is wanted. Returns why some of it did not come.
pub(super) async fn fetch(
    account: &Account,
    home: &Home,
    session: &mut Session<Stream>,
    listing: &Listing,
) -> Result<Option<Problem>, Failure> {
    if !listing.has_news() {
        return Ok(None);
    }
    let total = listing.wanted.len() as u64;
    account.update(|status| (status.done, status.total) = (Some(0), Some(total)));
    let limit = match home.settings.pop_size_limit {
        0 => ON_DEMAND,
        limit => limit.min(ON_DEMAND),
    };
    let (whole, large): (Vec<Wanted>, Vec<Wanted>) =
        listing.wanted.iter().cloned().partition(|wanted| wanted.size <= limit);
    let (sender, receiver) = mpsc::channel(PIPELINE);
    let fetching = messages(session, whole, sender);
    let storing = store(account, home, listing, receiver);
    let (fetched, stored) = tokio::join!(fetching, storing);
    let mut arrived = stored?;
    let Fetched { mut problem, too_large } = match fetched {
        Ok(fetched) => fetched,
        Err(failure) => {
            tell(account, home, listing, arrived);
            return Err(failure);
        }
    };
    for wanted in large.into_iter().chain(too_large) {
        match keep::head_of_large(account, home.inbox, session, &wanted).await? {
            Some(message) => arrived.extend(message),
            None => problem = Some(Problem::of_kind(ProblemKind::Limit)),
        }
    }
    tell(account, home, listing, arrived);
    Ok(problem)
}

/// What the messages that were asked for came to.
#[derive(Default)]
struct Fetched {
    problem: Option<Problem>,
    /// Larger than LIST said, and than what is fetched whole.
    too_large: Vec<Wanted>,
}

/// Fetches into batches. What came before a break is stored all the same.
async fn messages(
    session: &mut Session<Stream>,
    whole: Vec<Wanted>,
    sender: mpsc::Sender<Vec<Got>>,
) -> Result<Fetched, Failure> {
    let asked: Vec<Fetch> =
        whole.iter().map(|wanted| Fetch { number: wanted.number, size: wanted.size }).collect();
    let mut wanted: HashMap<u32, Wanted> =
        whole.into_iter().map(|wanted| (wanted.number, wanted)).collect();
    let mut fetching = session.fetch(asked, ON_DEMAND);
    let (mut outcome, mut failure) = (Fetched::default(), None);
    let (mut batch, mut bytes, mut most) = (Vec::new(), 0, FIRST_BATCH);
    let mut sink = Vec::new();
    while let Some(next) = fetching.next(&mut sink, &mut |_| ()).await {
        let message = std::mem::take(&mut sink);
        let Some(wanted) = wanted.remove(&next.number) else { continue };
        match next.result {
            Ok(retrieved) => {
                bytes += retrieved.bytes;
                batch.push(Got { wanted, bytes: message });
            }
            Err(Error::TooLarge { .. }) => outcome.too_large.push(wanted),
            Err(error @ Error::Refused { .. }) => outcome.problem = Some(of_pop3(&error)),
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
        if batch.len() >= most || bytes >= BODY_BATCH_BYTES {
            (bytes, most) = (0, BODY_BATCH);
            sender.send(std::mem::take(&mut batch)).await.map_err(|_| Failure::Interrupted)?;
        }
    }
    if !batch.is_empty() {
        sender.send(batch).await.map_err(|_| Failure::Interrupted)?;
    }
    match failure {
        None => Ok(outcome),
        Some(error) => Err(error.into()),
    }
}

async fn store(
    account: &Account,
    home: &Home,
    listing: &Listing,
    mut batches: mpsc::Receiver<Vec<Got>>,
) -> Result<Vec<MessageId>, Failure> {
    let mut arrived = Vec::new();
    while let Some(batch) = batches.recv().await {
        let count = batch.len() as u64;
        arrived.extend(keep::keep(account, home.inbox, listing, batch).await?);
        account.update(|status| status.done = status.done.map(|done| done + count));
    }
    Ok(arrived)
}

/// Tells the user about new mail, except when an account is filled for the first time.
fn tell(account: &Account, home: &Home, listing: &Listing, messages: Vec<MessageId>) {
    if !listing.is_first && !messages.is_empty() {
        account.engine.board.tell(SyncEvent::Arrived {
            account: account.id,
            mailbox: home.inbox,
            messages,
        });
    }
}
