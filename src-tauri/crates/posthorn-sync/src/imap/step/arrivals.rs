//! Step 5: heads of messages that are not here yet, newest first.
//!
//! Fetching, reading and storing overlap: while one batch is written the next is on its way. A batch that is stored
//! stays stored, whatever happens to the connection; what is missing is computed anew each time, so nothing has to be
//! remembered about an interrupted download. Something urgent interrupts between two windows.
//!
//! Where the server has ids that survive a move (Gmail, OBJECTID), those are asked for first: a message with two labels
//! is in two folders, and comes once. Where messages are here whose uids were forgotten (a new uid validity, a server that
//! moved, a restored backup), `Message-ID`, date and size are asked for first: what is here does not come again.

use std::collections::{BTreeSet, HashMap};

use posthorn_imap::{BodyStructure, Fetched, UidSet};
use posthorn_model::{Flags, MailboxRole, MessageId, ModSeq, Timestamp, Uid};
use posthorn_store::mailbox::Mailbox;
use posthorn_store::message::Head;
use posthorn_store::placement::{self, Arrival, Arrived};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::ahead::ahead;
use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::Connection;
use crate::imap::head;
use crate::imap::step::refusal::Queue;
use crate::limit::{HEAD_BATCH, HEAD_BATCH_MOST, HEAD_BATCH_TIME, HEAD_WINDOW};

/// A header larger than this is cut: what a list shows stands in the beginning.
const HEADER_LIMIT: u64 = 1 << 20;

/// What a server said about one message, before it is understood.
#[derive(Debug)]
pub(crate) struct RawHead {
    pub(crate) uid: Uid,
    pub(crate) flags: Flags,
    pub(crate) modseq: Option<ModSeq>,
    pub(crate) received: Option<Timestamp>,
    pub(crate) size: u64,
    pub(crate) structure: Option<BodyStructure>,
    pub(crate) header: Vec<u8>,
    pub(crate) server_id: Option<String>,
    /// The beginning of its text, where the server has it at hand.
    pub(crate) preview: Option<String>,
}

/// What came of a run.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Uids whose heads are stored now.
    pub(crate) stored: UidSet,
    /// Messages that are new in this mailbox, with what the server said of their flags.
    pub(crate) arrived: Vec<(MessageId, Flags)>,
    /// Messages whose bytes are not here.
    pub(crate) without_body: u64,
    /// Something urgent came before everything was fetched.
    pub(crate) is_interrupted: bool,
}

/// Fetches and stores heads, newest first. `from` is a set of uids that exist, or a range in which all may be.
pub(crate) async fn fetch(
    account: &Account,
    connection: &mut Connection,
    mailbox: &Mailbox,
    from: &UidSet,
) -> Result<Outcome, Failure> {
    let (sender, receiver) = mpsc::channel(1);
    let fetching = fetch_windows(account, connection, mailbox, from, sender);
    let storing = store(account, mailbox, receiver);
    let (fetched, stored) = tokio::join!(fetching, storing);
    // A failure of the store closes the channel and shows as such on the other side too: the cause goes first.
    let mut outcome = stored?;
    let joined = fetched?;
    outcome.stored.extend(&joined.stored);
    outcome.arrived.extend(joined.arrived);
    outcome.without_body += joined.without_body;
    outcome.is_interrupted = joined.is_interrupted;
    Ok(outcome)
}

/// Returns what needed no head, and whether something urgent interrupted it.
async fn fetch_windows(
    account: &Account,
    connection: &mut Connection,
    mailbox: &Mailbox,
    from: &UidSet,
    sender: mpsc::Sender<Vec<RawHead>>,
) -> Result<Outcome, Failure> {
    let mut batch = Batch::new(sender);
    let fetched = fetch_into(account, connection, mailbox, from, &mut batch).await;
    // What came before a break is stored all the same.
    let sent = batch.send().await;
    let outcome = fetched?;
    sent?;
    Ok(outcome)
}

