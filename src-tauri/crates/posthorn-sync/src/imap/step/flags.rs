//! Step 4: flags that changed elsewhere.
//!
//! With mod-seqs only what changed since the last time is asked for. Without them the newest messages are compared
//! each time, and all at each audit. Rows with a pending operation keep what the user did: the store sees to it.

use posthorn_imap::{Changed, Fetched, Selected, UidSet};
use posthorn_model::{ModSeq, Uid};
use posthorn_store::mailbox::Mailbox;
use posthorn_store::placement::{self, FlagUpdate};

use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::Connection;

/// Messages whose flags are compared at each look where the server keeps no mod-seqs: what a person works on.
const PLAIN_WINDOW: usize = 1_000;
/// Flag changes in one write to the store.
const BATCH: usize = 500;
/// Uids of one command that asks for flags: a set's text is bounded anyway, ranges are not.
const FLAG_UIDS: u32 = 100_000;

/// Which messages' flags are asked for.
#[derive(Debug, PartialEq, Eq)]
enum Ask {
    /// None: they cannot have changed, or the answer came with the opening of the mailbox.
    Nothing,
    /// Those that changed since.
    Since(ModSeq),
    /// The newest.
    Newest,
    /// All.
    All,
}

/// Brings the flags of known messages up to date. `is_thorough` compares all where nothing but comparing helps.
pub(crate) async fn update(
    account: &Account,
    connection: &mut Connection,
    mailbox: &Mailbox,
    selected: &mut Selected,
    known: &UidSet,
    is_thorough: bool,
) -> Result<(), Failure> {
    let mut updates = Vec::with_capacity(BATCH);
    for changed in std::mem::take(&mut selected.changed) {
        let Changed { uid, flags, modseq } = changed;
        updates.push(FlagUpdate { uid, flags, modseq });
        store(account, mailbox, &mut updates, BATCH).await?;
    }
    let is_resynced = connection.session.is_enabled("QRESYNC") && connection.session.has("QRESYNC");
    let (wanted, since) =
        match ask(mailbox.sync.highest_modseq, selected.highest_modseq, is_resynced, is_thorough) {
            Ask::Nothing => (UidSet::new(), None),
            Ask::Since(since) => (
                known.max().map_or_else(UidSet::new, |max| UidSet::range(Uid(1), max)),
                Some(since),
            ),
            Ask::Newest => (known.iter().rev().take(PLAIN_WINDOW).collect(), None),
            Ask::All => (known.clone(), None),
        };
    let pieces = if since.is_some() {
        Vec::from_iter((!wanted.is_empty()).then_some(wanted))
    } else {
        wanted.pieces(FLAG_UIDS)
    };
    for piece in pieces {
        let mut fetching = connection.session.fetch_flags(&piece, since).await?;
        while let Some(fetched) = fetching.next().await? {
            updates.extend(update_of(fetched));
            store(account, mailbox, &mut updates, BATCH).await?;
        }
    }
    store(account, mailbox, &mut updates, 1).await
}

/// Writes the changes down once there are so many: however many come, few are in memory.
async fn store(
    account: &Account,
    mailbox: &Mailbox,
    updates: &mut Vec<FlagUpdate>,
    at_least: usize,
) -> Result<(), Failure> {
    if updates.len() < at_least {
        return Ok(());
    }
    let (id, batch) = (mailbox.id, std::mem::take(updates));
    account.store().write(move |tx| placement::update_flags(tx, id, &batch).map(drop)).await?;
    Ok(())
}

fn ask(known: Option<ModSeq>, now: Option<ModSeq>, is_resynced: bool, is_thorough: bool) -> Ask {
    match (known, now) {
        // The server went back to a backup and counts again from there: nothing that it counted tells anything.
        (Some(known), Some(now)) if now < known => Ask::All,
        (Some(_), Some(_)) if is_resynced => Ask::Nothing,
        (Some(known), Some(now)) if known == now => Ask::Nothing,
        (Some(known), Some(_)) => Ask::Since(known),
        (None, Some(_)) => Ask::All,
        (_, None) if is_thorough => Ask::All,
        (_, None) => Ask::Newest,
    }
}

fn update_of(fetched: Fetched) -> Option<FlagUpdate> {
    Some(FlagUpdate { uid: fetched.uid?, flags: fetched.flags?, modseq: fetched.modseq })
}

#[cfg(test)]
mod tests {
    use posthorn_model::ModSeq;

    use super::{Ask, ask};

    #[test]
    fn no_more_is_asked_than_can_have_changed() {
        let at = |value: u64| Some(ModSeq(value));
        let table = [
            ((at(5), at(9), true, false), Ask::Nothing),
            ((at(9), at(5), true, false), Ask::All),
            ((at(9), at(5), false, false), Ask::All),
            ((at(5), at(5), false, false), Ask::Nothing),
            ((at(5), at(9), false, true), Ask::Since(ModSeq(5))),
            ((None, at(9), false, false), Ask::All),
            ((None, None, false, false), Ask::Newest),
            ((None, None, false, true), Ask::All),
            ((at(5), None, false, false), Ask::Newest),
        ];
        for ((known, now, is_resynced, is_thorough), wanted) in table {
            assert_eq!(ask(known, now, is_resynced, is_thorough), wanted);
        }
    }
}
