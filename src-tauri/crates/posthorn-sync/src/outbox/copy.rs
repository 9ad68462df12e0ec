//! The copy for Sent: the Bcc line and the bytes that were sent, filed once.
//!
//! On an IMAP server it is looked for before it is appended, so that a break costs a look and never a second copy; for
//! a POP3 account it goes into the Sent folder of this computer. Where the server files it, nothing is done.

use std::io::{Cursor, Read as _};

use posthorn_imap::{MailboxName, Session};
use posthorn_model::{AccountId, Flags, MailboxId, MailboxRole, Protocol};
use posthorn_net::Stream;
use posthorn_store::outbox::{self, Outbox, OutboxState, Route};
use posthorn_store::placement::{self, Arrival};
use posthorn_store::{Error as StoreError, Origin, ReadTx, account, mailbox};

use super::Worker;
use super::finish::finish;
use super::seek::contains;
use super::source::Source;
use crate::console::Purpose;
use crate::engine::Account;
use crate::failure::Failure;
use crate::imap::connect::{self, Connection};
use crate::maildrop::skimmed_head;
use crate::reading::skim;

/// Name of the folder that is made where an account has none for sent mail.
const SENT: &str = "Sent";

impl Worker {
    /// Files the copies of what was accepted.
    pub(super) async fn file_copies(&mut self) -> Result<(), StoreError> {
        let id = self.account.id;
        let states = [OutboxState::Accepted, OutboxState::Filed];
        let read = self.account.store().read(move |tx| {
            let settings = account::get(tx, id)?.settings;
            Ok((settings, outbox::in_states(tx, id, &states)?))
        });
        let (settings, rows) = read.await?;
        self.copies.retain(&rows.iter().map(|row| row.id).collect::<Vec<_>>());
        let mut connection = None;
        let mut problem = None;
        for row in &rows {
            let is_ours = row.state == OutboxState::Accepted
                && row.request.needs_filing
                && !settings.server_files_sent;
            if !is_ours {
                finish(&self.account, row.id, None).await?;
                continue;
            }
            if !self.copies.is_due(row.id) {
                continue;
            }
            let filing =
                file(&self.account, settings.incoming.server.protocol, &mut connection, row);
            match self.unless_stopped(Box::pin(filing)).await {
                None => break,
                Some(Ok(message)) => {
                    problem = Some(None);
                    finish(&self.account, row.id, message).await?;
                }
                Some(Err(failure)) => {
                    tracing::info!(account = id.0, %failure, "a sent message could not be filed");
                    problem = Some(Some(failure.problem()));
                    self.copies.put_off(row.id);
                    connection = None;
                }
            }
        }
        if let Some(connection) = connection {
            connection.leave().await;
        }
        if let Some(problem) = problem
            && !self.lanes.at(Route::Account).is_locked_out()
        {
            let next = self.copies.next().map(|next| {
                self.after(next.saturating_duration_since(tokio::time::Instant::now()))
            });
            self.show(Route::Account, problem, next);
        }
        Ok(())
    }
}

/// Files one copy; returns the message where it is on this computer.
async fn file(
    account: &Account,
    protocol: Protocol,
    connection: &mut Option<Connection>,
    row: &Outbox,
) -> Result<Option<posthorn_model::MessageId>, Failure> {
    if protocol != Protocol::Imap {
        return here(account, row).await.map(Some);
    }
    let connection = match connection {
        Some(open) => open,
        None => connection.insert(connect::connect(account, Purpose::Filing).await?),
    };
    let host = connection.host.clone();
    on_server(account, connection, row).await.map_err(|failure| failure.at(&host))?;
    Ok(None)
}

/// Puts the copy into the Sent folder of this computer, in one transaction with the row's step. It is never whole in
/// memory.
async fn here(account: &Account, row: &Outbox) -> Result<posthorn_model::MessageId, Failure> {
    let bodies = account.store().bodies();
    let bcc_line = Cursor::new(row.request.bcc_line.clone().into_bytes());
    let copy = bcc_line.chain(bodies.open(row.request.body).await?);
    let body = bodies.put_stream(copy, Origin::Local).await?.id;
    let (source, received) = (bodies.open(body).await?, row.updated_at);
    let read = tokio::task::spawn_blocking(move || {
        skim(source).map(|skim| skimmed_head(&skim, Some(received)))
    });
    let head = read.await.map_err(|_| Failure::Interrupted)?.map_err(StoreError::from)?;
    let (id, row, chosen) = (account.id, row.id, row.request.sent_mailbox);
    let write = account.store().write(move |tx| {
        let sent = match folder(tx, id, chosen)? {
            Some(found) => found.id,
            None => mailbox::add_local(tx, id, SENT, MailboxRole::Sent)?,
        };
        let flags = Flags { seen: true, ..Flags::default() };
        let arrived = placement::arrive(
            tx,
            sent,
            &[Arrival { flags, head, body: Some(body), ..Arrival::default() }],
        )?;
        let message = arrived
            .first()
            .map(|arrived| arrived.message)
            .ok_or(StoreError::NotFound("message"))?;
        outbox::file(tx, row, Some(message))?;
        Ok(message)
    });
    Ok(write.await?)
}

/// Returns the folder for a copy: the one that was chosen while it is there, else the account's Sent folder, where it has
/// one.
pub(super) fn folder(
    tx: &ReadTx<'_>,
    id: AccountId,
    chosen: Option<MailboxId>,
) -> posthorn_store::Result<Option<mailbox::Mailbox>> {
    if let Some(chosen) = chosen {
        // A POP3 account files on this computer, every other on its server.
        let is_here = account::get(tx, id)?.settings.incoming.server.protocol != Protocol::Imap;
        match mailbox::get(tx, chosen) {
            Ok(found)
                if found.account == id && found.is_selectable && found.is_local == is_here =>
            {
                return Ok(Some(found));
            }
            Ok(_) | Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    mailbox::by_role(tx, id, MailboxRole::Sent)
}

/// Appends the copy to the server's Sent folder, unless it is there.
async fn on_server(
    account: &Account,
    connection: &mut Connection,
    row: &Outbox,
) -> Result<(), Failure> {
    let (id, chosen) = (account.id, row.request.sent_mailbox);
    let known = account.store().read(move |tx| folder(tx, id, chosen)).await?;
    let name = known.as_ref().map_or_else(
        || MailboxName::from_wire(format!("{}{SENT}", connection.namespaces.personal_prefix())),
        |sent| MailboxName::from_wire(sent.path.clone()),
    );
    if !contains(connection, &name, &row.request.message_id).await? {
        match append(account, &mut connection.session, &name, row).await {
            Err(Failure::Imap { error, .. }) if error.is_nonexistent() => {
                connection.session.create(&name).await?;
                append(account, &mut connection.session, &name, row).await?;
            }
            other => other?,
        }
    }
    // The folder shows it at once.
    let opened: Option<MailboxId> = known.map(|sent| sent.id);
    account.signals.raise(|wanted| match opened {
        Some(sent) => drop(wanted.opened.insert(sent)),
        None => wanted.check = true,
    });
    Ok(())
}

async fn append(
    account: &Account,
    session: &mut Session<Stream>,
    name: &MailboxName,
    row: &Outbox,
) -> Result<(), Failure> {
    let before = row.request.bcc_line.as_bytes().to_vec();
    let size = row.request.size + before.len() as u64;
    let mut source = Source::open(account.store().bodies(), row.request.body, before).await?;
    let flags = Flags { seen: true, ..Flags::default() };
    session.append(name, &flags, Some(account.now()), size, &mut source).await?;
    Ok(())
}
