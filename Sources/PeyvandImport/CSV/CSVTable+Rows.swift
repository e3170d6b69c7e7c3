import PeyvandBase
import PeyvandFiles

/// Whole rows of the file as they stand: for what is shown of it, and for what is written beside it.
extension CSVTable {
  package func texts(ofRows rows: [Int], interruption: Interruption?) throws(Diagnostics) -> [[String]] {
    var result: [[String]] = []
    result.reserveCapacity(rows.count)
    var splitAt = -1
    var starts: [Int] = []
    var begins: [(start: Int, line: Int)] = []
    for row in rows {
      guard let number = stretch(ofRow: row) else {
        result.append([])
        continue
      }
      if splitAt != number {
        if interruption?.isInterrupted == true { throw Diagnostics(ImportDiagnostics.interrupted(fileName)) }
        splitAt = number
        starts.removeAll(keepingCapacity: true)
        begins = file.withUnsafeBytes { raw in
          split(stretches[number], raw.bindMemory(to: UInt8.self).span, into: &starts)
        }
      }
      let inside = row - stretches[number].firstRow
      result.append(
        file.withUnsafeBytes { raw in
          cells(
            raw.bindMemory(to: UInt8.self).span, starts, inside,
            begins.indices.contains(inside) ? begins[inside].start : nil)
        })
    }
    return result
  }

  private func cells(_ bytes: Span<UInt8>, _ starts: [Int], _ row: Int, _ begin: Int?) -> [String] {
    let width = columnNames.count
    let first = row * (width + 1)
    guard starts.indices.contains(first + width), starts[first] >= 0 else {
      return begin.map { line(bytes, from: $0) } ?? []
    }
    return (0..<width).map { column in
      let cell = CSVCell.content(
        bytes, starts[first + column], starts[first + column + 1] - 1, dropsBlanks: dialect.delimiter == .blanks)
      var content: [UInt8] = []
      if cell.isEscaped {
        CSVCell.unescape(bytes, cell.start, cell.end, into: &content)
      } else {
        content.reserveCapacity(cell.end - cell.start)
        for at in cell.start..<cell.end { content.append(bytes[at]) }
      }
      return String(decoding: content, as: UTF8.self)
    }
  }

  /// A line that is no row, cut at every delimiter; what is too many stays in the last cell.
  private func line(_ bytes: Span<UInt8>, from begin: Int) -> [String] {
    let width = columnNames.count
    var cells: [[UInt8]] = [[]]
    var at = max(begin, 0)
    while at < bytes.count, bytes[at] != dialect.lineEndByte {
      if case .byte(bytes[at]) = dialect.delimiter, cells.count < width {
        cells.append([])
      } else {
        cells[cells.count - 1].append(bytes[at])
      }
      at += 1
    }
    if cells[cells.count - 1].last == 0x0D { cells[cells.count - 1].removeLast() }
    return cells.map { String(decoding: $0, as: UTF8.self) }
      + [String](repeating: "", count: max(width - cells.count, 0))
  }

  // MARK: Places

  package func places(of cells: [(row: Int, column: Int?)]) -> [(place: ImportPlace, text: String)] {
    var result = [(place: ImportPlace, text: String)](
      repeating: (ImportPlace(line: 1, column: 1), ""), count: cells.count)
    file.withUnsafeBytes { raw in
      let bytes = raw.bindMemory(to: UInt8.self).span
      var starts: [Int] = []
      var rows: [(start: Int, line: Int)] = []
      var splitAt = -1
      for index in cells.indices.sorted(by: { cells[$0].row < cells[$1].row }) {
        guard let number = stretch(ofRow: cells[index].row) else { continue }
        let stretch = stretches[number]
        if splitAt != number {
          splitAt = number
          starts.removeAll(keepingCapacity: true)
          rows = split(stretch, bytes, into: &starts)
        }
        let inside = cells[index].row - stretch.firstRow
        guard rows.indices.contains(inside) else { continue }
        result[index] = place(bytes, starts, row: inside, begin: rows[inside], column: cells[index].column)
      }
    }
    return result
  }

  func stretch(ofRow row: Int) -> Int? {
    var low = 0
    var high = stretches.count
    while low < high {
      let middle = (low + high) / 2
      if stretches[middle].firstRow + stretches[middle].rowCount <= row { low = middle + 1 } else { high = middle }
    }
    return row >= 0 && low < stretches.count ? low : nil
  }

  /// Splits a stretch and tells where each of its rows begins.
  func split(
    _ stretch: Stretch, _ bytes: Span<UInt8>, into starts: inout [Int]
  ) -> [(start: Int, line: Int)] {
    var splitter = CSVSplitter(dialect, position: stretch.offset, line: stretch.line)
    var rows: [(start: Int, line: Int)] = []
    let width = columnNames.count
    while rows.count < stretch.rowCount {
      let outcome = splitter.row(bytes, into: &starts, limit: width)
      switch outcome {
      case .end: return rows
      case .empty: continue
      case .row(let cells):
        rows.append((splitter.rowStart, splitter.rowLine))
        if cells < width {
          if options.short == .fill {
            Split.pad(&starts, by: width - cells)
          } else {
            starts.removeLast(cells + 1)
            splitter.giveUp(bytes)
            starts.append(contentsOf: repeatElement(-1, count: width + 1))
          }
        }
      case .fault(let fault):
        // A quote is at fault on the line where its cell began.
        let isQuote = fault == .textAfterQuote || fault == .unclosedQuote
        rows.append((splitter.rowStart, isQuote ? splitter.quoteLine : splitter.rowLine))
        starts.append(contentsOf: repeatElement(-1, count: width + 1))
      }
    }
    return rows
  }

  /// The line and column of a cell or a row, and its text.
  private func place(
    _ bytes: Span<UInt8>, _ starts: [Int], row: Int, begin: (start: Int, line: Int), column: Int?
  ) -> (place: ImportPlace, text: String) {
    let first = row * (columnNames.count + 1)
    guard starts.indices.contains(first + columnNames.count), starts[first] >= 0 else {
      return (ImportPlace(line: begin.line, column: 1), "")
    }
    guard let column, columnNames.indices.contains(column) else {
      return (ImportPlace(line: begin.line, column: 1), "")
    }
    // A cell that a short row does not have is at the row's end.
    let isPadding = starts[first + column + 1] == starts[first + column]
    let start = min(starts[first + column] - (isPadding ? 1 : 0), bytes.count)
    var line = begin.line
    var lineStart = begin.start
    for at in begin.start..<max(start, begin.start) where bytes[at] == dialect.lineEndByte {
      line += 1
      lineStart = at + 1
    }
    // Characters are counted by the bytes that begin one.
    var characters = 1
    for at in lineStart..<max(start, lineStart) where bytes[at] & 0xC0 != 0x80 { characters += 1 }
    let cell = CSVCell.content(
      bytes, start, isPadding ? start : starts[first + column + 1] - 1, dropsBlanks: dialect.delimiter == .blanks)
    var content: [UInt8] = []
    if cell.isEscaped {
      CSVCell.unescape(bytes, cell.start, cell.end, into: &content)
    } else {
      for at in cell.start..<min(cell.end, cell.start + 400) { content.append(bytes[at]) }
    }
    return (
      ImportPlace(line: line, column: characters),
      String(decoding: content.prefix(400), as: UTF8.self)
    )
  }
}
