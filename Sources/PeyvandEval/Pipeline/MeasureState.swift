import PeyvandBase
import PeyvandCheck
import PeyvandData

/// The groups of all batches so far, in the order in which they were first met.
struct MeasureState: Sendable {
  /// The values of one aggregate that are kept.
  struct Collected: Sendable {
    var ids: [Int32] = []
    var values: [Vector] = []
    var second: [Vector] = []
    var third: [Vector] = []
    var sources: [Int32] = []
    var isOncePerSource = false
  }

  private var columns: [KeyColumn]
  /// Of each key its different values.
  private var values: [CodeTable]
  /// Of each key but the first its combinations with those before it.
  private var pairs: [CodeTable]
  /// Of each key and each group the number of its value.
  private(set) var numbers: [[Int32]]
  private(set) var groups: Int
  var folds: [GroupFold]
  var collected: [Collected]
  var quantiles: [QuantileFold]
  private(set) var outcomes: [GroupFold?]
  /// Totals of lists with one value a row, each row's once.
  private(set) var once: [GroupFold.Totals?]
  private(set) var rowsByGroup: [Int]
  private(set) var rows = 0
  private(set) var entered = 0
  private(set) var bytes = 0
  private(set) var draft = ReceiptDraft()

  init(_ plan: MeasurePlan) {
    columns = plan.keys.map { _ in KeyColumn() }
    values = plan.keys.map { _ in CodeTable() }
    pairs = plan.keys.dropFirst().map { _ in CodeTable() }
    numbers = plan.keys.map { _ in [] }
    // Without keys there is one group, also where there is no row.
    groups = plan.keys.isEmpty ? 1 : 0
    rowsByGroup = plan.keys.isEmpty ? [0] : []
    folds = plan.parts.map { GroupFold($0.fold ?? .count) }
    collected = plan.parts.map { _ in Collected() }
    quantiles = plan.parts.map { _ in QuantileFold() }
    outcomes = plan.lists.map { _ in nil }
    once = plan.lists.map { _ in nil }
  }

  mutating func add(_ part: MeasurePart) {
    let map = number(part)
    for (group, rows) in zip(map, part.rowsByGroup) { rowsByGroup[Int(group)] += rows }
    for index in folds.indices { folds[index].merge(part.folds[index], map: map, groups: groups) }
    for index in quantiles.indices {
      if let numbers = part.numbers[index] { quantiles[index].add(numbers, map: map) }
    }
    for index in collected.indices {
      guard let new = part.collected[index] else { continue }
      collected[index].ids += Places.through(new.ids, map)
      collected[index].values.append(new.values)
      if let second = new.second { collected[index].second.append(second) }
      if let third = new.third { collected[index].third.append(third) }
      if let sources = new.sources { collected[index].sources += sources }
      collected[index].isOncePerSource = collected[index].isOncePerSource || new.isOncePerSource
    }
    for index in once.indices {
      guard let fold = part.once[index] else { continue }
      var totals = once[index] ?? GroupFold.Totals()
      totals.add(fold.totals)
      once[index] = totals
    }
    for index in outcomes.indices {
      guard let outcome = part.outcomes[index] else { continue }
      var whole = outcomes[index] ?? GroupFold(.count)
      whole.merge(outcome, map: map, groups: groups)
      outcomes[index] = whole
    }
    rows += part.rows
    entered += part.entered
    bytes += part.bytes
    draft.filterUnknown += part.draft.filterUnknown
    draft.filterOpen += part.draft.filterOpen
    draft.several += part.draft.several
    draft.insideUnknown += part.draft.insideUnknown
    draft.insideOpen += part.draft.insideOpen
    draft.tally.add(part.draft.tally)
  }

  /// The groups here of a batch's groups.
  private mutating func number(_ part: MeasurePart) -> [Int32] {
    guard !columns.isEmpty else { return [0] }
    var map: [Int32] = []
    var numbered: [[Int32]] = []
    for key in columns.indices {
      let codes = columns[key].codes(of: part.keys[key])
      var own: [Int32] = []
      own.reserveCapacity(codes.count)
      for code in codes { own.append(values[key].number(of: code)) }
      numbered.append(own)
      map = key == 0 ? own : combine(map, own, key)
    }
    grow(to: columns.count == 1 ? values[0].count : pairs[columns.count - 2].count)
    for (row, group) in map.enumerated() {
      for key in columns.indices { numbers[key][Int(group)] = numbered[key][row] }
    }
    return map
  }

  private mutating func combine(_ map: [Int32], _ own: [Int32], _ key: Int) -> [Int32] {
    var combined: [Int32] = []
    combined.reserveCapacity(map.count)
    for (before, number) in zip(map, own) {
      combined.append(pairs[key - 1].number(of: Int64(before) << 32 | Int64(number)))
    }
    return combined
  }

  private mutating func grow(to count: Int) {
    guard count > groups else { return }
    for key in numbers.indices { numbers[key] += [Int32](repeating: 0, count: count - groups) }
    rowsByGroup += [Int](repeating: 0, count: count - groups)
    groups = count
  }

  /// The different values of a key, by number.
  func distinctValues(ofKey key: Int) -> Vector { columns[key].vector(of: values[key].codes) }

  /// Adds the combinations of the last key's values with those of the keys before it that no row has.
  mutating func fillCross() {
    guard let last = numbers.last, numbers.count >= 1 else { return }
    var rowsOf: [[Int32]: Set<Int32>] = [:]
    var order: [[Int32]] = []
    for group in 0..<groups {
      let before = numbers.dropLast().map { $0[group] }
      if rowsOf[before] == nil { order.append(before) }
      rowsOf[before, default: []].insert(last[group])
    }
    for before in order {
      for value in 0..<Int32(clamping: values[numbers.count - 1].count)
      where rowsOf[before]?.contains(value) == false {
        for (key, number) in before.enumerated() { numbers[key].append(number) }
        numbers[numbers.count - 1].append(value)
        rowsByGroup.append(0)
        groups += 1
      }
    }
  }

  /// How many cells a cross table over the last key will have.
  var crossCells: Int {
    guard let last = values.last else { return 0 }
    var before: Set<[Int32]> = []
    for group in 0..<groups { before.insert(numbers.dropLast().map { $0[group] }) }
    let (cells, overflow) = before.count.multipliedReportingOverflow(by: last.count)
    return overflow ? Int.max : cells
  }
}
