//! Rules before download: what of a POP3 maildrop comes, what stays there, what is deleted there unseen.

use super::{Address, contract};

contract! {
    /// What a rule looks at.
    #[derive(Copy, Eq)]
    pub enum DropCondition {
        /// More than `number` bytes.
        Larger,
        /// Fewer than `number` bytes.
        Smaller,
        /// The sender is `words`: an address, or a domain with what is below it.
        Sender,
        /// The subject contains `words`, whatever the case.
        Subject,
        /// Received more than `number` days ago.
        Older,
    }

    /// What a rule does.
    #[derive(Copy, Eq)]
    pub enum DropAction {
        /// The message comes whole.
        Download,
        /// Its head comes.
        Head,
        /// It stays there and does not come.
        Skip,
        /// It is deleted there without having come.
        Remove,
    }

    /// A rule.
    pub struct DropRule {
        /// It is looked at.
        pub on: bool,
        /// What it looks at.
        pub condition: DropCondition,
        /// Bytes or days, at least 1; 0 where the condition has no number.
        pub number: u64,
        /// One line of at most 200 characters; empty where the condition has no words.
        pub words: String,
        /// What it does.
        pub action: DropAction,
    }

    /// The rules of an account.
    pub struct DropRules {
        /// In their order: the first that is on and matches holds.
        pub rules: Vec<DropRule>,
        /// The server refused to show heads (TOP): only rules about the size work. False also before it was asked.
        pub no_heads: bool,
        /// What rules deleted there.
        pub ruled: DropRuled,
    }

    /// Rules for an account.
    pub struct SetDropRules {
        /// Account.
        pub account: i64,
        /// All of them in their order, at most 100.
        pub rules: Vec<DropRule>,
    }

    /// What becomes of a message under rules.
    #[derive(Copy, Eq)]
    pub enum DropDeed {
        /// It comes as if there were no rules.
        Usual,
        /// It comes whole.
        Whole,
        /// Its head comes.
        Head,
        /// It stays there and does not come.
        Skip,
        /// It is deleted there.
        Remove,
    }

    /// Why a rule that matches does not do what it says.
    #[derive(Copy, Eq)]
    pub enum DropHindrance {
        /// Something of the message is on this computer already, or was.
        Here,
        /// The account never deletes anything on the server.
        Locked,
        /// It is kept for ever.
        Kept,
        /// It has no id there by which it could be known again.
        Nameless,
        /// Its head is not known, and an earlier rule looks at heads.
        Headless,
        /// The server keeps nothing after a session.
        Fleeting,
    }

    /// What the rules say of one message.
    pub struct DropTried {
        /// Its id there.
        pub uidl: String,
        /// Place of the rule that matches, 0 = the first.
        pub rule: u32,
        /// What becomes of it.
        pub deed: DropDeed,
        /// Why that is not what the rule says; null where it is.
        pub hindrance: Option<DropHindrance>,
    }

    /// What rules would do to what the maildrop browser shows.
    pub struct DropTrial {
        /// Messages that a rule matches, newest first.
        pub rows: Vec<DropTried>,
        /// The server refused to show heads: only rules about the size work.
        pub no_heads: bool,
    }

    /// A message that a rule deleted.
    pub struct DropRuling {
        /// The rule, as it was then.
        pub rule: DropRule,
        /// Sender; its parts are empty where the server did not show the head.
        pub from: Address,
        /// Subject; empty = none, or not known.
        pub subject: String,
        /// Bytes.
        pub size: u64,
        /// When it was received; null = not known.
        pub at: Option<i64>,
        /// When the rule decided.
        pub decided_at: i64,
        /// When the server confirmed; null = it has not yet.
        pub removed_at: Option<i64>,
    }

    /// What rules deleted on the server, as far back as a year.
    pub struct DropRuled {
        /// Messages that the server confirmed.
        pub count: u64,
        /// Their bytes.
        pub bytes: u64,
        /// The newest 200 that were decided, also those that the server has not confirmed.
        pub newest: Vec<DropRuling>,
    }
}
