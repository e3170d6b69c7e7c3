import PeyvandBase
import PeyvandCheck
import PeyvandData
import Synchronization

/// The truths of a condition on the records of a large kind, found in the order of their rows and kept as bits.
///
/// Timelines that hold most of a kind put a condition to rows that lie hundreds apart, each of which brings a whole line
/// of memory along. Put to all rows as they lie it reads each line once, and its bits stay near the processor.
package final class RowTruths: Sendable {
  /// Rows a piece: a multiple of the 64 of a word of bits.
  private static let pieceRows = 1 << 15

  /// A bit a row from the first on. What is unknown is no or, behind a `not`, yes.
  package struct Bits: Sendable {
    var first: Int
    var yes = Mask()
    /// None where everything is known.
    var unknown: Mask?

    package func truths(of rows: Slab<Int32>) -> Slab<UInt8> {
      let known = yes.taken(rows, base: first)
      return unknown.map { TruthKernels.marked(known, whereUnknown: $0.taken(rows, base: first)) } ?? known
    }
  }

  private struct Content {
    var next = 0
    var pieces: [Int: (yes: [UInt64], unknown: [UInt64])] = [:]
    var bits: Bits?
  }
  private let rows: Range<Int>
  private let content = Mutex(Content())

  package init(of rows: Range<Int>) { self.rows = rows }

  /// The bits, after as much of the work as nobody has taken; missing while somebody else is still at his part.
  /// - Parameter truths: of some rows, without marks of windows that are still open.
  package func bits(_ truths: (Range<Int>) throws(Diagnostics) -> Slab<UInt8>) throws(Diagnostics) -> Bits? {
    while let piece = next() {
      let start = rows.lowerBound + piece * Self.pieceRows
      let found = try truths(start..<min(start + Self.pieceRows, rows.upperBound))
      put((TruthKernels.bits(found, of: Truth.yes), TruthKernels.bits(found, of: Truth.unknownMark)), at: piece)
    }
    return content.withLock { $0.bits }
  }

  private var pieceCount: Int { (rows.count + Self.pieceRows - 1) / Self.pieceRows }

  private func next() -> Int? {
    content.withLock { content in
      guard content.next < pieceCount else { return nil }
      content.next += 1
      return content.next - 1
    }
  }

  private func put(_ piece: (yes: [UInt64], unknown: [UInt64]), at index: Int) {
    content.withLock { content in
      content.pieces[index] = piece
      guard content.pieces.count == pieceCount else { return }
      var bits = Bits(first: rows.lowerBound)
      let isKnown = content.pieces.values.allSatisfy { $0.unknown.allSatisfy { $0 == 0 } }
      var unknown = Mask()
      for index in 0..<pieceCount {
        guard let piece = content.pieces[index] else { continue }
        let count = min(Self.pieceRows, rows.count - index * Self.pieceRows)
        bits.yes.append(piece.yes, count: count)
        if !isKnown { unknown.append(piece.unknown, count: count) }
      }
      if !isKnown { bits.unknown = unknown }
      content.bits = bits
      content.pieces = [:]
    }
  }
}

/// The truths by row that a question has found, whichever batch began.
package final class RowTruthsCache: Sendable {
  private struct Key: Hashable {
    var condition: CheckedExpression
    var asOf: AsOf
  }
  private let known = Mutex<[Key: RowTruths]>([:])
  /// Kinds smaller than this lie near the processor as they are.
  let fewestRows: Int

  package init(fewestRows: Int = 1 << 20) { self.fewestRows = fewestRows }

  /// - Parameter rows: those of its kind, to begin with where nobody has; missing: not to be begun.
  func truths(of condition: CheckedExpression, asOf: AsOf, rows: Range<Int>?) -> RowTruths? {
    known.withLock { known in
      let key = Key(condition: condition, asOf: asOf)
      if let truths = known[key] { return truths }
      guard let rows else { return nil }
      let truths = RowTruths(of: rows)
      known[key] = truths
      return truths
    }
  }
}

extension Walker {
  /// The truths of a condition on the elements of sets from those of all rows of their kind; missing where it looks at
  /// more than fields of the element, where few of the rows are asked for, and where they are few.
  mutating func truthsByRow(
    _ condition: CheckedExpression, _ sets: RowSets, _ binding: Binding
  ) throws(Diagnostics) -> Slab<UInt8>? {
    let ranges = context.source.rows(of: binding.kind, in: family(of: binding.kind))
    guard let rows = ranges.first, ranges.count == 1, rows.count >= context.rowTruths.fewestRows,
      condition.looksUpFields(of: binding)
    else { return nil }
    // Begun by a batch that asks for its part of a third of all rows; had by every other.
    let isWorthIt = Double(sets.rows.count) >= portion * Double(rows.count) / 3
    guard let truths = context.rowTruths.truths(of: condition, asOf: context.asOf, rows: isWorthIt ? rows : nil) else {
      return nil
    }
    var walker = self
    walker.marks = nil
    let bits = try truths.bits { (rows) throws(Diagnostics) in
      try walker.look()
      var frame = Frame(count: rows.count)
      frame.bindings[binding.id] = Slab(SetKernels.rows(rows), isRising: true)
      return try walker.truths(condition, frame)
    }
    return bits?.truths(of: sets.rows)
  }
}

extension CheckedExpression {
  /// Whether a condition asks fields of a record, and nothing but fields and the kind of that record.
  fileprivate func looksUpFields(of binding: Binding) -> Bool {
    var looksUp = false
    func isOwn(_ part: CheckedExpression) -> Bool {
      switch part.node {
      case .constant, .now, .today: return true
      case .binding(let own): return own == binding
      case .field(let record, let field):
        // A field of what a field refers to lies somewhere else again.
        guard case .binding(binding) = record.node, !field.isOfAUnion else { return false }
        looksUp = true
        return true
      case .isKind(let a, _), .not(let a), .isMissing(let a): return isOwn(a)
      // Before and after among records is told by their keys.
      case .compare(let comparison, .record, let a, let b):
        return [.equal, .notEqual].contains(comparison) && isOwn(a) && isOwn(b)
      case .compare(_, _, let a, let b), .and(let a, let b), .or(let a, let b): return isOwn(a) && isOwn(b)
      case .textTest(_, let a, let b):
        if case .constant = b.node { return isOwn(a) }
        return false
      case .inRange(let value, _, let from, let upTo): return [value, from ?? value, upTo ?? value].allSatisfy(isOwn)
      case .oneOf(let value, _, let others): return isOwn(value) && others.allSatisfy(isOwn)
      default: return false
      }
    }
    return isOwn(self) && looksUp
  }
}
