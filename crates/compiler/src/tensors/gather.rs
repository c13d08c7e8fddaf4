//! Input tiles of a convolution on the images: raw rows into the scratch, taps from there into the feature buffer.

use super::input::field;
use super::runs::Runs;
use crate::builder::{Builder, Context, Geometry};
use crate::images::aligned;
use crate::tile::{Tile, TileSize, blocks};
use crate::{Axis, PixelFormat, Stage};
use ef_isa::load::{LoadOp, VectorBuffer, WordBuffer};
use ef_isa::{LoadDesc, layout};
use ef_time::Traffic;

/// Tiles whose windows are added up; those of an image with more of them are estimated from so many.
const SAMPLE: usize = 1024;

/// A part of an image, as it lies in the scratch: `[row][channel][column]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First channel and number of channels.
    channels: (usize, usize),
    rows: (usize, usize),
    cols: (usize, usize),
    /// Scratch words of a row of one channel, DRAM words of it.
    scratch_row: usize,
    row_words: usize,
}

impl Window {
    /// Scratch words of one image.
    fn words(&self) -> usize {
        self.channels.1 * (self.rows.1 - self.rows.0) * self.scratch_row
    }

    /// Whether it contains all of `other`.
    fn covers(&self, other: &Window) -> bool {
        let within = |a: (usize, usize), b: (usize, usize)| a.0 <= b.0 && b.1 <= a.1;
        self.channels == other.channels && within(self.rows, other.rows) && within(self.cols, other.cols)
    }
}

/// What is in the scratch: `window` of images `first..first + count`.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    window: Window,
    first: usize,
    count: usize,
}

impl Stage {
    /// The channels whose taps are groups `first..first + count`: first and number.
    pub(crate) fn gathered_channels(&self, (first, count): (usize, usize)) -> (usize, usize) {
        let taps = self.taps();
        let channel = first * self.lanes / taps;
        (channel, (count * self.lanes / taps).min(self.inputs - channel).max(1))
    }
}

impl Context<'_> {
    fn packed(&self) -> bool {
        self.map.form.packed()
    }

    /// The part of the images that the taps of a tile are gathered from.
    fn needed(&self, stage: &Stage, tile: Tile, groups: (usize, usize)) -> Window {
        let channels = stage.gathered_channels(groups);
        self.part(channels, stage.input_rows(tile), stage.input_cols(tile))
    }

    fn part(&self, channels: (usize, usize), rows: (usize, usize), cols: (usize, usize)) -> Window {
        let (left, right) = aligned(cols, self.packed());
        let row_words = layout::raw_row_words(right - left, self.packed());
        let scratch_row = if self.packed() { 4 * row_words } else { row_words };
        Window { channels, rows, cols: (left, right), scratch_row, row_words }
    }

    /// The window of an image that is loaded for a tile. It also serves as many tiles below this one as fit the
    /// scratch in whole rows, which are one run; or, if not even one fits so, as many tiles beside it. It
    /// serves this tile alone if that does not fit either, if the tile needs only some of the channels (the
    /// next tile needs others), or if the images lie in strips.
    fn window(&self, stage: &Stage, tile: Tile, groups: (usize, usize)) -> Window {
        let needed = self.needed(stage, tile, groups);
        if needed.channels.1 < stage.inputs || stage.striped() {
            return needed;
        }
        let (rows, cols) = (stage.rows - tile.row, stage.cols - tile.col);
        let below = |tiles: usize| {
            let rows = (tiles * tile.rows).min(rows);
            self.part(needed.channels, stage.input_rows(Tile { rows, ..tile }), (0, stage.in_cols))
        };
        let beside = |tiles: usize| {
            let cols = (tiles * tile.cols).min(cols);
            self.part(needed.channels, needed.rows, stage.input_cols(Tile { cols, ..tile }))
        };
        let room = 1 << self.config.scratch_aw;
        largest(rows.div_ceil(tile.rows), below, room)
            .or_else(|| largest(cols.div_ceil(tile.cols), beside, room))
            .unwrap_or(needed)
    }

    /// Words and bursts of loading the images once, in tiles of a size.
    pub(super) fn images_traffic(&self, stage: &Stage, size: TileSize) -> Traffic {
        let (mut words, mut bursts) = (0, 0);
        let mut held: Option<Window> = None;
        let one = TileSize { images: 1, ..size };
        for tile in one.tiles(1, stage.rows, stage.cols).take(SAMPLE) {
            let all = (0, stage.in_groups());
            if held.is_some_and(|held| held.covers(&self.needed(stage, tile, all))) {
                continue;
            }
            let window = self.window(stage, tile, all);
            let rows = (window.rows.1 - window.rows.0) * window.channels.1;
            words += rows * window.row_words;
            let whole = stage.striped() || window.cols == (0, stage.in_cols);
            bursts += if whole { 1 } else { rows };
            held = Some(window);
        }
        let tiles = one.count(1, stage.rows, stage.cols);
        let share = |n: usize| self.batch * n * tiles / tiles.min(SAMPLE);
        Traffic::new(share(words), share(bursts))
    }

    /// Cycles in which the load engine gathers the taps of the whole batch.
    pub fn gather_cycles(&self, stage: &Stage) -> u64 {
        let [g_ch, g_kr, g_kc] = [stage.inputs, stage.kernel().0, stage.kernel().1].map(|n| n as u32);
        let taps = LoadDesc { g_ch, g_kr, g_kc, ..Default::default() };
        let pixels = (self.batch * stage.rows * stage.cols) as u64;
        if stage.gathered { pixels * ef_time::pixel_cycles(self.lanes(), &taps) } else { 0 }
    }

    /// Scratch words that gathering one image of a tile of at most `rows x cols` needs.
    pub fn scratch_words(&self, stage: &Stage, rows: usize, cols: usize, groups: usize) -> usize {
        if !stage.gathered {
            return 0;
        }
        let span =
            |length: usize, axis: Axis, all: usize| ((length - 1) * axis.stride + axis.extent()).min(all);
        let [down, across] = stage.axes;
        let (rows, cols) = (span(rows, down, stage.in_rows), span(cols, across, stage.in_cols));
        // a window of packed pixels begins up to three pixels to the left
        let row = match self.packed() {
            true if cols < stage.in_cols => (cols + 3).div_ceil(4) * 4,
            true => cols.div_ceil(4) * 4,
            false => cols,
        };
        stage.gathered_channels((0, groups)).1 * rows * row
    }
}

