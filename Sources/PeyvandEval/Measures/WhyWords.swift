import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// What `why` says in words: what a factor is called, what was found, what was left out.
enum WhyWords {
  // MARK: Factors

  static func factor(_ candidate: CheckedCandidate) -> String { candidate.name }

  static func factor(_ candidate: CheckedCandidate, value: String) -> String { "\(candidate.name) = \(value)" }

  static func factor(_ candidate: CheckedCandidate, _ split: CheckedCandidate.Split, cut: String, isInclusive: Bool)
    -> String
  {
    switch split {
    case .amount: "\(candidate.name) \(isInclusive ? ">=" : ">") \(cut) (median)"
    case .often: "\(candidate.name) \(cut) times or more"
    case .soon: "\(candidate.name) within \(cut)"
    }
  }

  static func verdict(_ row: WhyTables.Row) -> String {
    switch row.verdict {
    case .goesWith: "goes with"
    case .chance: "not beyond chance"
    case .tooFew: "too few (n = \(min(row.withN, row.withoutN)))"
    }
  }

  // MARK: The answer

  static func finding(_ found: WhyTables.Found, _ why: CheckedWhy, exposures: [WhyExposure], catalogue: Catalogue)
    -> Finding
  {
    var columns = [
      "factor", "with_n", "with_rate", "without_n", "without_rate", "difference", "low", "high", "odds_ratio", "q",
      "reach",
    ]
    if !why.strata.isEmpty { columns.insert("pooled_or", at: 9) }
    let view = Table.View(headline: headline(found), rows: found.goesWith, columns: columns)
    return Finding(view: view, notes: warnings(found, why))
  }

  private static func headline(_ found: WhyTables.Found) -> String {
    let few = found.tooFew == 0 ? "" : "; \(found.tooFew) more with fewer than \(WhyTables.fewest) cases on one side"
    if found.n == 0 { return "nothing to compare: no case is decided" }
    if found.yes == 0 { return "nothing to compare: of \(found.n) decided cases none is yes" }
    if found.yes == found.n { return "nothing to compare: all of \(found.n) decided cases are yes" }
    if found.tried == 0 { return "nothing could be compared (tried 0)\(few)" }
    if found.goesWith == 0 { return "no difference beyond chance (tried \(found.tried))\(few)" }
    return "\(found.goesWith) of \(found.tried) that were tried \(found.goesWith == 1 ? "goes" : "go") with it beyond "
      + "chance (q at most 5%)\(few)"
  }

  /// What the receipt adds: how what came was counted, and what was not tried.
  static func remarks(_ found: WhyTables.Found, _ why: CheckedWhy, _ exposures: [WhyExposure]) -> [String] {
    let used = Set(why.candidates.compactMap(\.exposure) + why.strata.compactMap(\.exposure))
    var remarks = exposures.enumerated().compactMap { place, exposure -> String? in
      guard used.contains(place) else { return nil }
      let owner = exposure.exposure.owner
      guard exposure.isUsable else {
        return exposure.exposure.isBefore
          ? "events of the \(owner): not tried, since a quarter of the cases had none before"
          : "events: not tried, since none of these cases was decided at a known time"
      }
      let length = words(exposure)
      let eligible = "\(exposure.eligibleCount) of \(exposure.rows)"
      return exposure.exposure.isBefore
        ? "events of the \(owner) are those of the \(length) before, for the \(eligible) that go back so far"
        : "events are those of the first \(length), for the \(eligible) still undecided then"
    }
    remarks += why.remarks
    if !found.leftOut.isEmpty {
      let all = found.leftOut.sorted { $0.name < $1.name }.map { "\($0.name) (\($0.values) values)" }
      let more = all.count > 6 ? ", and \(all.count - 6) more" : ""
      remarks.append("not tried: " + all.prefix(6).joined(separator: ", ") + more)
    }
    return remarks
  }

  private static func words(_ exposure: WhyExposure) -> String {
    let length = exposure.length
    guard !exposure.exposure.isByDay else { return length == 1 ? "day" : "\(length) days" }
    switch length {
    case 172_800...: return "\(length / 86_400) days"
    case 7_200...: return "\(length / 3_600) hours"
    case 120...: return "\(length / 60) minutes"
    default: return length == 1 ? "second" : "\(length) seconds"
    }
  }

  // MARK: Warnings and errors

  private static func warnings(_ found: WhyTables.Found, _ why: CheckedWhy) -> [Diagnostic] {
    var warnings: [Diagnostic] = []
    let held = why.strata.map(\.name).joined(separator: ", ")
    var confounded = 0
    for row in found.rows {
      guard min(row.q ?? 1, row.crudeQ ?? 1) <= WhyTables.mostQ, let pooled = row.pooled?.value,
        let crude = row.table.oddsRatio()?.estimate.value, crude > 0, abs(pooled / crude - 1) > 0.2
      else { continue }
      confounded += 1
      if confounded <= 3 { warnings.append(differs(row.factor, held: held, at: why.range)) }
    }
    if confounded > 3 { warnings.append(differs("\(confounded - 3) more factors", held: held, at: why.range)) }
    for row in found.rows.filter(\.repeatsTheOutcome).prefix(3) {
      warnings.append(
        Diagnostic(
          "W4121", .warning, "`\(row.factor)` parts the cases exactly as the outcome does", at: why.range,
          notes: ["it may have been written down after the outcome, or be the outcome itself"]))
    }
    return warnings
  }

  private static func differs(_ factor: String, held: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "W4120", .warning,
      "`\(factor)`: the odds ratio changes by more than a fifth when `\(held)` is held equal", at: range,
      notes: ["go by `pooled_or`, the odds ratio with `\(held)` held equal"])
  }

  static func tooManyStrata(_ name: String, count: Int, most: Int, at range: SourceRange) -> Diagnostics {
    Diagnostics(
      Diagnostic(
        "E1961", .error, "`\(name)` has \(count) values, and at most \(most) can be held equal", at: range,
        notes: ["hold something coarser equal: `bucket(…, 10)`, `month(…)`, a region"]))
  }
}
