//! What can go wrong in a sign-in through the browser, and what helps.

use std::time::Duration;

/// Why a step failed. None holds a token.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// No client id of this program is configured for the provider (`OAUTH.md` says how).
    #[error("no client id is configured for {0}")]
    NoClient(String),
    /// The account names a provider that is not known here any more.
    #[error("the provider {0} is not known")]
    UnknownProvider(String),
    /// The file of providers cannot be read or understood.
    #[error("the file of providers: {0}")]
    File(String),
    /// The listener on 127.0.0.1 could not be opened.
    #[error("this computer does not let a listener be opened: {0}")]
    Listener(String),
    /// The system has no randomness.
    #[error("no random numbers: {0}")]
    Random(String),
    /// Nobody came back from the browser in time.
    #[error("nobody came back from the browser within {} minutes", .0.as_secs() / 60)]
    TimedOut(Duration),
    /// The user, or the provider in the browser, said no (RFC 6749 section 4.1.2.1).
    #[error("the provider came back with: {0}")]
    Denied(String),
    /// The provider wants the user again: the refresh token is refused or over (RFC 6749 section 5.2, `invalid_grant`).
    #[error("the sign-in is over: {0}")]
    Revoked(String),
    /// Nothing is stored for the account.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The token endpoint refused for another reason.
    #[error("the provider refused: {said}")]
    Refused {
        /// Its error code and words, without control characters.
        said: String,
        /// The same may succeed later.
        is_transient: bool,
    },
    /// The token endpoint could not be reached, or its answer is no answer.
    #[error("{0}")]
    Net(std::sync::Arc<posthorn_net::Error>),
    /// The token endpoint's answer lacks something or cannot be understood.
    #[error("the provider's answer cannot be used: {0}")]
    Malformed(&'static str),
    /// The secret store failed.
    #[error("the tokens: {0}")]
    Secrets(String),
    /// The task that renewed was ended.
    #[error("interrupted")]
    Interrupted,
}

impl From<posthorn_net::Error> for Error {
    fn from(error: posthorn_net::Error) -> Self {
        Self::Net(std::sync::Arc::new(error))
    }
}

impl Error {
    /// Returns whether the same attempt may succeed later without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Net(error) => error.is_transient(),
            Self::Refused { is_transient, .. } => *is_transient,
            Self::Secrets(_) | Self::Interrupted | Self::Random(_) => true,
            _ => false,
        }
    }

    /// Returns whether the user must sign in again.
    pub fn needs_credentials(&self) -> bool {
        matches!(self, Self::Revoked(_) | Self::NotSignedIn)
    }

    /// Returns whether trying again is useless until something changes.
    pub fn is_permanent(&self) -> bool {
        !self.is_transient() && !self.needs_credentials()
    }
}

/// Characters of a provider's words that are kept.
const SENTENCE: usize = 300;

/// Returns somebody else's words as they may be shown: one line, bounded, without control characters.
pub(crate) fn words(text: &str) -> String {
    let clean = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    clean.take(SENTENCE).collect::<String>().trim().to_owned()
}
