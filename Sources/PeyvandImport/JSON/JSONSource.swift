import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandStore

/// JSON and JSON Lines as a table.
///
/// Records are the objects of an array at the top, or of the one array of objects that lies inside an object (which
/// one is said; of several, `table:` names one), or those of a file with an object on each line. The reader is strict:
/// what RFC 8259 does not call JSON is refused with its place, and so is a key that stands twice in one object, since
/// nobody can say which of its values is meant. In JSON Lines a bad line is one reject.
enum JSONSource {
  /// Whether a text is JSON: by its first signs, or by the ending of its name.
  static func isJSON(_ file: FileBytes, from start: Int, named name: String) -> Bool {
    if isNamedJSON(name) || isNamedLines(name) { return true }
    return file.withUnsafeBytes { bytes in
      var signs: [UInt8] = []
      for byte in bytes[min(start, bytes.count)...].prefix(4_096) {
        if byte == 0x20 || (0x09...0x0D).contains(byte) { continue }
        signs.append(byte)
        if signs.count == 2 { break }
      }
      switch (signs.first, signs.last) {
      case (UInt8(ascii: "{"), UInt8(ascii: "\"")?), (UInt8(ascii: "{"), UInt8(ascii: "}")?): return true
      case (UInt8(ascii: "["), UInt8(ascii: "{")?), (UInt8(ascii: "["), UInt8(ascii: "]")?),
        (UInt8(ascii: "["), UInt8(ascii: "[")?) where signs.count == 2:
        return signs != [UInt8(ascii: "["), UInt8(ascii: "[")]
      default: return false
      }
    }
  }

  private static func isNamedJSON(_ name: String) -> Bool {
    let name = name.lowercased()
    return name.hasSuffix(".json") || name.hasSuffix(".geojson")
  }

  private static func isNamedLines(_ name: String) -> Bool {
    let name = name.lowercased()
    return name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson")
  }

  /// What is read: where the records begin.
  private enum Shape {
    /// The offset of the `[`, and the path to it.
    case array(Int, path: String?, count: Int?)
    case single(Int)
    case lines
  }

  /// - Throws: E2222 (no right JSON, with its place), E2223 (no records in it), E2228 (which list?), E2205, E2206, E2207.
  static func open(
    _ file: FileBytes, from start: Int, named name: String, findings: [String], notable: [String],
    options: ImportOptions, interruption: Interruption?
  ) throws(Diagnostics) -> any ImportTable {
    var reading = Reading(file, from: start, name, options, interruption)
    do throws(Diagnostic) {
      try reading.read()
    } catch {
      throw Diagnostics(error)
    }
    return try reading.table(findings: findings, notable: notable)
  }

  /// One file on its way to becoming a table.
  private struct Reading: ~Copyable {
    private let file: FileBytes
    private let start: Int
    private let name: String
    private let options: ImportOptions
    private let interruption: Interruption?
    private var columns: JSONColumns
    private var spool: CellSpool
    /// Where each record begins.
    private var offsets: [Int] = []
    private var faults: [(row: Int, fault: RowFault)] = []
    private var findings: [String] = []
    private var notable: [String] = []

    init(
      _ file: FileBytes, from start: Int, _ name: String, _ options: ImportOptions, _ interruption: Interruption?
    ) {
      self.file = file
      self.start = start
      self.name = name
      self.options = options
      self.interruption = interruption
      columns = JSONColumns(mostColumns: options.limits.columns)
      spool = CellSpool(for: name, limit: options.limits.fileBytes)
    }

    mutating func read() throws(Diagnostic) {
      switch try shape() {
      case .lines: try lines()
      case .single(let offset):
        var reader = JSONReader(file, range: offset..<file.count, duplicates: .refuse)
        _ = try next(&reader)
        try record(&reader, at: offset)
        findings.append("JSON: one record")
      case .array(let offset, let path, let count):
        try array(at: offset, isAll: path == nil)
        let shown = path.map { "the list `\(ImportDiagnostics.shown($0))`" } ?? "a list"
        findings.append("JSON: \(shown) of \(offsets.count) record\(offsets.count == 1 ? "" : "s")")
        if path != nil, count != nil { notable.append(findings[findings.count - 1]) }
      }
    }

    // MARK: Shapes

