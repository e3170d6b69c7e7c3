/// How much each of several predictors has to do with an outcome, where they go together among themselves.
///
/// The coefficient of a regression says what one adds to all the others, and so gives nothing to two that say the same.
/// Here each is given what it adds to R² on the average over all orders in which the predictors may come: the Shapley
/// value of R², so that the parts add up to R² and none of them is negative (R. H. Lindeman, P. F. Merenda, R. Z. Gold,
/// "Introduction to Bivariate and Multivariate Analysis", 1980; U. Grömping, "Relative Importance for Linear Regression
/// in R", J. Stat. Software 17(1), 2006, where it is called lmg). It is exact: every subset is fitted.
package struct RelativeImportance: Hashable, Sendable {
  /// More would be too many subsets: 15 have 32,768.
  package static let mostPredictors = 15

  /// Of the outcome's variance, what all predictors together account for, 0 to 1.
  package let rSquared: Double
  /// Each predictor's part of it.
  package let parts: [Double]

  /// Of sums of squares and products about the means, or covariances: only their ratios count.
  ///
  /// - Parameters:
  ///   - predictors: those of the predictors with each other, a row each.
  ///   - outcome: those of each predictor with the outcome.
  ///   - total: that of the outcome with itself.
  /// - Returns: nil where the outcome does not vary, a number is not finite, or there are more than `mostPredictors`.
  ///   What is already told by others (a predictor that does not vary, or one that is a sum of others) adds nothing
  ///   to them.
  /// - Cost: 2ⁿ · n² for n predictors.
  package init?(predictors: [[Double]], outcome: [Double], total: Double) {
    let count = outcome.count
    guard count <= Self.mostPredictors, predictors.count == count, total > 0, total.isFinite,
      predictors.allSatisfy({ $0.count == count && $0.allSatisfy(\.isFinite) }), outcome.allSatisfy(\.isFinite)
    else { return nil }
    // Each predictor in units of its own spread, the outcome in its own: correlations, so that no scale decides what
    // counts as nothing.
    let spread = (0..<count).map { predictors[$0][$0] > 0 ? predictors[$0][$0].squareRoot() : 0 }
    func scaled(_ value: Double, _ by: Double) -> Double { by > 0 ? value / by : 0 }
    let among = (0..<count).map { row in
      (0..<count).map { scaled(scaled(predictors[row][$0], spread[row]), spread[$0]) }
    }
    let with = (0..<count).map { scaled(scaled(outcome[$0], spread[$0]), total.squareRoot()) }
    let fits = Self.fits(among, with)
    rSquared = min(1, max(0, fits.last ?? 0))
    // |S|! (n − |S| − 1)! / n!, the part of all orders in which exactly the others in S come before.
    var weights = [Double](repeating: 0, count: max(1, count))
    for size in 0..<count {
      var weight = 1 / Double(count)
      // 1 / (n · C(n − 1, |S|))
      for step in 0..<size { weight *= Double(step + 1) / Double(count - 1 - step) }
      weights[size] = weight
    }
    parts = (0..<count).map { predictor in
      var part = 0.0
      for subset in fits.indices where subset & (1 << predictor) == 0 {
        part += weights[subset.nonzeroBitCount] * (fits[subset | 1 << predictor] - fits[subset])
      }
      return max(0, part)
    }
  }

  /// R² of every subset, by its bits: a Cholesky factor that grows by a row a predictor, so that each subset costs one
  /// row more than the one it comes from.
  private static func fits(_ among: [[Double]], _ with: [Double]) -> [Double] {
    let count = with.count
    var fits = [Double](repeating: 0, count: 1 << count)
    struct Step {
      var subset: Int
      /// Which predictors, in the order of the factor's rows.
      var chosen: [Int]
      var factor: [[Double]]
      var solved: [Double]
      var fit: Double
    }
    var open = [Step(subset: 0, chosen: [], factor: [], solved: [], fit: 0)]
    while let step = open.popLast() {
      fits[step.subset] = step.fit
      let next = step.subset == 0 ? 0 : Int.bitWidth - step.subset.leadingZeroBitCount
      for predictor in next..<max(next, count) {
        var row: [Double] = []
        for (place, other) in step.chosen.enumerated() {
          var value = among[predictor][other]
          for column in 0..<place { value -= row[column] * step.factor[place][column] }
          row.append(value / step.factor[place][place])
        }
        let left = among[predictor][predictor] - row.reduce(0) { $0 + $1 * $1 }
        var grown = step
        grown.subset |= 1 << predictor
        // What the others say already adds nothing.
        if left > 1e-10 {
          let root = left.squareRoot()
          let own = (with[predictor] - zip(row, step.solved).reduce(0) { $0 + $1.0 * $1.1 }) / root
          grown.chosen.append(predictor)
          grown.factor.append(row + [root])
          grown.solved.append(own)
          grown.fit += own * own
        }
        open.append(grown)
      }
    }
    return fits
  }
}
