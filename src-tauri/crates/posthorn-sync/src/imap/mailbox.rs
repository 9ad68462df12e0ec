//! One mailbox, step by step.

use posthorn_imap::{Selected, UidSet};
use posthorn_model::{MailboxRole, MessageId, Uid};
use posthorn_store::mailbox::{self, Mailbox, SyncState};
use posthorn_store::{ledger, placement};

use crate::engine::Account;
use crate::event::SyncEvent;
use crate::failure::Failure;
use crate::imap::connect::Connection;
use crate::imap::step::{arrivals, compare, flags, select, validity, vanished};
use crate::limit::{DOUBT_ABOVE, MESSAGES};

/// Most uids that are asked for as a range without knowing which exist; a longer gap is listed first.
const BLIND_RANGE: u32 = 500;

/// How a synchronisation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Something urgent came before everything was done: it must go on later.
    pub(crate) is_interrupted: bool,
    /// Bytes of new messages are to be fetched.
    pub(crate) needs_bodies: bool,
}

/// Synchronises a mailbox. What was done is in the store, also when it fails or is interrupted.
pub(crate) async fn synchronise(
    account: &Account,
    connection: &mut Connection,
    mailbox: Mailbox,
) -> Result<Outcome, Failure> {
    // On the heap: it holds a window's work, and everything that calls this would carry it along.
    Box::pin(step_by_step(account, connection, mailbox)).await
}

async fn step_by_step(
    account: &Account,
    connection: &mut Connection,
    mailbox: Mailbox,
) -> Result<Outcome, Failure> {
    let mut selected = select::open(connection, &mailbox).await?;
    if selected.exists > MESSAGES {
        return Err(Failure::TooMany { host: connection.host.clone(), limit: MESSAGES });
    }
    let is_first = mailbox.sync.uid_validity.is_none() || !mailbox.sync.is_complete;
    let mut mailbox = validity::reconcile(account, mailbox, &selected).await?;
    let unnumbered = unnumbered(account, &mailbox).await?;
    let mut known = vanished::known(account, &mailbox).await?;
    let gone = vanished::apply(account, &mailbox, &known, selected.vanished.clone(), true).await?;
    known = known.difference(&gone);

    let is_audit = is_audit_due(account, &mailbox);
    if is_identity_doubtful(&mailbox, &selected, is_audit) {
        // It looks at all flags too.
        known = identify(account, connection, &mut mailbox, &selected, &known).await?;
    } else {
        flags::update(account, connection, &mailbox, &mut selected, &known, is_audit).await?;
    }
    let mut sync = SyncState { highest_modseq: selected.highest_modseq, ..mailbox.sync };
    save(account, &mailbox, &mut sync, false).await?;

    let quarantine = quarantine(account, &mailbox, is_audit).await?;
    known.extend(&quarantine);
    let plan = plan(connection, &mailbox, &selected, &known, is_audit).await?;
    let mut outcome = arrivals::fetch(account, connection, &mailbox, &plan.missing).await?;
    known.extend(&outcome.stored);
    let needs_bodies = outcome.without_body > 0;
    announce(account, &mailbox, is_first, &mut outcome);
    if outcome.is_interrupted {
        return Ok(Outcome { is_interrupted: true, needs_bodies });
    }
    let compared = Compared { selected, plan, known, quarantine, unnumbered };
    finish(account, connection, &mailbox, compared, sync).await?;
    Ok(Outcome { is_interrupted: false, needs_bodies })
}

/// Tells whether the server may have other messages under uids that are known here: its counters went back (a backup was
/// restored), the folder was found again under another name, or nothing but comparing tells and everything is compared.
fn is_identity_doubtful(mailbox: &Mailbox, selected: &Selected, is_audit: bool) -> bool {
    let sync = &mailbox.sync;
    let modseq_back = matches!((sync.highest_modseq, selected.highest_modseq),
        (Some(known), Some(now)) if now < known);
    let uids_back =
        matches!((sync.uid_next, selected.uid_next), (Some(known), Some(now)) if now < known);
    let is_found_again = sync.is_complete && sync.audited_at.is_none();
    let is_bare = is_audit && sync.is_complete && selected.highest_modseq.is_none();
    modseq_back || uids_back || is_found_again || is_bare
}

