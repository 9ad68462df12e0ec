//! Step 6: bytes, newest first.
//!
//! A message up to [`WHOLE_BODY`] comes whole; of a larger one the header and the text parts come, and its attachments
//! wait until they are asked for. Fetching and storing overlap. The bytes are durable before the index refers to them.

use std::collections::{HashMap, HashSet};

use posthorn_imap::{Fetched, Literal, MailboxName, Part, SelectMode, UidSet};
use posthorn_model::{BodyId, MessageId, Uid};
use posthorn_store::mailbox::Mailbox;
use posthorn_store::message::{self, Wanted};
use posthorn_store::{Origin, keep};
use tokio::sync::mpsc;

use crate::ahead::{ahead, gathered};
use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::Connection;
use crate::imap::step::refusal::Queue;
use crate::limit::{
    BODY_BATCH, BODY_BATCH_BYTES, DURABLE_AHEAD, ON_DEMAND, PIPELINE, SURPRISE, TEXT_PART,
    TEXT_PARTS, WHOLE_BODY,
};
use crate::reading::{self, Whole};
use crate::report;
use crate::room::Space;
use crate::status::State;

/// Missing messages asked of the store at once; the download works through them before it asks again.
const LOOK_AHEAD: usize = 5_000;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// How far a download is, over all its folders.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// Messages whose bytes were asked for.
    pub(crate) done: u64,
    /// Messages in all; 0 = not shown.
    pub(crate) total: u64,
}

impl Tally {
    fn add(&mut self, account: &Account, count: u64) {
        self.done += count;
        let (done, total) = (self.done.min(self.total), self.total);
        account.update(|status| {
            // The working connection's own progress, where it has any, is the more interesting one.
            if total > 0 && status.state == State::Syncing && status.activity.is_empty() {
                (status.done, status.total) = (Some(done), Some(total));
            }
        });
    }
}

/// Returns what a mailbox's messages lack, newest first, without what was given up and what is kept on the server
/// alone by the user's choice.
pub(crate) async fn missing(
    account: &Account,
    mailbox: &Mailbox,
    given_up: &HashSet<MessageId>,
) -> Result<Vec<Wanted>, Failure> {
    let (owner, id) = (account.id, mailbox.id);
    // Those given up come again and again: room for them, so that they never hide the rest.
    let limit = LOOK_AHEAD + given_up.len();
    let read = account.store().read(move |tx| {
        let keep = keep::of_mailbox(tx, owner, id)?;
        if keep.is_on_demand {
            return Ok((keep, Vec::new()));
        }
        // Those that are too large come again and again too, and nobody knows how many they are.
        let limit = if keep.bytes == 0 { limit } else { usize::MAX >> 1 };
        let mut wanted = message::without_body(tx, id, WHOLE_BODY, limit)?;
        wanted.retain(|wanted| keep.takes(wanted.size));
        Ok((keep, wanted))
    });
    let (keep, mut wanted) = read.await?;
    let oldest = match keep.days {
        0 => i64::MIN,
        days => account.now().0.saturating_sub(i64::from(days) * DAY_MS),
    };
    wanted.retain(|wanted| wanted.received.0 >= oldest && !given_up.contains(&wanted.message));
    Ok(wanted)
}

/// Tells whether the disk has room for more.
pub(crate) fn has_room(account: &Account) -> bool {
    account.engine.room.measure().is_none_or(Space::is_enough)
}

/// Downloads the bytes of these messages. Returns false when the mailbox has new uids and nothing could be done.
pub(crate) async fn download(
    account: &Account,
    connection: &mut Connection,
    mailbox: &Mailbox,
    wanted: Vec<Wanted>,
    given_up: &mut HashSet<MessageId>,
    tally: &mut Tally,
) -> Result<bool, Failure> {
    if !open(connection, mailbox).await? {
        return Ok(false);
    }
    let (small, large): (Vec<Wanted>, Vec<Wanted>) =
        wanted.into_iter().partition(|wanted| wanted.size <= WHOLE_BODY);
    let mut pending: HashSet<MessageId> =
        small.iter().chain(&large).map(|wanted| wanted.message).collect();
    let (sender, receiver) = mpsc::channel(PIPELINE);
    let fetching = Box::pin(fetch_small(account, connection, &small, sender, tally));
    let storing = store(account, receiver);
    let (fetched, stored) = tokio::join!(fetching, storing);
    for message in stored? {
        pending.remove(&message);
    }
    fetched?;
    for wanted in &large {
        if sections(account, connection, wanted).await?.is_some() {
            pending.remove(&wanted.message);
        }
        tally.add(account, 1);
    }
    given_up.extend(pending);
    Ok(true)
}

/// Opens the mailbox for reading, unless it is open. Returns false when it has other uids than are known here.
pub(crate) async fn open(connection: &mut Connection, mailbox: &Mailbox) -> Result<bool, Failure> {
    if connection.open == mailbox.sync.uid_validity.map(|validity| (mailbox.id, validity))
        && connection.open.is_some()
    {
        return Ok(true);
    }
    connection.open = None;
    let name = MailboxName::from_wire(mailbox.path.clone());
    let selected = connection.session.select(&name, SelectMode::Plain).await?;
    if mailbox.sync.uid_validity != Some(selected.uid_validity) {
        return Ok(false);
    }
    connection.open = Some((mailbox.id, selected.uid_validity));
    Ok(true)
}

