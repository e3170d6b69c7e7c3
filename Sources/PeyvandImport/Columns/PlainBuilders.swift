import PeyvandBase
import PeyvandData
import PeyvandStore

/// Numbers, held to one way of writing them: a comma cannot stand between thousands in one cell and before decimals in
/// the next, and a percent sign stands in all cells or in none.
///
/// A file whose cells are cut by semicolons or tabs often has a comma before decimals. Where every sign in a column of
/// such a file could stand before decimals or between thousands, the thousandfold is not guessed: the user is asked.
struct NumberBuilder: PlainColumnBuilder {
  let keepsBlanks = false
  private let decimal: DecimalSign?
  private let asks: Bool
  private var values = PackedBuilder<Double>()
  private var present = Mask()
  private var found = 0
  private var faults = 0
  private var points = 0
  /// Numbers with a sign that could mean either, and with one that could not.
  private var open = 0
  private var settled = 0
  private var openExample = ""
  private var grouped = 0
  private var decimalCommas = 0
  private var percents = 0
  private var pointExample = ""
  private var groupedExample = ""
  private var commaExample = ""
  /// Numbers other than 0 without a percent sign.
  private var withoutPercent = 0

  /// - Parameters:
  ///   - decimal: the sign before decimals, where it is said.
  ///   - asks: whether the file is one in which either may stand before decimals.
  init(decimal: DecimalSign? = nil, asks: Bool = false) {
    self.decimal = decimal
    self.asks = asks && decimal == nil
  }

  @inline(__always)
  mutating func take(_ cell: Span<UInt8>) -> CellFault? {
    var hasPoint = false
    if let value = NumberCell.fast(cell, hasPoint: &hasPoint), !hasPoint || decimal != .comma {
      if hasPoint {
        if asks { look(cell) }
        if points == 0 { pointExample = CellBytes.text(cell) }
        points &+= 1
      }
      if value != 0 { withoutPercent &+= 1 }
      found &+= 1
      values.append(value)
      present.append(1)
      return nil
    }
    return takeSlowly(cell)
  }

  // MARK: Plain cells

  mutating func add(_ cells: CellBlock, of bytes: Span<UInt8>, faults: inout [(row: Int, fault: CellFault)]) {
    addPlainly(cells, of: bytes, faults: &faults)
  }

  var nought: Double { 0 }
  var readsPlainly: Bool { true }

  @inline(__always)
  mutating func plain(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Double? {
    var hasPoint = false
    guard let value = CellWords.number(bytes, start, end, hasPoint: &hasPoint) else { return nil }
    if hasPoint {
      // The first with a point is kept as an example.
      guard points > 0, !asks, decimal != .comma else { return nil }
      points &+= 1
    }
    if value != 0 { withoutPercent &+= 1 }
    return value
  }

  mutating func takePlain(_ room: PlainRoom<Double>) {
    values.append(room.values, count: room.count)
    present.append(room.bits, count: room.count)
    found &+= room.present
  }

  // MARK: All others

  private mutating func takeSlowly(_ cell: Span<UInt8>) -> CellFault? {
    if CellBytes.isInvisible(cell) {
      takeMissing()
      return nil
    }
    var isTooLarge = false
    guard let read = NumberCell.slow(cell, decimal: decimal, isTooLarge: &isTooLarge) else {
      values.append(0)
      present.append(0)
      faults += 1
      return isTooLarge ? .numberOutOfRange : .notNumber
    }
    if asks, read.form != .plain || read.hasPoint { look(cell) }
    switch read.form {
    case .plain:
      if read.hasPoint {
        if points == 0 { pointExample = CellBytes.text(cell) }
        points += 1
      }
    case .grouped:
      if grouped == 0 { groupedExample = CellBytes.text(cell) }
      grouped += 1
    case .decimalComma:
      if decimalCommas == 0 { commaExample = CellBytes.text(cell) }
      decimalCommas += 1
    }
    if read.isPercent { percents += 1 } else if read.value != 0 { withoutPercent += 1 }
    found += 1
    values.append(read.value == 0 ? 0 : read.value)
    present.append(1)
    return nil
  }

  private mutating func look(_ cell: Span<UInt8>) {
    guard NumberCell.isOpen(cell) else {
      settled += 1
      return
    }
    if open == 0 { openExample = CellBytes.text(cell) }
    open += 1
  }

  mutating func takeMissing() {
    values.append(0)
    present.append(0)
  }

  mutating func absorb(_ other: NumberBuilder) {
    if points == 0 { pointExample = other.pointExample }
    if grouped == 0 { groupedExample = other.groupedExample }
    if decimalCommas == 0 { commaExample = other.commaExample }
    if open == 0 { openExample = other.openExample }
    values.absorb(other.values)
    present.append(other.present)
    found += other.found
    faults += other.faults
    points += other.points
    open += other.open
    settled += other.settled
    grouped += other.grouped
    decimalCommas += other.decimalCommas
    percents += other.percents
    withoutPercent += other.withoutPercent
  }

  mutating func finish(_ context: ColumnContext) -> BuiltColumn {
    var remarks: [String] = []
    if grouped > 0 { remarks.append("thousands separated") }
    if decimalCommas > 0 { remarks.append("decimal comma") }
    if percents > 0 { remarks.append("percent") }
    var column = BuiltColumn(
      storage: .number(values.finish()), present: present,
      evidence: ColumnEvidence(
        type: "number", matching: found, present: found + faults, missing: present.count - found - faults,
        remarks: remarks))
    if open > 0, settled == 0 {
      column.problem = ImportDiagnostics.openNumbers(context.file, column: context.column, example: openExample)
    } else if decimalCommas > 0, grouped + points > 0 {
      column.problem = ImportDiagnostics.mixedNumbers(
        context.file, column: context.column, commaExample, grouped > 0 ? groupedExample : pointExample)
    } else if percents > 0, withoutPercent > 0 {
      column.problem = ImportDiagnostics.mixedPercent(
        context.file, column: context.column, percent: percents, plain: withoutPercent)
    }
    return column
  }
}

/// Yes and no; 1 and 0 too, where the field is known to be one of yes and no.
struct YesNoBuilder: PlainColumnBuilder {
  let keepsBlanks = false
  private var values: [UInt8] = []
  private var present = Mask()
  private var found = 0
  private var faults = 0

