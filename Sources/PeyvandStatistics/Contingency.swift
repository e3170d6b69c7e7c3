import Glibc

/// A table of two by two: who had it and who had not, by who has the outcome and who has not.
///
/// |          | outcome | none |
/// |----------|---------|------|
/// | had it   | a       | b    |
/// | had not  | c       | d    |
package struct TwoByTwo: Hashable, Sendable {
  package let a: Int
  package let b: Int
  package let c: Int
  package let d: Int

  /// A count above this is no count of anything that was recorded; below it no sum here can overflow.
  package static let largest = 1_000_000_000_000

  /// Nil unless every count is 0 to `largest`.
  package init?(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
    guard [a, b, c, d].allSatisfy({ (0...Self.largest).contains($0) }) else { return nil }
    self.a = a
    self.b = b
    self.c = c
    self.d = d
  }

  package var n: Int { a + b + c + d }

  /// Whether a row or a column is empty, so that there is nothing to compare.
  package var isDegenerate: Bool { a + b == 0 || c + d == 0 || a + c == 0 || b + d == 0 }
}

extension TwoByTwo {
  package struct OddsRatio: Hashable, Sendable {
    package var estimate: Estimate
    /// Whether ½ was added to every cell since one was 0, which an answer has to say.
    package var isCorrected: Bool
  }

  /// ad/bc with the log interval of Woolf (1955); with a zero cell, ½ is added to each (Haldane 1955, Anscombe 1956).
  /// Nil where a row or column is empty.
  package func oddsRatio(level: Double = 0.95) -> OddsRatio? {
    guard !isDegenerate, let z = Distributions.z(level: level) else { return nil }
    let isCorrected = min(a, b, c, d) == 0
    let add = isCorrected ? 0.5 : 0
    let (a, b, c, d) = (Double(a) + add, Double(b) + add, Double(c) + add, Double(d) + add)
    let value = (a / b) * (d / c)
    let error = (1 / a + 1 / b + 1 / c + 1 / d).squareRoot()
    return OddsRatio(
      estimate: Estimate(
        value: value, interval: Interval(low: value * exp(-z * error), high: value * exp(z * error))),
      isCorrected: isCorrected)
  }

  /// Fisher's exact p, two-sided: the probability of all tables with these margins that are no likelier than this one
  /// (R's `fisher.test`, with its tolerance of 1e-7). 1 where a row or column is empty; 0 stands for less than 1e-300.
  ///
  /// By the ratios of neighbouring terms of the hypergeometric distribution from its mode, so no factorial is ever
  /// formed. Cost: some 80 standard deviations of that distribution, √n terms.
  package var fisherP: Double {
    let (row1, row2, column1) = (a + b, c + d, a + c)
    let lowest = max(0, column1 - row2)
    let highest = min(row1, column1)
    guard lowest < highest else { return 1 }
    let total = Double(n)
    let guess = (Double(row1) + 1) * (Double(column1) + 1) / (total + 2)
    let mode = min(max(Int(guess), lowest), highest)
    // weight(x + 1)/weight(x)
    func ratio(_ x: Int) -> Double {
      let up = Double(row1 - x) * Double(column1 - x)
      return up / (Double(x + 1) * Double(row2 - column1 + x + 1))
    }
    // Not 0: the smallest numbers round back to themselves and would never get there.
    let least = 1e-300
    func walk(_ visit: (Int, Double) -> Void) {
      var weight = 1.0
      var x = mode
      while x <= highest, weight > least {
        visit(x, weight)
        weight *= ratio(x)
        x += 1
      }
      weight = 1
      x = mode
      while x > lowest {
        weight /= ratio(x - 1)
        x -= 1
        guard weight > least else { break }
        visit(x, weight)
      }
    }
    var observed = 0.0
    walk { x, weight in
      if x == a { observed = weight }
    }
    let limit = observed * (1 + 1e-7)
    var sum = 0.0
    var tail = 0.0
    walk { _, weight in
      sum += weight
      if weight <= limit { tail += weight }
    }
    return min(1, tail / sum)
  }

