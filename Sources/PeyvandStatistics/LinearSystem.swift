/// Systems of linear equations, as small as tests and chains make them.
enum LinearSystem {
  /// A square system by Gaussian elimination with pivots; nil where it has no one solution. Cost: the cube of its size.
  static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
    var rows = matrix
    var x = right
    let scale = rows.reduce(0) { max($0, $1.reduce(0) { max($0, abs($1)) }) }
    guard scale > 0 else { return nil }
    for column in rows.indices {
      let candidates = column..<rows.count
      guard let pivot = candidates.max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
        abs(rows[pivot][column]) > scale * 1e-12
      else { return nil }
      rows.swapAt(column, pivot)
      x.swapAt(column, pivot)
      for row in candidates.dropFirst() {
        let factor = rows[row][column] / rows[column][column]
        for place in column..<rows.count { rows[row][place] -= factor * rows[column][place] }
        x[row] -= factor * x[column]
      }
    }
    for row in rows.indices.reversed() {
      for place in rows.indices where place > row { x[row] -= rows[row][place] * x[place] }
      x[row] /= rows[row][row]
    }
    return x
  }
}
