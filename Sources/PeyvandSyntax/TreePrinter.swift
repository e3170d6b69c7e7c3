import PeyvandBase

/// Writes a syntax tree as nested brackets, without places.
///
/// One writing serves three readers: a person at `--stage tree`, the specs, and the question whether two
/// programs mean the same (`sameMeaning`), for which places and spacing must not matter. What fits stays on one
/// line.
package struct TreePrinter {
  /// A list of words and lists.
  package indirect enum Form {
    case atom(String)
    case list([Form])

    package static func call(_ head: String, _ rest: Form...) -> Form { .list([.atom(head)] + rest) }
    package static func call(_ head: String, _ rest: [Form]) -> Form { .list([.atom(head)] + rest) }
  }

  private let width: Int

  package init(width: Int = 100) { self.width = width }

  package func print(_ tree: SyntaxTree) -> String {
    tree.statements.map { print(Self.form($0)) }.joined(separator: "\n")
  }

  package func print(_ query: Query) -> String { print(Self.form(query)) }
  package func print(_ expression: Expression) -> String { print(Self.form(expression)) }

  package func print(_ form: Form) -> String {
    var text = ""
    write(form, indent: 0, into: &text)
    return text
  }

  private func write(_ form: Form, indent: Int, into text: inout String) {
    let flat = Self.flat(form, limit: width - indent)
    if let flat {
      text += flat
      return
    }
    guard case .list(let items) = form, let head = items.first else {
      text += Self.flat(form, limit: .max) ?? ""
      return
    }
    text += "("
    write(head, indent: indent + 1, into: &text)
    for item in items.dropFirst() {
      text += "\n" + String(repeating: " ", count: indent + 2)
      write(item, indent: indent + 2, into: &text)
    }
    text += ")"
  }

  /// On one line, where it is no longer than that.
  private static func flat(_ form: Form, limit: Int) -> String? {
    var text = ""
    var left = limit
    return append(form, to: &text, left: &left) ? text : nil
  }

  private static func append(_ form: Form, to text: inout String, left: inout Int) -> Bool {
    switch form {
    case .atom(let atom):
      left -= atom.unicodeScalars.count
      text += atom
    case .list(let items):
      text += "("
      left -= 2
      for (place, item) in items.enumerated() {
        if place > 0 {
          text += " "
          left -= 1
        }
        guard left >= 0, append(item, to: &text, left: &left) else { return false }
      }
      text += ")"
    }
    return left >= 0
  }
}

/// Whether two programs are the same but for places, blanks, line breaks and comments.
package func sameMeaning(_ first: SyntaxTree, _ second: SyntaxTree) -> Bool {
  let printer = TreePrinter(width: 1_000_000)
  return printer.print(first) == printer.print(second)
}

// MARK: - Names, texts, numbers

extension TreePrinter {
  static func form(_ name: Name) -> Form { .atom(name.isQuoted ? "`\(name.text)`" : name.text) }
  static func form(_ name: Name?) -> Form { name.map(form) ?? .atom("-") }
  static func form(_ expression: Expression?) -> Form { expression.map(form) ?? .atom("-") }

  static func form(_ text: TextLiteral) -> Form {
    if let plain = text.plain { return .atom(quoted(plain)) }
    return .call(
      "text",
      text.parts.map { part in
        switch part {
        case .literal(let literal): .atom(quoted(literal))
        case .expression(let query): form(query)
        }
      })
  }

  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  package static func number(_ value: Double) -> String {
    if let whole = Int(exactly: value) { return "\(whole)" }
    return "\(value)"
  }

  static func form(_ date: DateLiteral) -> Form {
    let civil = date.system.civil(ofDay: date.day)
    var text = "\(civil.year)-\(two(civil.month))-\(two(civil.day))"
    if let second = date.second { text += "T" + clock(second) }
    return .atom(text)
  }

  static func clock(_ second: Int) -> String {
    let minutes = "\(two(second / 3600)):\(two(second / 60 % 60))"
    return second % 60 == 0 ? minutes : minutes + ":\(two(second % 60))"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  static func form(_ period: PeriodLiteral) -> Form {
    switch period.part {
    case .quarter(let quarter): .atom("\(period.year)-Q\(quarter)")
    case .month(let month): .atom("\(period.year)-\(two(month))")
    }
  }
}
