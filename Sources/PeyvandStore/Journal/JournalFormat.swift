import PeyvandBase
import PeyvandFiles

/// The shape of a journal, in one place for its writer and its reader.
///
///     5c0e11a9 115 {"n":0,"format":"peyvand journal","version":1,"id":"…","generation":7,"continues":true}
///     a31f09d2 131 {"n":1,"changes":[{"add":2,"kind":"call",…}]}
///     01c2d3e4 17 {"n":2,"undo":1}
///
/// A record a line: CRC-32C, length of the JSON in bytes, the JSON. The first line says to which snapshot the
/// journal belongs; each further line is one statement, numbered from 1. The checksum begins with the store's id
/// and the generation, so that a record of another store, or of an earlier journal, never passes for one of this.
/// JSON holds no raw line end, so a line end is a boundary whatever stands around it, and a record that was cut
/// short while it was written has none.
///
/// `continues` says that the snapshot holds what the one before and its journal came to, and nothing besides; so a
/// snapshot that is lost can be had from those. Without it the snapshot took in something that no journal holds, such
/// as a large import, and what follows it follows nothing else.
enum JournalFormat {
  static let name = "peyvand journal"
  static let version = 1

  /// What a journal belongs to.
  struct Owner: Hashable, Sendable {
    var id: String
    var generation: Int

    var seed: [UInt8] { Array("\(id)/\(generation)/".utf8) }
  }

  /// The line of a record.
  static func line(_ json: [UInt8], owner: Owner) -> [UInt8] {
    let check = CRC32C.text(CRC32C.checksum(owner.seed + json))
    return Array("\(check) \(json.count) ".utf8) + json + [0x0A]
  }

  static func header(_ owner: Owner, continues: Bool) throws(JSONError) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("n")
    writer.integer(0)
    writer.key("format")
    writer.string(name)
    writer.key("version")
    writer.integer(version)
    writer.key("id")
    writer.string(owner.id)
    writer.key("generation")
    writer.integer(owner.generation)
    writer.key("continues")
    writer.bool(continues)
    writer.endObject()
    return line(try writer.finish(), owner: owner)
  }

  // MARK: - Reading

  /// A line that is what was written: where its JSON stands, and the byte behind its line end.
  struct Line {
    var json: Range<Int>
    var end: Int
  }

  /// The line that begins at a byte; nil where it is not whole or not what was written.
  /// - Parameter seed: the owner's; nil for the header, which tells the owner.
  static func line(_ bytes: UnsafeRawBufferPointer, at start: Int, seed: [UInt8]?) -> Line? {
    guard let json = body(bytes, at: start), json.upperBound < bytes.count, bytes[json.upperBound] == 0x0A else {
      return nil
    }
    if let seed, !fits(bytes, json, at: start, seed: seed) { return nil }
    return Line(json: json, end: json.upperBound + 1)
  }

  /// Where the JSON of a line stands by what the line says of itself; nil where the file does not reach so far.
  private static func body(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Range<Int>? {
    guard bytes.count - start > 10, bytes[start + 8] == 0x20 else { return nil }
    var at = start + 9
    var length = 0
    while at < bytes.count, at < start + 20, bytes[at] >= 0x30, bytes[at] <= 0x39 {
      length = length * 10 + Int(bytes[at] & 15)
      at += 1
    }
    guard at > start + 9, at < bytes.count, bytes[at] == 0x20, length <= bytes.count - at - 1 else { return nil }
    return at + 1..<at + 1 + length
  }

  private static func fits(_ bytes: UnsafeRawBufferPointer, _ json: Range<Int>, at start: Int, seed: [UInt8]) -> Bool {
    let check = CRC32C.checksum(seed + bytes[json])
    return bytes[start..<start + 8].elementsEqual(CRC32C.text(check).utf8)
  }

  /// Bytes that a disk fills together.
  private static let sector = 512

  /// Whether all from a byte on is what a writer leaves that died in the middle of a record, and so was never
  /// acknowledged: a beginning without a line end, or pages given to the file and never filled. A line that is
  /// ended and wrong was changed afterwards, and so was what stands before a good one.
  static func isTorn(_ bytes: UnsafeRawBufferPointer, from start: Int, seed: [UInt8]) -> Bool {
    var isEnded = false
    var isUnfilled = false
    var noughts = start
    for index in start..<bytes.count {
      if bytes[index] == 0x0A {
        isEnded = true
        if line(bytes, at: index + 1, seed: seed) != nil { return false }
      }
      // Noughts from the record's beginning or a sector's to a sector's end or the file's: never filled. JSON has none.
      if bytes[index] != 0 {
        noughts = index + 1
      } else if noughts == start || noughts % sector == 0, (index + 1) % sector == 0 || index + 1 == bytes.count {
        isUnfilled = true
      }
    }
    if isEnded { return isUnfilled }
    // Whole, with something else in the place of its line end.
    if let json = body(bytes, at: start), json.upperBound < bytes.count, fits(bytes, json, at: start, seed: seed) {
      return isUnfilled
    }
    return true
  }

  /// How many whole lines stand behind the one that begins at a byte.
  static func wholeLines(_ bytes: UnsafeRawBufferPointer, after start: Int, seed: [UInt8]) -> Int {
    var count = 0
    for index in start..<bytes.count where bytes[index] == 0x0A {
      if line(bytes, at: index + 1, seed: seed) != nil { count += 1 }
    }
    return count
  }
}
