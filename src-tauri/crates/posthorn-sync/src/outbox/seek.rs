//! Looks for messages of unknown fate: in what is here, then on the IMAP server.
//!
//! Only a find says something. A message that is not found may still arrive, so it stays unknown until the user says.

use posthorn_imap::{MailboxName, Search, SelectMode};
use posthorn_model::{AccountId, MailboxId, MailboxRole, MessageIdHeader, Protocol};
use posthorn_store::outbox::{self, Outbox, OutboxState};
use posthorn_store::{Error as StoreError, ReadTx, account, mailbox, message, placement};

use super::Worker;
use crate::console::Purpose;
use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::{self, Connection};

/// Searches on the server by themselves: with the usual waits, for half an hour. Later mail that arrives is still
/// looked at, and a new start begins anew.
pub(super) const TRIES: u32 = 12;

/// Where a message that was accepted may be seen.
const PLACES: [MailboxRole; 3] = [MailboxRole::Sent, MailboxRole::Inbox, MailboxRole::All];

impl Worker {
    /// Tries to learn what became of the account's unknown messages.
    pub(super) async fn resolve_unknown(&mut self) -> Result<(), StoreError> {
        let id = self.account.id;
        let read =
            self.account.store().read(move |tx| outbox::in_states(tx, id, &[OutboxState::Unknown]));
        let rows: Vec<Outbox> = read.await?.into_iter().filter(is_decisive).collect();
        self.searches.retain(&rows.iter().map(|row| row.id).collect::<Vec<_>>());
        let mut connection = None;
        for row in &rows {
            let (sought, chosen) = (row.request.message_id.clone(), row.request.sent_mailbox);
            let here =
                self.account.store().read(move |tx| is_here(tx, id, &sought, chosen)).await?;
            let mut is_found = here;
            if !is_found && self.searches.is_due(row.id) {
                self.searches.put_off(row.id);
                let search = on_server(&self.account, &mut connection, row);
                match self.unless_stopped(Box::pin(search)).await {
                    None => break,
                    Some(Ok(found)) => is_found = found,
                    Some(Err(failure)) => {
                        tracing::info!(account = id.0, %failure, "an unknown message could not be looked for");
                        connection = None;
                    }
                }
            }
            if is_found {
                let row = row.id;
                let write = self.account.store().write(move |tx| {
                    outbox::step(
                        tx,
                        row,
                        OutboxState::Accepted,
                        "It was found on the server after the connection broke",
                    )
                });
                match write.await {
                    // The user was faster.
                    Ok(()) | Err(StoreError::NotFound(_) | StoreError::IllegalStep { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        if let Some(connection) = connection {
            connection.leave().await;
        }
        Ok(())
    }
}

/// Tells whether a find proves anything: a second attempt for a part of the recipients has the Message-ID of the first.
fn is_decisive(row: &Outbox) -> bool {
    row.request.needs_filing || row.request.draft.is_some()
}

/// Returns the folders where a message that was accepted may be seen.
fn places(
    tx: &ReadTx<'_>,
    id: AccountId,
    chosen: Option<MailboxId>,
) -> Result<Vec<mailbox::Mailbox>, StoreError> {
    let mut places: Vec<mailbox::Mailbox> =
        super::copy::folder(tx, id, chosen)?.into_iter().collect();
    for role in PLACES {
        let found = mailbox::by_role(tx, id, role)?;
        places.extend(found.filter(|found| !places.iter().any(|known| known.id == found.id)));
    }
    Ok(places)
}

/// Tells whether the message is known in a folder where only the server can have put it.
fn is_here(
    tx: &ReadTx<'_>,
    id: AccountId,
    sought: &MessageIdHeader,
    chosen: Option<MailboxId>,
) -> Result<bool, StoreError> {
    let places: Vec<(MailboxId, bool)> =
        places(tx, id, chosen)?.into_iter().map(|found| (found.id, found.is_local)).collect();
    for message in message::by_message_id(tx, id, sought)? {
        for placed in placement::of_message(tx, message)? {
            let place = places.iter().find(|(mailbox, _)| *mailbox == placed.mailbox);
            if place.is_some_and(|(_, is_local)| *is_local || placed.uid.is_some()) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Asks an IMAP server; a POP3 server shows only what is fetched.
async fn on_server(
    account: &Account,
    connection: &mut Option<Connection>,
    row: &Outbox,
) -> Result<bool, Failure> {
    let (id, chosen, sought) = (account.id, row.request.sent_mailbox, &row.request.message_id);
    let read = account.store().read(move |tx| {
        let protocol = account::get(tx, id)?.settings.incoming.server.protocol;
        let places = places(tx, id, chosen)?.into_iter().filter(|found| !found.is_local);
        let paths: Vec<String> = places.map(|found| found.path).collect();
        Ok((protocol, paths))
    });
    let (protocol, paths) = read.await?;
    if protocol != Protocol::Imap {
        return Ok(false);
    }
    let connection = match connection {
        Some(open) => open,
        None => connection.insert(connect::connect(account, Purpose::Filing).await?),
    };
    for path in paths {
        if contains(connection, &MailboxName::from_wire(path), sought).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Tells whether a mailbox of the server has a message with this id; one that does not exist has none.
pub(super) async fn contains(
    connection: &mut Connection,
    mailbox: &MailboxName,
    sought: &MessageIdHeader,
) -> Result<bool, Failure> {
    match connection.session.examine(mailbox, SelectMode::Plain).await {
        Ok(opened) if opened.exists == 0 => return Ok(false),
        Ok(_) => {}
        Err(error) if error.is_fatal() => return Err(error.into()),
        Err(error) if error.is_nonexistent() => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    Ok(!connection.session.search(&Search::MessageId(sought.0.clone())).await?.is_empty())
}
