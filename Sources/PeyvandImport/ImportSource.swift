import PeyvandBase
import PeyvandFiles

/// Whatever a file is, as a table: the one door through which every import comes.
///
/// What a file is stands in its first bytes, and they go before the ending of its name, which people change. Each kind
/// of file ends in an `ImportTable`; nothing behind this knows which it was.
package enum ImportSource {
  /// Opens the bytes of a file.
  /// - Parameters:
  ///   - name: the file as the user wrote it.
  ///   - companion: the size of a file beside this one, by what its name has more (`-wal`); nil where there is none.
  /// - Throws: E2201–E2207 and what the kinds of files refuse, with the place.
  /// - Note: linear in the file; memory for what is no small file stays with the kernel (`SpoolFile`).
  package static func open(
    _ file: FileBytes, named name: String, options: ImportOptions = ImportOptions(),
    companion: (String) -> Int? = { _ in nil }, interruption: Interruption? = nil
  ) throws(Diagnostics) -> any ImportTable {
    do throws(Diagnostic) {
      guard file.count > 0 else { throw ImportDiagnostics.empty(name) }
      if let kind = foreign(file) { throw ImportDiagnostics.noTable(name, kind.name, kind.remedy) }
    } catch {
      throw Diagnostics(error)
    }
    if WorkbookSource.isArchive(file) {
      try options.check(.workbook, name)
      return try WorkbookSource.open(file, named: name, options: options, interruption: interruption)
    }
    if SQLiteSource.isDatabase(file) {
      try options.check(.database, name)
      return try SQLiteSource.open(
        file, named: name, options: options, companion: companion, interruption: interruption)
    }
    return try text(file, named: name, options: options, interruption: interruption)
  }

  /// Files that hold no table, or none that can be read, and what to do.
  private static func foreign(_ file: FileBytes) -> (name: String, remedy: String)? {
    let first = file.array(0..<8)
    func begins(_ bytes: [UInt8]) -> Bool { first.starts(with: bytes) }
    if begins([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
      return ("is an Excel workbook of before 2007, or one with a password", "save it as .xlsx without a password")
    }
    if begins(Array("%PDF".utf8)) { return ("is a PDF document", "export the table as CSV or .xlsx") }
    if begins([0x1F, 0x8B]) { return ("is packed with gzip", "unpack it first: gunzip FILE") }
    if begins([0x89, 0x50, 0x4E, 0x47]) || begins([0xFF, 0xD8, 0xFF]) {
      return ("is a picture", "export the table as CSV or .xlsx")
    }
    return nil
  }

  // MARK: Text

  private static func text(
    _ file: FileBytes, named name: String, options: ImportOptions, interruption: Interruption?
  ) throws(Diagnostics) -> any ImportTable {
    if let table = try plain(file, named: name, options: options, interruption: interruption) { return table }
    var findings: [String] = []
    var isGuess = false
    let text: FileBytes
    let start: Int
    let invalid: [Int]
    let isJSON: Bool
    do throws(Diagnostic) {
      let isClean = CleanText.isClean(file)
      let found = try EncodingSniffer.find(file, named: name, declared: options.encoding, isClean: isClean)
      if let finding = found.finding { findings.append(finding) }
      isGuess = !found.isSure
      if found.encoding == .utf8 {
        (text, start) = (file, found.start)
      } else {
        text = try TextDecoder.utf8(
          file, from: found.start, as: found.encoding, named: name, limit: options.limits.fileBytes,
          interruption: interruption)
        // A mark that was turned into UTF-8 with the rest, where the encoding was declared.
        start = text.array(0..<3) == [0xEF, 0xBB, 0xBF] ? 3 : 0
      }
      isJSON = JSONSource.isJSON(text, from: start, named: name)
      // Of another encoding than UTF-8, what is no letter was told apart before: however many there are, they are named.
      invalid =
        isJSON || (isClean && found.encoding == .utf8)
        ? []
        : try CSVSniffer.check(
          text, from: start, name, limit: found.encoding == .utf8 ? Limits.Fixed.foreignLines : 1_000_000)
    } catch {
      throw Diagnostics(error)
    }
    try options.check(isJSON ? .json : .csv, name)
    if isJSON {
      return try JSONSource.open(
        text, from: start, named: name, findings: findings, notable: isGuess ? findings : [], options: options,
        interruption: interruption)
    }
    return try CSVTable.open(
      text, from: start, invalid: invalid, named: name, findings: findings, isGuess: isGuess, options: options,
      interruption: interruption)
  }

  /// A CSV file that is UTF-8 throughout, as nearly every one is, which is seen while it is split; nil for all others.
  private static func plain(
    _ file: FileBytes, named name: String, options: ImportOptions, interruption: Interruption?
  ) throws(Diagnostics) -> CSVTable? {
    guard options.encoding == nil || options.encoding == .utf8 else { return nil }
    let isMarked = file.array(0..<3) == [0xEF, 0xBB, 0xBF]
    guard !JSONSource.isJSON(file, from: isMarked ? 3 : 0, named: name) else { return nil }
    do throws(Diagnostics) {
      try options.check(.csv, name)
      let table = try CSVTable.open(
        file, from: isMarked ? 3 : 0, invalid: nil, named: name,
        findings: isMarked ? [EncodingSniffer.marked] : [], options: options, interruption: interruption)
      return table.isClean ? table : nil
    } catch {
      // What a text of another encoding would be refused for says nothing of it.
      if interruption?.isInterrupted == true || CleanText.isClean(file) { throw error }
      return nil
    }
  }
}
