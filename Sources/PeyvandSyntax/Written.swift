import PeyvandBase

/// Names and texts as a program writes them, for programs that are written by this one.
package enum Written {
  /// A name so that it reads as itself wherever a name may stand: in backticks where it must be.
  /// - Returns: nothing for a name that no program can write: it holds a backtick or a line end.
  package static func name(_ name: String) -> String? {
    guard !name.isEmpty, !name.utf8.contains(where: { $0 == 0x60 || $0 == 0x0A || $0 == 0x0D }) else { return nil }
    return readsAsItself(name) ? name : "`\(name)`"
  }

  /// A text between its quotes.
  package static func text(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\", "{", "}": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// The names that an expression speaks of: neither functions, nor what stands after a dot, nor words of the grammar
  /// that are not in backticks. What stands in the braces of a text counts too.
  package static func names(in expression: String) -> [String] {
    var parser = Parser("print " + expression)
    let source = parser.parse().source
    var names: [String] = []
    for (place, token) in source.tokens.enumerated().dropFirst() {
      let after = source.tokens.indices.contains(place + 1) ? source.tokens[place + 1].kind : .end
      switch token.kind {
      case .quotedName: names.append(String(source.text(of: token).dropFirst().dropLast()))
      case .name where token.keyword == nil && after != .open:
        // After a number it is a unit.
        let before = source.tokens[place - 1].kind
        if before != .dot, before != .number { names.append(source.text(of: token)) }
      default: break
      }
    }
    return names
  }

  /// The parser is asked, so that nothing here has to know where a keyword is a name and where it is none.
  private static func readsAsItself(_ name: String) -> Bool {
    var parser = Parser("import \(name) from \"f\" key \(name) { \(name): \(name), other: create \(name) }")
    let result = parser.parse()
    guard result.diagnostics.isEmpty, result.tree.statements.count == 1,
      case .importData(let statement)? = result.tree.statements.first?.node, let entries = statement.mapping?.entries,
      entries.count == 2, statement.kind.text == name, statement.key?.text == name, entries[0].name.text == name,
      entries.allSatisfy({ if case .name(let read) = $0.value.node { read.text == name } else { false } }),
      entries[1].creates
    else { return false }
    var declaration = Parser("entity \(name) { \(name): text }")
    return declaration.parse().diagnostics.isEmpty
  }
}
