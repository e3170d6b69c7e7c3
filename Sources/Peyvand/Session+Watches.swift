import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval
import PeyvandStore

/// Watches: KPIs that are looked at again and again, at the prompt, in scripts and by `peyvand watch`.
extension Session {
  /// Says how the KPI stands; what a person asked to watch stays in the store.
  func carryOut(_ watch: CheckedWatch, origin: Origin, emit: (Outcome) -> Void) throws(Diagnostics) {
    emit(.answer(pointingOut(try evaluator().watch(watch))))
    guard options.isInteractive, origin == .typed else { return }
    let definition = StoreState.Definition(name: Self.watchPrefix + watch.name, source: source(of: watch.range))
    try keep(definition)
  }

  static let watchPrefix = "watch "

  /// Looks at everything that the store keeps a watch on.
  /// - Returns: `.fine` where there is nothing.
  package func watchStored(emit: (Outcome) -> Void) -> Status {
    var status = Status.fine
    for definition in state.definitions where definition.name.hasPrefix(Self.watchPrefix) {
      status = status.then(run(definition.source, name: definition.name, origin: .typed, emit: emit))
    }
    return status
  }
}
