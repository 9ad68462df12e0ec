//! Journey: a PDF is looked at page by page, drawn by a process of its own; what is broken, locked, huge or without end is told,
//! and the engine goes on.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use std::fmt::Write as _;
use std::io::Cursor;

use posthorn_engine_tests::{Ask, Desk, Incoming, Ports, provider};
use posthorn_testkit::{Delivery, Mail};
use serde_json::{Value, json};

/// Writes objects, numbered from one; the first is the catalogue.
fn pdf(objects: &[String], trailer: &str) -> Vec<u8> {
    let (mut file, mut index) = (String::from("%PDF-1.7\n"), String::new());
    for (number, object) in (1..).zip(objects) {
        let _ = writeln!(index, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{number} 0 obj\n{object}\nendobj\n");
    }
    let (start, size) = (file.len(), objects.len() + 1);
    let _ = write!(
        file,
        "xref\n0 {size}\n0000000000 65535 f \n{index}\
         trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    );
    file.into_bytes()
}

fn stream(facts: &str, contents: &str) -> String {
    format!("<< {facts} /Length {} >>\nstream\n{contents}\nendstream", contents.len())
}

/// A file of pages with these drawings, 200 by 100 points each; they may draw `X`.
fn book(drawings: &[&str], form: &str, trailer: &str) -> Vec<u8> {
    let pages: Vec<usize> = (0..drawings.len()).map(|at| 4 + 2 * at).collect();
    let kids: Vec<String> = pages.iter().map(|page| format!("{page} 0 R")).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (/bin/sh) >> >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), kids.len()),
        form.to_owned(),
    ];
    for (page, drawing) in pages.iter().zip(drawings) {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents {} 0 R /Resources << /XObject << /X 3 0 R >> >> >>",
            page + 1
        ));
        objects.push(stream("", drawing));
    }
    pdf(&objects, trailer)
}

/// Forms that draw one another: each draws the next one twenty times, twelve deep.
fn endless() -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>".to_owned(),
        stream("", "/X Do"),
    ];
    for next in 6..18 {
        let facts = format!(
            "/Type /XObject /Subtype /Form /BBox [0 0 200 100] /Resources << /XObject << /X {next} 0 R >> >>"
        );
        objects.push(stream(&facts, &"/X Do ".repeat(20)));
    }
    let last = "/Type /XObject /Subtype /Form /BBox [0 0 200 100] /Resources << >>";
    objects.push(stream(last, "1 0 0 rg 0 0 200 100 re f"));
    pdf(&objects, "")
}

/// A picture that says that it is as large as a field, and is drawn over the page.
fn field() -> Vec<u8> {
    let facts = "/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 /ColorSpace /DeviceRGB";
    book(&["200 0 0 100 0 0 cm /X Do"], &stream(facts, "\u{1}"), "")
}

const RED: &str = "1 0 0 rg 0 0 100 100 re f";
const BLUE: &str = "0 0 1 rg 100 0 100 100 re f";

fn papers() -> Vec<u8> {
    let key = "00".repeat(32);
    let lock = format!(
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{key}> /U <{key}> >> /ID [<00> <00>]"
    );
    let leaves = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >> ".repeat(5_001);
    let thick = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{leaves}] /Count 5001 >>"),
    ];
    let plan = book(&[RED, BLUE], "null", "");
    let inner = Mail::new()
        .from("Clara <clara@posthorn.test>")
        .to("bert@posthorn.test")
        .subject("The plan")
        .message_id("plan@journey.test")
        .text("Here.\r\n")
        .attach("inner.pdf", "application/pdf", &plan)
        .build();
    Mail::new()
        .from("Bert <bert@posthorn.test>")
        .to("anna@posthorn.test")
        .subject("Papers")
        .message_id("pages@journey.test")
        .text("Here they are.\r\n")
        .attach("plan.pdf", "application/pdf", &plan)
        .attach("broken.pdf", "application/pdf", b"%PDF-1.4 and no more")
        .attach("locked.pdf", "application/octet-stream", &book(&[RED], "null", &lock))
        .attach("thick.pdf", "application/pdf", &pdf(&thick, ""))
        .attach("endless.pdf", "application/pdf", &endless())
        .attach("field.pdf", "application/pdf", &field())
        .attach("plan.eml", "message/rfc822", &inner)
        .build()
}

/// What the engine says to a path of the content scheme: status, type, bytes.
async fn content(desk: &Desk, url: &str) -> anyhow::Result<(u16, String, Vec<u8>)> {
    let info = desk.ask("app.info", json!({})).await?;
    let path = url.trim_start_matches(info["contentBase"].as_str().unwrap_or_default());
    let shown = desk.engine.content(path.trim_start_matches('/')).await;
    let kind = shown.headers.iter().find(|(name, _)| *name == "content-type");
    Ok((shown.status, kind.map(|(_, value)| value.clone()).unwrap_or_default(), shown.bytes))
}

