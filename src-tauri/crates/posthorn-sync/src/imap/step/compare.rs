//! Compares messages that both sides know under a uid: flags, sizes, received times. It finds what no count shows, and
//! what happens when a backup was restored: another message under the same uid.

use std::collections::{BTreeMap, HashMap, HashSet};

use posthorn_imap::{Fetched, UidSet};
use posthorn_model::{Timestamp, Uid};
use posthorn_store::ledger::{self, Known};
use posthorn_store::mailbox::Mailbox;
use posthorn_store::message;
use posthorn_store::placement::{self, FlagUpdate};

use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::Connection;
use crate::imap::step::arrivals::keys;
use crate::limit::PROOF_WINDOW;
use crate::reading::MIGRATED_MS;

/// What a comparison found. Nothing is mended yet.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    /// Messages that the server spoke of.
    pub(crate) compared: u64,
    /// Uids that are not known here.
    pub(crate) missing: Vec<Uid>,
    /// Uids under which the server has another message than is known here.
    pub(crate) other: Vec<Uid>,
    /// Flags that differ.
    pub(crate) flags: Vec<FlagUpdate>,
    /// Messages whose flags differ and that an operation of the user's is under way for.
    pub(crate) spared: u64,
    /// Messages of which only the stored size was wrong.
    resized: Vec<(posthorn_model::MessageId, u64)>,
    /// Uids that the server spoke of.
    pub(crate) answered: HashSet<Uid>,
}

/// Compares these uids with what is known of them; `tell` hears how many are done.
pub(crate) async fn compare(
    account: &Account,
    connection: &mut Connection,
    mailbox: &Mailbox,
    uids: &UidSet,
    mut tell: impl FnMut(u64) + Send,
) -> Result<Difference, Failure> {
    let mut difference = Difference::default();
    let mut done = 0;
    for window in uids.pieces(PROOF_WINDOW) {
        let (Some(first), Some(last)) = (window.min(), window.max()) else { continue };
        let id = mailbox.id;
        let known = account.store().read(move |tx| ledger::known(tx, id, (first, last)));
        let known: HashMap<Uid, Known> =
            known.await?.into_iter().map(|known| (known.uid, known)).collect();
        let mut doubtful = BTreeMap::new();
        let mut fetching = connection.session.fetch_marks(&window).await?;
        while let Some(fetched) = fetching.next().await? {
            difference.take(&window, &known, fetched, &mut doubtful);
        }
        drop(fetching);
        Box::pin(look_closer(account, connection, doubtful, &mut difference)).await?;
        done += window.len();
        tell(done);
    }
    Ok(difference)
}

impl Difference {
    /// Takes what the server said of one message; unasked news of others are left to the next look.
    fn take(
        &mut self,
        window: &UidSet,
        known: &HashMap<Uid, Known>,
        fetched: Fetched,
        doubtful: &mut BTreeMap<Uid, (Known, u64)>,
    ) {
        let (Some(uid), Some(size), Some(flags)) = (fetched.uid, fetched.size, fetched.flags)
        else {
            return;
        };
        if !window.contains(uid) || !self.answered.insert(uid) {
            return;
        }
        self.compared += 1;
        let Some(here) = known.get(&uid) else {
            self.missing.push(uid);
            return;
        };
        if here.size != size || !is_same_time(here.received, fetched.internal_date) {
            doubtful.insert(uid, (here.clone(), size));
        }
        if here.flags != flags {
            if here.is_pending {
                self.spared += 1;
            } else {
                self.flags.push(FlagUpdate { uid, flags, modseq: fetched.modseq });
            }
        }
    }
}

/// Tells whether a received time can be what was made of the server's; see `reading::head`.
fn is_same_time(here: Timestamp, there: Option<Timestamp>) -> bool {
    there.is_none_or(|there| here == there || there.0.saturating_sub(here.0) > MIGRATED_MS)
}

/// Tells other messages from those whose size was stored wrongly, by `Message-ID` and date.
async fn look_closer(
    account: &Account,
    connection: &mut Connection,
    mut doubtful: BTreeMap<Uid, (Known, u64)>,
    difference: &mut Difference,
) -> Result<(), Failure> {
    let uids: UidSet = doubtful.keys().copied().collect();
    for piece in uids.pieces(u32::MAX) {
        let mut found = Vec::new();
        let mut fetching = connection.session.fetch_keys(&piece).await?;
        while let Some(fetched) = fetching.next().await? {
            found.extend(keys(fetched)?);
        }
        drop(fetching);
        for arrival in found {
            let Some((known, size)) = arrival.uid.and_then(|uid| doubtful.remove(&uid)) else {
                continue;
            };
            let id = known.message;
            let head = account.store().read(move |tx| message::get(tx, id).map(|found| found.head));
            let head = head.await?;
            let is_same = head.message_id.is_some()
                && head.message_id == arrival.head.message_id
                && head.date == arrival.head.date;
            if !is_same {
                difference.other.push(known.uid);
                difference.flags.retain(|update| update.uid != known.uid);
            } else if known.size != size {
                difference.resized.push((id, size));
            }
        }
    }
    Ok(())
}

/// Mends what can be mended here and now: flags, sizes, and the uids of other messages, which are forgotten so that what
/// arrives is matched anew.
pub(crate) async fn mend(
    account: &Account,
    mailbox: &Mailbox,
    difference: &Difference,
) -> Result<(), Failure> {
    /// Rows of one write to the store.
    const BATCH: usize = 500;
    let id = mailbox.id;
    for batch in difference.flags.chunks(BATCH) {
        let batch = batch.to_vec();
        account.store().write(move |tx| placement::update_flags(tx, id, &batch).map(drop)).await?;
    }
    let resized = difference.resized.clone();
    let other = difference.other.clone();
    if !resized.is_empty() || !other.is_empty() {
        let write = account.store().write(move |tx| {
            for (message, size) in resized {
                message::set_size(tx, message, size)?;
            }
            if other.is_empty() { Ok(()) } else { placement::forget_these(tx, id, &other) }
        });
        write.await?;
    }
    Ok(())
}
