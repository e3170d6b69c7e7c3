import PeyvandBase
import PeyvandData
import PeyvandFiles

/// Writes a state as one JSON file.
///
/// The directory stands before the data but is known only after them, so it is written twice: first with
/// noughts, to take its room (every number that is not known yet has a fixed width), then over itself.
struct SnapshotWriter {
  private struct StoredColumn {
    /// Of the catalogue; nil for what belongs to the records.
    var field: Field?
    var name: String
    var base: Int
    var count: Int
    var parts: [(name: String, blocks: [Block])]
  }
  private struct StoredTable {
    var kind: Kind
    var table: FamilyTable
    /// Serials given so far.
    var given: Int
    var runs: [KeyTable.Run] = []
    var recordParts: [Part] = []
    var records: [StoredColumn] = []
    var fields: [StoredColumn] = []
  }

  private let state: StoreState
  private let owner: JournalFormat.Owner
  private let hasJournal: Bool
  private let file: AtomicFile
  private let shown: String
  private var interruption: Interruption?
  private var tables: [StoredTable] = []
  /// For each import where its rows stand; nil where they are no longer known.
  private var importBlocks: [[Block]?] = []

  /// Writes all of it into `file`, which is not committed.
  static func write(
    _ state: StoreState, owner: JournalFormat.Owner, hasJournal: Bool, to file: AtomicFile, shown: String,
    unless interruption: Interruption? = nil
  ) throws(Diagnostics) {
    var writer = SnapshotWriter(state: state, owner: owner, hasJournal: hasJournal, file: file, shown: shown)
    writer.interruption = interruption
    try writer.plan()
    do throws(Diagnostic) {
      let room = try writer.head(dataAt: 0, size: 0).count
      try file.write([UInt8](repeating: 0x20, count: room))
      do throws(Diagnostics) {
        try writer.writeData()
        try writer.writeImports()
      } catch { throw error.all.first ?? writer.fault() }
      try file.write("\n}\n")
      try file.rewrite(try writer.head(dataAt: room, size: file.byteCount), at: 0)
    } catch {
      throw Diagnostics(error)
    }
  }

  private init(state: StoreState, owner: JournalFormat.Owner, hasJournal: Bool, file: AtomicFile, shown: String) {
    self.state = state
    self.owner = owner
    self.hasJournal = hasJournal
    self.file = file
    self.shown = shown
  }

  private func fault() -> Diagnostic { SnapshotDiagnostics.notWritable(shown, JSONError(.notWritable("this store"))) }

  // MARK: - What there is to write

  /// Lays out tables, columns, parts and blocks, all blocks still without place.
  private mutating func plan() throws(Diagnostics) {
    for entry in state.imports.entries {
      importBlocks.append(try entry.before?.get().map { _ in Block(rows: 1) })
    }
    for kind in state.catalogue.kinds {
      guard let table = state.tables[kind.id] else { continue }
      let identity = try table.identity.get()
      // Serials are kept as long as one was given, so that numbers of removed records stay taken.
      guard identity.keys.count > 0 else { continue }
      var stored = StoredTable(kind: kind, table: table, given: identity.keys.count)
      stored.runs = identity.keys.hasTexts ? identity.keys.writtenRuns(identity.rowOfSerial) : []
      stored.recordParts = try recordParts(of: table, stored.runs)
      for part in stored.recordParts {
        stored.records.append(
          StoredColumn(
            field: nil, name: part.name, base: 0, count: table.count,
            parts: [(part.name, Self.blocks(part.values.count))]))
      }
      for field in state.catalogue.fields where field.family == kind.id {
        guard let column = try table.columns[field.id]?.get(), column.count > 0 else { continue }
        let parts = column.parts().map { ($0.name, Self.blocks($0.values.count)) }
        stored.fields.append(
          StoredColumn(field: field, name: field.name, base: column.base, count: column.count, parts: parts))
      }
      tables.append(stored)
    }
  }

  private static func blocks(_ count: Int) -> [Block] {
    stride(from: 0, to: count, by: SnapshotFormat.blockSize).map {
      Block(rows: min(SnapshotFormat.blockSize, count - $0))
    }
  }

  private func recordParts(of table: FamilyTable, _ runs: [KeyTable.Run]) throws(Diagnostics) -> [Part] {
    let identity = try table.identity.get()
    var parts: [Part] = []
    let serials = Packed(wide: identity.serials)
    if identity.serials.enumerated().contains(where: { $0.offset != Int($0.element) }) {
      parts.append(Part(name: "serial", values: .small(serials, isDelta: true), present: nil))
    }
    let inRuns = runs.reduce(0) { $0 + $1.serials.count }
    let keys = identity.keys
    if keys.hasTexts, inRuns < serials.count,
      identity.serials.contains(where: { serial in
        keys.hasText(serial) && !runs.contains { $0.serials.contains(serial) }
      })
    {
      parts.append(Part(name: "key", values: .keys(keys, runs: runs, serials: serials), present: nil))
    }
    let fingerprints = try table.fingerprints.get()
    if fingerprints.contains(where: { $0 != 0 }) {
      parts.append(Part(name: "fingerprint", values: .fingerprints(fingerprints, serials: serials), present: nil))
    }
    return parts
  }