    private func shape() throws(Diagnostic) -> Shape {
      if JSONSource.isNamedLines(name) { return .lines }
      var reader = JSONReader(file, range: start..<file.count, duplicates: .refuse)
      let first = firstSign(from: start)
      switch try next(&reader) {
      case .beginArray: return .array(first, path: nil, count: nil)
      case .beginObject: break
      case let token:
        _ = try next(&reader)
        throw ImportDiagnostics.noRecords(name, "it holds \(token.inWords) alone")
      }
      var lists: [(path: String, offset: Int, count: Int)] = []
      var path: [String] = []
      // Objects inside one another; arrays are looked at where they begin and passed over.
      while reader.depth > 0 {
        switch try next(&reader) {
        case .key(let key):
          path = path.prefix(reader.depth - 1) + [key]
          let begin = firstSign(from: reader.position)
          guard file.byte(at: begin) == UInt8(ascii: "[") else { continue }
          _ = try next(&reader)
          if let count = try records(&reader) { lists.append((path.joined(separator: "."), begin, count)) }
        default: continue
        }
      }
      let end = reader.position
      let rest = firstSign(from: end)
      if rest < file.count {
        let isNextLine = file.array(end..<rest).contains(0x0A)
        if isNextLine, file.byte(at: rest) == UInt8(ascii: "{") { return .lines }
        _ = try next(&reader)
      }
      if let table = options.table {
        let key = nameKey(table)
        guard let list = lists.first(where: { $0.path == table }) ?? lists.first(where: { nameKey($0.path) == key })
        else {
          throw ImportDiagnostics.noSuchTable(table, name, lists.map(\.path), what: "list of records")
        }
        return .array(list.offset, path: list.path, count: nil)
      }
      if lists.count > 1 {
        throw ImportDiagnostics.whichTable(
          name, lists.map { "`\(ImportDiagnostics.shown($0.path))` (\($0.count))" }, first: lists[0].path,
          what: "lists of records")
      }
      return lists.first.map { .array($0.offset, path: $0.path, count: $0.count) } ?? .single(first)
    }

    /// Goes over an array whose `[` was taken; how many objects it holds, nil where it holds anything else or nothing.
    private func records(_ reader: inout JSONReader) throws(Diagnostic) -> Int? {
      let outside = reader.depth - 1
      var count = 0
      var isRecords = true
      while reader.depth > outside {
        let depth = reader.depth
        switch try next(&reader) {
        case .beginObject where depth == outside + 1: count += 1
        case .endArray, .endObject, .key: continue
        default: if depth == outside + 1 { isRecords = false }
        }
      }
      return isRecords && count > 0 ? count : nil
    }

    private func firstSign(from offset: Int) -> Int {
      file.withUnsafeBytes { bytes in
        var at = offset
        while at < bytes.count {
          let byte = bytes[at]
          guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 || byte == 0x3A || byte == 0x2C else {
            break
          }
          at += 1
        }
        return at
      }
    }

    // MARK: Records

    private mutating func array(at offset: Int, isAll: Bool) throws(Diagnostic) {
      var reader = JSONReader(file, range: offset..<file.count, duplicates: .refuse)
      _ = try next(&reader)
      while true {
        let begin = firstSign(from: reader.position)
        switch try next(&reader) {
        case .endArray:
          if isAll { _ = try next(&reader) }
          guard !offsets.isEmpty else { throw ImportDiagnostics.noRecords(name, "its list is empty") }
          return
        case .beginObject: try record(&reader, at: begin)
        case let token:
          // What is no record is none of the rows only where others are.
          var rest = reader
          if token == .beginArray { while rest.depth > 1 { _ = try next(&rest) } }
          guard !offsets.isEmpty else {
            while try next(&rest) != .end {}
            throw ImportDiagnostics.noRecords(
              name, "the elements of its list are no objects: the first is \(token.inWords)")
          }
          reader = rest
          try fault("\(token.inWords) where a record was expected", at: begin)
        }
      }
    }

    private mutating func lines() throws(Diagnostic) {
      var at = start
      while at < file.count {
        let end = file.withUnsafeBytes { bytes in
          var end = at
          while end < bytes.count, bytes[end] != 0x0A { end += 1 }
          return end
        }
        let first = firstSign(from: at)
        if first < end {
          // A copy of the line: what is wrong in it is found without going over the file from its beginning.
          let line = FileBytes(file.array(at..<end))
          var reader = JSONReader(line, duplicates: .refuse)
          do throws(JSONColumns.Failure) {
            guard case .beginObject = try token(&reader) else {
              throw .json(reader.mistake("no object"))
            }
            try columns.record(&reader, of: line)
            guard case .end = try token(&reader) else { throw .json(reader.mistake("more than one value")) }
            offsets.append(first)
            try write()
          } catch {
            guard case .json(let wrong) = error else { throw failure(error) }
            let words = faults.count < 1_000 ? "\(wrong.message) (character \(wrong.column))" : "wrong JSON"
            try fault(words, at: first)
          }
        }
        at = end + 1
      }
      guard offsets.count > faults.count else {
        throw ImportDiagnostics.noRecords(name, "none of its lines is an object")
      }
      findings.append("JSON Lines: \(offsets.count) record\(offsets.count == 1 ? "" : "s")")
    }

    private func token(_ reader: inout JSONReader) throws(JSONColumns.Failure) -> JSONToken {
      do throws(JSONError) { return try reader.next() } catch { throw .json(error) }
    }

    private mutating func record(_ reader: inout JSONReader, at offset: Int) throws(Diagnostic) {
      do throws(JSONColumns.Failure) {
        try columns.record(&reader, of: file)
      } catch {
        throw failure(error)
      }
      offsets.append(offset)
      do throws(JSONColumns.Failure) { try write() } catch { throw failure(error) }
    }

    /// What went wrong while a record was written down.
    private var wrong: Diagnostic?

