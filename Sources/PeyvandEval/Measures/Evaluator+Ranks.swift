import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// Ranks over all rows of a pipeline.
extension Evaluator {
  /// The rank of each of some values: 1 for the least, equal ones share the mean of their places; a percentile rank is
  /// (rank − ½) / n. What is missing has none and is not among the n.
  /// - Complexity: n log n.
  func ranks(_ vector: Vector, _ rank: CheckedRank) throws(Diagnostics) -> Vector {
    let values = try values(of: vector, type: rank.column.expression.type)
    var places: [Int] = []
    var numbers: [Double] = []
    for (place, value) in values.enumerated() {
      guard let number = value.magnitude(in: rank.column.expression.type) else { continue }
      places.append(place)
      numbers.append(number)
    }
    var result = [Value](repeating: .missing, count: values.count)
    let count = Double(numbers.count)
    for (place, position) in zip(places, Correlation.ranks(numbers)) where result.indices.contains(place) {
      result[place] = .number(rank.isShare ? (position - 0.5) / count : position)
    }
    return try self.vector(of: result, type: rank.column.header.type)
  }
}
