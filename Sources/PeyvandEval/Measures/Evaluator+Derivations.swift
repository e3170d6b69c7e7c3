import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// Stages that make a table of all rows: what their inputs came to, through one kernel each.
extension Evaluator {
  func derived(_ derivation: CheckedDerivation, _ relation: Relation) throws(Diagnostics) -> Relation {
    try watchdog.look(at: derivation.range)
    switch derivation.kind {
    case .pairs: return try pairs(derivation, relation)
    case .stack(let keys, let labels, let cells): return try stacked(derivation, keys, labels, cells, relation)
    case .retention(let unit, let isOrLater):
      return try retention(derivation, unit, isOrLater: isOrLater, relation)
    case .control(let season): return try controlled(derivation, season: season, relation)
    case .credit(let model): return try credited(derivation, model, relation)
    case .buyers: return try buyers(derivation, relation)
    case .outlook: return try outlook(derivation, relation)
    }
  }

  func input(_ derivation: CheckedDerivation, _ place: Int, _ relation: Relation) throws(Diagnostics) -> Vector {
    guard derivation.inputs.indices.contains(place),
      let vector = relation.frame.columns[derivation.inputs[place].header.id], vector.count == relation.frame.count
    else { throw EvaluationDiagnostics.malformed("a table without its inputs", at: derivation.range) }
    return vector
  }

  /// A table in the place of the rows.
  func made(_ derivation: CheckedDerivation, _ vectors: [Vector], from relation: Relation) -> Relation {
    var frame = Frame(count: vectors.first?.count ?? 0)
    for (header, vector) in zip(derivation.columns, vectors) { frame.columns[header.id] = vector }
    var result = Relation(frame)
    result.columns = derivation.columns.map(\.id)
    result.draft = relation.draft
    return result
  }

  func numbers(_ values: [Double?]) -> Vector {
    NumberKernels.finite(Slab(values.map { $0 ?? .nan }), present: nil)
  }

  func texts(_ values: [String?]) -> Vector {
    var dictionary = TextDictionary()
    let codes = values.map { $0.flatMap { dictionary.code(of: $0) } ?? -1 }
    return Vector(
      .texts(Slab(codes.map { max(0, $0) }), dictionary),
      present: Presence.reduced(Slab(values.map { $0 == nil ? 0 : 1 })))
  }

