/// How a table is drawn for people: a bar beside each row, or one line of all rows.
package enum ChartKind: String, Hashable, Sendable, CaseIterable { case bar, line }

extension Table {
  /// The column that a chart draws: the first of numbers or lengths of time after the first column, which names the rows;
  /// that one where it stands alone.
  package var chartColumn: Int? {
    let drawn = columns.indices.filter { columns[$0].type.isDrawn }
    return drawn.first { $0 > 0 } ?? drawn.first
  }

  /// A column's values as numbers; missing ones, and lengths in months beside others, are none.
  package func numbers(ofColumn place: Int) -> [Double?] {
    guard columns.indices.contains(place) else { return [] }
    return columns[place].values.map { value in
      switch value {
      case .number(let number): number.isFinite ? number : nil
      case .duration(let length): Double(length.months) * 2_629_746 + length.days * 86_400 + length.seconds
      default: nil
      }
    }
  }
}

extension ValueType {
  /// Whether a chart can draw it.
  package var isDrawn: Bool {
    switch self {
    case .number, .duration: true
    default: false
    }
  }
}
