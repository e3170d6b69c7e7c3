import PeyvandBase
import PeyvandData
import PeyvandStore

/// The words of every import, together, so that they can be read and translated together.
///
/// The file: E2201 empty · E2202 UTF-32 · E2203 an encoding that cannot be told · E2204 a NUL byte · E2205 too many columns ·
/// E2206 too many rows · E2207 interrupted. E2221 no table · E2222 wrong JSON · E2223 JSON without records · E2224 damaged · E2225 unpacks to too
/// much · E2226 no such sheet · E2227 a log beside a database · E2228 which table · E2229 an option of another kind of source · E3016–E3018 a database's server, the
/// leave to connect, its address. What was said of it: E2208 delimiter · E2209 order of dates · E2210 an
/// order of day and month that cannot be told · E2211 two calendars · E2212 two ways to write numbers · E2213 percent
/// here and not there · E2214 no such column · E2215 no key column · E2216 a required field without a column · E2217
/// values that do not fit a field · E2218 no such field. Rows: E2220 the sum of them · E2230–E2235 a line that is no
/// row · E2234 a line that is no JSON · E2235 a footer · E2240–E2249 a cell that is no value · E2250, E2252 keys and kinds (what the store refuses
/// has the store's codes). Remarks, as warnings and notes: E2260–E2267, E2280; E2281 rejects over the file itself.
package enum ImportDiagnostics {
  // MARK: The file

  /// An option of another kind of source.
  package static func unfitOption(_ option: ImportOptions.Said, file: String, _ form: SourceForm) -> Diagnostic {
    var diagnostic = Diagnostic(
      "E2229", .error, "`\(option.name)` says nothing of '\(shown(file))', which is \(form.shown)",
      notes: ["leave it out: it is for \(SourceForm.shown(option.forms))"])
    if let range = option.range { diagnostic.labels = [.init(range)] }
    return diagnostic
  }

  package static func empty(_ file: String) -> Diagnostic {
    Diagnostic("E2201", .error, "'\(shown(file))' is empty: it has neither a header nor rows")
  }

  package static func onlyHeader(_ file: String, _ table: String?) -> Diagnostic {
    let name = "'\(shown(file))'" + (table.map { " (\(shown($0)))" } ?? "")
    return Diagnostic(
      "E2201", .error, "\(name) has only a header: without rows it cannot be told what it holds",
      notes: ["leave it out, or declare its kind first"])
  }

  package static func otherUnicode(_ file: String, encoding: String) -> Diagnostic {
    Diagnostic(
      "E2202", .error, "'\(shown(file))' is written in \(encoding), which is not read",
      notes: ["save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\") and try again"])
  }

  package static func notUTF8(_ file: String, line: Int, byte: Int) -> Diagnostic {
    Diagnostic(
      "E2203", .error,
      "how '\(shown(file))' is encoded cannot be told: line \(line), byte \(byte) of the file, is the first that is not UTF-8",
      notes: [
        "say it: with { encoding: \"windows-1256\" }, or \(encodings(besides: .windows1256)); else save it as UTF-8"
      ])
  }

  /// `"windows-1252"`, `"latin-1"`, … for a message.
  package static func encodings(besides left: TextEncoding? = nil) -> String {
    TextEncoding.allCases.filter { $0 != left }.map { "\"\($0.shown.lowercased())\"" }.joined(separator: ", ")
  }

  package static func nul(_ file: String, line: Int, column: Int, byte: Int) -> Diagnostic {
    Diagnostic(
      "E2204", .error,
      "\(shown(file)):\(line):\(column): a NUL byte (byte \(byte) of the file) cannot be in a text file",
      notes: ["the file is damaged, or is no text"])
  }

  package static func tooManyColumns(_ file: String, limit: Int) -> Diagnostic {
    Diagnostic("E2205", .error, "'\(shown(file))' has more than \(limit) columns", notes: [Limit.columns.raised])
  }

  package static func tooManyRows(_ file: String) -> Diagnostic {
    Diagnostic("E2206", .error, "'\(shown(file))' has more than \(Limits.Fixed.rows) rows")
  }

  package static func interrupted(_ file: String) -> Diagnostic {
    Diagnostic("E2207", .error, "interrupted while '\(shown(file))' was being read; nothing was imported")
  }

  /// A header that cannot be read, so that no column has a name.
  package static func badHeader(_ file: String, line: Int, _ fault: RowFault) -> Diagnostic {
    Diagnostic(
      code(of: fault), .error, "\(shown(file)):\(line):1: the line of the header cannot be read: \(words(of: fault))")
  }

  /// A file of a kind that is not read.
  package static func noTable(_ file: String, _ kind: String, _ remedy: String) -> Diagnostic {
    Diagnostic("E2221", .error, "'\(shown(file))' \(kind)", notes: [remedy])
  }

  package static func notJSON(_ file: String, _ error: JSONError) -> Diagnostic {
    Diagnostic(
      "E2222", .error, "\(shown(file)):\(error.line):\(error.column): this is no right JSON: \(shown(error.message))")
  }

  /// Right JSON without anything that could be rows.
  package static func noRecords(_ file: String, _ why: String) -> Diagnostic {
    Diagnostic(
      "E2223", .error, "'\(shown(file))' holds no list of records: \(why)",
      notes: ["records are objects in a list, [{ … }, { … }], or one on each line"])
  }

  /// Records that hardly share a key are no table.
  static func scattered(_ file: String, keys: Int, records: Int) -> Diagnostic {
    Diagnostic(
      "E2223", .error,
      "'\(shown(file))' holds no list of records: its first \(records) objects have \(keys) different keys and hardly share one",
      notes: ["keys that are values want to be values: [{ \"key\": …, \"value\": … }, …]"])
  }

  package static func damaged(_ file: String, _ why: String) -> Diagnostic {
    Diagnostic("E2224", .error, "'\(shown(file))' is damaged: \(escapedForTerminal(why))")
  }

  package static func unpacksTooLarge(_ file: String, _ why: String) -> Diagnostic {
    Diagnostic("E2225", .error, "'\(shown(file))' is not unpacked: \(why)")
  }

  package static func noWorkbook(_ file: String, _ words: String) -> Diagnostic {
    noTable(file, words, "save it as .xlsx or CSV")
  }

  package static func noRows(_ file: String, sheet: String) -> Diagnostic {
    Diagnostic(
      "E2201", .error, "sheet `\(shown(sheet))` of '\(shown(file))' is empty: it has neither a header nor rows")
  }

  package static func noSuchSheet(_ name: String, _ file: String, _ sheets: [String]) -> Diagnostic {
    let near = nearest(name, among: sheets)
    return Diagnostic(
      "E2226", .error, "'\(shown(file))' has no sheet `\(shown(name))`",
      notes: [
        near.isEmpty
          ? "its sheets are \(list(sheets))" : "did you mean \(near.map { "`\(shown($0))`" }.joined(separator: ", "))?"
      ])
  }

  /// A database whose last changes are not in its file.
  package static func logBeside(_ file: String) -> Diagnostic {
    Diagnostic(
      "E2227", .error, "'\(shown(file))' lacks its last changes: they stand in '\(shown(file))-wal' beside it",
      notes: [
        "close the program that uses it, or let it write them: sqlite3 \(shown(file)) \"pragma wal_checkpoint(truncate)\""
      ])
  }

  /// A database in the middle of a change.
  package static func unfinished(_ file: String) -> Diagnostic {
    Diagnostic(
      "E2227", .error,
      "'\(shown(file))' is in the middle of a change: what it was before stands in '\(shown(file))-journal' beside it",
      notes: ["close the program that uses it; where none does, open it once: sqlite3 \(shown(file)) .tables"])
  }

  package static func noTables(_ file: String) -> Diagnostic {
    Diagnostic("E2201", .error, "'\(shown(file))' is empty: it has no table")
  }

  package static func passwordInAddress(_ address: String) -> Diagnostic {
    Diagnostic(
      "E3018", .error, "an address holds no password: '\(shown(address))'",
      notes: [
        "addresses are shown, and kept in scripts and histories: give it in PGPASSWORD or in ~/.pgpass (mode 0600)",
        "and change it, since it may have been seen",
      ])
  }

  package static func badAddress(_ address: String, setting: String? = nil) -> Diagnostic {
    Diagnostic(
      "E3018", .error,
      setting.map { "'\(shown(address))': an address has no setting `\(shown($0))` here" }
        ?? "'\(shown(address))' is no address of a database",
      notes: ["for instance \"postgres://user@host:5432/database\", with ?sslmode=require behind it if need be"])
  }

  /// What a server, or the way to it, refused with.
  package static func server(_ address: String, _ words: String) -> Diagnostic {
    Diagnostic("E3016", .error, "'\(shown(address))': \(escapedForTerminal(words))")
  }

  package static func notAllowedToConnect(_ address: String) -> Diagnostic {
    Diagnostic(
      "E3017", .error, "not allowed to connect to '\(shown(address))'",
      notes: ["a script reaches no network by itself; to allow it: --allow-connect"])
  }

  /// Several tables in one file, and none was named.
  package static func whichTable(_ file: String, _ tables: [String], first: String, what: String) -> Diagnostic {
    let shownTables = tables.prefix(30).joined(separator: ", ")
    return Diagnostic(
      "E2228", .error, "'\(shown(file))' holds \(tables.count) \(what): which is meant?",
      notes: [
        tables.count > 30 ? shownTables + " and \(tables.count - 30) more" : shownTables,
        "say it: with { table: \"\(shown(first))\" }",
      ])
  }

  package static func noSuchTable(_ name: String, _ file: String, _ tables: [String], what: String) -> Diagnostic {
    let near = nearest(name, among: tables)
    return Diagnostic(
      "E2228", .error, "'\(shown(file))' holds no \(what) `\(shown(name))`",
      notes: [
        !near.isEmpty
          ? "did you mean \(near.map { "`\(shown($0))`" }.joined(separator: ", "))?"
          : tables.isEmpty ? "it holds none at all" : "it holds \(list(tables))"
      ])
  }

  // MARK: What was said of it

  package static func unknownDelimiter(_ name: String) -> Diagnostic {
    Diagnostic(
      "E2208", .error, "'\(shown(name))' cannot stand between cells",
      notes: ["write one of \",\" \";\" \"|\" \"tab\" \"blank\", or another single sign"])
  }

  package static func unknownDates(_ pattern: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E2209", .error, "'\(shown(pattern))' is no order of dates: \(reason)",
      notes: [
        "for instance \"YYYY-MM-DD\", \"DD/MM/YYYY\", \"MM/DD/YY\", \"YYYYMMDD\", \"DD MMM YYYY hh:mm\", \"epoch\""
      ])
  }

  package static func ambiguousDates(_ file: String, column: String, example: String, orders: [String]) -> Diagnostic {
    Diagnostic(
      "E2210", .error,
      "\(shown(file)): in column `\(shown(column))` it cannot be told which is the day and which the month: \"\(shown(example))\"",
      notes: [
        "say it: with { dates: \"\(orders.first ?? "DD/MM/YYYY")\" }"
          + (orders.dropFirst().map { " or \"\($0)\"" }.joined()) + ", or --dates"
      ])
  }

  /// The orders that the error of ambiguous dates offers.
  package static func orders(_ problem: Diagnostic) -> [String] {
    let parts = problem.notes.first?.split(separator: "\"", omittingEmptySubsequences: false) ?? []
    return parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  package static func bothOrders(_ file: String, column: String, dayFirst: Int, monthFirst: Int) -> Diagnostic {
    Diagnostic(
      "E2210", .error,
      "\(shown(file)): column `\(shown(column))` has dates of both orders: \(dayFirst) with the day first, \(monthFirst) with the month first",
      notes: ["say which is meant, and the others are rejected: with { dates: \"DD/MM/YYYY\" }"])
  }

  package static func bothCalendars(_ file: String, column: String, jalali: Int, gregorian: Int) -> Diagnostic {
    Diagnostic(
      "E2211", .error,
      "\(shown(file)): column `\(shown(column))` has dates of two calendars: \(jalali) Jalali and \(gregorian) Gregorian",
      notes: ["say which is meant, and the others are rejected: with { calendar: jalali }"])
  }

  package static func mixedNumbers(_ file: String, column: String, _ first: String, _ second: String) -> Diagnostic {
    Diagnostic(
      "E2212", .error,
      "\(shown(file)): column `\(shown(column))` writes numbers in two ways: \"\(shown(first))\" and \"\(shown(second))\"",
      notes: [
        "a comma cannot be the decimal sign here and stand between thousands there",
        "`with { decimal: \",\" }`, or `\".\"`, says which it is; what is written otherwise is then rejected",
      ])
  }

  static func openNumbers(_ file: String, column: String, example: String) -> Diagnostic {
    let other = example.contains(".") ? "," : "."
    let sign = example.contains(".") ? "." : ","
    return Diagnostic(
      "E2219", .error,
      "\(shown(file)): column `\(shown(column))`: is \"\(shown(example))\" a thousand or a thousandth of it?",
      notes: [
        "`with { decimal: \"\(other)\" }` where `\(sign)` stands between thousands",
        "`with { decimal: \"\(sign)\" }` where it stands before decimals",
      ])
  }

  package static func mixedPercent(_ file: String, column: String, percent: Int, plain: Int) -> Diagnostic {
    Diagnostic(
      "E2213", .error,
      "\(shown(file)): column `\(shown(column))` has \(percent) numbers with a percent sign and \(plain) without one",
      notes: ["40% is 0.4: write the sign everywhere or nowhere"])
  }

  package static func noSuchColumn(_ name: String, file: String, columns: [String]) -> Diagnostic {
    let near = nearest(name, among: columns)
    let note =
      near.isEmpty
      ? "its columns are \(list(columns))" : "did you mean \(near.map { "`\(shown($0))`" }.joined(separator: ", "))?"
    return Diagnostic("E2214", .error, "'\(shown(file))' has no column `\(shown(name))`", notes: [note])
  }

  package static func noKeyColumn(kind: String, file: String, columns: [String]) -> Diagnostic {
    Diagnostic(
      "E2215", .error, "which column of '\(shown(file))' is the key of \(article(kind)) \(shown(kind))?",
      notes: ["say it: import \(shown(kind)) from \"…\" key NAME", "its columns are \(list(columns))"])
  }

  /// - Parameter newRecords: rows whose keys are not there yet, where there are keys.
  package static func requiredWithoutColumn(
    _ field: String, kind: String, file: String, newRecords: Int? = nil
  ) -> Diagnostic {
    var notes = ["name the column: { \(shown(field)): COLUMN }"]
    if let newRecords {
      notes.append(
        "\(newRecords) of its rows \(newRecords == 1 ? "is a new record" : "are new records"); a file that only changes records may lack it"
      )
    }
    return Diagnostic(
      "E2216", .error,
      "\(article(kind)) \(shown(kind)) must have `\(shown(field))`, and '\(shown(file))' has no column of that name",
      notes: notes)
  }

  package static func doesNotFit(_ values: String, field: String, of type: String) -> Diagnostic {
    Diagnostic("E2217", .error, "`\(shown(field))` is \(type), and the values given for it are \(values)")
  }

  package static func noSuchField(_ name: String, kind: String, fields: [String]) -> Diagnostic {
    let near = nearest(name, among: fields)
    let note =
      near.isEmpty
      ? "its fields are \(list(fields))" : "did you mean \(near.map { "`\(shown($0))`" }.joined(separator: ", "))?"
    return Diagnostic("E2218", .error, "\(article(kind)) \(shown(kind)) has no field `\(shown(name))`", notes: [note])
  }

  // MARK: Rows

  /// The sum of what was rejected: the first rows follow it as diagnostics of their own.
  package static func tooManyRejects(
    _ file: String, rejected: Int, of rows: Int, allowed: Double, reasons: [(words: String, count: Int)]
  ) -> Diagnostic {
    let share = NumberText.fixed(allowed * 100, digits: allowed == (allowed * 100).rounded() / 100 ? 0 : 2)
    let summed = reasons.prefix(4).map { "\($0.count)× \($0.words)" }.joined(separator: "; ")
    let needed = rows == 0 ? 100 : (Double(rejected) / Double(rows) * 10_000).rounded(.up) / 100
    return Diagnostic(
      "E2220", .error,
      "\(shown(file)): \(rejected) of \(rows) rows cannot be imported, and none was"
        + (allowed > 0 ? " (at most \(share)% may be left out)" : ""),
      notes: [
        summed,
        "to leave them out and import the others: with { rejects: \(NumberText.shortest(needed))% }, or"
          + " --allow-rejects \(NumberText.shortest(needed))%",
      ])
  }

  package static func code(of fault: RowFault) -> String {
    switch fault {
    case .tooFew, .tooMany: "E2230"
    case .textAfterQuote: "E2231"
    case .unclosedQuote: "E2232"
    case .notUTF8: "E2233"
    case .notJSON: "E2234"
    case .footer: "E2235"
    }
  }

  package static func words(of fault: RowFault) -> String {
    switch fault {
    case .tooFew(let cells): "it has \(cells) cell\(cells == 1 ? "" : "s"), fewer than the file has columns"
    case .tooMany: "it has more cells than the file has columns"
    case .textAfterQuote: "a quoted cell that begins on this line goes on after its closing quote"
    case .unclosedQuote: "a quote that opens on this line is never closed"
    case .notUTF8: "it holds bytes that are no letters in the file's encoding"
    case .notJSON(let why): "it is no record in JSON: \(shown(why))"
    case .footer: "it reads like the sums or the signature of a report (with { footer: \"keep\" } it is a record)"
    }
  }

  package static func code(of fault: CellFault) -> String {
    switch fault {
    case .notNumber: "E2240"
    case .numberOutOfRange: "E2241"
    case .notYesNo: "E2242"
    case .notDate: "E2243"
    case .noSuchDay: "E2244"
    case .otherCalendar: "E2245"
    case .notTime: "E2246"
    case .notDuration: "E2247"
    case .textTooLong: "E2248"
    case .tooManyTexts: "E2249"
    }
  }

  /// The end of the sentence `"…" `.
  package static func words(of fault: CellFault) -> String {
    switch fault {
    case .notNumber: "is no number"
    case .numberOutOfRange: "is larger than any number can be"
    case .notYesNo: "is neither yes nor no"
    case .notDate: "is no date of the order that the column has"
    case .noSuchDay: "is a day that does not exist"
    case .otherCalendar: "is a date of another calendar than the column"
    case .notTime: "is no date and time"
    case .notDuration: "is no duration with its unit"
    case .textTooLong: "is too long a text"
    case .tooManyTexts: "is one text more than a column can tell apart"
    }
  }

  package static func keyMissing() -> (code: String, words: String) { ("E2250", "the key is missing") }

  package static func unknownKind(general: String) -> (code: String, words: String) {
    ("E2252", "is no kind of \(shown(general))")
  }

  /// A reason in a few words, for counting: "12× no number".
  package static func category(_ code: String) -> String {
    switch code {
    case "E2001": "a required field is missing"
    case "E2002": "one key with other values"
    case "E2003": "a reference to a key that is not there"
    case "E2005": "a reference to a record of another kind"
    case "E2006": "a number that cannot be kept"
    case "E2007": "a time outside all calendars"
    case "E2012": "a reference to a rejected row"
    case "E2230": "the wrong number of cells"
    case "E2231": "text after a closing quote"
    case "E2232": "a quote that is never closed"
    case "E2233": "bytes that are no letters"
    case "E2234": "no record in JSON"
    case "E2235": "the footer of a report"
    case "E2240": "no number"
    case "E2241": "a number out of range"
    case "E2242": "neither yes nor no"
    case "E2243": "no date"
    case "E2244": "a day that does not exist"
    case "E2245": "a date of another calendar"
    case "E2246": "no date and time"
    case "E2247": "no duration"
    case "E2248": "a text too long"
    case "E2249": "too many texts"
    case "E2250": "the key is missing"
    case "E2252": "an unknown kind"
    default: code
    }
  }

  /// One rejected row or cell, as a diagnostic of its own.
  package static func reject(_ reject: ImportReject, file: String) -> Diagnostic {
    Diagnostic(reject.code, .error, reject.message(file: file), notes: reject.note.map { [$0] } ?? [])
  }

  package static func didYouMean(_ near: [String]) -> String {
    "did you mean \(near.map { "\"\(shown($0))\"" }.joined(separator: ", "))?"
  }

  // MARK: Remarks

  package static func unusedColumns(_ names: [String], file: String) -> Diagnostic {
    Diagnostic("E2260", .note, "\(shown(file)): columns that no field takes: \(list(names))")
  }

  package static func nearlyOneType(_ evidence: String, column: String, file: String) -> Diagnostic {
    Diagnostic(
      "E2261", .warning,
      "\(shown(file)): column `\(shown(column))` is read as text, though nearly all of it is otherwise: \(evidence)")
  }

  package static func longCell(_ file: String, line: Int, lines: Int) -> Diagnostic {
    Diagnostic(
      "E2262", .warning, "\(shown(file)):\(line):1: a quoted cell that begins here runs over \(lines) lines",
      notes: ["a quote too many would look like that"])
  }

  package static func alikeKeys(_ first: String, _ second: String, file: String, column: String) -> Diagnostic {
    Diagnostic(
      "E2263", .warning,
      "\(shown(file)): in column `\(shown(column))` the keys \"\(shown(first))\" and \"\(shown(second))\" are written differently and mean the same"
    )
  }

  package static func timeLeftOut(_ count: Int, column: String, file: String) -> Diagnostic {
    Diagnostic(
      "E2264", .warning,
      "\(shown(file)): column `\(shown(column))` is read as days: the time of day of \(count) cells is left out")
  }

  package static func ignoredValues(_ count: Int, field: String, file: String) -> Diagnostic {
    Diagnostic(
      "E2266", .warning,
      "\(shown(file)): \(count) value\(count == 1 ? "" : "s") of `\(shown(field))` left out: the kinds of those rows do not have it"
    )
  }

  /// What was guessed or passed over, for whoever thinks otherwise.
  package static func readAs(_ finding: String, file: String) -> Diagnostic {
    Diagnostic("E2267", .note, "\(shown(file)): \(escapedForTerminal(finding))")
  }

  package static func rejected(_ count: Int, of rows: Int, file: String) -> Diagnostic {
    Diagnostic("E2265", .warning, "\(shown(file)): \(count) of \(rows) rows were rejected and left out")
  }

  static func nothingVanished(_ file: String) -> Diagnostic {
    Diagnostic(
      "E2268", .warning,
      "\(shown(file)): nothing was closed or removed, because a row that was rejected or left out may be what seems to be gone",
      notes: ["mend the rejected rows and import the file again; `where` and `missing` do not go together"])
  }

  /// - Parameter keys: the first of them.
  static func notRemoved(_ count: Int, _ keys: [String], kind: String, file: String) -> Diagnostic {
    let named = keys.map { "\"\(shown($0))\"" }.joined(separator: ", ")
    return Diagnostic(
      "E2269", .warning,
      "\(shown(file)) no longer names \(kind) \(named)\(count > keys.count ? " and \(count - keys.count) more" : ""), and others refer to "
        + (count == 1 ? "it: it is kept" : "them: they are kept"))
  }

  package static func rejectsWritten(_ count: Int, to path: String) -> Diagnostic {
    Diagnostic(
      "E2280", .note,
      "the rejected rows are in '\(shown(path))', with the reason of each: \(count) row\(count == 1 ? "" : "s")",
      notes: ["mended there, they are imported by the same statement"])
  }

  package static func rejectsOverSource(_ path: String) -> Diagnostic {
    Diagnostic(
      "E2281", .error, "rejected rows would be written over the file itself: '\(shown(path))'",
      notes: ["name another file: with { rejects_to: \"rejects.csv\" }"])
  }

  package static func tooManyRejectsFiles(_ path: String) -> Diagnostic {
    Diagnostic(
      "E2281", .error,
      "rejected rows are in '\(shown(path))' and \(Limits.Fixed.rejectsFiles - 1) more such files already, and none is written over",
      notes: ["remove those that are mended, or name another file: with { rejects_to: \"rejects.csv\" }"])
  }

  package static func mapOverSource(_ path: String) -> Diagnostic {
    Diagnostic(
      "E2281", .error, "the statements would be written over the file itself: '\(shown(path))'",
      notes: ["name another file: --save-map map.pvd"])
  }

  // MARK: Shown

  /// Text from a file as it may stand in a message: nothing in it commands a terminal, and it is not long.
  static func shown(_ text: String) -> String {
    let limit = 60
    let cut =
      text.unicodeScalars.count > limit
      ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))) + "…" : text
    return escapedForTerminal(cut)
  }

  private static func list(_ names: [String]) -> String {
    let first = names.prefix(12).map { "`\(shown($0))`" }.joined(separator: ", ")
    return names.count > 12 ? first + " and \(names.count - 12) more" : first
  }
}
