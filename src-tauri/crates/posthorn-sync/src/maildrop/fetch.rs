//! Fetches what is wanted: RETR asked for ahead, newest first; storing overlaps with fetching.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use posthorn_model::{MessageId, Uidl};
use posthorn_net::Stream;
use posthorn_pop3::{Error, Fetch, Session};
use tokio::sync::mpsc;

use super::connect::Connection;
use super::keep::{self, Got};
use super::listing::{Listing, Wanted};
use super::rule::Deed;
use super::spool::Spool;
use super::{Home, identity};
use crate::ahead::{ahead, gathered};
use crate::engine::Account;
use crate::event::SyncEvent;
use crate::failure::{Failure, of_pop3};
use crate::limit::{BODY_BATCH, BODY_BATCH_BYTES, DURABLE_AHEAD, ON_DEMAND, PIPELINE, SPOOLED};
use crate::problem::{Problem, ProblemKind};

/// Messages of the first batch: the newest are on screen soon.
const FIRST_BATCH: usize = 20;

/// Fetches everything that is wanted, which is taken from the listing. Returns why some of it did not come.
pub(super) async fn fetch(
    account: &Account,
    home: &Home,
    connection: &mut Connection,
    listing: &mut Listing,
) -> Result<Option<Problem>, Failure> {
    if !listing.has_news() {
        return Ok(None);
    }
    let wanted = std::mem::take(&mut listing.wanted);
    let limit = match (connection.expire_days, home.settings.pop_size_limit) {
        // Nothing waits on this server (RFC 2449 section 6.7): what does not come now may never come.
        (Some(0), _) => SPOOLED,
        (_, 0) => ON_DEMAND,
        (_, limit) => limit.min(ON_DEMAND),
    };
    let session = &mut connection.session;
    let (whole, large): (Vec<Wanted>, Vec<Wanted>) =
        wanted.into_iter().partition(|wanted| match wanted.deed {
            Deed::HeadOnly => false,
            Deed::Whole => wanted.size <= limit.max(ON_DEMAND),
            _ => wanted.size <= limit,
        });
    let (sender, receiver) = mpsc::channel(PIPELINE);
    let fetching = messages(account, session, whole, limit.max(ON_DEMAND), sender);
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
    let large: Vec<Wanted> = large.into_iter().chain(too_large).collect();
    match heads(account, home, session, large).await {
        Ok((heads, limit)) => {
            arrived.extend(heads);
            problem = problem.or(limit);
        }
        Err(failure) => {
            tell(account, home, listing, arrived);
            return Err(failure);
        }
    }
    tell(account, home, listing, arrived);
    Ok(problem)
}

/// Fetches whole what the user asked for, whatever its size. Returns why some of it did not come.
pub(super) async fn these(
    account: &Account,
    home: &Home,
    connection: &mut Connection,
    listing: &Listing,
) -> Result<Option<Problem>, Failure> {
    let (sender, receiver) = mpsc::channel(PIPELINE);
    let whole = listing.wanted.clone();
    let fetching = messages(account, &mut connection.session, whole, SPOOLED, sender);
    let (fetched, stored) = tokio::join!(fetching, store(account, home, listing, receiver));
    stored?;
    let fetched = fetched?;
    let is_too_large = !fetched.too_large.is_empty();
    let too_large = is_too_large.then(|| Problem::of_kind(ProblemKind::Limit));
    Ok(fetched.problem.or(too_large))
}

