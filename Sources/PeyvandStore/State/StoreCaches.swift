import PeyvandBase
import PeyvandData
import Synchronization

/// What questions and changes work out from the tables, kept until the tables change.
final class StoreCaches: Sendable {
  struct AdjacencyKey: Hashable, Sendable {
    var kind: KindID
    var field: FieldID
  }
  struct TimelineKey: Hashable, Sendable {
    var kind: KindID
    var fields: [FieldID]
  }
  struct OrderKey: Hashable, Sendable { var kind: KindID }

  let adjacencies = Memo<AdjacencyKey, Adjacency>()
  let timelines = Memo<TimelineKey, Adjacency?>()
  let times = Memo<TimelineKey, TimelineTimes?>()
  /// Those that questions ask for, and that there is none.
  let timeOrders = Memo<OrderKey, [Int32]?>()
  let timePlaces = Memo<OrderKey, [Int32]?>()
  let keyIndexes = Memo<KindID, KeyIndex>()
  let rowsOfSerials = Memo<KindID, [Int32]>()
  let fingerprints = Memo<KindID, FingerprintSet>()

  private let current = Mutex(Weak())
  private struct Weak {
    weak var orders: PassingOrders?
  }
  /// What questions that run now have in common, until the last of them ends.
  var passing: PassingOrders {
    current.withLock { current in
      if let orders = current.orders { return orders }
      let orders = PassingOrders()
      current.orders = orders
      return orders
    }
  }
}

/// Orders in time that timelines are built by, as long as somebody holds them: the timelines last, and of two that a
/// question builds by one order the second need not sort again.
final class PassingOrders: Sendable {
  let orders = Memo<StoreCaches.OrderKey, [Int32]?>()
}

extension StoreState {
  /// The rows of a kind in time order across its special kinds; nil where they stand so.
  static func makeTimeOrder(
    of kind: KindID, in table: FamilyTable, _ catalogue: Catalogue
  ) throws(Diagnostics) -> [Int32]? {
    let rows = table.rows(of: kind, in: catalogue)
    let serials = try table.identity.get().serials
    var order =
      RowOrder.ordered(rows, by: serials)
      ?? StableOrder.refined(rows.map { Int32(truncatingIfNeeded: $0) }, by: serials.map { Int64($0) })
    // What happens is mostly recorded as it happens, so that the order recorded is the order in time.
    if let field = catalogue.timeField(of: kind), let column = try table.columns[field.id]?.get(),
      !TimeSearch.isInTime(order, in: column)
    {
      order = StableOrder.refined(order, by: FamilyTable.sortKeys(column, count: table.count))
    }
    return RowOrder.isRun(order, from: rows.lowerBound) ? nil : order
  }

  /// The same for building timelines: one that a question keeps, else one that goes when the question does.
  func buildingOrder(of kind: KindID) throws(Diagnostics) -> [Int32]? {
    guard needsOrder(kind), let table = table(ofKind: kind) else { return nil }
    let key = StoreCaches.OrderKey(kind: kind)
    if let kept = caches.timeOrders.standing(key, versions: [table.version]) { return kept }
    let catalogue = catalogue
    let order = try caches.passing.orders.value(for: key, versions: [table.version]) { () throws(Diagnostics) in
      try Self.makeTimeOrder(of: kind, in: table, catalogue)
    }
    // That there is none is worth knowing for good.
    if order == nil { caches.timeOrders.set(nil, for: key, versions: [table.version]) }
    return order
  }

  /// For each target the rows that refer to it, in time order.
  func makeAdjacency(
    of kind: KindID, by field: Field, in table: FamilyTable, targets: Int
  ) throws(Diagnostics) -> Adjacency {
    let rows = table.rows(of: kind, in: catalogue)
    func timelines(_ goals: [TimelineBuilding.Goals], in order: [Int32]?) -> Adjacency {
      TimelineBuilding.timelines(of: rows, in: order, by: goals, targets: targets) ?? Adjacency(offsets: [0], rows: [])
    }
    guard let column = try table.columns[field.id]?.get() else { return timelines([], in: nil) }
    let order = try buildingOrder(of: kind)
    if case .list(let bounds, let elements) = column.storage, case .reference(let goals, _) = elements.storage {
      return Self.listAdjacency(
        rows: rows, order: order, base: column.base, bounds: bounds, goals: goals, targets: targets)
    }
    guard let goals = column.rows else { return timelines([], in: nil) }
    return timelines([.init(goals, base: column.base)], in: order)
  }

  /// The same for lists of references: a row stands once with each record it names.
  private static func listAdjacency(
    rows: Range<Int>, order: [Int32]?, base: Int, bounds: [Int32], goals: Packed<Int32>, targets: Int
  ) -> Adjacency {
    var pairs: [(goal: Int32, row: Int32)] = []
    func gather(_ row: Int) {
      let index = row - base
      guard index >= 0, index + 1 < bounds.count, bounds[index] <= bounds[index + 1] else { return }
      var met: Set<Int32> = []
      for element in Int(bounds[index])..<Int(bounds[index + 1]) where goals.indices.contains(element) {
        let goal = goals[element]
        if goal >= 0, Int(goal) < targets, met.insert(goal).inserted {
          pairs.append((goal, Int32(truncatingIfNeeded: row)))
        }
      }
    }
    if let order {
      for row in order { gather(Int(row)) }
    } else {
      for row in rows { gather(row) }
    }
    var offsets = [Int32](repeating: 0, count: targets + 1)
    for pair in pairs { offsets[Int(pair.goal) + 1] += 1 }
    for goal in 0..<targets { offsets[goal + 1] += offsets[goal] }
    var next = offsets
    var result = [Int32](repeating: 0, count: pairs.count)
    for pair in pairs {
      result[Int(next[Int(pair.goal)])] = pair.row
      next[Int(pair.goal)] += 1
    }
    return Adjacency(offsets: offsets, rows: result)
  }
}
