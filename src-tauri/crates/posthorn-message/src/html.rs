//! HTML of strangers, made safe to show in the reader's sandboxed frame.
//!
//! Order: a linear pre-scan that limits size, depth and number of tags and takes the style sheets out; ammonia with an
//! allow-list; a pass over every style with the list of properties in `css`; a last pass that marks quotes and
//! signatures and looks at the links.
//!
//! Invariant: what comes out contains no script, event handler, form, frame, plugin, base, meta or link element, and no
//! URL that the frame would load by itself other than `cid/N`, `remote/N`, `blocked/N` and `data:` pictures (except
//! under [`RemoteImages::Keep`], which is for quoting).
//! It is still shown only under the frame's Content-Security-Policy: this is one layer of several.

mod clean;
pub(crate) mod color;
mod css;
mod link;
mod mark;
mod pixel;
mod plain;
mod prescan;
mod signature;
pub(crate) mod tag;
mod url;

pub use clean::{clean, clean_plain};
pub use link::{Link, LinkWarning, is_same_site, link_warnings};
pub use pixel::Pixel;
pub use plain::from_plain;
pub(crate) use prescan::declared_charset;
pub use prescan::{MAX_DEPTH, MAX_HTML_BYTES, MAX_TAGS};
pub use signature::{SignatureBlock, signature_block};

/// Class of the start of what was quoted from other messages.
pub const QUOTE_CLASS: &str = "mail-quote";
/// Class of a part of a long text that its frame draws when what is before it was drawn.
pub const LATE_CLASS: &str = "mail-late";
/// Class of the line that says whom a quote is from.
pub const ATTRIBUTION_CLASS: &str = "mail-attribution";
/// Class of a signature.
pub const SIGNATURE_CLASS: &str = "mail-signature";

/// Whether remote pictures may be asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RemoteImages {
    /// No: their URLs become `blocked/N`, which a content scheme answers with a placeholder and never fetches.
    #[default]
    Block,
    /// Yes: their URLs become `remote/N`, which the engine fetches.
    Allow,
    /// All pictures keep their URLs: for a quote in a message to be sent. Never to be shown in a frame.
    Keep,
}

/// What the message is shown on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// As sent, on a light page.
    #[default]
    Paper,
    /// On a dark page: the lightness of colours is turned round, pictures stay.
    Dark,
}

/// How to clean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CleanOptions {
    /// Remote pictures.
    pub remote: RemoteImages,
    /// Colours.
    pub theme: Theme,
}

/// HTML that is safe to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clean {
    /// What goes into the frame document's body.
    pub body: String,
    /// The message's own style sheets, cleaned, for one `<style>` element of the frame document. Contains no `<`.
    pub css: String,
    /// URLs of remote pictures (`http:` or `https:`); `remote/N` and `blocked/N` name the one at index N.
    pub remote_images: Vec<String>,
    /// Content-IDs of pictures that come with the message; `cid/N` names the one at index N.
    pub inline_images: Vec<String>,
    /// How many remote pictures to be seen are blocked: those that are no [`Pixel`] under [`RemoteImages::Block`], else 0.
    pub blocked: usize,
    /// Pictures that count readers: never asked for, whatever is allowed. Empty under [`RemoteImages::Keep`].
    pub pixels: Vec<Pixel>,
    /// The message sets colours of its own: show it on paper, whatever the theme.
    pub has_own_background: bool,
    /// The message says that it has a dark form (`color-scheme`, `prefers-color-scheme`).
    pub supports_dark: bool,
    /// Links in order, with what is suspicious about them.
    pub links: Vec<Link>,
    /// It was too large, too deep or had too many tags: the layout was given up and only the text is shown.
    pub is_text_only: bool,
}

#[cfg(test)]
mod tests;
