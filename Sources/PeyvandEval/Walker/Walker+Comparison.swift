import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Comparisons and tests, by the kernel that the checker chose.
extension Walker {
  mutating func compare(
    _ operation: ComparisonOperation, _ kernel: ComparisonKernel, _ left: CheckedExpression,
    _ right: CheckedExpression, _ frame: Frame
  ) throws(Diagnostics) -> Slab<UInt8> {
    let a = try evaluate(left, in: frame)
    let b = try evaluate(right, in: frame)
    return try compared(operation, kernel, a, left.type, b, right.type, at: left.range)
  }

  func compared(
    _ operation: ComparisonOperation, _ kernel: ComparisonKernel, _ a: Vector, _ leftType: ValueType, _ b: Vector,
    _ rightType: ValueType, at range: SourceRange
  ) throws(Diagnostics) -> Slab<UInt8> {
    if leftType == .missing || rightType == .missing {
      return Slab(repeating: ComparisonKernels.unknown(operation), count: a.count)
    }
    if kernel == .duration { return compareDurations(operation, a, leftType, b, rightType) }
    let plain: Slab<UInt8>
    switch (a.storage, b.storage) {
    case (.numbers(let x), .numbers(let y)): plain = ComparisonKernels.numbers(operation, x, y)
    case (.days(let x), .days(let y)): plain = ComparisonKernels.int32(operation, x, y)
    case (.instants(let x), .instants(let y)): plain = ComparisonKernels.int64(operation, x, y)
    case (.texts(let x, let left), .texts(let y, let right)):
      plain = ComparisonKernels.texts(operation, x, left, y, right, cache: cache)
    case (.truths(let x), .truths(let y)): return ComparisonKernels.truths(operation, x, y)
    case (.rows(let x, let family), .rows(let y, let other)):
      let presence = (Presence.ofRows(x), Presence.ofRows(y))
      guard family == other else {
        let different = Slab<UInt8>(repeating: operation == .notEqual ? Truth.yes : Truth.no, count: x.count)
        return ComparisonKernels.marked(different, operation, presence.0, presence.1)
      }
      if operation == .equal || operation == .notEqual {
        plain = ComparisonKernels.int32(operation, x, y)
      } else {
        let (left, right) = try keyRanks(x, y, family: family)
        plain = ComparisonKernels.int32(operation, left, right)
      }
      return ComparisonKernels.marked(plain, operation, presence.0, presence.1)
    case (.instants(let x), .days(let y)):
      plain = ComparisonKernels.int64(operation, x, time.firstInstants(ofDays: y))
    case (.days(let x), .instants(let y)):
      plain = ComparisonKernels.int64(operation, time.firstInstants(ofDays: x), y)
    default: throw EvaluationDiagnostics.malformed("a comparison of two forms", at: range)
    }
    return ComparisonKernels.marked(plain, operation, a.present, b.present)
  }

  private func compareDurations(
    _ operation: ComparisonOperation, _ a: Vector, _ leftType: ValueType, _ b: Vector, _ rightType: ValueType
  ) -> Slab<UInt8> {
    let plain: Slab<UInt8>
    if let x = seconds(a, leftType), let y = seconds(b, rightType) {
      plain = ComparisonKernels.numbers(operation, x, y)
    } else if leftType == .duration(.months), rightType == .duration(.months), case .numbers(let x) = a.storage,
      case .numbers(let y) = b.storage
    {
      plain = ComparisonKernels.numbers(operation, x, y)
    } else {
      plain = ComparisonKernels.durations(operation, durations(a, leftType), durations(b, rightType))
    }
    return ComparisonKernels.marked(plain, operation, a.present, b.present)
  }

  mutating func inRange(
    _ value: CheckedExpression, _ kernel: ComparisonKernel, _ from: CheckedExpression?, _ upTo: CheckedExpression?,
    _ frame: Frame
  ) throws(Diagnostics) -> Slab<UInt8> {
    let vector = try evaluate(value, in: frame)
    var result: Slab<UInt8>?
    for (bound, operation) in [(from, ComparisonOperation.greaterOrEqual), (upTo, .less)] {
      guard let bound else { continue }
      let limit = try evaluate(bound, in: frame)
      let test = try compared(operation, kernel, vector, value.type, limit, bound.type, at: value.range)
      result = result.map { TruthKernels.bothKnown($0, test) } ?? test
    }
    if let result { return result }
    // No bound at all: every value there is lies within.
    return mappedPresence(vector.presence, count: frame.count)
  }

