//! The runtime in which an engine lives: how deep its threads may recurse, and how they share memory.

use tokio::runtime::{Builder, Runtime};

/// Bytes of a thread's stack: IMAP's structure parser recurses (see `posthorn-imap`).
const STACK: usize = 8 << 20;

/// Builds the runtime of a program that holds an engine. Called once, before the program starts threads of its own.
pub fn runtime() -> std::io::Result<Runtime> {
    share_heaps();
    Builder::new_multi_thread().thread_stack_size(STACK).enable_all().build()
}

/// Lets all threads share two heaps. By itself glibc gives up to eight threads for each core one of their own, and what
/// a first synchronisation needed for a moment stays in every one of them: a third of the process's memory.
fn share_heaps() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "the allocator's settings have no safe interface")]
    // SAFETY: the call takes two numbers, and sets one inside the allocator under its own lock.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 2);
    }
}
