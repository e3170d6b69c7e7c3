import PeyvandBase
import PeyvandData

/// What the cells of a column were, so that its nature is known when all are read.
struct CellCounts {
  var texts = 0
  var numbers = 0
  var answers = 0
  var days = 0
  var instants = 0
  var others = 0

  mutating func add(_ kind: SheetVisitor.CellKind) {
    switch kind {
    case .none: break
    case .text: texts += 1
    case .number: numbers += 1
    case .answer: answers += 1
    case .day: days += 1
    case .instant: instants += 1
    case .other: others += 1
    }
  }

  mutating func add(_ more: CellCounts) {
    texts += more.texts
    numbers += more.numbers
    answers += more.answers
    days += more.days
    instants += more.instants
    others += more.others
  }

  var isEmpty: Bool { texts + numbers + answers + days + instants + others == 0 }

  var nature: ColumnNature {
    if others > 0 { return .written }
    if days + instants > 0, numbers + answers == 0 { return instants > 0 ? .instants : .days }
    switch (texts > 0, numbers > 0, answers > 0) {
    case (true, false, false): return .texts
    case (false, true, false): return .typed(.number(.plain))
    case (false, false, true): return .typed(.yesno)
    default: return .written
    }
  }
}

/// A sheet as it is told, row by row, into a spool.
///
/// Cells say where they stand, or follow the one before. Only the value of a cell is kept: a formula's is the one it had
/// when the workbook was saved. What is hidden is read like all else, and said.
final class SheetVisitor: XMLVisitor {
  enum CellKind: UInt8 { case none, text, number, answer, day, instant, other }

  /// Rows whose cells are remembered one by one, since titles and names are among them.
  static let lead = 25

  private let strings: StringVisitor?
  private let meanings: [NumberMeaning]
  private let from1904: Bool
  private let mostColumns: Int
  private let interruption: Interruption?
  private let name: String

  /// Nil once it was taken: a noncopyable value cannot leave a class otherwise.
  private var spool: CellSpool?
  /// The row of the sheet that each record is.
  private(set) var rows: [Int32] = []
  private(set) var leadKinds: [[CellKind]] = []
  private(set) var counts: [CellCounts] = []
  private(set) var hiddenColumns: [ClosedRange<Int>] = []
  private(set) var hiddenRows = 0
  private(set) var mergedAreas = 0
  /// Those over several rows: found out by one reading, filled by the next.
  private(set) var merged = MergedAreas()
  private let fills: Bool
  /// Cells that show a time of day, and those of them that hold a day besides.
  private(set) var clocks = 0
  private(set) var datedClocks = 0
  private(set) var emptyFormulas = 0
  private(set) var errors = 0
  /// What the writing refused.
  private(set) var refusal: Diagnostic?

  private var row = 0
  private var column = 0
  private var cells: [(bytes: [UInt8], kind: CellKind)] = []
  private var last = -1
  private var type: UInt8 = 0
  private var style = 0
  private var value = XMLText()
  private var isValue = false
  private var isInline = false
  private var isText = false
  private var isPhonetic = false
  private var hasFormula = false
  private var hasValue = false

  init(
    _ name: String, strings: StringVisitor?, meanings: [NumberMeaning], from1904: Bool, limits: Limits,
    merged: MergedAreas? = nil, interruption: Interruption?
  ) {
    fills = merged != nil
    if let merged { self.merged = merged }
    self.name = name
    self.strings = strings
    self.meanings = meanings
    self.from1904 = from1904
    self.interruption = interruption
    mostColumns = limits.columns
    // Cells take no more room than some times what they are unpacked from.
    spool = CellSpool(for: name, limit: min(limits.fileBytes, limits.unpackedBytes * 4))
  }

  func takeSpool() -> CellSpool? { spool.take() }

  // MARK: Elements

