//! What lies in the maildrop, compared with what is known: new, known, renumbered, or another message under an old id.

use std::collections::{HashMap, HashSet};

use posthorn_model::{AccountId, Uidl};
use posthorn_net::Stream;
use posthorn_pop3::{ListEntry, Session, UidlListing};
use posthorn_store::account::{self, PopPolicy};
use posthorn_store::maildrop::{self, DropState, Entry};

use super::identity::{self, Verified, by_header};
use super::rule::Deed;
use crate::engine::Account;
use crate::failure::Failure;

/// Rows noted in one transaction.
const NOTE_BATCH: usize = 1_000;

/// A message of the maildrop that is to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Its number in this session.
    pub(super) number: u32,
    /// Bytes, as LIST says.
    pub(super) size: u64,
    /// Its id; absent where only its contents can tell.
    pub(super) uidl: Option<Uidl>,
    /// How it comes.
    pub(super) deed: Deed,
}

/// The maildrop in this session.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// What is to be fetched, newest first.
    pub(super) wanted: Vec<Wanted>,
    /// Numbers by id, of everything that has one.
    pub(super) numbers: HashMap<Uidl, u32>,
    /// Sizes by number.
    pub(super) sizes: HashMap<u32, u64>,
    /// What was looked at in this session, or is fetched in it: under this id lies what we think.
    pub(super) seen: HashSet<Uidl>,
    /// Everything in the maildrop has an id: what is not here is not there.
    pub(super) is_complete: bool,
    /// Nothing of the account was ever listed before.
    pub(super) is_first: bool,
}

impl Listing {
    /// Returns a message as something to be fetched; absent where it is not there.
    pub(super) fn wanted(&self, uidl: &Uidl) -> Option<Wanted> {
        let number = self.numbers.get(uidl).copied()?;
        let size = self.sizes.get(&number).copied().unwrap_or_default();
        Some(Wanted { number, size, uidl: Some(uidl.clone()), deed: Deed::Usual })
    }

    /// Tells whether a message that comes may be one that is here under an id that is not listed any more.
    pub(super) fn may_be_renumbered(&self) -> bool {
        !(self.is_first && self.is_complete)
    }

    /// Tells whether something is to be fetched.
    pub(super) fn has_news(&self) -> bool {
        !self.wanted.is_empty()
    }
}

/// One message of the listing.
struct Seen {
    number: u32,
    size: u64,
    /// Its id; absent where only its contents can tell.
    uidl: Option<Uidl>,
    /// Its header's hash, where that was needed for the id.
    hash: Option<String>,
}

impl Seen {
    /// What its header was asked for by.
    fn looked_at(&self) -> (Uidl, u64) {
        (self.uidl.clone().unwrap_or(Uidl("".into())), self.size)
    }
}

/// Why a message's header must be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    /// Its id is new, and one of the same size is not listed any more.
    Name,
    /// Its size is not what it was.
    Size,
    /// It is to be removed, or was.
    Removal,
}

/// A row's change that the comparison leads to.
enum Correction {
    /// The same message has another id now.
    Renumber { old: Uidl, new: Uidl },
    /// It is still there although its removal was confirmed.
    Again(Uidl),
}

