import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// What is asked of processes and watches: what is due, what is lacking, which there are, and that there be one no longer.
extension Checker {
  /// `agenda`, `missing`, `map` and what is listed: their tables are the last answer, for the pipeline that goes on from them.
  mutating func look(
    _ node: StatementNode, asOf: CheckedExpression?, isShown: Bool, in scope: Scope
  ) -> CheckedStatement.Node? {
    func look(_ columns: [(name: String, type: ValueType)]) -> CheckedLook {
      CheckedLook(id: rememberTable(columns), asOf: asOf, isShown: isShown)
    }
    switch node {
    case .agenda:
      let processes = environment.processes.compactMap { process($0) }
      return .agenda(processes, look(ProcessTable.agenda))
    case .missingReport:
      let processes = environment.processes.compactMap { process($0) }
      return .missing(processes, look(ProcessTable.missing))
    case .listing(let listing):
      return .listing(listing, look(listing == .watch ? ProcessTable.watches : ProcessTable.processes))
    case .map(let around):
      var record: CheckedExpression?
      if let around {
        guard let center = one(around, in: scope, wanted: "to draw a map around") else { return nil }
        guard case .record = center.type else {
          report(
            CheckDiagnostics.wrongType(
              "`map`", wanted: "a record, such as `customer \"C-1\"`", found: words(center.type), at: around.range))
          return nil
        }
        record = center
      }
      return .map(around: record, look(MapTable.columns))
    default: return nil
    }
  }

  /// What such a statement asks where something bears its first word as a name: the kind `map`, or its record `map "M-1"`.
  func question(insteadOf statement: Statement) -> Query? {
    let word: Substring
    switch statement.node {
    case .agenda, .missingReport, .listing, .map, .watch: word = text(of: statement.range).prefix { !$0.isWhitespace }
    default: return nil
    }
    guard environment.isKnown(String(word)) else { return nil }
    let name = Name(
      String(word),
      SourceRange(
        file: statement.range.file, start: Int(statement.range.start),
        end: Int(statement.range.start) + word.utf8.count))
    var node = ExpressionNode.name(name)
    switch statement.node {
    case .map(let around?):
      guard case .text(let key) = around.node else { return nil }
      node = .record(kind: name, key: key)
    case .watch(let watch):
      guard case .text(let key)? = watch.source.source?.node, watch.source.range == watch.source.source?.range else {
        return nil
      }
      node = .record(kind: name, key: key)
    default: break
    }
    return Query(source: Expression(node, statement.range), range: statement.range)
  }

  private mutating func rememberTable(_ columns: [(name: String, type: ValueType)]) -> VariableID {
    let id = environment.freshVariable()
    let headers = columns.map { CheckedColumn.Header(id: freshColumn(), name: $0.name, type: $0.type) }
    environment.last = Environment.Variable(id: id, shape: .table(headers))
    environment.lastQuery = nil
    return id
  }

  /// What is declared no longer. Whether the store keeps it is for the session to see, and what it says need not be
  /// right any more: a watch of a KPI that is gone must be ended, too.
  mutating func forget(_ syntax: ForgetSyntax) -> CheckedStatement.Node {
    switch syntax {
    case .watch(let query): return .forget(.watch, name: watchName(query))
    case .process(let name):
      environment.forget(processNamed: name.text)
      return .forget(.process, name: name.text)
    case .processFor(let subject):
      let name = text(of: subject.range)
      environment.forget(processNamed: name)
      return .forget(.process, name: name)
    }
  }

  /// What a watch is called: the KPI as written, its blanks apart.
  func watchName(_ source: Query) -> String {
    text(of: source.range).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
