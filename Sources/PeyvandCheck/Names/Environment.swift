import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// What names mean outside any record: kinds, definitions, KPIs, and the values that were given names.
///
/// A value that is handed from statement to statement: a script's environment ends with it, the prompt's goes
/// on from line to line.
package struct Environment: Sendable {
  package enum Shape: Hashable, Sendable {
    case value(ValueType)
    case table([CheckedColumn.Header])
    case records(KindID)
  }
  package struct Variable: Hashable, Sendable {
    package var id: VariableID
    package var shape: Shape
    /// Of a table: the hidden columns that are kept beside those of differences.
    package var beginnings: [ColumnID: CheckedColumn.Header] = [:]
  }
  package struct Definition: Hashable, Sendable {
    package var syntax: DefineSyntax
    /// The kind of a computed field.
    package var kind: KindID?
  }

  package var catalogue: Catalogue
  package private(set) var variables: [String: Variable] = [:]
  package private(set) var definitions: [String: Definition] = [:]
  package private(set) var computed: [String: [Definition]] = [:]
  package private(set) var kpis: [String: KPISyntax] = [:]
  /// In the order of their first declaration.
  package private(set) var processes: [ProcessSyntax] = []
  private var processNames: [String] = []
  /// What the command line gives parameters instead of their defaults: the text, and what it reads as.
  package struct Given: Sendable {
    package var text: String
    package var query: Query?
    package init(text: String, query: Query?) {
      self.text = text
      self.query = query
    }
  }
  package var given: [String: Given] = [:]
  /// Where the differences that variables hold began: a hidden variable beside each, and its type.
  var anchors: [VariableID: (id: VariableID, type: ValueType)] = [:]
  /// Where time zones are sought; without files, those that need none.
  package var zones: ZoneFinder = { name in Zone.named(name).map { .found($0) } ?? .unknown(near: []) }
  /// The last answer, at the prompt.
  package var last: Variable?
  /// The question that gave it, as it is asked again for the members behind its rows.
  package var lastQuery: CheckedQuery?
  private var nextVariable = 0
  /// The next of the numbers by which records in hand and columns are known.
  var nextBinding = 0
  var nextColumn = 0

  package init(catalogue: Catalogue) { self.catalogue = catalogue }

  package func variable(named name: String) -> Variable? { variables[nameKey(name)] }
  package func definition(named name: String) -> Definition? { definitions[nameKey(name)] }
  package func kpi(named name: String) -> KPISyntax? { kpis[nameKey(name)] }

  /// Whether anything at all bears a name.
  func isKnown(_ name: String) -> Bool {
    catalogue.kind(named: name) != nil || variable(named: name) != nil || isDefined(nameKey(name))
  }

  /// Whether anything was defined under a name, by its key.
  func isDefined(_ key: String) -> Bool { definitions[key] != nil || kpis[key] != nil || computed[key] != nil }

  package func computedField(named name: String, of kind: KindID) -> Definition? {
    computed[nameKey(name)]?.first { definition in
      definition.kind.map { catalogue.isKind(kind, specialOf: $0) } ?? false
    }
  }

  package mutating func freshVariable() -> VariableID {
    defer { nextVariable += 1 }
    return VariableID(nextVariable)
  }

  @discardableResult
  package mutating func bind(
    _ name: String, _ shape: Shape, beginnings: [ColumnID: CheckedColumn.Header] = [:]
  ) -> VariableID {
    let id = freshVariable()
    variables[nameKey(name)] = Variable(id: id, shape: shape, beginnings: beginnings)
    return id
  }

  package mutating func define(_ definition: Definition) {
    let key = nameKey(definition.syntax.name.text)
    if definition.kind != nil {
      computed[key, default: []].removeAll { $0.kind == definition.kind }
      computed[key, default: []].append(definition)
    } else {
      definitions[key] = definition
    }
  }

  package mutating func declare(_ kpi: KPISyntax) { kpis[nameKey(kpi.name.text)] = kpi }

  /// A process of a name that is there takes its place.
  package mutating func declare(_ process: ProcessSyntax, named name: String) {
    let key = nameKey(name)
    if let place = processNames.firstIndex(of: key), processes.indices.contains(place) {
      processes[place] = process
    } else {
      processNames.append(key)
      processes.append(process)
    }
  }

  package mutating func forget(processNamed name: String) {
    guard let place = processNames.firstIndex(of: nameKey(name)), processes.indices.contains(place) else { return }
    processNames.remove(at: place)
    processes.remove(at: place)
  }

  /// Every name that could have been meant, for suggestions.
  package var names: [String] {
    catalogue.kinds.map(\.name) + variables.keys.sorted() + definitions.values.map(\.syntax.name.text).sorted()
      + kpis.values.map(\.name.text).sorted()
  }

  /// At the end of a block: what was named inside it is no longer there. What sets of several kinds it asked for stays,
  /// since its statements are carried out later.
  package mutating func leaveBlock(to outer: Environment) {
    let numbers = (nextVariable, nextBinding, nextColumn)
    let unions = catalogue.unions
    self = outer
    catalogue.unions = unions
    (nextVariable, nextBinding, nextColumn) = numbers
  }

  /// Forgets what ends with a script: `let`s, parameters and the last answer; definitions too where asked.
  package mutating func endScript(keepingDefinitions: Bool) {
    variables = [:]
    last = nil
    lastQuery = nil
    if !keepingDefinitions {
      definitions = [:]
      computed = [:]
      kpis = [:]
    }
  }
}
