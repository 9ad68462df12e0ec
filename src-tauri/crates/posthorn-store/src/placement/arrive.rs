//! Messages that appear in a mailbox: joined to what is known, or added.

use std::collections::BTreeSet;

use posthorn_model::{
    AccountId, BodyId, Flags, MailboxId, MailboxRole, MessageId, ModSeq, Position, ThreadId, Uid,
};
use rusqlite::params;

use crate::error::Result;
use crate::message::{self, Head};
use crate::thread::{Counts, Touched};
use crate::tx::WriteTx;
use crate::{contact, follow_up, mailbox, thread};

/// A message that appeared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// Its uid; absent in a mailbox of this computer, and for a copy whose uid was not told.
    pub uid: Option<Uid>,
    /// Its flags.
    pub flags: Flags,
    /// Its modification sequence; absent without CONDSTORE.
    pub modseq: Option<ModSeq>,
    /// Its head.
    pub head: Head,
    /// Its whole bytes, where they are durable already (POP3, a sent copy).
    pub body: Option<BodyId>,
}

/// What became of an arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The message.
    pub message: MessageId,
    /// Its place in time order.
    pub position: Position,
    /// Its uid, as given.
    pub uid: Option<Uid>,
    /// The message was not known before, anywhere.
    pub is_new_message: bool,
    /// The message was not known in this mailbox.
    pub is_new_here: bool,
    /// Its whole bytes are here: nothing is to be downloaded.
    pub has_body: bool,
}

/// Takes messages into a mailbox and returns what became of each, in the same order. Repeating it changes nothing.
pub fn arrive(tx: &WriteTx<'_>, mailbox: MailboxId, arrivals: &[Arrival]) -> Result<Vec<Arrived>> {
    let home = mailbox::get(tx, mailbox)?;
    let own = crate::account::own_addresses(tx, home.account)?;
    let mut touched = Touched::default();
    let mut numbers = Numbers::of(tx, mailbox, arrivals)?;
    let mut added = 0;
    let mut order: Vec<usize> = (0..arrivals.len()).collect();
    // Oldest first, so that messages of one second keep the server's order in their positions.
    order.sort_by_key(|index| {
        arrivals.get(*index).map(|arrival| (arrival.head.received, arrival.uid))
    });
    let mut came: Vec<(MessageId, &Head)> = Vec::new();
    let mut results: Vec<(usize, Arrived)> = Vec::with_capacity(arrivals.len());
    for index in order {
        let Some(arrival) = arrivals.get(index) else { continue };
        let arrived = match known_here(tx, mailbox, arrival, &mut numbers)? {
            Some(known) => again(tx, mailbox, known, arrival, &mut touched)?,
            None => one(tx, home.account, mailbox, arrival, &mut touched)?,
        };
        added += i64::from(arrived.is_new_message);
        // A draft went to nobody yet, and comes again with each version.
        let tells_nothing =
            matches!(home.role, MailboxRole::Junk | MailboxRole::Trash | MailboxRole::Drafts);
        if arrived.is_new_message && !tells_nothing {
            contact::learn(tx, &own, &arrival.head)?;
        }
        if arrived.is_new_message && !matches!(home.role, MailboxRole::Junk | MailboxRole::Drafts) {
            came.push((arrived.message, &arrival.head));
        }
        results.push((index, arrived));
    }
    thread::recount_touched(tx, &touched)?;
    follow_up::hear(tx, home.account, &came)?;
    if added > 0 {
        crate::search::count_messages(tx, added)?;
    }
    results.sort_by_key(|(index, _)| *index);
    Ok(results.into_iter().map(|(_, arrived)| arrived).collect())
}

/// Takes those messages into a mailbox that are known already, in another one or without a uid, and returns what became of
/// them and the uids of the others: only of those the head must be fetched. Of each arrival only uid, flags, mod-seq
/// and of its head `server_id`, or `message_id`, `date` and `size` count.
pub fn join(
    tx: &WriteTx<'_>,
    mailbox: MailboxId,
    arrivals: Vec<Arrival>,
) -> Result<(Vec<Arrived>, Vec<Uid>)> {
    let account = mailbox::get(tx, mailbox)?.account;
    let (mut known, mut others) = (Vec::new(), Vec::new());
    let (mut taken, mut touched) = (BTreeSet::new(), Touched::default());
    let mut numbers = Numbers::of(tx, mailbox, &arrivals)?;
    for arrival in arrivals {
        if let Some(message) = known_here(tx, mailbox, &arrival, &mut numbers)? {
            known.push(again(tx, mailbox, message, &arrival, &mut touched)?);
            continue;
        }
        let mut free = None;
        for candidate in candidates(tx, account, &arrival.head)? {
            let placed = super::get(tx, mailbox, candidate)?;
            // A second copy in the same mailbox is a message of its own.
            let is_free = placed.as_ref().is_none_or(|placed| placed.uid.is_none());
            if is_free && taken.insert(candidate) {
                free = Some((candidate, placed.is_some()));
                break;
            }
        }
        match free {
            Some((message, true)) => {
                learn_id(tx, message, &arrival)?;
                known.push(again(tx, mailbox, message, &arrival, &mut touched)?);
            }
            Some((message, false)) => {
                known.push(place(tx, mailbox, message, &arrival, &mut touched)?);
            }
            None => others.extend(arrival.uid),
        }
    }
    thread::recount_touched(tx, &touched)?;
    Ok((known, others))
}

