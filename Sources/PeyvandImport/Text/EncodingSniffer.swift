import PeyvandBase
import PeyvandFiles

/// Finds out from its bytes how a text is encoded, and says why.
///
/// A mark decides. Without one, every second byte being a nought or a 6 (the Arabic block) is UTF-16. What is UTF-8
/// throughout is UTF-8, and so is a text of which more letters are UTF-8 than are not: its other lines are then named.
/// Else each letter is a byte, and the letters tell: those of Persian and Arabic stand together as words, those of
/// western languages between plain letters (é in café). A text that fits none of it is no guess of ours.
struct EncodingSniffer {
  struct Found {
    var encoding: TextEncoding
    /// Where the text begins, behind a mark.
    var start: Int
    /// For the user; nothing to say of plain UTF-8.
    var finding: String?
    /// Whether it was told by mark or by name, so that nothing of it is a guess.
    var isSure: Bool
  }

  /// What is said of a text that begins with a mark of UTF-8.
  static let marked = "UTF-8 with a byte order mark"
  private static let sample = 1 << 18
  /// Bytes from 0x80 that are looked at.
  private static let enough = 200_000

  /// - Parameters:
  ///   - declared: what `encoding:` says; then only a mark is looked for.
  ///   - isClean: whether it is known to be UTF-8 throughout.
  /// - Throws: E2202 (UTF-32), E2203 (nothing that is known).
  static func find(
    _ file: FileBytes, named name: String, declared: TextEncoding?, isClean: Bool = false
  ) throws(Diagnostic) -> Found {
    switch (file.byte(at: 0), file.byte(at: 1), file.byte(at: 2), file.byte(at: 3)) {
    case (0xFF, 0xFE, 0, 0), (0, 0, 0xFE, 0xFF): throw ImportDiagnostics.otherUnicode(name, encoding: "UTF-32")
    case (0xEF, 0xBB, 0xBF, _) where declared == nil || declared == .utf8:
      return Found(encoding: .utf8, start: 3, finding: marked, isSure: true)
    case (0xFF, 0xFE, _, _) where declared == nil || declared == .utf16LittleEndian:
      return Found(
        encoding: .utf16LittleEndian, start: 2, finding: "UTF-16LE: a byte order mark says so", isSure: true)
    case (0xFE, 0xFF, _, _)
    where declared == nil || declared == .utf16BigEndian || declared == .utf16LittleEndian:
      return Found(encoding: .utf16BigEndian, start: 2, finding: "UTF-16BE: a byte order mark says so", isSure: true)
    default: break
    }
    if let declared { return Found(encoding: declared, start: 0, finding: nil, isSure: true) }
    return try file.withUnsafeBytes { (bytes) throws(Diagnostic) -> Found in
      if let found = wide(bytes) { return found }
      guard !isClean, let first = UTF8Check.firstInvalid(in: bytes) else {
        return Found(encoding: .utf8, start: 0, finding: nil, isSure: false)
      }
      let letters = Letters(bytes, firstInvalid: first)
      if letters.multibyte >= letters.invalid {
        return Found(encoding: .utf8, start: 0, finding: nil, isSure: false)
      }
      if let found = letters.verdict(bytes) { return found }
      if letters.invalid <= Limits.Fixed.foreignLines {
        return Found(encoding: .utf8, start: 0, finding: nil, isSure: false)
      }
      let line = bytes.prefix(first).reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
      throw ImportDiagnostics.notUTF8(name, line: line, byte: first + 1)
    }
  }

  /// UTF-16 without a mark: units that are plain letters in one order of the bytes and not in the other.
  private static func wide(_ bytes: UnsafeRawBufferPointer) -> Found? {
    let end = min(bytes.count, sample) & ~1
    guard end >= 2 else { return nil }
    var little = 0
    var big = 0
    var noughts = 0
    func isPlain(_ high: UInt8, _ low: UInt8) -> Bool {
      switch high {
      case 0: low == 9 || low == 10 || low == 13 || (0x20...0x7E).contains(low) || low >= 0xA0
      case 1: low < 0x80
      case 6: true
      case 0x20: low <= 0x6F
      case 0xFB, 0xFE: true
      default: false
      }
    }
    var at = 0
    while at < end {
      if bytes[at] == 0 || bytes[at + 1] == 0 { noughts += 1 }
      if isPlain(bytes[at + 1], bytes[at]) { little += 1 }
      if isPlain(bytes[at], bytes[at + 1]) { big += 1 }
      at += 2
    }
    let units = end / 2
    // Delimiters, blanks and line ends have a nought beside them in any language.
    guard noughts * 20 >= units, max(little, big) * 20 >= units * 19, little != big else { return nil }
    let share = max(little, big) * 100 / units
    return little > big
      ? Found(
        encoding: .utf16LittleEndian, start: 0,
        finding: "UTF-16LE without a mark: \(share)% of its units are letters and signs, the low byte first",
        isSure: false)
      : Found(
        encoding: .utf16BigEndian, start: 0,
        finding: "UTF-16BE without a mark: \(share)% of its units are letters and signs, the high byte first",
        isSure: false)
  }