/// A page as it was drawn: width, height, and the colours of the middles of its left and its right half.
async fn drawn(desk: &Desk, url: &str) -> anyhow::Result<(u32, u32, [[u8; 3]; 2])> {
    let (status, kind, bytes) = content(desk, url).await?;
    anyhow::ensure!((status, kind.as_str()) == (200, "image/png"), "{url}: {status} {kind}");
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().unwrap_or_default()];
    let facts = reader.next_frame(&mut pixels)?;
    let samples = facts.color_type.samples();
    let at = |column: u32| {
        let start = (facts.height / 2 * facts.width + column) as usize * samples;
        [pixels[start], pixels[start + 1], pixels[start + 2]]
    };
    let halves = [at(facts.width / 4), at(facts.width / 4 * 3)];
    Ok((facts.width, facts.height, halves))
}

/// The message with the files, as it is looked at.
struct Looked<'a> {
    desk: &'a Desk,
    message: Value,
    files: Vec<Value>,
}

impl Looked<'_> {
    async fn at(&self, name: &str, inside: &[u32]) -> anyhow::Result<Value> {
        let part = self.files.iter().find(|file| file["name"] == name);
        let part = part.map(|file| file["part"].clone());
        let request =
            json!({ "message": self.message, "part": part, "inside": inside, "theme": "light" });
        Ok(self.desk.ask("attachments.preview", request).await?["preview"].clone())
    }

    /// Returns the beginning of the URL of a file's pages.
    async fn pages(&self, name: &str, inside: &[u32], pages: usize) -> anyhow::Result<String> {
        let preview = self.at(name, inside).await?;
        let size = json!({ "width": 200.0, "height": 100.0 });
        assert_eq!(preview["kind"], "pages", "{name}: {preview}");
        assert_eq!(preview["sizes"], json!(vec![size; pages]), "{name}");
        Ok(preview["pageUrl"].as_str().unwrap_or_default().to_owned())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_is_looked_at_page_by_page() -> anyhow::Result<()> {
    let provider = provider()?;
    provider.dovecot.mailbox("anna", "INBOX").fill(&[Delivery::new(papers())])?;
    let ports = Ports::of(&provider, Incoming::Imap);
    let desk = Desk::drawing("anna", Incoming::Imap, ports).await?;
    let message = desk.rows("inbox").await?[0]["message"].clone();
    let request = json!({ "id": message, "remote": false, "theme": "light" });
    let opened = desk.ask("messages.open", request).await?;
    let files = opened["attachments"].as_array().cloned().unwrap_or_default();
    let looked = Looked { desk: &desk, message, files };

    for (name, why) in
        [("broken.pdf", "damaged"), ("locked.pdf", "locked"), ("thick.pdf", "tooManyPages")]
    {
        assert_eq!(looked.at(name, &[]).await?, json!({ "kind": "none", "why": why }), "{name}");
    }
    let (red, blue, white) = ([255, 0, 0], [0, 0, 255], [255; 3]);
    let base = looked.pages("plan.pdf", &[], 2).await?;
    assert_eq!(drawn(&desk, &format!("{base}1-400")).await?, (400, 200, [red, white]));
    assert_eq!(drawn(&desk, &format!("{base}2-300")).await?, (300, 150, [white, blue]));
    let inner = looked.pages("plan.eml", &[0], 2).await?;
    assert_eq!(drawn(&desk, &format!("{inner}2-100")).await?, (100, 50, [white, blue]));
    // The first file lies no longer on the desk and is fetched once more.
    assert_eq!(drawn(&desk, &format!("{base}1-9999")).await?, (4096, 2048, [red, white]));
    for path in ["3-400", "0-400", "1-0", "1", "one-two", "1-400-1", "1-400/../2"] {
        assert_eq!(content(&desk, &format!("{base}{path}")).await?.0, 404, "{path}");
    }

    // What has no end, and what takes all memory, takes a while and no more; others are drawn meanwhile.
    let endless = looked.pages("endless.pdf", &[], 1).await?;
    let field = looked.pages("field.pdf", &[], 1).await?;
    let (endless, field) = (format!("{endless}1-400"), format!("{field}1-400"));
    let (one, other) = (format!("{base}1-200"), format!("{base}2-200"));
    let (endless, field, first, second) = tokio::try_join!(
        content(&desk, &endless),
        content(&desk, &field),
        drawn(&desk, &one),
        drawn(&desk, &other)
    )?;
    assert_eq!(endless.0, 404, "nobody waits for ever");
    assert!(field.0 == 404 || field.2.len() < 1 << 20, "a picture of nothing is nothing");
    assert_eq!((first.2, second.2), ([red, white], [white, blue]));
    desk.engine.shutdown().await;
    Ok(())
}
