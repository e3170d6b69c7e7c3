import PeyvandCheck
import PeyvandData

/// Why a sum, a mean or a spread of values that are there is missing: on the way to it a number went beyond the largest that
/// there is. A blank that says nothing would pass for "no values".
enum TooLarge {
  static let note = "values too large to add up: no result"

  /// From how many values a function has a result; nil for those that nothing can make too large.
  private static func least(_ function: AggregateFunction) -> Double? {
    switch function {
    case .sum, .mean, .median, .percentile: 1
    case .stdev: 2
    default: nil
    }
  }

  /// How many results are missing although there were values enough.
  static func count(_ function: AggregateFunction, _ result: Vector, used: (Int) -> Double) -> Int {
    guard let least = least(function), case .numbers = result.storage, let present = result.presence else { return 0 }
    return (0..<result.count).count { present[$0] == 0 && used($0) >= least }
  }
}