  /// What the bytes from 0x80 look like, were each of them a letter.
  private struct Letters {
    /// Letters of two bytes and more that are right UTF-8, and bytes that begin none.
    private(set) var multibyte = 0
    private(set) var invalid = 0
    private var high = 0
    private var arabic = 0
    private var western = 0
    /// High bytes beside a plain letter, and beside another high byte.
    private var besidePlain = 0
    private var besideHigh = 0
    /// Bytes from 0x80 to 0x9F: signs in Windows-1252.
    private var signs = 0
    private var arabicWord: Range<Int>?
    private var westernWord: Range<Int>?

    private static let arabicLetters: [Bool] = (TextEncoding.windows1256.upperHalf ?? []).map { letter in
      switch letter {
      case 0x0621...0x063A, 0x0640...0x064A, 0x0679...0x06D3, 0x060C, 0x061B, 0x061F, 0x200C: true
      default: false
      }
    }
    private static let westernLetters: [Bool] = (TextEncoding.windows1252.upperHalf ?? []).map { letter in
      switch letter {
      // ÿ is too rare to be a sign of anything, and what damaged files hold.
      case 0xC0...0xD6, 0xD8...0xF6, 0xF8...0xFE, 0x152...0x17E: true
      default: false
      }
    }
    /// Signs that western texts hold: money, quotes, dashes, the no-break space.
    private static let westernSigns: [Bool] = (TextEncoding.windows1252.upperHalf ?? []).map { letter in
      switch letter {
      case 0xA0...0xBF, 0x2013...0x2030, 0x20AC, 0x2122: true
      default: false
      }
    }

    init(_ bytes: UnsafeRawBufferPointer, firstInvalid: Int) {
      var at = 0
      while at < bytes.count, high < EncodingSniffer.enough {
        let byte = bytes[at]
        if byte < 0x80 {
          at += 1
          continue
        }
        let length = UTF8Check.characterLength(in: bytes, at: at)
        if length > 1 { multibyte += 1 } else { invalid += 1 }
        // Bytes are counted singly all the same: an encoding of one byte a letter may look like UTF-8 here and there.
        for place in at..<at + max(length, 1) { count(bytes, place) }
        at += max(length, 1)
      }
    }

    private mutating func count(_ bytes: UnsafeRawBufferPointer, _ at: Int) {
      let byte = bytes[at]
      let place = Int(byte) - 0x80
      guard place >= 0 else { return }
      high += 1
      let before = at > 0 ? bytes[at - 1] : 0x20
      let after = at + 1 < bytes.count ? bytes[at + 1] : 0x20
      func isPlain(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) && byte < 0x80 }
      if isPlain(before) || isPlain(after) { besidePlain += 1 }
      if before >= 0x80 || after >= 0x80 { besideHigh += 1 }
      if Self.arabicLetters[place] {
        arabic += 1
        if arabicWord == nil, before < 0x80 {
          var end = at
          while end < bytes.count, bytes[end] >= 0x80, Self.arabicLetters[Int(bytes[end]) - 0x80] { end += 1 }
          if end - at >= 3 { arabicWord = at..<min(end, at + 16) }
        }
      }
      if byte < 0xA0 { signs += 1 }
      if Self.westernLetters[place] {
        western += 1
        if westernWord == nil, isPlain(before) || isPlain(after) {
          var start = at
          while start > 0, at - start < 12, isPlain(bytes[start - 1]) { start -= 1 }
          var end = at + 1
          while end < bytes.count, end - at < 12, isPlain(bytes[end]) || bytes[end] >= 0xC0 { end += 1 }
          westernWord = start..<end
        }
      } else if Self.westernSigns[place] {
        western += 1
      }
    }

    func verdict(_ bytes: UnsafeRawBufferPointer) -> Found? {
      guard high > 0 else { return nil }
      func text(_ range: Range<Int>?, _ encoding: TextEncoding) -> String {
        guard let range, let table = encoding.upperHalf else { return "" }
        var text = ""
        for byte in bytes[range] {
          let code = byte < 0x80 ? UInt32(byte) : UInt32(table[Int(byte) - 0x80])
          if let scalar = Unicode.Scalar(code) { text.unicodeScalars.append(scalar) }
        }
        return ": one word is \(text)"
      }
      if arabic * 20 >= high * 17, besidePlain * 4 < high, besideHigh * 10 >= high * 7, arabicWord != nil {
        return Found(
          encoding: .windows1256, start: 0,
          finding:
            "Windows-1256: \(arabic * 100 / high)% of the bytes beyond ASCII are Arabic letters"
            + text(arabicWord, .windows1256),
          isSure: false)
      }
      if western * 20 >= high * 19, besidePlain * 10 >= high * 3, westernWord != nil {
        return Found(
          encoding: .windows1252, start: 0,
          finding:
            "Windows-1252\(signs == 0 ? " (the same as Latin-1 here)" : ""): \(western * 100 / high)% of the bytes beyond ASCII are letters and signs of western languages"
            + text(westernWord, .windows1252),
          isSure: false)
      }
      return nil
    }
  }
}
