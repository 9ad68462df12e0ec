//! Servers of domains that the caller knows: for the demo and for tests.

use std::collections::HashMap;
use std::path::Path;

use posthorn_model::ServerAddress;
use serde::Deserialize;

use crate::contract::{Encryption, Error, Protocol};
use crate::error::Result;

/// Domain in lower case to its servers.
pub(crate) type KnownServers = HashMap<String, Vec<ServerAddress>>;

/// A server as the file names it; the user name is the whole address.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    protocol: Protocol,
    host: String,
    port: u16,
    encryption: Encryption,
}

/// Reads the file; none knows nothing. Blocks.
pub(crate) fn read(file: Option<&Path>) -> Result<KnownServers> {
    let Some(file) = file else { return Ok(KnownServers::new()) };
    let text = std::fs::read(file).map_err(|error| Error::file(file, &error))?;
    let wrong = |error: serde_json::Error| {
        Error::invalid(format!("The file of known servers cannot be read: {error}"))
            .with(file.display())
    };
    let rows: HashMap<String, Vec<Row>> = serde_json::from_slice(&text).map_err(wrong)?;
    let address = |row: Row| ServerAddress {
        protocol: row.protocol.into(),
        host: row.host,
        port: row.port,
        encryption: row.encryption.into(),
    };
    let rows = rows.into_iter();
    Ok(rows
        .map(|(domain, rows)| (domain.to_lowercase(), rows.into_iter().map(address).collect()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_file_names_servers_or_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("known.json");
        let table = [
            (
                r#"{"Example.org":[{"protocol":"imap","host":"127.0.0.1","port":1430,"encryption":"tls"}]}"#,
                Some(1),
            ),
            ("{}", Some(0)),
            (
                r#"{"example.org":[{"protocol":"ftp","host":"x","port":1,"encryption":"tls"}]}"#,
                None,
            ),
            ("[]", None),
        ];
        for (text, domains) in table {
            std::fs::write(&file, text).unwrap();
            assert_eq!(read(Some(&file)).ok().map(|known| known.len()), domains, "{text}");
        }
        std::fs::write(&file, table[0].0).unwrap();
        assert_eq!(read(Some(&file)).unwrap()["example.org"][0].port, 1430);
        assert!(read(None).unwrap().is_empty());
    }
}
