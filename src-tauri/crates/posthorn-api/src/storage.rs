//! What takes the room of an account, what could leave its server, and what the server says about a folder.
//!
//! To free room, the page moves messages to a folder of this computer (`messages.move`): they are fetched, read back and
//! compared, and only then removed from the server, which needs no room there.

use posthorn_model::{AccountId, MailboxId, MailboxRole};
use posthorn_store::{account, mailbox, storage};

use crate::contract::{
    ById, Error, FolderFacts, FolderRights, FolderShare, LargeFile, LargeMessage, ProposeStorage,
    Quota, SenderShare, StorageOrder, StorageOverview, StorageProposal,
};
use crate::engine::Engine;
use crate::error::Result;

/// Senders, messages and files that are shown.
const SHOWN: usize = 100;
/// Messages of one proposal: more are not looked through by anybody.
const PROPOSED: usize = 5_000;

impl From<storage::Large> for LargeMessage {
    fn from(one: storage::Large) -> Self {
        Self {
            message: one.message.0,
            mailbox: one.mailbox.0,
            subject: one.subject,
            from: one.from.into(),
            at: one.received.0,
            size: one.size,
        }
    }
}

/// Returns what one may do with a folder, as the server last said; absent where it did not.
pub(crate) fn rights(engine: &Engine, account: i64, mailbox: i64) -> Option<FolderRights> {
    let known = engine.sync().rights(AccountId(account), MailboxId(mailbox))?;
    Some(FolderRights {
        read: known.may_read(),
        mark_read: known.may_mark_read(),
        flag: known.may_flag(),
        insert: known.may_insert(),
        remove: known.may_remove(),
        create: known.may_create(),
        delete_folder: known.may_delete_mailbox(),
    })
}

/// Asks the server about a folder.
async fn facts(engine: &Engine, id: MailboxId) -> Result<FolderFacts> {
    let known = engine.sync().folder_facts(id).await.map_err(Error::from)?;
    let owner = engine.store().read(move |tx| Ok(mailbox::get(tx, id)?.account)).await?;
    let quotas = known.quotas.iter().filter_map(|quota| {
        let (used, limit) = quota.storage()?;
        Some(Quota { root: quota.root.clone(), used, limit })
    });
    Ok(FolderFacts {
        quotas: quotas.collect(),
        size: known.size,
        append_limit: known.append_limit,
        rights: rights(engine, owner.0, id.0),
        letters: known.rights.map(|rights| rights.as_str().to_owned()).unwrap_or_default(),
    })
}

/// Asks the server about a folder: quotas, size, rights.
pub(crate) async fn mailboxes_facts(engine: &Engine, request: ById) -> Result<FolderFacts> {
    facts(engine, MailboxId(request.id)).await
}

/// Says what takes the room of an account.
pub(crate) async fn storage_overview(engine: &Engine, request: ById) -> Result<StorageOverview> {
    let id = AccountId(request.id);
    let found = engine
        .store()
        .read(move |tx| {
            account::get(tx, id)?;
            let inbox = mailbox::by_role(tx, id, MailboxRole::Inbox)?.filter(|one| !one.is_local);
            let folders = storage::folders(tx, id)?;
            let senders = storage::senders(tx, id, SHOWN)?;
            let (large, files) =
                (storage::messages(tx, id, SHOWN)?, storage::files(tx, id, SHOWN)?);
            Ok((inbox, folders, senders, large, files))
        })
        .await?;
    let (inbox, folders, senders, large, files) = found;
    let (quotas, quota_problem) = match inbox {
        None => (Vec::new(), None),
        Some(inbox) => match facts(engine, inbox.id).await {
            Ok(facts) => (facts.quotas, None),
            Err(problem) => (Vec::new(), Some(problem)),
        },
    };
    Ok(StorageOverview {
        bytes: folders.iter().map(|share| share.bytes).sum(),
        messages: folders.iter().map(|share| share.messages).sum(),
        quotas,
        quota_problem,
        folders: folders
            .into_iter()
            .map(|share| FolderShare {
                mailbox: share.of.0,
                bytes: share.bytes,
                messages: share.messages,
            })
            .collect(),
        senders: senders
            .into_iter()
            .map(|share| SenderShare {
                from: share.of.into(),
                bytes: share.bytes,
                messages: share.messages,
            })
            .collect(),
        large: large.into_iter().map(Into::into).collect(),
        files: files
            .into_iter()
            .map(|file| LargeFile {
                message: file.message.into(),
                name: file.name,
                mime: file.mime,
                size: file.size,
            })
            .collect(),
    })
}

/// Proposes messages that could leave the server.
pub(crate) async fn storage_propose(
    engine: &Engine,
    request: ProposeStorage,
) -> Result<StorageProposal> {
    let (id, bytes) = (AccountId(request.account), request.bytes);
    let order = match request.order {
        StorageOrder::Largest => storage::Order::Largest,
        StorageOrder::Oldest => storage::Order::Oldest,
    };
    let found = engine
        .store()
        .read(move |tx| {
            account::get(tx, id)?;
            storage::propose(tx, id, bytes, order, PROPOSED)
        })
        .await?;
    let messages: Vec<LargeMessage> = found.into_iter().map(Into::into).collect();
    Ok(StorageProposal { bytes: messages.iter().map(|one| one.size).sum(), messages })
}
