//! Events: one channel from the engine to every page.

use super::{
    Account, AccountStatus, ArchiveJob, DiscoveryStep, Mailbox, OutboxItem, ProofProgress,
    Settings, ViewDelta, contract,
};

contract! {
    /// New mail worth a notification.
    pub struct Arrival {
        /// Message.
        pub message: i64,
        /// Account.
        pub account: i64,
        /// Folder.
        pub mailbox: i64,
        /// Sender as shown.
        pub from: String,
        /// Subject.
        pub subject: String,
        /// First words.
        pub preview: String,
    }

    /// Something happened.
    #[serde(tag = "kind", rename_all_fields = "camelCase")]
    pub enum Event {
        /// Accounts were added, changed or removed.
        AccountsChanged {
            /// All accounts.
            accounts: Vec<Account>,
        },
        /// An account does something else now.
        AccountStatusChanged {
            /// Its status.
            status: AccountStatus,
        },
        /// Folders or their counts changed.
        MailboxesChanged {
            /// All folders of all accounts.
            mailboxes: Vec<Mailbox>,
        },
        /// A view changed.
        ViewChanged {
            /// How.
            delta: ViewDelta,
        },
        /// Servers are asked what they have of a search, or answered.
        BeyondChanged {
            /// The search's view.
            view: i64,
            /// How it stands.
            beyond: super::Beyond,
        },
        /// Messages changed (flags, bodies, folders): open readers ask again.
        MessagesChanged {
            /// Messages.
            messages: Vec<i64>,
            /// Their conversations.
            threads: Vec<i64>,
        },
        /// New mail arrived in an inbox.
        MailArrived {
            /// Newest first, at most 20.
            arrivals: Vec<Arrival>,
        },
        /// Reminders of sent messages changed.
        FollowUpsChanged {
            /// All of them, those that are due first.
            reminders: Vec<super::FollowUp>,
        },
        /// The time of reminders has come: nobody answered.
        FollowUpsDue {
            /// Those whose time came first are first, at most 20.
            unanswered: Vec<super::Unanswered>,
        },
        /// The outbox changed.
        OutboxChanged {
            /// All rows that are not done.
            items: Vec<OutboxItem>,
        },
        /// An import or export got on, or is over.
        ArchiveChanged {
            /// How it stands.
            job: ArchiveJob,
        },
        /// A step of discovery or verification.
        DiscoveryStepped {
            /// The step.
            step: DiscoveryStep,
        },
        /// Drafts changed.
        DraftsChanged {
            /// Drafts.
            drafts: Vec<i64>,
        },
        /// The server refused what the user did; it was backed out.
        OperationRefused {
            /// Operation.
            operation: i64,
            /// As in `Undoable.action`.
            action: String,
            /// Messages (or folders) that it was about.
            count: u64,
            /// Why.
            error: super::Error,
        },
        /// A proof of the ledger got on, or is over.
        ProofChanged {
            /// Account.
            account: i64,
            /// How far it is; null = it is over.
            progress: Option<ProofProgress>,
        },
        /// A download of a large body got on, or is over.
        DownloadChanged {
            /// How it stands.
            download: super::Download,
        },
        /// Settings changed.
        SettingsChanged {
            /// All settings.
            settings: Settings,
        },
        /// The user works offline, or online again.
        OfflineChanged {
            /// Offline.
            offline: bool,
        },
        /// The shell asks the page for something: a `mailto:` link was clicked, a notification was clicked.
        OpenRequested {
            /// A `mailto:` link; empty when a message is meant.
            mailto: String,
            /// A message; null when a link is meant.
            message: Option<i64>,
        },
    }
}
