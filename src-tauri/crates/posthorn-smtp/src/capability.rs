//! What a server offers in its answer to EHLO (RFC 5321 section 4.1.1.1), whatever its case and age.

/// The answer to EHLO.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether EHLO was taken. After HELO everything below is a default.
    pub extended: bool,
    /// `SIZE` (RFC 1870), with or without a limit: the size may be told in MAIL.
    pub announces_size: bool,
    /// The largest message in bytes. `None` when not said or without limit.
    pub size: Option<u64>,
    /// `PIPELINING` (RFC 2920).
    pub pipelining: bool,
    /// `8BITMIME` (RFC 6152).
    pub eight_bit_mime: bool,
    /// `SMTPUTF8` (RFC 6531).
    pub smtp_utf8: bool,
    /// `DSN` (RFC 3461).
    pub dsn: bool,
    /// `STARTTLS` (RFC 3207).
    pub start_tls: bool,
    /// `ENHANCEDSTATUSCODES` (RFC 2034).
    pub enhanced_codes: bool,
    /// `AUTH` mechanisms (RFC 4954) in upper case, also from the old form `AUTH=`. Empty when there are none.
    pub auth: Vec<String>,
    /// Everything else, as the server wrote it.
    pub other: Vec<String>,
}

impl Capabilities {
    /// Reads the lines of the answer; the first one is the server's name.
    pub(crate) fn parse(lines: &[String]) -> Self {
        let mut found = Self { extended: true, ..Self::default() };
        for line in lines.iter().skip(1) {
            found.add(line.trim());
        }
        found
    }

    fn add(&mut self, line: &str) {
        let upper = line.to_ascii_uppercase();
        let mut words = upper.split([' ', '\t', '=']).filter(|word| !word.is_empty());
        match words.next() {
            Some("SIZE") => {
                self.announces_size = true;
                self.size =
                    words.next().and_then(|size| size.parse().ok()).filter(|size| *size > 0);
            }
            Some("PIPELINING") => self.pipelining = true,
            Some("8BITMIME") => self.eight_bit_mime = true,
            Some("SMTPUTF8") => self.smtp_utf8 = true,
            Some("DSN") => self.dsn = true,
            Some("STARTTLS") => self.start_tls = true,
            Some("ENHANCEDSTATUSCODES") => self.enhanced_codes = true,
            Some("AUTH") => {
                for mechanism in words.map(str::to_owned) {
                    if !self.auth.contains(&mechanism) {
                        self.auth.push(mechanism);
                    }
                }
            }
            Some(_) => self.other.push(line.to_owned()),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Capabilities;

    #[test]
    fn every_spelling_is_read() {
        let lines = [
            "host",
            "size 1000",
            "Pipelining",
            "8BITMIME",
            "AUTH=LOGIN",
            "AUTH PLAIN login",
            "X-NEW thing",
            "SIZE",
            "",
        ];
        let found = Capabilities::parse(&lines.map(str::to_owned));
        assert!(found.pipelining && found.eight_bit_mime && !found.start_tls);
        assert!(found.announces_size);
        assert_eq!(found.auth, ["LOGIN", "PLAIN"]);
        assert_eq!(found.other, ["X-NEW thing"]);
        assert_eq!(Capabilities::parse(&["h".to_owned(), "SIZE 0".to_owned()]).size, None);
    }
}
