import PeyvandBase
import PeyvandCheck
import PeyvandEval
import PeyvandStore
import PeyvandData
import PeyvandSyntax

/// The inner stages of a program, for those who build and teach the language.
package enum Stage: String, Sendable, CaseIterable {
  case tokens, tree, checked, plan
}

extension Session {
  /// A text as it looks after a stage, with what was found wrong until there.
  package func stage(_ stage: Stage, of text: String, name: String, origin: Origin = .typed) -> (
    text: String, diagnostics: [Diagnostic]
  ) {
    let result = parse(text, name: name)
    switch stage {
    case .tokens:
      let source = SourceText(name: name, text: text)
      var lines = ""
      for token in result.source.tokens {
        let place = source.place(ofByte: Int(token.start))
        let spelling = source.text(Int(token.start)..<max(Int(token.start), Int(token.end)))
        lines += "\(place.line):\(place.column) \(token.kind)" + (spelling.isEmpty ? "" : " " + spelling) + "\n"
      }
      return (lines, result.source.diagnostics)
    case .tree: return (TreePrinter().print(result.tree) + "\n", result.diagnostics)
    case .checked:
      guard result.diagnostics.isEmpty else { return ("", result.diagnostics) }
      used = []
      let (statements, checked, diagnostics) = check(result.tree, origin: origin)
      var printer = CheckedPrinter(catalogue: catalogue, unions: checked.catalogue.unions)
      return (printer.print(statements) + "\n", diagnostics)
    case .plan:
      guard result.diagnostics.isEmpty else { return ("", result.diagnostics) }
      used = []
      let (statements, checked, diagnostics) = check(result.tree, origin: origin)
      guard Status(diagnostics) == .fine else { return ("", diagnostics) }
      let outside = (state, environment)
      defer { (state, environment) = outside }
      environment = checked
      return (plan(statements, indent: ""), diagnostics)
    }
  }

  /// What would be done, statement by statement. Only what decides how is carried out: kinds are declared, parameters
  /// and `let`s worked out; nothing is added, changed, read or written.
  private func plan(_ statements: [CheckedStatement], indent: String) -> String {
    var text = ""
    func add(_ line: String) { text += indent + line + "\n" }
    func add(_ query: CheckedQuery) {
      do throws(Diagnostics) {
        for line in try evaluator().plan(of: query).lines { add("  " + line) }
      } catch {
        add("  known when it runs" + (error.all.first.map { ": " + $0.message } ?? ""))
      }
    }
    for statement in statements {
      let words = source(of: statement.range).split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: true)
      if case .declare = statement.node {
      } else {
        add((words.first.map(String.init) ?? "") + (words.count > 1 ? " …" : ""))
      }
      switch statement.node {
      case .declare(let catalogue):
        if let next = try? state.declaring(catalogue) { state = next }
      case .query(let query, as: _), .print(let query), .exportData(let query, to: _): add(query)
      case .bind(_, name: _, let query, _):
        add(query)
        _ = try? carryOut(statement, origin: .typed, emit: { _ in })
      case .parameter, .asOf, .asOfNow: _ = try? carryOut(statement, origin: .typed, emit: { _ in })
      case .card(let call):
        add("  the value, its trend and its groups over \(catalogue.name(of: call.kpi.subjects.kind)), a pass each")
      case .forEach(let id, name: _, let query, let body):
        add(query)
        // Its statements as in the first turn.
        if case .table(let table)? = try? evaluator().variable(query), let first = table.columns.first?.values.first {
          variables[id] = .value(first)
        }
        text += plan(body, indent: indent + "    ")
      case .branch(_, then: let then, otherwise: let otherwise):
        text += plan(then, indent: indent + "    ")
        if !otherwise.isEmpty {
          add("else")
          text += plan(otherwise, indent: indent + "    ")
        }
      case .test(name: _, given: _, let body): text += plan(body, indent: indent + "    ")
      case .watch(let watch):
        add("  the value by \(watch.unit.name) over \(catalogue.name(of: watch.call.kpi.subjects.kind)), a pass")
      case .agenda(let processes, _), .missing(let processes, _):
        for process in processes {
          let queries = process.lacks.map(\.query) + process.watches.map(\.query)
          for query in queries + (process.review.map { [$0.query] } ?? []) { add(query) }
        }
      case .profile(_, let query, _, as: _):
        add(query)
        add("  its ties and what refers to it, by the adjacency of each reference")
      case .map: add("  how often each reference is there, a pass each")
      case .add, .change, .remove, .done, .importData: add("  one statement: all of it holds or none does")
      case .define, .process, .forget, .listing, .expect: break
      }
    }
    return text
  }
}
