import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// `why KPI from P to P`: a change split by groups into mix and rate, adding up exactly.
///
/// A rate may fall though no group's did, because the groups that always had the lower one grew. Before anyone is
/// asked what went wrong it has to be known which of the two it was.
extension KPIEvaluation {
  /// One field's groups in both periods.
  private struct Split {
    var name: String
    var labels: [String]
    var keys: [Vector]
    /// The places of the groups that have a case.
    var places: [Int32]
    var before: [KPIMeasure.Case]
    var after: [KPIMeasure.Case]
    var parts: RateDecomposition?
    var draft: ReceiptDraft
  }

  func change(
    _ unit: PeriodUnit, from first: CheckedExpression, to second: CheckedExpression, fields: [CheckedColumn],
    _ headers: [CheckedColumn.Header]
  ) throws(Diagnostics) -> Relation {
    guard let dated = kpi.dated else {
      throw EvaluationDiagnostics.malformed("a KPI over time without a date", at: kpi.measure.range)
    }
    let rules = evaluator.context.source.catalogue.calendar
    let periods = Periods(unit: unit, rules: rules, seenDay: seenDay)
    guard let from = periods.index(of: try evaluator.value(first)) else {
      throw EvaluationDiagnostics.noSuchPeriod(at: first.range)
    }
    guard let to = periods.index(of: try evaluator.value(second)) else {
      throw EvaluationDiagnostics.noSuchPeriod(at: second.range)
    }
    func label(_ index: Int32) -> String { rules.label(ofPeriod: index, unit: unit) }
    guard from < to else { throw EvaluationDiagnostics.periodsNotInOrder(label(from), label(to), at: second.range) }
    let now = periods.current(today: today)
    guard to <= now else {
      throw EvaluationDiagnostics.periodNotBefore(label(to), atHand: label(now), isSame: false, at: second.range)
    }
    let spans = try periods.matched(from, to, at: second.range)
    let condition = CheckedExpression(
      .or(
        falls(dated, from: spans.first.from, before: spans.first.before),
        falls(dated, from: spans.second.from, before: spans.second.before)), .yesno, dated.range)
    func split(_ keys: [CheckedColumn], _ name: String) throws(Diagnostics) -> Split {
      let crossed = try crossed(by: periods.key(dated), keys: keys, where: condition)
      var split = Split(
        name: name, labels: [], keys: crossed.keys, places: [], before: [], after: [], draft: crossed.draft)
      for (place, cells) in crossed.cells.enumerated() {
        let pair = (cells[periods.value(of: from)], cells[periods.value(of: to)])
        guard (pair.0?.n ?? 0) + (pair.1?.n ?? 0) > 0 else { continue }
        split.places.append(Int32(clamping: place))
        split.before.append(pair.0 ?? crossed.nothing)
        split.after.append(pair.1 ?? crossed.nothing)
      }
      split.parts = RateDecomposition(
        from: split.before.map { .init(n: $0.n, rate: $0.n > 0 ? $0.number : nil) },
        to: split.after.map { .init(n: $0.n, rate: $0.n > 0 ? $0.number : nil) })
      if let key = crossed.keys.first, let header = keys.first?.header {
        split.labels = try evaluator.labels(key.picking(split.places), header)
      }
      return split
    }
    var splits: [Split] = []
    if fields.isEmpty {
      splits = [try split(call.keys, "")]
    } else {
      for field in fields {
        let one = try split([field], field.header.name)
        if (2...50).contains(one.places.count) { splits.append(one) }
      }
      // The field one of whose groups stands out most comes first; of equal ones, as declared.
      let merits = splits.map { $0.parts?.contrast ?? 0 }
      splits = splits.indices.sorted { merits[$0] != merits[$1] ? merits[$0] > merits[$1] : $0 < $1 }.map { splits[$0] }
    }
    return try table(splits, fields, condition, headers) { (whole, draft) throws(Diagnostics) in
      if spans.isCut {
        let days = spans.days == 1 ? "first day of each is" : "first \(spans.days) days of each are"
        draft.remarks.append("\(label(to)) still runs: the \(days) compared")
      }
      draft.remarks.insert(contentsOf: try self.summary(whole, label(from), label(to)), at: 0)
    }
  }

