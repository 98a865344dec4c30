//! What a `CREATE TABLE` says of columns and keys: as much of SQL's grammar as that takes
//! (<https://www.sqlite.org/lang_createtable.html>).

/// What stands in a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or a keyword, as written.
    Word(String),
    /// A name between quotes.
    Quoted(String),
    /// A text between quotes.
    Text(String),
    /// Anything else.
    Sign(char),
}

impl Token {
    fn is(&self, keyword: &str) -> bool {
        matches!(self, Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    fn is_any(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.is(keyword))
    }

    fn name(&self) -> Option<&str> {
        match self {
            Token::Word(name) | Token::Quoted(name) | Token::Text(name) => Some(name),
            Token::Sign(_) => None,
        }
    }
}

/// A column as it is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Declared {
    /// Its name.
    pub(super) name: String,
    /// Its type, in upper case, without what stands in parentheses.
    pub(super) kind: String,
    /// It is the key, or a part of it, and said so itself.
    pub(super) key: bool,
    /// As a key it stands in descending order.
    pub(super) descending: bool,
    /// It is reckoned from others and not stored.
    pub(super) computed: bool,
    /// What rows have that were there before it.
    pub(super) default: Option<String>,
}

/// A table as it is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Statement {
    /// Its columns.
    pub(super) columns: Vec<Declared>,
    /// The names of the columns of its key, where the table says so and not a column.
    pub(super) key: Vec<String>,
    /// It has no row ids.
    pub(super) without_rowid: bool,
}

/// Words that begin what a column or a table has to keep to.
const CONSTRAINTS: [&str; 11] = [
    "CONSTRAINT",
    "PRIMARY",
    "NOT",
    "NULL",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "COLLATE",
    "REFERENCES",
    "GENERATED",
    "AS",
];

/// Reads a statement; `None` if it is none that makes a table.
pub(super) fn create_table(sql: &str) -> Option<Statement> {
    let tokens = tokens(sql);
    let open = tokens.iter().position(|token| *token == Token::Sign('('))?;
    if !tokens.first()?.is("CREATE") || tokens[..open].iter().any(|token| token.is("VIRTUAL")) {
        return None;
    }
    let (items, end) = items(&tokens, open);
    let mut statement = Statement::default();
    for item in items {
        match item.first() {
            Some(first)
                if first.is_any(&["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"]) =>
            {
                statement.constraint(item);
            }
            Some(_) => statement.columns.push(column(item)?),
            None => {}
        }
    }
    let rest = tokens.get(end..).unwrap_or_default();
    statement.without_rowid = rest.windows(2).any(|two| two[0].is("WITHOUT") && two[1].is("ROWID"));
    Some(statement)
}

/// The names that stand between the parentheses of a virtual table, and the module that makes it.
pub(super) fn create_virtual(sql: &str) -> Option<(String, Vec<String>)> {
    let tokens = tokens(sql);
    let using = tokens.iter().position(|token| token.is("USING"))?;
    let module = tokens.get(using + 1)?.name()?.to_ascii_lowercase();
    let Some(open) = tokens.iter().position(|token| *token == Token::Sign('(')) else {
        return Some((module, Vec::new()));
    };
    let (items, _) = items(&tokens, open);
    // `content=…` and the like are options.
    let names = items.iter().filter(|item| item.get(1) != Some(&Token::Sign('=')));
    let names = names.filter_map(|item| item.first()?.name().map(str::to_owned));
    Some((module, names.collect()))
}

/// What commas divide between the parenthesis at `open` and its end, and where that is.
fn items(tokens: &[Token], open: usize) -> (Vec<&[Token]>, usize) {
    let (mut items, mut depth, mut start) = (Vec::new(), 0_usize, open + 1);
    for (n, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') if depth == 1 => {
                items.push(&tokens[start..n]);
                return (items, n + 1);
            }
            Token::Sign(')') => depth -= 1,
            Token::Sign(',') if depth == 1 => {
                items.push(&tokens[start..n]);
                start = n + 1;
            }
            _ => {}
        }
    }
    items.push(&tokens[start.min(tokens.len())..]);
    (items, tokens.len())
}

fn column(item: &[Token]) -> Option<Declared> {
    let name = item.first()?.name()?.to_owned();
    let typed = item[1..].iter().position(|token| token.is_any(&CONSTRAINTS));
    let typed = &item[1..typed.map_or(item.len(), |n| n + 1)];
    let open = typed.iter().position(|token| *token == Token::Sign('('));
    let words = typed[..open.unwrap_or(typed.len())].iter().filter_map(Token::name);
    let kind = words.collect::<Vec<_>>().join(" ").to_ascii_uppercase();
    let mut column = Declared { name, kind, ..Declared::default() };
    column.constraints(&item[1 + typed.len()..]);
    Some(column)
}

