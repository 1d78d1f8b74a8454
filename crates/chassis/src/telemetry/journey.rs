//! Spans drawn as one tree: a call hangs under its caller, an effect under the link to its cause.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
};

use serde::Serialize;

use super::span_store::FinishedSpan;

/// Deepest tree that is drawn; a deeper one is cut there.
const MAX_DEPTH: usize = 64;

/// A span and what it led to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Branch {
    /// The span itself.
    pub span: FinishedSpan,
    /// Whether it hangs here by a link rather than by a call.
    pub is_linked: bool,
    /// What it led to, earliest first.
    pub children: Vec<Branch>,
}

/// Arranges `spans` as trees, earliest first. A span whose caller and causes are absent is a root.
pub fn tree(spans: &[FinishedSpan]) -> Vec<Branch> {
    let known: HashSet<&str> = spans.iter().map(|span| span.span_id.as_str()).collect();
    let mut under: HashMap<&str, Vec<(&FinishedSpan, bool)>> = HashMap::new();
    let mut roots = Vec::new();
    for span in spans {
        let caller = span.parent_span_id.as_deref().filter(|it| known.contains(it));
        let cause =
            span.links.iter().map(|link| link.span_id.as_str()).find(|it| known.contains(it));
        match (caller, cause) {
            (Some(caller), _) => under.entry(caller).or_default().push((span, false)),
            (None, Some(cause)) => under.entry(cause).or_default().push((span, true)),
            (None, None) => roots.push(span),
        }
    }
    let mut drawn = HashSet::new();
    // What the roots do not reach, a circle of links or a branch too deep, is drawn beside them.
    let candidates = roots.into_iter().chain(spans);
    let grown = candidates.filter_map(|span| grow(span, false, &under, &mut drawn, 0)).collect();
    earliest_first(grown)
}

/// Draws `spans` as text: one line a span, with its service, its start after the first span and its duration.
pub fn render(spans: &[FinishedSpan]) -> String {
    let trees = tree(spans);
    let Some(start_us) = spans.iter().map(|span| span.start_us).min() else {
        return "no spans\n".to_owned();
    };
    let mut lines = Vec::new();
    for branch in &trees {
        collect(branch, "", Place::Root, None, &mut lines);
    }
    let width = lines.iter().map(|(text, _)| text.chars().count()).max().unwrap_or_default();

    let mut drawing = String::new();
    for (text, span) in lines {
        let padding = " ".repeat(width - text.chars().count());
        let after = milliseconds(span.start_us.saturating_sub(start_us));
        let took = milliseconds(span.duration_us);
        let failed = match (&span.status_description, span.is_error) {
            (Some(description), true) => format!("  failed: {description}"),
            (None, true) => "  failed".to_owned(),
            (_, false) => String::new(),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(drawing, "{text}{padding}  +{after:>9} ms {took:>9} ms{failed}");
    }
    drawing
}

fn grow(
    span: &FinishedSpan,
    is_linked: bool,
    under: &HashMap<&str, Vec<(&FinishedSpan, bool)>>,
    drawn: &mut HashSet<String>,
    depth: usize,
) -> Option<Branch> {
    // A span hangs in one place, so a circle of links ends here.
    if MAX_DEPTH <= depth || !drawn.insert(span.span_id.clone()) {
        return None;
    }
    let below = under.get(span.span_id.as_str()).into_iter().flatten();
    let children =
        below.filter_map(|(child, linked)| grow(child, *linked, under, drawn, depth + 1)).collect();
    Some(Branch { span: span.clone(), is_linked, children: earliest_first(children) })
}

fn earliest_first(mut branches: Vec<Branch>) -> Vec<Branch> {
    branches.sort_by_key(|branch| branch.span.start_us);
    branches
}

#[derive(Clone, Copy)]
enum Place {
    Root,
    Middle,
    Last,
}

/// A span without a service of its own belongs to the one that called it.
fn collect<'a>(
    branch: &'a Branch,
    indent: &str,
    place: Place,
    service: Option<&'a str>,
    lines: &mut Vec<(String, &'a FinishedSpan)>,
) {
    let service = branch.span.service.as_deref().or(service);
    let (twig, deeper) = match place {
        Place::Root => ("", ""),
        Place::Middle => ("├─ ", "│  "),
        Place::Last => ("└─ ", "   "),
    };
    let arrow = if branch.is_linked { "⇢ " } else { "" };
    let owner = service.map(|name| format!("[{name}] ")).unwrap_or_default();
    lines.push((format!("{indent}{twig}{arrow}{owner}{}", branch.span.name), &branch.span));

    let indent = format!("{indent}{deeper}");
    let last = branch.children.len().saturating_sub(1);
    for (position, child) in branch.children.iter().enumerate() {
        let place = if position == last { Place::Last } else { Place::Middle };
        collect(child, &indent, place, service, lines);
    }
}

fn milliseconds(micros: u64) -> String {
    format!("{}.{:03}", micros / 1000, micros % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::SpanLink;

    fn span(id: &str, parent: Option<&str>, link: Option<&str>, start_us: u64) -> FinishedSpan {
        FinishedSpan {
            trace_id: "t".to_owned(),
            span_id: id.to_owned(),
            parent_span_id: parent.map(str::to_owned),
            links: link
                .map(|it| SpanLink { trace_id: "t".to_owned(), span_id: it.to_owned() })
                .into_iter()
                .collect(),
            name: format!("span {id}"),
            kind: "internal",
            service: parent.is_none().then(|| format!("service-{id}")),
            start_us,
            duration_us: 1_500,
            is_error: id == "d",
            status_description: None,
            attributes: Vec::new(),
        }
    }

    #[test]
    fn calls_and_links_are_drawn_as_one_tree() {
        let spans = [
            span("c", None, Some("b"), 3_000),
            span("a", None, None, 0),
            span("d", Some("c"), None, 4_000),
            span("b", Some("a"), None, 1_000),
            span("e", Some("a"), None, 2_000),
        ];

        let drawing = render(&spans);

        let lines: Vec<String> =
            drawing.lines().map(|it| it.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(
            lines,
            [
                "[service-a] span a + 0.000 ms 1.500 ms",
                "├─ [service-a] span b + 1.000 ms 1.500 ms",
                "│ └─ ⇢ [service-c] span c + 3.000 ms 1.500 ms",
                "│ └─ [service-c] span d + 4.000 ms 1.500 ms failed",
                "└─ [service-a] span e + 2.000 ms 1.500 ms",
            ]
        );
    }

    #[test]
    fn a_circle_of_links_is_drawn_once() {
        let spans = [span("a", None, Some("b"), 0), span("b", None, Some("a"), 1)];

        let trees = tree(&spans);

        assert_eq!(trees.len(), 1);
        assert_eq!(trees[0].span.span_id, "a");
        assert_eq!(trees[0].children[0].span.span_id, "b");
        assert!(trees[0].children[0].children.is_empty());
    }

    #[test]
    fn nothing_is_lost_below_the_deepest_level() {
        let ids: Vec<String> = (0..200).map(|it| format!("s{it:03}")).collect();
        let spans: Vec<FinishedSpan> = ids
            .iter()
            .enumerate()
            .map(|(at, id)| span(id, at.checked_sub(1).map(|it| ids[it].as_str()), None, at as u64))
            .collect();

        assert_eq!(render(&spans).lines().count(), 200);
    }
}
