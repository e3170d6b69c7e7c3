/// The least value of a function of a few variables, by the simplex of Nelder & Mead ("A Simplex Method for Function
/// Minimization", 1965): no derivatives, no chance, the same steps every time.
enum NelderMead {
  /// Nil where the function has no finite value at the start. A value that is not finite counts as infinitely bad.
  ///
  /// It ends where the simplex's values differ by less than `tolerance` of themselves and its corners by as little, or after
  /// `limit` steps; then it begins once more from the best corner, since a simplex may have collapsed.
  static func minimum(
    from start: [Double], step: Double = 0.5, tolerance: Double = 1e-12, limit: Int = 2000,
    of function: ([Double]) -> Double
  ) -> (point: [Double], value: Double)? {
    func value(_ point: [Double]) -> Double {
      let value = function(point)
      return value.isFinite ? value : .infinity
    }
    var best = (point: start, value: value(start))
    guard best.value.isFinite else { return nil }
    for _ in 0..<3 {
      let found = descent(from: best, step: step, tolerance: tolerance, limit: limit, value)
      let gain = best.value - found.value
      best = found
      if gain <= tolerance * max(1, abs(best.value)) { break }
    }
    return best
  }

  private typealias Corner = (point: [Double], value: Double)

  private static func descent(
    from start: Corner, step: Double, tolerance: Double, limit: Int, _ value: ([Double]) -> Double
  ) -> Corner {
    var corners = [start]
    for axis in start.point.indices {
      var point = start.point
      point[axis] += step
      corners.append((point, value(point)))
    }
    for _ in 0..<limit {
      corners.sort { $0.value < $1.value }
      guard let best = corners.first, let worst = corners.last, corners.count > 2 else { return start }
      let width = zip(best.point, worst.point).reduce(0) { max($0, abs($1.0 - $1.1)) }
      if worst.value - best.value <= tolerance * max(1, abs(best.value)), width < 1e-7 { break }
      let others = corners.dropLast()
      let centre = best.point.indices.map { axis in
        others.reduce(0) { $0 + $1.point[axis] } / Double(others.count)
      }
      func along(_ factor: Double) -> Corner {
        let point = zip(centre, worst.point).map { $0 + factor * ($1 - $0) }
        return (point, value(point))
      }
      let reflected = along(-1)
      let second = corners[corners.count - 2]
      if reflected.value < best.value {
        let expanded = along(-2)
        corners[corners.count - 1] = expanded.value < reflected.value ? expanded : reflected
      } else if reflected.value < second.value {
        corners[corners.count - 1] = reflected
      } else {
        let contracted = reflected.value < worst.value ? along(-0.5) : along(0.5)
        if contracted.value < min(reflected.value, worst.value) {
          corners[corners.count - 1] = contracted
        } else {
          for place in corners.indices.dropFirst() {
            let point = zip(best.point, corners[place].point).map { $0 + 0.5 * ($1 - $0) }
            corners[place] = (point, value(point))
          }
        }
      }
    }
    return corners.min { $0.value < $1.value } ?? start
  }
}
