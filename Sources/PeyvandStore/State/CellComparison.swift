import PeyvandBase
import PeyvandData

/// Whether values of a batch are those recorded already, cell by cell.
///
/// Texts are compared by fold, through a map of one dictionary's codes to the other's, made once; references
/// by the serial of the record they mean.
struct CellComparison {
  private let new: Column
  private let old: Column?
  /// For each code of the batch's dictionary the identity in the old one, −1 for a text it has not.
  private var texts: [Int32] = []
  /// Row to serial of the records that the old column refers to; nil where it holds serials itself.
  private var serials: [Int32]?
  private var elements: [CellComparison] = []

  /// - Parameter old: nil where nothing is recorded.
  init(_ new: Column, with old: Column?, state: StoreState?) throws(Diagnostics) {
    self.new = new
    self.old = old
    guard let old else { return }
    switch (new.storage, old.storage) {
    case (.text(_, let added), .text(_, let known)):
      texts.reserveCapacity(added.count)
      for text in added.entries { texts.append(known.identity(of: text) ?? -1) }
    case (.reference, .reference(_, let family)):
      if let state { serials = try state.table(family).identity.get().serials }
    case (.list(_, let added), .list(_, let known)):
      elements = [try CellComparison(added, with: known, state: state)]
    default: break
    }
  }

  /// The pairs of rows whose values differ, marked with `mark` where nothing is marked yet.
  /// - Parameters:
  ///   - pairs: rows of the batch, and indices into the old column (its `base` already taken off).
  ///   - marks: one a pair; −1 where no difference was found so far.
  func mark(_ pairs: [(new: Int32, old: Int32)], as mark: Int32, in marks: inout [Int32]) {
    guard let old else {
      each(pairs, mark, &marks) { new, _ in false }
      return
    }
    switch (new.storage, old.storage) {
    case (.number(let a), .number(let b)), (.duration(let a), .duration(let b)):
      each(pairs, mark, &marks) { a[$0] == b[$1] }
    case (.yesno(let a), .yesno(let b)): each(pairs, mark, &marks) { a[$0] == b[$1] }
    case (.date(let a), .date(let b)): each(pairs, mark, &marks) { a[$0] == b[$1] }
    case (.time(let a), .time(let b)): each(pairs, mark, &marks) { a[$0] == b[$1] }
    case (.text(let a, _), .text(let b, let known)):
      let texts = texts
      let identity = known.identity
      each(pairs, mark, &marks) { new, old in
        let (ours, theirs) = (Int(a[new]), Int(b[old]))
        return texts.indices.contains(ours) && identity.indices.contains(theirs) && texts[ours] == identity[theirs]
      }
    case (.reference(let a, _), .reference(let b, _)):
      let serials = serials
      each(pairs, mark, &marks) { new, old in
        guard let serials else { return a[new] == b[old] }
        let goal = Int(b[old])
        return serials.indices.contains(goal) && serials[goal] == a[new]
      }
    case (.list(let a, _), .list(let b, _)):
      guard let elements = elements.first else { return }
      each(pairs, mark, &marks) { new, old in
        guard new + 1 < a.count, old + 1 < b.count, a[new + 1] - a[new] == b[old + 1] - b[old] else { return false }
        let pairs = (0..<max(0, a[new + 1] - a[new])).map { (new: a[new] + $0, old: b[old] + $0) }
        var marks = [Int32](repeating: -1, count: pairs.count)
        elements.mark(pairs, as: 0, in: &marks)
        return !marks.contains(0)
      }
    default: each(pairs, mark, &marks) { _, _ in false }
    }
  }

  /// Two missing values are equal, a missing and another are not; the rest is for `equals`.
  @inline(__always)
  private func each(
    _ pairs: [(new: Int32, old: Int32)], _ mark: Int32, _ marks: inout [Int32], _ equals: (Int, Int) -> Bool
  ) {
    let newMask = new.present
    let oldMask = old?.present
    let oldCount = old?.count ?? 0
    for place in pairs.indices where marks[place] == -1 {
      let (newIndex, oldIndex) = (Int(pairs[place].new), Int(pairs[place].old))
      let isThere = newMask.map { $0[newIndex] != 0 } ?? true
      let isInside = oldIndex >= 0 && oldIndex < oldCount
      let wasThere = isInside && (oldMask.map { $0[oldIndex] != 0 } ?? true)
      if isThere != wasThere || (isThere && !equals(newIndex, oldIndex)) { marks[place] = mark }
    }
  }
}
