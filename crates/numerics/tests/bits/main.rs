//! Every operation against an independent definition.

mod bounds;
mod common;
mod definition;
mod dot;
mod elementwise;
mod infinities;
mod measure;
mod near_ties;
mod special;
