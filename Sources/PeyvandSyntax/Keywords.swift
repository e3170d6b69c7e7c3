/// The words that the grammar knows, each with its English spelling.
///
/// This is the only place where a keyword is spelled: the lexer marks a name with the keyword it may be, and
/// everything after it asks for the case. A second language is a second `Keywords` table over the same cases.
/// Keywords are contextual, so a name marked with one is still a name wherever the grammar does not ask for it.
package enum Keyword: String, CaseIterable, Hashable, Sendable {
  // Kinds
  case entity, relationship, event, one, required, happens, `default`, list
  case text, number, yesno, date, time, duration
  // Statements
  case `let`, define, param, use, kpi, process, watch, `if`, print, test, expect
  case add, change, remove, done, `import`, export, key, create
  case calendar, zone, week, year, working, hours, holiday, agenda, map
  // Clauses
  case dated, measure, target, warn, needs, cases, stages, owner, decide, at, least, most, below, above
  case goal, collect, review, every, breach, periods
  // Stages and modifiers
  case select, with, sort, desc, take, skip, distinct, each, who, chart, funnel, retention, flow, why, among
  case by, across, over, vs, through
  // Expressions
  case and, or, not, `in`, `is`, of, per, `as`, then, no, within, any, the, first, second, counting, open, ties
  case `else`, mod, via, contains, starts, ends, matches, between, missing
  case `where`, after, before, since, until, during, from, to, `for`
  case this, last, previous, next, all, ever, path, max, best, later
}

extension Keyword {
  /// Words that join what stands before them to what follows: they begin no operand, and a number does not
  /// take one of them for its unit.
  package static let infixWords: Set<Keyword> = [
    .and, .or, .in, .is, .of, .per, .by, .as, .then, .else, .mod, .where, .after, .before, .since, .until, .within,
    .during, .contains, .starts, .ends, .matches, .between, .via, .over, .vs, .through, .across, .for, .from, .to,
    .desc, .among,
  ]

  package static let filters: Set<Keyword> = [.where, .after, .before, .since, .until, .during, .within]

  /// Names that are no unit after a number.
  package static let neverUnits: Set<Keyword> = infixWords.union([
    .not, .max, .counting, .cases, .periods, .every, .with, .breach, .required, .happens,
  ])

  package static let stageWords: Set<Keyword> = [
    .where, .select, .with, .measure, .sort, .take, .skip, .distinct, .each, .who, .chart, .funnel, .retention, .flow,
    .why,
  ]

  /// Words that stand together: `sort by`.
  static func spelled(_ words: Keyword...) -> String { words.map(\.rawValue).joined(separator: " ") }

  /// As a stage begins.
  var asStage: String { self == .sort ? Self.spelled(.sort, .by) : rawValue }

  var builtinType: BuiltinType? {
    switch self {
    case .text: .text
    case .number: .number
    case .yesno: .yesno
    case .date: .date
    case .time: .time
    case .duration: .duration
    default: nil
    }
  }

  var flavour: Flavour? {
    switch self {
    case .entity: .entity
    case .relationship: .relationship
    case .event: .event
    default: nil
    }
  }

  var relativePeriod: RelativePeriod? {
    switch self {
    case .this: .this
    case .last: .last
    case .previous: .previous
    case .next: .next
    default: nil
    }
  }
}

/// How the keywords of one language are spelled.
package struct Keywords: Sendable {
  private let bySpelling: [String: Keyword]
  /// The longest spelling in bytes: longer names are not looked up.
  private let longest: Int
  /// Letters that mark a quarter in `2024-Q1`.
  let quarterMarks: Set<UInt8>

  package init(_ spellings: [String: Keyword], quarterMarks: String) {
    bySpelling = spellings
    longest = spellings.keys.map(\.utf8.count).max() ?? 0
    self.quarterMarks = Set(quarterMarks.utf8)
  }

  package static let english = Keywords(
    Dictionary(Keyword.allCases.map { ($0.rawValue, $0) }, uniquingKeysWith: { first, _ in first }),
    quarterMarks: "Qq")

  func keyword(of bytes: ArraySlice<UInt8>) -> Keyword? {
    guard bytes.count <= longest else { return nil }
    return bySpelling[String(decoding: bytes, as: UTF8.self)]
  }

  /// The keyword meant by a word in other letters: `WHERE`.
  func keyword(ignoringCase text: String) -> Keyword? {
    guard text.utf8.count <= longest else { return nil }
    return bySpelling[text.lowercased()]
  }
}
