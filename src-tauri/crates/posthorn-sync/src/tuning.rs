//! Waiting times that tests shorten; everybody else takes the defaults.

use std::time::Duration;

use crate::limit;

/// How long the engine waits for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuning {
    /// How often IDLE begins anew.
    pub idle_renewal: Duration,
    /// How long the watching connection waits for the working one's first look at INBOX.
    pub watch_after: Duration,
    /// How often a server without IDLE is asked for news of INBOX.
    pub poll: Duration,
    /// How often the other folders are compared; the account's own interval counts where it is shorter.
    pub round: Duration,
    /// Time for the answer of a connection that is asked whether it lives.
    pub probe: Duration,
    /// First wait after a passing failure.
    pub retry_first: Duration,
    /// Longest wait between tries.
    pub retry_last: Duration,
    /// How long a server that allows no more connections or requests is left alone at least.
    pub crowded: Duration,
    /// How often each mailbox's uids are compared completely.
    pub audit: Duration,
    /// Time for one step of signing in: dialling, TLS and greeting together, then the login.
    pub sign_in: Duration,
    /// How long nothing may move on an IMAP or POP3 connection that owes an answer.
    pub stall: Duration,
    /// Time for each stage of a submission. Absent = those of RFC 5321 section 4.5.3.2.
    pub submission: Option<Duration>,
    /// How often the room on a full disk is looked at again.
    pub room: Duration,
    /// How long nothing is typed in a draft before it is copied to the server.
    pub draft_rest: Duration,
    /// How long an upload of unknown fate is looked for.
    pub draft_doubt: Duration,
    /// How long after the start bytes that nobody refers to are removed for the first time.
    pub first_sweep: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            idle_renewal: limit::IDLE_RENEWAL,
            watch_after: limit::WATCH_AFTER,
            poll: limit::POLL,
            round: limit::ROUND_EVERY,
            probe: limit::PROBE,
            retry_first: limit::RETRY_FIRST,
            retry_last: limit::RETRY_LAST,
            crowded: limit::CROWDED,
            audit: limit::AUDIT_EVERY,
            sign_in: limit::SIGN_IN,
            stall: posthorn_imap::limit::STALL,
            submission: None,
            room: limit::ROOM_AGAIN,
            draft_rest: limit::DRAFT_REST,
            draft_doubt: limit::DRAFT_DOUBT,
            first_sweep: limit::FIRST_SWEEP,
        }
    }
}
