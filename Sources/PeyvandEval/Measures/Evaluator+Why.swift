import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// `why` carried out: the outcome of every row, the exposures, then the candidates, a few columns at a time.
///
/// The rows are gone over once for the outcome and its times; from these come the length of each exposure and who was
/// seen through it. Then every candidate is a column, worked out over batches like any other, and parted and counted
/// by kernels. What is left out of the counting is said: rows whose outcome is not known or not decided, and, for what
/// came, rows that were not seen, or no longer undecided, for the whole exposure.
extension Evaluator {
  func why(
    _ why: CheckedWhy, after streaming: ArraySlice<CheckedStage>, over relation: Relation
  ) throws(Diagnostics) -> Relation {
    try watchdog.look(at: why.range)
    var references = TreeReferences(of: [.why(why)], row: nil)
    // Columns beyond anybody's numbers.
    let outcomeColumn = ColumnID(-20_000)
    func times(_ exposure: Int) -> [ColumnID] { (0..<3).map { ColumnID(-20_001 - 3 * exposure - $0) } }
    var first = [column(outcomeColumn, why.outcome)]
    for (index, exposure) in why.exposures.enumerated() {
      let ids = times(index)
      first.append(column(ids[0], exposure.anchor))
      if let decided = exposure.decided { first.append(column(ids[1], decided)) }
      if let seen = exposure.firstSeen { first.append(column(ids[2], seen)) }
    }
    references.columns.formUnion(first.map(\.header.id))
    var asked = relation
    asked.draft = ReceiptDraft()
    let rows = try stream(streaming + [.with(first)], over: asked, references)
    guard case .truths(let truths)? = rows.frame.columns[outcomeColumn]?.storage, truths.count == rows.frame.count
    else {
      throw EvaluationDiagnostics.malformed("an outcome that is no yes/no", at: why.outcome.range)
    }
    let outcomes = FactorKernels.parts(ofTruths: truths, among: nil)
    let kept = outcomes.indices.filter { outcomes[$0] >= 0 }.map { Int32(clamping: $0) }
    var decided = rows
    decided.frame = rows.frame.picking(kept)
    decided.draft = ReceiptDraft()
    let outcome = kept.map { UInt8(clamping: outcomes[Int($0)]) }

    var held: [VariableID: VariableValue] = [:]
    var exposures: [WhyExposure] = []
    for (index, exposure) in why.exposures.enumerated() {
      let columns = times(index).map { decided.frame.columns[$0] }
      let found = WhyExposure(
        exposure, anchor: columns[0], decided: columns[1], firstSeen: columns[2], now: now(byDay: exposure.isByDay),
        rows: kept.count)
      held[exposure.length] = .value(.duration(found.duration))
      exposures.append(found)
    }
    let evaluator = holding(held)
    var tables = WhyTables(why, outcome: outcome, exposures: exposures)
    try evaluator.strata(&tables, over: decided)
    // A few columns at a time, so that memory is a matter of the rows and not of how much is tried.
    let size = 8
    for start in stride(from: 0, to: why.candidates.count, by: size) {
      try watchdog.look(at: why.range)
      let places = start..<min(start + size, why.candidates.count)
      let columns = places.map { column(ColumnID(-30_000 - $0), why.candidates[$0].expression) }
      let vectors = try evaluator.vectors(columns, over: decided)
      for (place, vector) in zip(places, vectors) {
        try evaluator.add(why.candidates[place], number: place, vector, to: &tables)
      }
    }
    let found = tables.found()
    var result = Relation(try table(found, why.headers))
    result.columns = why.headers.map(\.id)
    result.finding = WhyWords.finding(found, why, exposures: exposures, catalogue: context.source.catalogue)
    // What the rows before left out stays said; of the outcome's own it is how many, not what was found on the way.
    let left = FactorKernels.leftOut(truths)
    var draft = relation.draft
    draft.filterUnknown += rows.draft.filterUnknown + left.unknown
    draft.filterOpen += rows.draft.filterOpen + left.open
    draft.tally.openYes += left.openYes
    draft.tally.ties += rows.draft.tally.ties
    draft.tally.hasNoWindow = draft.tally.hasNoWindow || rows.draft.tally.hasNoWindow
    draft.tally.hasNoHours = draft.tally.hasNoHours || rows.draft.tally.hasNoHours
    draft.tally.overlapped.merge(rows.draft.tally.overlapped) { $0.union($1) }
    draft.n = kept.count
    draft.of = rows.frame.count
    draft.remarks += WhyWords.remarks(found, why, exposures)
    result.draft = draft
    return result
  }

