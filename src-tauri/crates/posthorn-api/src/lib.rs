//! Use cases for any front end; the only serializable types; methods, events, error codes.
//!
//! [`contract`] holds every type that crosses to a page, and [`method`] the one table of methods. The TypeScript
//! side (`ui/src/ipc/generated.ts`) is generated from both. The shell and the development server carry requests
//! and events; neither holds logic.

pub mod contract;
pub mod method;
pub mod typescript;
