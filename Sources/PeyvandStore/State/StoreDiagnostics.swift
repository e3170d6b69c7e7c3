import PeyvandBase
import PeyvandData

/// The words of the store about data.
///
/// Codes: E2001 required · E2002 one key, other values · E2003 unknown key · E2004 referred to · E2005 wrong
/// kind · E2006 not a number · E2007 time out of range · E2008 wrong type · E2009 no such record · E2010
/// another declaration · E2011 too many · E2012 refers to a refused row · E2013 no such field · E2014 no such import ·
/// E2015 taken back before · E2016 no longer known · E2017 changed since · E2018 not a relationship.
package enum StoreDiagnostics {
  static func required(_ field: String, kind: String) -> Diagnostic {
    Diagnostic("E2001", .error, "\(article(kind)) \(kind) needs `\(field)`")
  }

  static func otherValues(kind: String, key: String, field: String?) -> Diagnostic {
    Diagnostic(
      "E2002", .error,
      field.map { "\(kind) \"\(key)\" is there already with another `\($0)`" }
        ?? "\(kind) \"\(key)\" is there already with other values",
      notes: ["`change \(kind) \"\(key)\" { … }` changes what is recorded"])
  }

  /// - Parameter field: the reference that names it.
  static func unknownKey(kind: String, key: String, field: String? = nil, near: [String]) -> Diagnostic {
    Diagnostic(
      "E2003", .error, "there is no \(kind) \"\(key)\"" + (field.map { " for `\($0)`" } ?? ""),
      notes: near.isEmpty ? [] : ["did you mean \(near.map { "\"\($0)\"" }.joined(separator: " or "))?"])
  }

  static func isReferredTo(kind: String, key: String, by: [(kind: String, count: Int)]) -> Diagnostic {
    let whom = by.map { "\($0.count) \($0.kind)" }.joined(separator: ", ")
    return Diagnostic(
      "E2004", .error,
      "\(kind) \"\(key)\" cannot be removed: \(whom) \(by.reduce(0) { $0 + $1.count } == 1 ? "refers" : "refer") to it")
  }

  static func noSuchImport(_ number: Int, last: [Int]) -> Diagnostic {
    Diagnostic(
      "E2014", .error, "there is no import \(number)",
      notes: [last.isEmpty ? "nothing was imported into this store" : "`peyvand imports` lists them"])
  }

  static func importUndone(_ number: Int) -> Diagnostic {
    Diagnostic("E2015", .error, "import \(number) was taken back before")
  }

  static func importForgotten(_ number: Int) -> Diagnostic {
    Diagnostic(
      "E2016", .error, "what import \(number) did is no longer known",
      notes: ["the last \(ImportLog.known) imports can be taken back"])
  }

  /// - Parameter by: the later import that changed it; nil for a change by hand.
  static func changedSince(_ number: Int, _ conflicts: [(kind: String, key: String, by: Int?)]) -> Diagnostic {
    let shown = conflicts.prefix(5).map { conflict in
      "\(conflict.kind) \"\(conflict.key)\"" + (conflict.by.map { " (by import \($0))" } ?? "")
    }
    let more = conflicts.count - shown.count
    let later = Set(conflicts.compactMap(\.by)).sorted(by: >)
    return Diagnostic(
      "E2017", .error,
      "import \(number) cannot be taken back: \(shown.joined(separator: ", "))"
        + (more > 0 ? " and \(more) more" : "") + (conflicts.count == 1 ? " was" : " were") + " changed since",
      notes: later.isEmpty
        ? ["put right by hand what is wrong: `change` and `remove`"]
        : ["take back the later first: " + later.map { "`peyvand import --undo \($0)`" }.joined(separator: ", ")])
  }

  static func notClosed(_ kind: String) -> Diagnostic {
    Diagnostic(
      "E2018", .error, "only relationships are closed, and \(article(kind)) \(kind) is none",
      notes: ["`missing: \"remove\"` removes what a later file no longer names, `\"keep\"` keeps it"])
  }

  static func wrongKind(_ key: String, wanted: String) -> Diagnostic {
    Diagnostic("E2005", .error, "\"\(key)\" is not \(article(wanted)) \(wanted)")
  }

  static func notFinite(_ field: String) -> Diagnostic {
    Diagnostic("E2006", .error, "`\(field)` is not a number that can be kept")
  }

  static func timeOutOfRange(_ field: String) -> Diagnostic {
    Diagnostic("E2007", .error, "the time in `\(field)` lies outside all calendars")
  }

  static func wrongType(_ field: String, wanted: String) -> Diagnostic {
    Diagnostic("E2008", .error, "`\(field)` takes \(wanted)")
  }

  static func noField(_ field: String, kind: String) -> Diagnostic {
    Diagnostic("E2013", .error, "\(article(kind)) \(kind) has no `\(field)`")
  }

  static func noSuchKind() -> Diagnostic { Diagnostic("E2009", .error, "there is no such kind") }

  static func otherDeclaration(_ name: String, _ what: String) -> Diagnostic {
    Diagnostic("E2010", .error, "`\(name)` is declared already with \(what)")
  }

  static func tooMany(_ name: String) -> Diagnostic {
    Diagnostic("E2011", .error, "more than two thousand million \(name) records, or 4 GiB of their keys")
  }

  static func refersToRefused(_ key: String) -> Diagnostic {
    Diagnostic("E2012", .error, "it refers to \"\(key)\", which was refused")
  }

  static func noSuchRow(_ field: String) -> Diagnostic {
    Diagnostic("E2003", .error, "`\(field)` refers to no record")
  }
}

