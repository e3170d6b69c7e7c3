import PeyvandBase
import PeyvandCheck
import PeyvandData

extension Walker {
  /// Works something out as a node of the profile, below the one at hand.
  mutating func noted<Value>(
    _ profile: TimeProfile, _ word: String, at range: SourceRange,
    _ body: (inout Walker) throws(Diagnostics) -> Value, measure: (Value) -> (rows: Int, bytes: Int)
  ) throws(Diagnostics) -> Value {
    let outer = profileNode
    let node = profile.node(word, at: range, below: outer)
    profileNode = node
    defer { profileNode = outer }
    let begun = ContinuousClock.now
    let value = try body(&self)
    let (rows, bytes) = measure(value)
    profile.add(node, rows: rows, bytes: bytes, nanoseconds: TimeProfile.nanoseconds(since: begun))
    return value
  }
}

extension Evaluator {
  /// A step over all rows as a node of the profile.
  func noted<Value>(
    _ word: String, at range: SourceRange? = nil, rows: Int, _ body: () throws(Diagnostics) -> Value
  ) throws(Diagnostics) -> Value {
    guard let profile = context.profile else { return try body() }
    let node = profile.node(word, at: range, below: -1)
    let begun = ContinuousClock.now
    let value = try body()
    profile.add(node, rows: rows, bytes: 0, nanoseconds: TimeProfile.nanoseconds(since: begun))
    return value
  }
}

extension Vector {
  /// About how many bytes its values take.
  var bytes: Int {
    let mask = present == nil ? 0 : count
    switch storage {
    case .numbers, .instants: return count * 8 + mask
    case .texts, .days, .rows: return count * 4 + mask
    case .truths: return count
    case .durations: return count * 24 + mask
    case .lists(let offsets, let elements): return offsets.count * 4 + elements.bytes + mask
    }
  }
}

extension CheckedExpression.Node {
  /// What a node does, in a word; nothing for what costs nothing, such as a literal.
  var word: String? {
    switch self {
    case .constant, .variable, .now, .today, .binding, .column: nil
    case .field: "field"
    case .key: "key"
    case .kindName: "kind"
    case .isKind: "test of kind"
    case .negate, .arithmetic: "arithmetic"
    case .compare, .inRange, .oneOf, .among: "comparison"
    case .textTest: "test of text"
    case .not, .and, .or, .isMissing, .isOpen: "logic"
    case .otherwise, .conditional: "choice"
    case .call: "function"
    case .period, .weekday, .hour, .when: "calendar"
    case .interpolation: "text"
    case .list: "list"
    case .aggregate(let aggregate): aggregate.function.rawValue
    case .pick: "pick"
    case .record: "record by key"
    case .holder: "who holds a tie"
    case .asOf: "as of"
    case .kpi: "KPI"
    case .query: "question"
    }
  }
}

extension CheckedSet.Node {
  var word: String {
    switch self {
    case .all, .ever: "all records"
    case .referring: "timelines"
    case .tied, .holding: "ties"
    case .through: "events through ties"
    case .expand, .expandToOne: "path"
    case .filter, .whileHeld: "filter"
    case .during: "time"
    case .ofKind: "kind"
    case .union: "both"
    case .single: "record"
    case .variable: "kept records"
    case .repeated: "hops"
    }
  }
}

extension CheckedStage {
  /// Where a stage stands in the text: from its first expression to its last.
  var range: SourceRange? {
    switch self {
    case .filter(let condition): condition.range
    case .with(let columns), .select(let columns): columns.first?.expression.range
    case .each(let set, _): set.range
    default: nil
    }
  }
}
