//! Which messages come whole without being asked for.

use super::contract;

contract! {
    /// What comes whole unasked; heads always come.
    #[derive(Copy, Eq)]
    pub struct BodyPolicy {
        /// Days back; 0 = all.
        pub days: u32,
        /// Largest message, in bytes; 0 = any.
        pub max_bytes: u64,
        /// Nothing comes unasked.
        pub on_demand: bool,
    }

    /// Whose policy.
    pub struct WhoseBodies {
        /// Account.
        pub account: i64,
        /// Folder; null = the account's folders that have none of their own.
        pub mailbox: Option<i64>,
    }

    /// A policy, and where it comes from.
    pub struct BodyPolicies {
        /// The user's own choice for this folder or account; null = none.
        pub own: Option<BodyPolicy>,
        /// What holds.
        pub effective: BodyPolicy,
    }

    /// Chooses a policy.
    pub struct ChooseBodies {
        /// Account.
        pub account: i64,
        /// Folder; null = the account.
        pub mailbox: Option<i64>,
        /// Policy; null = as the account has it, or everything.
        pub policy: Option<BodyPolicy>,
    }
}
