//! Dev only: real servers from a folder, scripted hostile servers, mail builders, corpus.
