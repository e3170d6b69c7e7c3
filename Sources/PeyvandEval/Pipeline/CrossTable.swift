import PeyvandBase
import PeyvandCheck
import PeyvandData

extension Evaluator {
  /// Turns the values of one key into columns: a row for each of the other keys, a column (or, of several
  /// measures, one each) for each value, in the order of the values, missing last.
  ///
  /// `relation` has a row for every combination; they are in the order of the keys, that of `across` innermost.
  func crossed(
    _ measure: CheckedMeasure, _ across: CheckedColumn, _ values: Vector, _ relation: Relation
  ) throws(Diagnostics) -> Relation {
    let count = relation.frame.count
    let columns = DenseIDs(GroupCodes.encode(values))
    let width = columns.first.count
    var rows = DenseIDs(oneGroupOf: count)
    if !measure.keys.isEmpty {
      let keys = measure.keys.map { GroupCodes.encode(relation.frame.columns[$0.header.id] ?? .missing(count: count)) }
      rows = DenseIDs(keys: keys, count: count)
    }
    let height = rows.first.count
    // The first row has every value, in their order, since every combination is there.
    let labels = try self.labels(values.picking(columns.first), across.header)
    var places = [Int32](repeating: -1, count: height * width)
    for row in 0..<count {
      places[Int(rows.ids[row]) * width + Int(columns.ids[row])] = Int32(clamping: row)
    }
    var frame = Frame(count: height)
    var headers: [CheckedColumn.Header] = []
    for key in measure.keys {
      frame.columns[key.header.id] = relation.frame.columns[key.header.id]?.picking(rows.first)
      headers.append(key.header)
    }
    // Far from the numbers that a `sort` gives its keys.
    var next = -1_000_000
    var names = FreeNames(taken: headers.map(\.name))
    for column in 0..<width {
      try watchdog.look(at: across.expression.range)
      for measured in measure.columns {
        let own = (0..<height).map { places[$0 * width + column] }
        let id = ColumnID(next)
        next -= 1
        frame.columns[id] = relation.frame.columns[measured.header.id]?.picking(own)
        let name = measure.columns.count == 1 ? labels[column] : "\(labels[column]) \(measured.header.name)"
        headers.append(CheckedColumn.Header(id: id, name: names.take(name), type: measured.header.type))
      }
    }
    var result = Relation(frame)
    result.columns = headers.map(\.id)
    result.crossHeaders = headers
    result.draft = relation.draft
    return result
  }

  /// Values as people read them, as names of columns.
  func labels(_ values: Vector, _ header: CheckedColumn.Header) throws(Diagnostics) -> [String] {
    let value = CheckedExpression(.column(header.id), header.type, .none)
    var frame = Frame(count: values.count)
    frame.columns[header.id] = values
    var walker = Walker(context)
    let texts = try walker.evaluate(CheckedExpression(.interpolation([value]), .text, .none), in: frame)
    return zip(try self.values(of: texts, type: .text), try self.values(of: values, type: header.type)).map {
      if $1 != .missing, case .text(let text) = $0 { text } else { "missing" }
    }
  }
}

/// Names that no other column has: a value may be called as a key is, or as what stands for the missing.
struct FreeNames {
  private var taken: Set<String>
  /// Where the numbers after a name that was taken go on.
  private var numbers: [String: Int] = [:]

  init(taken: [String]) { self.taken = Set(taken) }

  mutating func take(_ name: String) -> String {
    var free = name
    var number = numbers[name] ?? 2
    while !taken.insert(free).inserted {
      free = "\(name) \(number)"
      number += 1
    }
    if number > 2 { numbers[name] = number }
    return free
  }
}
