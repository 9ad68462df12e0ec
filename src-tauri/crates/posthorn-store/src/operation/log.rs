//! Reading the log of operations.

use posthorn_model::{AccountId, Flags, MailboxId, MessageId, OperationId, Timestamp, Uid};
use rusqlite::{Row, params};

use super::{Action, Operation, OperationState, Target};
use crate::error::{Error, Result};
use crate::tx::ReadTx;

const COLUMNS: &str =
    "id, account, action, state, attempts, next_try, error, created_at, undone_by, after";

fn read(row: &Row<'_>) -> rusqlite::Result<Operation> {
    let text: String = row.get(2)?;
    let word: String = row.get(3)?;
    let broken =
        || rusqlite::Error::InvalidColumnType(2, "action".to_owned(), rusqlite::types::Type::Text);
    Ok(Operation {
        id: OperationId(row.get(0)?),
        account: AccountId(row.get(1)?),
        action: Action::from_text(&text).ok_or_else(broken)?,
        targets: Vec::new(),
        state: OperationState::ALL
            .into_iter()
            .find(|state| state.word() == word)
            .unwrap_or(OperationState::Refused),
        attempts: row.get(4)?,
        next_try: Timestamp(row.get(5)?),
        error: row.get(6)?,
        created_at: Timestamp(row.get(7)?),
        is_undone: row.get(8)?,
        after: row.get::<_, i64>(9).map(|id| (id != 0).then_some(OperationId(id)))?,
    })
}

/// Returns one operation.
pub fn get(tx: &ReadTx<'_>, id: OperationId) -> Result<Operation> {
    let sql = format!("SELECT {COLUMNS} FROM operation WHERE id = ?1");
    let mut operation = tx.maybe(&sql, [id.0], read)?.ok_or(Error::NotFound("operation"))?;
    operation.targets = targets(tx, id)?;
    Ok(operation)
}

/// Returns the account's oldest operation that the server has not done, absent where there is none. It blocks those
/// after it: order is part of their meaning. The caller looks at `next_try`.
///
/// One that waits for another, or that is held back and was never sent, is passed by: its messages are hidden here, so
/// nothing that comes after can mean them. A change of folders is not overtaken by another one.
pub fn next(tx: &ReadTx<'_>, account: AccountId) -> Result<Option<Operation>> {
    let sql = "SELECT id, state = 'queued' AND attempts = 0 AND next_try > ?2 FROM operation \
        WHERE account = ?1 AND state IN ('queued', 'sent') AND (after = 0 OR NOT EXISTS ( \
          SELECT 1 FROM operation AS before WHERE before.id = operation.after AND before.state IN ('queued', 'sent'))) \
        ORDER BY id";
    let mut statement = tx.statement(sql)?;
    let mut rows = statement.query(params![account.0, tx.now().0])?;
    let mut is_folder_held = false;
    while let Some(row) = rows.next()? {
        let (id, is_held) = (OperationId(row.get(0)?), row.get::<_, bool>(1)?);
        let operation = get(tx, id)?;
        if is_held {
            is_folder_held |= operation.action.is_of_folder();
        } else if !(is_folder_held && operation.action.is_of_folder()) {
            return Ok(Some(operation));
        }
    }
    Ok(None)
}

/// Returns when the next operation is due that is held back so that the user can take it back; absent = none is.
pub fn held_until(tx: &ReadTx<'_>, account: AccountId) -> Result<Option<Timestamp>> {
    let sql = "SELECT min(next_try) FROM operation WHERE account = ?1 AND state IN ('queued', 'sent') \
        AND state = 'queued' AND attempts = 0 AND next_try > ?2";
    tx.one(sql, params![account.0, tx.now().0], |row| {
        Ok(row.get::<_, Option<i64>>(0)?.map(Timestamp))
    })
}

/// Returns the newest operations that wait or were refused, of one account or of all, newest first, without their
/// targets.
pub fn unfinished(
    tx: &ReadTx<'_>,
    account: Option<AccountId>,
    limit: usize,
) -> Result<Vec<Operation>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM operation WHERE (?1 = 0 OR account = ?1) AND state IN ('queued', 'sent', 'refused') \
           ORDER BY id DESC LIMIT ?2"
    );
    tx.all(&sql, params![account.map_or(0, |id| id.0), limit as i64], read)
}

/// Returns the newest operations of all accounts, newest first.
pub fn recent(tx: &ReadTx<'_>, limit: usize) -> Result<Vec<Operation>> {
    let sql = format!("SELECT {COLUMNS} FROM operation ORDER BY id DESC LIMIT ?1");
    let mut operations = tx.all(&sql, [limit as i64], read)?;
    for operation in &mut operations {
        operation.targets = targets(tx, operation.id)?;
    }
    Ok(operations)
}

fn targets(tx: &ReadTx<'_>, id: OperationId) -> Result<Vec<Target>> {
    // The uid noted when the operation was made; else what an earlier operation or a listing told since.
    let sql = "SELECT target.message, target.mailbox, COALESCE(target.uid, placement.uid), target.flags_before, target.origin \
        FROM operation_target AS target LEFT JOIN placement \
          ON placement.mailbox = target.mailbox AND placement.message = target.message \
        WHERE target.operation = ?1 ORDER BY target.message, target.mailbox";
    tx.all(sql, [id.0], |row| {
        Ok(Target {
            message: MessageId(row.get(0)?),
            mailbox: MailboxId(row.get(1)?),
            uid: row.get::<_, Option<u32>>(2)?.map(Uid),
            flags_before: Flags::from_names(
                row.get_ref(3)?.as_str()?.split(' ').filter(|name| !name.is_empty()),
            ),
            origin: row.get::<_, i64>(4).map(|id| (id != 0).then_some(MessageId(id)))?,
        })
    })
}

/// Returns the paths of mailboxes that operations are about to make, rename or delete: a listing says nothing about
/// them yet.
pub(crate) fn paths_under_way(tx: &ReadTx<'_>, account: AccountId) -> Result<Vec<String>> {
    let sql = "SELECT action FROM operation WHERE account = ?1 AND state IN ('queued', 'sent')";
    let texts: Vec<String> = tx.all(sql, params![account.0], |row| row.get(0))?;
    let mut paths = Vec::new();
    for action in texts.iter().filter_map(|text| Action::from_text(text)) {
        match action {
            Action::CreateMailbox { path, .. } | Action::DeleteMailbox { path, .. } => {
                paths.push(path);
            }
            Action::RenameMailbox { from, to, .. } => paths.extend([from, to]),
            Action::Subscribe { path, .. } => paths.push(path),
            Action::SetFlag { .. }
            | Action::Move { .. }
            | Action::Copy { .. }
            | Action::Append { .. }
            | Action::Delete
            | Action::Arrange { .. } => {}
        }
    }
    Ok(paths)
}
