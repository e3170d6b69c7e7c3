import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandFiles
import PeyvandImport
import PeyvandStore
import PeyvandSyntax

/// One thing that `with { … }` may say of an import: its name, how it is written, and where it goes.
///
/// All options stand in one table, so that a script, the command's flags, the suggestions for a misspelt name, what an
/// option may be said of and the documentation never differ.
package struct ImportOption: Sendable {
  /// How its value is written in a script.
  package enum Form: Hashable, Sendable {
    /// A text in quotes.
    case text
    /// One of these words, with or without quotes.
    case words([String])
    /// A share such as `1%`.
    case share
    /// A whole number.
    case count
    /// A text, or a list of texts.
    case texts
  }

  /// A value as it was written.
  enum Written {
    case text(String)
    case texts([String])
    case number(Double)
  }

  package let name: String
  package let form: Form
  /// The end of "`NAME` wants …".
  package let wants: String
  /// What it says of the file, for help.
  package let meaning: String
  /// The sources that it says something of; said of another it is refused.
  package let fits: Set<SourceForm>
  /// Takes a value of the form; false where it is none that is known.
  let take: @Sendable (Written, inout ImportOptions, ZoneFinder) throws(Diagnostic) -> Bool

  private init(
    _ name: String, _ form: Form, of fits: Set<SourceForm> = SourceForm.everything, wants: String, _ meaning: String,
    take: @escaping @Sendable (Written, inout ImportOptions, ZoneFinder) throws(Diagnostic) -> Bool
  ) {
    self.name = name
    self.form = form
    self.wants = wants
    self.meaning = meaning
    self.fits = fits
    self.take = take
  }

  /// A value of the language, as the option's form has it; nil where it is of another form.
  func written(_ expression: Expression) -> Written? {
    switch (form, expression.node) {
    case (.text, .text(let literal)): return literal.plain.map(Written.text)
    case (.words, .name(let name)): return .text(nameKey(name.text))
    case (.words, .text(let literal)): return literal.plain.map { .text(nameKey($0)) }
    case (.share, .number(let share, _)): return .number(share)
    case (.count, .number(let count, _)): return .number(count)
    case (.texts, .text(let literal)): return literal.plain.map { .texts([$0]) }
    case (.texts, .list(let items)):
      let texts = items.compactMap { item in if case .text(let literal) = item.node { literal.plain } else { nil } }
      return texts.count == items.count && !texts.isEmpty ? .texts(texts) : nil
    default: return nil
    }
  }

  /// What an option of that name may be said of.
  static func forms(of name: String) -> Set<SourceForm> {
    all.first { $0.name == name }?.fits ?? SourceForm.everything
  }

  // MARK: - The table

  private typealias Taking = @Sendable (String, inout ImportOptions) throws(Diagnostic) -> Bool

  private static func text(
    _ name: String, of fits: Set<SourceForm> = SourceForm.everything, wants: String, _ meaning: String,
    _ take: @escaping Taking
  ) -> ImportOption {
    ImportOption(name, .text, of: fits, wants: wants, meaning) { (written, options, _) throws(Diagnostic) in
      guard case .text(let text) = written else { return false }
      return try take(text, &options)
    }
  }

  private static func word(
    _ name: String, of fits: Set<SourceForm> = SourceForm.everything, _ words: [String], _ meaning: String,
    _ take: @escaping Taking
  ) -> ImportOption {
    let shown = words.map { "`\($0)`" }
    let wants = shown.count == 1 ? shown[0] : shown.dropLast().joined(separator: ", ") + " or \(shown[shown.count - 1])"
    return ImportOption(name, .words(words), of: fits, wants: wants, meaning) {
      (written, options, _) throws(Diagnostic) in
      guard case .text(let word) = written, words.contains(word) else { return false }
      return try take(word, &options)
    }
  }

  package static let all: [ImportOption] = [
    text("delimiter", of: [.csv], wants: "a sign such as `\";\"`", "what stands between cells") {
      (text, options) throws(Diagnostic) in
      options.delimiter = try CSVDelimiter(named: text)
      return true
    },
    word("header", of: [.csv, .workbook], ["yes", "no"], "whether the first line names the columns") { word, options in
      options.header = word == "yes"
      return true
    },
    ImportOption(
      "decimal", .text, of: [.csv], wants: "`\",\"` or `\".\"`",
      "what stands before decimals; the other stands between thousands"
    ) { written, options, _ in
      guard case .text(let sign) = written, let decimal = DecimalSign(rawValue: sign) else { return false }
      options.decimal = decimal
      return true
    },
    text(
      "encoding", of: [.csv, .json], wants: "an encoding: \(ImportDiagnostics.encodings())",
      "how letters are written as bytes"
    ) { text, options in
      options.encoding = TextEncoding(named: text)
      return options.encoding != nil
    },
    text("sheet", of: [.workbook], wants: "the name of a sheet in quotes", "which sheet of a workbook") {
      text, options in
      options.sheet = text
      return !text.isEmpty
    },
    text(
      "table", of: [.json, .database], wants: "the name of a table in quotes",
      "which table of a database, or list of a JSON file"
    ) { text, options in
      options.table = text
      return !text.isEmpty
    },
    ImportOption(
      "skip", .count, of: [.csv, .workbook], wants: "a number of lines such as `3`",
      "lines above the header to pass over"
    ) { written, options, _ in
      guard case .number(let count) = written, let lines = Int(exactly: count), (0...1_000_000).contains(lines) else {
        return false
      }
      options.skip = lines
      return true
    },
    word("short", of: [.csv], ["reject", "fill"], "what becomes of lines with too few cells") { word, options in
      options.short = word == "fill" ? .fill : .reject
      return true
    },
    word("footer", of: [.csv, .workbook], ["keep", "reject"], "what becomes of sums and signatures at the end") {
      word, options in
      options.keepsFooter = word == "keep"
      return true
    },
    text("dates", wants: "an order of dates such as `\"DD/MM/YYYY\"`", "the order of day, month and year") {
      (text, options) throws(Diagnostic) in
      options.dates = try DateOrder(text)
      return true
    },
    word("calendar", ["jalali", "gregorian"], "the calendar of the dates") { word, options in
      options.calendar = word == "jalali" ? .jalali : .gregorian
      return true
    },
    ImportOption(
      "zone", .text, wants: "a time zone such as `\"Asia/Tehran\"` or `\"+03:30\"`", "where the file's clocks stand"
    ) { (written, options, zones) throws(Diagnostic) in
      guard case .text(let name) = written else { return false }
      switch zones(name) {
      case .found(let zone): options.zone = zone
      case .unusable(let reason): throw reason
      case .unknown(let near):
        if near.isEmpty { return false }
        throw SessionDiagnostics.unknownZone("zone", near)
      }
      return true
    },
    // What the file writes where it has no value.
    ImportOption(
      "empty", .texts, wants: "the words that stand for a missing value, such as `[\"NA\", \"-\"]`",
      "what is written where there is no value"
    ) { written, options, _ in
      guard case .texts(let words) = written, !words.contains("") else { return false }
      options.missing = words
      return true
    },
    ImportOption(
      "rejects", .share, wants: "a share of the rows such as `1%`", "how many rows may be rejected"
    ) { written, options, _ in
      guard case .number(let share) = written, (0...1).contains(share) else { return false }
      options.allowedRejects = share
      return true
    },
    word("several", ["one", "first", "each"], "what becomes of a reference with several keys in a cell: `12;34`") {
      word, options in
      options.several = .init(rawValue: word) ?? .one
      return true
    },
    word("left_out", ["keep", "remove"], "what becomes of records of this file that `where` leaves out now") {
      word, options in
      options.removesLeftOut = word == "remove"
      return true
    },
    text(
      "source", wants: "a name in quotes that the file is known by, such as `\"shop\"`",
      "what the file is known by from one import to the next, wherever it lies"
    ) { text, options in
      options.source = text
      return text.contains { !$0.isWhitespace }
    },
    text(
      "rejects_to", wants: "the file that rejected rows are written to, such as `\"rejects.csv\"`",
      "where rejected rows are written"
    ) { text, options in
      options.rejectsTo = text
      return !text.isEmpty
    },
    ImportOption(
      "missing", .words(MissingPolicy.allCases.map(\.rawValue)), wants: "`\"keep\"`, `\"close\"` or `\"remove\"`",
      "what becomes of records that an earlier file of this name brought and this one no longer names"
    ) { written, options, _ in
      guard case .text(let word) = written, let policy = MissingPolicy(rawValue: word) else { return false }
      options.vanished = policy
      return true
    },
  ]
}

