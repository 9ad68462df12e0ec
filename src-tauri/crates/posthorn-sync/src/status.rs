//! What an account is doing, told truthfully.
//!
//! Invariants: `UpToDate` is never shown while something is known to be missing, while an operation waits, or after
//! a failure that no success followed. `since` moves only when the state does.

use std::collections::BTreeMap;

use posthorn_model::{AccountId, Timestamp};

use crate::problem::Problem;

/// What an account is doing, in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum State {
    /// Switched off by the user.
    Disabled,
    /// The user chose to work offline.
    Offline,
    /// Dialling or signing in.
    #[default]
    Connecting,
    /// Comparing, downloading, or telling the server what the user did.
    Syncing,
    /// Everything is here; new mail is watched for.
    UpToDate,
    /// The next try after a passing failure is planned.
    Waiting,
    /// The password was refused: nothing is tried until it is changed.
    NeedsPassword,
    /// It failed in a way that time does not heal: nothing is tried until the user acts.
    Failed,
    /// It has no server and needs none: the folders of this computer.
    Local,
}

/// The truth about one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// Account.
    pub account: AccountId,
    /// In one word.
    pub state: State,
    /// Since when this state holds.
    pub since: Timestamp,
    /// Since when there is a connection without a break. Absent while there is none.
    pub connected_since: Option<Timestamp>,
    /// Name of the folder that is being worked on; empty while none is.
    pub activity: String,
    /// Steps done. Absent when they cannot be counted.
    pub done: Option<u64>,
    /// Steps in all. Absent when they cannot be counted.
    pub total: Option<u64>,
    /// The server's last sentence, without secrets; empty before the first.
    pub server_said: String,
    /// What is wrong. Absent when nothing is.
    pub problem: Option<Problem>,
    /// When it is tried again. Absent when nothing is planned.
    pub next_try: Option<Timestamp>,
    /// When everything was last compared with the server. Absent before the first time.
    pub last_complete: Option<Timestamp>,
    /// Operations that the server has not confirmed.
    pub pending_operations: u64,
    /// Protection of the connection in words (`TLS 1.3`); empty while there is none.
    pub security: String,
    /// What is wrong with sending through the account's server. Absent when nothing is known to be.
    pub outgoing: Option<Problem>,
    /// When sending is tried again. Absent when nothing is planned.
    pub outgoing_next_try: Option<Timestamp>,
    /// What is wrong with sending through the own servers of identities, by the identity's id.
    pub identities: BTreeMap<i64, Problem>,
}

impl Status {
    /// Returns the status of an account that has done nothing yet.
    pub fn new(account: AccountId, now: Timestamp) -> Self {
        Self {
            account,
            state: State::default(),
            since: now,
            connected_since: None,
            activity: String::new(),
            done: None,
            total: None,
            server_said: String::new(),
            problem: None,
            next_try: None,
            last_complete: None,
            pending_operations: 0,
            security: String::new(),
            outgoing: None,
            outgoing_next_try: None,
            identities: BTreeMap::new(),
        }
    }

    /// Enters a state; what belonged to the old one alone goes.
    pub(crate) fn enter(&mut self, state: State) {
        self.state = state;
        self.activity.clear();
        (self.done, self.total, self.next_try) = (None, None, None);
        match state {
            State::Syncing | State::UpToDate | State::Waiting => {}
            _ => self.disconnect(),
        }
        if state == State::UpToDate || state == State::Disabled || state == State::Offline {
            self.problem = None;
        }
    }

    /// Forgets what belonged to the connection.
    pub(crate) fn disconnect(&mut self) {
        self.connected_since = None;
        self.security.clear();
    }
}
