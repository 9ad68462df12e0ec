//! The runtime in which an engine lives: how deep its threads may recurse, and how they share memory.

use tokio::runtime::{Builder, Runtime};

/// Bytes of a thread's stack: IMAP's structure parser recurses (see `posthorn-imap`).
const STACK: usize = 8 << 20;

/// Builds the runtime of a program that holds an engine. Called once, before the program starts threads of its own.
pub fn runtime() -> std::io::Result<Runtime> {
    share_heaps();
    Builder::new_multi_thread().thread_stack_size(STACK).enable_all().build()
}

/// Blocks of memory from this size on, in bytes, are the system's own and go back to it when they are free.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: libc::c_int = 128 << 10;

/// Lets all threads share two heaps. By itself glibc gives up to eight threads for each core one of their own, and what
/// a first synchronisation needed for a moment stays in every one of them: a third of the process's memory. And keeps
/// large blocks out of them: by itself it puts such blocks between the small ones once the first of them was freed.
fn share_heaps() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "the allocator's settings have no safe interface")]
    // SAFETY: each call takes two numbers, and sets one inside the allocator under its own lock.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 2);
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
    }
}