extension Session {
  /// `with { … }`
  func importOptions(_ record: RecordSyntax?) throws(Diagnostics) -> ImportOptions {
    let (options, wrong) = readImportOptions(record)
    guard wrong.isEmpty else { throw Diagnostics(wrong) }
    return options
  }

  /// What is wrong with the options of all imports, told before anything runs.
  func wrongImportOptions(_ statements: [CheckedStatement]) -> [Diagnostic] {
    statements.flatMap { statement -> [Diagnostic] in
      switch statement.node {
      case .importData(_, let syntax, file: _): readImportOptions(syntax.options).wrong
      case .forEach(_, name: _, _, let body), .test(name: _, given: _, let body): wrongImportOptions(body)
      case .branch(_, let then, let otherwise): wrongImportOptions(then) + wrongImportOptions(otherwise)
      default: []
      }
    }
  }

  private func readImportOptions(_ record: RecordSyntax?) -> (options: ImportOptions, wrong: [Diagnostic]) {
    var result = ImportOptions(zone: state.catalogue.calendar.zone, limits: options.limits)
    result.progress = options.progress
    var wrong: [Diagnostic] = []
    for entry in record?.entries ?? [] {
      let range = entry.value.range
      let name = entry.name.text
      guard let option = ImportOption.all.first(where: { nameKey(name) == $0.name }) else {
        wrong.append(
          SessionDiagnostics.unknownImportOption(
            name, nearest(name, among: ImportOption.all.map(\.name), limit: 4), at: entry.name.range))
        continue
      }
      do throws(Diagnostic) {
        guard let written = option.written(entry.value), try option.take(written, &result, environment.zones) else {
          wrong.append(SessionDiagnostics.importOption(name, option.wants, at: range))
          continue
        }
        result.said.append(.init(name: option.name, forms: option.fits, range: range))
      } catch {
        wrong.append(placed(error, range))
      }
    }
    return (result, wrong)
  }

  func placed(_ diagnostic: Diagnostic, _ range: SourceRange) -> Diagnostic {
    var placed = diagnostic
    if placed.labels.isEmpty { placed.labels = [.init(range)] }
    return placed
  }
}
