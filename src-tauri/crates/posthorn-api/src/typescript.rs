//! The TypeScript side of the contract: one text with every type, the map of methods and their names.
//!
//! The text depends on the contract alone (sorted, no paths, no times), so that a check can compare the committed
//! file (`ui/src/ipc/generated.ts`) with what would be generated now.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ts_rs::{Config, TS, TypeVisitor};

use crate::contract::Event;
use crate::method;

/// Name of the generated file.
pub const FILE_NAME: &str = "generated.ts";

const HEADER: &str = "\
/**
 * The contract with the engine: every type that crosses, and every method.
 * Generated from `posthorn-api` by `cargo xtask codegen`; never edited.
 */
";

/// Collects a type and everything that it refers to, by name.
struct Collector<'a> {
    config: &'a Config,
    found: BTreeMap<String, String>,
}

impl TypeVisitor for Collector<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Containers and primitives have no declaration of their own, but may hold types that do.
        if T::output_path().is_some() {
            let name = T::ident(self.config);
            if self.found.contains_key(&name) {
                return;
            }
            let docs = T::docs().unwrap_or_default();
            self.found.insert(name, compact(&format!("{docs}export {}\n", T::decl(self.config))));
            T::visit_dependencies(self);
        } else {
            T::visit_generics(self);
        }
    }
}

/// Brings comments of one line onto one line and indents the fields: the text is read by people in reviews.
fn compact(declaration: &str) -> String {
    let mut lines = Vec::new();
    let mut depth = 0_usize;
    for line in declaration.replace("/**\n * ", "/** ").replace("\n */\n", " */\n").lines() {
        let line = line.trim_end();
        let closes = usize::from(line.starts_with('}'));
        lines.push(format!("{}{line}", "  ".repeat(depth.saturating_sub(closes))));
        depth = (depth + line.matches('{').count()).saturating_sub(line.matches('}').count());
    }
    lines.join("\n") + "\n"
}

/// Returns the whole text of `generated.ts`.
pub fn generate() -> String {
    let config = Config::default().with_large_int("number");
    let mut collector = Collector { config: &config, found: BTreeMap::new() };
    method::visit_types(&mut collector);
    collector.visit::<Event>();

    let mut text = HEADER.to_owned();
    for declaration in collector.found.values() {
        let _ = write!(text, "\n{declaration}");
    }
    text.push_str("\n/** Each method with what it takes and what it answers. */\nexport interface Methods {\n");
    for signature in method::signatures(&config) {
        let _ = writeln!(text, "  /** {} */", signature.doc);
        let _ = writeln!(
            text,
            "  \"{}\": {{ params: {}; answer: {} }};",
            signature.name, signature.parameters, signature.answer
        );
    }
    text.push_str("}\n\n/** Names of all methods. */\nexport const METHOD_NAMES = [\n");
    for name in method::NAMES {
        let _ = writeln!(text, "  \"{name}\",");
    }
    text.push_str("] as const satisfies readonly (keyof Methods)[];\n");
    text
}

#[cfg(test)]
mod tests {
    use super::generate;

    #[test]
    fn numbers_and_absence_are_what_json_carries() {
        let text = generate();
        assert!(!text.contains("bigint"), "64-bit integers are numbers in JSON");
        assert!(text.contains("sentAt: number | null"), "{text}");
        assert!(text.contains("\"kind\": \"mailbox\""), "tagged variants are camelCase");
        assert!(
            text.contains("\"replyAll\": ") || !text.contains("from_version"),
            "fields of variants are camelCase"
        );
    }

    #[test]
    fn committed_file_is_what_would_be_generated() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../ui/src/ipc/generated.ts");
        let committed =
            std::fs::read_to_string(path).expect("ui/src/ipc/generated.ts is committed");
        assert_eq!(committed.replace("\r\n", "\n"), generate(), "run `cargo xtask codegen`");
    }
}
