//! Makes fetched messages durable: their bytes first, then one transaction in which the index learns the messages and
//! the maildrop's rows say that they are here.

use std::collections::HashSet;
use std::sync::Arc;

use posthorn_message::{Report, Skim};
use posthorn_model::{AccountId, BodyId, MailboxId, MessageId, Uidl};
use posthorn_store::maildrop::{self, DropState};
use posthorn_store::message::{self, BodyState, Contents, Head};
use posthorn_store::placement::{self, Arrival};
use posthorn_store::{Error as StoreError, Origin, WriteTx};

use super::identity::{self, header_hash};
use super::listing::Wanted;
use super::spool::Content;
use crate::engine::Account;
use crate::failure::Failure;
use crate::reading::{self, Told};
use crate::report;

/// A message that came.
#[derive(Debug)]
pub(super) struct Got {
    pub(super) wanted: Wanted,
    pub(super) content: Content,
}

/// A message that was read.
pub(super) struct Read {
    uidl: Uidl,
    listed_size: u64,
    hash: String,
    head: Head,
    /// For the search index; absent where the message is large.
    text: Option<String>,
    /// What it reports of another message.
    report: Option<Report>,
}

/// Reads a whole message into the store's head, with what its contents say.
pub(crate) fn whole_head(bytes: &[u8], told: Told<'_>) -> Head {
    with_contents(bytes, reading::whole(bytes).contents, told)
}

/// Reads a message that was looked through, as [`whole_head`] reads one that is in memory.
pub(crate) fn skimmed_head(skim: &Skim, received: Option<posthorn_model::Timestamp>) -> Head {
    let told = Told { size: skim.size, received, ..Told::default() };
    with_contents(&skim.bytes, reading::contents_of(skim.parse(None)), told)
}

fn with_contents(bytes: &[u8], contents: Contents, told: Told<'_>) -> Head {
    Head {
        preview: contents.preview,
        attachments: contents.attachments.unwrap_or_default(),
        has_attachments: contents.has_attachments.unwrap_or_default(),
        ..reading::head(bytes, told)
    }
}

/// What a message says of itself, and its bytes where they are not stored yet.
pub(super) fn read(got: Got) -> (Read, Stored) {
    let Got { wanted, content } = got;
    let (own, hash, head, text, report, stored) = match content {
        Content::Memory(bytes) => {
            let told = Told { size: bytes.len() as u64, ..Told::default() };
            let own = wanted.uidl.unwrap_or_else(|| identity::by_content(&blake3::hash(&bytes)));
            let reading::Whole { contents, text, report } = reading::whole(&bytes);
            let head = with_contents(&bytes, contents, told);
            (own, header_hash(&bytes), head, Some(text), report, Stored::Not(bytes))
        }
        Content::Stored { body, hash, skim } => {
            let own = wanted.uidl.unwrap_or_else(|| identity::by_content(&hash));
            let head = skimmed_head(&skim, None);
            // No report is as large as what is not held in memory.
            (own, header_hash(&skim.bytes), head, None, None, Stored::As(body))
        }
    };
    (Read { uidl: own, listed_size: wanted.size, hash, head, text, report }, stored)
}

/// Where a message's bytes are.
pub(super) enum Stored {
    Not(Vec<u8>),
    As(BodyId),
}

/// Makes the bytes durable that are not yet; ids in the same order.
async fn put_all(account: &Account, all: Vec<Stored>) -> Result<Vec<BodyId>, Failure> {
    let mut ids: Vec<Option<BodyId>> = Vec::with_capacity(all.len());
    let mut bytes = Vec::new();
    for stored in all {
        match stored {
            Stored::As(body) => ids.push(Some(body)),
            Stored::Not(message) => {
                ids.push(None);
                bytes.push(message);
            }
        }
    }
    let put = account.store().bodies().put_all(bytes, Origin::Pop3(account.id)).await?;
    let mut put = put.into_iter();
    let all: Option<Vec<BodyId>> = ids.into_iter().map(|id| id.or_else(|| put.next())).collect();
    all.ok_or(Failure::Interrupted)
}

/// Messages whose bytes are durable, each with them.
pub(super) type Durable = Vec<(Read, BodyId)>;

/// Makes the bytes of a batch durable: the first half of storing it, which overlaps with the second half of the one
/// before.
pub(super) async fn put(
    account: &Account,
    (mut read, stored): (Vec<Read>, Vec<Stored>),
) -> Result<Durable, Failure> {
    let texts = &account.engine.texts;
    texts.room(read.iter().filter_map(|read| read.text.as_ref()).map(String::len).sum()).await;
    let bodies = put_all(account, stored).await?;
    for (read, body) in read.iter_mut().zip(&bodies) {
        if let Some(text) = read.text.take() {
            texts.put(*body, text);
        }
    }
    Ok(read.into_iter().zip(bodies).collect())
}

