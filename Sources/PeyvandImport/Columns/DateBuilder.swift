import PeyvandBase
import PeyvandData

/// Days or instants, of one calendar and one order for the whole column.
///
/// A date whose first two numbers may be day and month or month and day is set aside until the column has ended: one
/// cell with a 13 in it decides for all, none leaves the question open, and then it is asked and not guessed. The same
/// holds of the calendar: a year from 1200 to 1699 is Jalali and any later one Gregorian, and a column that has both is
/// an error with both counts, unless one was declared.
struct DateBuilder: PlainColumnBuilder {
  enum Goal { case day, instant }

  let keepsBlanks = false
  private let goal: Goal
  private let order: DateOrder?
  private let parts: [DateOrder.Part]
  private let epoch: Double?
  /// The same where it is a whole number, else 0.
  private let wholeEpoch: Int64
  private let calendar: CalendarSystem?
  private let zone: Zone
  private let compact: Bool
  private var days = PackedBuilder<Int32>()
  private var instants = PackedBuilder<Int64>()
  private var present = Mask()
  private var open: [(row: Int, date: WrittenDate)] = []
  private var openExample = ""
  private var found = 0
  private var faults = 0
  private var jalali = 0
  private var gregorian = 0
  private var timesLeftOut = 0
  private var lateFaults: [(row: Int, fault: CellFault)] = []

  /// - Parameter compact: whether eight digits may be a date although nothing said so.
  init(_ goal: Goal, options: ImportOptions, compact: Bool) {
    self.goal = goal
    order = options.dates
    calendar = options.calendar
    zone = options.zone
    self.compact = compact
    switch options.dates?.form {
    case .parts(let parts):
      self.parts = parts
      epoch = nil
    case .epoch(let perSecond):
      parts = []
      epoch = perSecond
    case nil:
      parts = []
      epoch = nil
    }
    wholeEpoch = epoch.flatMap { Int64(exactly: $0) } ?? 0
  }

  private var count: Int { present.count }

  mutating func take(_ cell: Span<UInt8>) -> CellFault? {
    if let epoch, let instant = DateCell.epoch(cell, perSecond: epoch) {
      gregorian &+= 1
      let day = goal == .day ? zone.localDay(ofInstant: instant) : 0
      append(day: day, instant: instant, hasTime: instant % 86_400 != 0)
      return nil
    }
    var read: WrittenDate?
    if let order, !parts.isEmpty { read = DateCell.read(cell, by: order, parts: parts) }
    if read == nil {
      read = DateCell.any(cell, compact: compact)
      // A declared order is not set aside for another that is as open.
      if order != nil, read?.isOpen == true { read = nil }
    }
    guard let date = read else {
      if CellBytes.isInvisible(cell) {
        takeMissing()
        return nil
      }
      return refuse(goal == .day ? .notDate : .notTime)
    }
    if date.isOpen {
      if open.isEmpty { openExample = CellBytes.text(cell) }
      open.append((row: count, date: date))
      append(day: 0, instant: 0, hasTime: false)
      return nil
    }
    guard let meant = meaning(of: date) else { return refuse(fault(of: date)) }
    append(day: meant.day, instant: meant.instant, hasTime: meant.hasTime)
    return nil
  }

  // MARK: Plain cells

  mutating func add(_ cells: CellBlock, of bytes: Span<UInt8>, faults: inout [(row: Int, fault: CellFault)]) {
    addPlainly(cells, of: bytes, faults: &faults)
  }

  var nought: Int64 { 0 }
  var readsPlainly: Bool { wholeEpoch > 0 || order == nil }

