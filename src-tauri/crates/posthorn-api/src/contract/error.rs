//! Errors as the page sees them.

use super::contract;

contract! {
    /// What went wrong, for the page's table from code to words and action.
    #[derive(Copy, Eq)]
    pub enum Code {
        /// The request is not well-formed or names what does not exist: a fault of the caller.
        Invalid,
        /// What is asked for is gone.
        NotFound,
        /// Somebody else changed it meanwhile.
        Conflict,
        /// No network, or the host does not answer.
        Offline,
        /// The host name does not exist.
        HostUnknown,
        /// The server refused the connection or broke it.
        ConnectionLost,
        /// Nothing came in time.
        Timeout,
        /// The certificate cannot be trusted, for a reason that has no code of its own.
        Certificate,
        /// No trusted authority vouches for the certificate.
        CertificateIssuer,
        /// The certificate belongs to another host.
        CertificateHost,
        /// The certificate's time is over.
        CertificateExpired,
        /// The certificate's time has not come.
        CertificateEarly,
        /// The certificate is not the one that the user accepted.
        CertificateChanged,
        /// The proxy that stands between refused, or cannot be reached.
        Proxy,
        /// The network wants the user to sign in in the browser first.
        Portal,
        /// TLS was not offered or failed.
        Tls,
        /// User name or password was refused.
        Credentials,
        /// The provider takes no passwords.
        NoPasswords,
        /// The sign-in through the browser is over: the user signs in again.
        SignInOver,
        /// The user or the provider said no in the browser.
        SignInDenied,
        /// The provider refused for a reason that signing in again does not change.
        SignInFailed,
        /// Nobody came back from the browser in time.
        SignInTimeout,
        /// No client id is configured for the provider.
        NoClient,
        /// The server refused, with its sentence in `detail`.
        Refused,
        /// The server allows no more connections or requests for now.
        Crowded,
        /// The server names another server to go to, which is not done.
        Referral,
        /// The mailbox or account is full.
        OverQuota,
        /// The maildrop is locked by another client.
        InUse,
        /// The server broke the protocol.
        Protocol,
        /// A limit of ours was reached.
        Limit,
        /// The disk is full.
        DiskFull,
        /// A file cannot be read or written.
        File,
        /// The database is damaged.
        Corrupt,
        /// The database is from a newer Posthorn.
        NewerVersion,
        /// Another Posthorn has this profile open.
        ProfileInUse,
        /// The keychain or the encrypted file cannot be opened.
        Secrets,
        /// The master password does not open the encrypted file.
        WrongPassphrase,
        /// The message is not here and cannot be fetched now.
        NotHere,
        /// What is asked cannot be undone any more.
        TooLate,
        /// The account has no folder for this; `detail` is `ROLE:ACCOUNT`. The user says which, or lets one be made.
        NeedsFolder,
        /// The user cancelled.
        Cancelled,
        /// A defect of ours.
        Internal,
    }

    /// An error.
    pub struct Error {
        /// What went wrong.
        pub code: Code,
        /// One English sentence for logs and scripts; the page has its own words.
        pub message: String,
        /// The server's own sentence, a host, a path; empty when there is nothing to add.
        pub detail: String,
    }
}
