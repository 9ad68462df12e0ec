//! Style sheets and style attributes by an allow-list of properties and functions.
//!
//! Every token is read and written again, so nothing that a browser would read otherwise passes. A declaration with
//! anything unknown in it is dropped whole. URLs of pictures become `remote/N`, `blocked/N` or `cid/N`, all others go.

use std::fmt::Write as _;

use cssparser::{Delimiter, ParseError, Parser, ParserInput, ToCss, Token};

use super::Theme;
use super::color::{Use, on_ground, turned, turned_rgb};
use super::url::Images;

/// Depth of parentheses and blocks; cssparser recurses once per level.
const MAX_DEPTH: usize = 24;
/// Rules of one message's sheets.
const MAX_RULES: usize = 5_000;
/// Bytes of one style attribute.
const MAX_STYLE_BYTES: usize = 16 * 1024;

/// Properties that stay, with those that begin with them and a dash (`border-left`).
const PROPERTIES: &[&str] = &[
    "background",
    "border",
    "color",
    "font",
    "text",
    "letter-spacing",
    "word",
    "white-space",
    "line-height",
    "margin",
    "padding",
    "width",
    "height",
    "max-width",
    "max-height",
    "min-width",
    "min-height",
    "display",
    "vertical-align",
    "float",
    "clear",
    "list-style",
    "table-layout",
    "caption-side",
    "empty-cells",
    "overflow",
    "opacity",
    "visibility",
    "direction",
    "unicode-bidi",
    "box-sizing",
    "box-shadow",
    "align",
    "justify",
    "flex",
    "gap",
    "row-gap",
    "column",
    "columns",
    "order",
    "grid",
    "object-fit",
    "object-position",
    "hyphens",
    "overflow-wrap",
    "outline",
    "place-items",
    "tab-size",
    "aspect-ratio",
    "color-scheme",
    "-webkit-text-size-adjust",
    "-ms-text-size-adjust",
    "-webkit-font-smoothing",
    "orphans",
    "widows",
    "page-break",
    "break",
];
/// Properties whose value may be a picture.
const PICTURE_PROPERTIES: &[&str] = &[
    "background",
    "background-image",
    "list-style",
    "list-style-image",
    "border-image",
    "border-image-source",
];
/// Functions that stay.
const FUNCTIONS: &[&str] = &[
    "rgb",
    "rgba",
    "hsl",
    "hsla",
    "calc",
    "min",
    "max",
    "clamp",
    "linear-gradient",
    "radial-gradient",
    "repeating-linear-gradient",
    "repeating-radial-gradient",
    "minmax",
    "repeat",
    "fit-content",
    "light-dark",
];
/// Functions that stay in selectors and media queries.
const SELECTOR_FUNCTIONS: &[&str] = &[
    "not",
    "is",
    "where",
    "nth-child",
    "nth-last-child",
    "nth-of-type",
    "nth-last-of-type",
    "lang",
    "has",
];

/// What the styles say about the message.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Something has a background of its own.
    pub(super) has_background: bool,
    /// There is a dark form.
    pub(super) supports_dark: bool,
}

/// What the pass works on.
pub(super) struct Context<'a> {
    pub(super) images: &'a mut Images,
    pub(super) facts: &'a mut Facts,
    pub(super) theme: Theme,
}

type Refused<'i> = ParseError<'i, ()>;

/// Cleans the value of a `style` attribute.
pub(super) fn declarations(style: &str, context: &mut Context<'_>) -> String {
    if style.len() > MAX_STYLE_BYTES {
        return String::new();
    }
    let mut input = ParserInput::new(style);
    let mut parser = Parser::new(&mut input);
    declaration_list(&mut parser, context)
}

/// Cleans a style sheet. The result contains no `<`, so it cannot end the element that holds it.
pub(super) fn sheet(css: &str, context: &mut Context<'_>) -> String {
    let mut input = ParserInput::new(css);
    let mut parser = Parser::new(&mut input);
    let mut budget = MAX_RULES;
    let sheet = rules(&mut parser, context, 0, &mut budget);
    sheet.replace('<', "\\3c ")
}

