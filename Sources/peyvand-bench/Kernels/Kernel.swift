import PeyvandFiles

/// One kernel under its name: rows of its own making, the loop that is timed, and a plain one that it is held against.
///
/// A kernel is called as the engine calls it, a batch of rows at a time over packed columns, by the function that the
/// evaluator, the import or the store calls. What it gives is checked batch by batch against a loop that a reader can
/// follow, over the same rows made again: so it can neither be left out by a compiler nor be fast and wrong.
struct Kernel: Sendable {
  let name: String
  /// What it does, in a line.
  let does: String
  /// More rows than these tell nothing more, and cost time or memory.
  var most = Int.max
  let prepare: @Sendable (_ rows: Int) throws -> Prepared

  /// The engine's own batch.
  static let batch = 16_384
}

/// A kernel with its rows at hand.
struct Prepared {
  /// Rows that one pass goes over.
  let rows: Int
  /// Bytes a row that are read of columns and files, and written as a result. What lies between stays in the cache.
  let bytes: Double
  /// Batches of one pass.
  let batches: Int
  /// Runs one batch.
  let run: (_ batch: Int) -> Void
  /// Whether what a batch gives is right.
  let isRight: (_ batch: Int) -> Bool

  /// - Parameters:
  ///   - units: what a batch is a stretch of, where that is not the rows themselves.
  ///   - size: units of a batch; nil where all are taken at once.
  ///   - run: the kernel.
  ///   - sum: a checksum of what it gives.
  ///   - plain: the same checksum, without the kernel.
  init<Result>(
    rows: Int, units: Int? = nil, size: Int? = Kernel.batch, bytes: Double, run: @escaping (Range<Int>) -> Result,
    sum: @escaping (Result) -> Checksum, plain: @escaping (Range<Int>) -> Checksum
  ) {
    let units = units ?? rows
    let size = max(1, size ?? units)
    self.rows = rows
    self.bytes = bytes
    batches = (units + size - 1) / size
    func range(_ batch: Int) -> Range<Int> { batch * size..<min(units, (batch + 1) * size) }
    self.run = { keep(run(range($0))) }
    isRight = { sum(run(range($0))) == plain(range($0)) }
  }
}

/// A use that the compiler cannot leave out, since it does not know that there are never fewer arguments than none.
@inline(never)
func keep<Result>(_ result: Result) {
  if CommandLine.argc < 0 { try? StandardStreams.write("\(result)", to: .error) }
}

/// A number that differs, but for a chance of one in 2⁶⁴, where any of the values or their order does (FNV-1a by words).
struct Checksum: Equatable {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  init() {}

  init<Whole: FixedWidthInteger>(_ values: some Sequence<Whole>) { for value in values { add(value) } }

  init(_ values: some Sequence<Double>) { for value in values { add(value) } }

  mutating func add<Whole: FixedWidthInteger>(_ value: Whole) {
    state = (state ^ UInt64(truncatingIfNeeded: value)) &* 0x100_0000_01B3
    // Words spread upwards only; their upper halves come down again.
    state ^= state >> 32
  }

  mutating func add(_ value: Double) { add(value.bitPattern) }
}
