import PeyvandBase
import PeyvandData
import PeyvandFiles

/// A store's file, mapped: its header read and checked, its columns read when they are asked for.
///
/// Whatever the bytes are, reading gives what was written or a diagnostic with the byte: checksums find
/// damage, and every number that leads anywhere (places, rows, codes, lengths) is held against its bounds,
/// because a checksum proves care, not honesty.
final class SnapshotReader: Sendable {
  let path: String
  private let bytes: FileBytes
  let id: String
  let generation: Int
  /// The format that it was written in.
  let version: Int
  /// Whether a journal belongs to it.
  let hasJournal: Bool
  private let dataAt: Int

  /// Bytes of the file.
  var size: Int { bytes.count }

  /// Reads and checks the header.
  /// - Throws: E3201, E3202, E3203.
  init(_ bytes: FileBytes, path: String) throws(Diagnostics) {
    self.path = path
    self.bytes = bytes
    func foreign() -> Diagnostics { Diagnostics(SnapshotDiagnostics.notAStore(path)) }
    var reader = JSONReader(bytes, duplicates: .refuse)
    let header: JSONValue
    do throws(JSONError) {
      guard try reader.next() == .beginObject, try reader.next() == .key("header") else {
        throw JSONError(.trailingComma)
      }
      header = try reader.readValue()
    } catch {
      throw foreign()
    }
    guard header["format"]?.text == SnapshotFormat.name, let version = header["version"]?.integer else {
      throw foreign()
    }
    guard version <= SnapshotFormat.version else {
      throw Diagnostics(SnapshotDiagnostics.newer(path, version: version))
    }
    func damaged(_ byte: Int, _ what: String) -> Diagnostics {
      Diagnostics(SnapshotDiagnostics.damaged(path, byte: byte, what))
    }
    // The checksum is the header's last member: `"…"}`.
    let end = reader.position
    guard version >= 1, let check = header["crc32c"]?.text,
      CRC32C.fits(check, bytes, 0..<max(0, end - 10)),
      bytes.array(max(0, end - 10)..<end) == Array("\(check)\"}".utf8),
      let id = header["id"]?.text, let generation = header["generation"]?.integer,
      let dataAt = header["data_at"]?.integer,
      let size = header["size"]?.integer, let headCheck = header["head_crc32c"]?.text
    else { throw damaged(end, "the header does not fit its checksum") }
    guard size == bytes.count else {
      throw damaged(min(size, bytes.count), "it should have \(size) bytes and has \(bytes.count)")
    }
    guard dataAt >= end, CRC32C.fits(headCheck, bytes, end..<dataAt) else {
      throw damaged(end, "the catalogue or the directory does not fit its checksum")
    }
    self.id = id
    self.generation = generation
    self.version = version
    hasJournal = header["journal"]?.bool ?? false
    self.dataAt = dataAt
  }

  private func damaged(_ byte: Int, _ what: String) -> Diagnostics {
    Diagnostics(SnapshotDiagnostics.damaged(path, byte: byte, what))
  }

  /// Numbers of removed records take room in memory but none in the file, so a file may not claim any number.
  private static let mostRemoved = Limits.Fixed.removedRecords

  // MARK: - The state

