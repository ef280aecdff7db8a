//! The picture as SVG, complete in itself: no script, no font, no program but a browser to look at it.

use super::layout::{Area, Layout, Line, place};
use super::{Role, StepBox, arrows, boxes, shorten};
use crate::flow::model::Flow;
use std::fmt::Write;

/// Space around everything.
const MARGIN: f64 = 32.0;
/// Space for the title.
const HEAD: f64 = 76.0;
/// Width of a box.
const WIDTH: f64 = 272.0;
/// Characters of a line in a box.
const LINE: usize = 40;
/// Height of a line.
const LEADING: f64 = 17.0;
/// Characters of an arrow's label.
const LABEL: usize = 34;

const STYLE: &str = "text{font:12.5px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;fill:#1f2937}\
.title{font-size:18px;font-weight:600}.about,.notes{fill:#6b7280;font-size:11.5px}.id{font-weight:600;font-size:13px}\
.kind{font-size:11px;fill:#475569}.box{stroke-width:1.25}.asks .box{fill:#fff;stroke:#3b82f6}.asks .bar{fill:#eff6ff}\
.speaks .box{fill:#f8fafc;stroke:#94a3b8}.speaks .bar{fill:#f1f5f9}.ends .box{fill:#ecfdf5;stroke:#10b981}\
.ends .bar{fill:none}.other .box{fill:#fff7ed;stroke:#f59e0b}.option{fill:#334155}\
.line{fill:none;stroke:#64748b;stroke-width:1.4;stroke-linejoin:round}.label{font-size:11px;fill:#334155;paint-order:stroke;stroke:#fff;stroke-width:5px;stroke-linejoin:round}";

/// The flow as an SVG picture.
pub fn to_svg(flow: &Flow) -> String {
    let boxes = boxes(flow);
    let arrows = arrows(flow);
    let texts: Vec<Vec<String>> = boxes.iter().map(|step| wrap(&step.words)).collect();
    let sizes: Vec<(f64, f64)> =
        boxes.iter().zip(&texts).map(|(step, text)| (WIDTH, height(step, text))).collect();
    let labels: Vec<Vec<String>> =
        arrows.iter().map(|arrow| arrow.labels.iter().map(|label| shorten(label, LABEL)).collect()).collect();
    let widths: Vec<f64> = labels
        .iter()
        .map(|lines| lines.iter().map(|line| wide(line) as f64 * 6.2 + 8.0).fold(0.0, f64::max))
        .collect();
    let layout = place(&sizes, &arrows, &widths);
    draw(flow, &boxes, &texts, &labels, &layout)
}