/// Takes the headers of messages that do not come whole unasked; returns those that are new, and what is wrong where
/// the server does not give a header.
async fn heads(
    account: &Account,
    home: &Home,
    session: &mut Session<Stream>,
    large: Vec<Wanted>,
) -> Result<(Vec<MessageId>, Option<Problem>), Failure> {
    let (mut arrived, mut problem) = (Vec::new(), None);
    for part in large.chunks(BODY_BATCH) {
        let numbers: Vec<u32> = part.iter().map(|wanted| wanted.number).collect();
        let mut came: HashMap<u32, Vec<u8>> = HashMap::new();
        let take = |number, header: Option<Vec<u8>>| came.extend(header.map(|it| (number, it)));
        let outcome = identity::headers(session, &numbers, take).await;
        for wanted in part {
            match came.remove(&wanted.number) {
                Some(header) => {
                    arrived.extend(keep::head_of_large(account, home.inbox, header, wanted).await?);
                }
                None => problem = Some(Problem::of_kind(ProblemKind::Limit)),
            }
        }
        outcome?;
    }
    Ok((arrived, problem))
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
    account: &Account,
    session: &mut Session<Stream>,
    whole: Vec<Wanted>,
    limit: u64,
    sender: mpsc::Sender<Vec<Got>>,
) -> Result<Fetched, Failure> {
    let asked: Vec<Fetch> =
        whole.iter().map(|wanted| Fetch { number: wanted.number, size: wanted.size }).collect();
    // They come in the order in which they are asked for.
    let mut sizes = whole.iter().map(|wanted| wanted.size).collect::<Vec<_>>().into_iter();
    let mut wanted: HashMap<u32, Wanted> =
        whole.into_iter().map(|wanted| (wanted.number, wanted)).collect();
    let mut fetching = session.fetch(asked, limit);
    let (mut outcome, mut failure) = (Fetched::default(), None);
    let (mut batch, mut bytes, mut most) = (Vec::new(), 0, FIRST_BATCH);
    let bodies = account.store().bodies();
    let mut spool_next = || Spool::new(bodies, account.id, sizes.next().unwrap_or_default());
    let mut sink = spool_next();
    while let Some(next) = fetching.next(&mut sink, &mut |_| ()).await {
        let spool = std::mem::replace(&mut sink, spool_next());
        let Some(wanted) = wanted.remove(&next.number) else { continue };
        match next.result {
            Ok(_) => match spool.finish().await {
                Ok(content) => {
                    bytes += content.held();
                    batch.push(Got { wanted, content });
                }
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            },
            Err(Error::TooLarge { .. }) => outcome.too_large.push(wanted),
            Err(error @ Error::Refused { .. }) => outcome.problem = Some(of_pop3(&error)),
            Err(Error::Sink(_)) => {
                failure = Some(spool.failure().await);
                break;
            }
            Err(error) => {
                failure = Some(error.into());
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
        Some(failure) => Err(failure),
    }
}

async fn store(
    account: &Account,
    home: &Home,
    listing: &Listing,
    batches: mpsc::Receiver<Vec<Got>>,
) -> Result<Vec<MessageId>, Failure> {
    let mut batches = ahead(batches, |batch| batch.into_iter().map(keep::read).unzip());
    // One for all batches: it is as long as the maildrop.
    let listed: Option<Arc<HashSet<Uidl>>> =
        listing.may_be_renumbered().then(|| Arc::new(listing.numbers.keys().cloned().collect()));
    let (sender, mut receiver) = mpsc::channel(DURABLE_AHEAD);
    let putting = async move {
        while let Some(batch) = batches.recv().await {
            let durable = keep::put(account, batch?).await?;
            if sender.send(durable).await.is_err() {
                break;
            }
        }
        Ok::<_, Failure>(())
    };
    let keeping = async move {
        let mut arrived = Vec::new();
        while let Some(batch) = gathered(&mut receiver).await {
            let count = batch.len() as u64;
            arrived.extend(keep::keep(account, home.inbox, listed.clone(), batch).await?);
            account.update(|status| status.done = status.done.map(|done| done + count));
        }
        Ok::<_, Failure>(arrived)
    };
    let (put, kept) = tokio::join!(putting, keeping);
    // A failure of the index ends the other half too: the cause goes first.
    let arrived = kept?;
    put?;
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
