import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// Which stage goes with the outcome, where the stages go together among themselves: Spearman's coefficient of each,
/// and its part of R² (Shapley's, over all orders).
extension KPIEvaluation {
  /// What is said of one stage of a group.
  struct StageImportance: Sendable {
    var spearman: Double?
    var part: Double?
  }

  /// Of a group: each stage's importance, and R² of those together that could be compared.
  struct JourneyImportance: Sendable {
    var stages: [StageImportance]
    var rSquared: Double?
    var isTried = false
  }

  /// Cases grouped by which stages they came to, beside the keys: all that is asked is a matter of these few patterns.
  static func patterns(_ reached: [CheckedExpression]) -> CheckedColumn {
    let range = reached.first?.range ?? .none
    func number(_ value: Double) -> CheckedExpression {
      CheckedExpression(.constant(.number(value)), .plainNumber, range)
    }
    var sum = number(0)
    for (place, reached) in reached.enumerated() {
      let bit = CheckedExpression(
        .conditional([.init(condition: reached, value: number(Double(1 << place)))], otherwise: number(0)),
        .plainNumber, range)
      sum = CheckedExpression(.arithmetic(.add, sum, bit), .plainNumber, range)
    }
    return CheckedColumn(header: .init(id: ColumnID(-60_000), name: "", type: .plainNumber), expression: sum)
  }

  /// The importance of each stage in each group, `compared` saying which may be judged there.
  ///
  /// - Parameters:
  ///   - result: the cases by keys and patterns, the pattern being the last key.
  ///   - places: the group of each of its rows.
  func importance(
    _ aggregate: Aggregate, _ result: MeasureResult, places: [Int?], compared: [[Bool]]
  ) throws(Diagnostics) -> [JourneyImportance] {
    var cells = [[IndicatorTable.Cell]](repeating: [], count: compared.count)
    var patterns: [Value] = []
    if let last = result.keys.last { patterns = try evaluator.values(of: last, type: .plainNumber) }
    let samples = result.aggregates[aggregate].map { KPIMeasure.samples($0) } ?? []
    for (row, place) in places.enumerated() {
      guard let place, cells.indices.contains(place), patterns.indices.contains(row),
        case .number(let number) = patterns[row], let pattern = Int(exactly: number)
      else { continue }
      var outcomes: [(value: Double, count: Int)] = []
      if aggregate.function == .share {
        if let all = result.counts[aggregate]?.byGroup, all.indices.contains(row) {
          outcomes = [(0, all[row].used - all[row].yes), (1, all[row].yes)]
        }
      } else if samples.indices.contains(row) {
        outcomes = samples[row].map { ($0, 1) }
      }
      cells[place].append(.init(pattern: pattern, outcomes: outcomes))
    }
    var found: [JourneyImportance] = []
    for (cells, compared) in zip(cells, compared) {
      try evaluator.watchdog.look(at: kpi.measure.range)
      let table = IndicatorTable(cells)
      let tried = compared.indices.filter { compared[$0] }
      let importance = tried.isEmpty ? nil : table.importance(of: tried)
      var stages = compared.map { _ in StageImportance() }
      for (place, stage) in tried.enumerated() {
        stages[stage].spearman = table.spearman(stage)
        if let importance, importance.rSquared > 0 {
          stages[stage].part = importance.parts[place] / importance.rSquared
        }
      }
      found.append(.init(stages: stages, rSquared: importance?.rSquared, isTried: !tried.isEmpty))
    }
    return found
  }

  /// What the stages account for together, in words; nothing where the answer has groups.
  func remarks(_ importance: [JourneyImportance]) throws(Diagnostics) -> [String] {
    guard call.keys.isEmpty, let whole = importance.first, whole.isTried else { return [] }
    guard let rSquared = whole.rSquared else {
      return ["the outcome is the same for all, so nothing can go with it"]
    }
    let type = ValueType.number(.share)
    let text = try evaluator.labels(
      try evaluator.vector(of: [.number(rSquared)], type: type), .init(id: ColumnID(-13), name: "", type: type))
    return ["together they account for \(text.first ?? "") of the variance (R²); `r2_share` is each one's part of it"]
  }
}