fn rules(
    parser: &mut Parser<'_, '_>,
    context: &mut Context<'_>,
    depth: usize,
    budget: &mut usize,
) -> String {
    let mut sheet = String::new();
    while !parser.is_exhausted() && *budget > 0 {
        *budget -= 1;
        let state = parser.state();
        match parser.next() {
            Ok(Token::AtKeyword(name)) => {
                let name = name.to_ascii_lowercase();
                if let Some(rule) = at_rule(parser, &name, context, depth, budget) {
                    sheet.push_str(&rule);
                }
            }
            Ok(Token::CDO | Token::CDC | Token::Semicolon) => {}
            Ok(_) => {
                parser.reset(&state);
                if let Some(rule) = qualified_rule(parser, context) {
                    sheet.push_str(&rule);
                }
            }
            Err(_) => break,
        }
    }
    sheet
}

/// Keeps `@media`, of which the dark form is noted; everything else (`@import`, `@font-face`, …) is skipped with its block.
fn at_rule(
    parser: &mut Parser<'_, '_>,
    name: &str,
    context: &mut Context<'_>,
    depth: usize,
    budget: &mut usize,
) -> Option<String> {
    let prelude = parser.parse_until_before::<_, _, ()>(
        Delimiter::CurlyBracketBlock | Delimiter::Semicolon,
        |parser| {
            let mut text = String::new();
            selector(parser, &mut text, 0)?;
            Ok(text)
        },
    );
    match parser.next() {
        Ok(Token::CurlyBracketBlock) => {}
        _ => return None,
    }
    let is_kept = name == "media" && depth < 4;
    let block = parser.parse_nested_block::<_, _, ()>(|parser| {
        Ok(if is_kept { rules(parser, context, depth + 1, budget) } else { String::new() })
    });
    let (Ok(prelude), Ok(block)) = (prelude, block) else { return None };
    context.facts.supports_dark |= is_kept
        && prelude.to_ascii_lowercase().replace(' ', "").contains("prefers-color-scheme:dark");
    (is_kept && !block.is_empty()).then(|| format!("@media {}{{{block}}}\n", prelude.trim()))
}

fn qualified_rule(parser: &mut Parser<'_, '_>, context: &mut Context<'_>) -> Option<String> {
    let prelude = parser.parse_until_before::<_, _, ()>(Delimiter::CurlyBracketBlock, |parser| {
        let mut text = String::new();
        selector(parser, &mut text, 0)?;
        Ok(text)
    });
    match parser.next() {
        Ok(Token::CurlyBracketBlock) => {}
        _ => return None,
    }
    let block =
        parser.parse_nested_block::<_, _, ()>(|parser| Ok(declaration_list(parser, context)));
    let (Ok(prelude), Ok(block)) = (prelude, block) else { return None };
    (!block.is_empty() && !prelude.trim().is_empty())
        .then(|| format!("{}{{{block}}}\n", prelude.trim()))
}

/// Writes a selector or a media query again.
fn selector<'i>(
    parser: &mut Parser<'i, '_>,
    text: &mut String,
    depth: usize,
) -> Result<(), Refused<'i>> {
    while let Ok(token) = parser.next_including_whitespace() {
        let token = token.clone();
        match &token {
            Token::UnquotedUrl(_)
            | Token::BadUrl(_)
            | Token::BadString(_)
            | Token::CurlyBracketBlock
            | Token::AtKeyword(_) => return Err(refused(parser)),
            Token::WhiteSpace(_) => text.push(' '),
            Token::Function(name) => {
                if depth >= MAX_DEPTH
                    || !SELECTOR_FUNCTIONS.contains(&name.to_ascii_lowercase().as_str())
                {
                    return Err(refused(parser));
                }
                text.push_str(&token.to_css_string());
                parser.parse_nested_block(|parser| selector(parser, text, depth + 1))?;
                text.push(')');
            }
            Token::ParenthesisBlock | Token::SquareBracketBlock => {
                if depth >= MAX_DEPTH {
                    return Err(refused(parser));
                }
                let (open, close) =
                    if token == Token::ParenthesisBlock { ('(', ')') } else { ('[', ']') };
                text.push(open);
                parser.parse_nested_block(|parser| selector(parser, text, depth + 1))?;
                text.push(close);
            }
            _ => text.push_str(&token.to_css_string()),
        }
    }
    Ok(())
}

