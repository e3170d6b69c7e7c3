import PeyvandData

/// What a source with types of its own says of a column, beside its cells.
///
/// A cell of JSON, of a sheet or of a database is a number or a text by itself; kept as text among others it would be
/// looked at anew, and `"0912"` or `"17"` be taken for a number. So what the source knows goes before what cells look
/// like; the field that a column goes to goes before both.
enum ColumnNature: Hashable, Sendable {
  /// Nothing: as in a text file.
  case written
  /// Every cell is a text. Dates and yes or no are still found in texts, numbers are not.
  case texts
  /// Every cell is of this type.
  case typed(FieldType)
  /// Days of the Gregorian calendar, in ISO 8601, and perhaps texts among them.
  case days
  /// Days with a time of day.
  case instants
  /// Lists, their elements joined by a byte that stands in none of them.
  case list(FieldType, separator: UInt8)

  var listSeparator: UInt8? {
    if case .list(_, let separator) = self { separator } else { nil }
  }

  /// What the column is, from the look of its cells.
  func type(_ found: FoundType) -> FoundType {
    var evidence = found.evidence
    func known(_ type: FieldType, _ name: String) -> FoundType {
      evidence.type = name
      evidence.matching = evidence.present
      evidence.remarks = []
      return FoundType(type: type, evidence: evidence)
    }
    switch self {
    case .written: return found
    case .texts:
      guard evidence.type == "number" || evidence.type == "duration" else { return found }
      var text = known(.text, "text")
      text.evidence.remarks = ["numbers written as text"]
      return text
    case .typed(.number(let unit)): return known(.number(unit), "number")
    case .typed(.yesno): return known(.yesno, "yes/no")
    case .typed(.duration): return known(.duration, "duration")
    case .typed: return known(.text, "text")
    case .days: return found.type == .date || found.type == .time ? found : known(.date, "date")
    case .instants: return found.type == .time ? found : known(.time, "time")
    case .list(let element, _): return known(.list(element), "list")
    }
  }
}
