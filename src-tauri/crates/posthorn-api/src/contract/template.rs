//! Templates: text that is written again and again, with fields that the page fills in.

use super::contract;

contract! {
    /// A template.
    pub struct Template {
        /// Local id.
        pub id: i64,
        /// Name, 1 to 80 letters; no two are the same.
        pub name: String,
        /// Subject for a message that has none yet; empty leaves it alone.
        pub subject: String,
        /// Its text, cleaned. Fields stand in braces: `{name}`, `{first}`, `{email}`, `{me}`, `{date}`, `{subject}`, and
        /// `{姓名}`, `{日期}` and so on; the page fills in what it knows and leaves the others.
        pub html: String,
        /// The same for plain-text mode. Filled by the engine.
        pub text: String,
    }

    /// Saves a template.
    pub struct SaveTemplate {
        /// The one that is changed; null for a new one.
        pub id: Option<i64>,
        /// Name, 1 to 80 letters; one of the same name is replaced.
        pub name: String,
        /// Subject; may be empty.
        pub subject: String,
        /// Its text, at most 256 KiB.
        pub html: String,
    }
}
