import PeyvandBase
import PeyvandData

/// What a watch found, for people: a line a group with its state first, and below it why, and what to do.
struct WatchText {
  let rules: CalendarRules
  private var values: ValueText { ValueText(rules: rules) }

  /// Lines without control characters of their own; the caller escapes the words that came from data.
  func lines(_ watched: Watched) -> [String] {
    watched.findings.flatMap { lines($0, of: watched) }
  }

  private func lines(_ finding: Watched.Finding, of watched: Watched) -> [String] {
    let group = finding.group.map { " · " + $0 } ?? ""
    var lines = ["[\(finding.state.rawValue)]  \(watched.name)\(group)"]
    func add(_ label: String, _ text: String?) {
      guard let text, !text.isEmpty else { return }
      lines.append("  " + label + String(repeating: " ", count: max(10 - label.count, 1)) + text)
    }
    add("period", period(finding, of: watched))
    add("target", target(finding, of: watched))
    if let chart = finding.chart { add("by itself", self.chart(chart, watched.type)) }
    add("signal", finding.chart?.signals.joined(separator: "; "))
    add("caution", caution(finding))
    add("decide", finding.decision)
    if finding.state == .breach || finding.state == .warn { add("owner", watched.owner) }
    return lines
  }

  private func period(_ finding: Watched.Finding, of watched: Watched) -> String {
    let type: ValueType = watched.unit == .day ? .date : .period(watched.unit)
    switch finding.state {
    case .notDue: return "none has ended yet with all its windows run out"
    case .tooFew:
      return "\(values.shown(finding.period, type)): too few (n = \(finding.n); \(watched.needs) are needed)"
    default:
      return "\(values.shown(finding.period, type)): \(values.shown(finding.value, watched.type)) (n = \(finding.n))"
    }
  }

  private func target(_ finding: Watched.Finding, of watched: Watched) -> String? {
    guard let target = watched.target else {
      return finding.state == .targetUnknown ? "what `warn` speaks of has no value, so nothing is warned of" : nil
    }
    if finding.state == .targetUnknown { return target + CardText.unknownTarget }
    guard finding.missed > 0 else { return target }
    let periods = finding.missed == 1 ? "1 period" : "\(finding.missed) periods"
    let row = finding.missed == 1 && watched.persistence == 1 ? "missed" : "missed for " + periods
    guard finding.missed < watched.persistence else { return target + " · " + row }
    return target + " · \(row) of the \(watched.persistence) that make a breach"
  }

  private func chart(_ chart: Watched.Chart, _ type: ValueType) -> String {
    func shown(_ number: Double) -> String { values.shown(CardText.value(number, type), type) }
    var text = "\(shown(chart.lower)) to \(shown(chart.upper)), around \(shown(chart.mean))"
    text += chart.isTrial ? " (trial limits of \(chart.periods) periods)" : " (limits of \(chart.periods) periods)"
    switch chart.assurance {
    case "passes": text += " · it will go on meeting the target"
    case "fails": text += " · it will go on missing the target, unless something is changed"
    case "hit and miss": text += " · hit and miss: it will meet the target at one time and miss it at another"
    default: break
    }
    return text
  }

  private func caution(_ finding: Watched.Finding) -> String? {
    let cautions = finding.chart?.cautions ?? []
    guard !cautions.isEmpty else { return nil }
    return cautions.map {
      $0 == "trend"
        ? "it rises or falls throughout, so its limits mislead" : "it goes with the season, so its limits mislead"
    }.joined(separator: "; ")
  }
}
