import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandStore

/// The columns of records in JSON, as they are met: a value inside objects is `address.city`.
struct JSONColumns {
  /// What the values of a column were.
  private struct Seen {
    var name: String
    var texts = 0
    var numbers = 0
    /// Numbers of so many digits that they are names.
    var labels = 0
    var answers = 0
    var lists = 0
    /// Of lists: what their elements were.
    var textElements = 0
    var numberElements = 0
  }

  /// A step of a path: the column that ends here, and the steps that go on.
  private struct Node {
    var column: Int?
    var children: [String: Int] = [:]
  }

  /// Levels of objects inside one another that become columns.
  private static let mostLevels = 32
  static let listSeparator: UInt8 = 0x1D

  private var nodes: [Node] = [Node()]
  private var seen: [Seen] = []
  /// The cells of the record in hand.
  private var cells: [[UInt8]?] = []
  private var last = -1
  /// How many values of each path were left out: arrays of records, and what lies too deep.
  private(set) var leftOut: [(path: String, count: Int)] = []
  private var leftOutAt: [String: Int] = [:]
  /// Values that were met.
  private var filled = 0
  private let mostColumns: Int

  init(mostColumns: Int) { self.mostColumns = mostColumns }

  enum Failure: Error {
    case json(JSONError)
    case tooManyColumns
  }

  var count: Int { seen.count }

  /// Whether so many records hardly share a key, so that they are no table: objects whose keys are values. As a table they
  /// would be a square of empty cells.
  func areScattered(in records: Int) -> Bool {
    guard seen.count > 1_000 else { return false }
    let (cells, over) = seen.count.multipliedReportingOverflow(by: records)
    return over || (cells > 1_000_000 && filled < cells / 256)
  }

  // MARK: Reading

  /// Reads the record whose `{` was taken, and writes it down.
  mutating func record(_ reader: inout JSONReader, of file: FileBytes) throws(Failure) {
    for index in cells.indices { cells[index] = nil }
    last = -1
    try object(&reader, file, node: 0, path: [], level: 0)
  }

  /// Writes the record in hand; columns that no record had before stand at the end.
  mutating func write(into spool: inout CellSpool) throws(Diagnostic) {
    if last >= 0 {
      for column in 0...last {
        if let cell = cells[column] { cell.withUnsafeBufferPointer { spool.cell($0) } } else { spool.missing() }
      }
    }
    try spool.endRecord()
  }

  private mutating func object(
    _ reader: inout JSONReader, _ file: FileBytes, node: Int, path: [String], level: Int
  ) throws(Failure) {
    while true {
      guard case .key(let key) = try next(&reader) else { return }
      let child: Int
      if let known = nodes[node].children[key] {
        child = known
      } else {
        child = nodes.count
        nodes.append(Node())
        nodes[node].children[key] = child
      }
      let inner = path + [key]
      // Beside every column a path costs a node.
      guard nodes.count <= mostColumns * 4 + 64 else { throw .tooManyColumns }
      switch try next(&reader) {
      case .beginObject:
        if level + 1 < Self.mostLevels {
          try object(&reader, file, node: child, path: inner, level: level + 1)
        } else {
          try skip(&reader)
          leaveOut(inner)
        }
      case .beginArray: try array(&reader, file, node: child, path: inner)
      case let scalar: try set(scalar, reader, file, node: child, path: inner)
      }
    }
  }

  private mutating func set(
    _ token: JSONToken, _ reader: JSONReader, _ file: FileBytes, node: Int, path: [String]
  ) throws(Failure) {
    guard let text = Self.text(of: token, reader, file) else {
      // A column of nothing but null is a column all the same.
      _ = try column(node, path)
      return
    }
    let column = try column(node, path)
    switch token {
    case .string: seen[column].texts += 1
    case .bool: seen[column].answers += 1
    default:
      if text.count > 15, text.allSatisfy({ $0 != 0x2E && $0 | 0x20 != 0x65 }) {
        seen[column].labels += 1
      } else {
        seen[column].numbers += 1
      }
    }
    cells[column] = text
    filled += 1
    last = max(last, column)
  }

