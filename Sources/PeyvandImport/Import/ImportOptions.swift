import PeyvandBase
import PeyvandStore

/// What becomes of a line with fewer cells than the file has columns.
package enum ShortRows: String, Hashable, Sendable {
  /// It is rejected by name.
  case reject
  /// Its other cells are missing.
  case fill
}

/// What `with { … }` says of a file: all that is not found out from the file itself.
package struct ImportOptions: Hashable, Sendable {
  /// Missing: found out.
  package var delimiter: CSVDelimiter?
  /// Whether the first line holds the names of the columns. Missing: found out.
  package var header: Bool?
  /// The sign before decimals. Missing: found out, for each column as a whole.
  package var decimal: DecimalSign?
  /// Missing: dates that leave nothing open are read, others are asked about.
  package var dates: DateOrder?
  /// The calendar of the file's dates. Missing: by the year, for each column as a whole.
  package var calendar: CalendarSystem?
  /// Where the clocks of the file stand; for times written without an offset.
  package var zone: Zone
  /// Words that stand for a missing value, in any column; compared as they are, without blanks around them.
  package var missing: [String]
  /// The share of rows (0 to 1) that may be rejected while the others are imported.
  package var allowedRejects: Double
  /// What becomes of a reference with several keys in one cell: `123;456`.
  package enum Several: String, Hashable, Sendable {
    /// It is one key, signs and all.
    case one
    /// The first of them is taken.
    case first
    /// The row stands once for each.
    case each
  }
  package var several = Several.one
  /// What becomes of records that an earlier file of this name brought and this one no longer names.
  package var vanished = MissingPolicy.keep
  /// Whether records go that this source recorded and that the condition leaves out now.
  package var removesLeftOut = false
  /// What the file is known by from one import to the next. Missing: where it lies.
  package var source: String?
  /// Where rejected rows are written, with the reason of each.
  package var rejectsTo: String?
  /// Told how far the file has been read.
  package var progress: ReadingProgress?

  /// How the letters of a text file are written as bytes. Missing: found out.
  package var encoding: TextEncoding?
  /// The sheet of a workbook. Missing: the first that is shown and has rows.
  package var sheet: String?
  /// The table of a database, or the list of records in a JSON file. Missing: the only one.
  package var table: String?
  package var short = ShortRows.reject
  /// Lines above the header that are passed over. Missing: found out.
  package var skip: Int?
  /// Whether rows at the end that read like a report's sums and signature are records all the same.
  package var keepsFooter = false

  /// Columns and bytes of a text.
  package var limits: Limits
  /// Different values of a column whose texts are held while it is found out where columns go.
  var heldTexts = DistinctTexts.most
  /// Bytes of a text that are worth a thread of their own.
  var pieceBytes = 1 << 21

  /// An option that somebody said, and what it can be said of.
  package struct Said: Hashable, Sendable {
    package var name: String
    package var forms: Set<SourceForm>
    package var range: SourceRange?
    package init(name: String, forms: Set<SourceForm>, range: SourceRange? = nil) {
      self.name = name
      self.forms = forms
      self.range = range
    }
  }
  /// What is held against the source once it is known what that is; empty: nothing is.
  package var said: [Said] = []

  /// What is said of how a file is to be read, without what is said of what becomes of its rows.
  package var ofReading: ImportOptions {
    var options = self
    options.progress = nil
    options.said = []
    options.source = nil
    options.rejectsTo = nil
    options.vanished = .keep
    options.removesLeftOut = false
    options.allowedRejects = 0
    options.several = .one
    return options
  }

  /// - Throws: E2229 for each option that says nothing of such a source.
  func check(_ form: SourceForm, _ file: String) throws(Diagnostics) {
    let wrong = said.filter { !$0.forms.contains(form) }
    guard wrong.isEmpty else {
      throw Diagnostics(wrong.map { ImportDiagnostics.unfitOption($0, file: file, form) })
    }
  }

  package init(
    delimiter: CSVDelimiter? = nil, header: Bool? = nil, dates: DateOrder? = nil, calendar: CalendarSystem? = nil,
    zone: Zone = .utc, missing: [String] = [], allowedRejects: Double = 0,
    limits: Limits = Limits()
  ) {
    self.delimiter = delimiter
    self.header = header
    self.dates = dates
    self.calendar = calendar
    self.zone = zone
    self.missing = missing
    self.allowedRejects = allowedRejects
    self.limits = limits
  }
}