fn refused<'i>(parser: &Parser<'i, '_>) -> Refused<'i> {
    parser.new_custom_error(())
}

fn declaration_list(parser: &mut Parser<'_, '_>, context: &mut Context<'_>) -> String {
    let mut list: Vec<String> = Vec::new();
    while !parser.is_exhausted() {
        let declaration = parser.parse_until_after::<_, _, ()>(Delimiter::Semicolon, |parser| {
            declaration(parser, context)
        });
        list.extend(declaration);
    }
    if context.theme == Theme::Dark {
        keep_readable(&mut list);
    }
    list.join(";")
}

/// Where letters and their ground are given together, makes the letters readable on it.
fn keep_readable(list: &mut [String]) {
    let last = |list: &[String], names: &[&str]| {
        list.iter()
            .rposition(|one| one.split_once(':').is_some_and(|(name, _)| names.contains(&name)))
    };
    let grounds = ["background", "background-color"];
    let (Some(ink), Some(ground)) = (last(list, &["color"]), last(list, &grounds)) else {
        return;
    };
    let value = |at: usize| {
        let (_, value) = list.get(at)?.split_once(':')?;
        Some(value.trim_end_matches("!important").trim().to_owned())
    };
    let better = value(ink).zip(value(ground)).and_then(|(ink, ground)| on_ground(&ink, &ground));
    if let (Some(better), Some(one)) = (better, list.get_mut(ink)) {
        let is_important = one.ends_with("!important");
        *one = format!("color:{better}{}", if is_important { "!important" } else { "" });
    }
}

fn declaration<'i>(
    parser: &mut Parser<'i, '_>,
    context: &mut Context<'_>,
) -> Result<String, Refused<'i>> {
    let name = parser.expect_ident()?.to_ascii_lowercase();
    parser.expect_colon()?;
    let is_known = PROPERTIES.iter().any(|known| {
        name == *known || name.strip_prefix(known).is_some_and(|rest| rest.starts_with('-'))
    });
    // `position` places things over others; only what changes nothing may stay.
    if !is_known || name.starts_with("background-attachment") {
        while parser.next().is_ok() {}
        return Err(refused(parser));
    }
    let mut text = String::new();
    let has_pictures = PICTURE_PROPERTIES.contains(&name.as_str());
    let used = if name == "color" || name.starts_with("text") || name.ends_with("text-fill-color") {
        Use::Ink
    } else {
        Use::Ground
    };
    value(parser, context, &mut text, &Place { has_pictures, depth: 0, used })?;
    let text = text.trim();
    if text.is_empty() {
        return Err(refused(parser));
    }
    note(context.facts, &name, text);
    Ok(format!("{name}:{text}"))
}

/// Notes what a declaration says about the message.
fn note(facts: &mut Facts, name: &str, text: &str) {
    let lower = text.to_ascii_lowercase();
    let first = lower.trim_end_matches("!important").trim();
    let is_nothing =
        matches!(first, "none" | "transparent" | "inherit" | "initial" | "unset" | "0" | "0 0");
    facts.has_background |=
        matches!(name, "background" | "background-color" | "background-image") && !is_nothing;
    facts.supports_dark |= name == "color-scheme" && lower.contains("dark");
}

/// Where a value stands.
struct Place {
    has_pictures: bool,
    depth: usize,
    /// What a colour here is for.
    used: Use,
}