  private func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }

  // MARK: Directly follows

  private func pairs(_ derivation: CheckedDerivation, _ relation: Relation) throws(Diagnostics) -> Relation {
    let cases = GroupCodes.encode(try input(derivation, 0, relation))
    let activities = try input(derivation, 1, relation)
    let moments = TimeSearch.wide(try input(derivation, 2, relation), missing: .max)
    let (before, after) = TimelineKernels.pairs(cases)
    try check(rows: before.count, at: derivation.range)
    func times(_ places: [Int32]) -> Slab<Int64> {
      TimeSearch.wide(Vector(.instants(moments)).gathered(Slab(places)), missing: .max)
    }
    // At the ends no time passes; what is missing between two is.
    let isEnd = Slab(zip(before, after).map { UInt8($0 < 0 || $1 < 0 ? 1 : 0) })
    let between = SequenceKernels.elapsed(times(before), times(after))
    let took = Vector.concatenated([
      between.masked(by: Presence.inverted(isEnd)), Vector(.numbers(Slab([0.0]))),
    ]).picking(isEnd.array.enumerated().map { Int32(clamping: $1 == 1 ? before.count : $0) })
    var result = made(
      derivation, [activities.gathered(Slab(before)), activities.gathered(Slab(after)), took], from: relation)
    result.draft.of = nil
    result.draft.remarks.append(
      "\(counted(DenseIDs(cases).first.count, "case")); the step before the first and after the last is missing")
    return result
  }

  // MARK: Columns as rows

  private func stacked(
    _ derivation: CheckedDerivation, _ keys: [ColumnID], _ labels: [String], _ cells: [[ColumnID]], _ relation: Relation
  ) throws(Diagnostics) -> Relation {
    let rows = relation.frame.count
    var order: [Int32] = []
    for row in 0..<rows { for label in labels.indices { order.append(Int32(clamping: label * rows + row)) } }
    func column(_ id: ColumnID) throws(Diagnostics) -> Vector {
      guard let vector = relation.frame.columns[id] else {
        throw EvaluationDiagnostics.malformed("a table without its columns", at: derivation.range)
      }
      return vector
    }
    var vectors: [Vector] = []
    for key in keys {
      let values = try column(key)
      vectors.append(Vector.concatenated(labels.map { _ in values }).picking(order))
    }
    vectors.append(texts(labels.flatMap { label in (0..<rows).map { _ in label } }).picking(order))
    for place in 0..<(cells.map(\.count).min() ?? 0) {
      var parts: [Vector] = []
      for row in cells { parts.append(try column(row[place])) }
      vectors.append(Vector.concatenated(parts).picking(order))
    }
    return made(derivation, vectors, from: relation)
  }

  // MARK: Control charts

  private func controlled(_ derivation: CheckedDerivation, season: Int?, _ relation: Relation) throws(Diagnostics)
    -> Relation
  {
    let vector = try input(derivation, 0, relation)
    guard case .numbers(let slab) = vector.storage else {
      throw EvaluationDiagnostics.malformed("a control chart of what is no number", at: derivation.range)
    }
    let count = relation.frame.count
    let places = (0..<count).filter { vector.present?[$0] != 0 }
    let values = places.compactMap { slab[$0] }
    var remarks: [String] = []
    var baseline: Int?
    if let parameter = derivation.parameters.first {
      let asked = try self.count(parameter, of: "baseline")
      baseline = max(ControlChart.least, asked)
      if asked < ControlChart.least {
        remarks.append("a baseline of \(asked) gives no limits: they are of the first \(ControlChart.least) values")
      }
    }
    var result = relation
    var columns = [[Double?]](repeating: [Double?](repeating: nil, count: count), count: 4)
    var signals = [String?](repeating: nil, count: count)
    if let chart = ControlChart(values, baseline: baseline.map { min($0, values.count) }) {
      for (index, row) in places.enumerated() {
        columns[0][row] = chart.mean
        columns[1][row] = chart.lower
        columns[2][row] = chart.upper
        columns[3][row] = chart.movingRange(at: index)
        let found = chart.signals(at: index).map { "\($0.rule.rawValue)\($0.isHigh ? ", high" : ", low")" }
        if !found.isEmpty { signals[row] = found.joined(separator: "; ") }
      }
      if chart.isTrial {
        remarks.append("trial limits: of \(chart.baseline) values, below \(ControlChart.settled)")
      }
      let cautions = chart.cautions(season: season)
      if cautions.contains(.trend) {
        remarks.append("the values rise or fall throughout, so the limits mislead: take out the trend first")
      }
      if cautions.contains(.season) {
        remarks.append("the values have a season, so the limits mislead: compare with the same one of the year before")
      }
    } else {
      remarks.append(
        values.count < ControlChart.least
          ? "no limits: \(values.count) values, below \(ControlChart.least)"
          : "no limits: the values are too large to take differences of")
    }
    if places.count < count { remarks.append("\(counted(count - places.count, "row")) without a value") }
    for (header, values) in zip(derivation.columns, columns) { result.frame.columns[header.id] = numbers(values) }
    if let header = derivation.columns.last { result.frame.columns[header.id] = texts(signals) }
    result.draft.remarks += remarks
    return result
  }

  // MARK: Cohorts

  private func retention(_ derivation: CheckedDerivation, _ unit: PeriodUnit, isOrLater: Bool, _ relation: Relation)
    throws(Diagnostics) -> Relation
  {
    let from = try input(derivation, 0, relation)
    let done = try input(derivation, 1, relation)
    guard case .days(let starts) = from.storage, case .lists(let offsets, let elements) = done.storage else {
      throw EvaluationDiagnostics.malformed("cohorts of what has no days", at: derivation.range)
    }
    let days = if case .days(let slab) = elements.storage { slab } else { Slab<Int32>([]) }
    let time = TimeKernels(context.source.catalogue.calendar, cache: context.cache)
    let calendar = context.source.catalogue.calendar
    let today = context.asOf.day ?? Int(time.day(ofInstant: context.asOf.instant))
    let running = Int(calendar.periodIndex(ofDay: today, unit: unit))
    // A period is over when its last day was wholly seen.
    let isOver = calendar.lastDay(ofPeriod: Int32(clamping: running), unit: unit) == today && context.asOf.day != nil
    let last = isOver ? running : running - 1
    var width: Int?
    if let parameter = derivation.parameters.first {
      let count = try self.count(parameter, of: "retention")
      width = count == .max ? nil : count + 1
    }
    let startPeriods = time.periods(ofDays: starts, unit: unit)
    let periods = CohortCounts.periods(ofStarts: startPeriods, present: from.present)
    let limit = context.limits.answerRows
    let span = max(1, width ?? (max(running, periods.lowerBound) - periods.lowerBound + 1))
    let (cells, overflow) = periods.count.multipliedReportingOverflow(by: span)
    guard !overflow, cells <= limit else {
      throw EvaluationDiagnostics.tooManyCohorts(periods.count, span, limit: limit, at: derivation.range)
    }
    // Members are counted in pieces, on all threads.
    let pieces = cells < 1 << 16 ? max(1, min(16, starts.count >> 13)) : 1
    let cohorts = try runner.run(jobs: pieces, CohortCounts(periods: periods, width: span)) { piece in
      let members = starts.count * piece / pieces..<starts.count * (piece + 1) / pieces
      var part = CohortCounts(periods: periods, width: span)
      guard members.upperBound < offsets.count else { return part }
      let (first, end) = (Int(offsets[members.lowerBound]), Int(offsets[members.upperBound]))
      let own = days.slice(first..<max(first, end))
      part.add(
        members, starts: startPeriods, days: starts, present: from.present, offsets: offsets,
        done: time.periods(ofDays: own, unit: unit), doneDays: own, isOrLater: isOrLater)
      return part
    } combine: {
      $0.add($1)
      return true
    }
    var result = triangle(derivation, cohorts, last: last, width: width, relation)
    if isOrLater {
      result.draft.remarks.append("who was active in a period or in any later one; of the last periods less is seen")
    }
    return result
  }

  private func triangle(
    _ derivation: CheckedDerivation, _ cohorts: CohortCounts, last: Int, width: Int?, _ relation: Relation
  ) -> Relation {
    // Without a width, as far as the oldest cohort has come.
    let whole = cohorts.periods.first.map { max(0, last - $0) + 1 } ?? 0
    let columns = width ?? whole
    var all = [(active: Int, members: Int)](repeating: (0, 0), count: columns)
    var cells = [[Double?]](repeating: [], count: columns)
    for (place, period) in cohorts.periods.enumerated() {
      let size = cohorts.sizes[place]
      for later in 0..<columns {
        let isOver = period + later <= last && size > 0
        let active = later < cohorts.width ? cohorts.active(place, after: later) : 0
        cells[later].append(isOver ? Double(active) / Double(size) : nil)
        if isOver { all[later] = (all[later].active + active, all[later].members + size) }
      }
    }
    let members = cohorts.sizes.reduce(0, +)
    for later in 0..<columns {
      cells[later].append(all[later].members > 0 ? Double(all[later].active) / Double(all[later].members) : nil)
    }
    var headers = derivation.columns
    var frame = Frame(count: cohorts.periods.count + 1)
    if let cohort = headers.first, let size = headers.dropFirst().first {
      frame.columns[cohort.id] = Vector(
        .days(Slab(cohorts.periods.map { Int32(clamping: $0) } + [0])),
        present: Slab(cohorts.periods.map { _ in 1 } + [0]))
      frame.columns[size.id] = numbers((cohorts.sizes + [members]).map { Double($0) })
    }
    for later in 0..<columns {
      let header = CheckedColumn.Header(
        id: ColumnID(-2_000_000 - later), name: "\(later)", type: .number(.share))
      headers.append(header)
      frame.columns[header.id] = numbers(cells[later])
    }
    var result = Relation(frame)
    result.crossHeaders = headers
    result.columns = headers.map(\.id)
    result.draft = relation.draft
    result.draft.n = members
    result.draft.of = relation.draft.of ?? members + cohorts.withoutStart
    result.draft.remarks.append(
      "the row without a cohort is all together, of those cohorts whose period is over; a blank is not over yet")
    if cohorts.withoutStart > 0 { result.draft.tally.excluded["without a start", default: 0] += cohorts.withoutStart }
    return result
  }
}
