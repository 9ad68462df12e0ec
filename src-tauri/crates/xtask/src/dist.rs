//! `dist`: the packages that a person double-clicks, checked by the tools that shops check with.
//!
//! Both packages must hold the same files, and nothing that is for development. `--check` goes on to a fresh Debian.

mod fresh;
mod mirror;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::install::{self, Need};
use crate::{build, project, tool::Tool};

/// Version of Tauri's command line tool; used from npm where the tree does not hold it.
const TAURI: &str = "@tauri-apps/cli@2.12.5";
/// Files that the tools check, below `src-tauri/linux`.
const ENTRY: &str = "src-tauri/linux/posthorn.desktop";
const METAINFO: &str = "src-tauri/linux/example.posthorn.Posthorn.metainfo.xml";
/// What a package must hold, as the ends of paths.
const WANTED: [&str; 15] = [
    "/usr/bin/posthorn",
    "/usr/share/applications/posthorn.desktop",
    "/usr/share/metainfo/example.posthorn.Posthorn.metainfo.xml",
    "/usr/share/doc/posthorn/copyright",
    "/hicolor/scalable/apps/posthorn.svg",
    "/hicolor/symbolic/apps/posthorn-symbolic.svg",
    "/hicolor/16x16/apps/posthorn.png",
    "/hicolor/22x22/apps/posthorn.png",
    "/hicolor/24x24/apps/posthorn.png",
    "/hicolor/32x32/apps/posthorn.png",
    "/hicolor/48x48/apps/posthorn.png",
    "/hicolor/64x64/apps/posthorn.png",
    "/hicolor/128x128/apps/posthorn.png",
    "/hicolor/256x256/apps/posthorn.png",
    "/hicolor/512x512/apps/posthorn.png",
];

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
    let deb = package("deb")?;
    let rpm = package("rpm")?;
    let contents = Tool::new("dpkg-deb").args(&["--contents"]).arg(&deb).output()?;
    // `-rw-r--r-- 0/0 471 2026-11-21 12:00 usr/bin/posthorn`, by other tools `./usr/bin/posthorn`
    let of_deb = contents.lines().filter_map(|line| line.split_whitespace().nth(5));
    let of_deb = of_deb.map(|path| format!("/{}", path.trim_start_matches("./")));
    must_hold(&deb, &of_deb.collect::<Vec<_>>())?;
    let contents = Tool::new("rpm").args(&["--query", "--list", "--package"]).arg(&rpm).output()?;
    must_hold(&rpm, &contents.lines().map(str::to_owned).collect::<Vec<_>>())?;
    for package in [&deb, &rpm] {
        let size = std::fs::metadata(package)?.len();
        println!("{} ({:.1} MB)", package.display(), size as f64 / 1e6);
    }
    Ok(())
}

fn must_hold(package: &Path, paths: &[String]) -> Result<()> {
    let name = package.display();
    for wanted in WANTED {
        if !paths.iter().any(|path| path.ends_with(wanted)) {
            bail!("{name} holds no {wanted}, only\n{}", paths.join("\n"));
        }
    }
    for unwanted in ["devserver", "testkit", "demo-servers"] {
        if paths.iter().any(|path| path.contains(unwanted)) {
            bail!("{name} holds {unwanted}, which is for development");
        }
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

/// Builds, then installs the .deb in a fresh Debian and starts it there.
pub(crate) fn check() -> Result<()> {
    build()?;
    install::ensure(&[Need::Debootstrap])?;
    fresh::check(&package("deb")?)
}
