//! One module a verb: reads the arguments, calls the office, prints.

pub mod case;
pub mod clocks;
pub mod compare;
pub mod copy;
pub mod expire;
pub mod identity;
pub mod init;
pub mod log;
pub mod marked;
pub mod messages;
pub mod pack;
pub mod people;
pub mod prove;
pub mod publish;
pub mod read;
pub mod scrub;
pub mod seal;
pub mod shell;
pub mod strength;
pub mod suggest;
pub mod take;
pub mod tour;
pub mod trace;
pub mod vault;
pub mod verify;
