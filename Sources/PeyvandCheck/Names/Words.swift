import PeyvandBase
import PeyvandData

/// The names of functions, constants and units: the checker's one table of words, from which a second
/// spelling will be read. (Keywords of the grammar stand in `PeyvandSyntax`.)
enum ConstantWords {
  static let table: [String: Constant] = {
    var table: [String: Constant] = [
      "now": .now, "today": .today, "yes": .yes, "no": .no, "missing": .missing, "it": .it,
      "weekday": .period(.weekday), "hour": .period(.hour),
    ]
    for unit in PeriodUnit.allCases { table[unit.name] = .period(.unit(unit)) }
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    for (index, day) in days.enumerated() { table[day] = .weekday(index) }
    return table
  }()
}

/// What every record has, and the times that events and ties have, whether declared or not.
package enum MemberWords {
  static let key = "key"
  static let kind = "kind"
  /// The field that people know a record by, where its kind has it.
  package static let name = "name"
  static let ofEveryRecord = [key, kind]
  static let at = "at"
  static let start = "start"
  static let end = "end"
  static let times = [at, start, end]
  /// Of a match: the time it took, and its part in working hours.
  static let elapsed = "elapsed"
  static let working = "working"
}

/// The calendars by their names.
enum CalendarWords {
  static let table: [(name: String, system: CalendarSystem)] = [("jalali", .jalali), ("gregorian", .gregorian)]
  static let names = table.map(\.name)
}

enum FunctionWord: Hashable, Sendable {
  case aggregate(AggregateFunction)
  case distinct, gaps
  case scalar(ScalarFunction)
  case period(PeriodFunction)
  case condition
  case working
  /// Where a row stands among all rows; as a share of them.
  case rank(isShare: Bool)
  case best, worst
  /// Of several lists, or with parameters by name.
  case statistic(AggregateFunction)
  case part(AggregatePart)
  case variant, rework
  /// A stage of its own.
  case table(TableFunction)
  case credit

  var takesLabels: Bool {
    switch self {
    case .statistic, .credit, .table: true
    default: false
    }
  }
}

/// Functions that make a table of all rows, and so stand alone as a stage.
enum TableFunction: String, Hashable, Sendable, CaseIterable {
  case control
  case bgnbd = "bg_nbd"
}

package enum FunctionWords {
  static let table: [String: FunctionWord] = {
    var table: [String: FunctionWord] = [
      "distinct": .distinct, "gaps": .gaps, "if": .condition, "working": .working, "best": .best, "worst": .worst,
      "rank": .rank(isShare: false), "percentile_rank": .rank(isShare: true),
      "weekday": .period(.weekday), "hour": .period(.hour),
      "round": .scalar(.round), "floor": .scalar(.floor), "abs": .scalar(.abs), "sqrt": .scalar(.sqrt),
      "log": .scalar(.log), "bucket": .scalar(.bucket), "length": .scalar(.length), "lower": .scalar(.lower),
      "credit": .credit, "variant": .variant, "rework": .rework, "low": .part(.low), "high": .part(.high),
      "p": .part(.p),
      "upper": .scalar(.upper), "trim": .scalar(.trim), "replace": .scalar(.replace),
    ]
    let aggregates: [AggregateFunction] = [
      .count, .sum, .mean, .median, .min, .max, .percentile, .stdev, .share, .any, .none, .every, .first, .last, .mode,
      .list,
    ]
    for function in aggregates { table[function.rawValue] = .aggregate(function) }
    let statistics: [AggregateFunction] = [
      .correlation, .medianUntil, .survival, .incidence, .logrank, .gini, .concentration, .trend, .autocorrelation,
      .spearman, .chiSquare, .oddsRatio, .riskRatio, .cramersV,
    ]
    for function in TableFunction.allCases { table[function.rawValue] = .table(function) }
    for function in statistics { table[function.rawValue] = .statistic(function) }
    for unit in PeriodUnit.allCases { table[unit.name] = .period(.unit(unit)) }
    return table
  }()
  package static let names: [String] = table.keys.sorted()
}

/// What a duration's unit is worth.
enum DurationUnit {
  case months(Int)
  case days(Int)
  case seconds(Int)
}

enum UnitWords {
  static let table: [String: DurationUnit] = {
    var table: [String: DurationUnit] = [:]
    let units: [(String, DurationUnit)] = [
      ("second", .seconds(1)), ("minute", .seconds(60)), ("hour", .seconds(3600)), ("day", .days(1)),
      ("week", .days(7)),
      ("month", .months(1)), ("quarter", .months(3)), ("year", .months(12)),
    ]
    for (name, unit) in units {
      table[name] = unit
      table[name + "s"] = unit
    }
    return table
  }()
  static let names = table.keys.sorted()
}
