//! Settings of the application, and facts about it.

use super::contract;

contract! {
    /// All settings; `settings.set` takes the whole.
    pub struct Settings {
        /// `system`, `light`, `dark`, `contrast`.
        pub theme: String,
        /// `system`, `en`, `zh-CN`.
        pub language: String,
        /// `compact`, `cosy`, `relaxed`.
        pub density: String,
        /// Text size in percent, 80 to 200.
        pub text_size: u32,
        /// One row a conversation.
        pub conversations: bool,
        /// Seconds in view until a message counts as read, 0 to 60; null for never by itself.
        pub mark_read_seconds: Option<u32>,
        /// After archive, delete or move: `next`, `previous`, `list`.
        pub after_removal: String,
        /// Load remote pictures of everybody. Off unless the user chose it.
        pub remote_images: bool,
        /// To those who want to be told that their message was read: `ask`, `never`.
        pub read_receipts: String,
        /// Seconds in which a sent message can be taken back, 0 to 60.
        pub undo_send_seconds: u32,
        /// New messages start in plain-text mode.
        pub compose_plain: bool,
        /// Where answers stand to the message that they quote: `above`, `below`.
        pub answer_place: String,
        /// Where the signature of an answer above the original stands: `answer` = below the answer, `quote` = below the
        /// original. An answer below the original has it below itself.
        pub signature_place: String,
        /// Spelling is checked while writing.
        pub spell_check: bool,
        /// Languages in which spelling is checked, as dictionaries are named (`en_US`); empty for those of the system
        /// and of the interface.
        pub spell_languages: Vec<String>,
        /// Shortcut preset: `gmail`, `outlook`, `apple`, `thunderbird`.
        pub shortcuts: String,
        /// Single letters are shortcuts.
        pub single_key_shortcuts: bool,
        /// Notifications of new mail.
        pub notifications: bool,
        /// Closing the window keeps Posthorn running.
        pub keep_running: bool,
    }

    /// Facts about the running application.
    pub struct AppInfo {
        /// Version.
        pub version: String,
        /// Where passwords are kept: `keychain`, `file`, `memory`.
        pub secrets: String,
        /// Whether they can be read now.
        pub secrets_door: SecretsDoor,
        /// BCP 47 language of the system.
        pub system_language: String,
        /// The user works offline.
        pub offline: bool,
        /// Base URL of the content scheme, without a slash at the end.
        pub content_base: String,
        /// Profile folder, for people who ask where their mail is.
        pub profile: String,
    }

    /// How the place of the passwords stands.
    #[derive(Copy, Eq)]
    pub enum SecretsDoor {
        /// Passwords can be read and kept.
        Open,
        /// The encrypted file waits for its master password.
        Locked,
        /// There is no keychain and no encrypted file yet: a master password is to be chosen.
        New,
        /// The keychain that has this profile's passwords does not answer. It is asked again by itself; a master
        /// password makes an encrypted file in its place.
        Absent,
    }

    /// Opens the encrypted file of passwords, or creates it where there is none.
    pub struct UnlockSecrets {
        /// Master password; never empty.
        pub passphrase: String,
    }
}