  private func column(_ id: ColumnID, _ expression: CheckedExpression) -> CheckedColumn {
    CheckedColumn(header: .init(id: id, name: "", type: expression.type), expression: expression)
  }

  /// The last moment seen, as exposures count.
  private func now(byDay: Bool) -> Int64 {
    byDay ? Int64(Walker(context).today) : context.asOf.instant
  }

  /// Columns over rows, without what they leave out.
  private func vectors(_ columns: [CheckedColumn], over relation: Relation) throws(Diagnostics) -> [Vector] {
    guard !columns.isEmpty else { return [] }
    var references = TreeReferences()
    references.columns.formUnion(columns.map(\.header.id))
    let result = try stream([.with(columns)], over: relation, references)
    return columns.map { result.frame.columns[$0.header.id] ?? .missing(count: result.frame.count) }
  }

  private func strata(_ tables: inout WhyTables, over relation: Relation) throws(Diagnostics) {
    let strata = tables.why.strata
    guard !strata.isEmpty else { return }
    let columns = strata.enumerated().map { column(ColumnID(-40_000 - $0), $1.expression) }
    let vectors = try vectors(columns, over: relation)
    let keys = zip(strata, vectors).map { stratum, vector in
      GroupCodes.encode(stratum.isVolume ? FactorKernels.doubling(vector) : vector)
    }
    let dense = DenseIDs(keys: keys, count: relation.frame.count)
    guard dense.first.count <= WhyTables.mostStrata else {
      throw WhyWords.tooManyStrata(
        strata.map(\.name).joined(separator: ", "), count: dense.first.count, most: WhyTables.mostStrata,
        at: strata.first?.expression.range ?? tables.why.range)
    }
    tables.strata = dense.ids
    tables.strataCount = dense.first.count
  }

  // MARK: Candidates

  private func add(
    _ candidate: CheckedCandidate, number: Int, _ vector: Vector, to tables: inout WhyTables
  ) throws(Diagnostics) {
    let eligible = candidate.exposure.flatMap { tables.exposures.indices.contains($0) ? tables.exposures[$0] : nil }
    if let eligible, !eligible.isUsable { return }
    let mask = eligible?.eligible
    switch candidate.form {
    case .yesno:
      guard case .truths(let truths) = vector.storage else { return }
      let parts = FactorKernels.parts(ofTruths: truths, among: mask)
      tables.add(candidate, number, parts: parts, groups: 2, words: [WhyWords.factor(candidate)], with: [1])
    case .number(let split):
      let numbers = FactorKernels.numbers(vector, among: mask).sorted()
      guard let median = Quantiles.median(sorted: numbers), let least = numbers.first, let most = numbers.last,
        least < most
      else { return }
      // As near to halves as ties allow; what is soon is at or below.
      let above = numbers.count { $0 > median }
      let notBelow = numbers.count { $0 >= median }
      let isInclusive = split != .soon && abs(2 * notBelow - numbers.count) < abs(2 * above - numbers.count)
      let parts = FactorKernels.parts(of: vector, above: median, isInclusive: isInclusive, among: mask)
      let bound = split == .often && !isInclusive ? median.rounded(.down) + 1 : median
      let cut = try label(of: bound, candidate.expression.type)
      tables.add(
        candidate, number, parts: parts, groups: 2,
        words: [WhyWords.factor(candidate, split, cut: cut, isInclusive: isInclusive)], with: [split == .soon ? 0 : 1])
    case .values:
      if case .lists(let offsets, let elements) = vector.storage {
        try addLists(candidate, number, offsets, elements, mask, to: &tables)
        return
      }
      let (parts, places) = FactorKernels.parts(of: vector, among: mask)
      guard tables.isTried(candidate, values: places.count), tables.isNew(candidate, parts) else { return }
      let header = CheckedColumn.Header(id: ColumnID(-50_000), name: "", type: candidate.expression.type)
      let labels = try names(vector.picking(places), header)
      tables.add(candidate, number, parts: parts, labels: labels)
    }
  }

