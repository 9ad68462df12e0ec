//! Searching at the server, where not everything is here: what it finds joins the search of this computer.
//!
//! It has a connection of its own, because servers without an index read every message. Heads that are not known here are
//! fetched; texts are not, unless the server does not know the letters that are asked for: then the texts of the few that
//! fit otherwise are fetched, and searched here. Invariant: what a server says is bounded, newest first.

mod ask;

use posthorn_imap::{Key, UidSet};
use posthorn_model::{MailboxRole, Position, Uid};
use posthorn_query::{Now, Query};
use posthorn_store::account::Account as Stored;
use posthorn_store::mailbox::{self, Mailbox};
use posthorn_store::message::{self, BodyState, Wanted};
use posthorn_store::{ReadTx, placement};

use crate::console::Purpose;
use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::{self, Connection};
use crate::imap::folders::rank;
use crate::imap::step::{arrivals, bodies};
use crate::limit::{LOOK_FOLDERS, LOOK_HITS, LOOK_TEXTS};

/// What is asked of an account's server.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// Folders and what is asked for each, the most important first.
    folders: Vec<(Mailbox, Key)>,
    /// There are more folders than are searched.
    is_cut: bool,
}

/// What a server found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Messages that fit, and whose texts are not here to be searched.
    pub positions: Vec<Position>,
    /// Texts that were fetched, to be searched here.
    pub texts: u64,
    /// There were more hits, or folders, than are looked at.
    pub is_cut: bool,
}

/// Returns what an account's server is to be asked; absent where everything that a search asks about is here.
pub(crate) fn plan(
    tx: &ReadTx<'_>,
    stored: &Stored,
    query: &Query,
    now: Now,
) -> posthorn_store::Result<Option<Look>> {
    let lacking = message::lacking_text(tx, stored.id)?;
    let (with_trash, is_about_text) = (ask::names_folder(query), ask::asks_text(query));
    let mut folders = Vec::new();
    for mailbox in mailbox::list(tx, stored.id)? {
        let is_shown =
            with_trash || !matches!(mailbox.role, MailboxRole::Trash | MailboxRole::Junk);
        let is_known = mailbox.sync.is_complete;
        let lacks = !is_known || is_about_text && lacking.contains(&mailbox.id);
        if !mailbox.is_selectable || mailbox.is_local || mailbox.sync.uid_validity.is_none() {
            continue;
        }
        let place = ask::Place {
            account: stored,
            mailbox: &mailbox,
            now,
            has_one_text: ask::has_one_text(query),
        };
        if is_shown
            && lacks
            && let ask::Ask::Key { key, .. } = ask::ask(query, place)
        {
            folders.push((mailbox, key));
        }
    }
    folders.sort_by_key(|(mailbox, _)| rank(mailbox.role));
    let is_cut = folders.len() > LOOK_FOLDERS;
    folders.truncate(LOOK_FOLDERS);
    Ok((!folders.is_empty()).then_some(Look { folders, is_cut }))
}

/// Asks an account's server. `found` is told after each folder.
pub(crate) async fn run(
    account: &Account,
    look: Look,
    found: impl Fn(&Looked),
) -> Result<Looked, Failure> {
    let mut connection = connect::connect(account, Purpose::Searching).await?;
    let host = connection.host.clone();
    let mut all = Looked { is_cut: look.is_cut, ..Looked::default() };
    let result = folders(account, &mut connection, look, &mut all, found).await;
    account.tasks.spawn(connection.leave());
    result.map_err(|failure| failure.at(&host))?;
    Ok(all)
}

async fn folders(
    account: &Account,
    connection: &mut Connection,
    look: Look,
    all: &mut Looked,
    found: impl Fn(&Looked),
) -> Result<(), Failure> {
    let mut refusal = None;
    let count = look.folders.len();
    let mut refused = 0;
    for (mailbox, key) in look.folders {
        match folder(account, connection, &mailbox, &key, all).await {
            Ok(()) => found(all),
            // A folder that cannot be searched must not keep the others from it.
            Err(Failure::Imap { error, host }) if !error.is_fatal() => {
                tracing::debug!(mailbox = mailbox.id.0, %error, "a folder was not searched");
                connection.open = None;
                refused += 1;
                refusal = Some(Failure::Imap { error, host });
            }
            Err(failure) => return Err(failure),
        }
    }
    match refusal {
        Some(refusal) if refused == count => Err(refusal),
        _ => Ok(()),
    }
}

/// Asks for one folder.
async fn folder(
    account: &Account,
    connection: &mut Connection,
    mailbox: &Mailbox,
    key: &Key,
    all: &mut Looked,
) -> Result<(), Failure> {
    if !bodies::open(connection, mailbox).await? {
        // Its uids mean something else now: the working connection sorts that out.
        return Ok(());
    }
    let (uids, is_sure) = match connection.session.look_for(key).await {
        Err(error) if error.is_bad_charset() => match ask::without_other_letters(key) {
            Some(rest) => (connection.session.look_for(&rest).await?, false),
            None => return Err(error.into()),
        },
        answer => (answer?, true),
    };
    let limit = if is_sure { LOOK_HITS } else { LOOK_TEXTS };
    let newest = newest(&uids, limit);
    all.is_cut |= uids.len() > newest.len() as u64;
    let unknown = unknown(account, mailbox, &newest).await?;
    if !unknown.is_empty() {
        arrivals::fetch(account, connection, mailbox, &unknown).await?;
    }
    let lacking = without_text(account, mailbox, newest).await?;
    if is_sure {
        all.positions.extend(lacking.iter().map(|(position, _)| *position));
        return Ok(());
    }
    for (_, wanted) in &lacking {
        let is_here = bodies::sections(account, connection, wanted).await?.is_some();
        all.texts += u64::from(is_here);
    }
    Ok(())
}

/// The highest of these uids: the newest messages.
fn newest(uids: &UidSet, limit: usize) -> Vec<Uid> {
    // From the end: a server can name billions in a few letters.
    let mut newest: Vec<Uid> = uids.iter().rev().take(limit).collect();
    newest.reverse();
    newest
}

async fn unknown(account: &Account, mailbox: &Mailbox, uids: &[Uid]) -> Result<UidSet, Failure> {
    let (id, uids) = (mailbox.id, uids.to_vec());
    let read = account.store().read(move |tx| {
        let mut unknown = Vec::new();
        for uid in uids {
            if placement::by_uid(tx, id, uid)?.is_none() {
                unknown.push(uid);
            }
        }
        Ok(unknown)
    });
    Ok(read.await?.into_iter().collect())
}

/// Returns those of these messages whose texts are not here: what this computer cannot find by itself.
async fn without_text(
    account: &Account,
    mailbox: &Mailbox,
    uids: Vec<Uid>,
) -> Result<Vec<(Position, Wanted)>, Failure> {
    let id = mailbox.id;
    let read = account.store().read(move |tx| {
        let mut found = Vec::new();
        for uid in uids {
            let Some(placed) = placement::by_uid(tx, id, uid)? else { continue };
            let known = message::get(tx, placed.message)?;
            if known.body == BodyState::Missing {
                let (size, received) = (known.head.size, known.head.received);
                let wanted = Wanted { message: known.id, uid, size, received };
                found.push((known.position, wanted));
            }
        }
        Ok(found)
    });
    Ok(read.await?)
}
