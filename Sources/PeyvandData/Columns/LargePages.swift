import Glibc

/// Memory of some megabytes and more that lasts: asked for in large pages, where the system gives such to who asks.
///
/// A page of four kilobytes is cleared and mapped when it is first touched, ten thousand times for a column of ten million
/// rows; pages of two megabytes cost a tenth of that, and what looks into them finds its way sooner. For memory that comes
/// and goes they do not pay: what was given back is no longer in one piece, or a virtual machine's host took it away.
enum LargePages {
  private static let least = 4 << 20

  @inline(__always)
  static func advise(_ memory: UnsafeMutableRawPointer, bytes: Int) {
    if bytes >= least { ask(memory, bytes: bytes) }
  }

  @inline(never)
  private static func ask(_ memory: UnsafeMutableRawPointer, bytes: Int) {
    let page = 4_096
    let start = (Int(bitPattern: memory) + page - 1) & ~(page - 1)
    let end = (Int(bitPattern: memory) + bytes) & ~(page - 1)
    // Where there are none, nothing changes.
    if start < end { _ = madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_HUGEPAGE) }
  }
}