fn value<'i>(
    parser: &mut Parser<'i, '_>,
    context: &mut Context<'_>,
    text: &mut String,
    place: &Place,
) -> Result<(), Refused<'i>> {
    while let Ok(token) = parser.next_including_whitespace() {
        let token = token.clone();
        match &token {
            Token::WhiteSpace(_) => text.push(' '),
            Token::UnquotedUrl(url) => picture(parser, context, text, url, place)?,
            Token::Function(name) => {
                function(parser, context, text, &name.to_ascii_lowercase(), place)?;
            }
            Token::ParenthesisBlock => {
                text.push('(');
                nested(parser, context, text, place)?;
                text.push(')');
            }
            Token::Hash(_) | Token::IDHash(_) | Token::Ident(_) if context.theme == Theme::Dark => {
                let written = token.to_css_string();
                text.push_str(
                    &turned(&written, place.used)
                        .filter(|_| !matches!(token, Token::Ident(_)) || is_color_name(&written))
                        .unwrap_or(written),
                );
            }
            Token::Ident(_)
            | Token::Hash(_)
            | Token::IDHash(_)
            | Token::QuotedString(_)
            | Token::Number { .. }
            | Token::Percentage { .. }
            | Token::Dimension { .. }
            | Token::Comma
            | Token::Delim('!' | '/' | '+' | '-' | '*' | '.') => {
                text.push_str(&token.to_css_string());
            }
            _ => return Err(refused(parser)),
        }
    }
    Ok(())
}

/// A name of letters only: `#bad` is a colour, `bad` is none, although its letters are hexadecimal.
fn is_color_name(name: &str) -> bool {
    !name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn nested<'i>(
    parser: &mut Parser<'i, '_>,
    context: &mut Context<'_>,
    text: &mut String,
    place: &Place,
) -> Result<(), Refused<'i>> {
    if place.depth >= MAX_DEPTH {
        return Err(refused(parser));
    }
    let inner =
        Place { has_pictures: place.has_pictures, depth: place.depth + 1, used: place.used };
    parser.parse_nested_block(|parser| value(parser, context, text, &inner))
}

fn function<'i>(
    parser: &mut Parser<'i, '_>,
    context: &mut Context<'_>,
    text: &mut String,
    name: &str,
    place: &Place,
) -> Result<(), Refused<'i>> {
    if name == "url" {
        let url = parser.parse_nested_block::<_, _, ()>(|parser| {
            Ok(parser.expect_string()?.as_ref().to_owned())
        })?;
        return picture(parser, context, text, &url, place);
    }
    if !FUNCTIONS.contains(&name) {
        return Err(refused(parser));
    }
    let mut inner = String::new();
    nested(parser, context, &mut inner, place)?;
    let rgb = if context.theme == Theme::Dark && matches!(name, "rgb" | "rgba") {
        opaque_rgb(&inner)
    } else {
        None
    };
    match rgb {
        Some([red, green, blue]) => text.push_str(&turned_rgb(red, green, blue, place.used)),
        None => {
            let _ = write!(text, "{name}({inner})");
        }
    }
    Ok(())
}

/// Reads `r, g, b` without transparency.
fn opaque_rgb(arguments: &str) -> Option<[u8; 3]> {
    let mut numbers = arguments
        .split([',', ' '])
        .filter(|piece| !piece.is_empty())
        .map(|piece| piece.parse::<u8>().ok());
    let rgb = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(rgb)
}

fn picture<'i>(
    parser: &Parser<'i, '_>,
    context: &mut Context<'_>,
    text: &mut String,
    url: &str,
    place: &Place,
) -> Result<(), Refused<'i>> {
    let replaced = if place.has_pictures { context.images.picture(url) } else { None };
    let url = replaced.ok_or_else(|| refused(parser))?;
    text.push_str("url(\"");
    text.push_str(&url.replace('"', "%22").replace('\\', "%5C"));
    text.push_str("\")");
    Ok(())
}