  /// The state, its columns unread.
  /// - Parameter seeksZone: whether its time zone has to be known; who only mends files does not ask.
  func state(seeksZone: Bool = true) throws(Diagnostics) -> StoreState {
    var catalogueJSON: JSONValue?
    var settings: JSONValue?
    var definitions: JSONValue?
    var directory: JSONValue?
    var imports: JSONValue?
    var reader = JSONReader(bytes, duplicates: .refuse)
    do throws(JSONError) {
      _ = try reader.next()
      reading: while case .key(let key) = try reader.next() {
        switch key {
        case "catalogue": catalogueJSON = try reader.readValue()
        case "settings": settings = try reader.readValue()
        case "definitions": definitions = try reader.readValue()
        case "imports": imports = try reader.readValue()
        case "directory":
          directory = try reader.readValue()
          break reading
        default: try reader.skipValue()
        }
      }
    } catch {
      throw damaged(error.byte, error.message)
    }
    guard var catalogue = catalogueJSON.flatMap(CatalogueJSON.catalogue), let directory = directory?.array else {
      throw damaged(dataAt, "the catalogue is not one")
    }
    if seeksZone { catalogue.calendar.zone = try StoreZone.known(catalogue.calendar.zone, path: path) }
    var state = StoreState(catalogue: catalogue)
    for member in settings?.members ?? [] { state.settings[member.key] = member.value.text }
    guard let definitions = CatalogueJSON.definitions(definitions ?? .array([])) else {
      throw damaged(dataAt, "a definition is not one")
    }
    state.definitions = definitions
    var counts: [KindID: Int] = [:]
    for json in directory {
      if let kind = json["kind"]?.text.flatMap({ catalogue.kind(named: $0) }), let rows = json["rows"]?.integer {
        counts[kind.id] = rows
      }
    }
    for json in directory {
      guard let table = try table(json, catalogue, counts), state.tables[table.family] == nil else {
        throw damaged(dataAt, "the directory is not one")
      }
      state.tables[table.family] = table
    }
    if let imports {
      let given = Dictionary(
        directory.compactMap { json -> (KindID, Int)? in
          guard let kind = json["kind"]?.text.flatMap({ catalogue.kind(named: $0) }), let given = json["given"]?.integer
          else { return nil }
          return (kind.id, given)
        }, uniquingKeysWith: { first, _ in first })
      guard let log = importLog(imports, catalogue, given: { given[$0] ?? 0 }) else {
        throw damaged(dataAt, "the log of imports is not one")
      }
      state.imports = log
    }
    return state
  }

  private func table(
    _ json: JSONValue, _ catalogue: Catalogue, _ counts: [KindID: Int]
  ) throws(Diagnostics) -> FamilyTable? {
    guard let kind = json["kind"]?.text.flatMap({ catalogue.kind(named: $0) }), kind.family == kind.id,
      let rows = json["rows"]?.integer, let given = json["given"]?.integer, rows >= 0, rows <= given,
      given < Int(Int32.max), given - rows <= Self.mostRemoved, let stretches = json["stretches"]?.array,
      let records = json["records"]?.array,
      let fields = json["fields"]?.array
    else { return nil }
    var table = FamilyTable(family: kind.id, catalogue: catalogue)
    table.count = rows
    guard stretches.count == table.stretches.count else { return nil }
    var end = 0
    for (index, json) in stretches.enumerated() {
      guard let json = json.array, json.count == 3, json[0].integer == Int(table.stretches[index].kind.raw),
        let count = json[1].integer, let timed = json[2].integer, count >= 0, count <= rows - end, timed >= 0,
        timed <= count
      else { return nil }
      table.stretches[index].rows = end..<(end + count)
      table.stretches[index].timed = timed
      end += count
    }
    guard end == rows else { return nil }

    var recordColumns: [String: StoredColumn] = [:]
    for json in records {
      guard let column = StoredColumn(json), column.count == rows, column.base == 0 else { return nil }
      recordColumns[column.name] = column
    }
    guard let runs = Self.runs(json["runs"], given: given) else { return nil }
    let stored = recordColumns
    table.identity = Deferred(reading: { () throws(Diagnostics) in
      try self.identity(stored, runs, rows: rows, given: given)
    })
    let identity = table.identity
    table.fingerprints = Deferred(reading: { () throws(Diagnostics) in
      try self.fingerprints(stored["fingerprint"], identity: identity.get(), given: given)
    })
    for json in fields {
      guard let column = StoredColumn(json), let id = json["field"]?.integer, let field = catalogue.field(FieldID(id)),
        field.family == kind.id, column.base >= 0, column.count >= 0,
        column.base..<(column.base + column.count) == table.reach(of: field, in: catalogue)
      else { return nil }
      table.columns[field.id] = Deferred(reading: { () throws(Diagnostics) in
        let value = try self.column(column, field.type, catalogue, counts, name: "\(kind.name).\(field.name)")
        guard value.count == column.count else {
          throw self.damaged(column.place, "\(kind.name).\(field.name) has \(value.count) values, not \(column.count)")
        }
        return value
      })
    }
    return table
  }

  // MARK: - Columns

  private struct StoredColumn: Sendable {
    var name: String
    var base: Int
    var count: Int
    var parts: [String: [Block]]

