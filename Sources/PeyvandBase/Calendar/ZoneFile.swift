/// Reads the bytes of a time zone file: TZif versions 1 to 4 (RFC 9636).
///
/// Every Unix keeps the world's zones in such files, kept current by the system: Peyvand carries no copy that would
/// grow old. Reading them is a pure function of bytes, so that it can be tested with any; only `PeyvandFiles` opens
/// the file. Bytes are not believed: counts, places and offsets are held against what there is, and what does not
/// fit is a fault in words, never a trap.
///
/// From version 2 on a file holds its data twice, in 32 and in 64 bits, and ends with a rule for the times after its
/// last change; the 64-bit data and the rule are taken. The rule is written out as changes up to the year 9999, where
/// the calendar ends, so that the whole of a zone is one list in order of time and every question one search.
package enum ZoneFile {
  /// Why bytes are no zone, as the end of a sentence.
  package struct Fault: Error, Hashable, Sendable {
    package let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// More changes than any zone has had or will have in ten thousand years.
  static let mostTransitions = 40_000

  /// The zone of a file's bytes.
  /// - Parameter name: what the zone is called.
  /// - Throws: `Fault` where the bytes are not a zone's.
  package static func zone(named name: String, bytes: [UInt8]) throws(Fault) -> Zone {
    var reader = Bytes(bytes)
    let first = try header(&reader)
    guard first.version >= 2 else {
      let block = try block(first, wide: false, &reader)
      return Zone(name: name, offset: block.first, transitions: block.transitions)
    }
    try reader.skip(first.size(wide: false))
    let second = try header(&reader)
    let block = try block(second, wide: true, &reader)
    let rule = try footer(&reader)
    let end = block.transitions.last?.at
    var transitions = block.transitions
    if let rule {
      transitions += rule.transitions(after: end)
      // Without any change listed, the rule holds from ever.
      if transitions.isEmpty { return Zone(name: name, offset: rule.standard) }
    }
    return Zone(name: name, offset: block.first, transitions: transitions)
  }

  // MARK: Parts

  private struct Header {
    var version: UInt8
    /// Six counts in the order of the file.
    var utIndicators, standardIndicators, leaps, times, types, characters: Int

    /// The bytes of the block behind it.
    func size(wide: Bool) -> Int {
      let width = wide ? 8 : 4
      return times * width + times + types * 6 + characters + leaps * (width + 4) + standardIndicators + utIndicators
    }
  }

  private static func header(_ reader: inout Bytes) throws(Fault) -> Header {
    guard try reader.take(4) == Array("TZif".utf8) else { throw Fault("it is no time zone file") }
    let mark = try reader.byte()
    _ = try reader.take(15)
    var counts: [Int] = []
    for _ in 0..<6 {
      let count = Int(try reader.unsigned32())
      guard count <= mostTransitions else { throw Fault("it counts \(count) of what no zone has so many of") }
      counts.append(count)
    }
    guard mark == 0 || (0x32...0x39).contains(mark) else { throw Fault("it is of a version that is not known") }
    let header = Header(
      version: mark == 0 ? 1 : mark - 0x30, utIndicators: counts[0], standardIndicators: counts[1], leaps: counts[2],
      times: counts[3], types: counts[4], characters: counts[5])
    guard header.types > 0 else { throw Fault("it has no local time") }
    // Instants are counted without leap seconds everywhere in Peyvand, as POSIX counts them.
    guard header.leaps == 0 else { throw Fault("it counts leap seconds (take the zone without `right/`)") }
    return header
  }

  private static func block(_ header: Header, wide: Bool, _ reader: inout Bytes) throws(Fault) -> (
    first: Int, transitions: [Zone.Transition]
  ) {
    var times: [Int64] = []
    times.reserveCapacity(header.times)
    for _ in 0..<header.times {
      let at = wide ? Int64(bitPattern: try reader.unsigned64()) : Int64(Int32(bitPattern: try reader.unsigned32()))
      if let last = times.last, at <= last { throw Fault("its changes are not in order of time") }
      times.append(at)
    }
    let places = try reader.take(header.times)
    var offsets: [Int] = []
    for _ in 0..<header.types {
      let offset = Int(Int32(bitPattern: try reader.unsigned32()))
      guard abs(offset) <= Zone.largestOffset else { throw Fault("it is further from UTC than a day") }
      offsets.append(offset)
      _ = try reader.take(2)
    }
    try reader.skip(header.characters + header.standardIndicators + header.utIndicators)
    var transitions: [Zone.Transition] = []
    for (at, place) in zip(times, places) {
      guard offsets.indices.contains(Int(place)) else { throw Fault("a change leads to a local time it does not have") }
      transitions.append(Zone.Transition(at: at, offset: offsets[Int(place)]))
    }
    return (offsets[0], transitions)
  }

  /// The rule between two line ends; nil where it is empty and nothing is known of later times.
  private static func footer(_ reader: inout Bytes) throws(Fault) -> ZoneRule? {
    guard try reader.byte() == UInt8(ascii: "\n") else { throw Fault("its rule for later times is missing") }
    var text: [UInt8] = []
    while true {
      let byte = try reader.byte()
      if byte == UInt8(ascii: "\n") { break }
      text.append(byte)
      guard text.count <= 200 else { throw Fault("its rule for later times is too long") }
    }
    if text.isEmpty { return nil }
    guard let rule = ZoneRule(text) else { throw Fault("its rule for later times cannot be read") }
    return rule
  }

  /// Bytes from first to last, big end first.
  private struct Bytes {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func take(_ count: Int) throws(Fault) -> [UInt8] {
      guard count >= 0, count <= bytes.count - place else { throw Fault("it ends too early") }
      defer { place += count }
      return Array(bytes[place..<place + count])
    }

    mutating func skip(_ count: Int) throws(Fault) {
      guard count >= 0, count <= bytes.count - place else { throw Fault("it ends too early") }
      place += count
    }

    mutating func byte() throws(Fault) -> UInt8 {
      guard place < bytes.count else { throw Fault("it ends too early") }
      defer { place += 1 }
      return bytes[place]
    }

    mutating func unsigned32() throws(Fault) -> UInt32 {
      var value: UInt32 = 0
      for _ in 0..<4 { value = value << 8 | UInt32(try byte()) }
      return value
    }

    mutating func unsigned64() throws(Fault) -> UInt64 {
      var value: UInt64 = 0
      for _ in 0..<8 { value = value << 8 | UInt64(try byte()) }
      return value
    }
  }
}
