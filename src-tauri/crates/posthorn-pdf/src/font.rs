//! Fonts that a PDF names and does not bring: the fourteen of the standard from our own program, Chinese, Japanese and
//! Korean ones from the system's folders. No other file is ever opened, and that one before the PDF is read.
//!
//! Does not: match weights and styles of those, or look into the user's own folder of fonts.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use hayro::hayro_interpret::FontResolverFn;
use hayro::hayro_interpret::font::{FontData, FontQuery};
use hayro::hayro_interpret::hayro_cmap::CidFamily;

/// Where systems keep their fonts.
const FOLDERS: [&str; 6] = [
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/run/host/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:\\Windows\\Fonts",
];
/// Folders inside these that are looked into.
const DEPTH: usize = 4;
/// Files and folders that are looked at: a designer has thousands of fonts.
const ENTRY_LIMIT: usize = 20_000;
/// Bytes of a font: those of all Chinese letters have twenty million.
const FONT_LIMIT: u64 = 64 << 20;

/// Names of files, best first, with where in a collection the letters of simplified and of traditional Chinese, Japanese and
/// Korean are.
const FONTS: [(&str, [u32; 4]); 14] = [
    ("NotoSansCJK-Regular.ttc", [2, 3, 0, 1]),
    ("NotoSansCJK-VF.otf.ttc", [2, 3, 0, 1]),
    ("NotoSansCJKsc-Regular.otf", [0; 4]),
    ("SourceHanSansSC-Regular.otf", [0; 4]),
    ("SourceHanSansCN-Regular.otf", [0; 4]),
    ("NotoSansSC-Regular.otf", [0; 4]),
    ("NotoSerifCJK-Regular.ttc", [2, 3, 0, 1]),
    ("wqy-microhei.ttc", [0; 4]),
    ("wqy-zenhei.ttc", [0; 4]),
    ("DroidSansFallbackFull.ttf", [0; 4]),
    ("msyh.ttc", [0; 4]),
    ("simsun.ttc", [0; 4]),
    ("PingFang.ttc", [0; 4]),
    ("STHeiti Light.ttc", [0; 4]),
];

/// The system's font for Chinese, Japanese and Korean: open, and read when a page needs it.
#[derive(Debug, Default)]
pub struct SystemFont {
    /// Absent: the system has none that is known here, and such text is drawn as what the standard's fonts make of it.
    file: Option<File>,
    places: [u32; 4],
    bytes: OnceLock<Option<Arc<Vec<u8>>>>,
}

impl SystemFont {
    /// Opens the best font that the system's folders have.
    #[must_use]
    pub fn open() -> Self {
        let mut search = Search { left: ENTRY_LIMIT, best: None };
        for folder in FOLDERS {
            search.look(Path::new(folder), DEPTH);
        }
        let Some((rank, file)) = search.best else { return Self::default() };
        let places = FONTS.get(rank).map(|(_, places)| *places).unwrap_or_default();
        Self { file: Some(file), places, bytes: OnceLock::new() }
    }

    /// Returns what answers the renderer's questions for fonts.
    pub(crate) fn resolver(self) -> FontResolverFn {
        Arc::new(move |query| self.find(query))
    }

    /// Returns a font for one that is named alone.
    fn find(&self, query: &FontQuery) -> Option<(FontData, u32)> {
        match query {
            FontQuery::Standard(font) => Some(font.get_font_data()),
            FontQuery::Fallback(wanted) => {
                let family = wanted.character_collection.as_ref().map(|found| &found.family);
                let script = match family {
                    Some(CidFamily::AdobeGB1) => Some(0),
                    Some(CidFamily::AdobeCNS1) => Some(1),
                    Some(CidFamily::AdobeJapan1) => Some(2),
                    Some(CidFamily::AdobeKorea1) => Some(3),
                    _ => None,
                };
                let found = script.and_then(|script: usize| self.of_system(script));
                found.or_else(|| Some(wanted.pick_standard_font().get_font_data()))
            }
        }
    }

    fn of_system(&self, script: usize) -> Option<(FontData, u32)> {
        let bytes = self.bytes.get_or_init(|| {
            let mut bytes = Vec::new();
            self.file.as_ref()?.take(FONT_LIMIT).read_to_end(&mut bytes).ok()?;
            Some(Arc::new(bytes))
        });
        let bytes: FontData = bytes.clone()?;
        Some((bytes, self.places.get(script).copied().unwrap_or_default()))
    }
}

/// A walk through folders.
struct Search {
    /// Entries that may still be looked at.
    left: usize,
    /// The best font so far, by its place in [`FONTS`].
    best: Option<(usize, File)>,
}

impl Search {
    fn look(&mut self, folder: &Path, depth: usize) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let is_found = self.best.as_ref().is_some_and(|(rank, _)| *rank == 0);
            if self.left == 0 || is_found {
                return;
            }
            self.left -= 1;
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                if depth > 0 {
                    self.look(&entry.path(), depth - 1);
                }
                continue;
            }
            let name = entry.file_name();
            let Some(rank) = FONTS.iter().position(|(known, _)| name == **known) else { continue };
            if self.best.as_ref().is_some_and(|(known, _)| *known <= rank) {
                continue;
            }
            let file = File::open(entry.path());
            let is_font = |file: &File| {
                file.metadata().is_ok_and(|facts| facts.is_file() && facts.len() <= FONT_LIMIT)
            };
            if let Some(file) = file.ok().filter(is_font) {
                self.best = Some((rank, file));
            }
        }
    }
}
