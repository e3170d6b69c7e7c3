import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// `rank(E)` and `percentile_rank(E)`: where a row stands among the rows.
///
/// A rank is no property of a row, so it is read in the columns of `with` and `select` alone, where all rows are at
/// hand; it becomes a column of its own, worked out over all of them before the stage that names it.
extension Checker {
  /// Reads something in which ranks may stand.
  /// - Returns: what was read, and the ranks it needs, which are to be made before it.
  mutating func ranking<Read>(
    in scope: Scope, _ read: (inout Checker) -> Read
  ) -> (read: Read, ranks: [CheckedRank]) {
    let outside = ranks
    defer { ranks = outside }
    ranks = Ranks(depth: scope.entries.count, found: [])
    let read = read(&self)
    return (read, ranks?.found ?? [])
  }

  /// The ranks found in a stage, and how many things were in reach where it began: what has more in reach stands inside
  /// a set of its own, whose elements are no rows.
  struct Ranks {
    var depth: Int
    var found: [CheckedRank]
  }

  mutating func rank(
    isShare: Bool, _ arguments: [ArgumentSyntax], _ name: Name, _ range: SourceRange, in scope: Scope
  ) -> Term {
    guard arguments.count == 1 else {
      report(CheckDiagnostics.arguments(name.text, wanted: "one value a row: `\(name.text)(spent)`", at: range))
      return .invalid
    }
    guard let place = ranks, scope.entries.count == place.depth, !isGroup else {
      report(CheckDiagnostics.rankOfWhat(name.text, at: range))
      return .invalid
    }
    guard let value = one(arguments[0].value, in: scope, wanted: "to be ranked") else { return .invalid }
    switch value.type {
    case .number, .duration: break
    default:
      report(
        CheckDiagnostics.wrongType(
          "`\(name.text)`", wanted: "a number or a duration", found: words(value.type), at: value.range))
      return .invalid
    }
    let type: ValueType = isShare ? .number(.share) : .plainNumber
    let column = CheckedColumn(
      header: .init(id: freshColumn(), name: text(of: range), type: type, isHidden: true), expression: value)
    ranks?.found.append(CheckedRank(column: column, isShare: isShare))
    return .one(CheckedExpression(.column(column.header.id), type, range))
  }
}
