//! What the user does to messages: from a selection to operations of the store, and the way back.
//!
//! Invariant: everything that one action does happens in one transaction, so that it can be undone as one.

mod arrange;
mod bring;
mod instead;
mod word;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use posthorn_model::{AccountId, MailboxId, MailboxRole, MessageId, OperationId};
use posthorn_store::operation::{self, Action, Flag, Switch};
use posthorn_store::{ReadTx, WriteTx, mailbox, placement, thread};

use crate::contract::{ById, Code, Error, Mark, OnMessages, Selection, Undoable};
use crate::engine::Engine;
use crate::error::Result;
use crate::view::Chosen;

pub(crate) use arrange::{threads_merge, threads_restore, threads_split};
pub(crate) use bring::{messages_copy, messages_move};
pub(crate) use instead::operations_delete_instead;
pub(crate) use word::described;
use word::word;

/// Actions whose parts are remembered for undo; older ones are undone part by part.
const GROUP_LIMIT: usize = 200;
/// Messages that one action may name: a selection of everything in a very large folder.
const SELECTION_LIMIT: usize = 2_000_000;
/// Name of the archive folder that is made on this computer where an account has none.
const ARCHIVE_NAME: &str = "Archive";
/// How long a deletion for good waits before the server is told, milliseconds: as long as the undo bar is shown.
pub(crate) const HOLD_MS: i64 = 10_000;

type Store<T> = posthorn_store::Result<T>;
type Targets = Vec<(MailboxId, MessageId)>;

/// One action as it was done.
#[derive(Clone, Debug)]
struct Group {
    operations: Vec<OperationId>,
    action: String,
    count: u64,
    folder: String,
}

/// The last actions of this run, by their first operation.
#[derive(Debug, Default)]
pub(crate) struct Groups(Mutex<VecDeque<Group>>);

impl Groups {
    /// Remembers what belongs together and says it.
    pub(crate) fn add(
        &self,
        operations: Vec<OperationId>,
        action: &str,
        count: u64,
        folder: String,
    ) -> Undoable {
        let first = operations.iter().min().map(|id| id.0);
        if first.is_some() {
            let mut groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            groups.push_back(Group {
                operations,
                action: action.to_owned(),
                count,
                folder: folder.clone(),
            });
            while groups.len() > GROUP_LIMIT {
                groups.pop_front();
            }
        }
        Undoable { operation: first, action: action.to_owned(), count, folder }
    }

    fn find(&self, first: OperationId) -> Option<Group> {
        let groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        groups.iter().rev().find(|group| group.operations.contains(&first)).cloned()
    }
}

/// Which placements of a message an action means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// All: a flag belongs to the message as people see it.
    All,
    /// The one that people see first: a copy elsewhere stays where it is.
    One,
}

/// The folders of all accounts, as far as an action needs them.
#[derive(Debug, Default)]
struct Homes(HashMap<MailboxId, mailbox::Mailbox>);

impl Homes {
    fn get(&mut self, tx: &ReadTx<'_>, id: MailboxId) -> Store<&mailbox::Mailbox> {
        if let std::collections::hash_map::Entry::Vacant(vacant) = self.0.entry(id) {
            vacant.insert(mailbox::get(tx, id)?);
        }
        self.0.get(&id).ok_or(posthorn_store::Error::NotFound("folder"))
    }
}

/// Lower is seen first.
fn rank(role: MailboxRole) -> u8 {
    match role {
        MailboxRole::Inbox => 0,
        MailboxRole::Other => 1,
        MailboxRole::Archive => 2,
        MailboxRole::Sent => 3,
        MailboxRole::Drafts => 4,
        MailboxRole::Junk => 5,
        MailboxRole::Trash => 6,
        MailboxRole::All => 7,
    }
}

/// Returns the placements that a selection means, each once.
fn targets(tx: &ReadTx<'_>, homes: &mut Homes, chosen: &[Chosen], reach: Reach) -> Store<Targets> {
    targets_that(tx, homes, chosen, reach, |_| true)
}

