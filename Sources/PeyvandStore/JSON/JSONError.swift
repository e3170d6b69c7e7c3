/// Why a text is not the JSON that was wanted, and where.
package struct JSONError: Error, Hashable, Sendable {
  package enum Problem: Hashable, Sendable {
    case unexpectedEnd(wanted: String)
    case unexpected(String, wanted: String)
    case trailingComma
    case byteOrderMark
    case badNumber(String)
    case numberOutOfRange(String)
    case badEscape
    case loneSurrogate
    case controlCharacter(UInt8)
    case notUTF8
    case tooDeep(limit: Int)
    case duplicateKey(String)
    /// Right JSON of the wrong kind: an array where a number was wanted.
    case wrongType(found: String, wanted: String)
    /// The writer was asked for what JSON cannot hold.
    case notWritable(String)
  }

  package var problem: Problem
  /// Offset of the byte in the file.
  package var byte: Int
  /// Line from 1, and the character in it from 1.
  package var line: Int
  package var column: Int

  package init(_ problem: Problem, byte: Int = 0, line: Int = 1, column: Int = 1) {
    self.problem = problem
    self.byte = byte
    self.line = line
    self.column = column
  }

  package var message: String {
    switch problem {
    case .unexpectedEnd(let wanted): "the text ends where \(wanted) was expected"
    case .unexpected(let found, let wanted): "\(found) where \(wanted) was expected"
    case .trailingComma: "a comma after the last element"
    case .byteOrderMark: "a byte order mark before the JSON text"
    case .badNumber(let why): "a number is written wrongly: \(why)"
    case .numberOutOfRange(let text): "the number \(text) is out of range"
    case .badEscape: "an unknown escape in a text"
    case .loneSurrogate: "half of a surrogate pair in a text"
    case .controlCharacter(let byte): "a raw control character (\(byte)) in a text"
    case .notUTF8: "bytes that are not UTF-8"
    case .tooDeep(let limit): "more than \(limit) levels, one in the other"
    case .duplicateKey(let key): "the key \"\(key)\" twice in one object"
    case .wrongType(let found, let wanted): "\(found) where \(wanted) was expected"
    case .notWritable(let why): "JSON cannot hold \(why)"
    }
  }
}
