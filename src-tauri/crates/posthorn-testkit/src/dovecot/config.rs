//! The configuration file, in the words of the Dovecot that is installed.
//!
//! Version 2.4 renamed many settings; both dialects describe the same server. 2.3 is what the tests run with.

use std::process::Command;

use anyhow::{Context as _, Result};

use super::{Dovecot, program};

/// Special-use mailboxes that every user has, by their attribute without `\`.
const SPECIAL: [&str; 5] = ["Sent", "Drafts", "Junk", "Trash", "Archive"];

impl Dovecot {
    /// Returns the text of `dovecot.conf`.
    pub(super) fn configuration(&self) -> Result<String> {
        let output = Command::new(program())
            .arg("--version")
            .output()
            .context("running dovecot --version")?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let is_old = version.starts_with("2.3.") || version.starts_with("2.2.");
        let dialect = if is_old { self.settings_2_3() } else { self.settings_2_4(&version) };
        Ok([self.common(), dialect, self.services(), namespace(), self.options.extra.clone()]
            .join("\n"))
    }

    /// Settings that both dialects spell alike.
    fn common(&self) -> String {
        let folder = self.path().display();
        let identity = &self.identity;
        let mechanisms = if self.options.introspection_url.is_some() {
            "auth_mechanisms = plain login scram-sha-256 xoauth2 oauthbearer\n"
        } else {
            ""
        };
        format!(
            "base_dir = {folder}/run\n\
             log_path = {folder}/log\n\
             protocols = imap pop3 lmtp\n\
             listen = 127.0.0.1\n\
             default_internal_user = {}\n\
             default_login_user = {}\n\
             default_internal_group = {}\n\
             first_valid_uid = 1\n\
             first_valid_gid = 1\n\
             mail_max_userip_connections = 50\n\
             auth_failure_delay = 0\n{mechanisms}",
            identity.dovecot, identity.login, identity.dovecot_group
        )
    }

    fn settings_2_3(&self) -> String {
        let folder = self.path().display();
        let identity = &self.identity;
        let plugins = self.options.mail_plugins.join(" ");
        let imap_plugins = self.options.imap_plugins.join(" ");
        let tls = if self.options.certificate.is_some() {
            format!(
                "ssl = yes\nssl_cert = <{folder}/certificate.pem\nssl_key = <{folder}/key.pem\n"
            )
        } else {
            "ssl = no\n".to_owned()
        };
        let plaintext = if self.options.is_tls_required { "yes" } else { "no" };
        let capability = self
            .options
            .imap_capability
            .as_ref()
            .map(|words| format!(" imap_capability = {words}\n"))
            .unwrap_or_default();
        let oauth2 = if self.options.introspection_url.is_some() {
            format!(
                "passdb {{\n driver = oauth2\n mechanisms = xoauth2 oauthbearer\n args = {folder}/oauth2.conf\n}}\n"
            )
        } else {
            String::new()
        };
        format!(
            "{tls}{oauth2}\
             disable_plaintext_auth = {plaintext}\n\
             auth_username_format = %n\n\
             mail_location = maildir:{folder}/mail/%n/Maildir\n\
             mail_plugins = {plugins}\n\
             passdb {{\n driver = passwd-file\n deny = yes\n args = {folder}/denied\n}}\n\
             passdb {{\n driver = passwd-file\n args = {folder}/passwords\n}}\n\
             passdb {{\n driver = passwd-file\n deny = yes\n args = {folder}/passwords\n}}\n\
             passdb {{\n driver = static\n args = password={}\n}}\n\
             userdb {{\n driver = static\n args = uid={} gid={} home={folder}/mail/%n allow_all_users=yes\n}}\n\
             protocol imap {{\n mail_plugins = {plugins} {imap_plugins}\n{capability}}}\n",
            crate::PASSWORD,
            identity.mail,
            identity.mail_group
        )
    }

