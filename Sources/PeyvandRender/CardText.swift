import PeyvandBase
import PeyvandData

/// A KPI's card for people: its value first, then what it rests on, how far the target is, how it went, and what to
/// decide. A line that has nothing to say is left out; what was left out of the number never is.
struct CardText {
  let rules: CalendarRules
  private var values: ValueText { ValueText(rules: rules) }
  private var receipts: ReceiptText { ReceiptText(rules: rules) }

  /// Lines without control characters of their own; the caller escapes the words that came from data.
  func lines(_ card: KPICard, _ receipt: Receipt) -> [String] {
    var lines = [card.name + "  [" + card.state.rawValue + "]"]
    if let words = card.documentation, !words.isEmpty { lines.append(words) }
    let labelled = labelled(card, receipt)
    lines += ["", "  " + labelled.headline]
    for (label, text) in labelled.parts {
      lines.append("  " + label + String(repeating: " ", count: max(10 - label.count, 1)) + text)
    }
    for remark in receipt.remarks { lines.append("  " + remark) }
    return lines
  }

  /// The value with what it rests on, and what is said beside it under a label each.
  func labelled(_ card: KPICard, _ receipt: Receipt) -> (headline: String, parts: [(label: String, text: String)]) {
    var parts: [(label: String, text: String)] = []
    func add(_ label: String, _ text: String?) {
      guard let text, !text.isEmpty else { return }
      parts.append((label, text))
    }
    add("target", target(card))
    for (label, text) in estimates(card, receipt) { add(label, text) }
    add("left out", receipts.remainder(receipt).joined(separator: "; "))
    add("trend", trend(card))
    add("best", groups(card.best, card))
    add("worst", groups(card.worst, card))
    add("chance", card.chance.map { chance($0) })
    add("decide", card.decision)
    add("owner", card.owner)
    add("as of", receipts.asOf(receipt).map { String($0.dropFirst("as of ".count)) })
    return (headline(card, receipt), parts)
  }

  /// Whether a place among the groups means anything.
  private func chance(_ chance: KPICard.Chance) -> String {
    guard !chance.beyond.isEmpty else { return "no group differs from the others beyond it (tried \(chance.tried))" }
    let named = chance.beyond.prefix(3).map { "\($0.label) (q = \(values.shown(.number($0.q), .plainNumber)))" }
    let more = chance.beyond.count > 3 ? ", \(chance.beyond.count - 3) more" : ""
    return "beyond it: \(named.joined(separator: ", "))\(more) (tried \(chance.tried))"
  }

  private func headline(_ card: KPICard, _ receipt: Receipt) -> String {
    if card.state == .tooFew { return "too few (n = \(card.n); \(card.needs) are needed)" }
    var text = values.shown(card.value, card.type)
    let unit = receipt.unit.map { " " + (card.n == 1 ? ReceiptText.singular($0) : ReceiptText.plural($0)) } ?? ""
    text += card.k.map { "   \($0) of \(card.n)\(unit)" } ?? (unit.isEmpty ? "   n = \(card.n)" : "   \(card.n)\(unit)")
    if let interval = card.interval {
      let low = scaled(interval.low, card.type)
      let high = scaled(interval.high, card.type)
      text += " · 95% interval \(low) to \(high) (\(interval.method))"
    }
    if let estimates = card.estimates, estimates.lead == .kaplanMeier {
      text += " · \(estimates.atRisk) waited to the end"
    }
    return text
  }