    /// Blocks follow each other. What a block lacks at its end is missing, so it may have more rows than bytes.
    static func blocks(_ json: JSONValue) -> [Block]? {
      var blocks: [Block] = []
      var end = 0
      for json in json.array ?? [] {
        guard let json = json.array, json.count == 5, let offset = json[0].integer, let length = json[1].integer,
          let rows = json[2].integer, offset >= end, length >= 0, length <= Int(Int32.max), rows >= 0,
          rows <= SnapshotFormat.blockSize, offset <= Int.max / 2,
          let crc = json[4].text.flatMap({ UInt32($0, radix: 16) })
        else { return nil }
        end = offset + length
        blocks.append(Block(offset: offset, length: length, rows: rows, crc: crc))
      }
      return blocks
    }

    init?(_ json: JSONValue) {
      guard let name = json["name"]?.text, let base = json["base"]?.integer, let count = json["count"]?.integer,
        base >= 0, count >= 0, count < Int(Int32.max), base < Int(Int32.max), let parts = json["parts"]?.members
      else { return nil }
      self.name = name
      self.base = base
      self.count = count
      self.parts = [:]
      for part in parts {
        guard let blocks = Self.blocks(part.value) else { return nil }
        self.parts[part.key] = blocks
      }
    }

    /// Where its first block stands, for a message.
    var place: Int { parts.values.compactMap { $0.first?.offset }.min() ?? 0 }
  }

  // MARK: - Imports

  private func importLog(_ json: JSONValue, _ catalogue: Catalogue, given: (KindID) -> Int) -> ImportLog? {
    ImportLogJSON.log(json, kinds: catalogue.kinds.count, given: given) { places in
      guard let blocks = StoredColumn.blocks(places) else { return nil }
      return Deferred(reading: { () throws(Diagnostics) in
        var batches: [NewRows] = []
        for block in blocks {
          try self.read([block], "the log of imports") { reader, block throws(JSONError) in
            guard let rows = ChangeJSON.rows(try reader.readValue()) else {
              throw JSONError(.trailingComma, byte: block.offset)
            }
            batches.append(rows)
            return 1
          }
        }
        return batches
      })
    }
  }

  /// Goes over the blocks of a part, each checked before it is read.
  private func read(
    _ blocks: [Block]?, _ name: String, _ body: (inout JSONReader, Block) throws(JSONError) -> Int
  ) throws(Diagnostics) {
    guard let blocks else { throw damaged(dataAt, "\(name) is not there") }
    for block in blocks {
      let (end, over) = block.offset.addingReportingOverflow(block.length)
      guard !over, block.offset >= dataAt, end <= bytes.count else {
        throw damaged(bytes.count, "\(name) lies outside the file")
      }
      guard CRC32C.fits(block.crc, bytes, block.offset..<end) else {
        throw damaged(block.offset, "\(name) does not fit its checksum")
      }
      var reader = JSONReader(bytes, range: block.offset..<end)
      let count: Int
      do throws(JSONError) {
        count = try body(&reader, block)
        guard try reader.next() == .end else { throw JSONError(.trailingComma, byte: block.offset) }
      } catch {
        throw damaged(error.byte, "\(name): \(error.message)")
      }
      guard count == block.rows else { throw damaged(block.offset, "\(name) has \(count) values, not \(block.rows)") }
    }
  }

  private func integers(
    _ blocks: [Block]?, _ name: String, isDelta: Bool = false
  ) throws(Diagnostics) -> (values: [Int64], present: Mask?) {
    var values: [Int64] = []
    var missing: [Int] = []
    values.reserveCapacity(Self.total(blocks))
    try read(blocks, name) { reader, block throws(JSONError) in
      let start = values.count
      let firstMissing = missing.count
      try reader.readIntegers(into: &values, missing: &missing, limit: block.rows)
      Self.fill(&values, &missing, to: start + block.rows, 0)
      guard isDelta else { return values.count - start }
      var previous: Int64 = 0
      var next = firstMissing
      for index in start..<values.count {
        if next < missing.count, missing[next] == index {
          next += 1
          continue
        }
        previous = previous &+ values[index]
        values[index] = previous
      }
      return values.count - start
    }
    return (values, Self.mask(missing, values.count))
  }

