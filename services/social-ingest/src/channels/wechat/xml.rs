//! A small reader of the platform's XML: no DTD, no entity beyond the five predefined, bounded depth and count.

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};

/// Deepest nesting; the platform's own goes five deep.
const MAX_DEPTH: usize = 16;

/// Most elements; the platform's longest document has about sixty.
const MAX_ELEMENTS: usize = 2048;

/// Longest name of an element; the platform's longest has 22 letters.
const MAX_NAME_BYTES: usize = 64;

/// An element: either it holds text, or it holds other elements.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) children: Vec<Element>,
    is_verbatim: bool,
}

impl Element {
    /// The first child of that name.
    pub(super) fn find(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of that name, without the blanks around it; `None` when nothing is left.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.find(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }

    /// Text in a section is kept as it stands; the blanks around the section are layout.
    fn push_text(&mut self, text: &str) {
        if !(self.is_verbatim && text.trim().is_empty()) {
            push_legal(&mut self.text, text);
        }
    }

    fn push_section(&mut self, text: &str) {
        if !self.is_verbatim && self.text.trim().is_empty() {
            self.text.clear();
        }
        self.is_verbatim = true;
        push_legal(&mut self.text, text);
    }
}

/// A character that XML does not allow, and a database may not take, is replaced rather than the message lost.
fn push_legal(text: &mut String, more: &str) {
    let is_legal =
        |it: char| matches!(it, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    text.extend(more.chars().map(|it| if is_legal(it) { it } else { char::REPLACEMENT_CHARACTER }));
}

/// Reads one document. The error says what is wrong with it, never what stands in it.
pub(super) fn parse(document: &[u8]) -> Result<Element, &'static str> {
    let document = std::str::from_utf8(document).map_err(|_| "not UTF-8")?;
    let mut reader = Reader::from_str(document.trim_start_matches('\u{feff}'));
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut count = 0;

    loop {
        match reader.read_event().map_err(|_| "not well-formed")? {
            Event::Start(tag) => {
                if MAX_DEPTH <= open.len() {
                    return Err("nested too deep");
                }
                open.push(element(&tag, &mut count)?);
            }
            Event::Empty(tag) => close(element(&tag, &mut count)?, &mut open, &mut root)?,
            // The reader itself compares the names of start and end.
            Event::End(_) => {
                let element = open.pop().ok_or("not well-formed")?;
                close(element, &mut open, &mut root)?;
            }
            Event::Text(text) => match open.last_mut() {
                Some(element) => element.push_text(&text.xml10_content()),
                None if text.xml10_content().trim().is_empty() => (),
                None => return Err("text outside the document"),
            },
            Event::CData(section) => match open.last_mut() {
                Some(element) => element.push_section(&section.xml10_content()),
                None => return Err("text outside the document"),
            },
            Event::GeneralRef(reference) => {
                let element = open.last_mut().ok_or("text outside the document")?;
                match reference.resolve_char_ref().map_err(|_| "bad character reference")? {
                    Some(character) => element.push_text(character.encode_utf8(&mut [0; 4])),
                    None => {
                        let name = reference.xml10_content();
                        let text =
                            resolve_predefined_entity(&name).ok_or("entity is not allowed")?;
                        element.push_text(text);
                    }
                }
            }
            Event::DocType(_) => return Err("document type definition is not allowed"),
            Event::PI(_) => return Err("processing instruction is not allowed"),
            Event::Decl(_) | Event::Comment(_) => (),
            Event::Eof => break,
        }
    }
    match open.is_empty() {
        true => root.ok_or("empty document"),
        false => Err("not well-formed"),
    }
}

fn element(tag: &BytesStart<'_>, count: &mut usize) -> Result<Element, &'static str> {
    *count += 1;
    if MAX_ELEMENTS < *count {
        return Err("too many elements");
    }
    let name = tag.name().as_ref().to_owned();
    match name.len() <= MAX_NAME_BYTES {
        true => Ok(Element { name, ..Element::default() }),
        false => Err("element name is too long"),
    }
}

fn close(
    element: Element,
    open: &mut [Element],
    root: &mut Option<Element>,
) -> Result<(), &'static str> {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None if root.is_none() => *root = Some(element),
        None => return Err("more than one document"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_bare_text_read_alike() {
        #[track_caller]
        fn check(inner: &str, expected: &str) {
            let document = format!("<xml><A>{inner}</A></xml>");
            let actual =
                parse(document.as_bytes()).map(|root| root.find("A").unwrap().text.clone());
            assert_eq!(actual.as_deref(), Ok(expected));
        }

        check("<![CDATA[hello]]>", "hello");
        check("\n  <![CDATA[hello]]>\n  ", "hello");
        check("hello", "hello");
        check("a &lt; b &amp;&amp; c &#x4e2d;&#25991;", "a < b && c 中文");
        check("<![CDATA[a < b & c]]>", "a < b & c");
        check("<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b");
        check("<![CDATA[  kept  ]]>", "  kept  ");
        check("<![CDATA[]]>", "");
        check("<![CDATA[a\u{0}\u{8}b]]>", "a\u{fffd}\u{fffd}b");
    }

    #[test]
    fn anything_else_is_refused() {
        #[track_caller]
        fn check(document: &str, expected: &str) {
            assert_eq!(parse(document.as_bytes()).map(drop), Err(expected), "{document:.60}");
        }

        check("", "empty document");
        check("hello", "text outside the document");
        check("<xml>", "not well-formed");
        check("<xml></lmx>", "not well-formed");
        check("</xml>", "not well-formed");
        check("<xml><A></xml></A>", "not well-formed");
        check("<xml/><xml/>", "more than one document");
        check("<xml><![CDATA[a</xml>", "not well-formed");
        check("<!DOCTYPE xml><xml/>", "document type definition is not allowed");
        check(
            "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><xml>&e;</xml>",
            "document type definition is not allowed",
        );
        check("<xml>&e;</xml>", "entity is not allowed");
        check("<xml>&#0;</xml>", "bad character reference");
        check("<xml>&#xd800;</xml>", "bad character reference");
        check("<?php echo 1 ?><xml/>", "processing instruction is not allowed");
        check(&"<a>".repeat(17), "nested too deep");
        check(&format!("<xml>{}</xml>", "<a/>".repeat(2048)), "too many elements");
        check(&format!("<{}/>", "a".repeat(65)), "element name is too long");
        assert_eq!(parse(b"<xml>\xff</xml>").map(drop), Err("not UTF-8"));
    }
}