  /// A row stands in the part of each value in its list; without is every other row.
  private func addLists(
    _ candidate: CheckedCandidate, _ number: Int, _ offsets: [Int32], _ elements: Vector, _ mask: [UInt8]?,
    to tables: inout WhyTables
  ) throws(Diagnostics) {
    let (places, owners) = ListKeys.spread(offsets, elements)
    let values = elements.picking(places)
    let spreadMask = mask.map { FactorKernels.spread($0, owners) }
    let (parts, first) = FactorKernels.parts(of: values, among: spreadMask)
    guard tables.isTried(candidate, values: first.count) else { return }
    guard case .list(let element) = candidate.expression.type else { return }
    let header = CheckedColumn.Header(id: ColumnID(-50_000), name: "", type: element)
    let labels = try names(values.picking(first), header)
    tables.add(candidate, number, parts: parts, owners: owners, eligible: mask, labels: labels)
  }

  /// Values in words; a record by its name where it has one that no other of them has, else by its key.
  private func names(_ values: Vector, _ header: CheckedColumn.Header) throws(Diagnostics) -> [String] {
    let keys = try labels(values, header)
    guard case .record(let kind) = header.type,
      let field = context.source.catalogue.field(named: MemberWords.name, of: kind), field.type == .text
    else { return keys }
    var frame = Frame(count: values.count)
    frame.columns[header.id] = values
    let record = CheckedExpression(.column(header.id), header.type, .none)
    var walker = Walker(context)
    let texts = try walker.evaluate(CheckedExpression(.field(record, field.id), .text, .none), in: frame)
    let names = try self.values(of: texts, type: .text).map { if case .text(let name) = $0 { name } else { "" } }
    var times: [String: Int] = [:]
    for name in names { times[name, default: 0] += 1 }
    return zip(names, keys).map { $0.isEmpty || times[$0, default: 0] > 1 ? $1 : $0 }
  }

  /// A number as it is shown in its type.
  private func label(of number: Double, _ type: ValueType) throws(Diagnostics) -> String {
    let header = CheckedColumn.Header(id: ColumnID(-50_000), name: "", type: type)
    return try labels(Vector(.numbers(Slab([number]))), header).first ?? ""
  }

  private func table(_ found: WhyTables.Found, _ headers: [CheckedColumn.Header]) throws(Diagnostics) -> Frame {
    var frame = Frame(count: found.rows.count)
    for header in headers {
      frame.columns[header.id] = try vector(of: found.rows.map { $0.value(of: header.name) }, type: header.type)
    }
    return frame
  }
}

/// An exposure with its length, found from the data, and who was seen through it.
struct WhyExposure: Sendable {
  let exposure: CheckedExposure
  /// Days or seconds; 0 where it could not be found.
  let length: Int64
  let eligible: [UInt8]
  let rows: Int

  var isUsable: Bool { length > 0 }
  var eligibleCount: Int { eligible.reduce(0) { $0 + Int($1) } }
  var duration: Duration {
    exposure.isByDay ? Duration(days: Double(length)) : Duration(seconds: Double(length))
  }

  /// - Where it begins at the anchor it ends at the landmark of the times to the decision.
  /// - Where it ends at the anchor it is as long as three quarters of all rows had been there before.
  init(
    _ exposure: CheckedExposure, anchor: Vector?, decided: Vector?, firstSeen: Vector?, now: Int64, rows: Int
  ) {
    self.exposure = exposure
    self.rows = rows
    let missing = [Int64](repeating: GroupCodes.missing, count: rows)
    let anchors = anchor.map { ExposureKernels.moments($0) } ?? missing
    if exposure.isBefore {
      let seen = firstSeen.map { ExposureKernels.moments($0) } ?? missing
      let ages = ExposureKernels.ages(from: seen, to: anchors).sorted()
      length = Quantiles.quantile(sorted: ages, 0.25).flatMap { Int64(exactly: $0.rounded(.down)) } ?? 0
      eligible = ExposureKernels.there(seen, before: anchors, length: max(1, length))
    } else {
      let decisions = decided.map { ExposureKernels.moments($0) } ?? missing
      let gaps = ExposureKernels.gaps(from: anchors, to: decisions).sorted()
      length = Landmark.length(sorted: gaps) ?? 0
      eligible = ExposureKernels.undecided(from: anchors, length: max(1, length), decided: decisions, now: now)
    }
  }
}
