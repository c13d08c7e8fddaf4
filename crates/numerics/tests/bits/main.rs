//! Every operation against an independent definition.

mod common;
mod dot;
mod elementwise;
mod special;