  // MARK: - The data

  private mutating func writeData() throws(Diagnostics) {
    for index in tables.indices {
      try put((index == 0 ? "\n" : ",\n") + quoted(tables[index].kind.name) + ": {\n \"records\": {")
      for column in tables[index].records.indices {
        let part = tables[index].recordParts[column]
        try put((column == 0 ? "\n  " : ",\n  ") + quoted(part.name) + ": ")
        tables[index].records[column].parts[0].blocks = try write(
          part, tables[index].records[column].parts[0].blocks, indent: "   ")
      }
      try put("},\n \"fields\": {")
      for column in tables[index].fields.indices {
        try put((column == 0 ? "\n  " : ",\n  ") + quoted(tables[index].fields[column].name) + ": {")
        guard let field = tables[index].fields[column].field,
          let parts = try tables[index].table.columns[field.id]?.get().parts()
        else { throw Diagnostics(fault()) }
        for (place, part) in parts.enumerated() {
          try put((place == 0 ? "\n   " : ",\n   ") + quoted(part.name) + ": ")
          tables[index].fields[column].parts[place].blocks = try write(
            part, tables[index].fields[column].parts[place].blocks, indent: "    ")
        }
        try put("}")
      }
      try put("}}")
    }
    try put("}")
  }

  /// Behind the data, the rows that put back what imports changed: an object a line.
  private mutating func writeImports() throws(Diagnostics) {
    guard !ImportLogJSON.isEmpty(state.imports) else { return }
    try put(",\n \"import_rows\": [")
    var isFirst = true
    for (index, entry) in state.imports.entries.enumerated() {
      for (place, rows) in (try entry.before?.get() ?? []).enumerated() {
        if interruption?.isInterrupted == true { throw Diagnostics(SnapshotDiagnostics.interrupted(shown)) }
        var writer = JSONWriter()
        writer.beginObject()
        ChangeJSON.write(rows, state.catalogue, &writer)
        writer.endObject()
        let bytes: [UInt8]
        do throws(JSONError) { bytes = try writer.finish() } catch {
          throw Diagnostics(SnapshotDiagnostics.notWritable(shown, error))
        }
        try put(isFirst ? "\n  " : ",\n  ")
        isFirst = false
        importBlocks[index]?[place].offset = file.byteCount
        importBlocks[index]?[place].length = bytes.count
        importBlocks[index]?[place].crc = CRC32C.checksum(bytes)
        try put(bytes)
      }
    }
    try put("]")
  }

  /// Writes the blocks of a part, a line each; some are made at once.
  private func write(_ part: Part, _ blocks: [Block], indent: String) throws(Diagnostics) -> [Block] {
    var blocks = blocks
    var ranges: [Range<Int>] = []
    for block in blocks {
      let start = ranges.last?.upperBound ?? 0
      ranges.append(start..<start + block.rows)
    }
    try put("[")
    var done = 0
    while done < blocks.count {
      if interruption?.isInterrupted == true { throw Diagnostics(SnapshotDiagnostics.interrupted(shown)) }
      let next = ranges[done..<min(blocks.count, done + Parts.most * 2)].map { $0 }
      for line in Parts.map(next.count > 1 ? min(Parts.most, next.count) : 1, { Self.lines(part, next, $0) }).joined()
        .sorted(by: { $0.place < $1.place })
      {
        let made: Line
        do throws(JSONError) { made = try line.result.get() } catch {
          throw Diagnostics(SnapshotDiagnostics.notWritable(shown, error))
        }
        try put((done == 0 ? "\n" : ",\n") + indent)
        blocks[done].offset = file.byteCount
        blocks[done].length = made.bytes.count
        blocks[done].crc = made.crc
        blocks[done].first = made.first
        try put(made.bytes)
        done += 1
      }
    }
    try put("]")
    return blocks
  }

  private struct Line: Sendable {
    var bytes: [UInt8]
    var crc: UInt32
    var first: [UInt8]
  }

  /// Those lines that fall to one of the threads.
  private static func lines(
    _ part: Part, _ ranges: [Range<Int>], _ thread: Int
  ) -> [(place: Int, result: Result<Line, JSONError>)] {
    let threads = ranges.count > 1 ? min(Parts.most, ranges.count) : 1
    return stride(from: thread, to: ranges.count, by: threads).map { place in
      do throws(JSONError) {
        let bytes = try part.encoded(ranges[place])
        return (place, .success(Line(bytes: bytes, crc: CRC32C.checksum(bytes), first: part.first(ranges[place]))))
      } catch {
        return (place, .failure(error))
      }
    }
  }

