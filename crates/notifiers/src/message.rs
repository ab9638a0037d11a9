//! What is told.

/// A figure beside the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it is.
    pub name: &'static str,
    /// Its value. May be text from outside.
    pub value: String,
}

/// A message as every channel gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its key: the same message again, after a doubtful try, has the same one.
    pub id: String,
    /// What it is about, one of our words.
    pub kind: &'static str,
    /// `info`, `warning` or `critical`.
    pub severity: &'static str,
    /// When it came about, milliseconds since 1970.
    pub at_ms: i64,
    /// When it came about, as people read it.
    pub at: String,
    /// What happened, in a line. May hold text from outside.
    pub title: String,
    /// Why, and what to do. May hold text from outside.
    pub text: String,
    /// Figures.
    pub fields: Vec<Field>,
    /// Where to see more.
    pub link: Option<String>,
}

impl Message {
    /// As plain text of at most `chars_max` characters, without control characters but line ends.
    pub(crate) fn plain(&self, chars_max: usize) -> String {
        let link = self.link.as_ref().map(|link| format!("\n{link}")).unwrap_or_default();
        self.without_link(chars_max.saturating_sub(link.chars().count())) + &link
    }

    /// The same without the link.
    pub(crate) fn without_link(&self, chars_max: usize) -> String {
        let mut text = format!("[{}] {}", self.severity, line(&self.title));
        let mut add = |part: &str| {
            text.push('\n');
            text.push_str(part);
        };
        for part in self.text.lines().map(line).filter(|part| !part.is_empty()) {
            add(&part);
        }
        for field in &self.fields {
            add(&format!("{}: {}", field.name, line(&field.value)));
        }
        add(&self.at);
        cut(&text, chars_max)
    }
}

/// On one line: control and invisible formatting characters become blanks.
pub(crate) fn line(text: &str) -> String {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let visible: String = text.chars().map(|c| if unseen(c) { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most so many characters, with a mark where something was cut.
pub(crate) fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_break_out_of_its_line() {
        assert_eq!(line("a\u{202e}b\nc\u{0}\u{200b} d"), "a b c d");
        let message = Message {
            id: "1".into(),
            kind: "whale",
            severity: "info",
            at_ms: 0,
            at: "1970-01-01T00:00:00Z".into(),
            title: "A\n[critical] trading halted".into(),
            text: "one\r\ntwo".into(),
            fields: vec![Field { name: "market", value: "x\ny".into() }],
            link: None,
        };
        let told = message.plain(1_000);
        assert_eq!(
            told.lines().collect::<Vec<_>>(),
            [
                "[info] A [critical] trading halted",
                "one",
                "two",
                "market: x y",
                "1970-01-01T00:00:00Z"
            ]
        );
        assert_eq!(message.plain(10), "[info] A …");
    }
}
