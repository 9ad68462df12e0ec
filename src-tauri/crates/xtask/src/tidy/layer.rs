//! Which crate may know which: the table of ARCHITECTURE, with the sentence that explains each forbidden edge.

use serde_json::Value;

use super::Source;

/// What each of our crates may depend on, dev dependencies apart.
const ALLOWED: &[(&str, &[&str])] = &[
    ("posthorn-model", &[]),
    ("posthorn-message", &["posthorn-model"]),
    ("posthorn-query", &["posthorn-model"]),
    ("posthorn-net", &["posthorn-model"]),
    ("posthorn-oauth", &["posthorn-model", "posthorn-net"]),
    ("posthorn-sasl", &[]),
    ("posthorn-imap", &["posthorn-model", "posthorn-sasl"]),
    ("posthorn-pop3", &["posthorn-model", "posthorn-sasl"]),
    ("posthorn-smtp", &["posthorn-model", "posthorn-sasl"]),
    ("posthorn-archive", &["posthorn-model"]),
    ("posthorn-pdf", &[]),
    ("posthorn-store", &["posthorn-model", "posthorn-query"]),
    (
        "posthorn-sync",
        &[
            "posthorn-model",
            "posthorn-message",
            "posthorn-query",
            "posthorn-net",
            "posthorn-oauth",
            "posthorn-sasl",
            "posthorn-imap",
            "posthorn-pop3",
            "posthorn-smtp",
            "posthorn-archive",
            "posthorn-store",
        ],
    ),
    (
        "posthorn-api",
        &[
            "posthorn-model",
            "posthorn-message",
            "posthorn-query",
            "posthorn-net",
            "posthorn-oauth",
            "posthorn-store",
            "posthorn-sync",
        ],
    ),
    ("posthorn", &["posthorn-api", "posthorn-pdf"]),
    ("posthorn-devserver", &["posthorn-api", "posthorn-pdf"]),
    ("posthorn-testkit", &["posthorn-model"]),
    ("posthorn-engine-tests", &["posthorn-api", "posthorn-model", "posthorn-testkit"]),
    // The store only to fill an index of a million messages; what is measured goes through the API.
    ("posthorn-bench", &["posthorn-api", "posthorn-model", "posthorn-store", "posthorn-testkit"]),
    ("xtask", &[]),
];

/// Crates of others that only some of ours may use, in any kind of dependency, and why.
const FENCED: &[(&str, &[&str], &str)] = &[
    ("tauri", &["posthorn"], "`cargo test` must not need WebKit, so Tauri stays in the shell"),
    ("wry", &["posthorn"], "`cargo test` must not need WebKit, so the web view stays in the shell"),
    (
        "webkit2gtk",
        &["posthorn"],
        "`cargo test` must not need WebKit, so the web view stays in the shell",
    ),
    ("gtk", &["posthorn"], "`cargo test` must not need GTK, so it stays in the shell"),
    (
        "rusqlite",
        &["posthorn-store"],
        "SQL is spoken in one crate, where every write returns its changes",
    ),
    (
        "serde",
        &["posthorn-api", "posthorn-store"],
        "what crosses to the page is defined once, in the contract; the store keeps payloads of its own",
    ),
    ("ts-rs", &["posthorn-api"], "the page's types come from the contract alone"),
    (
        "async-imap",
        &["posthorn-imap"],
        "it reports success on failure; posthorn-imap is the guarded route",
    ),
    (
        "async-pop",
        &["posthorn-pop3"],
        "only its parser is safe; posthorn-pop3 is the guarded route",
    ),
    (
        "lettre",
        &["posthorn-smtp"],
        "only its connection is used; posthorn-smtp is the guarded route",
    ),
    ("mail-parser", &["posthorn-message"], "bytes get their meaning in one crate"),
    ("axum", &["posthorn-devserver"], "no package may listen on a port"),
];

/// Crates that some of ours must not use, and why.
const BARRED: &[(&str, &[&str], &str)] = &[
    (
        "tokio",
        &["posthorn-model", "posthorn-message", "posthorn-query"],
        "these are pure: no time, no threads, no I/O",
    ),
    (
        "anyhow",
        &[
            "posthorn-model",
            "posthorn-message",
            "posthorn-query",
            "posthorn-net",
            "posthorn-oauth",
            "posthorn-sasl",
            "posthorn-imap",
            "posthorn-pop3",
            "posthorn-smtp",
            "posthorn-store",
            "posthorn-sync",
            "posthorn-api",
        ],
        "library errors are typed, so that the engine can tell what passes from what stays",
    ),
];

