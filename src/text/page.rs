//! The text of a web page, such as the error page of a proxy.
//!
//! Responsible for its words without markup. Refuses to render it.

/// The words of `page`, a plain text or HTML: without tags, scripts and styles, with single blanks.
pub fn words(page: &str) -> String {
    if !page.trim_start().starts_with('<') {
        return page.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let mut text = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(begin) = rest.find('<') {
        text.push_str(&rest[..begin]);
        text.push(' ');
        rest = behind(&rest[begin..]);
    }
    text.push_str(rest);
    let text = ENTITIES.iter().fold(text, |text, (entity, sign)| text.replace(entity, sign));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The entities of error pages. `&amp;` is the last one: its sign begins none.
const ENTITIES: [(&str, &str); 6] =
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];

/// What follows the tag that `text` begins with, and its content where that is no text.
fn behind(text: &str) -> &str {
    for (open, close) in [("<script", "</script"), ("<style", "</style"), ("<!--", "-->")] {
        if text.get(..open.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(open)) {
            let lower = text.to_ascii_lowercase();
            let Some(end) = lower.find(close) else { return "" };
            let end = end + close.len();
            return text[end..].strip_prefix('>').unwrap_or(&text[end..]);
        }
    }
    text.find('>').map_or("", |end| &text[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_page_gives_its_words_and_a_text_itself() {
        for (page, expected) in [
            (
                "<html><head><title>502 Bad Gateway</title><style>p {}</style></head>\n<body>\n<h1>No &amp; no</h1>",
                "502 Bad Gateway No & no",
            ),
            ("<!DOCTYPE html><SCRIPT>alert('<')</SCRIPT><!-- > --><p>a<br>b", "a b"),
            ("  upstream\n timed  out ", "upstream timed out"),
            ("a < b", "a < b"),
            ("<p", ""),
            ("<script>x", ""),
            ("", ""),
        ] {
            assert_eq!(words(page), expected, "{page}");
        }
    }
}
