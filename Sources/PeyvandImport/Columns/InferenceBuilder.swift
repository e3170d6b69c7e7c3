import PeyvandBase
import PeyvandData

/// Looks at a whole column and tells what it is.
///
/// A column is a type where all its cells are, or nearly all of many (49 of 50 and more): the others are then rejected
/// by name, instead of turning a column of dates into text without a word. Text is what remains. A column with leading
/// zeros is text (a key, a telephone number), and so is one of numbers with more than 15 digits, which no Double holds.
struct InferenceBuilder: ColumnBuilder {
  let keepsBlanks = false
  private let order: DateOrder?
  private let parts: [DateOrder.Part]
  private var total = 0
  private var missing = 0
  private var numbers = 0
  private var percents = 0
  private var answers = 0
  private var dates = 0
  private var times = 0
  private var durations = 0
  private var labels = 0
  /// Cells that are of no type but text; once they are more than a tenth of the rows, nothing else can come of it.
  private var others = 0
  private let enough: Int

  /// - Parameter rowCount: of the whole file.
  init(options: ImportOptions, rowCount: Int) {
    enough = max(rowCount / 10, 100)
    order = options.dates
    if case .parts(let parts) = options.dates?.form { self.parts = parts } else { parts = [] }
  }

  mutating func take(_ cell: Span<UInt8>) -> CellFault? {
    total &+= 1
    if others > enough { return nil }
    let first = cell[0]
    let looksLikeDigits = (first >= 0x30 && first <= 0x39) || first == UInt8(ascii: "-") || first == UInt8(ascii: ".")
    if !looksLikeDigits, first < 0x80 {
      if YesNoCell.read(cell) != nil {
        answers &+= 1
        return nil
      }
      // Months may stand first by name, and percent signs and ISO durations by custom.
      if first | 0x20 != UInt8(ascii: "p"), first != UInt8(ascii: "%"), cell.count > 40 || !hasDigit(cell) {
        others &+= 1
        return nil
      }
    }
    // A declared order goes before the number that 19970101 would be otherwise.
    if let order, !parts.isEmpty, let date = DateCell.read(cell, by: order, parts: parts) {
      dates &+= 1
      if date.second != nil { times &+= 1 }
      return nil
    }
    var hasPoint = false
    if NumberCell.fast(cell, hasPoint: &hasPoint) != nil {
      if isLabel(cell) { labels &+= 1 } else { numbers &+= 1 }
      return nil
    }
    takeSlowly(cell)
    return nil
  }

  private mutating func takeSlowly(_ cell: Span<UInt8>) {
    if let date = DateCell.any(cell, compact: false) {
      dates += 1
      if date.second != nil { times += 1 }
      return
    }
    var isTooLarge = false
    if let read = NumberCell.slow(cell, isTooLarge: &isTooLarge) {
      if isLabel(cell) || cell[0] == UInt8(ascii: "+") { labels += 1 } else { numbers += 1 }
      if read.isPercent { percents += 1 }
      return
    }
    if DurationCell.read(cell) != nil {
      durations += 1
    } else if cell[0] >= 0x80, CellBytes.isInvisible(cell) {
      total -= 1
      missing += 1
    } else if cell[0] >= 0x80, YesNoCell.read(cell) != nil {
      answers += 1
    } else {
      others += 1
    }
  }

  mutating func takeMissing() { missing &+= 1 }

  /// Where one of them saw enough, it did not look on; then all is text, whatever the numbers are.
  mutating func absorb(_ other: InferenceBuilder) {
    total += other.total
    missing += other.missing
    numbers += other.numbers
    percents += other.percents
    answers += other.answers
    dates += other.dates
    times += other.times
    durations += other.durations
    labels += other.labels
    others += other.others
  }

  private func hasDigit(_ cell: Span<UInt8>) -> Bool {
    for index in 0..<cell.count where cell[index] >= 0x30 && cell[index] <= 0x39 { return true }
    return false
  }

  /// Digits that are a name: with a zero in front (`007`, `۰۲۱`; not `0`, `0.5`), or more than a number can hold.
  private func isLabel(_ cell: Span<UInt8>) -> Bool {
    if cell[0] >= 0x80 {
      let ascii = CellBytes.digitsToASCII(CellBytes.plain(cell))
      return !ascii.isEmpty && ascii[0] < 0x80 && isLabel(ascii.span)
    }
    let start = cell[0] == UInt8(ascii: "-") ? 1 : 0
    if cell.count >= start + 2, cell[start] == 0x30, cell[start + 1] >= 0x30, cell[start + 1] <= 0x39 { return true }
    guard cell.count > 15 else { return false }
    for index in start..<cell.count where cell[index] < 0x30 || cell[index] > 0x39 { return false }
    return true
  }

  /// What the column is, its evidence, and whether that leaves cells out.
  func verdict() -> FoundType {
    func evidence(_ type: String, _ matching: Int) -> ColumnEvidence {
      ColumnEvidence(type: type, matching: matching, present: total, missing: missing)
    }
    func isMost(_ count: Int) -> Bool { count > 0 && (count == total || (total >= 50 && count >= total - total / 50)) }
    if isMost(answers) { return FoundType(type: .yesno, evidence: evidence("yes/no", answers), isNearly: false) }
    if isMost(dates) {
      return times > 0
        ? FoundType(type: .time, evidence: evidence("time", dates))
        : FoundType(type: .date, evidence: evidence("date", dates))
    }
    if isMost(numbers), labels == 0 {
      return FoundType(
        type: .number(percents == numbers ? .share : .plain), evidence: evidence("number", numbers), isNearly: false)
    }
    if isMost(durations) {
      return FoundType(type: .duration, evidence: evidence("duration", durations), isNearly: false)
    }
    for (name, count) in [("number", labels == 0 ? numbers : 0), ("date", dates)]
    where count * 10 >= total * 9 && count > 9 {
      return FoundType(type: .text, evidence: evidence(name, count), isNearly: true)
    }
    return FoundType(type: .text, evidence: evidence("text", total), isNearly: false)
  }

  mutating func finish(_ context: ColumnContext) -> BuiltColumn {
    let count = total + missing
    return BuiltColumn(
      storage: .yesno(Array(repeating: Truth.no, count: count)), present: Mask(repeating: 0, count: count),
      evidence: verdict().evidence)
  }
}