/// The same, of those placements alone that fit.
fn targets_that(
    tx: &ReadTx<'_>,
    homes: &mut Homes,
    chosen: &[Chosen],
    reach: Reach,
    fits: impl Fn(&placement::Placement) -> bool,
) -> Store<Targets> {
    let mut all = Vec::new();
    let mut seen = HashSet::new();
    for one in chosen {
        let messages = if one.conversation { in_conversation(tx, one)? } else { vec![one.message] };
        for message in messages {
            let mut places: Vec<MailboxId> = placement::of_message(tx, message)?
                .into_iter()
                .filter(|place| !place.is_leaving && !place.flags.deleted && fits(place))
                .map(|place| place.mailbox)
                .filter(|mailbox| {
                    one.mailboxes.as_ref().is_none_or(|within| within.contains(mailbox))
                })
                .collect();
            if reach == Reach::One && places.len() > 1 {
                let mut ranked = Vec::new();
                for place in places {
                    ranked.push((rank(homes.get(tx, place)?.role), place));
                }
                ranked.sort_unstable();
                places = ranked.into_iter().take(1).map(|(_, place)| place).collect();
            }
            all.extend(
                places
                    .into_iter()
                    .map(|place| (place, message))
                    .filter(|target| seen.insert(*target)),
            );
        }
    }
    Ok(all)
}

/// Returns the messages that a selection means, each once, in the selection's order.
pub(crate) async fn messages_of(engine: &Engine, selection: Selection) -> Result<Vec<MessageId>> {
    let chosen = resolve(engine, selection).await?;
    let job = move |tx: &ReadTx<'_>| targets(tx, &mut Homes::default(), &chosen, Reach::One);
    let mut seen = HashSet::new();
    let found = engine.store().read(job).await?.into_iter().map(|(_, message)| message);
    Ok(found.filter(|message| seen.insert(*message)).collect())
}

/// Returns the messages of a row that stands for a conversation: those within the view's folders.
fn in_conversation(tx: &ReadTx<'_>, one: &Chosen) -> Store<Vec<MessageId>> {
    let thread = thread::of_message(tx, one.message)?;
    let mut messages: Vec<MessageId> = match &one.mailboxes {
        Some(within) => thread::messages_in(tx, thread, within)?
            .into_iter()
            .map(|(_, message)| message)
            .collect(),
        None => vec![one.message],
    };
    messages.dedup();
    Ok(messages)
}

fn count(targets: &Targets) -> u64 {
    targets.iter().map(|(_, message)| message).collect::<HashSet<_>>().len() as u64
}

/// What became of an action inside its transaction.
struct Outcome {
    operations: Vec<OperationId>,
    count: u64,
    folder: String,
}