/// Returns the messages that an arrival may be, by what is known of its head: by the server's id, else by `Message-ID`,
/// size and date, which also find what had another id on the server that it came from.
fn candidates(tx: &WriteTx<'_>, account: AccountId, head: &Head) -> Result<Vec<MessageId>> {
    let by_id = Head { server_id: head.server_id.clone(), ..Head::default() };
    let found = message::same(tx, account, &by_id)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let by_head = Head {
        message_id: head.message_id.clone(),
        date: head.date,
        size: head.size,
        ..Head::default()
    };
    message::same(tx, account, &by_head)
}

/// Takes over the id that the server has for a message now: after a move to another server it is a new one.
fn learn_id(tx: &WriteTx<'_>, message: MessageId, arrival: &Arrival) -> Result<()> {
    if let Some(server_id) = &arrival.head.server_id {
        let sql = "UPDATE message SET server_id = ?2 WHERE id = ?1 AND server_id <> ?2";
        tx.run(sql, params![message.0, server_id])?;
    }
    Ok(())
}

/// Which uids of a batch a mailbox may have: of a first synchronisation none, and one question tells it.
struct Numbers {
    /// One of the range that the batch is in is there.
    is_any: bool,
    /// Those of the batch that were taken in.
    came: BTreeSet<Uid>,
}

impl Numbers {
    fn of(tx: &WriteTx<'_>, mailbox: MailboxId, arrivals: &[Arrival]) -> Result<Self> {
        let uids = || arrivals.iter().filter_map(|arrival| arrival.uid);
        let mut is_any = false;
        if let (Some(first), Some(last)) = (uids().min(), uids().max()) {
            let sql = "SELECT EXISTS (SELECT 1 FROM placement WHERE mailbox = ?1 AND uid BETWEEN ?2 AND ?3)";
            is_any = tx.one(sql, params![mailbox.0, first.0, last.0], |row| row.get(0))?;
        }
        Ok(Self { is_any, came: BTreeSet::new() })
    }

    /// Tells whether a uid is to be looked for, and notes that its message comes now.
    fn may_be_here(&mut self, uid: Uid) -> bool {
        !self.came.insert(uid) || self.is_any
    }
}

fn one(
    tx: &WriteTx<'_>,
    account: AccountId,
    mailbox: MailboxId,
    arrival: &Arrival,
    touched: &mut Touched,
) -> Result<Arrived> {
    for candidate in message::same(tx, account, &arrival.head)? {
        match super::get(tx, mailbox, candidate)? {
            // Our own move, whose uid the server had not told; or a mailbox with new uids.
            Some(placed) if placed.uid.is_none() && arrival.uid.is_some() => {
                return again(tx, mailbox, candidate, arrival, touched);
            }
            Some(_) => {}
            None => return place(tx, mailbox, candidate, arrival, touched),
        }
    }
    let message::Added { id, position, assigned } =
        message::insert(tx, account, &arrival.head, arrival.body)?;
    add_row(tx, mailbox, id, (position, assigned.thread), arrival)?;
    let flags = &arrival.flags;
    let counts = if flags.deleted {
        Counts::default()
    } else {
        Counts::of(position, flags.seen, flags.flagged, arrival.head.has_attachments)
    };
    touched.add(mailbox, assigned.thread, &assigned.found, counts);
    Ok(Arrived {
        message: id,
        position,
        uid: arrival.uid,
        is_new_message: true,
        is_new_here: true,
        has_body: arrival.body.is_some(),
    })
}

fn known_here(
    tx: &WriteTx<'_>,
    mailbox: MailboxId,
    arrival: &Arrival,
    numbers: &mut Numbers,
) -> Result<Option<MessageId>> {
    let Some(uid) = arrival.uid.filter(|uid| numbers.may_be_here(*uid)) else { return Ok(None) };
    Ok(super::by_uid(tx, mailbox, uid)?.map(|placement| placement.message))
}

