//! The signature's block within formatted text that is being written: where it stands, so that it can be changed or moved.
//!
//! Not a parser: it looks for the block that was put there under its class, in text that an editor or the cleaner wrote.

use super::SIGNATURE_CLASS;

/// The signature's block and what stands around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureBlock<'a> {
    /// Everything above it.
    pub before: &'a str,
    /// The block with its tag.
    pub whole: &'a str,
    /// What is in it.
    pub inner: &'a str,
    /// Everything below it.
    pub after: &'a str,
}

/// Finds the signature's block; absent where there is none, or its end is missing.
pub fn signature_block(html: &str) -> Option<SignatureBlock<'_>> {
    let class = html.find(&format!("class=\"{SIGNATURE_CLASS}\""))?;
    let start = html.get(..class)?.rfind("<div")?;
    let inner = class + html.get(class..)?.find('>')? + 1;
    let (mut at, mut depth) = (inner, 1_usize);
    while depth > 0 {
        let rest = html.get(at..)?;
        let close = rest.find("</div>")?;
        if let Some(open) = rest.find("<div").filter(|open| *open < close) {
            (at, depth) = (at + open + "<div".len(), depth + 1);
        } else {
            (at, depth) = (at + close + "</div>".len(), depth - 1);
        }
    }
    Some(SignatureBlock {
        before: html.get(..start)?,
        whole: html.get(start..at)?,
        inner: html.get(inner..at.checked_sub("</div>".len())?)?,
        after: html.get(at..)?,
    })
}

#[cfg(test)]
mod tests {
    use super::signature_block;

    #[test]
    fn the_block_is_found_with_all_that_is_in_it() {
        let html = "<div>a</div><div class=\"mail-signature\"><div>b<div>c</div></div>d</div>e";
        let found = signature_block(html).unwrap();
        assert_eq!((found.before, found.after), ("<div>a</div>", "e"));
        assert_eq!(found.inner, "<div>b<div>c</div></div>d");
        assert!(found.whole.starts_with("<div class") && found.whole.ends_with("d</div>"));
        for none in [
            "",
            "<div>a</div>",
            "<div class=\"mail-signature\"><div>a</div>",
            "class=\"mail-signature\"",
        ] {
            assert_eq!(signature_block(none), None, "{none}");
        }
    }
}
