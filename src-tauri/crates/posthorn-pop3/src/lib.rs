//! POP3 sessions over any byte stream, on async-pop's parser.
