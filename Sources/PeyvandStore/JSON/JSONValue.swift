import PeyvandFiles

/// A small JSON text as a tree: headers, settings, one record of a journal.
///
/// Members keep their order, and a key its bytes. Large arrays are read with `JSONReader`, which makes no
/// tree. A tree that was read is never deeper than `JSONReader.depthLimit`, so walking and freeing it is safe.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  package struct Member: Hashable, Sendable {
    package var key: String
    package var value: JSONValue
    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// Reads a whole text that holds this value and nothing else.
  package init(_ bytes: FileBytes, duplicates: JSONReader.Duplicates = .report) throws(JSONError) {
    var reader = JSONReader(bytes, duplicates: duplicates)
    self = try reader.readValue()
    _ = try reader.next()
  }

  package init(_ text: String, duplicates: JSONReader.Duplicates = .report) throws(JSONError) {
    try self.init(FileBytes(text), duplicates: duplicates)
  }

  /// The value of the first member with that key.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  package var text: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  package var integer: Int? {
    guard case .integer(let value) = self else { return nil }
    return Int(exactly: value)
  }

  /// Any number.
  package var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  package var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  package var array: [JSONValue]? {
    guard case .array(let value) = self else { return nil }
    return value
  }

  package var members: [Member]? {
    guard case .object(let value) = self else { return nil }
    return value
  }
}

extension JSONReader {
  /// The next value as a tree. Depth is bounded by the reader.
  package mutating func readValue() throws(JSONError) -> JSONValue {
    try tree(from: try next())
  }

  private mutating func tree(from token: JSONToken) throws(JSONError) -> JSONValue {
    switch token {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .integer(let value): return .integer(value)
    case .double(let value): return .double(value)
    case .string(let value): return .string(value)
    case .beginArray:
      var elements: [JSONValue] = []
      while true {
        let token = try next()
        if token == .endArray { return .array(elements) }
        elements.append(try tree(from: token))
      }
    case .beginObject:
      var members: [JSONValue.Member] = []
      while true {
        guard case .key(let key) = try next() else { return .object(members) }
        members.append(JSONValue.Member(key, try tree(from: try next())))
      }
    case .key, .endArray, .endObject, .end:
      throw error(.wrongType(found: token.inWords, wanted: "a value"))
    }
  }
}