  /// A whole number of seconds (or of a part of one) since 1970, where it is said that cells are that; else a date as ISO
  /// 8601 has it, which is never open.
  @inline(__always)
  mutating func plain(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    guard wholeEpoch > 0 else { return written(bytes, start, end) }
    guard let number = CellWords.whole(bytes, start, end) else { return nil }
    let instant = wholeEpoch == 1 ? Int64(truncatingIfNeeded: number) : Int64(truncatingIfNeeded: number) / wholeEpoch
    guard instant <= 253_402_300_799 else { return nil }
    gregorian &+= 1
    guard goal == .day else { return instant }
    if instant % 86_400 != 0 { timesLeftOut &+= 1 }
    return Int64(truncatingIfNeeded: zone.localDay(ofInstant: instant))
  }

  private mutating func written(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    guard let date = DateCell.iso(bytes.extracting(start..<end)), let meant = meaning(of: date) else { return nil }
    guard goal == .day else { return meant.instant }
    if meant.hasTime { timesLeftOut &+= 1 }
    return Int64(truncatingIfNeeded: meant.day)
  }

  mutating func takePlain(_ room: PlainRoom<Int64>) {
    if goal == .day {
      days.append(room.values.map { Int32(truncatingIfNeeded: $0) }, count: room.count)
    } else {
      instants.append(room.values, count: room.count)
    }
    present.append(room.bits, count: room.count)
    found &+= room.present
  }

  mutating func takeMissing() {
    if goal == .day { days.append(0) } else { instants.append(0) }
    present.append(0)
  }

  mutating func absorb(_ other: DateBuilder) {
    let start = count
    if open.isEmpty { openExample = other.openExample }
    open += other.open.map { (row: $0.row + start, date: $0.date) }
    days.absorb(other.days)
    instants.absorb(other.instants)
    present.append(other.present)
    found += other.found
    faults += other.faults
    jalali += other.jalali
    gregorian += other.gregorian
    timesLeftOut += other.timesLeftOut
  }

  private mutating func refuse(_ fault: CellFault) -> CellFault {
    faults += 1
    takeMissing()
    return fault
  }

  @inline(__always)
  private mutating func append(day: Int, instant: Int64, hasTime: Bool) {
    if goal == .day {
      days.append(Int32(truncatingIfNeeded: day))
      if hasTime { timesLeftOut &+= 1 }
    } else {
      instants.append(instant)
    }
    present.append(1)
    found &+= 1
  }

  /// The calendar of a date by its year; nil for a year of neither, or of another than was declared.
  private func system(of date: WrittenDate) -> (system: CalendarSystem, year: Int)? {
    if date.isShortYear {
      // As POSIX has it for two digits; for Jalali years the turn of the century lies at 50.
      return calendar == .jalali
        ? (.jalali, date.year + (date.year < 50 ? 1400 : 1300))
        : (.gregorian, date.year + (date.year <= 68 ? 2000 : 1900))
    }
    let system: CalendarSystem
    switch date.year {
    case 1200...1699: system = .jalali
    case 1700...9999: system = .gregorian
    default: return nil
    }
    return calendar == nil || calendar == system ? (system, date.year) : nil
  }

  private mutating func meaning(of date: WrittenDate) -> (day: Int, instant: Int64, hasTime: Bool)? {
    guard let (system, year) = system(of: date), let day = system.day(year: year, month: date.month, day: date.day)
    else { return nil }
    if system == .jalali { jalali &+= 1 } else { gregorian &+= 1 }
    let second = date.second ?? 0
    guard goal == .instant || date.offset != nil else { return (day, 0, second != 0) }
    let instant: Int64
    if let offset = date.offset {
      instant = Int64(day) * 86_400 + Int64(second) - Int64(offset)
    } else {
      instant = zone.instant(ofLocalDay: day, secondOfDay: second)
    }
    return (goal == .day ? zone.localDay(ofInstant: instant) : 0, instant, second != 0)
  }

  private func fault(of date: WrittenDate) -> CellFault {
    guard system(of: date) != nil else {
      return calendar != nil && (1200...9999).contains(date.year) ? .otherCalendar : .notDate
    }
    return .noSuchDay
  }

