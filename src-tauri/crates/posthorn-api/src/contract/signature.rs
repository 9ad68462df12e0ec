//! Signatures of identities, and which of them a draft has.

use super::contract;

contract! {
    /// What is written below a message.
    pub struct SignatureWords {
        /// Local id; 0 for one that is to be added.
        pub id: i64,
        /// Identity that it belongs to.
        pub identity: i64,
        /// What the user calls it, at most 80 letters; empty = it is called after its words.
        pub name: String,
        /// As HTML, at most 64 KiB without its pictures, which are `data:` URLs of at most 256 KiB each; cleaned when it is
        /// saved, and refused where a picture lies elsewhere.
        pub html: String,
        /// As plain text, at most 64 KiB; empty = what the HTML says.
        pub text: String,
        /// What stands in a plain-text message below `-- `. Filled by the engine; ignored when saving.
        pub plain: String,
    }

    /// The signatures of an identity, and what it signs with.
    pub struct Signatures {
        /// In order.
        pub list: Vec<SignatureWords>,
        /// Below new messages; null = nothing.
        pub for_new: Option<i64>,
        /// Below answers and what is forwarded; null = nothing.
        pub for_answers: Option<i64>,
    }

    /// Asks for a picture of a file for a signature. Outside a test the path comes from the system's dialog.
    pub struct ReadPicture {
        /// Absolute path.
        pub path: String,
    }

    /// A picture that may stand in a signature.
    pub struct SignatureImage {
        /// It as a `data:` URL.
        pub url: String,
    }

    /// Names a signature.
    pub struct SignatureRef {
        /// Identity.
        pub identity: i64,
        /// Signature.
        pub id: i64,
    }

    /// Chooses what an identity signs with.
    pub struct ChooseSignatures {
        /// Identity.
        pub identity: i64,
        /// Below new messages; null = nothing.
        pub for_new: Option<i64>,
        /// Below answers and what is forwarded; null = nothing.
        pub for_answers: Option<i64>,
    }

    /// The signatures that a draft can have.
    pub struct DraftSignatures {
        /// Those of its identity, in order.
        pub list: Vec<SignatureWords>,
        /// The one that stands there as it was; null where none does, or it was edited.
        pub current: Option<i64>,
    }

    /// Puts another signature below a draft. Words that were typed into the old one stay.
    pub struct ChooseDraftSignature {
        /// Draft.
        pub draft: i64,
        /// The revision that the page saw last; another one answers with `conflict`.
        pub revision: u64,
        /// Signature of the draft's identity; null = none.
        pub signature: Option<i64>,
    }
}
