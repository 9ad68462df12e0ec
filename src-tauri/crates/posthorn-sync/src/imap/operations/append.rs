//! Messages of another account, or of this computer, are added to a folder of this server.
//!
//! One after the other: APPEND with flags and received time, then read back (uid and size, else the bytes). Each that
//! is proven is written down with its uid before the next batch begins, so that after a break at most the one under
//! way is in doubt: it is looked for before it is appended again. Nothing here touches the original; its removal is
//! an operation of its own that waits for this one.

use std::collections::{BTreeMap, BTreeSet};

use posthorn_imap::{AppendUid, Error, MailboxName, UidSet};
use posthorn_model::{BodyId, Flags, MessageId, Timestamp, Uid};
use posthorn_store::mailbox::Mailbox;
use posthorn_store::message::{self, BodyState};
use posthorn_store::operation::{self, Operation, Target};

use super::find::{self, Wanted};
use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::Connection;
use crate::imap::step::bodies;
use crate::limit::{APPEND_BATCH, APPEND_REFUSALS, ON_DEMAND};
use crate::outbox::source::Source;

/// A message on its way.
#[derive(Clone, Debug)]
struct Parcel {
    message: MessageId,
    body: BodyId,
    /// Bytes that go out.
    size: u64,
    flags: Flags,
    received: Timestamp,
    message_id: Option<String>,
}

/// A message that the server took, and where it says that it is.
#[derive(Debug)]
struct Sent {
    parcel: Parcel,
    /// Absent where the server does not tell.
    uid: Option<Uid>,
}

/// Why messages stay where they are.
#[derive(Debug)]
pub(super) struct Unsent {
    /// The messages.
    pub(super) messages: Vec<MessageId>,
    /// The server's reason.
    pub(super) error: Error,
}

/// Appends what is not proven to be there; returns what the server refused.
pub(super) async fn run(
    account: &Account,
    connection: &mut Connection,
    operation: &Operation,
    target: &Mailbox,
    is_again: bool,
) -> Result<Option<Unsent>, Failure> {
    let mut is_in_doubt = is_again;
    let mut refused = Vec::new();
    let mut reason = None;
    let open: Vec<&Target> =
        operation.targets.iter().filter(|target| target.uid.is_none()).collect();
    if !open.is_empty() {
        // A folder that was never opened has no epoch yet, and the uids that are told would mean nothing.
        super::open(account, connection, target).await?;
    }
    for batch in open.chunks(APPEND_BATCH) {
        let mut sent = Vec::new();
        for place in batch {
            let parcel = parcel(account, place).await?;
            if is_in_doubt {
                if let Some(uid) = arrived(account, connection, target, &parcel).await? {
                    prove(account, operation, target, vec![(parcel.message, uid)]).await?;
                    continue;
                }
                // Messages go one after the other: what comes after one that is missing was never sent.
                is_in_doubt = false;
            }
            if is_hopeless(reason.as_ref(), refused.len()) {
                refused.push(parcel.message);
                continue;
            }
            match append(account, connection, target, &parcel).await {
                Ok(uid) => sent.push(Sent { parcel, uid }),
                Err(Failure::Imap { error, .. }) if !error.is_fatal() && !error.is_transient() => {
                    refused.push(parcel.message);
                    reason = Some(error);
                }
                Err(failure) => return Err(failure),
            }
        }
        read_back(account, connection, operation, target, sent).await?;
    }
    Ok(reason.map(|error| Unsent { messages: refused, error }))
}

/// No room, no right, no such folder: that holds for every further message too.
fn is_hopeless(reason: Option<&Error>, count: usize) -> bool {
    let Some(error) = reason else { return false };
    count >= APPEND_REFUSALS || error.is_over_quota() || error.is_nonexistent()
}

async fn parcel(account: &Account, place: &Target) -> Result<Parcel, Failure> {
    let id = place.message;
    let known = account.store().read(move |tx| message::get(tx, id)).await?;
    let BodyState::Whole(body) = known.body else {
        return Err(posthorn_store::Error::NotFound("body").into());
    };
    let size = account.store().bodies().size(body).await?;
    let flags = Flags { deleted: false, ..place.flags_before.clone() };
    let message_id = known.head.message_id.map(|id| id.0);
    Ok(Parcel { message: id, body, size, flags, received: known.head.received, message_id })
}

async fn append(
    account: &Account,
    connection: &mut Connection,
    target: &Mailbox,
    parcel: &Parcel,
) -> Result<Option<Uid>, Failure> {
    let told = match upload(account, connection, target, parcel, &parcel.flags).await {
        // Some servers refuse keywords that they do not know: the message matters more.
        Err(Failure::Imap { error, .. })
            if !parcel.flags.keywords.is_empty() && may_be_keywords(&error) =>
        {
            let flags = Flags { keywords: BTreeSet::default(), ..parcel.flags.clone() };
            upload(account, connection, target, parcel, &flags).await?
        }
        told => told?,
    };
    // A uid counts only under the epoch that is known here.
    Ok(told.filter(|told| target.sync.uid_validity == Some(told.uid_validity)).map(|told| told.uid))
}

