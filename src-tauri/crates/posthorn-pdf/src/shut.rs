//! What the process that draws may not do, from before it reads the file until it ends.
//!
//! Invariants: limits go down alone, the hard ones too, so that nothing raises them again. No descriptor can be had any more:
//! no file is opened, no connection made; what is open already (the font, the two pipes) stays. Where the system has no such
//! limits (Windows), the parent's clock is what is left.

/// Bytes of memory, the program itself included: a page of twelve million pixels with some layers takes a quarter of it.
#[cfg(unix)]
const MEMORY: u64 = 2 << 30;
/// Seconds of work, in case the parent that counts the time is gone.
#[cfg(unix)]
const WORK_SECONDS: u64 = 30;

/// Gives up memory, work, files, connections and processes. An error: this system keeps no such promise, and nothing is to be drawn.
#[cfg(unix)]
pub(crate) fn shut_in() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let lower = |resource: Resource, wanted: u64| {
        let most = getrlimit(resource).maximum.map_or(wanted, |known| known.min(wanted));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
    };
    lower(Resource::Cpu, WORK_SECONDS)?;
    lower(Resource::Core, 0)?;
    lower(Resource::Fsize, 0)?;
    lower(Resource::Nproc, 0)?;
    lower(Resource::Nofile, 0)?;
    // Darwin knows the limit and refuses to set it; the time remains.
    let memory = lower(Resource::As, MEMORY);
    if cfg!(target_os = "linux") { Ok(memory?) } else { Ok(()) }
}

/// Gives nothing up: there is no way to here.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same for all systems")]
pub(crate) fn shut_in() -> std::io::Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::{TcpStream, UdpSocket};
    use std::process::Command;

    /// What tells the process that the test starts to shut itself in.
    const INSIDE: &str = "POSTHORN_TEST_SHUT_IN";

    fn is_shut_in() -> Result<(), String> {
        let open = std::fs::File::open("/proc/self/status").map_err(|error| error.to_string())?;
        super::shut_in().map_err(|error| error.to_string())?;
        let attempts = [
            ("reading a file", std::fs::read("/etc/passwd").is_ok()),
            ("writing a file", std::fs::write("/tmp/posthorn-shut-in", "x").is_ok()),
            ("a connection", TcpStream::connect("127.0.0.1:9").is_ok()),
            ("a socket", UdpSocket::bind("127.0.0.1:0").is_ok()),
            ("memory", Vec::<u8>::new().try_reserve_exact(4 << 30).is_ok()),
            // Root may begin one all the same, which finds no library that it could open.
            ("a process", Command::new("/bin/true").status().is_ok_and(|ended| ended.success())),
        ];
        if let Some((name, _)) = attempts.into_iter().find(|(_, succeeded)| *succeeded) {
            return Err(format!("{name} was possible"));
        }
        let said = std::io::read_to_string(open).map_err(|error| error.to_string())?;
        if said.is_empty() { Err("what was open is closed".to_owned()) } else { Ok(()) }
    }

    #[test]
    fn a_process_that_is_shut_in_reaches_nothing() {
        if std::env::var_os(INSIDE).is_some() {
            // In a process of its own: this cannot be taken back.
            let failed = is_shut_in().err();
            assert_eq!(failed, None);
            return;
        }
        let own = std::env::current_exe().unwrap();
        let name = "shut::tests::a_process_that_is_shut_in_reaches_nothing";
        let mut inside = Command::new(own);
        inside.args(["--exact", name, "--nocapture"]).env(INSIDE, "1");
        let output = inside.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{output:?}");
    }
}