/// Lists the maildrop and notes what is new.
pub(super) async fn list(
    account: &Account,
    session: &mut Session<Stream>,
    verified: &mut Verified,
) -> Result<Listing, Failure> {
    let drop = session.survey().await?;
    let id = account.id;
    let read = account.store().read(move |tx| {
        let policy = account::get(tx, id)?.settings.pop_policy;
        Ok((maildrop::list(tx, id)?, maildrop::absent(tx, id)?, policy))
    });
    let (rows, absent, policy) = read.await?;
    let mut listing = Listing { is_first: rows.is_empty(), ..Listing::default() };
    let reliable: HashMap<u32, Uidl> = match &drop.uidls {
        UidlListing::Listed(all) => all
            .iter()
            .filter(|entry| entry.is_reliable)
            .map(|entry| (entry.number, entry.uidl.clone()))
            .collect(),
        UidlListing::Unsupported => HashMap::new(),
    };
    listing.sizes = drop.sizes.iter().map(|entry| (entry.number, entry.size)).collect();
    let is_nameless = |entry: &&ListEntry| !reliable.contains_key(&entry.number);
    let nameless: Vec<u32> =
        drop.sizes.iter().filter(is_nameless).map(|entry| entry.number).collect();
    let mut hashes = identity::hashes(session, &nameless).await?;
    let mut all: Vec<Seen> = Vec::with_capacity(drop.sizes.len());
    for &ListEntry { number, size } in &drop.sizes {
        let hash = hashes.remove(&number);
        let made = || hash.as_ref().map(|hash| by_header(size, hash));
        let uidl = reliable.get(&number).cloned().or_else(made);
        all.push(Seen { number, size, uidl, hash });
    }
    listing.is_complete =
        all.iter().all(|seen| seen.uidl.is_some()) && drop.stat.count == drop.sizes.len() as u64;
    listing.numbers =
        all.iter().filter_map(|seen| Some((seen.uidl.clone()?, seen.number))).collect();
    let (gone, back) = comings_and_goings(&rows, &absent, &listing);
    let mut known = Known::new(rows, &listing);
    let by_header = all.iter().filter(|seen| seen.hash.is_some());
    listing.seen = by_header.filter_map(|seen| seen.uidl.clone()).collect();
    listing.seen.extend(known.look_closer(session, &mut all, verified).await?);
    let mut corrections = Vec::new();
    for seen in all {
        if known.is_wanted(&seen, &mut corrections) {
            listing.seen.extend(seen.uidl.clone());
            let Seen { number, size, uidl, .. } = seen;
            listing.wanted.push(Wanted { number, size, uidl, deed: Deed::Usual });
        }
    }
    listing.wanted.reverse();
    note(account, &listing, corrections, policy).await?;
    if !gone.is_empty() || !back.is_empty() {
        account.store().write(move |tx| maildrop::note_absent(tx, id, &gone, &back)).await?;
    }
    Ok(listing)
}

/// Returns what this listing does not show any more, and what it shows again. Who is not shown by a listing that is not
/// complete may be there.
fn comings_and_goings(
    rows: &[Entry],
    absent: &HashSet<Uidl>,
    listing: &Listing,
) -> (Vec<Uidl>, Vec<Uidl>) {
    let is_there = |uidl: &Uidl| listing.numbers.contains_key(uidl);
    let gone = rows
        .iter()
        .filter(|row| listing.is_complete && row.state != DropState::Deleted)
        .filter(|row| !is_there(&row.uidl) && !absent.contains(&row.uidl))
        .map(|row| row.uidl.clone())
        .collect();
    (gone, absent.iter().filter(|uidl| is_there(uidl)).cloned().collect())
}

/// What the store knows of the maildrop.
struct Known {
    rows: HashMap<Uidl, Entry>,
    /// Ids of rows that are not listed now, by size: a renumbered message is one of them.
    absent: HashMap<u64, HashSet<Uidl>>,
}

impl Known {
    fn new(rows: Vec<Entry>, listing: &Listing) -> Self {
        let mut absent: HashMap<u64, HashSet<Uidl>> = HashMap::new();
        for row in &rows {
            let is_here =
                matches!(row.state, DropState::Downloaded | DropState::Headers | DropState::Marked);
            if is_here && !row.header_hash.is_empty() && !listing.numbers.contains_key(&row.uidl) {
                absent.entry(row.size).or_default().insert(row.uidl.clone());
            }
        }
        Self { rows: rows.into_iter().map(|row| (row.uidl.clone(), row)).collect(), absent }
    }

    /// Asks for the headers of the messages that their listing alone does not tell; returns which it saw.
    async fn look_closer(
        &self,
        session: &mut Session<Stream>,
        all: &mut [Seen],
        verified: &mut Verified,
    ) -> Result<HashSet<Uidl>, Failure> {
        let mut asked = Vec::new();
        for seen in all.iter_mut().filter(|seen| seen.hash.is_none()) {
            match self.doubt(seen) {
                None => {}
                // A size that this server counts anew each time is looked into once.
                Some(Doubt::Size) if let Some(known) = verified.get(&seen.looked_at()) => {
                    seen.hash = Some(known.clone());
                }
                Some(_) => asked.push(seen.number),
            }
        }
        let mut hashes = identity::hashes(session, &asked).await?;
        let mut looked_at = HashSet::with_capacity(hashes.len());
        for seen in all {
            let Some(hash) = hashes.remove(&seen.number) else { continue };
            verified.insert(seen.looked_at(), hash.clone());
            looked_at.extend(seen.uidl.clone());
            seen.hash = Some(hash);
        }
        Ok(looked_at)
    }

