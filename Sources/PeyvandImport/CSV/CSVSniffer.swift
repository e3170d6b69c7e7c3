import Glibc
import PeyvandBase
import PeyvandFiles

/// Finds out how a file is written: encoding, line ends, delimiter, header, each with the reason to tell the user.
///
/// It looks at the first 64 KiB. A delimiter is the sign that cuts the most lines into the same number of cells, two or
/// more; a header is a first line in which no cell is a number or a date. Either may be declared, and then nothing is
/// guessed.
enum CSVSniffer {
  private static let sample = 1 << 16
  private static let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, UInt8(ascii: "|")]

  /// Where the text begins, behind a byte order mark.
  static func start(of file: FileBytes, _ name: String) throws(Diagnostic) -> Int {
    guard file.count > 0 else { throw ImportDiagnostics.empty(name) }
    switch (file.byte(at: 0), file.byte(at: 1), file.byte(at: 2), file.byte(at: 3)) {
    case (0xEF, 0xBB, 0xBF, _): return 3
    case (0xFF, 0xFE, 0, 0), (0, 0, 0xFE, 0xFF): throw ImportDiagnostics.otherUnicode(name, encoding: "UTF-32")
    case (0xFF, 0xFE, _, _), (0xFE, 0xFF, _, _): throw ImportDiagnostics.otherUnicode(name, encoding: "UTF-16")
    default: return 0
    }
  }

  /// The places that are not UTF-8, few as they have to be; NUL bytes are refused.
  static func check(
    _ file: FileBytes, from start: Int, _ name: String, limit: Int = Limits.Fixed.foreignLines
  ) throws(Diagnostic) -> [Int] {
    try file.withUnsafeBytes { (raw) throws(Diagnostic) -> [Int] in
      let bytes = UnsafeRawBufferPointer(rebasing: raw[min(start, raw.count)...])
      if let nul = bytes.firstNUL {
        let before = bytes.prefix(nul)
        // Every second byte a NUL: two bytes a letter, without a mark that says so.
        if nul < 4, bytes.count > nul + 2, bytes[nul + 2] == 0 {
          throw ImportDiagnostics.otherUnicode(name, encoding: "UTF-16")
        }
        let line = before.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let column = before[lineStart...].reduce(1) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
        throw ImportDiagnostics.nul(name, line: line, column: column, byte: start + nul + 1)
      }
      var places: [Int] = []
      var at = 0
      while let place = UTF8Check.firstInvalid(in: UnsafeRawBufferPointer(rebasing: bytes[at...])) {
        places.append(start + at + place)
        at += place + 1
        if places.count > limit {
          let first = (places.first ?? start) - start
          let line = bytes.prefix(first).reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
          throw ImportDiagnostics.notUTF8(name, line: line, byte: start + first + 1)
        }
      }
      return places
    }
  }

  /// How the text is laid out. A dialect that is known is not sought.
  static func sniff(
    _ bytes: Span<UInt8>, from start: Int, name: String, options: ImportOptions, dialect known: CSVDialect? = nil
  ) throws(Diagnostic) -> CSVLayout {
    var findings: [String] = []
    var doubtful: [String] = []
    var place = (position: start, line: 1)
    let lineEnd = known?.lineEnd ?? self.lineEnd(bytes, from: start)
    var delimiter = options.delimiter
    if let known {
      delimiter = known.delimiter
    } else if let said = separatorLine(bytes, at: start), options.skip == nil {
      place = (said.next, 2)
      if delimiter == nil { delimiter = .byte(said.delimiter) }
      findings.append("line 1 says what stands between cells: \(CSVDelimiter.byte(said.delimiter).shown)")
    }
    if let skip = options.skip {
      skipLines(skip, bytes, &place, lineEnd == .carriageReturn ? 0x0D : lineEnd == .lineFeed ? 0x0A : 0x1E)
    }
    if delimiter == nil {
      let best = bestDelimiter(bytes, from: place.position, lineEnd: lineEnd, columns: options.limits.columns)
      delimiter = best.delimiter
      findings.append(best.finding)
      if best.isDoubtful { doubtful.append(best.finding) }
    }
    let dialect = CSVDialect(delimiter: delimiter ?? .comma, lineEnd: lineEnd)
    if lineEnd == .carriageReturn { findings.append("lines end with CR alone") }

    let lead = CSVLead(bytes, from: place, dialect, limit: options.limits.columns)
    let titles = options.header == false || options.skip != nil ? 0 : lead.titles { isValue($0, options) }
    let passed = titles > 0 ? [lead.finding(ofTitles: titles, shown: ImportDiagnostics.shown)] : []
    findings += passed
    guard lead.rows.indices.contains(titles) else { throw ImportDiagnostics.empty(name) }
    let first = lead.rows[titles]
    switch first.fault {
    case .tooMany: throw ImportDiagnostics.tooManyColumns(name, limit: options.limits.columns)
    case let fault?: throw ImportDiagnostics.badHeader(name, line: first.quoteLine, fault)
    case nil: break
    }
    let cells = first.texts
    let hasHeader: Bool
    if let declared = options.header {
      hasHeader = declared
    } else if titles > 0 {
      hasHeader = true
    } else {
      let value = cells.first { isValue($0, options) }
      hasHeader = value == nil
      if let value { findings.append("no header: \"\(ImportDiagnostics.shown(value))\" in the first line is a value") }
    }
    if hasHeader, options.header == nil, known == nil { findings.append("header in line \(first.line)") }
    var names = hasHeader ? distinct(cells) : (1...max(cells.count, 1)).map { "c\($0)" }
    if hasHeader {
      let renamed = zip(cells, names).filter { !$0.isEmpty && nameKey($0) != nameKey($1) }
      if !renamed.isEmpty {
        findings.append(
          "names that stand twice: "
            + renamed.prefix(4).map { "`\(ImportDiagnostics.shown($1))`" }.joined(separator: ", ")
            + (renamed.count > 4 ? " and \(renamed.count - 4) more" : ""))
      }
    }
    if known != nil, lead.usual > names.count {
      // Cells of a sheet under no name are columns all the same.
      names += ((names.count + 1)...lead.usual).map { "c\($0)" }
    }
    return CSVLayout(
      dialect: dialect, names: names, hasHeader: hasHeader, body: hasHeader ? first.end : first.start,
      bodyLine: hasHeader ? first.endLine : first.line, emptyLines: lead.emptyLines(before: titles),
      findings: findings, notable: doubtful + passed, headerLine: hasHeader ? first.line : nil)
  }

  /// `sep=;`, as some spreadsheets begin a file.
  private static func separatorLine(_ bytes: Span<UInt8>, at start: Int) -> (delimiter: UInt8, next: Int)? {
    let word = Array("sep=".utf8)
    guard bytes.count > start + 5 else { return nil }
    for (index, letter) in word.enumerated() where bytes[start + index] | 0x20 != letter | 0x20 { return nil }
    let delimiter = bytes[start + 4]
    guard candidates.contains(delimiter) else { return nil }
    var at = start + 5
    if bytes[at] == 0x0D { at += 1 }
    guard at < bytes.count, bytes[at] == 0x0A else { return nil }
    return (delimiter, at + 1)
  }

  private static func skipLines(
    _ count: Int, _ bytes: Span<UInt8>, _ place: inout (position: Int, line: Int), _ lineEnd: UInt8
  ) {
    for _ in 0..<max(count, 0) {
      while place.position < bytes.count, bytes[place.position] != lineEnd { place.position += 1 }
      guard place.position < bytes.count else { return }
      place.position += 1
      place.line += 1
    }
  }

  /// LF where any line ends with one, CR where none does.
  private static func lineEnd(_ bytes: Span<UInt8>, from start: Int) -> CSVDialect.LineEnd {
    var feeds = 0
    var returns = 0
    var isQuoted = false
    let end = min(bytes.count, start + sample)
    for at in start..<max(start, end) {
      switch bytes[at] {
      case CSVDialect.quote: isQuoted.toggle()
      case 0x0A where !isQuoted: feeds += 1
      case 0x0D where !isQuoted:
        if at + 1 < bytes.count, bytes[at + 1] == 0x0A { continue }
        returns += 1
      default: break
      }
    }
    return feeds == 0 && returns > 0 ? .carriageReturn : .lineFeed
  }

  private static func bestDelimiter(
    _ bytes: Span<UInt8>, from start: Int, lineEnd: CSVDialect.LineEnd, columns: Int
  ) -> (delimiter: CSVDelimiter, finding: String, isDoubtful: Bool) {
    var best: (delimiter: CSVDelimiter, agreeing: Int, rows: Int, cells: Int)?
    for byte in candidates {
      var splitter = CSVSplitter(CSVDialect(delimiter: .byte(byte), lineEnd: lineEnd), position: start, line: 1)
      var starts: [Int] = []
      var counts: [Int: Int] = [:]
      var rows = 0
      reading: while splitter.position < start + sample, rows < 200 {
        starts.removeAll(keepingCapacity: true)
        switch splitter.row(bytes, into: &starts, limit: columns) {
        case .row(let cells):
          // The row that the sample cuts off does not count, unless it is the only one.
          counts[cells, default: 0] += 1
          rows += 1
        case .fault: rows += 1
        case .empty: continue
        case .end: break reading
        }
      }
      guard let most = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }), most.key >= 2 else { continue }
      if let found = best {
        // Shares are compared by cross multiplication: rows are at most 200.
        let mine = most.value * found.rows
        let theirs = found.agreeing * rows
        if mine < theirs || (mine == theirs && most.key <= found.cells) { continue }
      }
      best = (.byte(byte), most.value, rows, most.key)
    }
    guard let best else {
      // Lines too broken to be counted: the sign that the first of them holds most often.
      var counts: [UInt8: Int] = [:]
      var isEmpty = true
      for at in start..<min(bytes.count, start + sample) {
        if bytes[at] == 0x0A || bytes[at] == 0x0D {
          if isEmpty { continue }
          break
        }
        isEmpty = isEmpty && bytes[at] == 0x20
        if candidates.contains(bytes[at]) { counts[bytes[at], default: 0] += 1 }
      }
      if let most = candidates.max(by: { counts[$0, default: 0] < counts[$1, default: 0] }), counts[most] != nil {
        return (.byte(most), "delimiter \(CSVDelimiter.byte(most).shown): it stands in the first line", false)
      }
      // A sign that text does not hold (US, 0x1F), so that a comma in a sentence cuts nothing.
      var finding = "one column: no line is cut by , ; | or a tab"
      let cells = blankCells(bytes, from: start, lineEnd: lineEnd, columns: columns)
      if let cells {
        finding += "; blanks would cut each into \(cells) cells: with { delimiter: \"blank\" }"
      }
      return (.byte(0x1F), finding, cells != nil)
    }
    return (
      best.delimiter,
      "delimiter \(best.delimiter.shown): \(best.agreeing) of the first \(best.rows) lines have \(best.cells) cells",
      false
    )
  }

  /// Into how many cells blanks cut every one of the first lines alike; nil where they do not.
  private static func blankCells(
    _ bytes: Span<UInt8>, from start: Int, lineEnd: CSVDialect.LineEnd, columns: Int
  ) -> Int? {
    var splitter = CSVSplitter(CSVDialect(delimiter: .blanks, lineEnd: lineEnd), position: start, line: 1)
    var starts: [Int] = []
    var found: Int?
    for _ in 0..<50 {
      starts.removeAll(keepingCapacity: true)
      guard case .row(let cells) = splitter.row(bytes, into: &starts, limit: columns) else { break }
      if cells < 2 || (found != nil && found != cells) { return nil }
      found = cells
    }
    return found
  }

  /// Whether a cell of a first line is data and no name.
  private static func isValue(_ text: String, _ options: ImportOptions) -> Bool {
    guard !text.isEmpty else { return false }
    let bytes = Array(text.utf8)
    var hasPoint = false
    var isTooLarge = false
    return NumberCell.fast(bytes.span, hasPoint: &hasPoint) != nil
      || NumberCell.slow(bytes.span, isTooLarge: &isTooLarge) != nil
      || DateCell.any(bytes.span, compact: false) != nil
  }

  /// Names of columns, no two alike: `OrderID`, `OrderID 2`; one without a name is `c` and its number.
  static func distinct(_ names: [String]) -> [String] {
    var taken: Set<String> = []
    var result: [String] = []
    for (index, name) in names.enumerated() {
      // A name over several lines is read as one line.
      let words = name.split { $0 == "\n" || $0 == "\r\n" || $0 == "\r" || $0 == "\t" }.joined(separator: " ")
      let base = words.isEmpty ? "c\(index + 1)" : words
      var unique = base
      var number = 2
      while !taken.insert(nameKey(unique)).inserted {
        unique = "\(base) \(number)"
        number += 1
      }
      result.append(unique)
    }
    return result
  }
}

extension UnsafeRawBufferPointer {
  /// The place of the first NUL, by the C library's search.
  fileprivate var firstNUL: Int? {
    guard let start = baseAddress, count > 0, let found = memchr(start, 0, count) else { return nil }
    return UnsafeRawPointer(found) - start
  }
}