extension StoreState {
  /// A refused row in words. `kind` is that of the row.
  /// - Parameter naming: whether the field at fault is named; who says its column need not.
  package func diagnostic(for reject: RowReject, kind: KindID, naming: Bool = false) -> Diagnostic {
    let kindName = catalogue.name(of: kind)
    let field = reject.field.flatMap(catalogue.field)
    let fieldName = field?.name ?? "key"
    let target: KindID? = field.flatMap { $0.type.referredKind }
    switch reject.reason {
    case .required: return StoreDiagnostics.required(fieldName, kind: kindName)
    case .notFinite: return StoreDiagnostics.notFinite(fieldName)
    case .timeOutOfRange: return StoreDiagnostics.timeOutOfRange(fieldName)
    case .noSuchRow: return StoreDiagnostics.noSuchRow(fieldName)
    case .refersToRefused(let key): return StoreDiagnostics.refersToRefused(key)
    case .wrongKind(let key):
      return StoreDiagnostics.wrongKind(key, wanted: target.map(catalogue.name(of:)) ?? "record")
    case .otherValues(let key):
      return StoreDiagnostics.otherValues(kind: kindName, key: key, field: field?.name)
    case .unknownKey(let key):
      guard let target else { return StoreDiagnostics.noSuchRow(fieldName) }
      return StoreDiagnostics.unknownKey(
        kind: catalogue.name(of: target), key: key, field: naming ? fieldName : nil,
        near: nearestKeys(to: key, kind: target))
    }
  }

  /// Keys of a kind that look like `key`, among the first few thousand.
  package func nearestKeys(to key: String, kind: KindID) -> [String] {
    let rows = rows(of: kind).prefix(5_000).map { Int32(clamping: $0) }
    guard let family = catalogue.kind(kind)?.family, let keys = try? keys(of: rows, family: family) else { return [] }
    return nearest(key, among: keys)
  }
}

extension FieldType {
  /// The kind referred to, directly or by the elements of a list.
  var referredKind: KindID? {
    switch self {
    case .reference(let kind): kind
    case .list(let element): element.referredKind
    default: nil
    }
  }

  /// "a number", for messages.
  var inWords: String {
    switch self {
    case .number: "a number"
    case .text: "a text"
    case .yesno: "yes or no"
    case .date: "a date"
    case .time: "a time"
    case .duration: "a duration in days or less"
    case .reference: "a record"
    case .list(let element): "a list (each \(element.inWords))"
    }
  }
}