  mutating func finish(_ context: ColumnContext) -> BuiltColumn {
    var remarks: [String] = []
    var problem: Diagnostic?
    if !open.isEmpty { problem = settleOpen(context, &remarks) }
    if problem == nil, jalali > 0, gregorian > 0 {
      problem = ImportDiagnostics.bothCalendars(
        context.file, column: context.column, jalali: jalali, gregorian: gregorian)
    }
    if jalali > 0 { remarks.append("Jalali") }
    var column = BuiltColumn(
      storage: goal == .day ? .date(days.finish()) : .time(instants.finish()), present: present,
      evidence: ColumnEvidence(
        type: goal == .day ? "date" : "time", matching: found, present: found + faults,
        missing: count - found - faults, remarks: remarks))
    column.problem = problem
    column.lateFaults = lateFaults
    if timesLeftOut > 0 {
      column.warnings.append(
        ImportDiagnostics.timeLeftOut(timesLeftOut, column: context.column, file: context.file))
    }
    return column
  }

  /// Decides for the dates that were set aside, or says why that cannot be.
  private mutating func settleOpen(_ context: ColumnContext, _ remarks: inout [String]) -> Diagnostic? {
    var dayFirst = 0
    var monthFirst = 0
    for (_, date) in open {
      if date.month > 12 { dayFirst += 1 }
      if date.day > 12 { monthFirst += 1 }
    }
    let hasShortYear = open.contains { $0.date.isShortYear }
    if hasShortYear || (dayFirst == 0 && monthFirst == 0) {
      return ImportDiagnostics.ambiguousDates(
        context.file, column: context.column, example: openExample, orders: orders(hasShortYear))
    }
    if dayFirst > 0, monthFirst > 0 {
      return ImportDiagnostics.bothOrders(
        context.file, column: context.column, dayFirst: dayFirst, monthFirst: monthFirst)
    }
    remarks.append(dayFirst > 0 ? "day first" : "month first")
    var settledDays: [(at: Int, value: Int32)] = []
    var settledInstants: [(at: Int, value: Int64)] = []
    defer {
      days.set(settledDays)
      instants.set(settledInstants)
    }
    for (row, date) in open {
      var date = date
      date.isOpen = false
      if dayFirst > 0 { swap(&date.month, &date.day) }
      guard let meant = meaning(of: date) else {
        lateFaults.append((row: row, fault: fault(of: date)))
        present[row] = 0
        found -= 1
        faults += 1
        continue
      }
      if goal == .day {
        settledDays.append((at: row, value: Int32(truncatingIfNeeded: meant.day)))
        if meant.hasTime { timesLeftOut += 1 }
      } else {
        settledInstants.append((at: row, value: meant.instant))
      }
    }
    return nil
  }

  /// Whether the three numbers of an open date are one in an order.
  private func exists(_ date: WrittenDate, as order: [String]) -> Bool {
    var read = date
    let numbers = [date.month, date.day, date.year]
    for (part, number) in zip(order, numbers) {
      switch part {
      case "DD": read.day = number
      case "MM": read.month = number
      default: read.year = number
      }
    }
    // A year of four digits stands last.
    guard !date.isShortYear || (0...99).contains(read.year), date.isShortYear || order.last?.first == "Y",
      let (system, year) = system(of: read)
    else { return false }
    return system.day(year: year, month: read.month, day: read.day) != nil
  }

  /// The orders that all open dates may have, to be offered.
  private func orders(_ hasShortYear: Bool) -> [String] {
    let sign = openExample.unicodeScalars.first { "-/. ".unicodeScalars.contains($0) } ?? "/"
    let year = hasShortYear ? "YY" : "YYYY"
    var orders = [["DD", "MM", year], ["MM", "DD", year]]
    if hasShortYear { orders.append(["YY", "MM", "DD"]) }
    // Where no order suits all, a few dates are wrong, and which order is meant is still the question.
    let possible = orders.filter { order in open.allSatisfy { exists($0.date, as: order) } }
    return (possible.isEmpty ? orders : possible).map { $0.joined(separator: String(Character(sign))) }
  }
}
