//! One mailbox, step by step.

use posthorn_imap::{Selected, UidSet};
use posthorn_model::{MailboxRole, Uid};
use posthorn_store::mailbox::{self, Mailbox, SyncState};
use posthorn_store::placement;

use crate::engine::Account;
use crate::event::SyncEvent;
use crate::failure::Failure;
use crate::imap::connect::Connection;
use crate::imap::step::{arrivals, flags, select, validity, vanished};
use crate::limit::DOUBT_ABOVE;

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
    let is_first = mailbox.sync.uid_validity.is_none() || !mailbox.sync.is_complete;
    let mailbox = validity::reconcile(account, mailbox, &selected).await?;
    let mut known = vanished::known(account, &mailbox).await?;
    let gone = vanished::apply(account, &mailbox, &known, selected.vanished.clone(), true).await?;
    known = known.difference(&gone);

    let is_audit = is_audit_due(account, &mailbox);
    flags::update(account, connection, &mailbox, &mut selected, &known, is_audit).await?;
    let mut sync = SyncState { highest_modseq: selected.highest_modseq, ..mailbox.sync };
    save(account, &mailbox, &mut sync, false).await?;

    let plan = plan(connection, &mailbox, &selected, &known, is_audit).await?;
    let mut outcome = arrivals::fetch(account, connection, &mailbox, &plan.missing).await?;
    known.extend(&outcome.stored);
    let needs_bodies = outcome.without_body > 0;
    announce(account, &mailbox, is_first, &mut outcome);
    if outcome.is_interrupted {
        return Ok(Outcome { is_interrupted: true, needs_bodies });
    }
    let compared = Compared { selected, plan, known };
    finish(account, connection, &mailbox, compared, sync).await?;
    Ok(Outcome { is_interrupted: false, needs_bodies })
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
    known: UidSet,
}

/// Removes what is gone, and remembers that everything was compared.
async fn finish(
    account: &Account,
    connection: &mut Connection,
    mailbox: &Mailbox,
    compared: Compared,
    mut sync: SyncState,
) -> Result<(), Failure> {
    let Compared { selected, plan, known } = compared;
    let listing = match plan.listing {
        Some(listing) => Some(listing),
        // The counts tell whether anything is left to explain.
        None if known.len() == u64::from(selected.exists) => None,
        None => Some(vanished::list(connection, &selected).await?),
    };
    if let Some(listing) = listing {
        // What came after the list was made is not gone.
        let listed_below = listing
            .uids
            .max()
            .map_or(0, |uid| uid.0)
            .max(selected.uid_next.map_or(0, |uid| uid.0 - 1));
        let below = if listed_below == 0 {
            known.clone()
        } else {
            known.intersection(&UidSet::range(Uid(1), Uid(listed_below)))
        };
        let gone = below.difference(&listing.uids);
        vanished::apply(account, mailbox, &known, gone, listing.is_consistent).await?;
        forget_unmatched(account, mailbox, &listing).await?;
        sync.audited_at = Some(account.now());
    }
    sync.is_complete = true;
    let highest = known.max().map_or(0, |uid| uid.0).saturating_add(1);
    sync.uid_next = Some(selected.uid_next.unwrap_or(Uid(highest)));
    sync.lowest_uid = known.min();
    save(account, mailbox, &mut sync, true).await
}

/// After a new uid validity: what a complete, consistent list did not show again is gone. Where that is much, a fresh
/// connection must give the same list.
async fn forget_unmatched(
    account: &Account,
    mailbox: &Mailbox,
    listing: &vanished::Listing,
) -> Result<(), Failure> {
    if mailbox.sync.is_complete || !listing.is_consistent {
        return Ok(());
    }
    let id = mailbox.id;
    let unmatched = account.store().read(move |tx| placement::count_without_uid(tx, id)).await?;
    let is_doubtful = unmatched > DOUBT_ABOVE && unmatched > listing.uids.len();
    if unmatched == 0
        || is_doubtful && !vanished::is_confirmed(account, mailbox, &listing.uids).await?
    {
        return Ok(());
    }
    account.store().write(move |tx| placement::remove_without_uid(tx, id).map(drop)).await?;
    Ok(())
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
