/// Whole arrays at once: the columns of a store, without a token an element.
///
/// `null` stands for a missing value: 0 (or the empty text) is put in its place and its index, counted in
/// the array that is filled, is added to `missing`.
extension JSONReader {
  /// Reads an array of whole numbers, adding them to `values`.
  /// - Parameter limit: the most elements taken; more are an error.
  package mutating func readIntegers(
    into values: inout [Int64], missing: inout [Int], limit: Int = .max
  ) throws(JSONError) {
    try enterArray()
    let most = values.count.addingReportingOverflow(limit)
    while try enterElement() {
      if try takeNull() {
        missing.append(values.count)
        values.append(0)
      } else {
        values.append(try integerElement())
      }
      elementTaken()
      if !most.overflow, values.count > most.partialValue { throw tooMany(limit) }
    }
  }

  /// Reads an array of whole numbers that fit 32 bits.
  package mutating func readIntegers32(
    into values: inout [Int32], missing: inout [Int], limit: Int = .max
  ) throws(JSONError) {
    try enterArray()
    let most = values.count.addingReportingOverflow(limit)
    while try enterElement() {
      let start = position
      if try takeNull() {
        missing.append(values.count)
        values.append(0)
      } else if let value = Int32(exactly: try integerElement()) {
        values.append(value)
      } else {
        throw error(.numberOutOfRange(text(start..<position)), at: start)
      }
      elementTaken()
      if !most.overflow, values.count > most.partialValue { throw tooMany(limit) }
    }
  }

  /// Reads an array of numbers.
  package mutating func readDoubles(
    into values: inout [Double], missing: inout [Int], limit: Int = .max
  ) throws(JSONError) {
    try enterArray()
    let most = values.count.addingReportingOverflow(limit)
    while try enterElement() {
      if try takeNull() {
        missing.append(values.count)
        values.append(0)
      } else {
        switch try numberElement() {
        case .integer(let value): values.append(Double(value))
        case .double(let value): values.append(value)
        }
      }
      elementTaken()
      if !most.overflow, values.count > most.partialValue { throw tooMany(limit) }
    }
  }

  /// Reads an array of texts.
  package mutating func readStrings(
    into values: inout [String], missing: inout [Int], limit: Int = .max
  ) throws(JSONError) {
    try enterArray()
    let most = values.count.addingReportingOverflow(limit)
    while try enterElement() {
      if try takeNull() {
        missing.append(values.count)
        values.append("")
      } else if byte(at: position) == Ascii.quote {
        values.append(try string())
      } else {
        throw wrongElement("a text")
      }
      elementTaken()
      if !most.overflow, values.count > most.partialValue { throw tooMany(limit) }
    }
  }

  @inline(__always)
  private mutating func integerElement() throws(JSONError) -> Int64 {
    let start = position
    guard case .integer(let value) = try numberElement() else {
      throw error(.wrongType(found: "the number \(text(start..<position))", wanted: "a whole number"), at: start)
    }
    return value
  }

  @inline(__always)
  private mutating func numberElement() throws(JSONError) -> JSONNumber {
    guard let first = byte(at: position), first == Ascii.minus || (first >= 0x30 && first <= 0x39) else {
      throw wrongElement("a number")
    }
    // One digit, the usual delta or code: no more is needed.
    if first >= 0x30, let second = byte(at: position + 1), second == Ascii.comma || second == Ascii.closeBracket {
      position += 1
      return .integer(Int64(first & 15))
    }
    return try number()
  }

  /// What stands there instead: a value of another type, or no value at all.
  private mutating func wrongElement(_ wanted: String) -> JSONError {
    let start = position
    do throws(JSONError) {
      return error(.wrongType(found: try next().inWords, wanted: wanted), at: start)
    } catch {
      return error
    }
  }

  private func tooMany(_ limit: Int) -> JSONError {
    error(.wrongType(found: "more elements", wanted: "at most \(limit)"))
  }
}