    private mutating func write() throws(JSONColumns.Failure) {
      do throws(Diagnostic) {
        try columns.write(into: &spool)
        try countRow()
      } catch {
        wrong = error
        throw .tooManyColumns
      }
    }

    private mutating func fault(_ words: String, at offset: Int) throws(Diagnostic) {
      faults.append((row: offsets.count, fault: .notJSON(words)))
      offsets.append(offset)
      try spool.endRecord()
      try countRow()
    }

    private func countRow() throws(Diagnostic) {
      guard offsets.count <= Limits.Fixed.rows else { throw ImportDiagnostics.tooManyRows(name) }
      guard !columns.areScattered(in: offsets.count) else {
        throw ImportDiagnostics.scattered(name, keys: columns.count, records: offsets.count)
      }
      if offsets.count & 1_023 == 0, interruption?.isInterrupted == true { throw ImportDiagnostics.interrupted(name) }
    }

    private func failure(_ failure: JSONColumns.Failure) -> Diagnostic {
      switch failure {
      case .json(let error): ImportDiagnostics.notJSON(name, error)
      case .tooManyColumns: wrong ?? ImportDiagnostics.tooManyColumns(name, limit: options.limits.columns)
      }
    }

    private func next(_ reader: inout JSONReader) throws(Diagnostic) -> JSONToken {
      do throws(JSONError) { return try reader.next() } catch { throw ImportDiagnostics.notJSON(name, error) }
    }

    // MARK: The table

    consuming func table(findings: [String], notable: [String]) throws(Diagnostics) -> any ImportTable {
      let names = columns.names
      guard !names.isEmpty else {
        throw Diagnostics(ImportDiagnostics.noRecords(name, "its records are empty"))
      }
      var (findings, notable) = (findings + self.findings, notable + self.notable)
      for (path, count) in columns.leftOut.prefix(20) {
        let finding =
          "`\(ImportDiagnostics.shown(path))` holds records of its own and is left out, in \(count) record\(count == 1 ? "" : "s")"
        findings.append(finding)
        notable.append(finding)
      }
      let layout = CSVLayout(dialect: .spool, names: names, hasHeader: false, body: 0, bodyLine: 1)
      let places = JSONPlaces(file: file, start: start, offsets: offsets, paths: columns.paths)
      let (natures, faults, name, options, interruption) = (columns.natures, faults, name, options, interruption)
      let spooled: (bytes: FileBytes, shifts: [Int])
      do { spooled = try spool.finish() } catch { throw Diagnostics(error) }
      return try SpooledTable(
        spooled, form: .json, layout: layout, natures: { _ in natures }, places: places, faults: faults,
        findings: findings,
        notable: notable, name: name, options: options, interruption: interruption)
    }
  }
}

extension JSONReader {
  /// Right JSON of another kind than was wanted.
  fileprivate func mistake(_ found: String) -> JSONError {
    JSONError(.wrongType(found: found, wanted: "one object a line"), byte: position, line: 1, column: position + 1)
  }
}

/// Lines and characters of values in a JSON file, found again when they are asked for.
private struct JSONPlaces: CellPlaces {
  let file: FileBytes
  let start: Int
  let offsets: [Int]
  let paths: [[String]]

  func places(of cells: [(record: Int, column: Int?)]) -> [ImportPlace] {
    let wanted = cells.map { cell -> Int in
      guard offsets.indices.contains(cell.record) else { return start }
      let offset = offsets[cell.record]
      guard let column = cell.column, paths.indices.contains(column) else { return offset }
      return value(at: paths[column], in: offset) ?? offset
    }
    var result = [ImportPlace](repeating: ImportPlace(line: 1, column: 1), count: cells.count)
    file.withUnsafeBytes { bytes in
      var at = min(start, bytes.count)
      var place = ImportPlace(line: 1, column: 1)
      // One pass over the file, however many are asked for.
      for index in wanted.indices.sorted(by: { wanted[$0] < wanted[$1] }) {
        while at < min(wanted[index], bytes.count) {
          if bytes[at] == 0x0A {
            place.line += 1
            place.column = 1
          } else if bytes[at] & 0xC0 != 0x80 {
            place.column += 1
          }
          at += 1
        }
        result[index] = place
      }
    }
    return result
  }

  /// Where the value of a path begins, in the record at an offset.
  private func value(at path: [String], in offset: Int) -> Int? {
    var reader = JSONReader(file, range: offset..<file.count)
    guard case .beginObject? = try? reader.next() else { return nil }
    var level = 0
    while let token = try? reader.next() {
      switch token {
      case .key(let key):
        guard reader.depth == level + 1, level < path.count, key.utf8.elementsEqual(path[level].utf8) else {
          continue
        }
        let begin = sign(behind: reader.position)
        if level + 1 == path.count { return begin }
        if file.byte(at: begin) == UInt8(ascii: "{") { level += 1 }
      case .endObject where reader.depth == 0, .end: return nil
      default: continue
      }
    }
    return nil
  }

  private func sign(behind offset: Int) -> Int {
    var at = offset
    while let byte = file.byte(at: at), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { at += 1 }
    return at
  }
}
