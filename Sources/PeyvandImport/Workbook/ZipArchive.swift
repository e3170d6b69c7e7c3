import CZlib
import PeyvandBase
import PeyvandFiles

/// Why an archive cannot be read, as the end of a sentence about the file.
struct ArchiveFault: Error {
  enum Kind {
    case damaged, tooLarge
    /// Right, and nothing that can be read.
    case other
    /// The sheet that was named, and those that are there.
    case noSheet(String, [String])
    case refused(Diagnostic)
  }
  var kind: Kind
  var words: String

  static func damaged(_ words: String) -> ArchiveFault { ArchiveFault(kind: .damaged, words: words) }
}

/// The archive that a workbook is: parts under names, packed.
///
/// It may come from anyone, so nothing it says of itself is believed. Names are looked up and never made into paths;
/// sizes are counted while unpacking and not read from the directory: all parts together stay below a limit, and none
/// may become more than a hundred times its packed size (beyond the first megabyte), so that a bomb goes out early. A
/// checksum that does not fit is damage. Archives inside are not opened.
final class ZipArchive {
  struct Entry {
    var name: String
    var method: UInt16
    var packed: Int
    var unpacked: Int
    var checksum: UInt32
    var header: Int
  }

  let entries: [String: Entry]
  private let file: FileBytes
  private let limit: Int
  /// Bytes that were unpacked so far, of all parts.
  private var total = 0
  private static let chunk = 1 << 16
  private static let freely = 1 << 20

  /// - Parameter limit: bytes that all parts together may unpack to.
  init(_ file: FileBytes, limit: Int) throws(ArchiveFault) {
    self.file = file
    self.limit = limit
    let (count, start, size) = try Self.directory(file)
    guard count <= Limits.Fixed.archiveEntries else {
      throw ArchiveFault(kind: .tooLarge, words: "its archive has more than \(Limits.Fixed.archiveEntries) files")
    }
    var found: [String: Entry] = [:]
    var at = start
    for _ in 0..<count {
      guard Self.number(file, at, 4) == 0x0201_4B50, at + 46 <= start + size else {
        throw .damaged("the directory of its archive is cut off")
      }
      func field(_ offset: Int, _ width: Int) -> Int { Self.number(file, at + offset, width) ?? 0 }
      let (nameSize, extraSize, noteSize) = (field(28, 2), field(30, 2), field(32, 2))
      let nameBytes = file.array(at + 46..<at + 46 + nameSize)
      guard nameBytes.count == nameSize, let name = String(validating: nameBytes, as: UTF8.self) else {
        throw .damaged("a name in its archive is no text")
      }
      guard field(8, 2) & 1 == 0 else {
        throw ArchiveFault(kind: .other, words: "it is protected by a password; save it without one")
      }
      // Names are never paths here; one that tries to be is made by no spreadsheet.
      guard !Self.key(name).split(separator: "/").contains(".."), !name.contains("\0") else {
        throw .damaged("a name in its archive leads out of it")
      }
      var entry = Entry(
        name: name, method: UInt16(truncatingIfNeeded: field(10, 2)), packed: field(20, 4), unpacked: field(24, 4),
        checksum: UInt32(truncatingIfNeeded: field(16, 4)), header: field(42, 4))
      Self.widen(&entry, file, at + 46 + nameSize, extraSize)
      guard found.updateValue(entry, forKey: Self.key(name)) == nil else {
        throw .damaged("its archive has a name twice")
      }
      at += 46 + nameSize + extraSize + noteSize
    }
    entries = found
  }

  /// Names of parts are compared as their standard says: whatever the case, from the root.
  static func key(_ name: String) -> String {
    // Some programs write their names with the other stroke.
    let lower = String(name.lowercased().map { $0 == "\\" ? "/" : $0 })
    return lower.hasPrefix("/") ? String(lower.dropFirst()) : lower
  }

  /// Unpacks a part, a piece at a time.
  /// - Throws: damage, and too large.
  func unpack<E: Error>(
    _ entry: Entry, _ body: (UnsafeRawBufferPointer) throws(E) -> Void
  ) throws(ArchiveFault) -> Result<Void, E> {
    guard Self.number(file, entry.header, 4) == 0x0403_4B50, let name = Self.number(file, entry.header + 26, 2),
      let extra = Self.number(file, entry.header + 28, 2)
    else { throw .damaged("a part of its archive is not where it should be") }
    let start = entry.header + 30 + name + extra
    guard entry.packed >= 0, start + entry.packed <= file.count else {
      throw .damaged("a part of its archive is cut off")
    }
    let packed = start..<start + entry.packed
    switch entry.method {
    case 0: return try stored(entry, packed, body)
    case 8: return try inflated(entry, packed, body)
    default: throw .damaged("a part of its archive is packed in a way (\(entry.method)) that no workbook uses")
    }
  }

  private func stored<E: Error>(
    _ entry: Entry, _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(E) -> Void
  ) throws(ArchiveFault) -> Result<Void, E> {
    var at = range.lowerBound
    var checksum = crc32(0, nil, 0)
    while at < range.upperBound {
      let end = min(at + Self.chunk, range.upperBound)
      let failure = file.withUnsafeBytes { bytes -> E? in
        let piece = UnsafeRawBufferPointer(rebasing: bytes[at..<end])
        checksum = crc32(checksum, piece.bindMemory(to: UInt8.self).baseAddress, uInt(piece.count))
        do throws(E) { try body(piece) } catch { return error }
        return nil
      }
      if let failure { return .failure(failure) }
      try count(end - at)
      at = end
    }
    try check(entry, UInt(checksum), range.count)
    return .success(())
  }

