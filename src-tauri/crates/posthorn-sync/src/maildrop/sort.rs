//! Sorts what is new by the rules before download: what comes, what comes by its head, what stays, what is deleted there.
//!
//! Invariants: heads are asked for only where a rule needs more than the size, and for what is to be deleted: a message is
//! marked with the head that was seen in this very session, under this number. What was marked and not confirmed is decided
//! anew in the next session, by the rules of that day. What was left on the server keeps the head that was seen, and is
//! not asked for again.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use posthorn_model::{Address, Timestamp, Uidl};
use posthorn_net::Stream;
use posthorn_pop3::Session;
use posthorn_store::account::PopPolicy;
use posthorn_store::maildrop::{self, Rule, Ruling};

use super::connect::Connection;
use super::identity::{self, header_hash};
use super::listing::{Listing, Wanted};
use super::rule::{Case, CaseHead, Deed, Judge, Judged};
use super::{Home, rule};
use crate::engine::Account;
use crate::failure::Failure;
use crate::reading::{self, Told};

/// Messages that are decided together before they are fetched: the newest are on screen soon, also where all heads have
/// to be seen first.
pub(super) const STEP: usize = 500;
/// Heads asked for before a server that refuses every one of them is not asked any more.
const TRIED: usize = 64;

/// What is known of a message by its head.
#[derive(Clone, Debug, Default)]
struct Head {
    from: Address,
    subject: String,
    at: Option<Timestamp>,
    hash: String,
}

impl Head {
    fn read(header: &[u8]) -> Self {
        let head = reading::head(header, Told::default());
        Self {
            from: head.from.into_iter().next().unwrap_or_default(),
            subject: head.subject,
            at: (head.received.0 != 0).then_some(head.received),
            hash: header_hash(header),
        }
    }

    fn of(known: &Ruling) -> Self {
        Self {
            from: known.from.clone(),
            subject: known.subject.clone(),
            at: known.received,
            hash: known.header_hash.clone(),
        }
    }
}

/// The rules of an account in one session.
pub(super) struct Sorter<'a> {
    account: &'a Account,
    rules: Vec<Rule>,
    is_locked: bool,
    is_fleeting: bool,
    kept: HashSet<Uidl>,
    /// What was left there before, with the head that was seen.
    known: HashMap<Uidl, Ruling>,
    /// The server refused every head of this session: it is not asked for more of them.
    gave_up: AtomicBool,
}

impl<'a> Sorter<'a> {
    /// Reads what the rules of today need.
    pub(super) async fn begin(
        account: &'a Account,
        home: &Home,
        connection: &Connection,
    ) -> Result<Self, Failure> {
        let id = account.id;
        let read = account.store().read(move |tx| {
            let rules = maildrop::rules(tx, id)?;
            if !rules.iter().any(|rule| rule.is_on) {
                return Ok((rules, HashSet::new(), Vec::new()));
            }
            Ok((rules, maildrop::kept(tx, id)?, maildrop::left_there(tx, id)?))
        });
        let (rules, kept, known) = read.await?;
        Ok(Self {
            account,
            rules,
            is_locked: home.settings.pop_policy == PopPolicy::Never,
            is_fleeting: connection.expire_days == Some(0),
            kept,
            known: known.into_iter().map(|one| (one.uidl.clone(), one)).collect(),
            gave_up: AtomicBool::default(),
        })
    }

