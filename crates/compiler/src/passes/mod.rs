//! The passes: FP, BP, WU, and BP with WU, of one stage over the whole batch, or of two that hand tiles on inside the chip. Each has a file
//! with the same four parts.
//!
//! - **cut**: what a cut of this pass may be: [`Pass::space`];
//! - **fit**: the room that a cut needs on chip: [`Pass::needs`];
//! - **cost**: the work that a cut makes: [`Pass::work`];
//! - **emit**: the commands of a cut: [`Pass::emit`].
//!
//! One search serves all ([`crate::search`]).

mod backward;
mod by_channel;
mod compute;
mod forward;
mod fused;
mod handed_backward;
mod handed_forward;
mod joined;
mod update;
mod weight;

pub use backward::Backward;
pub use by_channel::{Activate, ByChannelBackward, ByChannelForward, ByChannelWeight, Matrices};
pub use forward::Forward;
pub use fused::Fused;
pub use handed_backward::HandedBackward;
pub use handed_forward::HandedForward;
pub use joined::Joined;
pub use update::Updates;
pub use weight::Weight;

use crate::Stage;
use crate::builder::{Builder, Context};
use crate::room::Needs;
use crate::tile::{Grid, Tile, TileSize, parts};
use crate::work::Work;
use ef_isa::compute::Phase;

/// The outer loop of a pass: over blocks of channel groups or over tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// A block of channel groups is finished over all tiles: its weights are loaded once, where they fit.
    GroupsFirst,
    /// A tile is finished over all channel groups: it is loaded once.
    TilesFirst,
    /// As `GroupsFirst`, but what leaves the chip, or in WU the losses, is moved for a whole row of tiles at once.
    RowsFirst,
}

/// How a pass is cut up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Of the map that the pass makes: output rows in FP and WU, input rows in BP.
    pub size: TileSize,
    /// Groups of output channels together.
    pub outs: usize,
    /// Groups of input channels together.
    pub ins: usize,
    /// Regions per buffer: 2 where one tile loads while another is computed.
    pub slots: usize,
    /// Which loop of tiles and groups is outermost.
    pub order: Order,
}

/// The cuts that a pass may have.
#[derive(Clone, Debug)]
pub struct Space {
    pub grid: Grid,
    /// Pixels that no tile of one group exceeds.
    pub most_pixels: usize,
    pub outs: Vec<usize>,
    pub ins: Vec<usize>,
    pub orders: &'static [Order],
}

impl Cut {
    /// Whether the order suits the way the images lie. In strips: only `RowsFirst`, with tiles as wide as a
    /// strip. Else `RowsFirst` only where a row has several tiles.
    fn suits_rows(&self, stage: &Stage) -> bool {
        let by_rows = self.order == Order::RowsFirst;
        match stage.striped() {
            true => by_rows && self.size.cols == stage.strip,
            false => !by_rows || self.size.cols < stage.cols,
        }
    }

    /// The part of the output map that is moved at once: a tile, or a row of tiles.
    fn moved(&self, stage: &Stage) -> TileSize {
        match self.order {
            Order::RowsFirst => TileSize { cols: stage.cols, ..self.size },
            _ => self.size,
        }
    }

    /// Blocks of groups of output channels, and of input channels.
    fn blocks(&self, stage: &Stage) -> (usize, usize) {
        (stage.out_groups().div_ceil(self.outs), stage.in_groups().div_ceil(self.ins))
    }

    /// What every pass has: a first tile and a last result, and one region or two.
    fn ends(&self, context: &Context) -> Work {
        let words = self.size.pixels() * (self.ins + self.outs) * context.lanes();
        Work { ends: words as u64, serial: self.slots == 1, ..Default::default() }
    }

    /// Every tile with every block of channel groups, in the cut's order.
    fn visits<'a>(
        &self,
        tiles: &'a [Tile],
        blocks: &'a [(usize, usize)],
    ) -> Box<dyn Iterator<Item = Visit> + 'a> {
        match self.order {
            Order::GroupsFirst | Order::RowsFirst => Box::new(blocks.iter().flat_map(|groups| {
                let tiles = tiles.iter().enumerate();
                tiles.map(|(n, tile)| Visit {
                    tile: *tile,
                    groups: *groups,
                    new_tile: false,
                    new_block: n == 0,
                })
            })),
            Order::TilesFirst => Box::new(tiles.iter().flat_map(|tile| {
                let blocks = blocks.iter().enumerate();
                blocks.map(|(n, groups)| Visit {
                    tile: *tile,
                    groups: *groups,
                    new_tile: n == 0,
                    new_block: true,
                })
            })),
        }
    }
}

/// A tile with a block of channel groups.
struct Visit {
    tile: Tile,
    groups: (usize, usize),
    /// The tile is loaded now, for this block and those that follow.
    new_tile: bool,
    /// The block's weights are loaded now, for this tile and those that follow, if they stay on chip.
    new_block: bool,
}

impl Space {
    /// Tiles of the output map, cut at pooling windows and words of codes; the inputs after whole channels.
    fn of_output(stage: &Stage, most_pixels: usize, orders: &'static [Order]) -> Space {
        let (row_step, col_step) = (stage.windows()[0], stage.code_columns());
        Space {
            grid: Grid { rows: stage.rows, cols: stage.cols, row_step, col_step },
            most_pixels,
            outs: parts(stage.out_groups(), 1),
            ins: parts(stage.in_groups(), stage.in_unit()),
            orders,
        }
    }

    /// Tiles of the input map.
    fn of_input(context: &Context, stage: &Stage, orders: &'static [Order]) -> Space {
        Space {
            grid: Grid { rows: stage.in_rows, cols: stage.in_cols, row_step: 1, col_step: 1 },
            most_pixels: 1 << context.config.psum_aw,
            outs: parts(stage.out_groups(), 1),
            ins: parts(stage.in_groups(), 1),
            orders,
        }
    }
}

/// A stage's FP, BP or WU.
pub type Part = (usize, Phase);

/// One pass.
pub trait Pass: Send {
    /// What it does, in the order of its stages in the pass.
    fn parts(&self) -> Vec<Part>;
    /// It makes what the pass behind it needs, and belongs to that one.
    fn helps(&self) -> bool {
        false
    }
    fn space(&self, context: &Context) -> Space;
    /// Whether a cut of the space is worth trying.
    fn admits(&self, _context: &Context, _cut: &Cut) -> bool {
        true
    }
    fn needs(&self, context: &Context, cut: &Cut) -> Needs;
    fn work(&self, context: &Context, cut: &Cut) -> Work;
    fn emit(&self, builder: &mut Builder, cut: &Cut);
}
