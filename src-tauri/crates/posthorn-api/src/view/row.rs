//! From a row of the store to a row on screen.

use std::collections::HashMap;

use posthorn_model::{MailboxId, MailboxRole, Position};
use posthorn_store::view::{self, View};
use posthorn_store::{ReadTx, mailbox};

use crate::contract::{Address, Row};

/// People named in a row.
const PEOPLE_LIMIT: usize = 4;

fn convert(row: view::Row, role: MailboxRole) -> Row {
    let outgoing = matches!(role, MailboxRole::Sent | MailboxRole::Drafts);
    let named = if outgoing { row.recipients } else { row.senders };
    let first = named.len().saturating_sub(PEOPLE_LIMIT);
    // Of many writers the newest are named; of many recipients the first.
    let people: Vec<Address> = if outgoing {
        named.into_iter().take(PEOPLE_LIMIT).map(Into::into).collect()
    } else {
        named.into_iter().skip(first).map(Into::into).collect()
    };
    Row {
        message: row.message.0,
        thread: row.thread.0,
        account: row.account.0,
        mailbox: row.mailbox.0,
        people,
        outgoing,
        subject: row.subject,
        preview: row.preview,
        at: row.received.0,
        count: row.count,
        unread: row.is_unread,
        starred: row.is_starred,
        answered: row.is_answered,
        forwarded: row.is_forwarded,
        draft: row.is_draft,
        attachments: row.has_attachments,
        size: row.size,
    }
}

/// Returns the rows at some positions of a list, in their order; absent where one is gone meanwhile.
pub(super) fn read(
    tx: &ReadTx<'_>,
    list: &View,
    positions: &[Position],
) -> posthorn_store::Result<Vec<Option<Row>>> {
    let mut roles: HashMap<MailboxId, MailboxRole> = HashMap::new();
    let mut rows = Vec::with_capacity(positions.len());
    for row in view::rows(tx, list, positions)? {
        let Some(row) = row else {
            rows.push(None);
            continue;
        };
        let role = if let Some(role) = roles.get(&row.mailbox) {
            *role
        } else {
            let role = mailbox::get(tx, row.mailbox)?.role;
            roles.insert(row.mailbox, role);
            role
        };
        rows.push(Some(convert(row, role)));
    }
    Ok(rows)
}