/// The window of the most of `tiles` tiles that `room` words hold; more tiles have more words.
fn largest(tiles: usize, window: impl Fn(usize) -> Window, room: usize) -> Option<Window> {
    let (mut fits, mut end) = (0, tiles + 1);
    while end - fits > 1 {
        let middle = (fits + end) / 2;
        if window(middle).words() <= room {
            fits = middle;
        } else {
            end = middle;
        }
    }
    (fits > 0).then(|| window(fits))
}

impl Builder<'_> {
    pub(super) fn gather_input(&mut self, stage: &Stage, tile: Tile, groups: (usize, usize), base: usize) {
        let map = tile.rows * tile.cols;
        let geometry = Geometry {
            maps: tile.images * groups.1,
            rows: tile.rows,
            cols: tile.cols,
            real_rows: (0, tile.rows),
            real_cols: (0, tile.cols),
            spread: [1; 2],
        };
        self.zero_padding(VectorBuffer::Feature, base, geometry);
        for k in 0..tile.images {
            let held = self.hold(stage, tile, groups, tile.image + k);
            self.gather_image(stage, tile, held, (tile.image + k - held.first, k), base + k * groups.1 * map);
        }
    }

    /// Loads the tile's window of an image into the scratch, unless it is there.
    fn hold(&mut self, stage: &Stage, tile: Tile, groups: (usize, usize), image: usize) -> Held {
        let needed = self.context.needed(stage, tile, groups);
        if let Some(held) = self.scratch
            && held.window.covers(&needed)
            && (held.first..held.first + held.count).contains(&image)
        {
            return held;
        }
        let window = self.context.window(stage, tile, groups);
        // as many images of the tile as the scratch holds
        let room = (1 << self.context.config.scratch_aw) / window.words().max(1);
        let left = tile.image + tile.images - image;
        let held = Held { window, first: image, count: room.clamp(1, left) };
        self.load_window(stage, &held);
        self.scratch = Some(held);
        held
    }

    /// The images' windows, one after the other into the scratch.
    fn load_window(&mut self, stage: &Stage, held: &Held) {
        let (map, window) = (self.context.map, &held.window);
        let (shift, packed) = match map.form.pixels() {
            PixelFormat::U8 { shift } => (shift, true),
            PixelFormat::F32 => (0, false),
        };
        if window.words() == 0 {
            return;
        }
        let (strip, (left, right)) = map.form.strip(window.cols);
        let channel_words = layout::raw_row_words(right - left, packed);
        let row_words = stage.inputs * channel_words;
        let column_words = layout::raw_row_words(window.cols.0 - left, packed);
        let op = LoadOp { unpack: packed, shift, ..LoadOp::words(WordBuffer::Scratch) };
        // where the rows of the channels do not touch, one image at a time
        let whole = window.row_words == channel_words || window.channels.1 == 1;
        for (first, n) in blocks(held.count, if whole { held.count } else { 1 }) {
            let at = (held.first + first) * map.image_words
                + strip
                + window.rows.0 * row_words
                + window.channels.0 * channel_words
                + column_words;
            let runs = Runs::of_rows(
                window.row_words,
                (window.channels.1, channel_words),
                (window.rows.1 - window.rows.0, row_words),
                (n, map.image_words),
            );
            self.load(runs.read_by(LoadDesc {
                op: op.encode(),
                base: (first * window.words()) as u32,
                dram: map.images + at as u32,
                ..Default::default()
            }));
        }
    }

    /// The taps of the tile's image number `image`, number `at` of those in the scratch, to `base`.
    fn gather_image(
        &mut self,
        stage: &Stage,
        tile: Tile,
        held: Held,
        (at, image): (usize, usize),
        base: usize,
    ) {
        let t = self.context.lanes();
        let map = tile.rows * tile.cols;
        let window = &held.window;
        let [down, across] = stage.axes;
        let first = |along: Axis, tile: usize, held: usize| {
            field((tile * along.stride) as i64 - along.padding.0 as i64 - held as i64)
        };
        self.load(LoadDesc {
            op: LoadOp::gather().encode(),
            base: base as u32,
            phase: (image * map % t) as u32,
            n0: tile.cols as u32,
            n1: tile.rows as u32,
            a0: 1,
            a1: tile.cols as u32,
            a2: map as u32,
            p0: 1,
            p1: (tile.cols % t) as u32,
            g_ch: window.channels.1 as u32,
            g_kr: down.kernel as u32,
            g_kc: across.kernel as u32,
            g_row: first(down, tile.row, window.rows.0),
            g_col: first(across, tile.col, window.cols.0),
            g_sr: down.stride as u32,
            g_sc: across.stride as u32,
            g_h: (window.rows.1 - window.rows.0) as u32,
            g_w: (window.cols.1 - window.cols.0) as u32,
            g_row_stride: (window.channels.1 * window.scratch_row) as u32,
            g_ch_stride: window.scratch_row as u32,
            g_src: (at * window.words()) as u32,
            ..Default::default()
        });
    }
}
