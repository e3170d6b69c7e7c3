import PeyvandData

/// Which rows of a batch something was left out of inside their sets: each row once, however many of its records.
///
/// A condition on a record's purchases may be unknown of some of them. How many purchases that is depends on how the
/// question is worked out, and is no number of customers; how many customers it touches is both. So what is left out
/// inside is traced back to the rows of the batch.
struct RowMarks: Sendable {
  /// The rows, as the stages have them now.
  private(set) var root: Frame
  /// Empty until a row is marked, as most batches' never are.
  private var unknown: [UInt8] = []
  private var open: [UInt8] = []
  /// While something is worked out that no row asks for itself.
  var isIgnoring = false

  init(_ root: Frame) { self.root = root }

  var counts: (unknown: Int, open: Int) {
    (unknown.reduce(0) { $0 + Int($1) }, open.reduce(0) { $0 + Int($1) })
  }

  /// The same rows with other columns.
  mutating func turn(into root: Frame) { self.root = root }

  /// The same rows, none marked.
  mutating func clear() {
    unknown = []
    open = []
  }

  /// What others marked of the same rows.
  mutating func add(_ other: RowMarks) {
    func both(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
      a.isEmpty || b.isEmpty ? (a.isEmpty ? b : a) : zip(a, b).map { $0 | $1 }
    }
    unknown = both(unknown, other.unknown)
    open = both(open, other.open)
  }

  /// Some of the rows.
  func keeping(_ places: [Int32], as root: Frame) -> RowMarks {
    var marks = RowMarks(root)
    marks.isIgnoring = isIgnoring
    func kept(_ flags: [UInt8]) -> [UInt8] { flags.isEmpty ? [] : places.map { flags[Int($0)] } }
    marks.unknown = kept(unknown)
    marks.open = kept(open)
    return marks
  }

  /// Marks the rows that some rows of a frame belong to: of one further in, those it stands in; of one further out,
  /// those that stand in it.
  mutating func mark(unknown: [Int32], open: [Int32], in frame: Frame) {
    guard !isIgnoring, !(unknown.isEmpty && open.isEmpty) else { return }
    if let rows = rows(unknown, of: frame) { Self.mark(&self.unknown, rows, of: root.count) }
    if let rows = rows(open, of: frame) { Self.mark(&self.open, rows, of: root.count) }
  }

  private static func mark(_ flags: inout [UInt8], _ rows: [Int], of count: Int) {
    if flags.isEmpty { flags = [UInt8](repeating: 0, count: count) }
    for row in rows { flags[row] = 1 }
  }

  private func rows(_ places: [Int32], of frame: Frame) -> [Int]? {
    guard !places.isEmpty else { return nil }
    var (here, depth, places) = (frame, frame.depth, places)
    while depth > root.depth, let outer = here.outer {
      let row = outer.row
      places = places.compactMap { row[Int($0)] }
      (here, depth) = (outer.frame, depth - 1)
    }
    if depth == root.depth {
      guard here.count == root.count else { return nil }
      return places.map { Int($0) }
    }
    var chain = [root]
    while let last = chain.last, last.depth > depth, let outer = last.outer { chain.append(outer.frame) }
    guard let outermost = chain.last, outermost.count == here.count else { return nil }
    var flags = [Bool](repeating: false, count: here.count)
    for place in places { flags[Int(place)] = true }
    for inner in chain.dropLast().reversed() {
      guard let rows = inner.outer?.row else { return nil }
      flags = rows.array.map { flags[Int($0)] }
    }
    return flags.indices.filter { flags[$0] }
  }
}

extension Frame {
  /// How many frames stand around it.
  var depth: Int {
    var depth = 0
    var outer = outer
    while let next = outer {
      depth += 1
      outer = next.frame.outer
    }
    return depth
  }
}

extension Walker {
  /// Notes what a condition, or a list of the matched, leaves out: of the rows of the batch, or, where there is none,
  /// in the tally.
  mutating func leaveOut(_ truths: Slab<UInt8>, in frame: Frame, owners: @autoclosure () -> Slab<Int32>? = nil) {
    let leftOut = TruthKernels.leftOut(truths)
    guard leftOut.unknown + leftOut.open > 0 else { return }
    guard marks != nil else {
      tally.unknown += leftOut.unknown
      tally.open += leftOut.open
      return
    }
    let places = TruthKernels.leftOutPlaces(truths)
    let owners = owners()
    let (unknown, open) = (through(places.unknown, owners), through(places.open, owners))
    marks?.mark(unknown: unknown, open: open, in: frame)
  }

  /// Notes missing values that an aggregate leaves out, and truths that `share` does.
  mutating func leaveOut(missing present: Slab<UInt8>?, _ offsets: [Int32], in frame: Frame?) {
    let missing = Presence.missingCount(present)
    guard missing > 0 else { return }
    guard let frame, marks != nil else {
      tally.unknown += missing
      return
    }
    let places = SetKernels.places(Presence.inverted(present ?? Slab([])))
    let unknown = through(places, SetKernels.owners(offsets))
    marks?.mark(unknown: unknown, open: [], in: frame)
  }

  private func through(_ places: [Int32], _ owners: Slab<Int32>?) -> [Int32] {
    guard let owners else { return places }
    return places.compactMap { owners[Int($0)] }
  }
}