  mutating func take(_ cell: Span<UInt8>) -> CellFault? {
    var answer = YesNoCell.read(cell)
    if answer == nil {
      let plain = CellBytes.digitsToASCII(CellBytes.plain(cell))
      if plain.isEmpty {
        takeMissing()
        return nil
      }
      switch plain {
      case [UInt8(ascii: "1")]: answer = true
      case [UInt8(ascii: "0")]: answer = false
      default: answer = YesNoCell.read(plain.span)
      }
    }
    guard let answer else {
      faults += 1
      takeMissing()
      return .notYesNo
    }
    found += 1
    values.append(answer ? Truth.yes : Truth.no)
    present.append(1)
    return nil
  }

  mutating func takeMissing() {
    values.append(Truth.no)
    present.append(0)
  }

  mutating func add(_ cells: CellBlock, of bytes: Span<UInt8>, faults: inout [(row: Int, fault: CellFault)]) {
    addPlainly(cells, of: bytes, faults: &faults)
  }

  var nought: UInt8 { Truth.no }
  var readsPlainly: Bool { true }

  @inline(__always)
  func plain(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt8? {
    let count = end &- start
    guard count <= 5 else { return nil }
    // In lower case, the first letter lowest: no other byte becomes a letter by that bit.
    let letters = CellWords.first(count, of: 0x2020_2020_2020_2020)
    switch CellWords.first(count, of: CellWords.word(bytes, start)) | letters {
    case 0x6575_7274, 0x7365_79, 0x79, 0x74: return Truth.yes  // true yes y t
    case 0x65_736C_6166, 0x6F6E, 0x6E, 0x66: return Truth.no  // false no n f
    default: return nil
    }
  }

  mutating func takePlain(_ room: PlainRoom<UInt8>) {
    values.append(contentsOf: room.values[..<room.count])
    present.append(room.bits, count: room.count)
    found += room.present
  }

  mutating func absorb(_ other: YesNoBuilder) {
    values += other.values
    present.append(other.present)
    found += other.found
    faults += other.faults
  }

  mutating func finish(_ context: ColumnContext) -> BuiltColumn {
    BuiltColumn(
      storage: .yesno(values), present: present,
      evidence: ColumnEvidence(
        type: "yes/no", matching: found, present: found + faults, missing: values.count - found - faults))
  }
}

/// Elapsed time, in seconds.
struct DurationBuilder: ColumnBuilder {
  let keepsBlanks = false
  private var values = PackedBuilder<Double>()
  private var present = Mask()
  private var found = 0
  private var faults = 0

  mutating func absorb(_ other: DurationBuilder) {
    values.absorb(other.values)
    present.append(other.present)
    found += other.found
    faults += other.faults
  }

  mutating func take(_ cell: Span<UInt8>) -> CellFault? {
    guard let seconds = DurationCell.read(cell) else {
      let isNothing = CellBytes.isInvisible(cell)
      takeMissing()
      if isNothing { return nil }
      faults += 1
      return .notDuration
    }
    found += 1
    values.append(seconds)
    present.append(1)
    return nil
  }

  mutating func takeMissing() {
    values.append(0)
    present.append(0)
  }

