/// How times lie and are compared.
protocol TimeForm {
  associatedtype Time: Comparable & Sendable
  associatedtype Block
  static var least: Time { get }
  /// Of what has no time: behind all that has one.
  static var none: Time { get }
  /// So many times are compared at once; 0 where they are not.
  static var blockSize: Int { get }
  /// The bound some seconds or days later than a moment, among the times; `least` where the mask is 0 and not −1. Of
  /// `Int64.max`, no moment, one that nothing comes up to.
  func start(_ moment: Int64, later: Int64, isGoing: Int32) -> Time
  /// −1 for a time before an end, where there is a place, and a start that is that of a match that goes on; else 0.
  func inside(_ time: Time, _ end: Time, _ start: Time, _ place: Int32) -> Int32
  /// 1 where a bound is the one right after a time.
  func isNext(_ time: Time, _ bound: Time) -> Int
  func time(_ near: Time) -> Int64
  /// The first times of a set; those behind its end are never early.
  func block(at times: UnsafePointer<Time>, count: Int) -> Block
  func countEarlier(than bound: Time, in block: Block) -> Int
  /// How many times up to `end` are earlier, looked for from one that is not too far. `total`: how many may be read.
  func countEarlier(than bound: Time, in times: UnsafePointer<Time>, from: Int, to end: Int, _ total: Int) -> Int
}

/// Times less an offset, above nought itself, that leaves them small and not below nought.
struct NearTime: TimeForm {
  let offset: Int64

  static var least: Int32 { .min }
  static var none: Int32 { TimelineTimes.none }
  static var blockSize: Int { 16 }

  /// In halves of 32 bits, which are compared many at a time: what is below nought is nought, and what is too large the
  /// largest.
  @inline(__always)
  func start(_ moment: Int64, later: Int64, isGoing: Int32) -> Int32 {
    let bound = moment &+ later &- offset
    let (half, rest) = (Int32(truncatingIfNeeded: bound >> 32), Int32(truncatingIfNeeded: bound))
    let isLarge = ((0 &- half) | rest) >> 31
    let near = (rest | isLarge) & .max & ~(half >> 31)
    return (near & isGoing) | (Self.least & ~isGoing)
  }
  @inline(__always)
  func inside(_ time: Int32, _ end: Int32, _ start: Int32, _ place: Int32) -> Int32 {
    ((time &- end) & ~start & ~place) >> 31
  }
  @inline(__always)
  func isNext(_ time: Int32, _ bound: Int32) -> Int { bound &- time == 1 ? 1 : 0 }
  @inline(__always)
  func time(_ near: Int32) -> Int64 { Int64(near) &+ offset }

  @inline(__always)
  func block(at times: UnsafePointer<Int32>, count: Int) -> SIMD16<Int32> {
    let places = SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    let inside = (places &- SIMD16(repeating: Int32(clamping: count))) &>> 31
    return (whole(at: times) & inside) | (~inside & SIMD16(repeating: .max))
  }

  @inline(__always)
  private func whole(at times: UnsafePointer<Int32>) -> SIMD16<Int32> {
    UnsafeRawPointer(times).loadUnaligned(as: SIMD16<Int32>.self)
  }

  /// Neither times nor bounds that are not below nought differ by more than fits, so a difference's sign tells the order.
  @inline(__always)
  func countEarlier(than bound: Int32, in block: SIMD16<Int32>) -> Int {
    let signs = (block &- SIMD16(repeating: max(bound, 0))) &>> 31
    let eight = signs.lowHalf &+ signs.highHalf
    let four = eight.lowHalf &+ eight.highHalf
    let two = four.lowHalf &+ four.highHalf
    return Int(0 &- (two.x &+ two.y))
  }

  @inline(__always)
  func countEarlier(than bound: Int32, in times: UnsafePointer<Int32>, from: Int, to end: Int, _ total: Int) -> Int {
    if from &+ Self.blockSize <= end {
      let count = countEarlier(than: bound, in: whole(at: times + from))
      if count < Self.blockSize { return from &+ count }
      return TimeSearch.gallop(notBefore: bound, in: times, from: from &+ Self.blockSize, to: end)
    }
    guard from < end, from &+ Self.blockSize <= total else {
      return TimeSearch.gallop(notBefore: bound, in: times, from: from, to: end)
    }
    return from &+ countEarlier(than: bound, in: block(at: times + from, count: end &- from))
  }
}

/// Times as they are.
struct FarTime: TimeForm {
  static var least: Int64 { .min }
  static var none: Int64 { .max }
  static var blockSize: Int { 0 }
  @inline(__always)
  func start(_ moment: Int64, later: Int64, isGoing: Int32) -> Int64 {
    isGoing == 0 ? Self.least : min(moment, .max &- later) &+ later
  }
  @inline(__always)
  func inside(_ time: Int64, _ end: Int64, _ start: Int64, _ place: Int32) -> Int32 {
    time < end && start > Self.least && place >= 0 ? -1 : 0
  }
  @inline(__always)
  func isNext(_ time: Int64, _ bound: Int64) -> Int { bound &- time == 1 ? 1 : 0 }
  @inline(__always)
  func time(_ near: Int64) -> Int64 { near }
  @inline(__always)
  func block(at times: UnsafePointer<Int64>, count: Int) {}
  @inline(__always)
  func countEarlier(than bound: Int64, in block: Void) -> Int { 0 }
  @inline(__always)
  func countEarlier(than bound: Int64, in times: UnsafePointer<Int64>, from: Int, to end: Int, _ total: Int) -> Int {
    TimeSearch.gallop(notBefore: bound, in: times, from: from, to: end)
  }
}

extension TimeSearch {
  /// The first place whose time is not before a bound, by growing steps and then halving.
  @inline(__always)
  static func gallop<Time: Comparable>(
    notBefore bound: Time, in times: UnsafePointer<Time>, from: Int, to end: Int
  ) -> Int {
    var low = from
    var width = 1
    var probe = low
    while probe < end, times[probe] < bound {
      low = probe &+ 1
      probe &+= width
      width &*= 2
    }
    var high = min(probe, end)
    while low < high {
      let middle = low &+ (high &- low) / 2
      if times[middle] < bound { low = middle &+ 1 } else { high = middle }
    }
    return low
  }
}