  private func numbers(_ blocks: [Block]?, _ name: String) throws(Diagnostics) -> (values: [Double], present: Mask?) {
    var values: [Double] = []
    var missing: [Int] = []
    values.reserveCapacity(Self.total(blocks))
    try read(blocks, name) { reader, block throws(JSONError) in
      let start = values.count
      try reader.readDoubles(into: &values, missing: &missing, limit: block.rows)
      Self.fill(&values, &missing, to: start + block.rows, 0)
      return values.count - start
    }
    return (values, Self.mask(missing, values.count))
  }

  private func texts(_ blocks: [Block]?, _ name: String) throws(Diagnostics) -> (values: [String], present: Mask?) {
    var values: [String] = []
    var missing: [Int] = []
    values.reserveCapacity(Self.total(blocks))
    try read(blocks, name) { reader, block throws(JSONError) in
      let start = values.count
      try reader.readStrings(into: &values, missing: &missing, limit: block.rows)
      Self.fill(&values, &missing, to: start + block.rows, "")
      return values.count - start
    }
    return (values, Self.mask(missing, values.count))
  }

  /// Blocks are no larger than 65,536 values, so a directory cannot claim more room than it has bytes for.
  private static func total(_ blocks: [Block]?) -> Int {
    (blocks ?? []).reduce(0) { $0 + min($1.rows, $1.length) }
  }

  /// What a block lacks at its end is missing.
  private static func fill<Value>(_ values: inout [Value], _ missing: inout [Int], to count: Int, _ nought: Value) {
    while values.count < count {
      missing.append(values.count)
      values.append(nought)
    }
  }

  private static func mask(_ missing: [Int], _ count: Int) -> Mask? {
    guard !missing.isEmpty else { return nil }
    var mask = Mask(repeating: 1, count: count)
    for index in missing where mask.indices.contains(index) { mask[index] = 0 }
    return mask
  }

  /// The blocks of a part, several at once, each checked before it is read: the plain ones by `plain`, what is not plain
  /// by the JSON reader, which says what is wrong.
  private func packed<Element: PackedElement>(
    _ blocks: [Block]?, _ name: String, _ plain: @escaping @Sendable (Span<UInt8>, Int) -> NumberLines.Line<Element>?,
    _ other: @escaping @Sendable (Block) throws(Diagnostics) -> NumberLines.Line<Element>
  ) throws(Diagnostics) -> (values: Packed<Element>, present: Mask?) {
    guard let blocks else { throw damaged(dataAt, "\(name) is not there") }
    let threads = blocks.count < 4 ? 1 : Parts.most
    let parts = Parts.map(threads) { thread in
      stride(from: thread, to: blocks.count, by: threads).map { place in
        self.line(blocks[place], name, plain, other)
      }
    }
    var pieces: [PackedPiece<Element>] = []
    var mask = Mask()
    var isWhole = true
    for place in blocks.indices {
      let line = try parts[place % threads][place / threads].get()
      guard line.piece.count == blocks[place].rows else {
        throw damaged(blocks[place].offset, "\(name) has \(line.piece.count) values, not \(blocks[place].rows)")
      }
      pieces.append(line.piece)
      if line.present != nil { isWhole = false }
      mask.append(line.present ?? Mask(repeating: 1, count: line.piece.count))
    }
    return (Packed.joining(pieces), isWhole ? nil : mask.reduced)
  }

  /// Hands a block to a reader, where it lies in the file and fits its checksum.
  private func lend(_ block: Block, _ body: (Span<UInt8>) -> Bool) -> Bool {
    let (end, over) = block.offset.addingReportingOverflow(block.length)
    guard !over, block.offset >= dataAt, end <= bytes.count, CRC32C.fits(block.crc, bytes, block.offset..<end) else {
      return false
    }
    return bytes.withUnsafeBytes { raw in
      body(UnsafeRawBufferPointer(rebasing: raw[block.offset..<end]).bindMemory(to: UInt8.self).span)
    }
  }

  private func line<Element: PackedElement>(
    _ block: Block, _ name: String, _ plain: (Span<UInt8>, Int) -> NumberLines.Line<Element>?,
    _ other: (Block) throws(Diagnostics) -> NumberLines.Line<Element>
  ) -> Result<NumberLines.Line<Element>, Diagnostics> {
    var found: NumberLines.Line<Element>?
    _ = lend(block) { line in
      found = plain(line, block.rows)
      return true
    }
    if let found { return .success(found) }
    do throws(Diagnostics) { return .success(try other(block)) } catch { return .failure(error) }
  }