  private func inflated<E: Error>(
    _ entry: Entry, _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(E) -> Void
  ) throws(ArchiveFault) -> Result<Void, E> {
    // zlib keeps the address of the stream.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    guard zlib_begin_raw(stream) == Z_OK else {
      throw ArchiveFault(kind: .other, words: "there is no memory to unpack it")
    }
    defer { inflateEnd(stream) }
    let room = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.chunk)
    defer { room.deallocate() }
    var at = range.lowerBound
    var made = 0
    var checksum = crc32(0, nil, 0)
    while true {
      let end = min(at + Self.chunk, range.upperBound)
      let given = end - at
      var status = Z_OK
      var used = 0
      var produced = 0
      file.withUnsafeBytes { bytes in
        let piece = UnsafeRawBufferPointer(rebasing: bytes[at..<end]).bindMemory(to: UInt8.self)
        stream.pointee.next_in = UnsafeMutablePointer(mutating: piece.baseAddress)
        stream.pointee.avail_in = uInt(given)
        stream.pointee.next_out = room
        stream.pointee.avail_out = uInt(Self.chunk)
        status = inflate(stream, Z_NO_FLUSH)
        used = given - Int(stream.pointee.avail_in)
        produced = Self.chunk - Int(stream.pointee.avail_out)
      }
      at += used
      made += produced
      if produced > 0 {
        checksum = crc32(checksum, room, uInt(produced))
        try count(produced)
        let consumed = max(at - range.lowerBound, 1)
        guard made <= Self.freely || made / consumed <= Limits.Fixed.unpackedRatio else {
          throw ArchiveFault(
            kind: .tooLarge,
            words: "a part of its archive becomes more than \(Limits.Fixed.unpackedRatio) times larger when unpacked")
        }
        do throws(E) { try body(UnsafeRawBufferPointer(start: room, count: produced)) } catch {
          return .failure(error)
        }
      }
      switch status {
      case Z_STREAM_END:
        try check(entry, UInt(checksum), made)
        return .success(())
      case Z_OK, Z_BUF_ERROR:
        // No progress, and nothing more to give.
        guard used > 0 || produced > 0 else { throw .damaged("a part of its archive ends too early") }
      default: throw .damaged("a part of its archive cannot be unpacked")
      }
    }
  }

  private func count(_ bytes: Int) throws(ArchiveFault) {
    total += bytes
    guard total <= limit else {
      throw ArchiveFault(
        kind: .tooLarge, words: "it unpacks to more than \(Limit.bytes(limit)); \(Limit.unpacked.raised)")
    }
  }

  private func check(_ entry: Entry, _ checksum: UInt, _ size: Int) throws(ArchiveFault) {
    guard checksum == UInt(entry.checksum), size == entry.unpacked else {
      throw .damaged("a part of its archive is not what its directory says")
    }
  }

  // MARK: - The directory

  /// A number, lowest byte first; nil outside the file.
  private static func number(_ file: FileBytes, _ offset: Int, _ width: Int) -> Int? {
    guard offset >= 0, offset <= file.count - width else { return nil }
    return file.withUnsafeBytes { bytes in
      var value = 0
      for index in (0..<width).reversed() { value = value << 8 | Int(bytes[offset + index]) }
      return value
    }
  }

  /// The directory stands before a record at the end, which a note may follow.
  private static func directory(_ file: FileBytes) throws(ArchiveFault) -> (count: Int, start: Int, size: Int) {
    var at = file.count - 22
    let first = max(0, file.count - 22 - 65_535)
    while at >= first {
      if number(file, at, 4) == 0x0605_4B50, let note = number(file, at + 20, 2), at + 22 + note <= file.count,
        let count = number(file, at + 10, 2), let size = number(file, at + 12, 4), let start = number(file, at + 16, 4)
      {
        guard start + size <= at else { throw .damaged("the directory of its archive is not where it should be") }
        return (count, start, size)
      }
      at -= 1
    }
    throw .damaged("its archive has no directory: it is cut off")
  }

  /// Sizes beyond 4 GiB, and those of programs that always write them so, stand in an extra field.
  private static func widen(_ entry: inout Entry, _ file: FileBytes, _ start: Int, _ size: Int) {
    var at = start
    while at + 4 <= start + size, let tag = number(file, at, 2), let length = number(file, at + 2, 2) {
      if tag == 1 {
        var place = at + 4
        func next() -> Int? {
          guard place + 8 <= at + 4 + length, let value = number(file, place, 7) else { return nil }
          place += 8
          return value
        }
        if entry.unpacked == 0xFFFF_FFFF, let wide = next() { entry.unpacked = wide }
        if entry.packed == 0xFFFF_FFFF, let wide = next() { entry.packed = wide }
        if entry.header == 0xFFFF_FFFF, let wide = next() { entry.header = wide }
        return
      }
      at += 4 + length
    }
  }
}
