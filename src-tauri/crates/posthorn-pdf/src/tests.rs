//! Files made here: plain, Chinese, turned, broken, locked, and full of things that must not happen. What is drawn is looked
//! at pixel by pixel.

mod paper;

use std::io::Cursor;

use hayro::vello_cpu::Pixmap;
use paper::{HELVETICA, WORD, hex, locked, page, pdf, stream};

use super::{AREA_LIMIT, PAGE_LIMIT, Refusal, SIDE_LIMIT, SystemFont, USUAL, fit, sizes};

fn draw(file: Vec<u8>, number: usize, pixels: u32) -> Result<Picture, Refusal> {
    let png = super::draw(file, number, pixels, SystemFont::open())?;
    let pixels = Pixmap::from_png(Cursor::new(&png)).unwrap();
    Ok(Picture { pixels })
}

struct Picture {
    pixels: Pixmap,
}

impl Picture {
    fn size(&self) -> (u16, u16) {
        (self.pixels.width(), self.pixels.height())
    }

    fn at(&self, x: u16, y: u16) -> [u8; 3] {
        let found = self.pixels.sample(x, y);
        [found.r, found.g, found.b]
    }

    /// How many pixels are darker than grey between these columns.
    fn dark(&self, columns: std::ops::Range<u16>) -> usize {
        let rows = 0..self.pixels.height();
        let places = rows.flat_map(|y| columns.clone().map(move |x| (x, y)));
        places.filter(|(x, y)| self.at(*x, *y).iter().all(|part| *part < 128)).count()
    }

    /// The letters of [`WORD`] are there, and nothing else is.
    fn has_word(&self) -> bool {
        let half = self.pixels.width() / 2;
        let (left, right) = (self.dark(0..half), self.dark(half..self.pixels.width()));
        let all = usize::from(half) * usize::from(self.pixels.height());
        (all / 100..all / 4).contains(&left) && right == 0
    }
}

fn word() -> Vec<u8> {
    pdf(&page("", "", HELVETICA, WORD), "")
}

#[test]
fn a_page_is_drawn_as_wide_as_asked() {
    let drawn = draw(word(), 1, 400).unwrap();
    assert_eq!((drawn.size(), drawn.has_word()), ((400, 200), true));
    assert_eq!(sizes(word()), Ok(vec![(200.0, 100.0)]));
    let empty = draw(pdf(&page("", "", HELVETICA, ""), ""), 1, 400).unwrap();
    assert_eq!(
        (empty.size(), empty.dark(0..400)),
        ((400, 200), 0),
        "nothing is drawn where nothing is said"
    );
    let turned = pdf(&page("", "/Rotate 90", HELVETICA, WORD), "");
    assert_eq!(sizes(turned.clone()), Ok(vec![(100.0, 200.0)]));
    let turned = draw(turned, 1, 100).unwrap();
    // Its left half is on top now.
    let (top, bottom) = ((0..100, 0..100), (0..100, 100..200));
    let dark = |(columns, rows): (std::ops::Range<u16>, std::ops::Range<u16>)| {
        let places = rows.flat_map(|y| columns.clone().map(move |x| (x, y)));
        places.filter(|(x, y)| turned.at(*x, *y) < [128; 3]).count()
    };
    assert!(turned.size() == (100, 200) && dark(top) > 50 && dark(bottom) == 0);
    for number in [0, 2, usize::MAX] {
        assert_eq!(draw(word(), number, 100).err(), Some(Refusal::NoPage));
    }
}

#[test]
fn colours_and_places_are_those_of_the_file() {
    // Red from the left below, blue at the right above; a point is two pixels, and points count from below.
    let drawing =
        "1 0 0 rg 20 10 30 20 re f 0 0 1 rg 150 70 20 20 re f 0 1 0 RG 4 w 100 0 m 100 100 l S";
    let drawn = draw(pdf(&page("", "", HELVETICA, drawing), ""), 1, 400).unwrap();
    let table = [
        ((41, 179), [255, 0, 0]),
        ((98, 141), [255, 0, 0]),
        ((37, 160), [255; 3]),
        ((301, 58), [0, 0, 255]),
        ((338, 22), [0, 0, 255]),
        ((338, 64), [255; 3]),
        ((200, 5), [0, 255, 0]),
        ((5, 5), [255; 3]),
    ];
    for ((x, y), colour) in table {
        assert_eq!(drawn.at(x, y), colour, "{x} {y}");
    }
}

