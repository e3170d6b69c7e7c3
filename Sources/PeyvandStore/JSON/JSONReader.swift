import PeyvandBase
import PeyvandFiles

/// One step through a JSON text.
package enum JSONToken: Hashable, Sendable {
  case beginObject, endObject, beginArray, endArray
  case key(String)
  case string(String)
  /// A number without point and exponent that fits.
  case integer(Int64)
  /// Any other number, correctly rounded.
  case double(Double)
  case bool(Bool)
  case null
  /// After the whole text.
  case end
}

/// A strict reader of JSON (RFC 8259) that never builds more than one token.
///
/// A store may be larger than what one would like to hold as a tree, and is read a column at a time, so the
/// reader is a cursor over bytes: `next` gives a token, the functions of `JSONReader+Columns.swift` take a
/// whole array of numbers at once. It accepts what the RFC calls JSON and nothing else: no byte order mark,
/// comments, trailing commas, raw control characters, half surrogates, broken UTF-8 or numbers beyond
/// `Double`. Depth is limited, so neither reading nor freeing a value can exhaust the stack.
///
/// Every access goes through `byte(at:)`, `word(at:)` or a loop whose bound is `end`.
package struct JSONReader {
  /// What a repeated key in one object means.
  package enum Duplicates: Sendable {
    /// An error: files of our own.
    case refuse
    /// Kept in `duplicateKeys` and given like any other: RFC 8259 allows it.
    case report
  }

  /// Levels of arrays and objects, one in the other.
  package static let depthLimit = Limits.Fixed.jsonDepth

  private enum State { case value, arrayStart, objectStart, afterValue }

  /// Keeps the memory behind `base` alive.
  let bytes: FileBytes
  let base: UnsafePointer<UInt8>?
  let end: Int
  /// Offset of the next byte to look at.
  package internal(set) var position: Int
  private var state = State.value
  private var levels: [Bool] = []
  private var keys: KeyStack
  var scratch: [UInt8] = []
  private let duplicates: Duplicates
  /// Keys met twice, with their offsets; the first hundred.
  package private(set) var duplicateKeys: [(key: String, byte: Int)] = []

  /// - Parameter range: the stretch to read as a text of its own; places in errors stay those of the file.
  package init(_ bytes: FileBytes, range: Range<Int>? = nil, duplicates: Duplicates = .report) {
    let raw = bytes.unsafeBytes
    let range = (range ?? 0..<bytes.count).clamped(to: 0..<bytes.count)
    self.bytes = bytes
    base = raw.baseAddress?.assumingMemoryBound(to: UInt8.self)
    end = range.upperBound
    position = range.lowerBound
    keys = KeyStack()
    self.duplicates = duplicates
  }

  package var depth: Int { levels.count }

  // MARK: - Tokens

  /// The next token; `.end` once the text is over, and then always.
  /// - Throws: what is wrong, at which byte, line and column. After an error the reader is not used further.
  package mutating func next() throws(JSONError) -> JSONToken {
    switch state {
    case .value:
      skipSpace()
      return try value()
    case .arrayStart:
      skipSpace()
      if byte(at: position) == Ascii.closeBracket { return close() }
      state = .value
      return try value()
    case .objectStart:
      skipSpace()
      if byte(at: position) == Ascii.closeBrace { return close() }
      return try key()
    case .afterValue:
      skipSpace()
      guard let inObject = levels.last else {
        guard position >= end else { throw unexpected(wanted: "the end of the text") }
        return .end
      }
      switch byte(at: position) {
      case Ascii.comma:
        position += 1
        skipSpace()
        if let here = byte(at: position), here == Ascii.closeBracket || here == Ascii.closeBrace {
          throw error(.trailingComma)
        }
        if inObject { return try key() }
        state = .value
        return try value()
      case Ascii.closeBracket where !inObject, Ascii.closeBrace where inObject:
        return close()
      default:
        throw unexpected(wanted: inObject ? "a comma or }" : "a comma or ]")
      }
    }
  }

  /// Goes over the next value, however large, checking it as strictly as any other.
  package mutating func skipValue() throws(JSONError) {
    let level = depth
    repeat {
      if case .end = try next() { throw error(.unexpectedEnd(wanted: "a value")) }
    } while depth > level || isBeforeValue
  }

  /// After a key: the value is still to come.
  private var isBeforeValue: Bool { state == .value }

  private mutating func value() throws(JSONError) -> JSONToken {
    guard let first = byte(at: position) else { throw error(.unexpectedEnd(wanted: "a value")) }
    switch first {
    case Ascii.quote:
      let text = try string()
      state = .afterValue
      return .string(text)
    case Ascii.openBrace:
      try open(object: true)
      state = .objectStart
      return .beginObject
    case Ascii.openBracket:
      try open(object: false)
      state = .arrayStart
      return .beginArray
    case Ascii.minus, 0x30...0x39:
      let number = try number()
      state = .afterValue
      switch number {
      case .integer(let value): return .integer(value)
      case .double(let value): return .double(value)
      }
    case UInt8(ascii: "t"):
      try word("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try word("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try word("null")
      return .null
    case 0xEF where byte(at: position + 1) == 0xBB && byte(at: position + 2) == 0xBF:
      throw error(.byteOrderMark)
    default:
      throw unexpected(wanted: "a value")
    }
  }

  private mutating func key() throws(JSONError) -> JSONToken {
    let start = position
    guard byte(at: position) == Ascii.quote else { throw unexpected(wanted: "a key in quotes") }
    let text = try string()
    if !keys.insert(text) {
      if duplicates == .refuse { throw error(.duplicateKey(text), at: start) }
      if duplicateKeys.count < 100 { duplicateKeys.append((text, start)) }
    }
    skipSpace()
    guard byte(at: position) == Ascii.colon else { throw unexpected(wanted: "a colon") }
    position += 1
    state = .value
    return .key(text)
  }

  private mutating func word(_ word: StaticString) throws(JSONError) {
    let count = word.utf8CodeUnitCount
    for index in 0..<count {
      guard byte(at: position + index) == word.utf8Start[index] else {
        throw unexpected(wanted: "a value")
      }
    }
    position += count
    state = .afterValue
  }

  private mutating func open(object: Bool) throws(JSONError) {
    guard levels.count < Self.depthLimit else { throw error(.tooDeep(limit: Self.depthLimit)) }
    position += 1
    levels.append(object)
    if object { keys.open() }
  }

  private mutating func close() -> JSONToken {
    position += 1
    let object = levels.popLast() ?? false
    if object { keys.close() }
    state = .afterValue
    return object ? .endObject : .endArray
  }

  // MARK: - For the columns

  /// Takes the `[` of the array that comes next.
  mutating func enterArray() throws(JSONError) {
    let start = position
    let token = try next()
    guard token == .beginArray else { throw error(.wrongType(found: token.inWords, wanted: "an array"), at: start) }
  }

  /// Moves to the next element of the array entered; false at its `]`, which is taken. The element's first
  /// byte is then at `position`, and `elementTaken` is called once it has been read.
  @inline(__always)
  mutating func enterElement() throws(JSONError) -> Bool {
    skipSpace()
    guard let here = byte(at: position) else { throw error(.unexpectedEnd(wanted: "a value")) }
    if state == .arrayStart {
      if here == Ascii.closeBracket {
        _ = close()
        return false
      }
    } else if here == Ascii.comma {
      position += 1
      skipSpace()
      if byte(at: position) == Ascii.closeBracket { throw error(.trailingComma) }
    } else if here == Ascii.closeBracket {
      _ = close()
      return false
    } else {
      throw unexpected(wanted: "a comma or ]")
    }
    state = .value
    return true
  }

  @inline(__always)
  mutating func elementTaken() { state = .afterValue }

  /// Takes `null` if it comes next.
  @inline(__always)
  mutating func takeNull() throws(JSONError) -> Bool {
    guard byte(at: position) == UInt8(ascii: "n") else { return false }
    try word("null")
    return true
  }

  // MARK: - Bytes

  @inline(__always)
  func byte(at offset: Int) -> UInt8? {
    guard let base, offset >= 0, offset < end else { return nil }
    return base[offset]
  }

  /// Eight bytes, the first in the lowest place; nil nearer than eight to the end.
  @inline(__always)
  func word(at offset: Int) -> UInt64? {
    guard let base, offset >= 0, end - offset >= 8 else { return nil }
    return UInt64(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self))
  }

  @inline(__always)
  mutating func skipSpace() {
    while let here = byte(at: position), here <= 0x20,
      here == 0x20 || here == 0x0A || here == 0x0D || here == 0x09
    {
      position += 1
    }
  }

  /// The text of a stretch already known to be UTF-8.
  func text(_ range: Range<Int>) -> String {
    guard let base, range.lowerBound >= 0, range.upperBound <= end else { return "" }
    return String(decoding: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count), as: UTF8.self)
  }

  /// Adds the bytes of a stretch to `scratch`.
  mutating func keep(_ range: Range<Int>) {
    guard let base, range.lowerBound >= 0, range.upperBound <= end else { return }
    scratch.append(contentsOf: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  // MARK: - Errors

  func unexpected(wanted: String) -> JSONError {
    guard let found = byte(at: position) else { return error(.unexpectedEnd(wanted: wanted)) }
    let length = UTF8Check.characterLength(in: UnsafeRawBufferPointer(start: base, count: end), at: position)
    if length == 0 { return error(.notUTF8) }
    let shown = found < 0x20 || found == 0x7F ? "control character \(found)" : "'\(text(position..<position + length))'"
    return error(.unexpected(shown, wanted: wanted))
  }

  /// The error at an offset, its line and column counted from the beginning of the file.
  func error(_ problem: JSONError.Problem, at offset: Int? = nil) -> JSONError {
    let offset = min(offset ?? position, end)
    var line = 1
    var column = 1
    if let base {
      for index in 0..<offset {
        if base[index] == 0x0A {
          line += 1
          column = 1
        } else if base[index] & 0xC0 != 0x80 {
          column += 1
        }
      }
    }
    return JSONError(problem, byte: offset, line: line, column: column)
  }
}

/// The bytes that structure JSON.
enum Ascii {
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let comma = UInt8(ascii: ",")
  static let colon = UInt8(ascii: ":")
  static let minus = UInt8(ascii: "-")
  static let openBrace = UInt8(ascii: "{")
  static let closeBrace = UInt8(ascii: "}")
  static let openBracket = UInt8(ascii: "[")
  static let closeBracket = UInt8(ascii: "]")
}

extension JSONToken {
  /// For "found … where … was expected".
  package var inWords: String {
    switch self {
    case .beginObject: "an object"
    case .endObject: "the end of an object"
    case .beginArray: "an array"
    case .endArray: "the end of an array"
    case .key(let key): "the key \"\(key)\""
    case .string: "a text"
    case .integer: "a whole number"
    case .double: "a number"
    case .bool: "true or false"
    case .null: "null"
    case .end: "the end of the text"
    }
  }
}

/// The keys of the objects that are open, to notice one that comes twice.
///
/// Few keys are compared one by one, which needs no memory beyond the texts; an object of many has a set of
/// hashes (Swift's, seeded anew for each process, so that nobody can choose keys that collide).
private struct KeyStack {
  private struct Entry {
    var hash: Int
    var key: String
  }
  private var entries: [Entry] = []
  private var starts: [Int] = []
  private var sets: [Set<Int>?] = []
  private static let few = 24

  mutating func open() {
    starts.append(entries.count)
    sets.append(nil)
  }

  mutating func close() {
    if let start = starts.popLast() { entries.removeSubrange(min(start, entries.count)...) }
    _ = sets.popLast()
  }

  /// Adds a key to the innermost object; false when it is there already, byte for byte.
  mutating func insert(_ key: String) -> Bool {
    guard let start = starts.last else { return true }
    var hasher = Hasher()
    var key = key
    key.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    let hash = hasher.finalize()
    let top = sets.count - 1
    let isNew: Bool
    if sets[top] != nil {
      isNew = sets[top]?.insert(hash).inserted ?? true
    } else {
      isNew = !entries[start...].contains { $0.hash == hash }
      if entries.count - start >= Self.few { sets[top] = Set(entries[start...].map(\.hash)).union([hash]) }
    }
    // A hash met again is a repeat only if the bytes are the same.
    if !isNew, entries[start...].contains(where: { $0.hash == hash && $0.key.utf8.elementsEqual(key.utf8) }) {
      return false
    }
    entries.append(Entry(hash: hash, key: key))
    return true
  }
}
