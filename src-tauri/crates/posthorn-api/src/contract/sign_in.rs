//! Signing in through the browser.

use super::contract;

contract! {
    /// Who signs users in through the browser.
    #[derive(Eq)]
    pub struct SignInProvider {
        /// Its id, for `signIn.begin`.
        pub id: String,
        /// Its name as people know it.
        pub name: String,
        /// A client id is configured: without one nobody can sign in.
        pub configured: bool,
    }

    /// The words of the page that the browser shows in the end, in the user's language.
    pub struct SignInWords {
        /// BCP 47 language of the words.
        pub language: String,
        /// Heading after a yes.
        pub done_title: String,
        /// What to do next after a yes.
        pub done_text: String,
        /// Heading after a no.
        pub denied_title: String,
        /// What to do next after a no.
        pub denied_text: String,
    }

    /// Begins a sign-in.
    pub struct BeginSignIn {
        /// Id of the provider.
        pub provider: String,
        /// The address that is meant.
        pub email: String,
        /// What the browser shows in the end.
        pub words: SignInWords,
    }

    /// A sign-in that waits for the browser.
    pub struct SignInBegun {
        /// Names it to `signIn.wait` and `signIn.cancel`.
        pub ticket: String,
        /// The page that the system's browser is to open.
        pub url: String,
    }

    /// Names a sign-in.
    pub struct SignInTicket {
        /// As `signIn.begin` gave it.
        pub ticket: String,
    }

    /// A sign-in that came to its end. Its tokens stay with the engine, under the ticket, for an account to use.
    pub struct SignedIn {
        /// The ticket, for `accounts.add` and `accounts.setPassword`.
        pub ticket: String,
        /// The address that signed in; empty where the provider does not say.
        pub address: String,
        /// False: another address signed in than the one that is meant.
        pub is_meant: bool,
    }
}