impl Declared {
    /// Takes in what a column has to keep to.
    fn constraints(&mut self, tokens: &[Token]) {
        let mut depth = 0_usize;
        for (n, token) in tokens.iter().enumerate() {
            let next = |ahead: usize| tokens.get(n + ahead);
            match token {
                Token::Sign('(') => depth += 1,
                Token::Sign(')') => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                word if word.is("PRIMARY") => {
                    self.key = true;
                    self.descending = next(2).is_some_and(|token| token.is("DESC"));
                }
                word if word.is("DEFAULT") => self.default = next(1).and_then(default_of),
                word if word.is("AS") => self.computed = true,
                word if word.is("STORED") => self.computed = false,
                _ => {}
            }
        }
    }
}

/// A default that is a text or a number of one piece.
fn default_of(token: &Token) -> Option<String> {
    match token {
        Token::Text(text) => Some(text.clone()),
        Token::Word(word) if word.starts_with(|c: char| c.is_ascii_digit()) => Some(word.clone()),
        _ => None,
    }
}

impl Statement {
    /// Takes in what a table has to keep to.
    fn constraint(&mut self, item: &[Token]) {
        let Some(at) = item.iter().position(|token| token.is("PRIMARY")) else { return };
        let Some(open) = item[at..].iter().position(|token| *token == Token::Sign('(')) else {
            return;
        };
        let (columns, _) = items(item, at + open);
        let names = columns.iter().filter_map(|column| column.first()?.name());
        self.key.extend(names.map(str::to_owned));
    }
}

/// Cuts a statement into its tokens; comments are none.
fn tokens(sql: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let size = first.len_utf8();
        rest = match first {
            '"' | '`' | '\'' | '[' => quoted(rest, first, &mut tokens),
            '-' if rest.starts_with("--") => rest.find('\n').map_or("", |end| &rest[end..]),
            '/' if rest.starts_with("/*") => {
                rest[2..].find("*/").map_or("", |end| &rest[end + 4..])
            }
            c if is_word(c) => {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..end].to_owned()));
                &rest[end..]
            }
            c => {
                if !c.is_whitespace() {
                    tokens.push(Token::Sign(c));
                }
                &rest[size..]
            }
        };
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

/// Reads what stands between quotes, one of which stands twice inside; says what comes behind.
fn quoted<'s>(text: &'s str, quote: char, tokens: &mut Vec<Token>) -> &'s str {
    let end = if quote == '[' { ']' } else { quote };
    let mut name = String::new();
    let mut chars = text[1..].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c != end {
            name.push(c);
        } else if end != ']' && chars.peek().is_some_and(|&(_, next)| next == end) {
            chars.next();
            name.push(c);
        } else {
            tokens.push(if quote == '\'' { Token::Text(name) } else { Token::Quoted(name) });
            return &text[1 + at + 1..];
        }
    }
    tokens.push(Token::Quoted(name));
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, columns: &str, key: &str, without_rowid: bool) {
        let got = create_table(sql).unwrap();
        let shown = got.columns.iter().map(|column| {
            let marks = [(column.key, "*"), (column.descending, "-"), (column.computed, "=")];
            let marks: String = marks.iter().filter(|mark| mark.0).map(|mark| mark.1).collect();
            let default = column.default.as_ref().map(|d| format!("!{d}")).unwrap_or_default();
            format!("{}:{}{marks}{default}", column.name, column.kind)
        });
        let shown = shown.collect::<Vec<_>>().join(" ");
        assert_eq!((shown.as_str(), got.key.join(" ").as_str()), (columns, key), "{sql}");
        assert_eq!(got.without_rowid, without_rowid, "{sql}");
    }

    #[test]
    fn tables_are_read() {
        check("CREATE TABLE a(b, c)", "b: c:", "", false);
        check(
            "create table \"a\" (id INTEGER PRIMARY KEY, [e post] VARCHAR(20, 3) NOT NULL DEFAULT 'x,'')', n REAL)",
            "id:INTEGER* e post:VARCHAR!x,') n:REAL",
            "",
            false,
        );
        check(
            "CREATE TABLE a(b INTEGER PRIMARY KEY DESC, c INT DEFAULT 7)",
            "b:INTEGER*- c:INT!7",
            "",
            false,
        );
        check(
            "CREATE TABLE a(b TEXT /* , x */, c INT, -- d\n d AS (b || ')'), e INT GENERATED ALWAYS AS (c+1) STORED, \
             CONSTRAINT k PRIMARY KEY (c COLLATE NOCASE DESC, `b`), CHECK (c > 0)) STRICT, WITHOUT ROWID",
            "b:TEXT c:INT d:= e:INT",
            "c b",
            true,
        );
        check(
            "CREATE TABLE a(b TEXT CHECK (b IN ('PRIMARY', 'AS')), 'c' ANY)",
            "b:TEXT c:ANY",
            "",
            false,
        );
        assert_eq!(create_table("CREATE VIRTUAL TABLE a USING fts5(b)"), None);
        assert_eq!(create_table("CREATE TABLE a AS"), None);
        assert_eq!(create_table(""), None);
        assert!(create_table("CREATE TABLE a(b TEXT, \"c").is_some());
    }

    #[test]
    fn virtual_tables_name_columns() {
        let got = create_virtual(
            "CREATE VIRTUAL TABLE m USING fts5(\"till\", body, tokenize = 'porter')",
        );
        assert_eq!(got, Some(("fts5".to_owned(), vec!["till".to_owned(), "body".to_owned()])));
    }
}
