//! Pictures in the editor's HTML: URLs of the content scheme there, `cid:` in the store and on the wire.

use posthorn_store::draft::DraftAttachment;

/// Returns the HTML with pictures under their content ids. URLs are known by their end: their token changes.
pub(super) fn to_stored(html: &str, content_base: &str, files: &[DraftAttachment]) -> String {
    let start = format!("{content_base}/");
    let mut stored = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(&start) {
        stored.push_str(before);
        let end = after.find(['"', '\'', ' ', '>', ')']).unwrap_or(after.len());
        let (url, behind) = after.split_at_checked(end).unwrap_or((after, ""));
        let number = url.rsplit_once("/file/").and_then(|(_, number)| number.parse::<i64>().ok());
        if let Some(file) =
            files.iter().find(|file| Some(file.id.0) == number && !file.content_id.is_empty())
        {
            stored.push_str("cid:");
            stored.push_str(&file.content_id);
        } else {
            stored.push_str(&start);
            stored.push_str(url);
        }
        rest = behind;
    }
    stored.push_str(rest);
    stored
}

/// Returns the HTML with pictures under their URLs.
pub(super) fn to_shown(
    html: &str,
    files: &[DraftAttachment],
    url: impl Fn(&DraftAttachment) -> String,
) -> String {
    let with_id = files.iter().filter(|file| !file.content_id.is_empty());
    with_id.fold(html.to_owned(), |html, file| {
        html.replace(&format!("\"cid:{}\"", file.content_id), &format!("\"{}\"", url(file)))
    })
}

#[cfg(test)]
mod tests {
    use posthorn_model::{AttachmentId, BodyId};
    use posthorn_store::draft::DraftAttachment;

    use super::{to_shown, to_stored};

    #[test]
    fn pictures_go_there_and_back_and_foreign_urls_stay() {
        let file = DraftAttachment {
            id: AttachmentId(7),
            name: "a.png".to_owned(),
            mime: "image/png".to_owned(),
            size: 1,
            content_id: "x@y".to_owned(),
            is_inline: true,
            body: BodyId(1),
        };
        let files = [file];
        let shown = "<p><img src=\"mail://localhost/tok/file/7\"><img src=\"mail://localhost/tok/file/8\"><a href=\"https://e.example\">";
        let stored = to_stored(shown, "mail://localhost", &files);
        assert_eq!(stored, shown.replace("mail://localhost/tok/file/7", "cid:x@y"));
        let again =
            to_shown(&stored, &files, |file| format!("mail://localhost/new/file/{}", file.id));
        assert!(again.contains("mail://localhost/new/file/7"));
    }
}
