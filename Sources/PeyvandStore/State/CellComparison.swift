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

  /// - Parameters:
  ///   - index: of the batch.
  ///   - oldIndex: of the old column (its `base` already taken off).
  func equals(_ index: Int, _ oldIndex: Int) -> Bool {
    let isThere = new.isPresent(index)
    guard let old else { return !isThere }
    guard isThere == old.isPresent(oldIndex) else { return false }
    if !isThere { return true }
    switch (new.storage, old.storage) {
    case (.number(let a), .number(let b)), (.duration(let a), .duration(let b)): return a[index] == b[oldIndex]
    case (.yesno(let a), .yesno(let b)): return a[index] == b[oldIndex]
    case (.date(let a), .date(let b)): return a[index] == b[oldIndex]
    case (.time(let a), .time(let b)): return a[index] == b[oldIndex]
    case (.text(let a, _), .text(let b, let known)):
      guard texts.indices.contains(Int(a[index])), known.identity.indices.contains(Int(b[oldIndex])) else {
        return false
      }
      return texts[Int(a[index])] == known.identity[Int(b[oldIndex])]
    case (.reference(let a, _), .reference(let b, _)):
      let goal = Int(b[oldIndex])
      if let serials { return serials.indices.contains(goal) && serials[goal] == a[index] }
      return a[index] == b[oldIndex]
    case (.list(let a, _), .list(let b, _)):
      guard index + 1 < a.count, oldIndex + 1 < b.count, let comparison = elements.first else { return false }
      let count = a[index + 1] - a[index]
      guard count == b[oldIndex + 1] - b[oldIndex] else { return false }
      for step in 0..<Int(max(0, count)) where !comparison.equals(Int(a[index]) + step, Int(b[oldIndex]) + step) {
        return false
      }
      return true
    default: return false
    }
  }
}
