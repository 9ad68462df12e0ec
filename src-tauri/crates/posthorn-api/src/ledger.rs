//! The ledger: what the server has and what is here, what waits, what was refused, and proofs of it.

use posthorn_model::{AccountId, MailboxId, Protocol};
use posthorn_store::operation::OperationState;
use posthorn_store::{ReadTx, account, ledger, mailbox, operation as log};

use crate::contract::{
    FolderProof, Ledger, LedgerFolder, LedgerMaildrop, LedgerOperation, Nothing, ProofProgress,
    Prove, ReadLedger, UnreadableMessage,
};
use crate::engine::Engine;
use crate::error::Result;
use crate::operation;

/// Changes that are shown; more are no help.
const OPERATIONS: usize = 200;
/// Operations that are looked at for them: most of the log is done.
const LOG: usize = 5_000;

impl From<ledger::Proof> for FolderProof {
    fn from(proof: ledger::Proof) -> Self {
        Self {
            equal: proof.is_equal(),
            at: proof.at.0,
            compared: proof.compared,
            missing: proof.missing,
            gone: proof.gone,
            flags: proof.flags,
            other: proof.other,
            spared: proof.spared,
            remaining: proof.remaining,
            problem: proof.problem,
        }
    }
}

impl From<posthorn_sync::ProofProgress> for ProofProgress {
    fn from(progress: posthorn_sync::ProofProgress) -> Self {
        Self {
            account: progress.account.0,
            mailbox: progress.mailbox.map(|id| id.0),
            done: progress.done,
            total: progress.total,
            folders_done: progress.folders_done,
            folders: progress.folders,
        }
    }
}

/// Gives the ledger.
pub(crate) async fn ledger_read(engine: &Engine, request: ReadLedger) -> Result<Ledger> {
    let wanted = request.account.map(AccountId);
    let read = engine.store().read(move |tx| {
        let (mut folders, mut maildrops) = (Vec::new(), Vec::new());
        for account in account::list(tx)? {
            if wanted.is_some_and(|wanted| wanted != account.id) {
                continue;
            }
            if account.settings.incoming.server.protocol == Protocol::Pop3 {
                let (there, whole, heads) = ledger::maildrop(tx, account.id)?;
                let ruled = posthorn_store::maildrop::ruled_out(tx, account.id, 0)?.count;
                maildrops.push(LedgerMaildrop {
                    account: account.id.0,
                    there,
                    whole,
                    heads,
                    ruled,
                });
            } else {
                folders.extend(folders_of(tx, account.id)?);
            }
        }
        Ok((folders, maildrops, operations(tx, wanted)?))
    });
    let (folders, maildrops, operations) = read.await?;
    let proofs = engine.sync().proofs().into_iter().map(Into::into).collect();
    Ok(Ledger { folders, operations, maildrops, proofs })
}

fn folders_of(tx: &ReadTx<'_>, id: AccountId) -> posthorn_store::Result<Vec<LedgerFolder>> {
    let mut entries = ledger::entries(tx, id)?;
    let mut holdings = ledger::holdings(tx, id)?;
    let mut folders = Vec::new();
    for one in mailbox::list(tx, id)? {
        if one.is_local || !one.is_selectable {
            continue;
        }
        let entry = entries.remove(&one.id).unwrap_or_default();
        let held = holdings.remove(&one.id).unwrap_or_default();
        let unreadable =
            if entry.quarantined == 0 { Vec::new() } else { ledger::quarantined(tx, one.id)? };
        folders.push(LedgerFolder {
            mailbox: one.id.0,
            account: id.0,
            there: entry.there,
            here: one.total,
            bytes: held.bytes,
            stored: held.stored,
            pending: held.pending,
            uid_validity: one.sync.uid_validity.map(|value| value.0),
            uid_next: one.sync.uid_next.map(|value| value.0),
            modseq: one.sync.highest_modseq.map(|value| value.0.to_string()).unwrap_or_default(),
            object_id: entry.object_id.unwrap_or_default(),
            compared_at: one.sync.synced_at.map(|at| at.0),
            audited_at: one.sync.audited_at.map(|at| at.0),
            proof: entry.proof.map(Into::into),
            unreadable: unreadable
                .into_iter()
                .map(|one| UnreadableMessage {
                    uid: one.uid.0,
                    since_at: one.since.0,
                    reason: one.reason,
                })
                .collect(),
        });
    }
    Ok(folders)
}

fn operations(
    tx: &ReadTx<'_>,
    account: Option<AccountId>,
) -> posthorn_store::Result<Vec<LedgerOperation>> {
    let mut shown = Vec::new();
    for one in log::unfinished(tx, account, LOG)? {
        if shown.len() >= OPERATIONS {
            break;
        }
        let (action, count) = operation::described(tx, one.id).unwrap_or_default();
        shown.push(LedgerOperation {
            id: one.id.0,
            account: one.account.0,
            action,
            count,
            refused: one.state == OperationState::Refused,
            attempts: one.attempts,
            at: one.created_at.0,
            next_try_at: Some(one.next_try.0)
                .filter(|at| *at > tx.now().0 && one.state != OperationState::Refused),
            said: one.error,
        });
    }
    Ok(shown)
}

/// Begins to compare a folder, or all folders of an account, completely.
pub(crate) async fn ledger_prove(engine: &Engine, request: Prove) -> Result<Nothing> {
    engine.sync().prove(AccountId(request.account), request.mailbox.map(MailboxId)).await?;
    Ok(Nothing {})
}

/// Ends an account's proof; what it mended stays mended.
pub(crate) async fn ledger_cancel(
    engine: &Engine,
    request: crate::contract::ById,
) -> Result<Nothing> {
    engine.sync().cancel_proof(AccountId(request.id));
    Ok(Nothing {})
}
