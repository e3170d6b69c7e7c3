/// A JSON value, written with the objects of an array one a line.
indirect enum JSON {
  case null
  case integer(Int)
  case number(Double)
  case text(String)
  case array([JSON])
  case object(KeyValuePairs<String, JSON>)

  /// A length of time as Peyvand writes it.
  static func duration(days: Double = 0, seconds: Double = 0) -> JSON {
    .object(["months": .integer(0), "days": plain(days), "seconds": plain(seconds)])
  }

  /// Whole numbers without a point.
  static func plain(_ value: Double?) -> JSON {
    guard let value else { return .null }
    return Int(exactly: value).map { .integer($0) } ?? .number(value)
  }

  var text: String {
    switch self {
    case .null: return "null"
    case .integer(let value): return String(value)
    case .number(let value): return value.description
    case .text(let value): return Self.quoted(value)
    case .array(let values): return "[" + values.map(\.text).joined(separator: ", ") + "]"
    case .object(let pairs):
      return "{" + pairs.map { Self.quoted($0.key) + ": " + $0.value.text }.joined(separator: ", ") + "}"
    }
  }

  private static func quoted(_ value: String) -> String {
    var result = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