  private func mappedPresence(_ presence: Slab<UInt8>?, count: Int) -> Slab<UInt8> {
    let yes = Vector(.truths(Slab(repeating: Truth.yes, count: count))).masked(by: presence)
    guard case .truths(let truths) = yes.storage else { return Slab(repeating: Truth.yes, count: count) }
    return truths
  }

  mutating func textTest(
    _ test: TextTest, _ left: CheckedExpression, _ right: CheckedExpression, _ frame: Frame
  ) throws(Diagnostics) -> Slab<UInt8> {
    let a = try evaluate(left, in: frame)
    let b = try evaluate(right, in: frame)
    guard case .texts(let codes, let dictionary) = a.storage, case .texts(let others, let other) = b.storage else {
      if left.type == .missing || right.type == .missing {
        return Slab(repeating: Truth.unknown, count: frame.count)
      }
      throw EvaluationDiagnostics.malformed("a test of what is no text", at: left.range)
    }
    let kind: TextTestKind =
      switch test {
      case .contains: .contains
      case .startsWith: .startsWith
      case .endsWith: .endsWith
      case .matches: .matches
      }
    let plain: Slab<UInt8>
    if others.isConstant, let code = others[0] {
      guard let test = TextKernels.Test(kind, other[code], unless: context.interruption) else {
        throw EvaluationDiagnostics.notAPattern(at: right.range)
      }
      plain = TextKernels.test(codes, dictionary, test, cache: cache)
    } else {
      plain = TextKernels.test(
        kind, codes, dictionary, others, other, unless: context.interruption)
      guard ComparisonKernels.isAllPlain(plain) else { throw EvaluationDiagnostics.notAPattern(at: right.range) }
    }
    // What was interrupted is no answer.
    try look()
    return ComparisonKernels.marked(plain, .equal, a.present, b.present)
  }

  mutating func among(
    _ value: CheckedExpression, _ kernel: ComparisonKernel, _ list: CheckedList, _ frame: Frame, at range: SourceRange
  ) throws(Diagnostics) -> Vector {
    let vector = try evaluate(value, in: frame)
    let many = try self.list(list, in: frame)
    let spread = vector.gathered(SetKernels.owners(many.offsets))
    // Missing ones among the many equal nothing and hide nothing.
    let tests = try compared(.equal, kernel, spread, value.type, many.values, value.type, at: range)
    let known = SetKernels.replaced(tests, by: Truth.no, whereNot: many.values.presence)
    let any = SegmentKernels.combined(many.offsets, known, every: false)
    return Vector(.truths(any)).masked(by: vector.presence)
  }

  // MARK: Order

  /// What the elements of a vector are sorted and told apart by. Missing elements have any.
  package func orderKeys(of vector: Vector) throws(Diagnostics) -> OrderKeys {
    switch vector.storage {
    case .numbers(let values): return .numbers(values)
    case .days(let values): return .words(values)
    case .instants(let values): return .longs(values)
    case .texts(let codes, let dictionary): return .words(Gathering.int32(Slab(dictionary.ranks(cache)), at: codes))
    case .truths(let truths): return .words(TruthKernels.words(truths))
    case .rows(let rows, let family): return .words(try keyRanks(rows, Slab([]), family: family).0)
    case .durations(let values): return .numbers(NumberKernels.approximateSeconds(values))
    case .lists: return .words(Slab(SetKernels.ramp(max(0, vector.count - 1))))
    }
  }

  /// The places of rows in the order of their keys: one order for both.
  private func keyRanks(_ a: Slab<Int32>, _ b: Slab<Int32>, family: KindID) throws(Diagnostics) -> (
    Slab<Int32>, Slab<Int32>
  ) {
    var different = (a.isConstant ? a.slice(0..<1).array : a.array) + (b.isConstant ? b.slice(0..<1).array : b.array)
    let all = SetKernels.normalized(
      RowSets(offsets: [0, Int32(clamping: different.count)], rows: Slab(different), family: family), places: nil,
      order: nil, base: 0)
    different = all.rows.array.filter { $0 >= 0 }
    let texts = try context.source.keys(of: different, family: family)
    let order = different.indices.sorted {
      texts.indices.contains($0) && texts.indices.contains($1) ? compareText(texts[$0], texts[$1]) < 0 : $0 < $1
    }
    var ranks: [Int32: Int32] = [:]
    for (place, index) in order.enumerated() { ranks[different[index]] = Int32(clamping: place) }
    func ranked(_ rows: Slab<Int32>) -> Slab<Int32> {
      if rows.isConstant { return Slab(repeating: ranks[rows[0] ?? -1] ?? -1, count: rows.count) }
      return Slab(rows.array.map { ranks[$0] ?? -1 })
    }
    return (ranked(a), ranked(b))
  }
}
