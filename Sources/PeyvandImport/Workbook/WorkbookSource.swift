import PeyvandBase
import PeyvandData
import PeyvandFiles

/// A sheet of an Excel workbook (`.xlsx`, ECMA-376) as a table.
///
/// A workbook is an archive of XML texts: the list of sheets, the texts of cells, the formats that say which numbers
/// are days, and the sheets. The sheet that is named is read, else the first that is shown and has rows; which it was is
/// said. Its first rows are looked at like those of a text, so titles above the header are passed over.
enum WorkbookSource {
  static func isArchive(_ file: FileBytes) -> Bool {
    let first = file.array(0..<4)
    return first == [0x50, 0x4B, 0x03, 0x04] || first == [0x50, 0x4B, 0x05, 0x06]
  }

  /// - Throws: E2221 (an archive of another kind), E2224 (damaged), E2225 (beyond a limit), E2226 (no such sheet), and
  ///   what tables refuse.
  static func open(
    _ file: FileBytes, named name: String, options: ImportOptions, interruption: Interruption?
  ) throws(Diagnostics) -> any ImportTable {
    let reading: Reading
    let found: (sheet: WorkbookVisitor.Sheet, visitor: SheetVisitor)
    do throws(ArchiveFault) {
      reading = try Reading(file, name, options, interruption)
      found = try reading.sheet()
    } catch {
      throw Diagnostics(diagnostic(error, name, options))
    }
    if let refusal = found.visitor.refusal { throw Diagnostics(refusal) }
    guard let spool = found.visitor.takeSpool(), !found.visitor.rows.isEmpty else {
      throw Diagnostics(ImportDiagnostics.noRows(name, sheet: found.sheet.name))
    }
    let spooled: (bytes: FileBytes, shifts: [Int])
    do { spooled = try spool.finish() } catch { throw Diagnostics(error) }
    let visitor = found.visitor
    let notes = reading.notes(found.sheet, visitor)
    return try SpooledTable(
      spooled, form: .workbook, layout: nil,
      natures: { layout in visitor.counts(from: layout.headerLine ?? layout.bodyLine - 1).map(\.nature) },
      columns: { layout in
        // Columns without a name and without a cell are none.
        let counts = visitor.counts(from: layout.headerLine ?? layout.bodyLine - 1)
        let shown = layout.names.indices.filter { index in
          layout.names[index] != "c\(index + 1)" || !(counts.indices.contains(index) ? counts[index].isEmpty : true)
        }
        return shown.isEmpty ? Array(layout.names.indices) : shown
      },
      places: SheetPlaces(sheet: found.sheet.name, rows: visitor.rows), part: found.sheet.name,
      findings: notes.findings,
      notable: notes.notable, name: name, options: options, interruption: interruption)
  }

  private static func diagnostic(_ fault: ArchiveFault, _ name: String, _ options: ImportOptions) -> Diagnostic {
    switch fault.kind {
    case .damaged: ImportDiagnostics.damaged(name, fault.words)
    case .tooLarge: ImportDiagnostics.unpacksTooLarge(name, fault.words)
    case .other: ImportDiagnostics.noWorkbook(name, fault.words)
    case .noSheet(let wanted, let sheets): ImportDiagnostics.noSuchSheet(wanted, name, sheets)
    case .refused(let diagnostic): diagnostic
    }
  }

  /// A workbook that is being read.
  private struct Reading {
    let archive: ZipArchive
    let name: String
    let options: ImportOptions
    let interruption: Interruption?
    private(set) var sheets: [WorkbookVisitor.Sheet] = []
    private var parts: [String: String] = [:]
    private var from1904 = false
    private var meanings: [NumberMeaning] = []
    private var strings: StringVisitor?

