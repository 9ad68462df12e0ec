//! Debian packages: what each is for, which are missing, and installing those.

use anyhow::{Context as _, Result, bail};

use super::Need;
use crate::tool::Tool;

/// A package and the reason why it is wanted.
struct Package {
    need: Need,
    name: &'static str,
    /// A file or a program whose absence, on other systems, means that the package's counterpart is missing.
    sign: &'static str,
    why: &'static str,
}

const fn package(need: Need, name: &'static str, sign: &'static str, why: &'static str) -> Package {
    Package { need, name, sign, why }
}

const PACKAGES: &[Package] = &[
    package(Need::Build, "build-essential", "cc", "compiles SQLite, zstd and ring"),
    package(Need::Build, "pkg-config", "pkg-config", "finds the libraries below"),
    package(Need::Build, "libwebkit2gtk-4.1-dev", "", "the window's web view"),
    package(Need::Build, "libgtk-3-dev", "", "the window"),
    package(Need::Build, "librsvg2-dev", "", "the window's icons"),
    package(Need::Servers, "dovecot-imapd", "/usr/sbin/dovecot", "IMAP server of tests and demo"),
    package(Need::Servers, "dovecot-pop3d", "", "POP3 server of tests and demo"),
    package(Need::Servers, "dovecot-lmtpd", "", "takes what Exim delivers"),
    package(Need::Servers, "python3", "python3", "another program that reads what is exported"),
    package(
        Need::Servers,
        "exim4-daemon-heavy",
        "/usr/sbin/exim4",
        "SMTP server of tests and demo",
    ),
    package(Need::Window, "xvfb", "Xvfb", "a screen without a monitor"),
    package(Need::Window, "openbox", "openbox", "gives the window its focus there"),
    package(Need::Window, "xdotool", "xdotool", "mouse and keys there"),
    package(Need::Window, "x11-utils", "xprop", "looks at windows there"),
    package(Need::Window, "webkit2gtk-driver", "WebKitWebDriver", "drives the web view"),
    package(Need::Window, "dbus", "dbus-daemon", "a session bus of the tests' own"),
    package(Need::Window, "dbus-x11", "dbus-launch", "starts that session bus"),
    package(Need::Window, "gnome-keyring", "gnome-keyring-daemon", "a real keychain for the tests"),
    package(Need::Window, "python3-gi", "python3", "the program that files are dropped from"),
    package(Need::Window, "gir1.2-gtk-3.0", "", "the same program's window"),
    package(Need::Window, "at-spi2-core", "", "what screen readers talk to"),
    package(Need::Window, "gir1.2-atspi-2.0", "", "reads what a screen reader is told"),
    package(
        Need::Window,
        "python3-dbusmock",
        "",
        "a desktop that shows notifications to the tests",
    ),
    package(Need::Window, "fonts-noto-cjk", "", "Chinese in pictures"),
    package(Need::Window, "fonts-inter", "", "the interface's letters in pictures"),
    package(Need::Window, "fonts-dejavu-core", "", "Arabic and Hebrew letters in pictures"),
    package(Need::Window, "imagemagick", "import", "takes pictures of the window"),
    package(Need::Window, "chromium", "chromium", "the page in a browser"),
    package(Need::Window, "procps", "ps", "finds processes and their memory"),
    package(
        Need::Package,
        "desktop-file-utils",
        "desktop-file-validate",
        "checks the desktop entry",
    ),
    package(Need::Package, "appstream", "appstreamcli", "checks the shop's description"),
    package(Need::Package, "rpm", "rpm", "makes and reads the .rpm"),
    package(Need::Peers, "isync", "mbsync", "copies a mailbox over IMAP, to be measured beside us"),
    package(Need::Peers, "maildir-utils", "mu", "indexes mail, to be measured beside us"),
    package(Need::Peers, "msmtp", "msmtp", "hands mail over, to be measured beside us"),
    package(Need::Peers, "mpop", "mpop", "fetches mail over POP3, to be measured beside us"),
    package(Need::Debootstrap, "debootstrap", "debootstrap", "makes a fresh Debian in a folder"),
];

/// Installs: `policy-rc.d` forbids that anything is started, and is put back as it was.
const SCRIPT: &str = r#"
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
saved=
if [ -e "$policy" ]; then saved=$policy.before-posthorn; mv "$policy" "$saved"; fi
restore() { rm -f "$policy"; if [ -n "$saved" ]; then mv "$saved" "$policy"; fi; }
trap restore EXIT
trap 'exit 130' INT TERM
printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" || exit 1
apt-get update -q || echo "apt-get update failed; trying with the package lists that are here"
apt-get install -q -y --no-install-recommends --no-remove "$@"
"#;

/// Installs the packages of these needs that are missing.
pub(super) fn ensure(needs: &[Need]) -> Result<()> {
    let wanted: Vec<&Package> =
        PACKAGES.iter().filter(|package| needs.contains(&package.need)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    if Tool::new("dpkg-query").args(&["--version"]).ask().is_none() {
        return elsewhere(&wanted);
    }
    let missing = missing(&wanted);
    if missing.is_empty() {
        return Ok(());
    }
    println!("installing from the system's package archive:");
    for package in &missing {
        println!("  {:<24} {}", package.name, package.why);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let Some(shell) = Tool::root_shell() else {
        bail!(
            "only root installs packages, and there is no sudo here; as root:\n  apt-get install --no-install-recommends {}",
            names.join(" ")
        );
    };
    let apt = shell.args(&["-c", SCRIPT, "sh"]).args(&names).called("apt-get install");
    apt.run().with_context(|| {
        let all = names.join(" ");
        let exim = if names.contains(&"exim4-daemon-heavy") {
            ". Exim's package excludes every other mail server on this computer: where one is in use, run the tests elsewhere"
        } else {
            ""
        };
        format!("apt did not install {all}; its reason is above, nothing was removed{exim}")
    })?;
    let still: Vec<&str> = self::missing(&wanted).iter().map(|package| package.name).collect();
    if still.is_empty() {
        Ok(())
    } else {
        bail!("apt succeeded, but {} is not installed", still.join(" "))
    }
}

fn missing<'a>(wanted: &[&'a Package]) -> Vec<&'a Package> {
    // Names that dpkg has never heard of make it fail, so it is asked for everything.
    let list =
        Tool::new("dpkg-query").args(&["-W", "-f", "${Package} ${db:Status-Status}\n"]).ask();
    let list = list.unwrap_or_default();
    let installed: std::collections::HashSet<&str> =
        list.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    wanted.iter().copied().filter(|package| !installed.contains(package.name)).collect()
}

/// Says which programs are missing where there is no apt; libraries show when the build looks for them.
fn elsewhere(wanted: &[&Package]) -> Result<()> {
    let is_there = |sign: &str| {
        sign.is_empty()
            || std::path::Path::new(sign).exists()
            || Tool::new("which").args(&[sign]).ask().is_some()
    };
    let missing: Vec<String> = wanted
        .iter()
        .filter(|package| !is_there(package.sign))
        .map(|package| format!("  {} (in Debian: {}): {}", package.sign, package.name, package.why))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "this is not Debian or Ubuntu, so install by hand what is missing:\n{}",
        missing.join("\n")
    )
}
