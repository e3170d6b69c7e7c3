/// Cases by which of several indicators they have (who passed which stage), with an outcome each.
///
/// Whatever is asked of such cases is asked of the patterns that occur, of which there are few, and not of the cases.
package struct IndicatorTable: Sendable {
  /// Cases of one pattern, and equal outcomes among them taken together.
  package struct Cell: Sendable {
    /// A bit for each indicator.
    package var pattern: Int
    package var outcomes: [(value: Double, count: Int)]
    package init(pattern: Int, outcomes: [(value: Double, count: Int)]) {
      self.pattern = pattern
      self.outcomes = outcomes
    }
  }

  /// For each pattern: how many, the sum of their outcomes and the sum of the ranks of these.
  private let cells: [(pattern: Int, count: Double, sum: Double, ranks: Double)]
  private let count: Double
  /// Sums of squares about the mean: of the outcomes, and of their ranks.
  private let squares: Double
  private let rankSquares: Double
  private let mean: Double

  /// Outcomes are taken in units of the largest, so that none is too large for its square. Those that are no finite
  /// number, and cells of nobody, are passed over.
  package init(_ cells: [Cell]) {
    var flat: [(value: Double, count: Int, cell: Int)] = []
    for (place, cell) in cells.enumerated() {
      flat += cell.outcomes.filter { $0.value.isFinite && $0.count > 0 }.map { ($0.value, $0.count, place) }
    }
    let unit = flat.reduce(0) { max($0, $1.value.magnitude) }
    let scale = unit > 0 ? unit : 1
    flat.sort { $0.value < $1.value }
    let total = flat.reduce(0.0) { $0 + Double($1.count) }
    let mean = flat.reduce(0.0) { $0 + $1.value / scale * Double($1.count) } / max(1, total)
    var (counts, sums) = ([Double](repeating: 0, count: cells.count), [Double](repeating: 0, count: cells.count))
    var ranks = sums
    var (squares, rankSquares) = (0.0, 0.0)
    var (start, before) = (0, 0.0)
    for index in flat.indices where index + 1 == flat.count || flat[index + 1].value != flat[index].value {
      let tied = flat[start...index].reduce(0.0) { $0 + Double($1.count) }
      // Equal ones share the mean of their ranks.
      let rank = before + (tied + 1) / 2
      for one in flat[start...index] {
        let many = Double(one.count)
        counts[one.cell] += many
        sums[one.cell] += one.value / scale * many
        ranks[one.cell] += rank * many
      }
      let value = flat[index].value / scale - mean
      squares += value * value * tied
      rankSquares += (rank - (total + 1) / 2) * (rank - (total + 1) / 2) * tied
      (start, before) = (index + 1, before + tied)
    }
    self.cells = cells.indices.filter { counts[$0] > 0 }.map { (cells[$0].pattern, counts[$0], sums[$0], ranks[$0]) }
    (count, self.squares, self.rankSquares, self.mean) = (total, squares, rankSquares, mean)
  }

  /// How many have an indicator, and how many have both of two.
  private func have(_ first: Int, _ second: Int) -> Double {
    let bits = 1 << first | 1 << second
    return cells.reduce(0) { $1.pattern & bits == bits ? $0 + $1.count : $0 }
  }

  /// Spearman's coefficient of an indicator and the outcome: Pearson's of their ranks, which of an indicator are as good
  /// as itself. Nil where either does not vary.
  package func spearman(_ indicator: Int) -> Double? {
    let n = have(indicator, indicator)
    let variance = n * (count - n) / max(1, count)
    guard variance > 0, rankSquares > 0 else { return nil }
    let covariance = cells.reduce(0) {
      $1.pattern & 1 << indicator == 0 ? $0 : $0 + $1.ranks - $1.count * (count + 1) / 2
    }
    return min(1, max(-1, covariance / (variance.squareRoot() * rankSquares.squareRoot())))
  }

  /// How R² of the outcome is shared among some of the indicators. Nil where the outcome does not vary.
  package func importance(of indicators: [Int]) -> RelativeImportance? {
    guard count > 0 else { return nil }
    let among = indicators.map { a in
      indicators.map { b in have(a, b) - have(a, a) * have(b, b) / count }
    }
    let with = indicators.map { indicator in
      cells.reduce(0) { $1.pattern & 1 << indicator == 0 ? $0 : $0 + $1.sum - $1.count * mean }
    }
    return RelativeImportance(predictors: among, outcome: with, total: squares)
  }
}
