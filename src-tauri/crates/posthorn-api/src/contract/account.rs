//! Accounts: how they are found, verified, shown and told about.

use super::{Address, contract};

contract! {
    /// A mail protocol.
    #[derive(Copy)]
    pub enum Protocol {
        /// RFC 9051 and RFC 3501.
        Imap,
        /// RFC 1939.
        Pop3,
        /// Submission, RFC 6409.
        Smtp,
        /// None: the account of this computer's own folders has no server. Its label is empty: the page has words for it.
        Local,
    }

    /// How a connection is protected.
    #[derive(Copy)]
    pub enum Encryption {
        /// TLS from the first byte (RFC 8314).
        Tls,
        /// STARTTLS or STLS, required.
        Starttls,
        /// None; only because the user said so.
        Plaintext,
    }

    /// A server and whom to be there.
    pub struct Server {
        /// Protocol spoken.
        pub protocol: Protocol,
        /// Host name or address.
        pub host: String,
        /// TCP port.
        pub port: u16,
        /// Protection; plaintext only because the user said so.
        pub encryption: Encryption,
        /// User name; empty means no authentication (outgoing only).
        pub username: String,
    }

    /// What POP3 leaves behind.
    #[derive(Copy)]
    pub enum LeaveOnServer {
        /// Everything stays on the server (the default).
        Keep,
        /// A message leaves the server once it is safe here.
        RemoveAfterDownload,
    }

    /// When a message leaves the POP3 server. It never leaves before all of it is safe here, unless it was deleted here.
    #[derive(Copy, Eq)]
    pub enum PopPolicy {
        /// It stays, whatever is done here (until this is changed, or it was marked for removal before).
        Leave,
        /// So many days after it was first seen.
        AfterDays,
        /// When it is deleted here.
        WhenDeleted,
        /// When it is deleted here or moved out of the inbox.
        WhenMoved,
        /// As soon as it is safe here.
        AtOnce,
        /// Never: a lock that also holds back what was marked for removal.
        Never,
    }

    /// Everything about a POP3 maildrop that the user can set.
    #[derive(Copy, Eq)]
    pub struct PopRules {
        /// When messages leave the server.
        pub policy: PopPolicy,
        /// Days for `afterDays`, 1 to 3650; kept and unused otherwise.
        pub days: u32,
        /// Starred messages stay on the server, except those deleted here.
        pub keep_starred: bool,
        /// Bytes above which only a message's head comes by itself; 0 = everything comes.
        pub head_only_above: u64,
        /// Sign in by APOP (MD5) where the server offers it and nothing better.
        pub allow_apop: bool,
        /// Look for mail when the program starts; else only by interval, and when asked.
        pub look_at_start: bool,
    }

    /// Asks what rules would do to a maildrop, as far as it is known from the last look.
    pub struct PreviewPopRules {
        /// Account.
        pub id: i64,
        /// Rules that may not be saved yet.
        pub rules: PopRules,
    }

    /// What rules would do to a maildrop.
    pub struct PopRulesPreview {
        /// Messages that would leave the server with the next look.
        pub now: u64,
        /// Their bytes.
        pub now_bytes: u64,
        /// When the oldest of them was received; null when there is none.
        pub oldest_at: Option<i64>,
        /// Messages that would leave later by themselves.
        pub later: u64,
        /// When the first of these leaves; null when none does.
        pub first_at: Option<i64>,
        /// Messages that stay.
        pub stay: u64,
        /// Of these, messages whose contents are not on this computer.
        pub not_here: u64,
    }

    /// Everything that the user can set about an account.
    pub struct AccountConfig {
        /// Name shown in the sidebar.
        pub label: String,
        /// Name to send as.
        pub sender_name: String,
        /// Address to send as.
        pub email: String,
        /// IMAP or POP3.
        pub incoming: Server,
        /// SMTP.
        pub outgoing: Server,
        /// Other addresses that this account sends as and receives for.
        pub aliases: Vec<Address>,
        /// POP3 alone; ignored for IMAP, and where `pop3` says more.
        pub leave_on_server: LeaveOnServer,
        /// POP3 alone. Null: what is stored stays, as far as it fits `leave_on_server`.
        pub pop3: Option<PopRules>,
        /// Minutes between checks where the server cannot push, 1 to 1440. 0 = only when the user asks, and at the start
        /// where `pop3` says so (POP3 alone).
        pub check_interval_minutes: u32,
        /// Mark hue, 1 to 6.
        pub colour: u8,
        /// Signature as plain text; empty when there is none.
        pub signature: String,
        /// The server files sent mail by itself (Gmail, Outlook): no copy is appended.
        pub server_files_sent: bool,
    }

    /// An account as listed.
    pub struct Account {
        /// Local id.
        pub id: i64,
        /// Its settings, without secrets.
        pub config: AccountConfig,
        /// Who signs it in through the browser; null where it signs in with a password.
        pub sign_in: Option<super::SignInProvider>,
        /// Certificates that the user accepted for its servers.
        pub pins: Vec<super::Pin>,
        /// Whom it sends as: its own name and address first, then the others in their order. Empty for an account that has
        /// no server.
        pub identities: Vec<super::Identity>,
        /// A refused recipient stops a message for all; else those get it who can.
        pub all_or_nothing: bool,
        /// What its messages ask for unless they are told otherwise.
        pub wishes: super::Wishes,
        /// Letter or character of its mark.
        pub mark: String,
        /// Switched off: no connections, its mail stays readable.
        pub enabled: bool,
        /// What it is doing.
        pub status: AccountStatus,
    }

    /// What an account is doing, in one word.
    #[derive(Copy)]
    pub enum AccountState {
        /// Switched off by the user.
        Disabled,
        /// The user chose to work offline.
        Offline,
        /// Dialling or logging in.
        Connecting,
        /// Comparing or downloading.
        Syncing,
        /// Everything is here; watching for new mail.
        UpToDate,
        /// Waiting for the next try after a passing failure.
        Waiting,
        /// The password was refused; nothing is tried until it is changed.
        NeedsPassword,
        /// A permanent failure (certificate, server's refusal); nothing is tried until the user acts.
        Failed,
        /// It has no server and needs none: the folders of this computer.
        Local,
    }

    /// One of an account's two servers.
    #[derive(Copy, Eq)]
    pub enum ServerSide {
        /// The server that mail comes from.
        Incoming,
        /// The server that mail goes to.
        Outgoing,
    }

    /// The truth about an account right now.
    pub struct AccountStatus {
        /// Account.
        pub account: i64,
        /// In one word.
        pub state: AccountState,
        /// Since when this state holds.
        pub since_at: i64,
        /// Connected without a break since; null when not connected.
        pub connected_since_at: Option<i64>,
        /// What is being done: the folder's name, or empty.
        pub activity: String,
        /// Steps done of `total`; both null when it cannot be counted.
        pub done: Option<u64>,
        /// Steps in all.
        pub total: Option<u64>,
        /// The server's last sentence, redacted; empty before the first.
        pub server_said: String,
        /// What went wrong; null when nothing did.
        pub problem: Option<super::Error>,
        /// What is wrong with sending, with the server's sentence; null when nothing is.
        pub outgoing_problem: Option<super::Error>,
        /// The identity whose own server that is about; null where it is the account's.
        pub outgoing_identity: Option<i64>,
        /// The server whose password was refused or is missing: the user is asked for it. Null when none is.
        pub password_for: Option<ServerSide>,
        /// When it will be tried again; null when nothing is planned.
        pub next_try_at: Option<i64>,
        /// Last time that everything was compared; null before the first.
        pub last_complete_at: Option<i64>,
        /// Operations waiting to be told to the server.
        pub pending_operations: u64,
        /// Protection of the connection in words (`TLS 1.3`); empty when not connected.
        pub security: String,
    }

    /// Asks to find the servers of an address.
    pub struct Discover {
        /// `local@domain`.
        pub email: String,
        /// Chosen by the page; repeated in each `discoveryStep` event.
        pub ticket: String,
    }

    /// How a step of discovery went.
    #[derive(Copy)]
    pub enum StepState {
        /// Going on.
        Running,
        /// It gave an answer that counts.
        Found,
        /// It had nothing to say.
        Nothing,
        /// It could not be asked, or refused.
        Failed,
    }

    /// One step of discovery or verification.
    pub struct DiscoveryStep {
        /// The ticket of the request.
        pub ticket: String,
        /// Number of the step from 0; a later event with the same number replaces it.
        pub index: u32,
        /// What is asked: `provider`, `autoconfig`, `wellKnown`, `srv`, `mx`, `dial`, `incoming`, `outgoing`.
        pub step: String,
        /// Host or URL asked; empty where there is none.
        pub host: String,
        /// How it went.
        pub state: StepState,
        /// The server's words or the reason; empty when there is nothing to add.
        pub detail: String,
        /// How long it took, milliseconds; null while it runs.
        pub elapsed_ms: Option<u64>,
    }

    /// What must be known about a provider before a password is typed.
    #[derive(Copy)]
    pub enum ProviderAdvice {
        /// The ordinary password works.
        None,
        /// An app password must be made on the provider's page first.
        AppPassword,
        /// Passwords are not taken any more: `signIn` is the only way.
        NoPasswords,
        /// IMAP, POP3 or SMTP must be switched on in the provider's settings, which gives an authorisation code.
        AuthorisationCode,
    }

    /// What discovery found.
    pub struct Discovery {
        /// Provider's name; empty when unknown.
        pub provider: String,
        /// What the user must do first.
        pub advice: ProviderAdvice,
        /// Page that makes the app password or explains; empty when there is none.
        pub advice_url: String,
        /// Who signs the user in through the browser; null where nobody does.
        pub sign_in: Option<super::SignInProvider>,
        /// IMAP server; null when none was found.
        pub imap: Option<Server>,
        /// POP3 server; null when none was found.
        pub pop3: Option<Server>,
        /// SMTP server; null when none was found.
        pub smtp: Option<Server>,
        /// Whether the server files sent mail by itself.
        pub server_files_sent: bool,
        /// Hosts outside the address's domain that only a DNS answer named. They are shown, and agreed to, before a password
        /// goes to them (RFC 6186 section 6).
        pub unproven_hosts: Vec<String>,
    }

    /// An account to verify, add or change, with its secrets. Secrets travel this way only, never back.
    pub struct AccountDraft {
        /// The account to change; null for a new one.
        pub id: Option<i64>,
        /// Its settings.
        pub config: AccountConfig,
        /// Password of the incoming server; null keeps the stored one.
        pub incoming_password: Option<String>,
        /// Password of the outgoing server; null means the same as the incoming one.
        pub outgoing_password: Option<String>,
        /// Fingerprint of the certificate that the user accepted for the incoming server; null keeps what was accepted.
        pub incoming_certificate: Option<String>,
        /// The same for the outgoing server.
        pub outgoing_certificate: Option<String>,
        /// Ticket of a sign-in that came to its end, in place of passwords; null for passwords.
        pub sign_in: Option<String>,
        /// Ticket for `discoveryStep` events of the verification.
        pub ticket: String,
    }

    /// How a verification went; an account is saved only when both are null.
    pub struct Verification {
        /// Problem of the incoming login; null when it succeeded.
        pub incoming: Option<super::Error>,
        /// Problem of the outgoing AUTH; null when it succeeded.
        pub outgoing: Option<super::Error>,
    }

    /// Result of adding or changing an account.
    pub struct AccountSaved {
        /// The account; null when verification failed and nothing was saved.
        pub account: Option<Account>,
        /// How the logins went.
        pub verification: Verification,
    }

    /// Gives an account its new password; verified before it is stored.
    pub struct SetPassword {
        /// Account.
        pub id: i64,
        /// New incoming password; null keeps it.
        pub incoming_password: Option<String>,
        /// New outgoing password; null means the same as the incoming one.
        pub outgoing_password: Option<String>,
        /// Ticket of a sign-in that came to its end, in place of passwords; null for passwords.
        pub sign_in: Option<String>,
    }

    /// Switches an account on or off.
    pub struct SetEnabled {
        /// Account.
        pub id: i64,
        /// On or off.
        pub enabled: bool,
    }

    /// What removing an account would do, for the question that is asked before.
    pub struct RemovalPreview {
        /// Messages kept on this computer for it.
        pub messages: u64,
        /// Of these, messages that exist nowhere else (POP3, local folders, never uploaded).
        pub only_here: u64,
        /// Messages of the outbox that are not sent yet.
        pub unsent: u64,
        /// Operations that the server has not been told.
        pub pending_operations: u64,
    }

    /// Removes an account and its mail from this computer.
    pub struct RemoveAccount {
        /// Account.
        pub id: i64,
        /// The number of messages that exist only here, as previewed: a guard against a stale question.
        pub only_here_confirmed: u64,
    }

    /// Fetches mail now.
    pub struct CheckNow {
        /// Account; null means all.
        pub account: Option<i64>,
    }

    /// Works offline, or online again.
    pub struct SetOffline {
        /// True: close all connections and plan none.
        pub offline: bool,
    }

    /// Waits until synchronisation has come to rest; for tests and scripts.
    pub struct SyncWait {
        /// Account; null means all enabled ones.
        pub account: Option<i64>,
        /// Longest wait, milliseconds, at most 600,000.
        pub timeout_ms: u64,
    }

    /// How a wait ended.
    pub struct SyncWaited {
        /// True when every account came to rest; false when the time was over.
        pub settled: bool,
        /// The state of each.
        pub accounts: Vec<AccountStatus>,
    }
}
