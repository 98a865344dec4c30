//! Pages: text made harmless, and the frame they share. No script, no network; they print well.

/// Text as it may stand in HTML. Control characters and marks of direction become visible signs.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out.push('\u{fffd}')
            }
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A cell of a CSV file for Excel in Sweden: semicolons between, never a formula (OWASP, CSV injection).
#[must_use]
pub fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text: String =
        text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect();
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// A row of such a file.
#[must_use]
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    cells.join(";") + "\r\n"
}

/// What a CSV file begins with, by which Excel knows its encoding.
pub const BOM: &str = "\u{feff}";

/// A whole page. `title` is text, `body` is HTML.
#[must_use]
pub fn page(language: &str, title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        escape(title)
    )
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:1.5rem}\
main{max-width:52rem;margin:0 auto}\
h1{font-size:1.7rem;line-height:1.2}h2{font-size:1.25rem;margin-top:2.2rem;border-bottom:1px solid #8886}\
h3{font-size:1rem;margin:1.4rem 0 .3rem}\
table{border-collapse:collapse;width:100%;margin:.4rem 0 1rem}\
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #8884;overflow-wrap:anywhere}\
th{font-weight:600;width:14rem}thead th{width:auto}\
.gap{font-style:italic;border-left:3px solid #b60;padding-left:.5rem}\
.note{font-size:.9rem;opacity:.85}\
@media print{body{padding:0;font-size:11pt}h2{break-after:avoid}h3{break-after:avoid}tr,.record{break-inside:avoid}}\
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_text() {
        assert_eq!(
            escape("<img onerror='x'>\u{202e}\n"),
            "&lt;img onerror=&#39;x&#39;&gt;\u{fffd} "
        );
        assert_eq!(row(["=1+1", "a;\"b\""]), "\"'=1+1\";\"a;\"\"b\"\"\"\r\n");
    }
}