type Batch = Vec<(MessageId, Vec<u8>)>;

async fn fetch_small(
    account: &Account,
    connection: &mut Connection,
    small: &[Wanted],
    sender: mpsc::Sender<Batch>,
    tally: &mut Tally,
) -> Result<(), Failure> {
    for group in groups(small) {
        let messages: HashMap<Uid, MessageId> =
            group.iter().map(|wanted| (wanted.uid, wanted.message)).collect();
        let uids: UidSet = group.iter().map(|wanted| wanted.uid).collect();
        let mut batch = Batch::new();
        let mut queue = Queue::new(uids.pieces(u32::MAX));
        while let Some(piece) = queue.next() {
            match fetch_group(connection, &piece, &messages, &mut batch, &sender).await {
                // What the server does not give alone either is given up by the caller.
                Err(Failure::Imap { error, .. }) => _ = queue.refused(&piece, error)?,
                result => result?,
            }
        }
        sender.send(batch).await.map_err(|_| Failure::Interrupted)?;
        tally.add(account, group.len() as u64);
    }
    Ok(())
}

async fn fetch_group(
    connection: &mut Connection,
    uids: &UidSet,
    messages: &HashMap<Uid, MessageId>,
    batch: &mut Batch,
    sender: &mpsc::Sender<Batch>,
) -> Result<(), Failure> {
    let mut bytes = batch.iter().map(|(_, bytes)| bytes.len() as u64).sum::<u64>();
    let mut fetching = connection.session.fetch_bodies(uids).await?;
    while let Some(fetched) = fetching.next().await? {
        let Some((message, content)) = whole(fetched, messages)? else { continue };
        bytes += content.len() as u64;
        batch.push((message, content));
        // A server may have said that they were smaller.
        if bytes > BODY_BATCH_BYTES {
            bytes = 0;
            sender.send(std::mem::take(batch)).await.map_err(|_| Failure::Interrupted)?;
        }
    }
    Ok(())
}

/// Cuts into groups that one command fetches, each bounded in messages and bytes.
fn groups(wanted: &[Wanted]) -> Vec<&[Wanted]> {
    let mut groups = Vec::new();
    let mut rest = wanted;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take(BODY_BATCH).take_while(|wanted| {
            bytes += wanted.size;
            bytes <= BODY_BATCH_BYTES
        });
        let (group, others) = rest.split_at(fits.count().clamp(1, rest.len()));
        groups.push(group);
        rest = others;
    }
    groups
}

fn whole(
    mut fetched: Fetched,
    messages: &HashMap<Uid, MessageId>,
) -> Result<Option<(MessageId, Vec<u8>)>, Failure> {
    let message = fetched.uid.and_then(|uid| messages.get(&uid)).copied();
    let (Some(message), Some(literal)) = (message, fetched.take_section("")) else {
        return Ok(None);
    };
    if literal.len() > SURPRISE {
        tracing::warn!(octets = literal.len(), "a message is much larger than the server said");
        return Ok(None);
    }
    Ok(Some((message, bytes(literal)?)))
}

/// Reads a literal into memory, within the limit.
pub(crate) fn bytes(literal: Literal) -> Result<Vec<u8>, Failure> {
    literal.into_bytes(ON_DEMAND).map_err(|error| Failure::Local(error.to_string()))
}

async fn store(
    account: &Account,
    batches: mpsc::Receiver<Batch>,
) -> Result<Vec<MessageId>, Failure> {
    let mut batches = ahead(batches, read_whole);
    let (sender, mut receiver) = mpsc::channel(DURABLE_AHEAD);
    // The bytes of one batch become durable while the index learns of those before.
    let putting = async move {
        while let Some(batch) = batches.recv().await {
            let batch = batch?;
            let texts = batch.1.iter().map(|whole| whole.text.len()).sum();
            account.engine.texts.room(texts).await;
            let durable = put(account, batch).await?;
            if sender.send(durable).await.is_err() {
                break;
            }
        }
        Ok::<_, Failure>(())
    };
    let referring = async move {
        let mut stored = Vec::new();
        while let Some(batch) = gathered(&mut receiver).await {
            stored.extend(refer(account, batch).await?.into_iter().map(|(message, _)| message));
        }
        Ok::<_, Failure>(stored)
    };
    let (put, referred) = tokio::join!(putting, referring);
    // A failure of the index ends the other half too: the cause goes first.
    let stored = referred?;
    put?;
    Ok(stored)
}

/// Makes whole messages durable and tells the index; returns which bytes each has now.
pub(crate) async fn store_whole(
    account: &Account,
    batch: Batch,
) -> Result<Vec<(MessageId, BodyId)>, Failure> {
    let read = tokio::task::spawn_blocking(move || read_whole(batch));
    let durable = put(account, read.await.map_err(|_| Failure::Interrupted)?).await?;
    refer(account, durable).await
}