/// Tells the index of a batch; returns the messages that are new, as they came. `listed` is all that the server has;
/// absent where nothing is known of it from before, so that nothing can have been renumbered.
pub(super) async fn keep(
    account: &Account,
    inbox: MailboxId,
    listed: Option<Arc<HashSet<Uidl>>>,
    batch: Durable,
) -> Result<Vec<MessageId>, Failure> {
    let id = account.id;
    let write = account.store().write(move |tx| {
        let mut arrivals = Vec::new();
        let mut rows = Vec::new();
        for (read, body) in batch {
            if !is_known(tx, id, &read, body, listed.as_deref())? {
                let Read { uidl, hash, head, report, .. } = read;
                arrivals.push(Arrival { head, body: Some(body), ..Arrival::default() });
                rows.push((uidl, hash, report));
            }
        }
        let arrived = placement::arrive(tx, inbox, &arrivals)?;
        for ((uidl, hash, report), arrived) in rows.iter().zip(&arrived) {
            let message = arrived.message;
            maildrop::note_fetched(tx, id, uidl, message, hash, DropState::Downloaded)?;
            if let Some(report) = report {
                report::take(tx, message, report)?;
            }
        }
        let new = arrived.into_iter().filter(|arrived| arrived.is_new_here);
        Ok(new.map(|arrived| arrived.message).collect())
    });
    Ok(write.await?)
}

/// Tells whether the message is here already, and brings its row in line.
fn is_known(
    tx: &WriteTx<'_>,
    id: AccountId,
    read: &Read,
    body: BodyId,
    listed: Option<&HashSet<Uidl>>,
) -> Result<bool, StoreError> {
    match maildrop::get(tx, id, &read.uidl)? {
        None => maildrop::note_listed(tx, id, &[(read.uidl.clone(), read.listed_size)])?,
        Some(row) if row.state != DropState::Known => return Ok(true),
        Some(_) => {}
    }
    let Some(listed) = listed else { return Ok(false) };
    // A renumbered message that no header could show: the same bytes, whose old id is not listed any more.
    for other in maildrop::by_content(tx, id, read.listed_size, &read.hash)? {
        let Some(message) = other.message else { continue };
        let is_gone = other.uidl != read.uidl
            && !listed.contains(&other.uidl)
            && other.state != DropState::Deleted;
        if is_gone && message::get(tx, message)?.body == BodyState::Whole(body) {
            maildrop::renumber(tx, id, &other.uidl, &read.uidl)?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes the header alone of a message that is larger than what is fetched unasked; returns the message where it is new.
pub(super) async fn head_of_large(
    account: &Account,
    inbox: MailboxId,
    header: Vec<u8>,
    wanted: &Wanted,
) -> Result<Option<MessageId>, Failure> {
    let hash = header_hash(&header);
    let uidl = wanted.uidl.clone().unwrap_or_else(|| identity::by_header(wanted.size, &hash));
    let head = reading::head(&header, Told { size: wanted.size, ..Told::default() });
    // Not the message's bytes: nothing that would have to be taken in again when the program stops here.
    let section = account.store().bodies().put(header, Origin::Local).await?;
    let (id, size) = (account.id, wanted.size);
    let write = account.store().write(move |tx| {
        maildrop::note_listed(tx, id, &[(uidl.clone(), size)])?;
        if maildrop::get(tx, id, &uidl)?.is_some_and(|row| row.state != DropState::Known) {
            return Ok(None);
        }
        let arrived = placement::arrive(tx, inbox, &[Arrival { head, ..Arrival::default() }])?;
        let arrived = arrived.into_iter().next().ok_or(StoreError::NotFound("message"))?;
        if !arrived.has_body {
            message::set_section(tx, arrived.message, "HEADER", section)?;
        }
        let state = if arrived.has_body { DropState::Downloaded } else { DropState::Headers };
        maildrop::note_fetched(tx, id, &uidl, arrived.message, &hash, state)?;
        Ok(arrived.is_new_here.then_some(arrived.message))
    });
    Ok(write.await?)
}

/// Gives a message that is known by its header its whole bytes.
pub(super) async fn complete(
    account: &Account,
    message: MessageId,
    uidl: Uidl,
    content: Content,
) -> Result<BodyId, Failure> {
    let read = tokio::task::spawn_blocking(move || match content {
        Content::Memory(bytes) => {
            (header_hash(&bytes), reading::whole(&bytes).contents, Stored::Not(bytes))
        }
        Content::Stored { body, skim, .. } => {
            let contents = reading::contents_of(skim.parse(None));
            (header_hash(&skim.bytes), contents, Stored::As(body))
        }
    });
    let (hash, contents, stored) = read.await.map_err(|_| Failure::Interrupted)?;
    let body = put_all(account, vec![stored]).await?.pop().ok_or(Failure::Interrupted)?;
    let id = account.id;
    let write = account.store().write(move |tx| {
        message::set_body(tx, message, body, &contents)?;
        let is_marked =
            maildrop::get(tx, id, &uidl)?.is_some_and(|row| row.state == DropState::Marked);
        let state = if is_marked { DropState::Marked } else { DropState::Downloaded };
        maildrop::note_fetched(tx, id, &uidl, message, &hash, state)
    });
    write.await?;
    Ok(body)
}
