//! The gradient of a map that no stage reads as its input, only others add: the sum of their losses.

use super::backward::Joins;
use super::compute::Sums;
use super::{Cut, Order, Part, Pass, Space};
use crate::builder::{Builder, Context, Slots};
use crate::room::Needs;
use crate::tensors::output::MapStore;
use crate::tile::{Grid, blocks, parts};
use crate::work::Work;
use ef_isa::compute::{Init, Phase};
use ef_isa::store::{StoreKind, StoreOp};
use ef_time::Traffic;

/// The gradient of what stage `.0` makes, before its BP and WU.
pub struct Joined(pub usize);

impl Joined {
    /// Whether there is no other way to it.
    pub fn needed(context: &Context, index: usize) -> bool {
        let output = context.stage(index).output;
        context.graph.readers(output).next().is_none() && context.graph.is_joined(output)
    }

    /// Rows and columns of the map.
    fn map(&self, context: &Context) -> (usize, usize) {
        let stage = context.stage(self.0);
        (stage.out_rows(), stage.out_cols())
    }

    fn joins(&self, context: &Context, cut: &Cut) -> Joins {
        let addends = context.graph.joined(context.stage(self.0).output);
        Joins::new(context, &addends, cut, self.map(context))
    }

    fn store(&self, context: &Context) -> MapStore {
        let stage = context.stage(self.0);
        let (rows, cols) = self.map(context);
        MapStore {
            op: StoreOp::new(StoreKind::Map),
            tag: stage.tag,
            dram: context.map.losses[stage.output] as usize,
            groups: stage.out_groups(),
            rows,
            cols,
            codes: None,
            hand_over: None,
        }
    }
}

impl Pass for Joined {
    fn parts(&self) -> Vec<Part> {
        vec![(self.0, Phase::Bp)]
    }

    fn helps(&self) -> bool {
        true
    }

    fn space(&self, context: &Context) -> Space {
        let (rows, cols) = self.map(context);
        Space {
            grid: Grid { rows, cols, row_step: 1, col_step: 1 },
            most_pixels: 1 << context.config.psum_aw,
            outs: parts(context.stage(self.0).out_groups(), 1),
            ins: vec![1],
            orders: &[Order::GroupsFirst],
        }
    }

    fn needs(&self, context: &Context, cut: &Cut) -> Needs {
        let joins = self.joins(context, cut);
        Needs {
            loss: cut.slots * cut.outs * joins.vectors,
            weight: context.identity_rows(true),
            psum: cut.slots * cut.outs * cut.size.pixels(),
            code: cut.outs * joins.codes,
            ..Default::default()
        }
    }

    fn work(&self, context: &Context, cut: &Cut) -> Work {
        let stage = context.stage(self.0);
        let ((rows, cols), groups) = (self.map(context), stage.out_groups());
        let (joins, tiles) = (self.joins(context, cut), cut.size.count(context.batch, rows, cols));
        Work {
            loads: joins.traffic,
            stores: Traffic::new(
                context.batch * stage.out_words(),
                cut.size.store_runs(context.batch, rows, cols) * groups,
            ),
            steps: (tiles * groups * joins.count) as u64,
            step: cut.size.pixels() as u64,
            computations: (tiles * groups * joins.count) as u64,
            ..cut.ends(context)
        }
    }

    fn emit(&self, builder: &mut Builder, cut: &Cut) {
        let context = builder.context;
        let stage = context.stage(self.0);
        let bases = builder.begin_pass(&self.needs(&context, cut));
        let vectors = self.joins(&context, cut).vectors;
        let mut regions = (Slots::new(bases.loss, cut.outs * vectors, cut.slots), bases.weight);
        let mut sums = Slots::new(bases.psum, cut.outs * cut.size.pixels(), cut.slots);
        builder.load_identity(regions.1);
        let ((rows, cols), map) = (self.map(&context), self.store(&context));
        let addends = context.graph.joined(stage.output);
        for groups in blocks(stage.out_groups(), cut.outs) {
            for tile in cut.size.tiles(context.batch, rows, cols) {
                let base = sums.take();
                builder.add_joins(&addends, tile, groups, &mut regions, Sums { base, init: Init::Zero });
                builder.store_map(&map, tile, groups, (tile.rows, tile.cols), base);
                builder.tile_done();
            }
        }
    }
}