  mutating func finish(_ context: ColumnContext) -> BuiltColumn {
    BuiltColumn(
      storage: .duration(values.finish()), present: present,
      evidence: ColumnEvidence(
        type: "duration", matching: found, present: found + faults, missing: present.count - found - faults))
  }
}

/// Keys: a text a row, most of them different, so that no dictionary pays for itself.
struct KeyBuilder: PlainColumnBuilder {
  let keepsBlanks = false
  private var keys = RowKeys()
  private var found = 0
  private var faults = 0
  private let longest: Int

  init(longest: Int) { self.longest = longest }

  mutating func take(_ cell: Span<UInt8>) -> CellFault? {
    guard cell.count <= longest else {
      faults += 1
      keys.appendNone()
      return .textTooLong
    }
    // What cannot be seen is no key.
    if cell[0] >= 0x80, CellBytes.isInvisible(cell) {
      keys.appendNone()
      return nil
    }
    guard keys.append(cell) else {
      faults += 1
      keys.appendNone()
      return .tooManyTexts
    }
    found += 1
    return nil
  }

  mutating func takeMissing() { keys.appendNone() }

  mutating func add(_ cells: CellBlock, of bytes: Span<UInt8>, faults: inout [(row: Int, fault: CellFault)]) {
    addPlainly(cells, of: bytes, faults: &faults)
  }

  /// As `RowKeys` takes it.
  var nought: Int32 { 0 }
  var readsPlainly: Bool { keys.areNumbers && longest >= 9 }

  @inline(__always)
  func plain(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int32? {
    // A text among them makes texts of all, and none is read here then.
    CellWords.key(bytes, start, end)
  }

  mutating func takePlain(_ room: PlainRoom<Int32>) {
    keys.append(numbers: room.values, count: room.count)
    found += room.present
  }

  mutating func absorb(_ other: KeyBuilder) {
    let count = keys.count
    if keys.absorb(other.keys) {
      found += other.found
      faults += other.faults
    } else {
      // Beyond 4 GiB of keys: none is kept of these, and the store says so.
      while keys.count < count + other.keys.count { keys.appendNone() }
      faults += other.found + other.faults
    }
  }

  mutating func finish(_ context: ColumnContext) -> BuiltColumn {
    keys.seal()
    var column = BuiltColumn(
      storage: .text([], TextDictionary()), present: Mask(),
      evidence: ColumnEvidence(
        type: "key", matching: found, present: found + faults, missing: keys.count - found - faults))
    column.keys = keys
    return column
  }
}

/// Lists: the elements of a cell stand between semicolons (or bars, where semicolons stand between cells).
struct ListBuilder: ColumnBuilder {
  let keepsBlanks = false
  private var offsets: [Int32] = [0]
  private var present = Mask()
  private var element: any ColumnBuilder
  private let separator: UInt8
  private var count: Int32 = 0
  private var found = 0
  private var faults = 0

  mutating func absorb(_ other: ListBuilder) {
    offsets += other.offsets.dropFirst().map { $0 &+ count }
    count &+= other.count
    present.append(other.present)
    element.absorb(other.element)
    found += other.found
    faults += other.faults
  }

  init(of element: any ColumnBuilder, separator: UInt8) {
    self.element = element
    self.separator = separator
  }

  mutating func take(_ cell: Span<UInt8>) -> CellFault? {
    var start = 0
    var fault: CellFault?
    while start <= cell.count {
      var end = start
      while end < cell.count, cell[end] != separator { end += 1 }
      let (first, last) = CellBytes.trimmed(cell, start, end)
      start = end + 1
      guard first < last else { continue }
      guard count < Int32.max - 1 else {
        fault = .tooManyTexts
        break
      }
      fault = element.take(cell.extracting(first..<last)) ?? fault
      count += 1
    }
    offsets.append(count)
    present.append(fault == nil ? 1 : 0)
    if fault == nil { found += 1 } else { faults += 1 }
    return fault
  }

  mutating func takeMissing() {
    offsets.append(count)
    present.append(0)
  }

  mutating func finish(_ context: ColumnContext) -> BuiltColumn {
    let built = element.finish(context)
    let mask = built.present.reduced
    var evidence = built.evidence
    evidence.type = "list of " + evidence.type
    evidence.matching = found
    evidence.present = found + faults
    evidence.missing = present.count - found - faults
    var column = BuiltColumn(
      storage: .list(offsets: offsets, elements: Column(built.storage, present: mask)), present: present,
      evidence: evidence)
    column.problem =
      built.problem
      ?? (built.lateFaults.isEmpty
        ? nil
        : ImportDiagnostics.doesNotFit(
          "of several orders", field: context.column, of: "a list of dates"))
    return column
  }
}