  /// The other estimates of a share that waits, where some windows still run: without one they are all the same.
  private func estimates(_ card: KPICard, _ receipt: Receipt) -> [(String, String)] {
    guard let estimates = card.estimates, receipt.open > 0, card.state != .tooFew else { return [] }
    func line(_ estimate: WindowEstimates.Estimate, _ words: String) -> String {
      guard let value = estimate.value else { return "–  " + words }
      var text = scaled(value, card.type) + "  " + words
      if let low = estimate.low, let high = estimate.high {
        text += " · \(scaled(low, card.type)) to \(scaled(high, card.type))"
      }
      return text
    }
    var lines: [(String, String)] = []
    if estimates.lead == .kaplanMeier {
      lines.append(
        ("closed", line(estimates.fullWindow, "of the \(estimates.fullWindow.n) with a full window (Wilson)")))
    } else if estimates.kaplanMeier.value != nil {
      let words = "of all \(estimates.kaplanMeier.n), \(estimates.atRisk) waited to the end (Kaplan–Meier)"
      lines.append(("all", line(estimates.kaplanMeier, words)))
    }
    lines.append(("naive", line(estimates.naive, "if whoever is still open never comes")))
    return lines
  }

  /// A number on the measure's own scale: a percentage, days, an amount.
  private func scaled(_ number: Double, _ type: ValueType) -> String {
    values.shown(Self.value(number, type), type)
  }

  static func value(_ number: Double, _ type: ValueType) -> Value {
    switch type {
    case .duration(.seconds): return .duration(Duration(seconds: number))
    case .duration(.months):
      guard let whole = Int(exactly: number.rounded()) else { return .number(number) }
      return .duration(Duration(months: whole))
    case .duration: return .duration(Duration(days: number))
    default: return .number(number)
    }
  }

  /// Behind a target that came to nothing.
  static let unknownTarget = " · has no value now, so it is neither met nor missed"

  private func target(_ card: KPICard) -> String? {
    guard let target = card.target else {
      return card.state == .targetUnknown ? "what `warn` speaks of has no value, so nothing is warned of" : nil
    }
    if card.state == .targetUnknown { return target + Self.unknownTarget }
    guard let distance = card.distance, card.state != .tooFew else { return target }
    if distance == 0 { return target + " · exactly there" }
    let side = distance > 0 ? " above" : " below"
    if card.type.unit.isShare {
      let points = NumberDisplay([distance.magnitude * 100], unit: .plain, most: 1).figures(distance.magnitude * 100)
      return target + " · " + points + (points == "1" ? " point" : " points") + side
    }
    return target + " · " + scaled(distance.magnitude, card.type) + side
  }

  private func groups(_ groups: [KPICard.Group], _ card: KPICard) -> String? {
    guard !groups.isEmpty else { return nil }
    let text = groups.map { "\($0.label) \(values.shown($0.value, card.type)) (n = \($0.n))" }.joined(separator: " · ")
    return text + (card.groupedBy.map { "  by " + $0 } ?? "")
  }

  private func trend(_ card: KPICard) -> String? {
    let points = card.trend
    guard let first = points.first, let last = points.last,
      points.count(where: { Self.magnitude($0.value) != nil }) > 1
    else { return nil }
    let span = values.shown(first.period, .text) + " to " + values.shown(last.period, .text)
    let ends = values.shown(first.value, card.type) + " → " + values.shown(last.value, card.type)
    return Self.sparkline(points.map { Self.magnitude($0.value) }) + "  " + ends + "  " + span
  }

  private static func magnitude(_ value: Value) -> Double? {
    switch value {
    case .number(let number) where number.isFinite: number
    case .duration(let duration): Double(duration.months) * 30 + duration.days + duration.seconds / 86_400
    default: nil
    }
  }

  /// Eight heights between the least and the greatest; `·` where there is no value, the middle where all are equal.
  static func sparkline(_ values: [Double?]) -> String {
    let known = values.compactMap { $0 }
    guard let low = known.min(), let high = known.max() else { return String(repeating: "·", count: values.count) }
    let bars = Array("▁▂▃▄▅▆▇█")
    return values.reduce(into: "") { line, value in
      guard let value else { return line.append("·") }
      let height = high > low ? ((value - low) / (high - low) * 7).rounded() : 3
      let index = Int(exactly: height) ?? 3
      line.append(bars[min(max(index, 0), bars.count - 1)])
    }
  }
}