async fn fetch_into(
    account: &Account,
    connection: &mut Connection,
    mailbox: &Mailbox,
    from: &UidSet,
    batch: &mut Batch,
) -> Result<Outcome, Failure> {
    let total = from.len();
    let (mut done, mut outcome) = (0, Outcome::default());
    let way = way(account, connection, mailbox).await?;
    let mut queue = Queue::new(windows(from));
    let mut is_first = true;
    while let Some(window) = queue.next() {
        if !std::mem::take(&mut is_first) && account.signals.is_urgent() {
            outcome.is_interrupted = true;
            return Ok(outcome);
        }
        let wanted = match way {
            Way::Heads => window.clone(),
            way => join(account, connection, mailbox, &window, way, &mut outcome).await?,
        };
        // A range may hold fewer messages than uids; what is left of it may need several commands.
        for piece in wanted.pieces(u32::MAX) {
            match window_of_heads(connection, &piece, Ask::Heads, batch).await {
                Ok(_) => {}
                Err(Failure::Imap { error, .. }) => {
                    if let Some(uid) = queue.refused(&piece, error)? {
                        tracing::warn!(
                            mailbox = mailbox.id.0,
                            uid = uid.0,
                            "the server does not give a message"
                        );
                    }
                }
                Err(failure) => return Err(failure),
            }
        }
        done = total.min(done + window.len());
        account.update(|status| (status.done, status.total) = (Some(done), Some(total)));
    }
    Ok(outcome)
}

/// What is asked of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    /// All that a list shows.
    Heads,
    /// Without what some servers cannot put together.
    Bare,
    /// That it exists, its size and flags: enough to be listed, with its source.
    Marks,
}

/// Messages that are asked for one by one when their heads did not come; more is another trouble.
const SILENT: usize = 20;

/// Asks again for messages that the server lists and whose heads did not come, or came in a form that nobody can read:
/// with less and less. What answers is listed, if need be without subject and sender, and can be looked at as source.
pub(crate) async fn insist(
    account: &Account,
    connection: &mut Connection,
    mailbox: &Mailbox,
    silent: &UidSet,
) -> Result<Outcome, Failure> {
    let (sender, receiver) = mpsc::channel(1);
    let fetching = insist_on(connection, silent, Batch::new(sender));
    let (fetched, stored) = tokio::join!(fetching, store(account, mailbox, receiver));
    let outcome = stored?;
    fetched?;
    Ok(outcome)
}

async fn insist_on(
    connection: &mut Connection,
    silent: &UidSet,
    mut batch: Batch,
) -> Result<(), Failure> {
    for uid in silent.iter().rev().take(SILENT) {
        for ask in [Ask::Bare, Ask::Marks] {
            match window_of_heads(connection, &uid.into(), ask, &mut batch).await {
                Ok(answered) if answered.is_empty() => {}
                Ok(_) => break,
                Err(Failure::Imap { error, .. }) if !error.is_fatal() => {}
                Err(failure) => return Err(failure),
            }
        }
    }
    batch.send().await
}

/// Heads on their way to the store: few while the first are waited for or the line is slow, many where they come quickly.
struct Batch {
    heads: Vec<RawHead>,
    begun: Instant,
    is_first: bool,
    sender: mpsc::Sender<Vec<RawHead>>,
}

impl Batch {
    fn new(sender: mpsc::Sender<Vec<RawHead>>) -> Self {
        Self { heads: Vec::new(), begun: Instant::now(), is_first: true, sender }
    }

    async fn add(&mut self, head: RawHead) -> Result<(), Failure> {
        self.heads.push(head);
        let count = self.heads.len();
        let is_enough =
            count >= HEAD_BATCH && (self.is_first || self.begun.elapsed() >= HEAD_BATCH_TIME);
        if is_enough || count >= HEAD_BATCH_MOST { self.send().await } else { Ok(()) }
    }

    async fn send(&mut self) -> Result<(), Failure> {
        if !self.heads.is_empty() {
            let heads = std::mem::take(&mut self.heads);
            self.sender.send(heads).await.map_err(|_| Failure::Interrupted)?;
        }
        (self.begun, self.is_first) = (Instant::now(), false);
        Ok(())
    }
}

