//! The client against its contract, and against a server that answers from notes.

mod calls;
mod contract;
mod golden;
mod intent;
mod secrets;
mod server;
