/// The row loops that all kernels are made of.
///
/// They are generic and inlined, so that each kernel of this module becomes one concrete loop over plain
/// memory; they are internal, because a generic called from another module costs more than the row it
/// handles. A slab of one constant stays one: what is computed from constants alone is computed once. The
/// only unsafe words of the engine stand here and in the kernels beside; each loop's bounds are those of
/// slabs, whose storage holds all of their elements by construction.
extension Slab {
  /// The elements' memory and the step from one to the next. Not called for an empty slab.
  @inline(__always)
  func withElements<R>(_ body: (UnsafePointer<Element>, Int) -> R, empty: @autoclosure () -> R) -> R {
    storage.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, count > 0 else { return empty() }
      return body(base + start, stride)
    }
  }

  /// The elements as memory of their own, laid out one by one.
  @inline(__always)
  func withFlat<R>(_ body: (UnsafeBufferPointer<Element>) -> R) -> R {
    if stride == 1 {
      return storage.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<start + count])) }
    }
    guard let value = storage.first else { return body(UnsafeBufferPointer(start: nil, count: 0)) }
    return [Element](repeating: value, count: count).withUnsafeBufferPointer(body)
  }
}

/// An array of `count` elements that `fill` sets, all of them.
@inline(__always)
func filled<R>(_ count: Int, _ fill: (UnsafeMutablePointer<R>) -> Void) -> [R] {
  guard count > 0 else { return [] }
  return [R](unsafeUninitializedCapacity: count) { buffer, initialized in
    guard let base = buffer.baseAddress else { return }
    fill(base)
    initialized = count
  }
}

@inline(__always)
func mapped<A: Sendable, R: Sendable>(_ a: Slab<A>, _ body: (A) -> R) -> Slab<R> {
  if a.isConstant, let value = a.storage.first { return Slab(repeating: body(value), count: a.count) }
  return Slab(
    filled(a.count) { out in
      a.withElements(
        { base, _ in
          for index in 0..<a.count { out[index] = body(base[index]) }
        }, empty: ())
    })
}

/// Of two slabs of one length; of different lengths, as many as the shorter has.
@inline(__always)
func mapped<A: Sendable, B: Sendable, R: Sendable>(_ a: Slab<A>, _ b: Slab<B>, _ body: (A, B) -> R) -> Slab<R> {
  let count = min(a.count, b.count)
  if a.isConstant, b.isConstant, let x = a.storage.first, let y = b.storage.first {
    return Slab(repeating: body(x, y), count: count)
  }
  if b.isConstant, let y = b.storage.first {
    return Slab(
      filled(count) { out in
        a.withElements({ base, _ in for index in 0..<count { out[index] = body(base[index], y) } }, empty: ())
      })
  }
  if a.isConstant, let x = a.storage.first {
    return Slab(
      filled(count) { out in
        b.withElements({ base, _ in for index in 0..<count { out[index] = body(x, base[index]) } }, empty: ())
      })
  }
  return Slab(
    filled(count) { out in
      a.withElements(
        { left, _ in
          b.withElements(
            { right, _ in
              for index in 0..<count { out[index] = body(left[index], right[index]) }
            }, empty: ())
        }, empty: ())
    })
}

/// Of three slabs of one length; one constant among them costs a step of nought, not a copy.
@inline(__always)
func mapped<A: Sendable, B: Sendable, C: Sendable, R: Sendable>(
  _ a: Slab<A>, _ b: Slab<B>, _ c: Slab<C>, _ body: (A, B, C) -> R
) -> Slab<R> {
  let count = min(a.count, b.count, c.count)
  if a.isConstant, b.isConstant, c.isConstant, let x = a.storage.first, let y = b.storage.first,
    let z = c.storage.first
  {
    return Slab(repeating: body(x, y, z), count: count)
  }
  return Slab(
    filled(count) { out in
      a.withElements(
        { first, firstStep in
          b.withElements(
            { second, secondStep in
              c.withElements(
                { third, thirdStep in
                  for index in 0..<count {
                    out[index] = body(
                      first[index &* firstStep], second[index &* secondStep], third[index &* thirdStep])
                  }
                }, empty: ())
            }, empty: ())
        }, empty: ())
    })
}

extension Slab {
  /// The element at an index, where there is one.
  package subscript(index: Int) -> Element? {
    guard index >= 0, index < count else { return nil }
    return storage[start + index * stride]
  }

  /// A part without a copy, cut to what there is.
  package func slice(_ range: Range<Int>) -> Slab {
    let range = range.clamped(to: 0..<count)
    guard !isConstant else {
      return storage.first.map { Slab(repeating: $0, count: range.count) } ?? Slab([])
    }
    return Slab(storage, start + range.lowerBound..<start + range.upperBound, isRising: isRising)
  }

  package var array: [Element] {
    if isConstant { return storage.first.map { Array(repeating: $0, count: count) } ?? [] }
    return start == 0 && count == storage.count ? storage : Array(storage[start..<start + count])
  }
}
