//! A message as it is printed: on paper, with its head above, all quotes unfolded, pictures inside the document.
//!
//! The document needs nothing but itself, so that whoever prints it can do without scripts and without our scheme.

use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use posthorn_message::part;
use posthorn_model::MessageId;

use super::open::show;
use super::{Loaded, lang, load, whole};
use crate::content::{Opened, OpenedFrame, Tokens, is_picture};
use crate::contract::{MessageLook, PrintLine, PrintMessage, Printable};
use crate::engine::Engine;
use crate::error::Result;
use crate::frame::{self, Theme};

/// Bytes of pictures in one printed message; what goes beyond is left out.
const PICTURE_LIMIT: usize = 64 << 20;
/// Lines of a head that are printed.
const LINE_LIMIT: usize = 50;

/// Whoever prints may load the document without our headers: it brings its own policy, under which nothing runs.
const POLICY: &str = "<head><meta http-equiv=\"Content-Security-Policy\" \
    content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Writes the head above the text.
fn heading(subject: &str, lines: &[PrintLine]) -> String {
    let mut html = format!("<header class=\"print-head\"><h1>{}</h1><table>", escape(subject));
    for line in lines.iter().take(LINE_LIMIT) {
        let _ = write!(
            html,
            "<tr><th>{}</th><td>{}</td></tr>",
            escape(&line.label),
            escape(&line.text)
        );
    }
    html.push_str("</table></header>");
    html
}

/// Puts the pictures that came with the message into the HTML, which names them `cid/N`.
async fn with_pictures(
    engine: &Engine,
    loaded: &Loaded,
    body: String,
    ids: &[String],
) -> Result<String> {
    if ids.is_empty() {
        return Ok(body);
    }
    let raw = match &loaded.raw {
        Some(raw) => raw.clone(),
        None => whole(engine, loaded.message.id).await?,
    };
    let (mut body, mut left) = (body, PICTURE_LIMIT);
    for (number, id) in ids.iter().enumerate() {
        let found = loaded.parsed.by_content_id(id).and_then(|listed| part(&raw, &listed.section));
        let url = match found {
            Some(found) if is_picture(&found.content_type) && found.bytes.len() <= left => {
                left -= found.bytes.len();
                format!("data:{};base64,{}", found.content_type, STANDARD.encode(&found.bytes))
            }
            _ => String::new(),
        };
        body = body.replace(&format!("\"cid/{number}\""), &format!("\"{url}\""));
    }
    Ok(body)
}

/// Prepares a message for printing.
pub(crate) async fn messages_print(engine: &Engine, request: PrintMessage) -> Result<Printable> {
    let loaded = load(engine, MessageId(request.id)).await?;
    let lang = lang::guess(&loaded.parsed.text, &loaded.parsed.charset);
    let shown = show(&loaded.parsed, false, Theme::Light, MessageLook::Own);
    let body = with_pictures(engine, &loaded, shown.clean.body, &shown.clean.inline_images).await?;
    let heading = heading(&request.title, &request.lines);
    let body = format!("<style>{}</style>{heading}{body}", shown.clean.css);
    let document = frame::document(&body, &lang, false, Theme::Light);
    let document = document.replacen("<head>", POLICY, 1);
    let token = Tokens::reserve()?;
    let frame = OpenedFrame { document, ..OpenedFrame::default() };
    engine.tokens().set(&token, Opened::Message(Arc::new(frame)));
    Ok(Printable { url: engine.content_url(&format!("{token}/")) })
}

#[cfg(test)]
mod tests {
    use super::heading;
    use crate::contract::PrintLine;

    #[test]
    fn a_head_is_words_and_never_markup() {
        let line =
            |label: &str, text: &str| PrintLine { label: label.to_owned(), text: text.to_owned() };
        let html = heading("<b>a</b>", &[line("From", "\"x\" <a@b.example>")]);
        assert!(html.contains("<h1>&lt;b&gt;a&lt;/b&gt;</h1>"), "{html}");
        assert!(html.contains("<th>From</th><td>&quot;x&quot; &lt;a@b.example&gt;</td>"), "{html}");
    }
}
