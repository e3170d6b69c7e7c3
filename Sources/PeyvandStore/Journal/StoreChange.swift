import PeyvandBase
import PeyvandData

/// One change to a store, as a value: what the journal keeps of a statement.
///
/// A statement is a list of these. Applied to the state that it was made for, a change gives the same new state
/// every time, keys and numbers included, so a journal needs what was said and not what became of it.
package enum StoreChange: Sendable {
  /// The kinds and the calendar from now on, whole.
  case declare(Catalogue)
  /// What is defined at the prompt from now on, whole: so it stands in journals of earlier versions.
  case define([StoreState.Definition])
  /// One definition, KPI, watch or process from now on, in the place of what bore its name.
  case keep(StoreState.Definition)
  /// What bears the name is kept no longer.
  case forget(String)
  case add(KindID, key: String?, values: [FieldID: Value])
  case change(KindID, key: String, values: [FieldID: Value])
  case remove(KindID, key: String)
  /// Rows, of which those that are refused are left out, as they were when it was said.
  case append(NewRows)
  /// The same of an import that is remembered.
  case importing(NewRows, ImportMark)
  /// What an import did is taken back.
  case undoImport(Int)

  /// Whether it changes records, or takes away what was declared, and so is what `undo` takes back.
  var isData: Bool {
    switch self {
    case .declare, .define, .keep: false
    case .forget, .add, .change, .remove, .append, .importing, .undoImport: true
    }
  }

  /// The kind whose table it goes over; nil where it goes over none, or more than one.
  var kind: KindID? {
    switch self {
    case .declare, .define, .keep, .forget, .undoImport: nil
    case .add(let kind, _, _), .change(let kind, _, _), .remove(let kind, _): kind
    case .append(let rows), .importing(let rows, _):
      switch rows.kinds {
      case .all(let kind): kind
      case .each(let kinds): kinds.first
      }
    }
  }

  /// Rows that it may bring.
  package var rowCount: Int {
    switch self {
    case .append(let rows), .importing(let rows, _): rows.count
    case .add: 1
    case .declare, .define, .keep, .forget, .change, .remove, .undoImport: 0
    }
  }
}

extension StoreState {
  /// The state after a change.
  /// - Throws: as `declaring`, `adding`, `changing`, `removing` and `appending`.
  package func applying(_ change: StoreChange) throws(Diagnostics) -> StoreState {
    switch change {
    case .declare(let catalogue): return try declaring(catalogue)
    case .define(let definitions):
      var state = self
      state.definitions = definitions
      return state
    case .keep(let definition): return keeping(definition)
    case .forget(let name): return forgetting(name)
    case .add(let kind, let key, let values): return try adding(kind, key: key, values: values).state
    case .change(let kind, let key, let values): return try changing(kind, key: key, values: values)
    case .remove(let kind, let key): return try removing(kind, key: key)
    case .append(let rows): return try appending(rows).state
    case .importing(let rows, let mark): return try importing(rows, mark).appended.state
    case .undoImport(let number): return try undoingImport(number).state
    }
  }

  /// With a definition, in the place of one of its name.
  package func keeping(_ definition: Definition) -> StoreState {
    var state = self
    if let place = definitions.firstIndex(where: { nameKey($0.name) == nameKey(definition.name) }) {
      state.definitions[place] = definition
    } else {
      state.definitions.append(definition)
    }
    return state
  }

  package func forgetting(_ name: String) -> StoreState {
    var state = self
    state.definitions.removeAll { nameKey($0.name) == nameKey(name) }
    return state
  }

  package func applying(_ changes: [StoreChange]) throws(Diagnostics) -> StoreState {
    var state = self
    for change in changes { state = try state.applying(change) }
    return state
  }
}

extension StoreChange {
  /// As a person would say it: `customer "C-1" added`.
  package func inWords(_ catalogue: Catalogue) -> String {
    func record(_ kind: KindID, _ key: String?) -> String {
      catalogue.name(of: kind) + (key.map { " \"\($0)\"" } ?? "")
    }
    switch self {
    case .declare: return "kinds declared"
    case .define: return "a definition"
    case .keep(let definition): return "\(definition.name) kept"
    case .forget(let name): return "\(name) removed"
    case .add(let kind, let key, _): return record(kind, key) + " added"
    case .change(let kind, let key, _): return record(kind, key) + " changed"
    case .remove(let kind, let key): return record(kind, key) + " removed"
    case .append(let rows), .importing(let rows, _): return "import of " + rows.inWords(catalogue)
    case .undoImport(let number): return "import \(number) taken back"
    }
  }
}

extension NewRows {
  /// How many, and of which kinds: `3 customer rows`, `5 rows (3 customer, 2 rep)`.
  func inWords(_ catalogue: Catalogue) -> String {
    let counts: [(kind: KindID, count: Int)]
    switch kinds {
    case .all(let kind): counts = [(kind, count)]
    case .each(let kinds):
      var found: [KindID: Int] = [:]
      for kind in kinds { found[kind, default: 0] += 1 }
      counts = found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
    if counts.count == 1 { return "\(count) \(catalogue.name(of: counts[0].kind)) rows" }
    let parts = counts.map { "\($0.count) \(catalogue.name(of: $0.kind))" }
    return "\(count) rows" + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
  }
}