    init(
      _ file: FileBytes, _ name: String, _ options: ImportOptions, _ interruption: Interruption?
    ) throws(ArchiveFault) {
      archive = try ZipArchive(file, limit: options.limits.unpackedBytes)
      self.name = name
      self.options = options
      self.interruption = interruption
      let root = RelationVisitor()
      if archive.entries["_rels/.rels"] != nil { try read("_rels/.rels", root) }
      let workbook = Self.path(root.inOrder.first { $0.type == "officeDocument" }?.target ?? "xl/workbook.xml", in: "")
      guard archive.entries[workbook] != nil, workbook.hasSuffix(".xml") else { throw other(workbook) }
      let list = WorkbookVisitor()
      try read(workbook, list)
      sheets = list.sheets
      from1904 = list.from1904
      let folder = workbook.split(separator: "/").dropLast().joined(separator: "/")
      let file = workbook.split(separator: "/").last.map(String.init) ?? ""
      let relations = RelationVisitor()
      let path = Self.path("_rels/\(file).rels", in: folder)
      guard archive.entries[path] != nil else { throw .damaged("the list of its parts is missing") }
      try read(path, relations)
      sheets.removeAll { relations.relations[$0.relation]?.type != "worksheet" }
      guard !sheets.isEmpty else { throw other(workbook) }
      for sheet in sheets {
        guard let target = relations.relations[sheet.relation]?.target else { continue }
        parts[sheet.relation] = Self.path(target, in: folder)
      }
      for relation in relations.inOrder {
        let part = Self.path(relation.target, in: folder)
        guard archive.entries[part] != nil else { continue }
        if relation.type == "styles", meanings.isEmpty {
          let styles = StyleVisitor()
          try read(part, styles)
          meanings = styles.meanings
        } else if relation.type == "sharedStrings", strings == nil {
          let texts = StringVisitor()
          try read(part, texts)
          strings = texts
        }
      }
    }

    /// What the archive is instead.
    private func other(_ workbook: String) -> ArchiveFault {
      let words: String
      if workbook.hasSuffix(".bin") {
        words = "is a binary workbook (.xlsb)"
      } else if archive.entries["content.xml"] != nil {
        words = "is an OpenDocument file"
      } else if archive.entries["word/document.xml"] != nil {
        words = "is a Word document"
      } else if workbook.hasSuffix("workbook.xml"), archive.entries[workbook] != nil {
        words = "is a workbook without a sheet of cells"
      } else {
        words = "is an archive, and no workbook"
      }
      return ArchiveFault(kind: .other, words: words)
    }

    /// The part that a target stands for, seen from a folder.
    private static func path(_ target: String, in folder: String) -> String {
      let target = ZipArchive.key(target.hasPrefix("/") ? target : folder.isEmpty ? target : folder + "/" + target)
      var parts: [Substring] = []
      for part in target.split(separator: "/") {
        if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
      }
      return parts.joined(separator: "/")
    }

    private func read(_ part: String, _ visitor: XMLVisitor) throws(ArchiveFault) {
      guard let entry = archive.entries[part] else { throw .damaged("the part '\(part)' is missing") }
      let reader = try XMLReader(visitor)
      let result = try archive.unpack(entry) { (bytes) throws(ArchiveFault) in
        try reader.read(bytes, isLast: false)
      }
      if case .failure(let fault) = result { throw fault }
      try reader.read(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true)
    }

    // MARK: The sheet

    func sheet() throws(ArchiveFault) -> (sheet: WorkbookVisitor.Sheet, visitor: SheetVisitor) {
      if let wanted = options.sheet {
        let key = nameKey(wanted)
        guard
          let sheet = sheets.first(where: { $0.name == wanted }) ?? sheets.first(where: { nameKey($0.name) == key })
        else { throw ArchiveFault(kind: .noSheet(wanted, sheets.map(\.name)), words: "") }
        return (sheet, try read(sheet))
      }
      let shown = sheets.filter { !$0.isHidden }
      var first: (sheet: WorkbookVisitor.Sheet, visitor: SheetVisitor)?
      for sheet in shown.isEmpty ? sheets : shown {
        let visitor = try read(sheet)
        if !visitor.rows.isEmpty || visitor.refusal != nil { return (sheet, visitor) }
        if first == nil { first = (sheet, visitor) }
      }
      guard let first else { throw .damaged("it has no sheet") }
      return first
    }

    private func read(_ sheet: WorkbookVisitor.Sheet) throws(ArchiveFault) -> SheetVisitor {
      let first = try read(sheet, filling: nil)
      guard !first.merged.isEmpty, first.refusal == nil else { return first }
      return try read(sheet, filling: first.merged.inOrder())
    }

