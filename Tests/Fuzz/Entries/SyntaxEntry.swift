import PeyvandBase
import PeyvandSyntax

enum SyntaxEntry {
  static func problems(_ bytes: [UInt8]) -> [String] {
    let text = String(decoding: bytes, as: UTF8.self)
    var parser = Parser(text)
    let result = parser.parse()
    var problems = misplaced(result.diagnostics, in: text)
    _ = TreePrinter().print(result.tree)
    guard !result.diagnostics.contains(where: { $0.severity == .error }), !result.isIncomplete else { return problems }
    guard let formatted = Formatter.format(text) else { return problems }
    var again = Parser(formatted)
    let second = again.parse()
    if second.diagnostics.contains(where: { $0.severity == .error }) {
      problems.append("the formatted text has errors: \(formatted)")
    } else if TreePrinter().print(second.tree) != TreePrinter().print(result.tree) {
      problems.append("the formatted text has another tree: \(formatted)")
    } else if Formatter.format(formatted) != formatted {
      problems.append("formatting again changes the text: \(formatted)")
    }
    return problems
  }

  /// Errors without a place, or with one outside the text.
  static func misplaced(_ diagnostics: [Diagnostic], in text: String) -> [String] {
    let length = text.utf8.count
    var problems: [String] = []
    for diagnostic in diagnostics {
      if diagnostic.labels.isEmpty { problems.append("\(diagnostic.code) has no place") }
      for range in diagnostic.labels.map(\.range) where range.file == 0 {
        let isInside = range.start >= 0 && range.start <= range.end && Int(range.end) <= length + 1
        if !isInside { problems.append("\(diagnostic.code) lies at \(range.start)–\(range.end) of \(length)") }
      }
    }
    return problems
  }
}
