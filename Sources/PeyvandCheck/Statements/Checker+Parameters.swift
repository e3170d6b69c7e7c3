import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Parameters: the default says what they are, the command line may give another value of that.
extension Checker {
  /// The value of a parameter; nothing where what was given is none of its default's.
  ///
  /// A duration given keeps its own parts: `90 days` for a default of `6 months` is 90 days wherever it is used.
  mutating func parameter(_ name: Name, default value: CheckedExpression) -> CheckedExpression? {
    guard let given = environment.given[nameKey(name.text)] else { return value }
    if value.type == .text { return constant(.text(given.text), .text, value.range) }
    let before = complaints.count
    let unions = catalogue.unions
    if let query = given.query, let taken = taken(query, as: value.type) { return taken }
    // What was wrong with it is told once, as an option of the command line.
    complaints.takeBack(after: before)
    environment.catalogue.unions = unions
    report(CheckDiagnostics.argument(name.text, given.text, wanted: words(value.type), at: name.range))
    return nil
  }

  private mutating func taken(_ query: Query, as type: ValueType) -> CheckedExpression? {
    guard let term = value(of: query, in: Scope()), let value = asOne(term, query.range, wanted: "here") else {
      return nil
    }
    if isWhen(type), let year = asYear(value) { return type == .time ? firstInstant(year) : firstDay(year) }
    switch (type, value.type) {
    case (.date, .period), (.date, .time): return firstDay(value)
    case (.time, .date), (.time, .period): return firstInstant(value)
    case (.duration, .duration), (.number, .number), (.missing, _): return value
    default: return value.type == type || value.type == .missing ? value : nil
    }
  }
}
