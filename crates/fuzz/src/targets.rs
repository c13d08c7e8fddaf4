//! The parsers.

mod boards;
mod data;
mod link;
mod networks;
mod saved;

use crate::Target;
use anyhow::Result;

/// Every target.
///
/// # Errors
/// If the valid inputs cannot be made: this is no checkout, or a file of it is damaged.
pub fn all() -> Result<Vec<Target>> {
    Ok(vec![
        data::idx(),
        data::cifar10(),
        saved::target()?,
        link::endpoint(),
        link::host(),
        boards::target()?,
        networks::target(),
    ])
}
