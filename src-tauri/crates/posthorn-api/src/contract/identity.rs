//! Who messages are from: the identities of accounts; and messages that are sent on as they came.

use super::{Account, Address, Error, Server, contract};

contract! {
    /// A name and address that an account sends as.
    pub struct Identity {
        /// Local id; 0 for one that is to be added.
        pub id: i64,
        /// Its account.
        pub account: i64,
        /// Name to send as.
        pub name: String,
        /// Address to send as. That of the account's main identity is the account's own.
        pub email: String,
        /// Where answers go; empty = to `email`.
        pub reply_to: String,
        /// Signature of new messages, as text; empty when there is none. Given back unchanged, it keeps its form.
        pub signature: String,
        /// Who gets a blind copy of every message that is begun with it.
        pub bcc: Vec<Address>,
        /// Folder of the account for what it sent; null = the account's Sent folder.
        pub sent_mailbox: Option<i64>,
        /// It is the account's own name and address, which cannot be removed. Ignored when saving.
        pub main: bool,
        /// Its own outgoing server; null = the account's, as it always is for the account's own name and address.
        pub server: Option<Server>,
        /// Fingerprint of the certificate that the user accepted for that server; empty when there is none. Ignored when
        /// saving.
        pub pin: String,
    }

    /// An identity to add or change, with the secret of its server. Secrets travel this way only, never back.
    pub struct IdentityDraft {
        /// The identity. A server that is new, or moved, is signed in to before anything is saved.
        pub identity: Identity,
        /// Password for its own server; null keeps the stored one, which is good for the same host and port alone.
        pub password: Option<String>,
        /// Fingerprint of the certificate that the user accepts for its own server; null keeps what was accepted.
        pub certificate: Option<String>,
    }

    /// Result of adding or changing an identity.
    pub struct IdentitySaved {
        /// Its account; null when signing in to its server failed and nothing was saved.
        pub account: Option<Account>,
        /// What is wrong with its server; null when nothing is.
        pub problem: Option<Error>,
    }

    /// Removes an identity; drafts that were written with it are sent with the account's own.
    pub struct RemoveIdentity {
        /// Its account.
        pub account: i64,
        /// Identity.
        pub id: i64,
    }

    /// Writes a draft as somebody else: signature and default blind copies change with it, where they were not edited.
    pub struct ChooseIdentity {
        /// Draft.
        pub draft: i64,
        /// The revision that the page saw last; another one answers with `conflict`.
        pub revision: u64,
        /// Account to send with.
        pub account: i64,
        /// Identity of that account.
        pub identity: i64,
    }

    /// Sends a message on as it came, with `Resent-` fields before it (RFC 5322 section 3.6.6).
    pub struct RedirectMessage {
        /// Message.
        pub message: i64,
        /// Account to send with.
        pub account: i64,
        /// Identity of that account.
        pub identity: i64,
        /// Recipients.
        pub to: Vec<Address>,
        /// Seconds in which it can be taken back, 0 to 60.
        pub undo_seconds: u32,
    }
}
