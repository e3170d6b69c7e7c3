import PeyvandBase

/// The rows of something large in parts: of a million and more one a core, each on a thread of its own.
struct RowParts: Sendable {
  private let count: Int
  private let parts: Int
  /// Rows of a part: whole pieces of a packed column, so that none is unpacked twice.
  private let size: Int

  init(_ count: Int) {
    self.count = max(0, count)
    parts = count < 1 << 20 ? 1 : Parts.most
    size = max(1, ((self.count + parts - 1) / parts + 65_535) & ~65_535)
  }

  /// Which part some rows are, as `map` and `fill` give them.
  func number(of rows: Range<Int>) -> Int { min(rows.lowerBound / size, parts - 1) }

  /// What `body` gives for each part, in the order of the rows.
  @inline(__always)
  func map<Result: Sendable>(_ body: @escaping @Sendable (Range<Int>) -> Result) -> [Result] {
    let (count, size) = (count, size)
    return Parts.map(parts) { body(min($0 * size, count)..<min(($0 + 1) * size, count)) }
  }

  /// Memory for a value a row, written by `body` part by part.
  @inline(__always)
  func fill<Value>(
    _ out: UnsafeMutablePointer<Value>, _ body: @escaping @Sendable (Range<Int>, UnsafeMutablePointer<Value>) -> Void
  ) {
    // A number may go to another thread, where the memory waits for it.
    let address = UInt(bitPattern: out)
    _ = map { rows in
      guard let out = UnsafeMutablePointer<Value>(bitPattern: address) else { return }
      body(rows, out)
    }
  }
}
