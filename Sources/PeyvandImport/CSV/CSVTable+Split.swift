import PeyvandBase
import PeyvandFiles

extension CSVTable {
  /// The rows of a file, found stretch by stretch.
  ///
  /// Where a row begins nothing depends on what came before, so a large file is cut at line ends and its pieces are split
  /// at once. A line end may stand inside a quoted cell: then the piece before does not end where the next begins, and
  /// the file is split from front to back. So it is too where any line is at fault, since what is read twice behind one is
  /// bounded in the order of the file.
  struct Split: Sendable {
    var file: FileBytes
    var dialect: CSVDialect
    var width: Int
    var short: ShortRows
    var invalid: [Int]
    /// Whether the bytes are to be looked at too, stretch by stretch while they are at hand.
    var checks = false
    var interruption: Interruption?
    var progress: ReadingProgress?
    /// Bytes that are worth a thread.
    var pieceBytes: Int

    /// What was found in a piece.
    struct Found: Sendable {
      var stretches: [Stretch] = []
      var faults: [(row: Int, fault: RowFault)] = []
      var rows = 0
      var empty = 0
      var longest = (line: 0, lines: 0)
      /// Where splitting stopped: the next row, and its line.
      var end = 0
      var endLine = 1
      var isInterrupted = false
      var isTooLong = false
      /// False where bytes that were to be looked at are no UTF-8: it ended there.
      var isClean = true
    }

    /// Rows that are split before their cells are read, column by column: small enough to stay in the cache.
    static let chunkRows = 2_048

    /// All rows from the start of one on.
    /// - Throws: E2207 for too many rows, E1501.
    func all(from start: Int, line: Int, named name: String) throws(Diagnostics) -> Found {
      guard isClean(0..<start) else { return Found(isClean: false) }
      var found = pieces(from: start, line: line) ?? piece(from: start, line: line, upTo: file.count, reports: 1)
      if found.isInterrupted { throw Diagnostics(ImportDiagnostics.interrupted(name)) }
      if found.isTooLong { throw Diagnostics(ImportDiagnostics.tooManyRows(name)) }
      found.isClean = found.isClean && isClean(min(found.end, file.count)..<file.count)
      return found
    }

    /// The same, pieces at once; nil where that cannot be.
    func pieces(from start: Int, line: Int) -> Found? {
      let count = min(Parts.most, (file.count - start) / max(1, pieceBytes))
      guard count > 1, invalid.isEmpty else { return nil }
      var cuts = [start]
      for part in 1..<count {
        let guess = max(cuts[part - 1], start + (file.count - start) / count * part)
        cuts.append(lineStart(after: guess))
      }
      cuts.append(file.count)
      let places = cuts
      let parts = Parts.map(count) { part in
        piece(from: places[part], line: 1, upTo: places[part + 1], reports: part == 0 ? count : 0)
      }
      guard parts.count == count else { return nil }
      var all = Found()
      all.end = start
      all.endLine = line
      for (part, found) in parts.enumerated() {
        if found.isInterrupted || !found.isClean { return found }
        guard found.faults.isEmpty, !found.isTooLong, all.end == places[part] else { return nil }
        for var stretch in found.stretches {
          stretch.line += all.endLine - 1
          stretch.firstRow += all.rows
          all.stretches.append(stretch)
        }
        if found.longest.lines > all.longest.lines {
          all.longest = (found.longest.line + all.endLine - 1, found.longest.lines)
        }
        all.rows += found.rows
        all.empty += found.empty
        all.end = found.end
        all.endLine += found.endLine - 1
      }
      all.isTooLong = all.rows > Limits.Fixed.rows
      return all
    }