fn may_be_keywords(error: &Error) -> bool {
    matches!(error, Error::No { .. } | Error::Bad { .. })
        && !(error.is_over_quota() || error.is_nonexistent() || error.is_transient())
}

async fn upload(
    account: &Account,
    connection: &mut Connection,
    target: &Mailbox,
    parcel: &Parcel,
    flags: &Flags,
) -> Result<Option<AppendUid>, Failure> {
    let name = MailboxName::from_wire(target.path.clone());
    let mut source = Source::open(account.store().bodies(), parcel.body, Vec::new()).await?;
    let received = Some(parcel.received).filter(|received| received.0 > 0);
    let session = &mut connection.session;
    Ok(session.append(&name, flags, received, parcel.size, &mut source).await?)
}

/// Looks at what the server says it has. What cannot be proven is an error: it is tried again, and nothing is removed.
async fn read_back(
    account: &Account,
    connection: &mut Connection,
    operation: &Operation,
    target: &Mailbox,
    sent: Vec<Sent>,
) -> Result<(), Failure> {
    if sent.is_empty() {
        return Ok(());
    }
    look(account, connection, target).await?;
    let uids: UidSet = sent.iter().filter_map(|sent| sent.uid).collect();
    let mut sizes = BTreeMap::new();
    if !uids.is_empty() {
        let mut fetching = connection.session.fetch_sizes(&uids).await?;
        while let Some(fetched) = fetching.next().await? {
            sizes.extend(fetched.uid.zip(fetched.size));
        }
    }
    let mut proven = Vec::new();
    for Sent { parcel, uid } in sent {
        let is_same_size = uid.is_some_and(|uid| sizes.get(&uid) == Some(&parcel.size));
        let found = match uid.filter(|_| is_same_size) {
            Some(uid) => Some(uid),
            None => by_contents(account, connection, target, &parcel, uid).await?,
        };
        let Some(uid) = found else {
            prove(account, operation, target, proven).await?;
            let what = "a message that was appended is not what was sent".to_owned();
            return Err(Error::Protocol(what).into());
        };
        proven.push((parcel.message, uid));
    }
    prove(account, operation, target, proven).await
}

/// Looks for one message that may have arrived before the connection broke.
async fn arrived(
    account: &Account,
    connection: &mut Connection,
    target: &Mailbox,
    parcel: &Parcel,
) -> Result<Option<Uid>, Failure> {
    look(account, connection, target).await?;
    by_contents(account, connection, target, parcel, None).await
}

/// Finds a message by its bytes: under the uid that was told, else among those of its size and Message-ID.
async fn by_contents(
    account: &Account,
    connection: &mut Connection,
    target: &Mailbox,
    parcel: &Parcel,
    told: Option<Uid>,
) -> Result<Option<Uid>, Failure> {
    let candidates = if let Some(uid) = told {
        vec![uid]
    } else {
        let (message, size) = (parcel.message, parcel.size);
        let wanted = Wanted { message, message_id: parcel.message_id.clone(), size };
        find::candidates(account, connection, target.id, &wanted).await?
    };
    if told.is_none() && parcel.message_id.is_some() {
        return Ok(candidates.first().copied());
    }
    if parcel.size > ON_DEMAND {
        return Ok(None);
    }
    let own = plain(account.store().bodies().get(parcel.body).await?);
    for uid in candidates {
        let mut is_same = false;
        let mut fetching = connection.session.fetch_bodies(&uid.into()).await?;
        while let Some(mut fetched) = fetching.next().await? {
            if fetched.uid == Some(uid)
                && let Some(literal) = fetched.take_section("")
            {
                is_same = plain(bodies::bytes(literal)?) == own;
            }
        }
        if is_same {
            return Ok(Some(uid));
        }
    }
    Ok(None)
}

/// Servers write line ends as they like, and some add the last one.
fn plain(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.retain(|byte| *byte != b'\r');
    let end = bytes.trim_ascii_end().len();
    bytes.truncate(end);
    bytes
}

async fn look(
    account: &Account,
    connection: &mut Connection,
    target: &Mailbox,
) -> Result<(), Failure> {
    super::open(account, connection, target).await?;
    // What was appended is seen by an open mailbox only after it was told.
    connection.session.noop().await?;
    Ok(())
}

/// Writes down what is proven.
async fn prove(
    account: &Account,
    operation: &Operation,
    target: &Mailbox,
    proven: Vec<(MessageId, Uid)>,
) -> Result<(), Failure> {
    let (id, mailbox) = (operation.id, target.id);
    let write = account.store().write(move |tx| {
        for (message, uid) in proven {
            operation::appended(tx, id, message, mailbox, uid)?;
        }
        Ok(())
    });
    Ok(write.await?)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn bytes_are_the_same_whatever_the_line_ends() {
        let table: [(&[u8], &[u8], bool); 4] = [
            (b"a\r\nb\r\n", b"a\nb", true),
            (b"a\r\n\r\nb", b"a\n\nb\n\n", true),
            (b"a\r\nb", b"a\r\nc", false),
            (b"a\r\n\r\nb", b"a\r\nb", false),
        ];
        for (one, other, is_same) in table {
            assert_eq!(plain(one.to_vec()) == plain(other.to_vec()), is_same, "{one:?}");
        }
    }
}