    /// Returns why a message's header must be seen; nothing where its id says enough.
    fn doubt(&self, seen: &Seen) -> Option<Doubt> {
        let uidl = seen.uidl.as_ref()?;
        let Some(row) = self.rows.get(uidl) else {
            let candidates = self.absent.get(&seen.size);
            return candidates.filter(|some| !some.is_empty()).map(|_| Doubt::Name);
        };
        match row.state {
            DropState::Known => None,
            // What is about to be removed, or was, may be another message under a used id by now.
            DropState::Deleted | DropState::Marked => Some(Doubt::Removal),
            _ => (row.size != seen.size && row.size != 0 && seen.size != 0).then_some(Doubt::Size),
        }
    }

    /// Tells whether a listed message is to be fetched.
    fn is_wanted(&mut self, seen: &Seen, corrections: &mut Vec<Correction>) -> bool {
        let Some(uidl) = &seen.uidl else { return true };
        let Some(row) = self.rows.get(uidl) else {
            return self.is_new(seen, uidl, corrections);
        };
        if row.state == DropState::Known {
            return true;
        }
        if self.doubt(seen).is_none() {
            return false;
        }
        let is_same = match (seen.hash.as_deref().unwrap_or_default(), row.header_hash.as_str()) {
            ("", _) | (_, "") => row.size == seen.size,
            (hash, known) => hash == known,
        };
        if !is_same {
            let old = Uidl(format!("reused:{}:{}", row.header_hash, row.uidl.0).into());
            corrections.push(Correction::Renumber { old: row.uidl.clone(), new: old });
        } else if row.state == DropState::Deleted {
            corrections.push(Correction::Again(row.uidl.clone()));
        }
        !is_same
    }

    /// A message with an id that was never listed is new, unless its header is that of one that was renumbered.
    fn is_new(&mut self, seen: &Seen, uidl: &Uidl, corrections: &mut Vec<Correction>) -> bool {
        let rows = &self.rows;
        let Some(candidates) = self.absent.get_mut(&seen.size) else { return true };
        let Some(hash) = &seen.hash else { return true };
        let found = candidates
            .iter()
            .find(|old| rows.get(*old).is_some_and(|row| row.header_hash == *hash))
            .cloned();
        let Some(old) = found else { return true };
        candidates.remove(&old);
        corrections.push(Correction::Renumber { old, new: uidl.clone() });
        false
    }
}

/// Writes down what the comparison found, the new rows last.
async fn note(
    account: &Account,
    listing: &Listing,
    corrections: Vec<Correction>,
    policy: PopPolicy,
) -> Result<(), Failure> {
    let id = account.id;
    if !corrections.is_empty() {
        account.store().write(move |tx| correct(tx, id, &corrections, policy)).await?;
    }
    let fresh: Vec<(Uidl, u64)> = listing
        .wanted
        .iter()
        .filter_map(|wanted| Some((wanted.uidl.clone()?, wanted.size)))
        .collect();
    for part in fresh.chunks(NOTE_BATCH) {
        let part = part.to_vec();
        account.store().write(move |tx| maildrop::note_listed(tx, id, &part)).await?;
    }
    Ok(())
}

fn correct(
    tx: &posthorn_store::WriteTx<'_>,
    id: AccountId,
    corrections: &[Correction],
    policy: PopPolicy,
) -> posthorn_store::Result<()> {
    for correction in corrections {
        match correction {
            Correction::Renumber { old, new } => maildrop::renumber(tx, id, old, new)?,
            // Its removal was wanted, unless nothing may be removed any more.
            Correction::Again(uidl) if policy != PopPolicy::Never => {
                maildrop::set_state(tx, id, uidl, DropState::Marked)?;
            }
            Correction::Again(_) => {}
        }
    }
    Ok(())
}