/// Compares sizes and times of what is known here, and forgets the uids under which the server has another message: it
/// is matched anew, and the message here finds its own uid or goes to *Removed on the server*. Returns the uids that are
/// still known.
async fn identify(
    account: &Account,
    connection: &mut Connection,
    mailbox: &mut Mailbox,
    selected: &Selected,
    known: &UidSet,
) -> Result<UidSet, Failure> {
    let mut found = compare::compare(account, connection, mailbox, known, |_| ()).await?;
    // Numbers that the server has not given yet.
    let next = selected.uid_next.map_or(u32::MAX, |next| next.0);
    found.other.extend(known.iter().filter(|uid| uid.0 >= next && uid.0 < u32::MAX));
    compare::mend(account, mailbox, &found).await?;
    if found.other.is_empty() {
        return Ok(known.clone());
    }
    tracing::warn!(
        mailbox = mailbox.id.0,
        other = found.other.len(),
        "the server has other messages under known uids"
    );
    mailbox.sync.is_complete = false;
    Ok(known.difference(&found.other.into_iter().collect()))
}

/// Returns the messages of a folder that is completely here which have no uid: a listing will tell it, or they are not
/// there.
async fn unnumbered(account: &Account, mailbox: &Mailbox) -> Result<Vec<MessageId>, Failure> {
    if !mailbox.sync.is_complete {
        return Ok(Vec::new());
    }
    let id = mailbox.id;
    Ok(account.store().read(move |tx| placement::unnumbered(tx, id)).await?)
}

/// Returns the messages that nobody could read; none where it is time to try again.
async fn quarantine(
    account: &Account,
    mailbox: &Mailbox,
    is_audit: bool,
) -> Result<UidSet, Failure> {
    if is_audit {
        return Ok(UidSet::new());
    }
    let id = mailbox.id;
    let all = account.store().read(move |tx| ledger::quarantined(tx, id)).await?;
    Ok(all.into_iter().map(|one| one.uid).collect())
}

/// What is to be fetched, and what was listed for it.
struct Plan {
    missing: UidSet,
    listing: Option<vanished::Listing>,
}

/// Decides what is missing: by the next uid alone where that tells it, else by a complete list.
async fn plan(
    connection: &mut Connection,
    mailbox: &Mailbox,
    selected: &Selected,
    known: &UidSet,
    is_audit: bool,
) -> Result<Plan, Failure> {
    let went_back = matches!((mailbox.sync.highest_modseq, selected.highest_modseq),
        (Some(known), Some(now)) if now < known);
    if mailbox.sync.is_complete
        && !is_audit
        && !went_back
        && let (Some(from), Some(next)) = (mailbox.sync.uid_next, selected.uid_next)
    {
        let new = next.0.saturating_sub(from.0);
        if new == 0 && known.len() == u64::from(selected.exists) {
            return Ok(Plan { missing: UidSet::new(), listing: None });
        }
        if (1..=BLIND_RANGE).contains(&new) && known.len() <= u64::from(selected.exists) {
            return Ok(Plan {
                missing: UidSet::range(from, Uid(next.0 - 1)).difference(known),
                listing: None,
            });
        }
    }
    let listing = vanished::list(connection, selected).await?;
    Ok(Plan { missing: listing.uids.difference(known), listing: Some(listing) })
}

/// Both sides, after everything that was missing here came.
struct Compared {
    selected: Selected,
    plan: Plan,
    /// With those that nobody could read.
    known: UidSet,
    quarantine: UidSet,
    /// Messages that had no uid before anything was listed.
    unnumbered: Vec<MessageId>,
}

/// Removes what is gone, and remembers that everything was compared.
async fn finish(
    account: &Account,
    connection: &mut Connection,
    mailbox: &Mailbox,
    compared: Compared,
    mut sync: SyncState,
) -> Result<(), Failure> {
    let Compared { selected, plan, mut known, quarantine, unnumbered } = compared;
    let listing = match plan.listing {
        Some(listing) => Some(listing),
        // The counts tell whether anything is left to explain.
        None if known.len() == u64::from(selected.exists) && unnumbered.is_empty() => None,
        None => Some(vanished::list(connection, &selected).await?),
    };
    let mut left = quarantine;
    let mut is_matched = true;
    if let Some(listing) = listing {
        let silent = listing.uids.difference(&known);
        if !silent.is_empty() {
            let outcome = arrivals::insist(account, connection, mailbox, &silent).await?;
            known.extend(&outcome.stored);
            left.extend(&silent.difference(&outcome.stored));
        }
        left = left.intersection(&listing.uids);
        // What came after the list was made is not gone.
        let listed_below = listing
            .uids
            .max()
            .map_or(0, |uid| uid.0)
            .max(selected.uid_next.map_or(0, |uid| uid.0.saturating_sub(1)));
        let below = if listed_below == 0 {
            known.clone()
        } else {
            known.intersection(&UidSet::range(Uid(1), Uid(listed_below)))
        };
        let gone = below.difference(&listing.uids);
        vanished::apply(account, mailbox, &known, gone, listing.is_consistent).await?;
        if listing.is_consistent && left.is_empty() && !unnumbered.is_empty() {
            let id = mailbox.id;
            let write =
                account.store().write(move |tx| placement::remove_unnumbered(tx, id, &unnumbered));
            write.await?;
        }
        is_matched = forget_unmatched(account, mailbox, &listing, &known.difference(&left)).await?;
        sync.audited_at = Some(account.now());
    }
    note(account, mailbox, &left, u64::from(selected.exists)).await?;
    sync.is_complete = is_matched;
    let highest = known.max().map_or(0, |uid| uid.0).saturating_add(1);
    sync.uid_next = Some(selected.uid_next.unwrap_or(Uid(highest)));
    sync.lowest_uid = known.min();
    save(account, mailbox, &mut sync, true).await
}