  private func table(
    _ splits: [Split], _ fields: [CheckedColumn], _ condition: CheckedExpression, _ headers: [CheckedColumn.Header],
    _ say: (Split, inout ReceiptDraft) throws(Diagnostics) -> Void
  ) throws(Diagnostics) -> Relation {
    guard let whole = splits.first else {
      var draft = try measured(by: [], where: condition).draft
      let kind = evaluator.context.source.catalogue.name(of: kpi.subject.kind)
      draft.remarks.append("no field of \(kind) has 2 to 50 different values in these periods")
      return try table(headers, keys: [], rows: [], draft)
    }
    var rows: [Cells] = []
    var moved: [String] = []
    for split in splits {
      let isEnough = isEnough(split)
      for place in split.places.indices {
        let (a, b) = (split.before[place], split.after[place])
        var row: Cells = ["n_from": .number(Double(a.n)), "n_to": .number(Double(b.n))]
        if !fields.isEmpty {
          row["field"] = .text(split.name)
          if split.labels.indices.contains(place) { row["group"] = .text(split.labels[place]) }
        }
        row["value_from"] = a.n > 0 && isEnough ? a.value : .missing
        row["value_to"] = b.n > 0 && isEnough ? b.value : .missing
        if isEnough, let group = split.parts?.groups[place] {
          row["share_from"] = .number(group.fromShare)
          row["share_to"] = .number(group.toShare)
          row["mix"] = change(group.mix, nil)[Self.name(kpi)]
          row["rate"] = change(group.rate, nil)[Self.name(kpi)]
          row[Self.name(kpi)] = change(group.change, nil)[Self.name(kpi)]
          if a.n == 0 || b.n == 0, split.labels.indices.contains(place) {
            moved.append(split.labels[place] + (a.n == 0 ? " is new" : " is gone"))
          }
        }
        rows.append(row)
      }
    }
    var draft = whole.draft
    if !moved.isEmpty {
      let words = moved.prefix(5).joined(separator: ", ") + (moved.count > 5 ? ", …" : "")
      draft.remarks.append("\(words): taken at the other period's value, so that it is mix")
    }
    if splits.count > 1 {
      let names = splits.map(\.name).joined(separator: ", ")
      draft.remarks.append("fields tried, the one with the group that stands out most first: \(names)")
    }
    try say(whole, &draft)
    return try table(
      headers, keys: fields.isEmpty ? whole.keys.map { $0.picking(whole.places) } : [], rows: rows, draft)
  }

  private static func name(_ kpi: CheckedKPI) -> String { kpi.measure.type.isShare ? "points" : "change" }

  private func isEnough(_ split: Split) -> Bool {
    split.before.reduce(0) { $0 + $1.n } >= max(1, kpi.needs)
      && split.after.reduce(0) { $0 + $1.n } >= max(1, kpi.needs)
  }

  /// The whole change in words.
  private func summary(_ split: Split, _ from: String, _ to: String) throws(Diagnostics) -> [String] {
    let before = split.before.reduce(0) { $0 + $1.n }
    let after = split.after.reduce(0) { $0 + $1.n }
    guard isEnough(split), let parts = split.parts else {
      return ["too few (n = \(before) in \(from), \(after) in \(to); \(kpi.needs) are needed)"]
    }
    let type = kpi.measure.type
    let level = try texts([parts.from, parts.to], type)
    // Of a share in points, rounded so that what is shown adds up as well.
    let points = [parts.change, parts.mix].map { ($0 * 10_000).rounded() / 100 }
    let amounts =
      try type.isShare
      ? texts([points[0], points[1], points[0] - points[1]], .plainNumber)
      : texts([parts.change, parts.mix, parts.rate], type)
    let signed = zip([parts.change, parts.mix, parts.rate], amounts).map { ($0 > 0 && $1 != "0" ? "+" : "") + $1 }
    let unit = type.isShare ? " points" : ""
    let whole = "from \(level[0]) (n = \(before)) to \(level[1]) (n = \(after)): \(signed[0])\(unit)"
    return [whole + ", \(signed[1]) by mix and \(signed[2]) by rate"]
  }

  /// Numbers as they are shown in a text.
  private func texts(_ numbers: [Double], _ type: ValueType) throws(Diagnostics) -> [String] {
    let values = numbers.map { Value(magnitude: $0, in: type) }
    return try evaluator.labels(
      try evaluator.vector(of: values, type: type), .init(id: ColumnID(-13), name: "", type: type))
  }
}
