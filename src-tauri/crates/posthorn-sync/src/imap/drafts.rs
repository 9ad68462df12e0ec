//! Drafts get a copy in the server's Drafts folder, seldom, and never two.
//!
//! One version after the other, each in these steps: the folder is synchronised, so that what other programs did is known;
//! the version is written and its bytes are durable; a row says that it is about to be appended; APPEND; its uid makes it a
//! message here and the draft's copy, and the copy before it goes by an operation; the row goes. After a break the row is
//! there, and the folder is searched for the version's Message-ID before anything is appended again. Where the search finds
//! nothing but something may still come late, the folder is looked at again later and what came is removed.
//!
//! Nothing here ever changes what was typed, and a refusal costs nothing but a wait.

use std::collections::BTreeSet;
use std::time::Duration;

use posthorn_imap::{MailboxName, Search};
use posthorn_model::{Flags, MailboxRole, MessageId, Timestamp, Uid};
use posthorn_store::draft::{self, Draft, DraftCopy, NewCopy};
use posthorn_store::mailbox::{self, Mailbox};
use posthorn_store::placement::{self, Arrival};
use posthorn_store::{Error as StoreError, message};

use crate::draft::{WriteError, load, write_copy};
use crate::engine::Account;
use crate::failure::{Failure, of_imap};
use crate::imap::connect::Connection;
use crate::imap::step::bodies;
use crate::imap::{folders, mailbox as mailbox_sync};
use crate::limit::{DRAFT_LARGE, DRAFT_LONGEST, DRAFT_LONGEST_LARGE, DRAFT_RETRY_LAST};
use crate::outbox::source::Source;
use crate::reading::Told;

/// Name of the folder that is made where an account has none for drafts.
const DRAFTS: &str = "Drafts";