/// Returns the breaches.
pub(super) fn check(members: &Value, manifest: &str, sources: &[Source]) -> Vec<String> {
    let mut breaches = Vec::new();
    for package in list(members, "packages") {
        let name = text(package, "name");
        breaches.extend(purpose(name, text(package, "manifest_path"), manifest, sources));
        let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
            breaches
                .push(format!("{name} is not in the table of layers (xtask/src/tidy/layer.rs)"));
            continue;
        };
        for dependency in list(package, "dependencies") {
            breaches.extend(edge(name, allowed, dependency));
        }
    }
    breaches
}

fn edge(name: &str, allowed: &[&str], dependency: &Value) -> Option<String> {
    let on = text(dependency, "name");
    let is_dev = text(dependency, "kind") == "dev";
    if on == name {
        // A crate's tests may switch on a feature of its own this way.
        return None;
    }
    if ALLOWED.iter().any(|(known, _)| *known == on) {
        let is_testkit = is_dev && on == "posthorn-testkit" && name != "posthorn-model";
        let is_allowed = allowed.contains(&on) || is_testkit;
        return (!is_allowed).then(|| {
            format!("{name} must not depend on {on}: dependencies point down only (ARCHITECTURE, the layers)")
        });
    }
    let fence = FENCED.iter().find(|(fenced, inside, _)| *fenced == on && !inside.contains(&name));
    let bar = BARRED.iter().find(|(barred, outside, _)| *barred == on && outside.contains(&name));
    let (_, _, why) = fence.or(bar)?;
    Some(format!("{name} must not depend on {on}: {why}"))
}

/// The sentence beside a member in the root manifest opens its documentation too.
fn purpose(name: &str, manifest_path: &str, manifest: &str, sources: &[Source]) -> Option<String> {
    let folder = manifest_path.strip_suffix("/Cargo.toml")?;
    let member = crate::project::root();
    let member = folder.strip_prefix(member.to_str()?)?.trim_start_matches('/');
    let line =
        manifest.lines().find(|line| line.trim_start().starts_with(&format!("\"{member}\"")))?;
    let Some((_, sentence)) = line.split_once('#') else {
        return Some(format!("{name} has no sentence of purpose in the root manifest"));
    };
    let sentence = sentence.trim().trim_end_matches('.');
    let first = ["src/lib.rs", "src/main.rs"].iter().find_map(|file| {
        let path = format!("{member}/{file}");
        sources.iter().find(|source| source.path == path)?.text.lines().next()
    });
    let first = first.unwrap_or("").trim_start_matches("//!").trim().trim_end_matches('.');
    let plain = |text: &str| text.to_lowercase().replace('`', "").replace(". never", "; never");
    (plain(first) != plain(sentence)).then(|| {
        format!("{name}: its first line says {first:?}, the root manifest says {sentence:?}")
    })
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn forbidden_edges_are_said_in_a_sentence() {
        let table = [
            ("posthorn-model", "tokio", "", "these are pure"),
            ("posthorn-sync", "rusqlite", "", "SQL is spoken in one crate"),
            ("posthorn-imap", "posthorn-net", "", "point down only"),
            ("posthorn-devserver", "posthorn-store", "dev", "point down only"),
            ("posthorn-sync", "posthorn-testkit", "", "point down only"),
            ("posthorn-sync", "serde", "dev", "defined once"),
        ];
        for (name, on, kind, words) in table {
            let members = json!({ "packages": [{ "name": name, "dependencies": [{ "name": on, "kind": kind }] }] });
            let breaches = super::check(&members, "", &[]).join("\n");
            assert!(breaches.contains(words), "{name} -> {on}: {breaches}");
        }
        let fine = json!({ "packages": [{ "name": "posthorn-sync", "dependencies": [
            { "name": "posthorn-store" }, { "name": "posthorn-testkit", "kind": "dev" }, { "name": "tokio" },
        ] }] });
        assert_eq!(super::check(&fine, "", &[]), Vec::<String>::new());
    }
}