/// Fetches and passes on; returns which messages were answered.
async fn window_of_heads(
    connection: &mut Connection,
    window: &UidSet,
    ask: Ask,
    batch: &mut Batch,
) -> Result<UidSet, Failure> {
    let mut came = BTreeSet::new();
    let session = &mut connection.session;
    let mut fetching = match ask {
        Ask::Heads => session.fetch_heads(window).await?,
        Ask::Bare => session.fetch_bare_heads(window).await?,
        Ask::Marks => session.fetch_marks(window).await?,
    };
    while let Some(fetched) = fetching.next().await? {
        // What nobody asked for could give one message the head of another.
        if !fetched.uid.is_some_and(|uid| window.contains(uid)) {
            continue;
        }
        // What comes twice is one message.
        if let Some(head) = raw_head(fetched)?
            && came.insert(head.uid)
        {
            batch.add(head).await?;
        }
    }
    Ok(came.into_iter().collect())
}

/// How messages are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Their heads at once.
    Heads,
    /// The ids that survive a move first. Not in INBOX, which comes first and whose messages are new.
    Ids,
    /// `Message-ID`, date and size first: messages are here whose uids are not known (any more).
    Keys,
}

async fn way(
    account: &Account,
    connection: &Connection,
    mailbox: &Mailbox,
) -> Result<Way, Failure> {
    let id = mailbox.id;
    let session = &connection.session;
    // One or two are our own moves, whose heads cost less than a question.
    let unnumbered = account.store().read(move |tx| placement::count_unnumbered(tx, id)).await?;
    if unnumbered > FEW {
        return Ok(Way::Keys);
    }
    let has_ids = session.has("X-GM-EXT-1") || session.has("OBJECTID");
    Ok(if has_ids && mailbox.role != MailboxRole::Inbox { Way::Ids } else { Way::Heads })
}

/// Messages without a uid that are not worth a question of their own.
const FEW: u64 = 2;

/// Takes those messages of a window in that are known from another folder; returns the uids of the others.
async fn join(
    account: &Account,
    connection: &mut Connection,
    mailbox: &Mailbox,
    window: &UidSet,
    way: Way,
    outcome: &mut Outcome,
) -> Result<UidSet, Failure> {
    let mut arrivals: Vec<Arrival> = Vec::new();
    let session = &mut connection.session;
    let mut fetching = match way {
        Way::Keys => session.fetch_keys(window).await?,
        Way::Ids | Way::Heads => session.fetch_ids(window).await?,
    };
    while let Some(fetched) = fetching.next().await? {
        let arrival = keys(fetched)?;
        arrivals.extend(arrival.filter(|one| one.uid.is_some_and(|uid| window.contains(uid))));
    }
    let flags: HashMap<Uid, Flags> =
        arrivals.iter().filter_map(|arrival| Some((arrival.uid?, arrival.flags.clone()))).collect();
    let id = mailbox.id;
    let (arrived, others) =
        account.store().write(move |tx| placement::join(tx, id, arrivals)).await?;
    let flags = arrived
        .iter()
        .map(|arrived| {
            let uid = arrived.uid;
            (uid, uid.and_then(|uid| flags.get(&uid)).cloned().unwrap_or_default())
        })
        .collect();
    note(outcome, &arrived, flags);
    Ok(others.into_iter().collect())
}

/// Takes over what tells which message this is: the server's id, `Message-ID`, date and size, as far as they were said.
pub(crate) fn keys(mut fetched: Fetched) -> Result<Option<Arrival>, Failure> {
    let server_id = server_id(&mut fetched);
    let header = fetched.take_fields().map(read_start).transpose()?;
    let (Some(uid), Some(flags)) = (fetched.uid, fetched.flags) else { return Ok(None) };
    let parsed = header.map(|bytes| posthorn_message::parse_head(&bytes));
    let head = Head {
        server_id,
        message_id: parsed.as_ref().and_then(|head| head.message_id.clone()),
        date: parsed.as_ref().and_then(|head| head.date.as_ref().map(|date| date.at)),
        size: fetched.size.unwrap_or_default(),
        ..Head::default()
    };
    Ok(Some(Arrival { uid: Some(uid), flags, modseq: fetched.modseq, head, body: None }))
}

fn server_id(fetched: &mut Fetched) -> Option<String> {
    fetched.email_id.take().or_else(|| fetched.gm_msgid.map(|id| id.to_string()))
}