/// Resolves a selection, does something with it in one transaction, and remembers the way back.
async fn act<F>(
    engine: &Engine,
    selection: Selection,
    action: &'static str,
    job: F,
) -> Result<Undoable>
where
    F: FnOnce(&WriteTx<'_>, &mut Homes, &[Chosen]) -> Store<Outcome> + Send + 'static,
{
    act_on(engine, resolve(engine, selection).await?, action, job).await
}

/// The same, with what was selected.
async fn act_on<F>(
    engine: &Engine,
    chosen: Arc<Vec<Chosen>>,
    action: &'static str,
    job: F,
) -> Result<Undoable>
where
    F: FnOnce(&WriteTx<'_>, &mut Homes, &[Chosen]) -> Store<Outcome> + Send + 'static,
{
    let outcome = engine.store().write(move |tx| job(tx, &mut Homes::default(), &chosen)).await?;
    Ok(engine.groups().add(outcome.operations, action, outcome.count, outcome.folder))
}

/// Returns the rows that a selection means.
async fn resolve(engine: &Engine, selection: Selection) -> Result<Arc<Vec<Chosen>>> {
    let chosen = engine.views().resolve(engine, selection).await?;
    if chosen.len() > SELECTION_LIMIT {
        return Err(Error::new(Code::Limit, "These are too many messages for one action"));
    }
    Ok(Arc::new(chosen))
}

async fn flag(
    engine: &Engine,
    selection: Selection,
    action: &'static str,
    flag: Flag,
    value: bool,
) -> Result<Undoable> {
    let to = if value { Switch::On } else { Switch::Off };
    act(engine, selection, action, move |tx, homes, chosen| {
        let differs = |place: &placement::Placement| flag.is_in(&place.flags) != value;
        let changed = targets_that(tx, homes, chosen, Reach::All, differs)?;
        let count = count(&changed);
        let operations = operation::enqueue(tx, &Action::SetFlag { flag, to }, &changed)?;
        Ok(Outcome { operations, count, folder: String::new() })
    })
    .await
}

/// Marks as read (true) or unread (false).
pub(crate) async fn messages_set_read(engine: &Engine, mark: Mark) -> Result<Undoable> {
    let action = if mark.value { "read" } else { "unread" };
    flag(engine, mark.selection, action, Flag::Seen, mark.value).await
}

/// Stars (true) or takes the star away (false).
pub(crate) async fn messages_set_starred(engine: &Engine, mark: Mark) -> Result<Undoable> {
    let action = if mark.value { "star" } else { "unstar" };
    flag(engine, mark.selection, action, Flag::Flagged, mark.value).await
}

/// Returns the folder of a role. On this computer it is made where the account has none; on a server the user says
/// which it is, before it comes to this ([`ask_for_folder`]).
fn folder_of(tx: &WriteTx<'_>, account: AccountId, to: &Destination) -> Store<mailbox::Mailbox> {
    if let Some(found) = of_roles(tx, account, to.roles)? {
        return Ok(found);
    }
    if !mailbox::list(tx, account)?.first().is_some_and(|one| one.is_local) {
        return Err(posthorn_store::Error::NotFound("folder"));
    }
    let role = to.roles.first().copied().unwrap_or_default();
    let made = mailbox::add_local(tx, account, to.name, role)?;
    mailbox::get(tx, made)
}

fn of_roles(
    tx: &ReadTx<'_>,
    account: AccountId,
    roles: &[MailboxRole],
) -> Store<Option<mailbox::Mailbox>> {
    for role in roles {
        if let Some(found) = mailbox::by_role(tx, account, *role)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Fails with a question where a server has no folder for this: a second one is never made in silence.
async fn ask_for_folder(engine: &Engine, chosen: &Arc<Vec<Chosen>>, to: Destination) -> Result<()> {
    let chosen = chosen.clone();
    let missing = engine
        .store()
        .read(move |tx| {
            let mut homes = Homes::default();
            let mut accounts = BTreeSet::new();
            for (mailbox, _) in targets(tx, &mut homes, &chosen, Reach::One)? {
                let home = homes.get(tx, mailbox)?;
                if !to.stays.contains(&home.role) && !home.is_local {
                    accounts.insert(home.account);
                }
            }
            for account in accounts {
                if of_roles(tx, account, to.roles)?.is_none() {
                    return Ok(Some(account));
                }
            }
            Ok(None)
        })
        .await?;
    let Some(account) = missing else { return Ok(()) };
    let role = to.roles.first().copied().unwrap_or_default().as_str();
    let problem = "This account has no folder for it: choose one, or let one be made";
    Err(Error::new(Code::NeedsFolder, problem).with(format!("{role}:{account}")))
}

/// Where an action on messages takes them.
#[derive(Clone, Copy)]
struct Destination {
    roles: &'static [MailboxRole],
    /// Made under this name where it is missing.
    name: &'static str,
    /// What stands in a folder of these roles stays.
    stays: &'static [MailboxRole],
    /// Keyword that is set, and keyword that is taken away.
    keywords: Option<(&'static str, &'static str)>,
}

/// Moves each account's messages to a folder of its own.
async fn send_to(
    engine: &Engine,
    selection: Selection,
    action: &'static str,
    to: Destination,
) -> Result<Undoable> {
    let chosen = resolve(engine, selection).await?;
    ask_for_folder(engine, &chosen, to).await?;
    act_on(engine, chosen, action, move |tx, homes, chosen| {
        let mut by_account: BTreeMap<AccountId, Targets> = BTreeMap::new();
        for (mailbox, message) in targets(tx, homes, chosen, Reach::One)? {
            let home = homes.get(tx, mailbox)?;
            if !to.stays.contains(&home.role) {
                by_account.entry(home.account).or_default().push((mailbox, message));
            }
        }
        let mut outcome = Outcome { operations: Vec::new(), count: 0, folder: String::new() };
        for (account, targets) in by_account {
            let folder = folder_of(tx, account, &to)?;
            if let Some((set, clear)) = to.keywords {
                for (keyword, switch) in [(set, Switch::On), (clear, Switch::Off)] {
                    let action =
                        Action::SetFlag { flag: Flag::Keyword(keyword.to_owned()), to: switch };
                    outcome.operations.extend(operation::enqueue(tx, &action, &targets)?);
                }
            }
            outcome.operations.extend(operation::enqueue(
                tx,
                &Action::Move { to: folder.id },
                &targets,
            )?);
            outcome.count += count(&targets);
            outcome.folder = folder.name;
        }
        Ok(outcome)
    })
    .await
}

/// Moves to the account's archive.
pub(crate) async fn messages_archive(engine: &Engine, request: OnMessages) -> Result<Undoable> {
    let to = Destination {
        roles: &[MailboxRole::Archive, MailboxRole::All],
        name: ARCHIVE_NAME,
        stays: &[MailboxRole::Archive, MailboxRole::All],
        keywords: None,
    };
    send_to(engine, request.selection, "archive", to).await
}

/// Moves to the trash; what is in the trash or in junk already is asked for by `messages.delete`.
pub(crate) async fn messages_trash(engine: &Engine, request: OnMessages) -> Result<Undoable> {
    let to = Destination {
        roles: &[MailboxRole::Trash],
        name: "Trash",
        stays: &[MailboxRole::Trash, MailboxRole::Junk],
        keywords: None,
    };
    send_to(engine, request.selection, "trash", to).await
}

/// Moves to junk and marks with `$Junk`.
pub(crate) async fn messages_junk(engine: &Engine, request: OnMessages) -> Result<Undoable> {
    let to = Destination {
        roles: &[MailboxRole::Junk],
        name: "Junk",
        stays: &[MailboxRole::Junk],
        keywords: Some(("$Junk", "$NotJunk")),
    };
    send_to(engine, request.selection, "junk", to).await
}

/// Moves back to the inbox and marks with `$NotJunk`.
pub(crate) async fn messages_not_junk(engine: &Engine, request: OnMessages) -> Result<Undoable> {
    let to = Destination {
        roles: &[MailboxRole::Inbox],
        name: "INBOX",
        stays: &[MailboxRole::Inbox],
        keywords: Some(("$NotJunk", "$Junk")),
    };
    send_to(engine, request.selection, "notJunk", to).await
}

/// Deletes for good, after a moment in which it can be taken back.
pub(crate) async fn messages_delete(engine: &Engine, request: OnMessages) -> Result<Undoable> {
    act(engine, request.selection, "delete", move |tx, homes, chosen| {
        let targets = targets(tx, homes, chosen, Reach::One)?;
        let operations = operation::enqueue(tx, &Action::Delete, &targets)?;
        operation::hold(tx, &operations, tx.now().plus_ms(HOLD_MS))?;
        Ok(Outcome { operations, count: count(&targets), folder: String::new() })
    })
    .await
}

/// Takes an operation back, with everything that was done together with it.
pub(crate) async fn operations_undo(engine: &Engine, request: ById) -> Result<Undoable> {
    let id = OperationId(request.id);
    let known = engine.groups().find(id);
    let ids = known.as_ref().map_or_else(|| vec![id], |group| group.operations.clone());
    let (operation, follow_ups) = engine
        .store()
        .write(move |tx| Ok((operation::get(tx, id)?, operation::undo(tx, &ids)?)))
        .await?;
    let (action, count, folder) = match known {
        Some(group) => (group.action, group.count, group.folder),
        None => (word(&operation.action).to_owned(), word::count(&operation), String::new()),
    };
    Ok(engine.groups().add(follow_ups, &action, count, folder))
}
