/// Sorts texts as their readers do: −1, 0 or 1 as `a` stands before, with or after `b`.
///
/// The order is that of the folds: a space before all, then signs, numbers (a run of digits counts as one number, so
/// «طبقهٔ ۲» stands before «طبقهٔ ۱۰»), Persian letters as in CLDR's collation for fa, then all other letters
/// by code point. Texts with one fold stand together, ordered by their vowel signs, then the plain letter before
/// its variants (ی before ئ before ي), and last by code points, so that only the same text gives 0.
///
/// Cost: linear in the shorter text for ASCII; other texts are folded at each comparison, so keep keys where many
/// are sorted.
package func compareText(_ a: String, _ b: String) -> Int {
  let (left, right) = (folded(a), folded(b))
  let byFold = TextOrder.compareFolds(left, right)
  if byFold != 0 { return byFold }
  return TextOrder.compareVariants(a, b, folds: (left, right))
}

/// The places of many texts in the order of `compareText`; equal texts stay as they are. Each is folded once.
package func sortedPlaces(of texts: [String]) -> [Int] {
  let folds = texts.map(folded)
  return texts.indices.sorted { a, b in
    let byFold = TextOrder.compareFolds(folds[a], folds[b])
    if byFold != 0 { return byFold < 0 }
    let byVariant = TextOrder.compareVariants(texts[a], texts[b], folds: (folds[a], folds[b]))
    return byVariant != 0 ? byVariant < 0 : a < b
  }
}

enum TextOrder {
  /// The letters in the order of CLDR fa; a lone hamza stands after the two alefs.
  private static let persian: [UInt32] = [
    0x622, 0x627, 0x621, 0x628, 0x67E, 0x62A, 0x62B, 0x62C, 0x686, 0x62D, 0x62E, 0x62F, 0x630, 0x631, 0x632, 0x698,
    0x633, 0x634, 0x635, 0x636, 0x637, 0x638, 0x639, 0x63A, 0x641, 0x642, 0x6A9, 0x6AF, 0x644, 0x645, 0x646, 0x648,
    0x647, 0x6CC,
  ]

  /// Places for U+0600 to U+06FF: the letters above first, the rest of the block after them by code point.
  private static let places: [UInt32] = {
    var places: [UInt32] = (0..<0x100).map { 0x41 + 64 + $0 }
    for (place, letter) in persian.enumerated() {
      let index = Int(letter) - 0x600
      if places.indices.contains(index) { places[index] = 0x41 + UInt32(place) }
    }
    return places
  }()

  /// ASCII up to `@` (space, signs, digits) keeps its code; the Arabic block comes next; the rest follows.
  private static func weight(_ value: UInt32) -> UInt32 {
    if value < 0x41 { return value }
    if (0x600...0x6FF).contains(value) { return places[Int(value) - 0x600] }
    return value + 0x1000
  }

  /// Byte by byte: digits of a fold are ASCII, and a code point is looked at only where two of them part.
  static func compareFolds(_ a: String, _ b: String) -> Int {
    let (x, y) = (a.utf8.span, b.utf8.span)
    var (i, j) = (0, 0)
    while i < x.count, j < y.count {
      if isDigit(x[i]), isDigit(y[j]) {
        let byNumber = compareNumbers(x, &i, y, &j)
        if byNumber != 0 { return byNumber }
      } else if x[i] == y[j] {
        i += 1
        j += 1
      } else {
        return weight(of: x, at: i) < weight(of: y, at: j) ? -1 : 1
      }
    }
    return i == x.count ? (j == y.count ? 0 : -1) : 1
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Compares the runs of digits that begin at both places by their number, and goes past them.
  private static func compareNumbers(_ x: Span<UInt8>, _ i: inout Int, _ y: Span<UInt8>, _ j: inout Int) -> Int {
    while i < x.count, x[i] == 0x30 { i += 1 }
    while j < y.count, y[j] == 0x30 { j += 1 }
    var first = 0
    while i < x.count, j < y.count, isDigit(x[i]), isDigit(y[j]) {
      if first == 0, x[i] != y[j] { first = x[i] < y[j] ? -1 : 1 }
      i += 1
      j += 1
    }
    // The longer number is the larger.
    if i < x.count, isDigit(x[i]) { return 1 }
    if j < y.count, isDigit(y[j]) { return -1 }
    return first
  }

  /// The weight of the code point that the byte at `index` is part of; all numbers weigh the same against the rest.
  private static func weight(of bytes: Span<UInt8>, at index: Int) -> UInt32 {
    if bytes[index] < 0x80 { return isDigit(bytes[index]) ? 0x30 : weight(UInt32(bytes[index])) }
    var start = index
    while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    let lead = bytes[start]
    var value = UInt32(lead & (lead < 0xE0 ? 0x1F : lead < 0xF0 ? 0x0F : 0x07))
    var next = start + 1
    while next < bytes.count, bytes[next] & 0xC0 == 0x80 {
      value = value << 6 | UInt32(bytes[next] & 0x3F)
      next += 1
    }
    return weight(value)
  }

  /// The order among texts whose folds differ in leading zeros or not at all; those of one fold are neighbours.
  static func compareVariants(_ a: String, _ b: String, folds: (String, String)) -> Int {
    if a.utf8.elementsEqual(b.utf8) { return 0 }
    let byZeros = compare(folds.0.unicodeScalars.lazy.map(\.value), folds.1.unicodeScalars.lazy.map(\.value))
    if byZeros != 0 { return byZeros }
    let byMarks = compare(marks(of: a), marks(of: b))
    if byMarks != 0 { return byMarks }
    let byLetters = compare(variants(of: a), variants(of: b))
    if byLetters != 0 { return byLetters }
    return compare(a.unicodeScalars.lazy.map(\.value), b.unicodeScalars.lazy.map(\.value))
  }

  /// 0 for each letter, followed by its marks: a letter without stands before one with.
  private static func marks(of text: String) -> [UInt32] {
    Fold.composed(text).map { Fold.isArabicMark($0) ? $0 : 0 }
  }

  /// 0 for each plain letter, its own code for a variant; hamza forms before the letters of other encodings.
  private static func variants(of text: String) -> [UInt32] {
    Fold.composed(text).map { value in
      guard let plain = Fold.folded(value), plain != value else { return 0 }
      return (0x0622...0x0629).contains(value) ? value : value + 0x1000
    }
  }

  private static func compare(_ a: some Sequence<UInt32>, _ b: some Sequence<UInt32>) -> Int {
    if a.lexicographicallyPrecedes(b) { return -1 }
    return b.lexicographicallyPrecedes(a) ? 1 : 0
  }
}