    private func read(
      _ sheet: WorkbookVisitor.Sheet, filling merged: MergedAreas?
    ) throws(ArchiveFault) -> SheetVisitor {
      let visitor = SheetVisitor(
        name, strings: strings, meanings: meanings, from1904: from1904, limits: options.limits, merged: merged,
        interruption: interruption)
      do throws(ArchiveFault) {
        try read(parts[sheet.relation] ?? "", visitor)
      } catch {
        if let refusal = visitor.refusal { throw ArchiveFault(kind: .refused(refusal), words: "") }
        throw error
      }
      return visitor
    }

    /// What is to be said of it.
    func notes(_ sheet: WorkbookVisitor.Sheet, _ visitor: SheetVisitor) -> (findings: [String], notable: [String]) {
      func shown(_ text: String) -> String { "`\(ImportDiagnostics.shown(text))`" }
      var findings: [String] = []
      var notable: [String] = []
      var words = "sheet \(shown(sheet.name))\(sheet.isHidden ? " (hidden)" : "")"
      let others = sheets.filter { $0.relation != sheet.relation }
      if !others.isEmpty {
        words +=
          (options.sheet == nil ? ", the first that is shown and has rows" : "") + "; others: "
          + others.prefix(8).map { shown($0.name) + ($0.isHidden ? " (hidden)" : "") }.joined(separator: ", ")
          + (others.count > 8 ? " and \(others.count - 8) more" : "")
      }
      findings.append(words)
      if options.sheet == nil, others.contains(where: { !$0.isHidden }) { notable.append(words) }
      func note(_ words: String, isNotable: Bool = true) {
        findings.append(words)
        if isNotable { notable.append(words) }
      }
      if !visitor.hiddenColumns.isEmpty {
        let places = visitor.hiddenColumns.prefix(5).map {
          $0.count == 1
            ? SheetVisitor.letters($0.lowerBound)
            : "\(SheetVisitor.letters($0.lowerBound))–\(SheetVisitor.letters($0.upperBound))"
        }
        note("hidden columns are read too: \(places.joined(separator: ", "))")
      }
      if visitor.hiddenRows > 0 {
        note("\(visitor.hiddenRows) hidden row\(visitor.hiddenRows == 1 ? " is" : "s are") read too")
      }
      if visitor.mergedAreas > 0 {
        note(
          "\(visitor.mergedAreas) merged area\(visitor.mergedAreas == 1 ? "" : "s"): "
            + (visitor.merged.filled > 0
              ? "the value of one over several rows is that of each of them (\(visitor.merged.filled) cell\(visitor.merged.filled == 1 ? "" : "s") filled)"
              : "only the first cell of each has its value"))
      }
      if visitor.clocks > 0 {
        note(
          "\(visitor.clocks) cell\(visitor.clocks == 1 ? " shows a time" : "s show times") of day without a day: read as the time since midnight"
            + (visitor.datedClocks > 0
              ? "; \(visitor.datedClocks) of them hold\(visitor.datedClocks == 1 ? "s" : "") a day too, which is left out"
              : ""))
      }
      if visitor.emptyFormulas > 0 {
        note(
          "\(visitor.emptyFormulas) formula\(visitor.emptyFormulas == 1 ? " has" : "s have") no value kept and count as missing: open the workbook in a spreadsheet and save it"
        )
      }
      if visitor.errors > 0 {
        note("\(visitor.errors) cell\(visitor.errors == 1 ? " holds" : "s hold") an error of a formula, such as #N/A")
      }
      if from1904 { note("days are counted from 1904", isNotable: false) }
      return (findings, notable)
    }
  }
}

/// Cells of a sheet, as spreadsheets call them.
private struct SheetPlaces: CellPlaces {
  let sheet: String
  let rows: [Int32]

  func places(of cells: [(record: Int, column: Int?)]) -> [ImportPlace] {
    let isPlain = sheet.unicodeScalars.allSatisfy {
      $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0)
    }
    let name =
      isPlain
      ? sheet : "'" + sheet.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    return cells.map { cell in
      let row = rows.indices.contains(cell.record) ? Int(rows[cell.record]) : 1
      guard let column = cell.column else { return ImportPlace(line: row, column: 1, name: "\(name)!\(row):\(row)") }
      return ImportPlace(line: row, column: column + 1, name: "\(name)!\(SheetVisitor.letters(column + 1))\(row)")
    }
  }
}