  /// Whole numbers of up to 32 bits.
  private func small(
    _ blocks: [Block]?, _ name: String, place: Int, _ bounds: ClosedRange<Int64>, isDelta: Bool = false,
    nought: Int32 = 0
  ) throws(Diagnostics) -> (values: Packed<Int32>, present: Mask?) {
    try packed(
      blocks, name,
      { NumberLines.small($0, rows: $1, isDelta: isDelta, bounds: bounds, nought: nought) },
      { (block) throws(Diagnostics) in
        let (values, present) = try self.bounded([block], name, place: place, bounds, isDelta: isDelta)
        var small = values.map { Int32(truncatingIfNeeded: $0) }
        if let present { for index in small.indices where present[index] == 0 { small[index] = nought } }
        return .init(piece: PackedPiece(of: small), present: present)
      })
  }

  private func bounded(
    _ blocks: [Block]?, _ name: String, place: Int, _ bounds: ClosedRange<Int64>, isDelta: Bool = false
  ) throws(Diagnostics) -> (values: [Int64], present: Mask?) {
    let (values, present) = try integers(blocks, name, isDelta: isDelta)
    for index in values.indices where !bounds.contains(values[index]) && (present.map { $0[index] != 0 } ?? true) {
      throw damaged(place, "\(name) holds \(values[index]), which it cannot")
    }
    return (values, present)
  }

  private func column(
    _ stored: StoredColumn, _ type: FieldType, _ catalogue: Catalogue, _ counts: [KindID: Int], name: String,
    prefix: String = ""
  ) throws(Diagnostics) -> Column {
    let blocks = stored.parts[prefix + "values"]
    let base = prefix.isEmpty ? stored.base : 0
    let place = stored.place
    switch type {
    case .number, .duration:
      let (values, present) = try packed(
        blocks, name, { NumberLines.decimals($0, rows: $1) },
        { (block) throws(Diagnostics) in
          let (values, present) = try self.numbers([block], name)
          return .init(piece: PackedPiece(of: values), present: present)
        })
      return Column(type == .duration ? .duration(values) : .number(values), present: present, base: base)
    case .yesno:
      let (values, present) = try small(blocks, name, place: place, 0...1)
      return Column(.yesno(values.bytes), present: present, base: base)
    case .date:
      let (values, present) = try small(
        blocks, name, place: place, Int64(Int32.min)...Int64(Int32.max), isDelta: true)
      return Column(.date(values), present: present, base: base)
    case .time:
      // Of millions of rows, put where they stay; what is wrong with a block is found and said below.
      let lines = blocks ?? []
      if let values = NumberLines.together(
        rows: lines.map(\.rows), bounds: RowCheck.times, { self.lend(lines[$0], $1) })
      {
        return Column(.time(values), base: base)
      }
      let (values, present) = try packed(
        blocks, name, { NumberLines.large($0, rows: $1, isDelta: true, bounds: RowCheck.times) },
        { (block) throws(Diagnostics) in
          let (values, present) = try self.bounded([block], name, place: place, RowCheck.times, isDelta: true)
          return .init(piece: PackedPiece(of: values), present: present)
        })
      return Column(.time(values), present: present, base: base)
    case .reference(let kind):
      guard let family = catalogue.kind(kind)?.family else { throw damaged(stored.place, "\(name) refers to nothing") }
      let (rows, present) = try small(
        blocks, name, place: place, 0...Int64(max(0, (counts[family] ?? 0) - 1)), nought: -1)
      if counts[family] ?? 0 == 0, present?.contains(1) ?? !rows.isEmpty {
        throw damaged(stored.place, "\(name) refers to records that are not there")
      }
      return Column(.reference(rows, family: family), present: present, base: base)
    case .text:
      let (entries, missing) = try texts(stored.parts[prefix + "texts"], name)
      var dictionary = TextDictionary(reserving: entries.count)
      for (place, text) in entries.enumerated() {
        guard dictionary.code(of: text).map({ Int($0) }) == place, missing == nil else {
          throw damaged(stored.place, "\(name) has one text twice")
        }
      }
      let (codes, present) = try small(blocks, name, place: place, 0...Int64(max(0, entries.count - 1)))
      if entries.isEmpty, present?.contains(1) ?? !codes.isEmpty {
        throw damaged(stored.place, "\(name) has no texts")
      }
      dictionary.seal()
      return Column(.text(codes, dictionary), present: present, base: base)
    case .list(let element):
      let (lengths, present) = try integers(stored.parts[prefix + "lengths"], name)
      let elements = try column(
        stored, element, catalogue, counts, name: name, prefix: prefix + "element.")
      var offsets: [Int32] = [0]
      offsets.reserveCapacity(lengths.count + 1)
      var sum: Int64 = 0
      for length in lengths {
        guard length >= 0, length <= Int64(elements.count) - sum else {
          throw damaged(stored.place, "\(name) has a list that is too long")
        }
        sum += length
        offsets.append(Int32(clamping: sum))
      }
      return Column(.list(offsets: offsets, elements: elements), present: present, base: base)
    }
  }