/// Messages with what they say.
type Understood = (Batch, Vec<Whole>);

fn read_whole(batch: Batch) -> Understood {
    let read = batch.iter().map(|(_, bytes)| reading::whole(bytes)).collect();
    (batch, read)
}

/// A message whose bytes are durable, and what those say.
struct Durable {
    message: MessageId,
    body: BodyId,
    contents: message::Contents,
    report: Option<posthorn_message::Report>,
}

async fn put(account: &Account, (batch, read): Understood) -> Result<Vec<Durable>, Failure> {
    let (messages, bodies): (Vec<MessageId>, Vec<Vec<u8>>) = batch.into_iter().unzip();
    let ids = account.store().bodies().put_all(bodies, Origin::Imap(account.id)).await?;
    let stored = messages.into_iter().zip(ids).zip(read);
    let durable = stored.map(|((message, body), whole)| {
        account.engine.texts.put(body, whole.text);
        Durable { message, body, contents: whole.contents, report: whole.report }
    });
    Ok(durable.collect())
}

/// Tells the index of bytes that are durable; returns which each message has now.
async fn refer(
    account: &Account,
    batch: Vec<Durable>,
) -> Result<Vec<(MessageId, BodyId)>, Failure> {
    let stored = batch.iter().map(|durable| (durable.message, durable.body)).collect();
    let write = account.store().write(move |tx| {
        for Durable { message, body, contents, report } in &batch {
            match message::set_body(tx, *message, *body, contents) {
                Ok(()) => {
                    if let Some(report) = report {
                        report::take(tx, *message, report)?;
                    }
                }
                // It vanished meanwhile: its bytes are swept some day.
                Err(posthorn_store::Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    });
    write.await?;
    Ok(stored)
}

/// Fetches header and text parts of a message, and returns the header; absent when the server does not have it.
pub(crate) async fn sections(
    account: &Account,
    connection: &mut Connection,
    wanted: &Wanted,
) -> Result<Option<BodyId>, Failure> {
    let mut structure = None;
    let mut fetching = connection.session.fetch_heads(&wanted.uid.into()).await?;
    while let Some(mut fetched) = fetching.next().await? {
        if fetched.uid == Some(wanted.uid) && fetched.size.is_some() {
            structure = Some((fetched.body_structure.take(), fetched.take_section("HEADER")));
        }
    }
    let Some((structure, Some(header))) = structure else { return Ok(None) };
    let mut found = vec![("HEADER".to_owned(), bytes(header)?)];
    let texts: Vec<Part> =
        structure.iter().flat_map(|structure| structure.texts()).cloned().collect();
    for part in texts.iter().filter(|part| part.size <= TEXT_PART).take(TEXT_PARTS) {
        let mime = format!("{}.MIME", part.section);
        for name in [mime, part.section.clone()] {
            if let Some(literal) = connection.session.fetch_section(wanted.uid, &name, None).await?
            {
                found.push((name, bytes(literal)?));
            }
        }
    }
    let stored = store_sections(account, wanted.message, found).await?;
    Ok(stored.first().map(|(_, body)| *body))
}

/// Makes sections durable and tells the index; returns which bytes each has now.
pub(crate) async fn store_sections(
    account: &Account,
    id: MessageId,
    sections: Vec<(String, Vec<u8>)>,
) -> Result<Vec<(String, BodyId)>, Failure> {
    let (names, bodies): (Vec<String>, Vec<Vec<u8>>) = sections.into_iter().unzip();
    let preview = reading::section_preview(&names, &bodies);
    let ids = account.store().bodies().put_all(bodies, Origin::Imap(account.id)).await?;
    let stored: Vec<(String, BodyId)> = names.into_iter().zip(ids).collect();
    let rows = stored.clone();
    let write = account.store().write(move |tx| {
        for (name, body) in &rows {
            message::set_section(tx, id, name, *body)?;
        }
        let contents = message::Contents { preview, ..message::Contents::default() };
        message::set_contents(tx, id, &contents)
    });
    write.await?;
    Ok(stored)
}

#[cfg(test)]
mod tests {
    use posthorn_model::{MessageId, Timestamp, Uid};
    use posthorn_store::message::Wanted;

    use super::{BODY_BATCH_BYTES, groups};

    #[test]
    fn groups_are_bounded_in_messages_and_bytes() {
        let wanted =
            |size: u64| Wanted { message: MessageId(1), uid: Uid(1), size, received: Timestamp(0) };
        let sizes = |sizes: &[u64]| {
            let list: Vec<Wanted> = sizes.iter().map(|size| wanted(*size)).collect();
            groups(&list).iter().map(|group| group.len()).collect::<Vec<_>>()
        };
        assert_eq!(sizes(&[]), Vec::<usize>::new());
        assert_eq!(sizes(&[BODY_BATCH_BYTES / 4; 5]), [4, 1]);
        assert_eq!(sizes(&[BODY_BATCH_BYTES + 1, 1]), [1, 1]);
        assert_eq!(sizes(&[100; 450]), [200, 200, 50]);
    }
}
