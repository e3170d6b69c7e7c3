import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStore
import PeyvandSyntax

/// What a store keeps besides kinds and records: definitions, KPIs, watches and processes, each as it was written.
///
/// Each stands under a name and is said again on opening. Watches and processes bear their word before it, so that a watch
/// of a KPI does not take the KPI's place.
extension Session {
  static let processPrefix = "process "

  /// Has the store keep a declaration in the place of what bore its name; the same again is nothing.
  func keep(_ definition: StoreState.Definition) throws(Diagnostics) {
    guard !state.definitions.contains(definition) else { return }
    try commit([.keep(definition)], giving: state.keeping(definition))
  }

  /// `remove watch …`, `remove process …`
  func forget(_ listing: Listing, _ name: String, at range: SourceRange, emit: (Outcome) -> Void) throws(Diagnostics) {
    let names = kept(listing).map(\.name)
    guard let known = names.first(where: { nameKey($0) == nameKey(name) }) else {
      throw Diagnostics(SessionDiagnostics.nothingToRemove(listing, name, names, at: range))
    }
    let definition = prefix(listing) + known
    try commit([.forget(definition)], giving: state.forgetting(definition))
    emit(.answer(Answer(.done("\(definition) removed"))))
  }

  /// Those that the store keeps, as a table.
  func listed(_ listing: Listing) -> Answer {
    var rows: [[Value]] = []
    func text(_ value: String?) -> Value { value.map(Value.text) ?? .missing }
    for (name, definition) in kept(listing) {
      let parsed = parse(definition.source, name: definition.name)
      func words(_ range: SourceRange) -> String {
        source(of: range).split(whereSeparator: \.isWhitespace).joined(separator: " ")
      }
      switch parsed.tree.statements.first?.node {
      case .process(let syntax)?:
        var (goal, review): (String?, String?)
        for clause in syntax.clauses {
          if case .goal(let text) = clause.node { goal = text.plain }
          if case .review(let every) = clause.node { review = words(every.range) }
        }
        rows.append([.text(name), .text(words(syntax.subject.range)), text(goal), text(review)])
      case .watch(let syntax)?:
        rows.append([
          .text(name), .text(syntax.every.map { words($0.range) } ?? PeriodUnit.month.name),
          .number(syntax.breachPeriods ?? 1),
        ])
      default: break
      }
    }
    var receipt = Receipt()
    receipt.n = rows.count
    if rows.isEmpty {
      receipt.remarks.append(
        listing == .watch
          ? "the store keeps no watch: `watch KPI every month` at the prompt begins one"
          : "there is no process yet: `process for KIND` begins one")
    }
    let columns = listing == .watch ? ProcessTable.watches : ProcessTable.processes
    let made = columns.enumerated().map { place, column in
      Table.Column(name: column.name, type: column.type, values: rows.map { $0[place] })
    }
    return Answer(.table(Table(columns: made, rowCount: rows.count)), receipt: receipt)
  }

  private func prefix(_ listing: Listing) -> String { listing == .watch ? Self.watchPrefix : Self.processPrefix }

  /// Those of a sort, by the names that they are removed by.
  private func kept(_ listing: Listing) -> [(name: String, definition: StoreState.Definition)] {
    let prefix = prefix(listing)
    return state.definitions.filter { $0.name.hasPrefix(prefix) }.map { (String($0.name.dropFirst(prefix.count)), $0) }
  }
}
