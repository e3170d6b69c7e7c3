/// Writes JSON into bytes, a call a token; commas, line breaks and indents come by themselves.
///
/// Numbers are written with the fewest digits that read back as the same double. Control characters, also
/// those beyond ASCII, and the marks that turn the direction of text are escaped, so that a JSON answer is
/// harmless on a terminal; everything else stays as it is, Persian readable. What JSON cannot hold (NaN,
/// infinity, too many levels, calls out of order) is remembered and refused by `finish`.
package struct JSONWriter {
  private struct Level {
    var isObject: Bool
    var isMultiline: Bool
    var isEmpty = true
  }

  package private(set) var bytes: [UInt8] = []
  private var levels: [Level] = []
  private var isAfterKey = false
  private var isComplete = false
  private var failure: JSONError.Problem?

  package init(reserving capacity: Int = 0) { bytes.reserveCapacity(max(0, capacity)) }

  // MARK: - Structure

  /// - Parameter multiline: each member on a line of its own.
  package mutating func beginObject(multiline: Bool = false) { open(object: true, multiline) }
  package mutating func endObject() { close(object: true) }
  /// - Parameter multiline: each element on a line of its own.
  package mutating func beginArray(multiline: Bool = false) { open(object: false, multiline) }
  package mutating func endArray() { close(object: false) }

  package mutating func key(_ key: String) {
    guard let top = levels.last, top.isObject, !isAfterKey else { return fail("a key outside an object") }
    separate()
    quote(key)
    bytes.append(Ascii.colon)
    if top.isMultiline { bytes.append(0x20) }
    isAfterKey = true
  }

  /// A line break between two documents of a stream; the writer begins anew.
  package mutating func endDocument() {
    if !levels.isEmpty || !isComplete { fail("an unfinished document") }
    bytes.append(0x0A)
    isComplete = false
  }

  /// The text, if all of it was JSON.
  package func finish() throws(JSONError) -> [UInt8] {
    if let failure { throw JSONError(failure, byte: bytes.count) }
    guard levels.isEmpty, !isAfterKey else {
      throw JSONError(.notWritable("an unfinished document"), byte: bytes.count)
    }
    return bytes
  }

  /// What is wrong so far, for a writer whose bytes are taken in pieces.
  package func check() throws(JSONError) {
    if let failure { throw JSONError(failure, byte: bytes.count) }
  }

  /// Takes the bytes written so far away, to hand them to a file.
  package mutating func take() -> [UInt8] {
    let taken = bytes
    bytes.removeAll(keepingCapacity: true)
    return taken
  }

  // MARK: - Values

  package mutating func null() {
    beginValue()
    bytes.append(contentsOf: [0x6E, 0x75, 0x6C, 0x6C])
  }

  package mutating func bool(_ value: Bool) {
    beginValue()
    bytes.append(contentsOf: value ? [0x74, 0x72, 0x75, 0x65] : [0x66, 0x61, 0x6C, 0x73, 0x65])
  }

  package mutating func integer(_ value: Int64) {
    beginValue()
    if value < 0 { bytes.append(Ascii.minus) }
    digits(value.magnitude)
  }

  package mutating func integer(_ value: Int) { integer(Int64(value)) }

  /// - Parameter compact: a whole number without `.0`, where the reader knows the type.
  package mutating func double(_ value: Double, compact: Bool = false) {
    beginValue()
    guard value.isFinite else {
      fail("the number \(value)")
      bytes.append(contentsOf: [0x6E, 0x75, 0x6C, 0x6C])
      return
    }
    if value.magnitude < 1e15, value == value.rounded(.towardZero), value != 0 || value.sign == .plus {
      if value < 0 { bytes.append(Ascii.minus) }
      digits(UInt64(value.magnitude))
      if !compact { bytes.append(contentsOf: [0x2E, 0x30]) }
      return
    }
    bytes.append(contentsOf: value.description.utf8)
  }

  package mutating func string(_ value: String) {
    beginValue()
    quote(value)
  }

  /// A tree, on one line.
  package mutating func value(_ value: JSONValue) {
    // Deeper than can be read back; `open` has noted it, so the walk ends.
    if levels.count > JSONReader.depthLimit { return }
    switch value {
    case .null: null()
    case .bool(let value): bool(value)
    case .integer(let value): integer(value)
    case .double(let value): double(value)
    case .string(let value): string(value)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members {
        key(member.key)
        self.value(member.value)
      }
      endObject()
    }
  }

  /// Bytes that are one JSON value already.
  package mutating func raw(_ value: [UInt8]) {
    beginValue()
    bytes.append(contentsOf: value)
  }

  // MARK: - Inside

  private mutating func fail(_ why: String) {
    if failure == nil { failure = .notWritable(why) }
  }

  private mutating func beginValue() {
    if isAfterKey {
      isAfterKey = false
    } else if let top = levels.last {
      if top.isObject { fail("a value without a key") }
      separate()
    } else {
      if isComplete { fail("two values in one document") }
      isComplete = true
    }
  }

  private mutating func separate() {
    let top = levels.count - 1
    guard top >= 0 else { return }
    if levels[top].isEmpty {
      levels[top].isEmpty = false
    } else {
      bytes.append(Ascii.comma)
    }
    if levels[top].isMultiline { newline(levels.count) }
  }

  private mutating func newline(_ indent: Int) {
    bytes.append(0x0A)
    for _ in 0..<indent { bytes.append(0x20) }
  }

  private mutating func open(object: Bool, _ multiline: Bool) {
    beginValue()
    if levels.count >= JSONReader.depthLimit, failure == nil { failure = .tooDeep(limit: JSONReader.depthLimit) }
    levels.append(Level(isObject: object, isMultiline: multiline))
    bytes.append(object ? Ascii.openBrace : Ascii.openBracket)
  }

  private mutating func close(object: Bool) {
    guard let level = levels.popLast(), level.isObject == object, !isAfterKey else {
      return fail("an end that was not begun")
    }
    if level.isMultiline, !level.isEmpty { newline(levels.count) }
    bytes.append(object ? Ascii.closeBrace : Ascii.closeBracket)
  }

  private mutating func digits(_ value: UInt64) {
    if value < 10 {
      bytes.append(0x30 | UInt8(truncatingIfNeeded: value))
      return
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { room in
      var rest = value
      var at = 20
      while rest > 0, at > 0 {
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        at -= 1
        room[at] = 0x30 | UInt8(truncatingIfNeeded: digit)
        rest = quotient
      }
      bytes.append(contentsOf: UnsafeMutableBufferPointer(rebasing: room[at...]))
    }
  }

  private mutating func quote(_ text: String) {
    bytes.append(Ascii.quote)
    var text = text
    text.withUTF8 { utf8 in
      var plain = 0
      var at = 0
      while at < utf8.count {
        let length = Self.lengthToEscape(utf8, at)
        if length == 0 {
          at += 1
          continue
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[plain..<at]))
        escape(utf8, at, length)
        at += length
        plain = at
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[plain...]))
    }
    bytes.append(Ascii.quote)
  }

  /// How many bytes at an offset make one character that is escaped; 0 for one that is not.
  @inline(__always)
  private static func lengthToEscape(_ utf8: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
    let byte = utf8[at]
    if byte < 0x80 { return byte < 0x20 || byte == Ascii.quote || byte == Ascii.backslash || byte == 0x7F ? 1 : 0 }
    // U+0080 to U+009F.
    if byte == 0xC2 { return at + 1 < utf8.count && utf8[at + 1] < 0xA0 ? 2 : 0 }
    guard byte == 0xE2, at + 2 < utf8.count else { return 0 }
    switch (utf8[at + 1], utf8[at + 2]) {
    // U+2028 to U+202E: line and paragraph separators, embeddings and overrides of direction.
    case (0x80, 0xA8...0xAE): return 3
    // U+2066 to U+2069: isolates.
    case (0x81, 0xA6...0xA9): return 3
    default: return 0
    }
  }

  private mutating func escape(_ utf8: UnsafeBufferPointer<UInt8>, _ at: Int, _ length: Int) {
    bytes.append(Ascii.backslash)
    var code = UInt32(utf8[at])
    switch length {
    case 2: code = (code & 0x1F) << 6 | UInt32(utf8[at + 1] & 0x3F)
    case 3: code = (code & 0x0F) << 12 | UInt32(utf8[at + 1] & 0x3F) << 6 | UInt32(utf8[at + 2] & 0x3F)
    default: break
    }
    switch code {
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0x22: bytes.append(Ascii.quote)
    case 0x5C: bytes.append(Ascii.backslash)
    default:
      bytes.append(UInt8(ascii: "u"))
      for shift: UInt32 in [12, 8, 4, 0] {
        let digit = UInt8(truncatingIfNeeded: code >> shift & 15)
        bytes.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
      }
    }
  }
}
