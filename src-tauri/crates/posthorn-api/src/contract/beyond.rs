//! What servers find of a search, where not everything is on this computer.

use super::{Error, contract};

contract! {
    /// How the search at servers stands.
    #[derive(Copy, Eq)]
    pub enum BeyondState {
        /// Servers are asked.
        Searching,
        /// They answered, as far as `problem` is null.
        Done,
        /// The user works offline: only what is on this computer was searched.
        Offline,
    }

    /// What servers find of a search. Told by `beyondChanged`; a search about which nothing is told is searched here alone.
    pub struct Beyond {
        /// How it stands.
        pub state: BeyondState,
        /// Servers that are asked, by host.
        pub hosts: Vec<String>,
        /// Messages that were found there and not here, so far.
        pub found: u64,
        /// Texts that were fetched to be searched here, because a server does not know the letters that are asked for.
        pub texts: u64,
        /// There are more than are shown: servers are asked for the newest thousand of a folder.
        pub cut: bool,
        /// Why a server could not search, the first that could not; null when all could.
        pub problem: Option<Error>,
    }
}
