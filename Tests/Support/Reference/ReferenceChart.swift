import PeyvandBase
import PeyvandCheck
import PeyvandData

/// A chart of individuals by its definition: the limits, and for each point the rules that it is part of breaking.
package struct ReferenceChart {
  package var mean = 0.0
  package var low = 0.0
  package var high = 0.0
  /// Of each point, in the order of the rules: the rule, and whether above or rising.
  package var signals: [[(rule: String, isHigh: Bool)]] = []

  /// Nothing for fewer than five.
  package init?(_ values: [Double], from baseline: Int? = nil) {
    let base = Array(values.prefix(baseline ?? values.count))
    guard base.count >= 5 else { return nil }
    // What rounding leaves of a mean is put right, so that equal values have it exactly.
    let rough = base.reduce(0, +) / Double(base.count)
    mean = rough + base.reduce(0) { $0 + ($1 - rough) } / Double(base.count)
    var moved = 0.0
    for place in 1..<base.count { moved += abs(base[place] - base[place - 1]) }
    let half = 3 * (moved / Double(base.count - 1)) / 1.128
    (low, high) = (mean - half, mean + half)
    signals = values.map { _ in [] }
    for (place, value) in values.enumerated() where value > high || value < low {
      signals[place].append(("point outside", value > mean))
    }
    // Every stretch of seven neighbours on one side; a point belongs to one where any such stretch holds it.
    func mark(_ rule: String, _ stretch: ClosedRange<Int>, _ isHigh: Bool) {
      for place in stretch where !signals[place].contains(where: { $0.rule == rule && $0.isHigh == isHigh }) {
        signals[place].append((rule, isHigh))
      }
    }
    for start in values.indices where start + 6 < values.count {
      let seven = values[start...(start + 6)]
      if seven.allSatisfy({ $0 > mean }) { mark("7 on one side", start...(start + 6), true) }
      if seven.allSatisfy({ $0 < mean }) { mark("7 on one side", start...(start + 6), false) }
    }
    for start in values.indices where start + 6 < values.count {
      let steps = (start..<(start + 6)).map { values[$0 + 1] - values[$0] }
      if steps.allSatisfy({ $0 > 0 }) { mark("7 trending", start...(start + 6), true) }
      if steps.allSatisfy({ $0 < 0 }) { mark("7 trending", start...(start + 6), false) }
    }
    for isHigh in [true, false] where half > 0 {
      let isNear = values.map { isHigh ? $0 - mean > half * 2 / 3 : mean - $0 > half * 2 / 3 }
      for first in values.indices {
        for last in values.indices where last > first && last - first <= 2 && isNear[first] && isNear[last] {
          mark("2 of 3 near a limit", first...last, isHigh)
        }
      }
    }
  }
}

extension ReferenceEvaluator {
  func controlled(_ derivation: CheckedDerivation, _ values: [ReferenceValue], _ rows: [ReferenceRow]) throws
    -> [ReferenceRow]
  {
    let places = values.indices.filter { !values[$0].isShownMissing }
    let numbers = places.map { number(values[$0]) }
    var baseline: Int?
    if let parameter = derivation.parameters.first, case .number(let asked) = try evaluate(parameter, ReferenceRow()) {
      baseline = min(max(5, Int(asked)), numbers.count)
    }
    func like(_ number: Double) -> ReferenceValue {
      guard let sample = places.first.map({ values[$0] }), case .duration = sample else { return .finite(number) }
      let inDays = places.contains { if case .duration(let length) = values[$0] { length.days != 0 } else { false } }
      return .duration(inDays ? Duration(days: number / 86_400) : Duration(seconds: number))
    }
    let chart = ReferenceChart(numbers, from: baseline)
    var result = rows
    for row in result.indices { for header in derivation.columns { result[row].columns[header.id] = .missing } }
    guard let chart else { return result }
    for (index, row) in places.enumerated() {
      let cells: [ReferenceValue] = [
        like(chart.mean), like(chart.low), like(chart.high),
        index > 0 ? like(abs(numbers[index] - numbers[index - 1])) : .missing,
        chart.signals[index].isEmpty
          ? .missing
          : .text(chart.signals[index].map { "\($0.rule), \($0.isHigh ? "high" : "low")" }.joined(separator: "; ")),
      ]
      for (header, cell) in zip(derivation.columns, cells) { result[row].columns[header.id] = cell }
    }
    return result
  }
}
