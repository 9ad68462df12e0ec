//! The proof of one folder: everything that the server has is compared with everything that is here, and what differs
//! is mended.

use posthorn_imap::{MailboxName, SelectMode, Selected, UidSet};
use posthorn_store::ledger::{self, Proof};
use posthorn_store::mailbox::{self, Mailbox};

use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::Connection;
use crate::imap::mailbox as steps;
use crate::imap::step::{arrivals, compare, vanished};
use crate::proof::Ticket;

/// Compares a folder. What was found so far is in `proof`, also when it fails.
pub(crate) async fn folder(
    account: &Account,
    connection: &mut Connection,
    mailbox: Mailbox,
    proof: &mut Proof,
    ticket: &mut Ticket,
) -> Result<(), Failure> {
    let (mailbox, selected) = open(account, connection, mailbox).await?;
    // Before the list: what comes while it is made is not gone.
    let known = vanished::known(account, &mailbox).await?;
    let listing = vanished::list(connection, &selected).await?;
    let total = listing.uids.len();
    ticket.update(account, |progress| progress.total = total);
    let tell = |done| ticket.update(account, |progress| progress.done = done);
    let found = compare::compare(account, connection, &mailbox, &listing.uids, tell).await?;
    proof.compared = found.compared;
    proof.missing = found.missing.len() as u64;
    proof.flags = found.flags.len() as u64;
    proof.other = found.other.len() as u64;
    proof.spared = found.spared;
    compare::mend(account, &mailbox, &found).await?;
    let gone = known.difference(&listing.uids);
    let believed =
        vanished::apply(account, &mailbox, &known, gone.clone(), listing.is_consistent).await?;
    proof.gone = believed.len();
    let mut wanted: UidSet = found.missing.iter().chain(&found.other).copied().collect();
    // What was listed and not spoken of, and is not here either.
    let answered: UidSet = found.answered.iter().copied().collect();
    wanted.extend(&listing.uids.difference(&answered).difference(&known));
    let left = fetch(account, connection, &mailbox, wanted).await?;
    let unmatched = Mailbox {
        sync: mailbox::SyncState {
            is_complete: mailbox.sync.is_complete && found.other.is_empty(),
            ..mailbox.sync
        },
        ..mailbox.clone()
    };
    let read = listing.uids.difference(&left);
    steps::forget_unmatched(account, &unmatched, &listing, &read).await?;
    proof.remaining = left.len() + gone.difference(&believed).len();
    close(account, &mailbox, left, total).await
}

/// Opens the folder for reading. One that has new uids, or was never synchronised, is brought in line first.
async fn open(
    account: &Account,
    connection: &mut Connection,
    mut mailbox: Mailbox,
) -> Result<(Mailbox, Selected), Failure> {
    /// A folder whose uids change again and again meanwhile is not compared.
    const TRIES: usize = 20;
    let name = MailboxName::from_wire(mailbox.path.clone());
    for _ in 0..TRIES {
        connection.open = None;
        let mode = if connection.session.has("CONDSTORE") {
            SelectMode::CondStore
        } else {
            SelectMode::Plain
        };
        let selected = connection.session.examine(&name, mode).await?;
        let id = mailbox.id;
        mailbox = account.store().read(move |tx| mailbox::get(tx, id)).await?;
        if mailbox.sync.uid_validity == Some(selected.uid_validity) && mailbox.sync.is_complete {
            connection.open = Some((id, selected.uid_validity));
            return Ok((mailbox, selected));
        }
        let outcome = steps::synchronise(account, connection, mailbox.clone()).await?;
        if !outcome.is_interrupted && mailbox.sync.uid_validity == Some(selected.uid_validity) {
            connection.open = Some((id, selected.uid_validity));
            mailbox = account.store().read(move |tx| mailbox::get(tx, id)).await?;
            return Ok((mailbox, selected));
        }
    }
    Err(Failure::Interrupted)
}

/// Fetches what is missing, and returns what did not come.
async fn fetch(
    account: &Account,
    connection: &mut Connection,
    mailbox: &Mailbox,
    mut wanted: UidSet,
) -> Result<UidSet, Failure> {
    while !wanted.is_empty() {
        let outcome = arrivals::fetch(account, connection, mailbox, &wanted).await?;
        wanted = wanted.difference(&outcome.stored);
        if outcome.without_body > 0 {
            account.signals.raise(|signals| signals.opened.extend([mailbox.id]));
        }
        if !outcome.is_interrupted {
            break;
        }
    }
    if !wanted.is_empty() {
        let outcome = arrivals::insist(account, connection, mailbox, &wanted).await?;
        wanted = wanted.difference(&outcome.stored);
    }
    Ok(wanted)
}

/// Writes down that everything was compared.
async fn close(
    account: &Account,
    mailbox: &Mailbox,
    left: UidSet,
    there: u64,
) -> Result<(), Failure> {
    let (id, now) = (mailbox.id, account.now());
    let left: Vec<_> = left.iter().map(|uid| (uid, String::new())).collect();
    let write = account.store().write(move |tx| {
        ledger::quarantine(tx, id, &left)?;
        ledger::note_there(tx, id, there)?;
        let mut sync = mailbox::get(tx, id)?.sync;
        (sync.audited_at, sync.synced_at, sync.is_complete) = (Some(now), Some(now), true);
        mailbox::set_sync(tx, id, &sync)
    });
    Ok(write.await?)
}