/// What Chromium prints: fonts of its own in pieces, everything compressed.
#[test]
fn what_another_program_wrote_is_drawn() {
    let file = include_bytes!("../../../../tests/corpus/pdf/chromium.pdf").to_vec();
    let listed = sizes(file.clone()).unwrap();
    assert_eq!(listed.len(), 2);
    assert!(
        listed
            .iter()
            .all(|(width, height)| (*width - 595.0).abs() < 1.0 && (*height - 842.0).abs() < 1.0)
    );
    let first = draw(file.clone(), 1, 420).unwrap();
    assert_eq!(first.size(), (420, 594));
    assert_eq!((first.at(105, 124), first.at(300, 124)), ([0, 0x50, 0xc8], [255; 3]));
    let ink = |columns: std::ops::Range<u16>, rows: std::ops::Range<u16>| {
        let places = rows.flat_map(|y| columns.clone().map(move |x| (x, y)));
        places.filter(|(x, y)| first.at(*x, *y) != [255; 3]).count()
    };
    assert!(ink(44..150, 50..70) > 300, "its heading");
    assert!(ink(44..84, 160..174) > 100, "its line in Chinese");
    assert_eq!(ink(0..420, 200..594), 0, "and nothing below");
    let second = draw(file, 2, 420).unwrap();
    assert_eq!((second.at(71, 104), second.at(45, 86)), ([0, 0xaa, 0], [255; 3]));
}

#[test]
fn chinese_without_a_font_of_its_own_is_drawn_with_the_systems() {
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H \
        /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light \
        /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> \
        /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [0 -200 1000 900] \
        /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 90 >> >>] >>";
    let draw = |text: &str| {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let drawing = format!("BT /F 40 Tf 10 40 Td <{}> Tj ET", hex(&bytes));
        draw(pdf(&page("", "", font, &drawing), ""), 1, 400).unwrap()
    };
    // One stroke, three strokes, twenty-five strokes: each letter is itself, in a square of forty points.
    let strokes = ["一", "三", "馕"].map(|letter| draw(letter).dark(0..400));
    assert!(0 < strokes[0] && strokes[0] < strokes[1] && strokes[1] < strokes[2], "{strokes:?}");
    let two = draw("一馕");
    let (first, second) = (two.dark(20..100), two.dark(100..180));
    assert_eq!([first, second], [strokes[0], strokes[2]], "beside one another");
}

#[test]
fn nothing_that_a_file_asks_for_happens() {
    let actions = [
        "/OpenAction << /S /JavaScript /JS (app.alert(1); this.submitForm('http://127.0.0.1:9/')) >>",
        "/OpenAction << /S /Launch /F (/bin/sh) >>",
        "/OpenAction << /S /URI /URI (http://127.0.0.1:9/) >>",
        "/AA << /WC << /S /JavaScript /JS (1) >> >> /Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (1) >>] >> >>",
        "/AcroForm << /XFA (<xdp>x</xdp>) /Fields [] >>",
    ];
    for action in actions {
        let loud = page(action, "/AA << /O << /S /Launch /F (/bin/sh) >> >>", HELVETICA, WORD);
        assert!(draw(pdf(&loud, ""), 1, 400).unwrap().has_word(), "{action}");
    }
    // A drawing that lies elsewhere is not fetched, from no file either.
    for place in ["<< /FS /URL /F (http://127.0.0.1:9/a) >>", "(/etc/passwd)"] {
        let mut outside = page("", "", HELVETICA, WORD);
        outside[3] = format!("<< /Length 0 /F {place} >>\nstream\n\nendstream");
        assert_eq!(draw(pdf(&outside, ""), 1, 400).unwrap().dark(0..400), 0);
    }
}