/// Writes into the ledger how many messages the server has, and which of them nobody could read.
async fn note(
    account: &Account,
    mailbox: &Mailbox,
    left: &UidSet,
    there: u64,
) -> Result<(), Failure> {
    let id = mailbox.id;
    let left: Vec<_> = left.iter().map(|uid| (uid, String::new())).collect();
    let write = account.store().write(move |tx| {
        ledger::quarantine(tx, id, &left)?;
        ledger::note_there(tx, id, there)
    });
    Ok(write.await?)
}

/// After a new uid validity: what a complete, consistent list did not show again is gone. Where that is much, a fresh
/// connection must give the same list. `read` are the messages whose heads are here: while one is listed that nobody could
/// read, it may be one that is here, and nothing is forgotten. Returns false where something is left: that cannot be told
/// yet, or that an operation under way holds.
pub(crate) async fn forget_unmatched(
    account: &Account,
    mailbox: &Mailbox,
    listing: &vanished::Listing,
    read: &UidSet,
) -> Result<bool, Failure> {
    if mailbox.sync.is_complete || !listing.is_consistent {
        return Ok(true);
    }
    let id = mailbox.id;
    let unmatched = account.store().read(move |tx| placement::count_without_uid(tx, id)).await?;
    let is_doubtful = unmatched > DOUBT_ABOVE && unmatched > listing.uids.len();
    if unmatched > 0 && !listing.uids.difference(read).is_empty() {
        return Ok(false);
    }
    if unmatched == 0
        || is_doubtful && !vanished::is_confirmed(account, mailbox, &listing.uids).await?
    {
        return rest(account, mailbox).await;
    }
    account.store().write(move |tx| placement::remove_without_uid(tx, id).map(drop)).await?;
    rest(account, mailbox).await
}

/// Tells whether every message of the folder has a uid again.
async fn rest(account: &Account, mailbox: &Mailbox) -> Result<bool, Failure> {
    let id = mailbox.id;
    Ok(account.store().read(move |tx| placement::count_unnumbered(tx, id)).await? == 0)
}

async fn save(
    account: &Account,
    mailbox: &Mailbox,
    sync: &mut SyncState,
    is_success: bool,
) -> Result<(), Failure> {
    let before = *sync;
    if is_success {
        sync.synced_at = Some(account.now());
    }
    if !is_success && before == mailbox.sync {
        return Ok(());
    }
    let (id, sync) = (mailbox.id, *sync);
    account.store().write(move |tx| mailbox::set_sync(tx, id, &sync)).await?;
    Ok(())
}

fn is_audit_due(account: &Account, mailbox: &Mailbox) -> bool {
    let every = i64::try_from(account.engine.tuning.audit.as_millis()).unwrap_or(i64::MAX);
    mailbox.sync.audited_at.is_none_or(|at| account.now().0.saturating_sub(at.0) >= every)
}

/// Tells of new mail in the inbox; a first synchronisation is no news.
fn announce(account: &Account, mailbox: &Mailbox, is_first: bool, outcome: &mut arrivals::Outcome) {
    let mut messages: Vec<_> = outcome
        .arrived
        .drain(..)
        .filter(|(_, flags)| !flags.seen && !flags.deleted)
        .map(|(message, _)| message)
        .collect();
    if mailbox.role == MailboxRole::Inbox && !is_first && !messages.is_empty() {
        messages.reverse();
        account.engine.board.tell(SyncEvent::Arrived {
            account: account.id,
            mailbox: mailbox.id,
            messages,
        });
    }
}