    fn settings_2_4(&self, version: &str) -> String {
        let folder = self.path().display();
        let identity = &self.identity;
        // `dovecot --version` says `2.4.1-4 (hash)`; the settings want the number alone.
        let number = version.split(['-', ' ']).next().unwrap_or("2.4.0");
        let tls = if self.options.certificate.is_some() {
            format!(
                "ssl = yes\nssl_server_cert_file = {folder}/certificate.pem\nssl_server_key_file = {folder}/key.pem\n"
            )
        } else {
            "ssl = no\n".to_owned()
        };
        let cleartext = if self.options.is_tls_required { "no" } else { "yes" };
        let list = |plugins: &[String]| {
            plugins.iter().map(|name| format!(" {name} = yes\n")).collect::<Vec<_>>().concat()
        };
        let capability = self
            .options
            .imap_capability
            .as_ref()
            .map(|words| format!(" imap_capability = {words}\n"))
            .unwrap_or_default();
        let oauth2 = match &self.options.introspection_url {
            Some(url) => format!(
                "oauth2 {{\n introspection_url = {url}\n introspection_mode = post\n force_introspection = yes\n username_attribute = username\n}}\n\
                 passdb oauth2 {{\n mechanisms_filter = xoauth2 oauthbearer\n}}\n"
            ),
            None => String::new(),
        };
        format!(
            "dovecot_config_version = {number}\n\
             dovecot_storage_version = {number}\n\
             {tls}{oauth2}\
             auth_allow_cleartext = {cleartext}\n\
             auth_username_format = %{{user | username}}\n\
             mail_driver = maildir\n\
             mail_path = {folder}/mail/%{{user | username}}/Maildir\n\
             mail_plugins {{\n{}}}\n\
             passdb denied {{\n driver = passwd-file\n deny = yes\n passwd_file_path = {folder}/denied\n}}\n\
             passdb changed {{\n driver = passwd-file\n passwd_file_path = {folder}/passwords\n}}\n\
             passdb replaced {{\n driver = passwd-file\n deny = yes\n passwd_file_path = {folder}/passwords\n}}\n\
             passdb static {{\n password = {}\n}}\n\
             userdb static {{\n allow_all_users = yes\n fields {{\n  uid = {}\n  gid = {}\n  home = {folder}/mail/%{{user | username}}\n }}\n}}\n\
             protocol imap {{\n mail_plugins {{\n{}}}\n{capability}}}\n",
            list(&self.options.mail_plugins),
            crate::PASSWORD,
            identity.mail,
            identity.mail_group,
            list(&self.options.imap_plugins)
        )
    }

    fn services(&self) -> String {
        let tls_port = |port: u16| if self.options.certificate.is_some() { port } else { 0 };
        format!(
            "service imap-login {{\n chroot =\n inet_listener imap {{\n  port = {}\n }}\n inet_listener imaps {{\n  port = {}\n  ssl = yes\n }}\n}}\n\
             service pop3-login {{\n chroot =\n inet_listener pop3 {{\n  port = {}\n }}\n inet_listener pop3s {{\n  port = {}\n  ssl = yes\n }}\n}}\n\
             service auth {{\n unix_listener auth-client {{\n  mode = 0666\n }}\n}}\n\
             service anvil {{\n chroot =\n unix_listener anvil-auth-penalty {{\n  mode = 0\n }}\n}}\n\
             service lmtp {{\n inet_listener lmtp {{\n  port = {}\n }}\n}}\n",
            self.imap_port(),
            tls_port(self.imaps_port()),
            self.pop3_port(),
            tls_port(self.pop3s_port()),
            self.lmtp_port()
        )
    }
}

fn namespace() -> String {
    let mailbox = |name: &&str| {
        format!(" mailbox {name} {{\n  special_use = \\{name}\n  auto = subscribe\n }}\n")
    };
    let mailboxes = SPECIAL.iter().map(mailbox).collect::<Vec<_>>().concat();
    format!("namespace inbox {{\n inbox = yes\n{mailboxes}}}\n")
}