    /// Rows end behind line ends, so that no letter goes over the end of a stretch.
    private func isClean(_ range: Range<Int>) -> Bool {
      !checks || file.withUnsafeBytes { CleanText.isClean(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    private func lineStart(after place: Int) -> Int {
      file.withUnsafeBytes { raw in
        let bytes = raw.bindMemory(to: UInt8.self).span
        var at = place
        while at < bytes.count, bytes[at] != dialect.lineEndByte { at &+= 1 }
        return min(at + 1, bytes.count)
      }
    }

    /// The rows that begin before a place.
    /// - Parameter reports: as how much of the whole its progress is told; 0: not at all.
    private func piece(from start: Int, line: Int, upTo limit: Int, reports: Int) -> Found {
      file.withUnsafeBytes { raw in
        let bytes = raw.bindMemory(to: UInt8.self).span
        var found = Found()
        var splitter = CSVSplitter(dialect, position: start, line: line)
        var starts: [Int] = []
        var kept = start
        while splitter.position < limit {
          if interruption?.isInterrupted == true {
            found.isInterrupted = true
            break
          }
          var stretch = Stretch(offset: splitter.position, line: splitter.line, firstRow: found.rows, rowCount: 0)
          // Each stretch is split by a splitter of its own, here and whenever its columns are read: the same rows.
          splitter = CSVSplitter(dialect, position: stretch.offset, line: stretch.line)
          starts.removeAll(keepingCapacity: true)
          let rows = found.rows
          let counts = Self.stretch(
            &splitter, bytes, width: width, short: short, invalid: invalid, upTo: limit, keeps: false, into: &starts
          ) { row, fault in
            found.faults.append((row: rows + row, fault: fault))
          }
          found.isClean = isClean(stretch.offset..<splitter.position)
          guard found.isClean, counts.rows > 0 || counts.empty > 0 else { break }
          stretch.rowCount = counts.rows
          stretch.isPlain = counts.rows == splitter.rowsInBlocks && counts.empty == 0
          found.empty += counts.empty
          if counts.longest.lines > found.longest.lines { found.longest = counts.longest }
          if counts.rows > 0 { found.stretches.append(stretch) }
          found.rows += counts.rows
          if found.rows > Limits.Fixed.rows {
            found.isTooLong = true
            break
          }
          if reports > 0 {
            progress?.report(.opening, done: start + (splitter.position - start) * reports, of: bytes.count)
          }
          if splitter.position - kept >= CSVTable.releasedBytes {
            file.release(kept..<splitter.position)
            kept = splitter.position
          }
        }
        found.end = splitter.position
        found.endLine = splitter.line
        return found
      }
    }

    struct Counts {
      var rows = 0
      var empty = 0
      var longest = (line: 0, lines: 0)
    }

    /// Splits one stretch: `width + 1` places a row are appended, −1 and fillers for what is no row.
    /// - Parameters:
    ///   - limit: no row is begun from there on.
    ///   - keeps: whether the places are wanted; else only some are there.
    static func stretch(
      _ splitter: inout CSVSplitter, _ bytes: Span<UInt8>, width: Int, short: ShortRows, invalid: [Int],
      most: Int = chunkRows, upTo limit: Int = .max, keeps: Bool = true, into starts: inout [Int],
      onFault: (Int, RowFault) -> Void
    ) -> Counts {
      var counts = Counts()
      func lose(_ fault: RowFault) {
        for _ in 0...width { starts.append(-1) }
        onFault(counts.rows, fault)
        counts.rows &+= 1
      }
      while counts.rows < most, counts.empty < chunkRows * 16, splitter.position < limit {
        let line = splitter.line
        if invalid.isEmpty {
          let rows = splitter.plainRows(
            bytes, into: &starts, keeps: keeps, width: width, most: most &- counts.rows, upTo: limit)
          if rows > 0 {
            counts.rows &+= rows
            if counts.longest.lines == 0 { counts.longest = (line, 1) }
            continue
          }
        }
        switch splitter.row(bytes, into: &starts, limit: width) {
        case .row(let cells):
          if cells < width {
            guard short == .fill else {
              starts.removeLast(cells &+ 1)
              splitter.giveUp(bytes)
              lose(.tooFew(cells: cells))
              continue
            }
            pad(&starts, by: width &- cells)
          }
          if !invalid.isEmpty, hasAny(invalid, from: splitter.rowStart, to: splitter.rowEnd) {
            starts.removeLast(width &+ 1)
            lose(.notUTF8)
            continue
          }
          counts.rows &+= 1
          let lines = splitter.line &- line
          if lines > counts.longest.lines { counts.longest = (line, lines) }
        case .empty: counts.empty &+= 1
        case .fault(let fault): lose(fault)
        case .end: return counts
        }
      }
      return counts
    }

    /// Cells that a short row does not have: empty, behind its last one.
    static func pad(_ starts: inout [Int], by count: Int) {
      guard let end = starts.last else { return }
      starts.append(contentsOf: repeatElement(end, count: count))
    }

    private static func hasAny(_ places: [Int], from start: Int, to end: Int) -> Bool {
      var low = 0
      var high = places.count
      while low < high {
        let middle = (low + high) / 2
        if places[middle] < start { low = middle + 1 } else { high = middle }
      }
      return low < places.count && places[low] < end
    }
  }
}
