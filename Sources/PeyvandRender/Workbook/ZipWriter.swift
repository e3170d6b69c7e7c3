import CZlib

/// A zip archive in memory: what a workbook is.
///
/// Entries are deflated by zlib. Sizes above 4 GiB have no place in the plain format and are refused; nothing a
/// spreadsheet opens comes near.
struct ZipWriter {
  private var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count: UInt16 = 0

  /// Adds a file.
  /// - Returns: false where there is no room, or zlib fails.
  mutating func add(_ name: String, _ content: [UInt8]) -> Bool {
    guard let packed = Self.deflated(content), let size = UInt32(exactly: content.count),
      let packedSize = UInt32(exactly: packed.count), let offset = UInt32(exactly: bytes.count), count < .max
    else { return false }
    let crc = content.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32(0, $0.baseAddress, size)) }
    let path = Array(name.utf8)
    var fields: [UInt8] = []
    // Version 2.0, names in UTF-8, deflated, 1980-01-01: the same answer gives the same file.
    for number: UInt16 in [20, 0x0800, 8, 0, 0x0021] { Self.append(number, to: &fields) }
    for number in [crc, packedSize, size] { Self.append(number, to: &fields) }
    Self.append(UInt16(clamping: path.count), to: &fields)
    Self.append(UInt16(0), to: &fields)
    bytes += [0x50, 0x4B, 3, 4] + fields + path + packed
    directory += [0x50, 0x4B, 1, 2, 20, 0] + fields + [UInt8](repeating: 0, count: 10)
    Self.append(offset, to: &directory)
    directory += path
    count += 1
    return true
  }

  /// The whole archive; nil where it has no room.
  func finished() -> [UInt8]? {
    guard let size = UInt32(exactly: directory.count), let offset = UInt32(exactly: bytes.count) else { return nil }
    var end: [UInt8] = [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
    Self.append(count, to: &end)
    Self.append(count, to: &end)
    Self.append(size, to: &end)
    Self.append(offset, to: &end)
    return bytes + directory + end + [0, 0]
  }

  private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private static func deflated(_ content: [UInt8]) -> [UInt8]? {
    guard let size = UInt32(exactly: content.count) else { return nil }
    var stream = z_stream()
    guard zlib_begin_raw_deflate(&stream) == Z_OK else { return nil }
    defer { _ = deflateEnd(&stream) }
    guard let room = UInt32(exactly: deflateBound(&stream, UInt(size))) else { return nil }
    var source = content
    var packed = [UInt8](repeating: 0, count: Int(room))
    let isDone = source.withUnsafeMutableBufferPointer { source in
      packed.withUnsafeMutableBufferPointer { packed in
        stream.next_in = source.baseAddress
        stream.avail_in = size
        stream.next_out = packed.baseAddress
        stream.avail_out = room
        return deflate(&stream, Z_FINISH) == Z_STREAM_END
      }
    }
    guard isDone, let written = Int(exactly: stream.total_out), written <= packed.count else { return nil }
    packed.removeLast(packed.count - written)
    return packed
  }
}
