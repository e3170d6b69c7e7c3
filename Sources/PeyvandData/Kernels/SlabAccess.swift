/// Views of slabs and arrays for row loops.
///
/// A slab is cut to what its array holds when it is made, so an index below `count` is always inside; that is
/// the one fact on which the loops of the grouping and ordering kernels rest.
struct SlabView<Element> {
  let base: UnsafePointer<Element>
  let stride: Int

  @inline(__always)
  subscript(index: Int) -> Element { base[index &* stride] }
}

extension Slab {
  /// The elements by index below `count`. Not called where there are none.
  @inline(__always)
  func withView<Result>(_ body: (SlabView<Element>) -> Result) -> Result? {
    guard count > 0 else { return nil }
    return storage.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      return body(SlabView(base: base + start, stride: stride))
    }
  }
}

/// A new array of `count` elements, each written once by `body`, which must write all of them.
@inline(__always)
func made<Element>(_ count: Int, _ body: (UnsafeMutablePointer<Element>) -> Void) -> [Element] {
  guard count > 0 else { return [] }
  return [Element](unsafeUninitializedCapacity: count) { buffer, written in
    guard let base = buffer.baseAddress else { return }
    body(base)
    written = count
  }
}

/// A new array of at most `count` elements; `body` writes them from the first on and says how many.
/// It may write up to `slack` more that do not count.
@inline(__always)
func written<Element>(_ count: Int, slack: Int = 0, _ body: (UnsafeMutablePointer<Element>) -> Int) -> [Element] {
  guard count > 0 else { return [] }
  return [Element](unsafeUninitializedCapacity: count + slack) { buffer, count in
    guard let base = buffer.baseAddress else { return }
    count = body(base)
  }
}

extension Array {
  @inline(__always)
  func withBase<Result>(_ body: (UnsafePointer<Element>) -> Result) -> Result? {
    withUnsafeBufferPointer { buffer in buffer.baseAddress.map(body) }
  }
  @inline(__always)
  mutating func withMutableBase<Result>(_ body: (UnsafeMutablePointer<Element>) -> Result) -> Result? {
    withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.map(body) }
  }
}