    fn judge(&self) -> Judge<'_> {
        Judge {
            rules: &self.rules,
            now: self.account.now(),
            is_locked: self.is_locked,
            is_fleeting: self.is_fleeting,
        }
    }

    /// Returns how many messages are decided together; all where there is nothing to decide.
    pub(super) fn step(&self) -> usize {
        if self.judge().is_needed() { STEP } else { usize::MAX }
    }

    /// The head that was seen of a message which was left there before.
    fn seen_before(&self, wanted: &Wanted) -> Option<Head> {
        let known = self.known.get(wanted.uidl.as_ref()?)?;
        (known.size == wanted.size).then(|| Head::of(known))
    }

    /// Decides, writes down what was decided, and returns what is to be fetched, and how.
    pub(super) async fn sort(
        &self,
        session: &mut Session<Stream>,
        part: Vec<Wanted>,
    ) -> Result<Vec<Wanted>, Failure> {
        let judge = self.judge();
        if !judge.is_needed() {
            return Ok(part);
        }
        let mut before: HashMap<u32, Head> = HashMap::new();
        let mut asked: Vec<u32> = Vec::new();
        for wanted in part.iter().filter(|wanted| judge.needs_head(wanted.size)) {
            match self.seen_before(wanted) {
                Some(head) => drop(before.insert(wanted.number, head)),
                None => asked.push(wanted.number),
            }
        }
        let mut seen = self.heads(session, &asked).await?;
        let asked: HashSet<u32> = asked.into_iter().collect();
        // Deleted is only what was looked at in this session.
        let condemned: Vec<u32> = part
            .iter()
            .filter(|wanted| !asked.contains(&wanted.number))
            .filter(|wanted| {
                let head = before.get(&wanted.number);
                self.decide(&judge, wanted, head).deed == Deed::Delete
            })
            .map(|wanted| wanted.number)
            .collect();
        seen.extend(self.heads(session, &condemned).await?);
        for number in &condemned {
            before.remove(number);
        }
        let (mut rulings, mut fetched) = (Vec::new(), Vec::with_capacity(part.len()));
        for wanted in part {
            let fresh = seen.get(&wanted.number);
            let head = fresh.or_else(|| before.get(&wanted.number));
            let judged = self.decide(&judge, &wanted, head);
            match judged.deed {
                Deed::Skip => rulings.extend(self.ruling(&wanted, judged, fresh)),
                // Without an id it would not have been condemned.
                Deed::Delete => {
                    let unseen = Head::default();
                    rulings.extend(self.ruling(&wanted, judged, fresh.or(Some(&unseen))));
                }
                deed => fetched.push(Wanted { deed, ..wanted }),
            }
        }
        self.note(rulings).await?;
        Ok(fetched)
    }

    fn decide(&self, judge: &Judge<'_>, wanted: &Wanted, head: Option<&Head>) -> Judged {
        let head =
            head.map(|head| CaseHead { from: &head.from, subject: &head.subject, at: head.at });
        judge.judge(&Case {
            size: wanted.size,
            head,
            is_here: false,
            is_kept: wanted.uidl.as_ref().is_some_and(|uidl| self.kept.contains(uidl)),
            is_nameless: wanted.uidl.is_none(),
        })
    }

    /// What is written down of a message; nothing where there is nothing new to be known.
    fn ruling(&self, wanted: &Wanted, judged: Judged, head: Option<&Head>) -> Option<Ruling> {
        let head = head?.clone();
        Some(Ruling {
            uidl: wanted.uidl.clone()?,
            rule: self.rules.get(judged.rule?)?.clone(),
            size: wanted.size,
            header_hash: head.hash,
            from: head.from,
            subject: head.subject,
            received: head.at,
            decided_at: self.account.now(),
            removed_at: None,
        })
    }

    async fn note(&self, rulings: Vec<Ruling>) -> Result<(), Failure> {
        if rulings.is_empty() {
            return Ok(());
        }
        let id = self.account.id;
        let write = self.account.store().write(move |tx| maildrop::note_rulings(tx, id, &rulings));
        Ok(write.await?)
    }

    /// Asks for heads; those that the server does not show are left out. One that shows none at all is not asked on.
    async fn heads(
        &self,
        session: &mut Session<Stream>,
        numbers: &[u32],
    ) -> Result<HashMap<u32, Head>, Failure> {
        let mut heads = HashMap::with_capacity(numbers.len());
        for part in numbers.chunks(TRIED) {
            if self.gave_up.load(Ordering::Relaxed) {
                break;
            }
            let take = |number, header: Option<Vec<u8>>| {
                heads.extend(header.map(|header| (number, Head::read(&header))));
            };
            identity::headers(session, part, take).await?;
            let is_mute = heads.is_empty() && !session.capabilities().top;
            self.gave_up.store(is_mute, Ordering::Relaxed);
            self.account.browser.note_heads(is_mute);
        }
        Ok(heads)
    }
}

/// Decides anew of what rules marked and no server confirmed, where it is still there.
pub(super) async fn reconsider(account: &Account, listing: &mut Listing) -> Result<(), Failure> {
    let id = account.id;
    let marked = account.store().read(move |tx| maildrop::undecided(tx, id)).await?;
    let there: Vec<Wanted> = marked.iter().filter_map(|uidl| listing.wanted(uidl)).collect();
    if there.is_empty() {
        return Ok(());
    }
    let uidls: Vec<Uidl> = there.iter().filter_map(|wanted| wanted.uidl.clone()).collect();
    account.store().write(move |tx| maildrop::decide_again(tx, id, &uidls)).await?;
    listing.wanted.extend(there);
    listing.wanted.sort_by_key(|wanted| std::cmp::Reverse(wanted.number));
    Ok(())
}

/// What rules would do to what the maildrop browser shows.
pub(crate) async fn try_rules(account: &Account, rules: &[Rule]) -> Result<Trial, Failure> {
    let id = account.id;
    let policy = account
        .store()
        .read(move |tx| Ok(posthorn_store::account::get(tx, id)?.settings.pop_policy))
        .await?;
    let judge = Judge {
        rules,
        now: account.now(),
        is_locked: policy == PopPolicy::Never,
        is_fleeting: account.browser.is_fleeting(),
    };
    let rows = account.browser.judged(|row| {
        let at = |at: Timestamp| (at.0 != 0).then_some(at);
        let head = row.head.as_ref();
        let head =
            head.map(|head| CaseHead { from: &head.from, subject: &head.subject, at: at(head.at) });
        judge.judge(&Case {
            size: row.size,
            head,
            is_here: row.here != super::Here::Nothing,
            is_kept: row.is_kept,
            is_nameless: false,
        })
    });
    Ok(Trial { rows, shows_no_heads: account.browser.shows_no_heads() })
}

/// What rules would do to what is on the server right now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// Messages that a rule matches, the newest first.
    pub rows: Vec<(Uidl, rule::Judged)>,
    /// The server shows no heads (TOP): rules that look at more than the size match nothing.
    pub shows_no_heads: bool,
}