/// Cuts a set into windows, the newest first and full.
fn windows(from: &UidSet) -> Vec<UidSet> {
    let length = from.len();
    let odd = (length % u64::from(HEAD_WINDOW)) as usize;
    if length <= u64::from(HEAD_WINDOW)
        || odd == 0
        || from.ranges().count() == 1 && length > 1_000_000
    {
        let mut pieces = from.pieces(HEAD_WINDOW);
        pieces.reverse();
        return pieces;
    }
    // The odd ones are the oldest, so that the first window is a full one.
    let oldest: UidSet = from.iter().take(odd).collect();
    let mut pieces = from.difference(&oldest).pieces(HEAD_WINDOW);
    pieces.reverse();
    pieces.push(oldest);
    pieces
}

/// Takes over what the server said; nothing where it mentions a message that was not asked for.
fn raw_head(mut fetched: Fetched) -> Result<Option<RawHead>, Failure> {
    let (Some(uid), Some(flags)) = (fetched.uid, fetched.flags.take()) else { return Ok(None) };
    let is_answer = fetched.size.is_some() || !fetched.sections.is_empty();
    if !is_answer {
        return Ok(None);
    }
    let header = match fetched.take_section("HEADER") {
        Some(literal) => read_start(literal)?,
        // The message is listed all the same: it can be looked at as source.
        None => Vec::new(),
    };
    let server_id = server_id(&mut fetched);
    Ok(Some(RawHead {
        uid,
        flags,
        modseq: fetched.modseq,
        received: fetched.internal_date,
        size: fetched.size.unwrap_or_default(),
        structure: fetched.body_structure,
        header,
        server_id,
        preview: fetched.preview,
    }))
}

fn read_start(literal: posthorn_imap::Literal) -> Result<Vec<u8>, Failure> {
    use std::io::Read;
    if let Some(bytes) = literal.as_memory() {
        return Ok(bytes.to_vec());
    }
    let mut bytes = Vec::new();
    let reader = literal.into_reader().map_err(|error| Failure::Local(error.to_string()))?;
    reader
        .take(HEADER_LIMIT)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::Local(error.to_string()))?;
    Ok(bytes)
}

/// Understands and stores batch by batch, until the sender is done.
async fn store(
    account: &Account,
    mailbox: &Mailbox,
    batches: mpsc::Receiver<Vec<RawHead>>,
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::default();
    let mut batches = ahead(batches, |batch| batch.into_iter().map(head::arrival).collect());
    while let Some(arrivals) = batches.recv().await {
        let arrivals: Vec<Arrival> = arrivals?;
        let flags: Vec<(Option<Uid>, Flags)> =
            arrivals.iter().map(|arrival| (arrival.uid, arrival.flags.clone())).collect();
        let id = mailbox.id;
        let arrived = account.store().write(move |tx| placement::arrive(tx, id, &arrivals)).await?;
        note(&mut outcome, &arrived, flags);
    }
    Ok(outcome)
}

fn note(outcome: &mut Outcome, arrived: &[Arrived], flags: Vec<(Option<Uid>, Flags)>) {
    outcome.stored.extend(&flags.iter().filter_map(|(uid, _)| *uid).collect());
    for (arrived, (_, flags)) in arrived.iter().zip(flags) {
        outcome.without_body += u64::from(!arrived.has_body);
        if arrived.is_new_here {
            outcome.arrived.push((arrived.message, flags));
        }
    }
}

#[cfg(test)]
mod tests {
    use posthorn_imap::UidSet;
    use posthorn_model::Uid;

    use super::windows;

    #[test]
    fn the_newest_window_comes_first_and_is_full() {
        let sizes = |set: &UidSet| windows(set).iter().map(UidSet::len).collect::<Vec<_>>();
        assert_eq!(sizes(&UidSet::range(Uid(1), Uid(3))), [3]);
        assert_eq!(sizes(&UidSet::range(Uid(1), Uid(1_200))), [500, 500, 200]);
        assert_eq!(sizes(&UidSet::range(Uid(1), Uid(1_000))), [500, 500]);
        let first = windows(&UidSet::range(Uid(1), Uid(1_200))).into_iter().next().unwrap();
        assert_eq!((first.min(), first.max()), (Some(Uid(701)), Some(Uid(1_200))));
        assert!(windows(&UidSet::new()).is_empty());
    }
}