  override func begin(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "c": beginCell(attributes)
    case "v":
      isValue = true
      hasValue = true
    case "is": isInline = true
    case "t":
      isText = isInline && !isPhonetic
      if isText { hasValue = true }
    case "rPh": isPhonetic = true
    case "f": hasFormula = true
    case "row":
      let number = attributes["r"].flatMap { Int($0) } ?? row + 1
      guard (1...0x7FFF_FFFE).contains(number) else { return damaged("a row has the number \(number)") }
      row = number
      column = 0
      last = -1
      if attributes.isTrue("hidden") { hiddenRows += 1 }
    case "col":
      guard attributes.isTrue("hidden"), let first = attributes["min"].flatMap({ Int($0) }),
        let end = attributes["max"].flatMap({ Int($0) }), first >= 1, first <= end, hiddenColumns.count < 1_000
      else { return }
      hiddenColumns.append(first...min(end, 16_384))
    case "mergeCell":
      mergedAreas += 1
      if !fills, let area = attributes["ref"] { merged.add(area) }
    default: break
    }
  }

  override func end(_ name: XMLName) {
    switch name {
    case "v": isValue = false
    case "t": isText = false
    case "rPh": isPhonetic = false
    case "is": isInline = false
    case "c": endCell()
    case "row": endRow()
    default: break
    }
  }

  override func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    if isValue || isText { value.append(bytes) }
  }

  private func damaged(_ words: String) {
    if failure == nil { failure = .damaged(words) }
  }

  // MARK: Cells

  private func beginCell(_ attributes: XMLAttributes) {
    if let place = attributes.value("r") {
      guard let column = Self.column(place) else { return damaged("a cell has the place '\(String(cString: place))'") }
      self.column = column
    } else {
      column += 1
    }
    // The first letter of s, str, b, e, d, n, inlineStr; `str` is told apart by its second.
    type = 0
    if let given = attributes.value("t"), given.pointee != 0 {
      type = UInt8(bitPattern: given.pointee)
      if type == UInt8(ascii: "s"), given[1] != 0 { type = UInt8(ascii: "i") }
    }
    style = attributes["s"].flatMap { Int($0) } ?? 0
    value.clear()
    hasFormula = false
    hasValue = false
  }

  /// `BC12` is column 55; nil for what is no place.
  private static func column(_ place: UnsafePointer<CChar>) -> Int? {
    var at = place
    var column = 0
    while true {
      let letter = UInt8(bitPattern: at.pointee) & ~0x20
      guard letter >= 0x41, letter <= 0x5A else { break }
      column = column * 26 + Int(letter - 0x40)
      guard column <= 1_000_000 else { return nil }
      at += 1
    }
    return column > 0 ? column : nil
  }

  private func endCell() {
    if hasFormula, !hasValue { emptyFormulas += 1 }
    guard hasValue else { return }
    guard column <= mostColumns else {
      refusal = ImportDiagnostics.tooManyColumns(name, limit: mostColumns)
      failure = .damaged("too many columns")
      return
    }
    guard let cell = content(), !cell.bytes.isEmpty else { return }
    while cells.count < column { cells.append(([], .none)) }
    // What a row that was told before left in the places between.
    if last < column - 1 { for index in (last + 1)..<column { cells[index] = ([], .none) } }
    cells[column - 1] = cell
    last = max(last, column - 1)
  }

  private func content() -> (bytes: [UInt8], kind: CellKind)? {
    switch type {
    case UInt8(ascii: "s"):
      guard let index = Int(String(decoding: value.bytes, as: UTF8.self)), let text = strings?[index] else {
        damaged("a cell names a text that is not there")
        return nil
      }
      return (Array(text), .text)
    case UInt8(ascii: "i"): return (value.plain, .text)
    case UInt8(ascii: "b"):
      return (Array((value.bytes == [0x31] ? "true" : "false").utf8), .answer)
    case UInt8(ascii: "e"):
      errors += 1
      return (value.bytes, .other)
    case UInt8(ascii: "d"): return date(value.bytes)
    default: return number()
    }
  }

  /// A day that is written as one: `2024-01-05T10:30:00.000Z`.
  private func date(_ bytes: [UInt8]) -> (bytes: [UInt8], kind: CellKind) {
    (bytes, bytes.contains(UInt8(ascii: "T")) ? .instant : .day)
  }

  private func number() -> (bytes: [UInt8], kind: CellKind) {
    let text = String(decoding: value.bytes, as: UTF8.self)
    guard let serial = Double(text), serial.isFinite else { return (value.bytes, .other) }
    let meaning = meanings.indices.contains(style) ? meanings[style] : .number
    if let shown = meaning.text(serial, from1904: from1904) {
      let bytes = Array(shown.utf8)
      if meaning == .timeOfDay {
        clocks += 1
        if NumberMeaning.holdsDay(serial) { datedClocks += 1 }
      }
      guard meaning != .elapsed, meaning != .timeOfDay, shown.utf8.count >= 10 else { return (bytes, .other) }
      return (bytes, shown.utf8.count > 10 ? .instant : .day)
    }
    // Whole numbers stay as they are; `1.2345E+17` and `0.1` are written as numbers are here.
    let isPlain = value.bytes.count <= 15 && value.bytes.allSatisfy { (0x30...0x39).contains($0) }
    return (isPlain ? value.bytes : Array(NumberText.shortest(serial).utf8), .number)
  }

  /// Gives cells of merged areas their area's value; a row that holds nothing else is none.
  private func fillMerged() {
    for column in merged.columns {
      let own = column <= last && cells[column].kind != .none ? cells[column] : nil
      guard let value = merged.cell(column, row: row, own: own), own == nil else { continue }
      while cells.count <= column { cells.append(([], .none)) }
      if last < column - 1 { for index in (last + 1)..<column { cells[index] = ([], .none) } }
      cells[column] = value
      last = max(last, column)
    }
  }

  private func endRow() {
    defer {
      last = -1
      column = 0
    }
    guard last >= 0, failure == nil else { return }
    if fills { fillMerged() }
    while counts.count <= last { counts.append(CellCounts()) }
    let isLead = rows.count < Self.lead
    if isLead { leadKinds.append(cells[...last].map(\.kind)) }
    for index in 0...last {
      let cell = cells[index]
      if cell.kind == .none {
        spool?.missing()
      } else {
        cell.bytes.withUnsafeBufferPointer { spool?.cell($0) }
        if !isLead { counts[index].add(cell.kind) }
      }
      cells[index] = ([], .none)
    }
    rows.append(Int32(clamping: row))
    do throws(Diagnostic) {
      try spool?.endRecord()
      if rows.count & 1_023 == 0, interruption?.isInterrupted == true { throw ImportDiagnostics.interrupted(name) }
    } catch {
      refusal = error
      failure = .damaged("it cannot be written down")
    }
  }

  // MARK: What was seen

  /// The cells of each column from a record on.
  func counts(from record: Int) -> [CellCounts] {
    var result = counts
    for kinds in leadKinds.dropFirst(record) {
      for (index, kind) in kinds.enumerated() where result.indices.contains(index) { result[index].add(kind) }
    }
    return result
  }

  /// `BC` for 55.
  static func letters(_ column: Int) -> String {
    var letters = ""
    var rest = column
    while rest > 0 {
      let digit = (rest - 1) % 26
      letters = String(Character(Unicode.Scalar(UInt8(0x41 + digit)))) + letters
      rest = (rest - 1) / 26
    }
    return letters
  }
}