/// Returns when something is to be done next; absent = nothing is.
pub(crate) async fn next(account: &Account) -> Result<Option<Timestamp>, Failure> {
    let id = account.id;
    let read =
        account.store().read(move |tx| Ok((draft::to_copy(tx, id)?, draft::copies(tx, id)?)));
    let (drafts, copies) = read.await?;
    let drafts = drafts.iter().filter_map(|draft| due(account, draft));
    let copies = copies.iter().filter(|copy| copy.is_settled).map(|copy| copy.next_look);
    Ok(drafts.chain(copies).min())
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Returns when a draft is to be copied; absent where the copy has everything.
fn due(account: &Account, draft: &Draft) -> Option<Timestamp> {
    let since = draft.copy.dirty_since?;
    let files: u64 = draft.attachments.iter().map(|file| file.size).sum();
    let texts = draft.content.html.len() + draft.content.quoted_html.len();
    let rested = draft.updated_at.plus_ms(ms(account.engine.tuning.draft_rest));
    let wanted = if draft.copy.is_left {
        draft.updated_at
    } else if files + texts as u64 > DRAFT_LARGE {
        since.plus_ms(ms(DRAFT_LONGEST_LARGE))
    } else {
        rested.min(since.plus_ms(ms(DRAFT_LONGEST)))
    };
    Some(wanted.max(draft.copy.next_try))
}

/// What is to be done now.
#[derive(Debug)]
struct Due {
    /// Drafts whose newest version is to be copied.
    drafts: Vec<Draft>,
    /// Versions whose upload broke off.
    unknown: Vec<DraftCopy>,
    /// Versions that are only looked for any more.
    settled: Vec<DraftCopy>,
}

/// Does everything that is due.
pub(crate) async fn copy(account: &Account, connection: &mut Connection) -> Result<(), Failure> {
    let (id, now) = (account.id, account.now());
    let read =
        account.store().read(move |tx| Ok((draft::to_copy(tx, id)?, draft::copies(tx, id)?)));
    let (mut drafts, copies) = read.await?;
    drafts.retain(|draft| due(account, draft).is_some_and(|due| due <= now));
    let (mut settled, unknown): (Vec<_>, Vec<_>) =
        copies.into_iter().partition(|copy| copy.is_settled);
    settled.retain(|copy| copy.next_look <= now);
    let due = Due { drafts, unknown, settled };
    match all(account, connection, &due).await {
        // The server does not want it now; everything else goes on.
        Err(Failure::Imap { error, .. }) if !error.is_fatal() => {
            put_off(account, &due, &said(connection, &error)).await
        }
        // Other things came first: it goes on when they are done.
        Err(Failure::Interrupted) => Ok(()),
        done => done,
    }
}

/// The server's sentence, else ours.
fn said(connection: &Connection, error: &posthorn_imap::Error) -> String {
    let problem = of_imap(error).at(&connection.host);
    if problem.server_said.is_empty() { problem.message } else { problem.server_said }
}

async fn all(account: &Account, connection: &mut Connection, due: &Due) -> Result<(), Failure> {
    let Some(folder) = folder(account, connection).await? else {
        return put_off(account, due, "the server has no folder for drafts").await;
    };
    for copy in &due.settled {
        look(account, connection, &folder, copy).await?;
    }
    for draft in &due.drafts {
        let mut is_copied = false;
        for copy in due.unknown.iter().filter(|copy| copy.draft == Some(draft.id)) {
            is_copied |= resolve(account, connection, &folder, draft, copy).await?;
        }
        // What the server did with the folder meanwhile may have changed the draft: it is read anew.
        let id = draft.id;
        match account.store().read(move |tx| draft::get(tx, id)).await {
            Ok(fresh)
                if !is_copied && fresh.outbox.is_none() && fresh.copy.dirty_since.is_some() =>
            {
                upload(account, connection, &folder, fresh).await?;
            }
            Ok(_) | Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Waits longer with each failure.
fn wait(account: &Account, attempts: u32) -> Timestamp {
    let step = account.engine.tuning.retry_first.saturating_mul(1_u32 << attempts.min(20));
    account.now().plus_ms(ms(step.min(DRAFT_RETRY_LAST)))
}

/// Tries everything later, and says why.
async fn put_off(account: &Account, due: &Due, said: &str) -> Result<(), Failure> {
    let later: Vec<_> = due
        .drafts
        .iter()
        .map(|draft| (draft.id, draft.copy.attempts.saturating_add(1)))
        .map(|(id, attempts)| (id, attempts, wait(account, attempts)))
        .collect();
    let (settled, last) = (due.settled.clone(), account.now().plus_ms(ms(DRAFT_RETRY_LAST)));
    let said = said.to_owned();
    let write = account.store().write(move |tx| {
        for (id, attempts, next_try) in later {
            draft::copy_failed(tx, id, attempts, next_try, &said)?;
        }
        settled.iter().try_for_each(|copy| draft::look_again(tx, copy, last))
    });
    Ok(write.await?)
}

/// Returns the Drafts folder, open, with everything known that other programs did in it; made where there is none.
async fn folder(
    account: &Account,
    connection: &mut Connection,
) -> Result<Option<Mailbox>, Failure> {
    let id = account.id;
    let known = || account.store().read(move |tx| mailbox::by_role(tx, id, MailboxRole::Drafts));
    let mut found = known().await?;
    if found.is_none() {
        connection.session.create(&MailboxName::from_display(DRAFTS)).await?;
        folders::refresh(account, connection).await?;
        found = known().await?;
    }
    let Some(found) = found.filter(|found| !found.is_local) else { return Ok(None) };
    let id = found.id;
    if mailbox_sync::synchronise(account, connection, found).await?.is_interrupted {
        return Err(Failure::Interrupted);
    }
    let found = account.store().read(move |tx| mailbox::get(tx, id)).await?;
    if !bodies::open(connection, &found).await? {
        return Err(Failure::Interrupted);
    }
    Ok(Some(found))
}

/// Returns where a version is in the open folder: as the server finds it, and as its listing showed it here.
async fn places(
    account: &Account,
    connection: &mut Connection,
    folder: &Mailbox,
    copy: &DraftCopy,
) -> Result<BTreeSet<Uid>, Failure> {
    let search = Search::MessageId(copy.message_id.0.clone());
    let mut found: BTreeSet<Uid> = connection.session.search(&search).await?.iter().collect();
    let (id, mailbox, message_id) = (account.id, folder.id, copy.message_id.clone());
    let read = account.store().read(move |tx| {
        let mut listed = Vec::new();
        for message in message::by_message_id(tx, id, &message_id)? {
            listed.extend(placement::get(tx, mailbox, message)?.and_then(|placed| placed.uid));
        }
        Ok(listed)
    });
    found.extend(read.await?);
    Ok(found)
}

/// Learns the fate of a version whose upload broke off, and appends it again where it is not there and still the newest.
/// Returns whether the draft has its newest version on the server.
async fn resolve(
    account: &Account,
    connection: &mut Connection,
    folder: &Mailbox,
    draft: &Draft,
    copy: &DraftCopy,
) -> Result<bool, Failure> {
    let is_newest = copy.version == draft.updated_at;
    let found = places(account, connection, folder, copy).await?;
    let doubt = copy.sent_at.plus_ms(ms(account.engine.tuning.draft_doubt));
    if let Some(uid) = found.first() {
        confirm(account, folder, copy, *uid, Some(account.now())).await?;
        return Ok(is_newest);
    }
    if is_newest {
        let (copy, next_try) = (copy.clone(), wait(account, draft.copy.attempts));
        let write = account.store().write(move |tx| draft::begin_copy_again(tx, &copy, next_try));
        let again = write.await?;
        append(account, connection, folder, draft, &again, true).await?;
        return Ok(true);
    }
    let copy = copy.clone();
    account.store().write(move |tx| draft::settle_copy(tx, &copy, doubt)).await?;
    Ok(false)
}

/// Looks for a version that is not wanted any more, and removes it where it came late or twice.
async fn look(
    account: &Account,
    connection: &mut Connection,
    folder: &Mailbox,
    copy: &DraftCopy,
) -> Result<(), Failure> {
    let found = places(account, connection, folder, copy).await?;
    let (mailbox, copy) = (folder.id, copy.clone());
    let doubt = copy.sent_at.plus_ms(ms(account.engine.tuning.draft_doubt));
    let is_over = account.now() >= doubt;
    let write = account.store().write(move |tx| {
        let mut messages = Vec::new();
        for uid in found {
            messages.extend(placement::by_uid(tx, mailbox, uid)?.map(|placed| placed.message));
        }
        for stray in draft::strays(tx, &messages)? {
            draft::remove_copy(tx, stray)?;
        }
        if is_over { draft::forget_copy(tx, &copy) } else { draft::look_again(tx, &copy, doubt) }
    });
    Ok(write.await?)
}

/// Writes a draft's newest version and appends it.
async fn upload(
    account: &Account,
    connection: &mut Connection,
    folder: &Mailbox,
    draft: Draft,
) -> Result<(), Failure> {
    let now = account.now();
    let outgoing = load(account.store(), draft.clone(), now).await?;
    let (message_id, body, size) = match write_copy(account.store(), outgoing).await {
        Ok(written) => written,
        Err(WriteError::Store(error)) => return Err(error.into()),
        // It cannot be written as it is: the next change may help, the wait does not.
        Err(WriteError::Compose(error)) => {
            let due = Due { drafts: vec![draft], unknown: Vec::new(), settled: Vec::new() };
            return put_off(account, &due, &error.to_string()).await;
        }
    };
    let new = NewCopy {
        draft: draft.id,
        account: account.id,
        message_id,
        body,
        size,
        version: draft.updated_at,
        next_try: wait(account, draft.copy.attempts),
    };
    // Absent: somebody typed meanwhile, and the next look takes what he typed.
    let Some(copy) = account.store().write(move |tx| draft::begin_copy(tx, &new)).await? else {
        return Ok(());
    };
    append(account, connection, folder, &draft, &copy, false).await
}

/// Appends a version. What the server refuses is not there; what it took is found, told or not.
async fn append(
    account: &Account,
    connection: &mut Connection,
    folder: &Mailbox,
    draft: &Draft,
    copy: &DraftCopy,
    is_again: bool,
) -> Result<(), Failure> {
    let name = MailboxName::from_wire(folder.path.clone());
    let flags = Flags { seen: true, draft: true, ..Flags::default() };
    let mut source = Source::open(account.store().bodies(), copy.body, Vec::new()).await?;
    let session = &mut connection.session;
    let told = match session.append(&name, &flags, Some(copy.sent_at), copy.size, &mut source).await
    {
        Ok(told) => told,
        Err(error) if !error.is_fatal() => {
            tracing::info!(account = account.id.0, %error, "the server did not take a draft");
            let (copy, said) = (copy.clone(), said(connection, &error));
            let attempts = draft.copy.attempts.saturating_add(1);
            let next_try = wait(account, attempts);
            let write = account.store().write(move |tx| {
                draft::forget_copy(tx, &copy)?;
                let Some(id) = copy.draft else { return Ok(()) };
                draft::copy_failed(tx, id, attempts, next_try, &said)
            });
            return Ok(write.await?);
        }
        Err(error) => return Err(error.into()),
    };
    // A uid counts only under the epoch that is known here.
    let told = told.filter(|told| folder.sync.uid_validity == Some(told.uid_validity));
    let uid = if let Some(told) = told {
        Some(told.uid)
    } else {
        // An open mailbox shows what was appended only after it was told.
        connection.session.noop().await?;
        places(account, connection, folder, copy).await?.first().copied()
    };
    let Some(uid) = uid else {
        // It was taken and is not shown: the listing will, and nothing is appended before.
        return Err(Failure::Interrupted);
    };
    let doubt = copy.sent_at.plus_ms(ms(account.engine.tuning.draft_doubt));
    confirm(account, folder, copy, uid, is_again.then_some(doubt)).await
}

/// Makes a version on the server a message here, and the draft's copy, in one transaction.
async fn confirm(
    account: &Account,
    folder: &Mailbox,
    copy: &DraftCopy,
    uid: Uid,
    look_at: Option<Timestamp>,
) -> Result<(), Failure> {
    let bytes = account.store().bodies().get(copy.body).await?;
    let (received, size) = (copy.sent_at, copy.size);
    let read = tokio::task::spawn_blocking(move || {
        let told = Told { received: Some(received), size, ..Told::default() };
        crate::maildrop::whole_head(&bytes, told)
    });
    let head = read.await.map_err(|_| Failure::Interrupted)?;
    let (mailbox, copy) = (folder.id, copy.clone());
    let write = account.store().write(move |tx| {
        let flags = Flags { seen: true, draft: true, ..Flags::default() };
        let arrival =
            Arrival { uid: Some(uid), flags, head, body: Some(copy.body), ..Arrival::default() };
        let arrived = placement::arrive(tx, mailbox, &[arrival])?;
        let message: MessageId = arrived
            .first()
            .map(|arrived| arrived.message)
            .ok_or(StoreError::NotFound("message"))?;
        draft::copied(tx, &copy, message, look_at)
    });
    write.await?;
    Ok(())
}
