//! Which label a cell of an HTML table has: its column's header, or the first cell of its row.

/// Tables nested deeper than this are read as part of the one they stand in.
const DEEPEST: usize = 64;

/// Columns beyond this have no label.
const COLUMNS: usize = 1000;

/// The open tables, outermost first.
#[derive(Debug, Default)]
pub(super) struct Tables {
    open: Vec<Table>,
    deeper: usize,
}

#[derive(Debug, Default)]
struct Table {
    headers: Vec<String>,
    /// A table of two columns, the first of which says what the second is.
    is_form: bool,
    rows: usize,
    /// The cells of this row, as far as they may be labels.
    cells: Vec<Cell>,
    /// The column of the cell that is open or was last.
    column: usize,
    /// The column after it.
    next: usize,
    in_cell: bool,
}

#[derive(Debug, Default)]
struct Cell {
    text: String,
    header: bool,
    column: usize,
}

impl Tables {
    /// A table begins.
    pub(super) fn open(&mut self) {
        if self.open.len() < DEEPEST {
            self.open.push(Table::default());
        } else {
            self.deeper += 1;
        }
    }

    /// A table ends.
    pub(super) fn close(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
        } else {
            self.open.pop();
        }
    }

    /// A cell begins. Without a table there is none.
    pub(super) fn open_cell(&mut self, header: bool, span: usize) {
        let Some(table) = self.open.last_mut() else { return };
        table.in_cell = true;
        table.column = table.next;
        table.next = (table.next + span.clamp(1, COLUMNS)).min(COLUMNS);
        if table.cells.len() < COLUMNS {
            table.cells.push(Cell { text: String::new(), header, column: table.column });
        }
    }

    /// A cell ends.
    pub(super) fn close_cell(&mut self) {
        if let Some(table) = self.open.last_mut() {
            table.in_cell = false;
        }
    }

    /// A row ends.
    pub(super) fn end_row(&mut self) {
        if let Some(table) = self.open.last_mut() {
            table.end_row();
        }
    }

    /// Is a cell open?
    pub(super) fn in_cell(&self) -> bool {
        self.open.last().is_some_and(|t| t.in_cell)
    }

    /// The open cell's label.
    pub(super) fn label(&self) -> &str {
        self.open.last().filter(|t| t.in_cell).map_or("", Table::label)
    }

    /// Where the open cell's text is to be kept, if it may be a label or tell whether others are.
    pub(super) fn listening(&mut self) -> Option<&mut String> {
        let table = self.open.last_mut().filter(|t| t.in_cell)?;
        let telling = table.rows == 0 || table.headers.is_empty() && table.cells.len() == 1;
        let cell = table.cells.last_mut()?;
        (telling || cell.header).then_some(&mut cell.text)
    }
}

impl Table {
    fn label(&self) -> &str {
        let Some((cell, before)) = self.cells.split_last() else { return "" };
        if cell.header {
            return "";
        }
        match self.headers.get(self.column) {
            Some(header) => header,
            None => {
                before.first().filter(|first| self.is_key(first)).map_or("", |f| plain(&f.text))
            }
        }
    }

    /// Does a row's first cell say what the others are?
    fn is_key(&self, first: &Cell) -> bool {
        first.header || self.is_form || first.text.trim_end().ends_with(':')
    }

    fn end_row(&mut self) {
        if self.cells.len() > 1 {
            self.learn();
            self.rows += 1;
        }
        self.cells.clear();
        self.next = 0;
        self.in_cell = false;
    }

    /// Takes labels from a row of headers.
    fn learn(&mut self) {
        let all_headers = self.cells.iter().all(|c| c.header);
        if all_headers {
            self.take_headers();
            return;
        }
        if self.rows > 0 || self.cells[0].header || self.cells[0].text.trim_end().ends_with(':') {
            return;
        }
        if self.cells.iter().all(|c| is_wording(&c.text)) {
            self.take_headers();
        } else {
            self.is_form = self.cells.len() == 2 && is_wording(&self.cells[0].text);
        }
    }

    fn take_headers(&mut self) {
        self.headers.clear();
        for cell in &self.cells {
            self.headers.resize(cell.column.max(self.headers.len()), String::new());
            self.headers.push(plain(&cell.text).to_owned());
        }
    }
}

/// A label without the white space and the colon around it.
fn plain(label: &str) -> &str {
    label.trim().trim_end_matches(':').trim_end()
}

/// Words, not a value: neither empty nor with a digit or an at sign.
fn is_wording(text: &str) -> bool {
    !text.trim().is_empty() && !text.bytes().any(|b| b.is_ascii_digit() || b == b'@')
}
