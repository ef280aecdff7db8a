//! Where boxes and arrows stand: layers from top to bottom, few crossings, straight main lines.
//!
//! The steps of a flow have an order already, so arrows to earlier steps are the only ones that go up; they run along the
//! right edge. Arrows over several layers pass through points of their own in each layer (Sugiyama's way).

use super::Arrow;
use super::routes::finish;

/// Space between neighbours of a layer.
const ASIDE: f64 = 36.0;
/// Space between layers.
pub(super) const BETWEEN: f64 = 64.0;
/// Sweeps over the layers to find an order; more find none better.
const SWEEPS: usize = 24;
/// Sweeps to find places; most flows stand still long before.
const MOST_MOVES: usize = 600;
/// The room a passing line takes.
const LINE: f64 = 12.0;

/// A rectangle's middle and size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A drawn arrow: its points from top to bottom.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub points: Vec<(f64, f64)>,
    /// Where its label is centred.
    pub label: (f64, f64),
    /// Whether it goes back up, along the right edge.
    pub back: bool,
}

/// Everything placed.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub boxes: Vec<Area>,
    /// One for each arrow, in the same order.
    pub lines: Vec<Line>,
    pub width: f64,
    pub height: f64,
}

/// A box, or a point a long arrow passes through.
pub(super) struct Cell {
    pub layer: usize,
    pub width: f64,
    pub x: f64,
    /// Cells of the layer above and below, with the weight of keeping the line straight.
    above: Vec<(usize, f64)>,
    below: Vec<(usize, f64)>,
}

impl Cell {
    /// How much its lines want it in its place.
    fn weight(&self) -> f64 {
        self.above.iter().chain(&self.below).map(|(_, weight)| weight).sum()
    }
}

/// Places boxes of these sizes; `labels` are the widths of the arrows' labels.
pub(super) fn place(sizes: &[(f64, f64)], arrows: &[Arrow], labels: &[f64]) -> Layout {
    let layers_of = layers(sizes.len(), arrows);
    let mut cells: Vec<Cell> = sizes
        .iter()
        .zip(&layers_of)
        .map(|((width, _), layer)| Cell {
            layer: *layer,
            width: *width,
            x: 0.0,
            above: Vec::new(),
            below: Vec::new(),
        })
        .collect();
    // The plain way from a step to the next is the spine of the picture.
    let spine = |arrow: &Arrow| {
        let plain = arrow.labels.iter().all(|label| label == "else");
        let arriving = arrows.iter().filter(|other| {
            other.to == arrow.to && other.from < other.to && layers_of[other.from] + 1 == layers_of[other.to]
        });
        plain && arrow.to == arrow.from + 1 && arriving.count() == 1
    };
    let chains: Vec<Vec<usize>> = arrows
        .iter()
        .zip(labels)
        .map(|(arrow, label)| chain(&mut cells, arrow, *label, spine(arrow)))
        .collect();
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); layers_of.iter().max().map_or(0, |last| last + 1)];
    for (index, cell) in cells.iter().enumerate() {
        rows[cell.layer].push(index);
    }
    order(&mut cells, &mut rows);
    straighten(&mut cells, &rows);
    finish(sizes, arrows, labels, &cells, &rows, &chains)
}

/// The layer of each box: below everything that leads to it.
fn layers(boxes: usize, arrows: &[Arrow]) -> Vec<usize> {
    let mut layers = vec![0; boxes];
    for to in 0..boxes {
        let above = arrows
            .iter()
            .filter(|arrow| arrow.to == to && arrow.from < to)
            .map(|arrow| layers[arrow.from] + 1);
        layers[to] = above.max().unwrap_or(0);
    }
    layers
}

/// The cells an arrow passes, its boxes included; empty for one that goes back.
fn chain(cells: &mut Vec<Cell>, arrow: &Arrow, label: f64, straight: bool) -> Vec<usize> {
    if arrow.to <= arrow.from {
        return Vec::new();
    }
    let (first, last) = (cells[arrow.from].layer, cells[arrow.to].layer);
    let mut chain = vec![arrow.from];
    for layer in first + 1..last {
        // The label stands in the first layer passed.
        let width = if layer == first + 1 { label.max(LINE) } else { LINE };
        cells.push(Cell { layer, width, x: 0.0, above: Vec::new(), below: Vec::new() });
        chain.push(cells.len() - 1);
    }
    chain.push(arrow.to);
    let boxes = arrow.from.max(arrow.to) + 1;
    for pair in chain.windows(2) {
        let points = pair
            .iter()
            .filter(|cell| **cell >= boxes && !(**cell == arrow.from || **cell == arrow.to))
            .count();
        let weight = match points {
            2 => 40.0,
            1 => 1.0,
            _ if straight => 40.0,
            _ => 1.0,
        };
        cells[pair[0]].below.push((pair[1], weight));
        cells[pair[1]].above.push((pair[0], weight));
    }
    chain
}