fn draw(
    flow: &Flow,
    boxes: &[StepBox],
    texts: &[Vec<String>],
    labels: &[Vec<String>],
    layout: &Layout,
) -> String {
    let about = about(flow);
    let head_width = (wide(&about) as f64 * 6.6).max(wide(&flow.title) as f64 * 10.5);
    let width = layout.width.max(head_width) + 2.0 * MARGIN;
    let height = layout.height + HEAD + 2.0 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\">\n<title>{}</title>\n<style>{STYLE}</style>\n<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\"><path d=\"M0 0L8 4L0 8z\" fill=\"#64748b\"/></marker></defs>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
        escape(&flow.title)
    );
    let _ = writeln!(
        out,
        "<text class=\"title\" x=\"{MARGIN}\" y=\"{}\">{}</text>",
        MARGIN + 12.0,
        escape(&flow.title)
    );
    let _ = writeln!(
        out,
        "<text class=\"about\" x=\"{MARGIN}\" y=\"{}\">{}</text>",
        MARGIN + 31.0,
        escape(&about)
    );
    let _ = writeln!(
        out,
        "<g transform=\"translate({:.1} {:.1})\">",
        (width - layout.width) / 2.0,
        MARGIN + HEAD
    );
    layout.lines.iter().for_each(|line| arrow(line, &mut out));
    for ((step, text), area) in boxes.iter().zip(texts).zip(&layout.boxes) {
        step_box(step, text, *area, &mut out);
    }
    for (lines, line) in labels.iter().zip(&layout.lines) {
        let first = line.label.1 - (lines.len() as f64 - 1.0) * 6.5 + 4.0;
        for (at, label) in lines.iter().enumerate() {
            let y = first + at as f64 * 13.0;
            let _ = writeln!(
                out,
                "<text class=\"label\" text-anchor=\"middle\" x=\"{:.1}\" y=\"{y:.1}\">{}</text>",
                line.label.0,
                escape(label)
            );
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn about(flow: &Flow) -> String {
    let channels: Vec<&str> = flow.start.channels.iter().map(|channel| channel.as_str()).collect();
    let mut parts = vec![flow.id.clone(), channels.join(", ")];
    if !flow.start.keywords.is_empty() {
        parts.push(format!("begins with: {}", flow.start.keywords.join(", ")));
    }
    if flow.start.default {
        parts.push("default".to_owned());
    }
    parts.push(format!("{} steps", flow.steps.len()));
    parts.join("  ·  ")
}

fn height(step: &StepBox, text: &[String]) -> f64 {
    let lines = text.len() + step.options.len() + usize::from(!step.notes.is_empty());
    26.0 + lines as f64 * LEADING + if lines > 0 { 13.0 } else { 0.0 }
}

fn step_box(step: &StepBox, text: &[String], area: Area, out: &mut String) {
    let (x, y) = (area.x - area.width / 2.0, area.y - area.height / 2.0);
    let class = match step.role {
        Role::Asks => "asks",
        Role::Speaks => "speaks",
        Role::Ends if step.kind == "completed" => "ends",
        Role::Ends => "ends other",
    };
    let round = if step.role == Role::Ends { 20.0 } else { 7.0 };
    let Area { width, height, .. } = area;
    let _ = writeln!(out, "<g class=\"{class}\" data-step=\"{}\">", escape(&step.id));
    let _ = writeln!(
        out,
        "<rect class=\"box\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round}\"/>"
    );
    if step.role != Role::Ends {
        let (x, y, width) = (x + 1.0, y + 1.0, width - 2.0);
        let _ = writeln!(
            out,
            "<path class=\"bar\" d=\"M{x:.1} {:.1}v-18q0-6 6-6h{:.1}q6 0 6 6v18z\"/>",
            y + 24.0,
            width - 12.0
        );
    }
    let mut line = |class: &str, x: f64, y: f64, anchor: &str, text: &str| {
        let _ = writeln!(
            out,
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
            escape(text)
        );
    };
    line("id", x + 13.0, y + 17.0, "start", &shorten(&step.id, 24));
    line("kind", x + width - 13.0, y + 17.0, "end", &step.kind);
    let mut at = y + 25.0 + LEADING;
    for words in text {
        line("words", x + 13.0, at, "start", words);
        at += LEADING;
    }
    for option in &step.options {
        line("option", x + 21.0, at, "start", &format!("• {}", cut(option, LINE - 3)));
        at += LEADING;
    }
    if !step.notes.is_empty() {
        line("notes", x + 13.0, at, "start", &cut(&step.notes, LINE));
    }
    out.push_str("</g>\n");
}

/// A line through its points, bending between layers and straight within them.
fn arrow(line: &Line, out: &mut String) {
    let Some(((x, y), rest)) = line.points.split_first() else { return };
    let mut path = format!("M{x:.1} {y:.1}");
    if line.back {
        rest.iter().for_each(|(x, y)| {
            let _ = write!(path, "L{x:.1} {y:.1}");
        });
    } else {
        let (mut last_x, mut last_y) = (*x, *y);
        for (x, y) in rest {
            if (x - last_x).abs() < 0.5 {
                let _ = write!(path, "L{x:.1} {y:.1}");
            } else {
                let half = (y - last_y) / 2.0;
                let _ =
                    write!(path, "C{last_x:.1} {:.1} {x:.1} {:.1} {x:.1} {y:.1}", last_y + half, y - half);
            }
            (last_x, last_y) = (*x, *y);
        }
    }
    let _ = writeln!(out, "<path class=\"line\" d=\"{path}\" marker-end=\"url(#tip)\"/>");
}

/// The first two lines of a text.
fn wrap(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let full = lines.len() == 2;
        let fits = lines.last().is_some_and(|line| wide(line) + 1 + wide(word) <= LINE);
        match lines.last_mut() {
            Some(line) if fits => {
                line.push(' ');
                line.push_str(word);
            }
            Some(line) if full => {
                *line = format!("{}…", cut(line, LINE - 1).trim_end_matches('…'));
                break;
            }
            _ => lines.push(cut(word, LINE)),
        }
    }
    lines
}

/// The width of a text in Latin letters.
fn wide(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum()
}

/// A text cut to a width.
fn cut(text: &str, most: usize) -> String {
    if wide(text) <= most {
        return text.to_owned();
    }
    let mut width = 1;
    let kept = text.chars().take_while(|c| {
        width += if *c >= '\u{1100}' { 2 } else { 1 };
        width <= most
    });
    format!("{}…", kept.collect::<String>().trim_end())
}

/// A text between tags or in an attribute; what XML cannot carry is left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{FFFE}' | '\u{FFFF}' => {}
            other if other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
