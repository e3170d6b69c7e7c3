import Glibc
import PeyvandBase

/// Bytes that never change, read from a file or mapped, behind one safe face.
///
/// CSV, JSON and snapshot readers run over this type, so they do not care where the bytes came from, and
/// the memory lives exactly as long as someone holds the object. `@unchecked Sendable` is true because
/// nothing writes after `init`. The unsafe words of ownership are in this file alone.
package final class FileBytes: @unchecked Sendable {
  private enum Origin { case memory, copy, mapping, nothing }

  private let base: UnsafeRawPointer?
  private let origin: Origin
  /// What keeps a mapped file as it is.
  private let lease: FileLease?
  package let count: Int

  init(_ memory: consuming GrowingMemory) {
    count = memory.count
    base = UnsafeRawPointer(memory.release())
    origin = .memory
    lease = nil
  }

  /// A copy of bytes in memory: tests, texts typed, records of a journal.
  package init(_ bytes: [UInt8]) {
    count = bytes.count
    lease = nil
    if bytes.isEmpty {
      base = nil
      origin = .nothing
    } else {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 16)
      bytes.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: $0.count) }
      base = UnsafeRawPointer(memory)
      origin = .copy
    }
  }

  package convenience init(_ text: String) { self.init(Array(text.utf8)) }

  init(mapping file: borrowing OwnedDescriptor, size: Int) throws(SystemError) {
    lease = nil
    guard size > 0 else {
      base = nil
      origin = .nothing
      count = 0
      return
    }
    let failed = UnsafeMutableRawPointer(bitPattern: -1)
    guard let view = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.number, 0), view != failed else {
      throw SystemError(errno)
    }
    _ = madvise(view, size, MADV_SEQUENTIAL)
    base = UnsafeRawPointer(view)
    origin = .mapping
    count = size
  }

  /// A file that stays as it is, of one byte at least.
  init(leased lease: FileLease) throws(SystemError) {
    let view = try lease.mapped()
    _ = madvise(view, lease.size, MADV_SEQUENTIAL)
    base = UnsafeRawPointer(view)
    origin = .mapping
    count = lease.size
    self.lease = lease
  }

  /// Whether the bytes are those of the file itself, which others wait for who want to write to it.
  package var isLeased: Bool { lease.map { !$0.isCopied } ?? false }

  deinit {
    guard let base else { return }
    lease?.end()
    switch origin {
    case .memory: free(UnsafeMutableRawPointer(mutating: base))
    case .copy: base.deallocate()
    case .mapping: _ = munmap(UnsafeMutableRawPointer(mutating: base), count)
    case .nothing: break
    }
  }

  /// Lends the bytes; bounds are checked by `RawSpan`.
  package func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: base, count: count).bytes)
  }

  /// Lends the bytes to a low-level reader that checks its bounds itself and keeps this object alive.
  package func withUnsafeBytes<R: ~Copyable, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// The bytes for a reader that keeps this object and checks its own bounds: valid while the object lives.
  package var unsafeBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Tells that the bytes of a range are not looked at soon: of a mapping the memory is given back, and read again from
  /// the file where they are looked at after all.
  package func release(_ range: Range<Int>) {
    guard origin == .mapping, let base else { return }
    let page = 4_096
    let range = range.clamped(to: 0..<count)
    let start = (range.lowerBound + page - 1) & ~(page - 1)
    let end = range.upperBound & ~(page - 1)
    guard start < end else { return }
    _ = madvise(UnsafeMutableRawPointer(mutating: base + start), end - start, MADV_DONTNEED)
  }

  /// A copy of the bytes of a range, cut to what is there.
  package func array(_ range: Range<Int>) -> [UInt8] {
    withUnsafeBytes { Array($0[range.clamped(to: 0..<count)]) }
  }

  package func array() -> [UInt8] { array(0..<count) }

  /// The byte at an offset; nil outside.
  package func byte(at offset: Int) -> UInt8? {
    guard offset >= 0, offset < count else { return nil }
    return withUnsafeBytes { $0[offset] }
  }

  /// The bytes as text, nothing repaired.
  /// - Throws: E3008 with the offset and line of the first byte that does not fit.
  package func text(named name: String) throws(Diagnostic) -> String {
    try withUnsafeBytes { bytes throws(Diagnostic) in
      if let text = String(validating: bytes, as: UTF8.self) { return text }
      let offset = UTF8Check.firstInvalid(in: bytes) ?? bytes.count
      let line = bytes.prefix(offset).reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
      throw FileDiagnostics.notUTF8(name, byte: offset, line: line)
    }
  }
}

/// Memory from `malloc`, so that a machine without room gives an error where `Array` would trap.
struct GrowingMemory: ~Copyable {
  private var memory: UnsafeMutableRawPointer?
  private(set) var capacity: Int
  var count = 0

  init(capacity: Int) throws(SystemError) {
    guard let memory = malloc(capacity) else { throw SystemError(ENOMEM) }
    self.memory = memory
    self.capacity = capacity
  }

  deinit { free(memory) }

  var isFull: Bool { count == capacity }

  /// The room behind what is filled.
  var free: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: memory.map { $0 + count }, count: capacity - count)
  }

  mutating func grow() throws(SystemError) {
    let (wanted, over) = capacity.multipliedReportingOverflow(by: 2)
    guard !over, let larger = realloc(memory, wanted) else { throw SystemError(ENOMEM) }
    memory = larger
    capacity = wanted
  }

  /// Gives the memory away; the taker frees it.
  consuming func release() -> UnsafeMutableRawPointer? {
    let taken = memory
    memory = nil
    return taken
  }

  private func free(_ pointer: UnsafeMutableRawPointer?) { Glibc.free(pointer) }
}