  // MARK: - Records

  /// The runs of a table's keys; nil where they are none.
  private static func runs(_ json: JSONValue?, given: Int) -> [KeyTable.Run]? {
    var runs: [KeyTable.Run] = []
    var end = 0
    for json in json?.array ?? [] {
      guard let json = json.array, json.count == 3, let first = json[0].integer, let count = json[1].integer,
        let number = json[2].integer, first >= end, count > 0, count <= given - first, number >= 1,
        number <= 999_999_999
      else { return nil }
      end = first + count
      runs.append(
        KeyTable.Run(serials: Int32(clamping: first)..<Int32(clamping: end), number: Int32(clamping: number)))
    }
    return runs
  }

  private func identity(
    _ stored: [String: StoredColumn], _ runs: [KeyTable.Run], rows: Int, given: Int
  ) throws(Diagnostics) -> RowIdentity {
    var identity = RowIdentity()
    if let column = stored["serial"] {
      let (values, present) = try small(
        column.parts["serial"], "serial", place: column.place, 0...Int64(max(0, given - 1)), isDelta: true)
      guard values.count == rows, present == nil else { throw damaged(column.place, "a record without a serial") }
      identity.serials = values.array
      var isTaken = [Bool](repeating: false, count: given)
      for serial in identity.serials {
        guard isTaken.indices.contains(Int(serial)), !isTaken[Int(serial)] else {
          throw damaged(column.place, "the serial \(serial) twice or out of range")
        }
        isTaken[Int(serial)] = true
      }
    } else {
      identity.serials = (0..<rows).map { Int32(truncatingIfNeeded: $0) }
    }
    var keys: [String] = []
    var present: Mask?
    if let column = stored["key"] {
      (keys, present) = try texts(column.parts["key"], "key")
      guard keys.count == rows else { throw damaged(column.place, "keys are lacking") }
    }
    var rowOfSerial: [Int32] = []
    if !keys.isEmpty {
      rowOfSerial = [Int32](repeating: -1, count: given)
      for (row, serial) in identity.serials.enumerated() { rowOfSerial[Int(serial)] = Int32(truncatingIfNeeded: row) }
    }
    func full() -> Diagnostics { damaged(dataAt, "more keys than a table can hold") }
    var next = runs[...]
    while identity.keys.count < given {
      if let run = next.first, Int(run.serials.lowerBound) == identity.keys.count {
        guard identity.keys.append(run) else { throw full() }
        next.removeFirst()
        continue
      }
      let end = next.first.map { Int($0.serials.lowerBound) } ?? given
      if rowOfSerial.isEmpty {
        guard identity.keys.appendNone(end - identity.keys.count) else { throw full() }
        continue
      }
      let row = Int(rowOfSerial[identity.keys.count])
      let isThere = keys.indices.contains(row) && (present.map { $0[row] != 0 } ?? true)
      guard identity.keys.append(isThere ? keys[row] : nil) else { throw full() }
    }
    return identity
  }

  private func fingerprints(
    _ stored: StoredColumn?, identity: RowIdentity, given: Int
  ) throws(Diagnostics) -> [UInt64] {
    guard let stored else { return [] }
    let (values, present) = try integers(stored.parts["fingerprint"], "fingerprint")
    guard values.count == identity.serials.count else { throw damaged(stored.place, "fingerprints are lacking") }
    var result = [UInt64](repeating: 0, count: given)
    for (row, serial) in identity.serials.enumerated() where present.map({ $0[row] != 0 }) ?? true {
      result[Int(serial)] = UInt64(bitPattern: values[row])
    }
    return result
  }
}
