import PeyvandCheck
import PeyvandData

/// What stages do with the rows of a frame as a whole.
extension Frame {
  /// The records of a binding, wherever it stands, one a row; missing where it is not in reach.
  func records(of binding: Int) -> Slab<Int32>? {
    if let own = bindings[binding] { return own }
    guard let outer, let found = outer.frame.records(of: binding) else { return nil }
    return found.picking(outer.row.array)
  }

  /// The values of a column, wherever it stands, one a row.
  func values(of column: ColumnID) -> Vector? {
    if let own = columns[column] { return own }
    guard let outer, let found = outer.frame.values(of: column) else { return nil }
    return found.picking(outer.row.array)
  }

  /// The rows at `places`, which ascend.
  func keeping(_ places: [Int32]) -> Frame {
    guard places.count < count else { return self }
    let at = Slab(places, isRising: true)
    var frame = Frame(
      count: places.count, outer: outer.map { Outer(frame: $0.frame, row: Gathering.int32($0.row, at: at)) })
    for (id, rows) in bindings { frame.bindings[id] = Gathering.int32(rows, at: at) }
    for (id, values) in columns { frame.columns[id] = values.gathered(at) }
    return frame
  }

  /// A frame without outer ones, holding what is still read.
  func flattened(_ references: TreeReferences) -> Frame {
    var frame = Frame(count: count)
    for id in references.bindings { frame.bindings[id] = records(of: id) }
    for id in references.columns { frame.columns[id] = values(of: id) }
    return frame
  }

  /// The rows at `places`, in any order, of a frame without outer ones.
  func picking(_ places: [Int32]) -> Frame {
    var frame = Frame(count: places.count)
    for (id, rows) in bindings { frame.bindings[id] = rows.picking(places) }
    for (id, values) in columns { frame.columns[id] = values.picking(places) }
    return frame
  }

  /// A stretch of the rows of a frame without outer ones; no copy.
  func slice(_ range: Range<Int>) -> Frame {
    let range = range.clamped(to: 0..<count)
    guard range.count < count || stretches != nil else { return self }
    var frame = Frame(count: range.count)
    if let stretches {
      let rows = stretches.slice(range)
      for id in stretches.bindings { frame.bindings[id] = rows }
    }
    for (id, rows) in bindings { frame.bindings[id] = rows.slice(range) }
    for (id, values) in columns { frame.columns[id] = values.slice(range) }
    return frame
  }

  /// The same with all its rows written out.
  var written: Frame { stretches == nil ? self : slice(0..<count) }

  /// Frames without outer ones and with the same content, one after the other.
  static func concatenated(_ frames: [Frame]) -> Frame {
    // Where all are empty the first still knows what there would be.
    guard let empty = frames.first else { return Frame(count: 0) }
    let frames = frames.filter { $0.count > 0 }
    guard let first = frames.first else { return empty }
    if frames.count == 1 { return first }
    var frame = Frame(count: frames.reduce(0) { $0 + $1.count })
    for id in first.bindings.keys {
      var rows: [Int32] = []
      rows.reserveCapacity(frame.count)
      for part in frames {
        let own = part.bindings[id] ?? Slab(repeating: -1, count: part.count)
        own.append(to: &rows)
      }
      frame.bindings[id] = Slab(rows)
    }
    for id in first.columns.keys {
      frame.columns[id] = .concatenated(frames.map { $0.columns[id] ?? .missing(count: $0.count) })
    }
    return frame
  }

  /// About how many bytes the frame holds of its own.
  var bytes: Int {
    bindings.count * count * 4 + columns.count * count * 9
  }
}
