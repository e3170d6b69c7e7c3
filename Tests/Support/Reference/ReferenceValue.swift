import PeyvandBase
import PeyvandData

/// One value while the reference works: as `Value`, but a yes/no with its marks, and a record by its place in
/// the store.
package indirect enum ReferenceValue: Hashable, Sendable {
  case missing
  case number(Double)
  case text(String)
  /// A byte of `Truth`.
  case truth(UInt8)
  case date(Int)
  case time(Int64)
  case duration(Duration)
  case period(Period)
  case weekday(Int)
  case clock(Int)
  /// The place among all records of the store, in the order recorded.
  case record(Int)
  case list([ReferenceValue])

  package static let yes = ReferenceValue.truth(Truth.yes)
  package static let no = ReferenceValue.truth(Truth.no)
  package static let unknown = ReferenceValue.truth(Truth.unknown)

  /// Whether it is missing where it is shown, grouped or sorted: an unknown and a not-yet are.
  package var isShownMissing: Bool {
    switch self {
    case .missing: true
    case .truth(let byte): byte & Truth.unknownMark != 0 || byte & Truth.truthBits == Truth.neither
    default: false
    }
  }

  /// What `is missing` and `else` see: an unknown, but not a not-yet.
  package var isMissing: Bool {
    switch self {
    case .missing: true
    case .truth(let byte): byte & Truth.unknownMark != 0
    default: false
    }
  }

  /// The byte of a yes/no; of missing, an unknown.
  package var truth: UInt8 {
    if case .truth(let byte) = self { return byte }
    return Truth.unknown
  }

  /// The finite number, or missing.
  package static func finite(_ number: Double) -> ReferenceValue { number.isFinite ? .number(number) : .missing }
}

/// The logic of yes/nos with marks, by the words of the language's reference.
package enum ReferenceLogic {
  static func word(_ byte: UInt8) -> UInt8 { byte & Truth.truthBits }
  static func marks(_ byte: UInt8) -> UInt8 { byte & ~Truth.truthBits }

  package static func not(_ a: UInt8) -> UInt8 {
    switch word(a) {
    case Truth.yes: Truth.no | marks(a)
    case Truth.no: Truth.yes | marks(a)
    default: a
    }
  }

  /// "A plain no decides and is plain; else no if any is no, neither if any is neither, yes otherwise, with the
  /// parts' marks."
  package static func and(_ parts: [UInt8]) -> UInt8 {
    if parts.contains(Truth.no) { return Truth.no }
    let all = parts.reduce(0) { $0 | marks($1) }
    if parts.contains(where: { word($0) == Truth.no }) { return Truth.no | all }
    if parts.contains(where: { word($0) == Truth.neither }) { return Truth.neither | all }
    return Truth.yes | all
  }

  /// "A plain yes decides and is plain; else yes if any is yes, neither if any is neither, no otherwise, with the
  /// marks."
  package static func or(_ parts: [UInt8]) -> UInt8 {
    if parts.contains(Truth.yes) { return Truth.yes }
    let all = parts.reduce(0) { $0 | marks($1) }
    if parts.contains(where: { word($0) == Truth.yes }) { return Truth.yes | all }
    if parts.contains(where: { word($0) == Truth.neither }) { return Truth.neither | all }
    return Truth.no | all
  }
}