/// A placement that is known already: its uid and flags are brought up to date.
fn again(
    tx: &WriteTx<'_>,
    mailbox: MailboxId,
    message: MessageId,
    arrival: &Arrival,
    touched: &mut Touched,
) -> Result<Arrived> {
    let placed =
        super::get(tx, mailbox, message)?.ok_or(crate::error::Error::NotFound("message"))?;
    if placed.uid != arrival.uid {
        let sql = "UPDATE placement SET uid = ?3 WHERE mailbox = ?1 AND message = ?2";
        tx.run(sql, params![mailbox.0, message.0, arrival.uid.map(|uid| uid.0)])?;
    }
    if !placed.is_pending && placed.flags != arrival.flags {
        let modseq = arrival.modseq.or(placed.modseq);
        super::write_flags(tx, &placed, &arrival.flags, modseq, 0)?;
        touched.look(mailbox, placed.thread);
    }
    learn_bytes(tx, message, arrival)?;
    finish(tx, message, arrival.uid, false)
}

/// A message that is known from elsewhere comes into the mailbox.
fn place(
    tx: &WriteTx<'_>,
    mailbox: MailboxId,
    message: MessageId,
    arrival: &Arrival,
    touched: &mut Touched,
) -> Result<Arrived> {
    let thread = insert_row(tx, mailbox, message, arrival)?;
    touched.look(mailbox, thread);
    learn_bytes(tx, message, arrival)?;
    crate::removed::forget(tx, message)?;
    finish(tx, message, arrival.uid, true)
}

/// Adds a placement row of a known message and notes it; the caller recounts.
pub(crate) fn insert_row(
    tx: &WriteTx<'_>,
    mailbox: MailboxId,
    message: MessageId,
    arrival: &Arrival,
) -> Result<ThreadId> {
    let sql = "SELECT position, thread FROM message WHERE id = ?1";
    let place =
        tx.one(sql, [message.0], |row| Ok((Position(row.get(0)?), ThreadId(row.get(1)?))))?;
    add_row(tx, mailbox, message, place, arrival)?;
    Ok(place.1)
}

/// The same where the message's position and thread are known.
fn add_row(
    tx: &WriteTx<'_>,
    mailbox: MailboxId,
    message: MessageId,
    (position, thread): (Position, ThreadId),
    arrival: &Arrival,
) -> Result<()> {
    // Plain values: an INSERT that selects or returns something costs a savepoint.
    let sql = "INSERT INTO placement (mailbox, message, position, thread, uid, is_seen, is_flagged, is_answered, \
        is_draft, is_deleted, keywords, modseq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let flags = &arrival.flags;
    let values = params![
        mailbox.0,
        message.0,
        position.0,
        thread.0,
        arrival.uid.map(|uid| uid.0),
        flags.seen,
        flags.flagged,
        flags.answered,
        flags.draft,
        flags.deleted,
        super::keywords_text(flags),
        arrival.modseq.map_or(0, |value| value.0 as i64),
    ];
    tx.run(sql, values)?;
    if !flags.deleted {
        tx.note(|changes| {
            changes.message_added(mailbox, message);
            changes.row(position);
        });
    }
    Ok(())
}

/// Takes over bytes and a server id that a known message did not have.
fn learn_bytes(tx: &WriteTx<'_>, message: MessageId, arrival: &Arrival) -> Result<()> {
    if let Some(body) = arrival.body {
        let sql = "UPDATE message SET body = ?2, body_state = 2 WHERE id = ?1 AND body_state <> 2";
        if tx.run(sql, params![message.0, body.0])? > 0 {
            let sql = "SELECT position FROM message WHERE id = ?1";
            crate::search::queue(tx, tx.one(sql, [message.0], |row| row.get(0).map(Position))?)?;
            tx.note(|changes| changes.contents(message));
        }
    }
    if let Some(server_id) = &arrival.head.server_id {
        tx.run(
            "UPDATE message SET server_id = ?2 WHERE id = ?1 AND server_id = ''",
            params![message.0, server_id],
        )?;
    }
    Ok(())
}

fn finish(
    tx: &WriteTx<'_>,
    message: MessageId,
    uid: Option<Uid>,
    is_new_here: bool,
) -> Result<Arrived> {
    let sql = "SELECT position, body_state = 2 FROM message WHERE id = ?1";
    let (position, has_body) =
        tx.one(sql, [message.0], |row| Ok((Position(row.get(0)?), row.get(1)?)))?;
    Ok(Arrived { message, position, uid, is_new_message: false, is_new_here, has_body })
}
