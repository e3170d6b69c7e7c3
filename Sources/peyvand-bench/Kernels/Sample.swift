import PeyvandData

/// The values of a company's columns by their row, out of a fixed seed: made again wherever they are needed, so that no
/// second copy has to lie in memory.
enum Sample {
  private static let seed: UInt64 = 7

  /// A word that looks like chance: SplitMix64 (Steele, Lea, Flood 2014) of the row in a stream of its own.
  static func word(_ row: Int, _ stream: UInt64) -> UInt64 {
    var z = (UInt64(truncatingIfNeeded: row) &+ 1) &* 0x9E37_79B9_7F4A_7C15 &+ (stream &+ seed) &* 0xD1B5_4A32_D192_ED03
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  private static func below(_ bound: Int, _ row: Int, _ stream: UInt64) -> Int {
    Int(word(row, stream).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// One of eight channels.
  static let channels = ["phone", "email", "visit", "chat", "web", "letter", "message", "fair"]
  static func channel(_ row: Int) -> Int32 { Int32(below(channels.count, row, 1)) }

  /// A length of up to an hour.
  static func seconds(_ row: Int) -> Double { Double(below(3_600, row, 2)) }

  /// An amount with cents.
  static func amount(_ row: Int) -> Double { Double(below(2_000_000, row, 3)) / 100 }

  /// A day of five years from 2020 on.
  static func day(_ row: Int) -> Int32 { 18_262 + Int32(below(1_827, row, 4)) }

  /// Moments in the order of the rows, one to twenty-nine seconds apart.
  static func instant(_ row: Int) -> Int64 { 1_577_836_800 + Int64(row) * 15 + Int64(below(15, row, 5)) }

  /// Whom the row refers to.
  static func customer(_ row: Int, of count: Int) -> Int32 { Int32(below(max(1, count), row, 6)) }

  /// Any row.
  static func any(_ row: Int, of count: Int) -> Int32 { Int32(below(max(1, count), row, 7)) }

  /// One of twenty regions.
  static func region(_ customer: Int) -> Int32 { Int32(below(20, customer, 8)) }

  /// One of some thousand names.
  static let names = (0..<5_000).map { "name \(word($0, 10) % 100_000) of \($0)" }
  static func name(_ row: Int) -> Int32 { Int32(below(names.count, row, 9)) }

  /// As many customers as a company of so many interactions has.
  static func customers(_ rows: Int) -> Int { max(1, rows / 50) }

  static func dictionary(_ texts: [String]) -> TextDictionary {
    var dictionary = TextDictionary()
    for text in texts { _ = dictionary.code(of: text) }
    return dictionary
  }

  /// A column of values in as few bytes as they need.
  static func packed<Element: PackedElement>(_ rows: Int, _ value: (Int) -> Element) -> Packed<Element> {
    var builder = PackedBuilder<Element>(expecting: rows)
    for row in 0..<rows { builder.append(value(row)) }
    return builder.finish()
  }
}

extension Packed {
  /// What a value takes.
  var width: Double { Double(byteCount) / Double(Swift.max(1, count)) }
}

/// The customers' timelines: for each customer his rows, in time order, with their times.
struct SampleTimelines {
  let adjacency: Adjacency
  let times: TimelineTimes
  let instants: Column
  let customers: Int
  /// So many customers have about as many rows as a batch.
  let size: Int

  init(_ rows: Int) throws {
    let count = Sample.customers(rows)
    customers = count
    let groups = GroupSegments(ids: (0..<rows).map { Sample.customer($0, of: count) }, groups: count)
    adjacency = Adjacency(offsets: groups.offsets, rows: groups.order)
    instants = Column(.time(Sample.packed(rows, Sample.instant)))
    guard let times = TimelineTimes(of: adjacency.rows, in: instants) else {
      throw Engine.Failure(description: "the sample's times lie too far apart")
    }
    self.times = times
    size = max(1, Kernel.batch / max(1, rows / count))
  }

  /// The rows of some customers.
  func sets(_ customers: Range<Int>) -> RowSets {
    SetKernels.slices(adjacency, of: Slab(SetKernels.rows(customers)), family: KindID(0), times: times)
  }

  /// The rows of one customer, from the adjacency's lines.
  func rows(_ customer: Int) -> ArraySlice<Int32> {
    adjacency.rows[Int(adjacency.offsets[customer])..<Int(adjacency.offsets[customer + 1])]
  }
}
