//! Where the window stood last time, and where it may stand today: screens come and go, the window stays on one.
//!
//! The plugin writes the file; it would also restore a window of which one pixel is on a screen, so reading is done here.

use tauri::{AppHandle, Manager as _};
use tauri_plugin_window_state::AppHandleExt as _;

/// Size of a window that was never placed, in logical pixels.
const FIRST: (f64, f64) = (1280.0, 800.0);

/// A rectangle in physical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rect {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
}

/// Where the window opens, in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    /// Size of its inside.
    pub(crate) size: (f64, f64),
    /// Upper left corner; absent lets the window manager choose.
    pub(crate) position: Option<(f64, f64)>,
    /// It fills the screen.
    pub(crate) is_maximized: bool,
}

/// Returns where the window stands on today's screens.
pub(crate) fn of(app: &AppHandle, label: &str) -> Place {
    let screens = app.available_monitors().unwrap_or_default();
    let areas: Vec<Rect> = screens
        .iter()
        .map(|screen| {
            let area = screen.work_area();
            Rect {
                x: area.position.x,
                y: area.position.y,
                width: area.size.width,
                height: area.size.height,
            }
        })
        .collect();
    let Some((wanted, is_maximized)) = read(app, label) else {
        return Place { size: FIRST, position: None, is_maximized: false };
    };
    let (placed, screen) = fit(wanted, &areas);
    let scale = screens.get(screen).map_or(1.0, tauri::Monitor::scale_factor);
    let logical = |pixels: f64| pixels / scale;
    Place {
        size: (logical(placed.width.into()), logical(placed.height.into())),
        position: Some((logical(placed.x.into()), logical(placed.y.into()))),
        is_maximized,
    }
}

/// Reads what was remembered, and whether it filled the screen; nothing where there is nothing that makes sense.
fn read(app: &AppHandle, label: &str) -> Option<(Rect, bool)> {
    let file = app.path().app_config_dir().ok()?.join(app.filename());
    let all: serde_json::Value = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
    let was = all.get(label)?;
    let side = |name: &str| was.get(name)?.as_i64();
    let length = |name: &str| u32::try_from(side(name)?).ok().filter(|length| *length > 0);
    let at = |name: &str| i32::try_from(side(name)?).ok();
    let rect =
        Rect { x: at("x")?, y: at("y")?, width: length("width")?, height: length("height")? };
    let is_maximized = was.get("maximized").and_then(serde_json::Value::as_bool);
    Some((rect, is_maximized.unwrap_or_default()))
}

/// Puts a window wholly on the screen that holds most of it, the first one where none does. Returns the screen's number too.
fn fit(wanted: Rect, screens: &[Rect]) -> (Rect, usize) {
    let mut best = (0, 0);
    for (index, screen) in screens.iter().enumerate() {
        let shared = overlap(wanted, *screen);
        if shared > best.0 {
            best = (shared, index);
        }
    }
    let Some(screen) = screens.get(best.1) else { return (wanted, 0) };
    let (x, width) = clamp(wanted.x, wanted.width, screen.x, screen.width);
    let (y, height) = clamp(wanted.y, wanted.height, screen.y, screen.height);
    (Rect { x, y, width, height }, best.1)
}

/// Returns how many pixels two rectangles share.
fn overlap(one: Rect, other: Rect) -> i64 {
    let side = |a: i32, a_len: u32, b: i32, b_len: u32| {
        let (a, b) = (i64::from(a), i64::from(b));
        ((a + i64::from(a_len)).min(b + i64::from(b_len)) - a.max(b)).max(0)
    };
    side(one.x, one.width, other.x, other.width) * side(one.y, one.height, other.y, other.height)
}

/// Moves and shortens one side of a window so that it lies within its screen's.
fn clamp(at: i32, length: u32, screen: i32, screen_length: u32) -> (i32, u32) {
    let length = length.min(screen_length);
    let last = i64::from(screen) + i64::from(screen_length - length);
    let at = i64::from(at).clamp(i64::from(screen), last);
    (i32::try_from(at).unwrap_or(screen), length)
}

#[cfg(test)]
mod tests {
    use super::{Rect, fit};

    const fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
        Rect { x, y, width, height }
    }

    #[test]
    fn a_window_stays_on_a_screen() {
        let left = rect(-1920, 0, 1920, 1080);
        let main = rect(0, 30, 1600, 970);
        let table = [
            // As it was.
            (rect(200, 100, 1000, 700), rect(200, 100, 1000, 700), 0),
            (rect(-1500, 100, 1000, 700), rect(-1500, 100, 1000, 700), 1),
            // Half over the edge, and nearly all of it.
            (rect(1000, 100, 1000, 700), rect(600, 100, 1000, 700), 0),
            (rect(1598, 998, 1000, 700), rect(600, 300, 1000, 700), 0),
            (rect(0, 0, 1000, 700), rect(0, 30, 1000, 700), 0),
            // On a screen that is gone.
            (rect(5000, 3000, 1000, 700), rect(600, 300, 1000, 700), 0),
            // Larger than the screen.
            (rect(100, 100, 4000, 3000), rect(0, 30, 1600, 970), 0),
            // Numbers that nobody means.
            (rect(i32::MIN, i32::MAX, u32::MAX, 1), rect(0, 999, 1600, 1), 0),
        ];
        for (wanted, expected, screen) in table {
            assert_eq!(fit(wanted, &[main, left]), (expected, screen), "{wanted:?}");
        }
        assert_eq!(fit(rect(1, 2, 3, 4), &[]).0, rect(1, 2, 3, 4));
    }
}