#[test]
fn what_cannot_be_drawn_is_told() {
    let whole = word();
    for broken in [Vec::new(), b"%PDF-1.7".to_vec(), b"<html>".to_vec(), whole[..80].to_vec()] {
        assert_eq!(sizes(broken.clone()), Err(Refusal::Damaged));
        assert_eq!(draw(broken, 1, 100).err(), Some(Refusal::Damaged));
    }
    // A file whose index is gone is read all the same.
    assert!(draw(whole[..whole.len() - 60].to_vec(), 1, 400).unwrap().has_word());
    assert_eq!(sizes(locked("secret")), Err(Refusal::Locked));
    assert!(draw(locked(""), 1, 400).unwrap().has_word(), "a lock that only forbids opens");
    let unknown = "/Encrypt << /Filter /Adobe.PubSec /V 4 /R 4 >> /ID [<00> <00>]";
    let unknown = sizes(pdf(&page("", "", HELVETICA, WORD), unknown));
    assert!(unknown.is_err(), "{unknown:?}");
}

#[test]
fn pages_have_a_limit_and_may_be_of_any_size() {
    let book = |pages: usize| {
        let kids = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >> ".repeat(pages);
        let tree = format!("<< /Type /Pages /Kids [{kids}] /Count {pages} >>");
        pdf(&["<< /Type /Catalog /Pages 2 0 R >>".to_owned(), tree], "")
    };
    assert_eq!(sizes(book(PAGE_LIMIT)).map(|list| list.len()), Ok(PAGE_LIMIT));
    assert_eq!(sizes(book(PAGE_LIMIT + 1)), Err(Refusal::TooManyPages));
    // A tree that contains itself has an end.
    let ring = "<< /Type /Pages /Kids [2 0 R 3 0 R 2 0 R] /Count 99 >>".to_owned();
    let mut objects = page("", "", HELVETICA, WORD);
    objects[1] = ring;
    assert_eq!(sizes(pdf(&objects, "")).map(|list| list.len()), Ok(1));
    for (sides, could_not_be) in
        [("1000000000 1000000000", false), ("0 0", true), ("0.1 500", false)]
    {
        let mut objects = page("", "", HELVETICA, WORD);
        objects[2] = objects[2].replace("0 0 200 100", &format!("0 0 {sides}"));
        let found = sizes(pdf(&objects, "")).unwrap();
        let is_usual = found
            .iter()
            .all(|(width, height)| (width - USUAL.0).abs() < 1.0 && (height - USUAL.1).abs() < 1.0);
        assert!(found.len() == 1 && is_usual == could_not_be, "{sides}: {found:?}");
        let (wide, high) = draw(pdf(&objects, ""), 1, 4096).unwrap().size();
        assert!(u32::from(wide.max(high)) <= SIDE_LIMIT, "{sides}");
    }
}

#[test]
fn a_form_that_draws_itself_has_an_end() {
    let mut objects = page("", "", HELVETICA, "/X Do BT /F 24 Tf 10 40 Td (Post) Tj ET");
    objects[2] = objects[2].replace("/Font <<", "/XObject << /X 6 0 R >> /Font <<");
    let again = stream("/X Do").replace(
        "<< ",
        "<< /Type /XObject /Subtype /Form /BBox [0 0 200 100] /Resources << /XObject << /X 6 0 R >> >> ",
    );
    objects.push(again);
    assert!(draw(pdf(&objects, ""), 1, 400).unwrap().has_word());
}

#[test]
fn pictures_stay_within_their_limits() {
    for (size, pixels, expected) in [
        ((200.0, 100.0), 400, Some((400, 200))),
        ((595.28, 841.89), 1_000, Some((1_000, 1_414))),
        ((200.0, 100.0), 0, Some((1, 1))),
        ((1.0, 10_000.0), 4_096, Some((1, 4_096))),
        ((10_000.0, 1.0), 9_999, Some((4_096, 1))),
        ((600.0, 800.0), 4_096, None),
        ((f32::MAX, f32::MAX), 4_096, None),
    ] {
        let (wide, high) = fit(size, pixels);
        assert!(
            expected.is_none_or(|expected| (wide, high) == expected),
            "{size:?}: {wide} {high}"
        );
        assert!(wide > 0 && high > 0 && u32::from(wide.max(high)) <= SIDE_LIMIT);
        assert!(f32::from(wide) * f32::from(high) <= AREA_LIMIT * 1.001, "{wide} {high}");
    }
}