  /// The odds ratio common to several strata, by Mantel & Haenszel (1959), with the interval of Robins, Breslow &
  /// Greenland (1986). Strata with an empty row or column say nothing and add nothing. Nil where Σad/n or Σbc/n is 0.
  package static func mantelHaenszel(_ strata: [TwoByTwo], level: Double = 0.95) -> Estimate? {
    guard let z = Distributions.z(level: level) else { return nil }
    var (up, down) = (0.0, 0.0)
    var (upUp, mixed, downDown) = (0.0, 0.0, 0.0)
    for table in strata where table.n > 0 {
      let (a, b, c, d) = (Double(table.a), Double(table.b), Double(table.c), Double(table.d))
      let n = a + b + c + d
      let (r, s) = (a * d / n, b * c / n)
      let (p, q) = ((a + d) / n, (b + c) / n)
      up += r
      down += s
      upUp += p * r
      mixed += p * s + q * r
      downDown += q * s
    }
    guard up > 0, down > 0 else { return nil }
    let value = up / down
    let variance = upUp / (2 * up * up) + mixed / (2 * up * down) + downDown / (2 * down * down)
    let error = variance.squareRoot()
    return Estimate(value: value, interval: Interval(low: value * exp(-z * error), high: value * exp(z * error)))
  }
}

extension TwoByTwo {
  /// Whether anything goes with the outcome within the strata: the test of Cochran (1954) and Mantel & Haenszel (1959),
  /// without continuity correction, χ² with one degree of freedom. Nil where no stratum has both groups and both
  /// outcomes.
  package static func cochranMantelHaenszelP(_ strata: [TwoByTwo]) -> Double? {
    var (beyond, variance) = (0.0, 0.0)
    for table in strata where table.n > 1 {
      let (a, b, c, d) = (Double(table.a), Double(table.b), Double(table.c), Double(table.d))
      let n = a + b + c + d
      beyond += a - (a + b) * (a + c) / n
      variance += (a + b) / n * (c + d) * (a + c) / n * (b + d) / (n - 1)
    }
    guard variance > 0 else { return nil }
    return Distributions.chiSquareUpper(beyond * beyond / variance, df: 1)
  }

  /// The smallest count to be expected by chance.
  package var leastExpected: Double {
    guard n > 0 else { return 0 }
    let (rows, columns) = (min(a + b, c + d), min(a + c, b + d))
    return Double(rows) / Double(n) * Double(columns)
  }

  /// Whether the two groups differ beyond chance: chi-square where every expected count is at least 5, else Fisher's
  /// exact p. Nil where a row or column is empty.
  package var independenceP: Double? {
    guard !isDegenerate else { return nil }
    return leastExpected >= 5 ? Contingency.chiSquare([[a, b], [c, d]])?.p : fisherP
  }
}

/// A table of any size: two fields of the same cases, counted together.
package enum Contingency {
  package struct ChiSquare: Hashable, Sendable {
    package var statistic: Double
    package var df: Int
    package var p: Double
    /// The smallest count to be expected by chance; the test holds where it is at least 5.
    package var leastExpected: Double
    package var n: Int
    /// Cramér's V, √(χ²/(n · (min(rows, columns) − 1))): 0 for no relation to 1 for a full one; not bias-corrected.
    package var cramersV: Double
  }

  /// Pearson's chi-square of independence, without continuity correction. Empty rows and columns are left out. Nil
  /// where fewer than two of either are left, rows differ in length, or a count is negative or above
  /// `TwoByTwo.largest`.
  package static func chiSquare(_ rows: [[Int]]) -> ChiSquare? {
    guard let width = rows.first?.count, rows.allSatisfy({ $0.count == width }),
      rows.allSatisfy({ $0.allSatisfy { (0...TwoByTwo.largest).contains($0) } })
    else { return nil }
    let rowSums = rows.map { $0.reduce(0.0) { $0 + Double($1) } }
    var columnSums = [Double](repeating: 0, count: width)
    for row in rows {
      for (column, count) in row.enumerated() { columnSums[column] += Double(count) }
    }
    let height = rowSums.count { $0 > 0 }
    let used = columnSums.count { $0 > 0 }
    guard height > 1, used > 1 else { return nil }
    let n = rowSums.reduce(0, +)
    var statistic = 0.0
    var least = Double.infinity
    for (row, rowSum) in zip(rows, rowSums) where rowSum > 0 {
      for (count, columnSum) in zip(row, columnSums) where columnSum > 0 {
        let expected = rowSum / n * columnSum
        let d = Double(count) - expected
        statistic += d * d / expected
        least = min(least, expected)
      }
    }
    let df = (height - 1) * (used - 1)
    guard let p = Distributions.chiSquareUpper(statistic, df: df) else { return nil }
    let v = (statistic / (n * Double(min(height, used) - 1))).squareRoot()
    return ChiSquare(
      statistic: statistic, df: df, p: p, leastExpected: least, n: Int(n), cramersV: min(1, v))
  }
}