  private mutating func array(
    _ reader: inout JSONReader, _ file: FileBytes, node: Int, path: [String]
  ) throws(Failure) {
    var list: [UInt8] = []
    var elements = 0
    var texts = 0
    var isList = true
    while true {
      let token = try next(&reader)
      switch token {
      case .endArray:
        guard isList else {
          leaveOut(path)
          return
        }
        guard elements > 0 else { return }
        let column = try column(node, path)
        seen[column].lists += 1
        seen[column].textElements += texts
        seen[column].numberElements += elements - texts
        cells[column] = list
        filled += 1
        last = max(last, column)
        return
      case .beginObject, .beginArray:
        isList = false
        try skip(&reader)
      default:
        guard let text = Self.text(of: token, reader, file), !text.isEmpty else { continue }
        if elements > 0 { list.append(Self.listSeparator) }
        if case .string = token { texts += 1 }
        elements += 1
        list.append(contentsOf: text)
      }
    }
  }

  private mutating func column(_ node: Int, _ path: [String]) throws(Failure) -> Int {
    if let known = nodes[node].column { return known }
    guard seen.count < mostColumns else { throw .tooManyColumns }
    nodes[node].column = seen.count
    seen.append(Seen(name: path.joined(separator: ".")))
    cells.append(nil)
    return seen.count - 1
  }

  private mutating func leaveOut(_ path: [String]) {
    let name = path.joined(separator: ".")
    if let known = leftOutAt[name] {
      leftOut[known].count += 1
    } else {
      leftOutAt[name] = leftOut.count
      leftOut.append((name, 1))
    }
  }

  /// Goes over the rest of the object or array that was begun.
  private func skip(_ reader: inout JSONReader) throws(Failure) {
    let outside = reader.depth - 1
    while reader.depth > outside { _ = try next(&reader) }
  }

  private func next(_ reader: inout JSONReader) throws(Failure) -> JSONToken {
    do throws(JSONError) { return try reader.next() } catch { throw .json(error) }
  }

  /// A scalar as it is written, numbers to the last digit; nil for null.
  private static func text(of token: JSONToken, _ reader: JSONReader, _ file: FileBytes) -> [UInt8]? {
    switch token {
    case .string(let text): return Array(text.utf8)
    case .bool(let value): return Array((value ? "true" : "false").utf8)
    case .integer, .double:
      return file.withUnsafeBytes { bytes in
        let end = min(reader.position, bytes.count)
        var start = end
        while start > 0 {
          let byte = bytes[start - 1]
          let isPart =
            (0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E || byte | 0x20 == 0x65
          guard isPart else { break }
          start -= 1
        }
        return Array(bytes[start..<end])
      }
    default: return nil
    }
  }

  // MARK: What was seen

  /// The names of the columns, no two alike.
  var names: [String] { CSVSniffer.distinct(seen.map(\.name)) }

  var natures: [ColumnNature] {
    seen.map { column in
      if column.lists > 0 {
        let isNumbers = column.textElements == 0 && column.texts == 0 && column.answers == 0
        return .list(isNumbers && column.numberElements > 0 ? .number(.plain) : .text, separator: Self.listSeparator)
      }
      switch (column.texts > 0, column.numbers > 0, column.answers > 0, column.labels > 0) {
      case (true, false, false, false): return .texts
      case (false, true, false, false): return .typed(.number(.plain))
      case (false, false, true, false): return .typed(.yesno)
      default: return .written
      }
    }
  }

  /// The path of each column, to find a value again.
  var paths: [[String]] {
    var paths = [[String]](repeating: [], count: seen.count)
    var open: [(node: Int, path: [String])] = [(0, [])]
    while let (node, path) = open.popLast() {
      if let column = nodes[node].column { paths[column] = path }
      for (key, child) in nodes[node].children { open.append((child, path + [key])) }
    }
    return paths
  }
}
