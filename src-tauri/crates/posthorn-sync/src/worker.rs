//! The tasks of one account: one that fetches mail (`imap` or `maildrop`), and one that sends (`outbox`).

use posthorn_model::Protocol;
use tokio::sync::mpsc;

use crate::engine::Account;
use crate::request::Request;
use crate::{life, outbox};

/// Starts an account's tasks. They end with the account's token.
pub(crate) fn start(account: &Account, requests: mpsc::Receiver<Request>, incoming: Protocol) {
    account.tasks.spawn(life::run(account.clone(), requests, incoming));
    account.tasks.spawn(outbox::run(account.clone()));
}