  private func put(_ text: String) throws(Diagnostics) { try put(Array(text.utf8)) }

  private func put(_ bytes: [UInt8]) throws(Diagnostics) {
    do throws(Diagnostic) { try file.write(bytes) } catch { throw Diagnostics(error) }
  }

  private func quoted(_ text: String) -> String {
    var writer = JSONWriter()
    writer.string(text)
    return String(decoding: writer.take(), as: UTF8.self)
  }

  // MARK: - The head

  /// Everything before the data; as long whatever its numbers are.
  private func head(dataAt: Int, size: Int) throws(Diagnostic) -> [UInt8] {
    do throws(JSONError) {
      var rest = JSONWriter()
      rest.beginObject(multiline: true)
      CatalogueJSON.write(state, to: &rest)
      if !ImportLogJSON.isEmpty(state.imports) {
        rest.key("imports")
        ImportLogJSON.write(state.imports, importBlocks, to: &rest) { Self.write($0, to: &$1) }
      }
      rest.key("directory")
      rest.beginArray(multiline: true)
      for table in tables { write(table, to: &rest) }
      rest.endArray()
      try rest.check()
      // The object goes on behind the header and is ended behind the data.
      let body = Array(rest.take().dropFirst()) + Array(",\n \"data\": {".utf8)
      var header = JSONWriter()
      header.beginObject()
      header.key("format")
      header.string(SnapshotFormat.name)
      header.key("version")
      header.integer(SnapshotFormat.version)
      header.key("id")
      header.string(owner.id)
      header.key("generation")
      header.integer(owner.generation)
      header.key("journal")
      header.bool(hasJournal)
      header.key("data_at")
      header.raw(Self.padded(dataAt, 15))
      header.key("size")
      header.raw(Self.padded(size, 15))
      header.key("head_crc32c")
      header.string(CRC32C.text(CRC32C.checksum(Array(",".utf8) + body)))
      header.key("crc32c")
      try header.check()
      var bytes = Array("{\n \"header\": ".utf8) + header.take() + [UInt8(ascii: "\"")]
      bytes += Array(CRC32C.text(CRC32C.checksum(bytes)).utf8) + Array("\"},".utf8)
      return bytes + body
    } catch {
      throw SnapshotDiagnostics.notWritable(shown, error)
    }
  }

  private static func padded(_ number: Int, _ width: Int) -> [UInt8] {
    let digits = Array(String(number).utf8)
    return [UInt8](repeating: 0x20, count: max(0, width - digits.count)) + digits
  }

  private func write(_ stored: StoredTable, to writer: inout JSONWriter) {
    writer.beginObject(multiline: true)
    writer.key("kind")
    writer.string(stored.kind.name)
    writer.key("rows")
    writer.integer(stored.table.count)
    writer.key("given")
    writer.integer(stored.given)
    writer.key("stretches")
    writer.beginArray()
    for stretch in stored.table.stretches {
      writer.beginArray()
      writer.integer(Int64(stretch.kind.raw))
      writer.integer(stretch.rows.count)
      writer.integer(stretch.timed)
      writer.endArray()
    }
    writer.endArray()
    if !stored.runs.isEmpty {
      writer.key("runs")
      writer.beginArray()
      for run in stored.runs {
        writer.beginArray()
        writer.integer(Int64(run.serials.lowerBound))
        writer.integer(run.serials.count)
        writer.integer(Int64(run.number))
        writer.endArray()
      }
      writer.endArray()
    }
    for (name, columns) in [("records", stored.records), ("fields", stored.fields)] {
      writer.key(name)
      writer.beginArray(multiline: true)
      for column in columns { write(column, to: &writer) }
      writer.endArray()
    }
    writer.endObject()
  }

  private func write(_ column: StoredColumn, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("name")
    writer.string(column.name)
    if let field = column.field {
      writer.key("field")
      writer.integer(Int64(field.id.raw))
    }
    writer.key("base")
    writer.integer(column.base)
    writer.key("count")
    writer.integer(column.count)
    writer.key("parts")
    writer.beginObject()
    for part in column.parts {
      writer.key(part.name)
      writer.beginArray()
      for block in part.blocks { Self.write(block, to: &writer) }
      writer.endArray()
    }
    writer.endObject()
    writer.endObject()
  }

  private static func write(_ block: Block, to writer: inout JSONWriter) {
    writer.beginArray()
    writer.raw(padded(block.offset, 15))
    writer.raw(padded(block.length, 10))
    writer.integer(block.rows)
    // As wide as any number is.
    writer.raw([UInt8](repeating: 0x20, count: max(0, 26 - block.first.count)) + block.first)
    writer.string(CRC32C.text(block.crc))
    writer.endArray()
  }
}
