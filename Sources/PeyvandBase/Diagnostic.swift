/// What is said about a program or its data: one structure that feeds terminal, JSON and editor alike.
///
/// A phase builds its diagnostics in one file of static functions (`…Diagnostics.swift`), so that the
/// words of a phase can be read, and translated, together.
package struct Diagnostic: Error, Hashable, Sendable {
  package enum Severity: String, Sendable {
    case error, warning, note
  }

  /// A place and what to say beside it.
  package struct Label: Hashable, Sendable {
    package var range: SourceRange
    package var text: String
    package init(_ range: SourceRange, _ text: String = "") {
      self.range = range
      self.text = text
    }
  }

  /// Text to put in the place of a range.
  package struct Fix: Hashable, Sendable {
    package var range: SourceRange
    package var replacement: String
    package init(_ range: SourceRange, _ replacement: String) {
      self.range = range
      self.replacement = replacement
    }
  }

  /// `E1…` language, `E2…` data, `E3…` source or file, `W4…` meaning. A code never changes its meaning.
  package var code: String
  package var severity: Severity
  package var message: String
  /// The first label is the place; it may be absent for data errors that have a place of their own.
  package var labels: [Label]
  /// Ways out and remarks, one line each; the first four are shown.
  package var notes: [String]
  package var fixes: [Fix]

  package init(
    _ code: String, _ severity: Severity, _ message: String, at range: SourceRange? = nil,
    label: String = "", notes: [String] = [], fixes: [Fix] = []
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.labels = range.map { [Label($0, label)] } ?? []
    self.notes = notes
    self.fixes = fixes
  }
}

extension Diagnostic {
  /// An error.
  package init(
    _ code: String, _ message: String, at range: SourceRange? = nil, label: String = "", notes: [String] = [],
    fixes: [Fix] = []
  ) {
    self.init(code, .error, message, at: range, label: label, notes: notes, fixes: fixes)
  }
}

/// Several diagnostics thrown together: a phase that can go on collects before it stops.
package struct Diagnostics: Error, Sendable {
  package var all: [Diagnostic]
  package init(_ all: [Diagnostic]) { self.all = all }
  package init(_ one: Diagnostic) { self.all = [one] }
}
