//! The last step of a layout: heights become places, arrows become lines.

use super::Arrow;
use super::layout::{Area, BETWEEN, Cell, Layout, Line};

/// Places boxes and lines where their cells stand; `chains` are the cells of each arrow.
pub(super) fn finish(
    sizes: &[(f64, f64)],
    arrows: &[Arrow],
    labels: &[f64],
    cells: &[Cell],
    rows: &[Vec<usize>],
    chains: &[Vec<usize>],
) -> Layout {
    let left = cells.iter().map(|cell| cell.x - cell.width / 2.0).fold(f64::INFINITY, f64::min).min(0.0);
    let right = cells.iter().map(|cell| cell.x + cell.width / 2.0).fold(0.0, f64::max) - left;
    let mut y = 0.0;
    let mut tops = Vec::new();
    for row in rows {
        let height =
            row.iter().filter_map(|cell| sizes.get(*cell)).map(|(_, height)| *height).fold(0.0, f64::max);
        tops.push((y, height));
        y += height + BETWEEN;
    }
    let boxes: Vec<Area> = sizes
        .iter()
        .zip(cells)
        .map(|((width, height), cell)| {
            let (top, _) = tops[cell.layer];
            Area { x: cell.x - left, y: top + height / 2.0, width: *width, height: *height }
        })
        .collect();
    let mut lanes = 0.0;
    let mut widest = right;
    let mut lines = Vec::new();
    for (index, arrow) in arrows.iter().enumerate() {
        if chains[index].is_empty() {
            lanes += 1.0;
            let line = backward(
                boxes[arrow.from],
                boxes[arrow.to],
                [arrow.from, arrow.to].map(|at| tops[cells[at].layer]),
                right,
                lanes,
                labels[index],
            );
            widest = widest.max(line.label.0 + labels[index] / 2.0 + 6.0);
            lines.push(line);
            continue;
        }
        lines.push(forward(index, arrow, arrows, &boxes, cells, &tops, &chains[index], left));
    }
    Layout { boxes, lines, width: widest, height: (y - BETWEEN).max(0.0) }
}

/// An arrow upwards: out into the space below its box, up along the right edge, in through the space above the other box.
fn backward(from: Area, to: Area, rows: [(f64, f64); 2], right: f64, lane: f64, label: f64) -> Line {
    let [(from_top, from_height), (to_top, _)] = rows;
    let side = right + 20.0 * lane;
    let aside = 10.0 + 5.0 * (lane % 4.0);
    let (out, below) = (from.x + from.width * 0.42, from_top + from_height + aside);
    let (into, above) = (to.x + to.width * 0.42, to_top - aside - 8.0);
    let points = vec![
        (out, from.y + from.height / 2.0),
        (out, below),
        (side, below),
        (side, above),
        (into, above),
        (into, to.y - to.height / 2.0),
    ];
    Line { points, label: (side + label / 2.0 + 6.0, (below + above) / 2.0), back: true }
}

/// An arrow downwards: from the bottom of its box through its points to the top of the next.
#[expect(clippy::too_many_arguments, reason = "the parts of one layout, used here alone")]
fn forward(
    index: usize,
    arrow: &Arrow,
    arrows: &[Arrow],
    boxes: &[Area],
    cells: &[Cell],
    tops: &[(f64, f64)],
    chain: &[usize],
    left: f64,
) -> Line {
    let (from, to) = (boxes[arrow.from], boxes[arrow.to]);
    // Arrows of one box leave and arrive side by side, in the order of where they lead.
    let port = |area: Area, siblings: Vec<(f64, usize)>| {
        let mut siblings = siblings;
        siblings.sort_by(|one, other| one.0.total_cmp(&other.0));
        let at = siblings.iter().position(|(_, sibling)| *sibling == index).unwrap_or(0) as f64;
        let step = (area.width * 0.6 / siblings.len() as f64).min(48.0);
        area.x + (at - (siblings.len() as f64 - 1.0) / 2.0) * step
    };
    let forward = |other: &&(usize, &Arrow)| other.1.to > other.1.from;
    let numbered: Vec<(usize, &Arrow)> = arrows.iter().enumerate().collect();
    let leaving = numbered.iter().filter(forward).filter(|(_, other)| other.from == arrow.from);
    let arriving = numbered.iter().filter(forward).filter(|(_, other)| other.to == arrow.to);
    let start = port(from, leaving.map(|(at, other)| (boxes[other.to].x, *at)).collect());
    let end = port(to, arriving.map(|(at, other)| (boxes[other.from].x, *at)).collect());
    let (from_top, from_height) = tops[cells[arrow.from].layer];
    let bottom = from.y + from.height / 2.0;
    let mut points = vec![(start, bottom)];
    if bottom < from_top + from_height {
        points.push((start, from_top + from_height));
    }
    for cell in &chain[1..chain.len() - 1] {
        let (top, height) = tops[cells[*cell].layer];
        points.push((cells[*cell].x - left, top));
        points.push((cells[*cell].x - left, top + height));
    }
    points.push((end, to.y - to.height / 2.0));
    let label = match chain {
        [_, first, _, ..] => {
            let (top, _) = tops[cells[*first].layer];
            (cells[*first].x - left, top + 10.0)
        }
        _ => {
            let gap = from_top + from_height;
            ((start + end) / 2.0, gap + BETWEEN / 2.0)
        }
    };
    Line { points, label, back: false }
}
