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
}
