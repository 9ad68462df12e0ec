//! `dist`: the packages that a person double-clicks, checked by the tools that shops check with.
//!
//! `--check` goes on: the .deb is installed in a Debian made for the purpose and started there by its desktop entry,
//! under Xvfb, until its window is there.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::install::{self, Need};
use crate::{build, project, tool::Tool};

/// Version of Tauri's command line tool; used from npm where the tree does not hold it.
const TAURI: &str = "@tauri-apps/cli@2.12.5";
/// Files that the tools check, below `src-tauri/linux`.
const ENTRY: &str = "src-tauri/linux/posthorn.desktop";
const METAINFO: &str = "src-tauri/linux/example.posthorn.Posthorn.metainfo.xml";
/// The Debian in which the package must work: the oldest with WebKitGTK 4.1 that is still supported.
const SUITE: &str = "bookworm";

/// Builds and checks the packages; prints where they are.
pub(crate) fn build() -> Result<()> {
    install::ensure(&[Need::Build, Need::Package, Need::Npm])?;
    build::page()?;
    Tool::new("desktop-file-validate").arg(ENTRY).run()?;
    Tool::new("appstreamcli").args(&["validate", "--no-net"]).arg(METAINFO).run()?;
    let shell = project::root().join("src-tauri");
    let tauri =
        Tool::new("npx").args(&["--yes", TAURI, "build", "--bundles", "deb,rpm"]).folder(&shell);
    tauri.run()?;
    for kind in ["deb", "rpm"] {
        let package = package(kind)?;
        let size = std::fs::metadata(&package)?.len();
        println!("{} ({:.1} MB)", package.display(), size as f64 / 1e6);
    }
    let contents = Tool::new("dpkg-deb").args(&["--contents"]).arg(package("deb")?).output()?;
    for wanted in [
        "/usr/bin/posthorn",
        ".desktop",
        ".metainfo.xml",
        "/hicolor/scalable/apps/",
        "/hicolor/16x16/apps/",
    ] {
        if !contents.contains(wanted) {
            bail!("the .deb holds no {wanted}:\n{contents}");
        }
    }
    if contents.contains("devserver") {
        bail!("the .deb holds the development server:\n{contents}");
    }
    Ok(())
}

/// Returns the newest package of a kind.
fn package(kind: &str) -> Result<PathBuf> {
    let folder = project::target().join("release/bundle").join(kind);
    let entries =
        std::fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut packages: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    packages.retain(|path| path.extension().is_some_and(|extension| extension == kind));
    packages.sort_by_key(|path| std::fs::metadata(path).and_then(|found| found.modified()).ok());
    packages.pop().with_context(|| format!("no .{kind} in {}", folder.display()))
}

/// Runs inside the fresh Debian: installs the package, takes the command from its desktop entry, waits for a window.
const INSIDE: &str = r#"
set -e
export DEBIAN_FRONTEND=noninteractive HOME=/root XDG_RUNTIME_DIR=/tmp LANG=C.UTF-8
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d
apt-get update -q
apt-get install -q -y --no-install-recommends /posthorn.deb xvfb xdotool dbus dbus-x11 desktop-file-utils
entry=$(grep -l '^Exec=posthorn' /usr/share/applications/*.desktop)
desktop-file-validate "$entry"
command=$(sed -n 's/^Exec=//p' "$entry" | head -n 1 | sed 's/ *%[a-zA-Z]//g')
echo "starting by $entry: $command"
Xvfb :77 -screen 0 1280x800x24 >/tmp/xvfb.log 2>&1 &
screen=$!
trap 'kill $screen 2>/dev/null || true' EXIT
export DISPLAY=:77
dbus-run-session -- sh -c "$command --profile /tmp/profile --secrets memory" >/tmp/posthorn.log 2>&1 &
for second in $(seq 60); do
  if xdotool search --onlyvisible --name Posthorn >/dev/null 2>&1; then echo "its window is there after $second s"; exit 0; fi
  sleep 1
done
echo "no window after 60 s; it said:"; cat /tmp/posthorn.log
exit 1
"#;

/// Builds, then installs the .deb in a fresh Debian and starts it there.
pub(crate) fn check() -> Result<()> {
    build()?;
    install::ensure(&[Need::Debootstrap])?;
    let root = Path::new("/var/tmp").join(format!("posthorn-debian-{}", std::process::id()));
    let outcome = in_fresh_debian(&root);
    // Mounts of a stopped run must not be removed through.
    let mounted = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let prefix = root.display().to_string();
    for line in mounted.lines().filter(|line| line.contains(&prefix)) {
        if let Some(place) = line.split(' ').nth(1) {
            as_root(&["umount", place])?;
        }
    }
    as_root(&["rm", "-rf", "--one-file-system", &prefix])?;
    outcome
}

fn in_fresh_debian(root: &Path) -> Result<()> {
    let folder = root.display().to_string();
    as_root(&["debootstrap", "--variant=minbase", SUITE, &folder])?;
    let deb = package("deb")?.display().to_string();
    as_root(&["cp", &deb, &format!("{folder}/posthorn.deb")])?;
    as_root(&["mount", "-t", "proc", "proc", &format!("{folder}/proc")])?;
    as_root(&["chroot", &folder, "/bin/sh", "-c", INSIDE])
}

fn as_root(command: &[&str]) -> Result<()> {
    let is_root = Tool::new("id").args(&["-u"]).ask().is_some_and(|uid| uid.trim() == "0");
    match command {
        [program, arguments @ ..] if is_root => Tool::new(program).args(arguments).run(),
        _ => Tool::new("sudo").args(command).run(),
    }
}
