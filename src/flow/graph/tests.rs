use super::*;
use crate::flow::{Source, read};

const MERCHANT: &str = include_str!("../../../flows/merchant.toml");

fn flow(text: &str) -> Flow {
    let report = read(&Source::alone("a.toml", text));
    report.flow.unwrap_or_else(|| panic!("{:?}", report.diagnostics))
}

#[test]
fn arrows_follow_order_branches_and_giving_up() {
    let flow = flow(MERCHANT);
    let arrows = arrows(&flow);
    let named = |from: &str, to: &str| {
        let arrow =
            arrows.iter().find(|arrow| flow.steps[arrow.from].id == from && flow.steps[arrow.to].id == to);
        arrow.map(|arrow| arrow.labels.clone())
    };
    assert_eq!(named("greeting", "goodbye"), Some(vec!["not answer".to_owned()]));
    assert_eq!(named("greeting", "business_type"), Some(vec!["else".to_owned()]));
    assert_eq!(named("business_type", "goodbye"), Some(vec!["after 3 tries".to_owned()]));
    assert_eq!(named("location", "staff_size"), Some(vec![]));
    assert_eq!(named("thanks", "goodbye"), None, "an ending leads nowhere");
}

#[test]
fn the_pictures_show_every_step_and_are_well_formed() {
    let hostile = MERCHANT.replace("Which city are you in?", "<script>alert(\\\"a & b\\\")</script>");
    let flow = flow(&hostile);
    let svg = to_svg(&flow);
    let mut reader = quick_xml::Reader::from_str(&svg);
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) => assert_ne!(tag.name().as_ref(), "script"),
            _ => {}
        }
    }
    let mermaid = to_mermaid(&flow);
    assert!(!mermaid.contains("<script>") && mermaid.starts_with("flowchart TD\n"));
    for step in &flow.steps {
        assert!(svg.contains(&format!("data-step=\"{}\"", step.id)), "{}", step.id);
        assert!(mermaid.contains(&format!("<b>{}</b>", step.id)), "{}", step.id);
    }
}

#[test]
fn boxes_never_overlap_and_arrows_end_at_their_boxes() {
    let flow = flow(MERCHANT);
    let arrows = arrows(&flow);
    let sizes = vec![(100.0, 40.0); flow.steps.len()];
    let layout = layout::place(&sizes, &arrows, &vec![30.0; arrows.len()]);
    for (at, one) in layout.boxes.iter().enumerate() {
        for other in &layout.boxes[..at] {
            let apart = (one.x - other.x).abs() >= 100.0 || (one.y - other.y).abs() >= 40.0;
            assert!(apart, "{one:?} {other:?}");
        }
        assert!(one.x >= 50.0 - 1e-6 && one.x + 50.0 <= layout.width + 1e-6, "{one:?}");
    }
    for (arrow, line) in arrows.iter().zip(&layout.lines) {
        let (from, to) = (layout.boxes[arrow.from], layout.boxes[arrow.to]);
        let (first, last) = (line.points[0], *line.points.last().unwrap());
        assert!((first.1 - (from.y + 20.0)).abs() < 1e-6 && (first.0 - from.x).abs() <= 50.0, "{arrow:?}");
        assert!((last.1 - (to.y - 20.0)).abs() < 1e-6 && (last.0 - to.x).abs() <= 50.0, "{arrow:?}");
    }
}

#[test]
fn long_flows_with_loops_are_drawn() {
    let mut text = String::from("id = \"long\"\ntitle = \"L\"\n[scoring]\nsql = 5000\n");
    for step in 0..150 {
        let back = if step % 7 == 3 {
            format!("go = [{{ when = \"answer\", to = \"s{}\" }}]\n", step / 2)
        } else {
            String::new()
        };
        text += &format!("[[steps]]\nid = \"s{step}\"\nask = \"yes_no\"\nsay = \"S\"\n{back}");
    }
    text += "[[steps]]\nid = \"bye\"\nsay = \"Bye\"\nend = \"completed\"\n";
    assert!(to_svg(&flow(&text)).contains("s149"));
}