/// Orders each layer by the middle of its neighbours, down and up, and keeps the order with the fewest crossings.
fn order(cells: &mut [Cell], rows: &mut Vec<Vec<usize>>) {
    let mut best = rows.clone();
    let mut fewest = crossings(cells, rows);
    for sweep in 0..SWEEPS {
        let mut place = vec![0.0; cells.len()];
        let down = sweep % 2 == 0;
        let turn: Vec<usize> = if down { (0..rows.len()).collect() } else { (0..rows.len()).rev().collect() };
        for row in rows.iter() {
            row.iter().enumerate().for_each(|(at, cell)| place[*cell] = at as f64);
        }
        for at in turn {
            let middle = |cell: usize| {
                let near = if down { &cells[cell].above } else { &cells[cell].below };
                let sum: f64 = near.iter().map(|(other, _)| place[*other]).sum();
                if near.is_empty() { place[cell] } else { sum / near.len() as f64 }
            };
            let mut row: Vec<(f64, usize)> = rows[at].iter().map(|cell| (middle(*cell), *cell)).collect();
            row.sort_by(|one, other| one.0.total_cmp(&other.0));
            rows[at] = row.into_iter().map(|(_, cell)| cell).collect();
            rows[at].iter().enumerate().for_each(|(at, cell)| place[*cell] = at as f64);
        }
        let now = crossings(cells, rows);
        if now < fewest {
            fewest = now;
            best.clone_from(rows);
        }
    }
    *rows = best;
}

fn crossings(cells: &[Cell], rows: &[Vec<usize>]) -> usize {
    let mut place = vec![0; cells.len()];
    for row in rows {
        row.iter().enumerate().for_each(|(at, cell)| place[*cell] = at);
    }
    let mut count = 0;
    for row in rows {
        let links: Vec<(usize, usize)> = row
            .iter()
            .flat_map(|cell| cells[*cell].below.iter().map(|(to, _)| (place[*cell], place[*to])))
            .collect();
        for (at, one) in links.iter().enumerate() {
            count += links[..at]
                .iter()
                .filter(|other| {
                    (one.0 < other.0) != (one.1 < other.1) && one.0 != other.0 && one.1 != other.1
                })
                .count();
        }
    }
    count
}

/// Gives every cell its x: near its neighbours, never over the one beside it.
fn straighten(cells: &mut [Cell], rows: &[Vec<usize>]) {
    for row in rows {
        pack(cells, row, &row.iter().map(|_| 0.0).collect::<Vec<_>>());
    }
    for sweep in 0..MOST_MOVES {
        let before: Vec<f64> = cells.iter().map(|cell| cell.x).collect();
        let down = sweep % 2 == 0;
        for turn in 0..rows.len() {
            let row = &rows[if down { turn } else { rows.len() - 1 - turn }];
            let wanted: Vec<f64> = row.iter().map(|index| middle(cells, *index)).collect();
            pack(cells, row, &wanted);
        }
        let moved =
            cells.iter().zip(before).map(|(cell, before)| (cell.x - before).abs()).fold(0.0, f64::max);
        if moved < 0.05 {
            break;
        }
    }
}

/// Where a cell would stand best: the middle of its neighbours, the heavier lines counting more.
fn middle(cells: &[Cell], index: usize) -> f64 {
    let cell = &cells[index];
    let weight = cell.weight();
    let sum: f64 = cell.above.iter().chain(&cell.below).map(|(other, weight)| cells[*other].x * weight).sum();
    if weight == 0.0 { cell.x } else { sum / weight }
}

/// Places a row as near to the wanted places as the widths allow, in order: neighbours that would overlap are moved
/// together around the mean of what they want.
fn pack(cells: &mut [Cell], row: &[usize], wanted: &[f64]) {
    // Offsets from the row's beginning turn "not overlapping" into "not falling", which pooling solves exactly.
    let mut offset = 0.0;
    let mut offsets = Vec::with_capacity(row.len());
    for (at, cell) in row.iter().enumerate() {
        if at > 0 {
            offset += cells[row[at - 1]].width / 2.0 + ASIDE + cells[*cell].width / 2.0;
        }
        offsets.push(offset);
    }
    let mut groups: Vec<(f64, f64, usize)> = Vec::new();
    for ((want, offset), cell) in wanted.iter().zip(&offsets).zip(row) {
        groups.push((want - offset, cells[*cell].weight().max(0.1), 1));
        while let [.., (before, heavy, many), (last, light, few)] = groups[..] {
            if before <= last {
                break;
            }
            groups.pop();
            let weight = heavy + light;
            *groups.last_mut().expect("two were there") =
                ((before * heavy + last * light) / weight, weight, many + few);
        }
    }
    let places = groups.into_iter().flat_map(|(place, _, count)| std::iter::repeat_n(place, count));
    for ((cell, place), offset) in row.iter().zip(places).zip(offsets) {
        cells[*cell].x = place + offset;
    }
}
