import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandSyntax

/// What the evaluator will do to answer a query: which rows it begins with and how it finds them, what runs batch by
/// batch, what must see all rows, and how groups are made.
///
/// Nothing here is worked out beside the evaluator: the rows of the source are found as the answer would find them, and
/// how a measure takes its values is what its first rows were taken as. So a plan costs what the source costs, and it
/// says what would happen to this store, not what might happen to some.
package struct QueryPlan: Sendable {
  package struct Step: Sendable {
    /// `source`, `where`, `measure` …
    package var word: String
    package var text: String
    package var details: [String] = []
  }
  package private(set) var steps: [Step] = []

  /// In lines, the words of the steps in one column.
  package var lines: [String] {
    let width = steps.map(\.word.utf8.count).max() ?? 0
    return steps.flatMap { step in
      let head = step.word + String(repeating: " ", count: max(width - step.word.utf8.count, 0) + 2)
      let margin = String(repeating: " ", count: width + 4)
      return [head + step.text] + step.details.map { margin + $0 }
    }
  }

  mutating func add(_ word: String, _ text: String, _ details: [String] = []) {
    steps.append(Step(word: word, text: text, details: details))
  }
}

extension Evaluator {
  /// The plan of a query over the store as it is.
  /// - Throws: what finding the source's rows may throw: the limits, and values that only a run gives.
  package func plan(of query: CheckedQuery) throws(Diagnostics) -> QueryPlan {
    let evaluator = try looking(fromAsOf: query.asOf)
    var printer = CheckedPrinter(catalogue: context.source.catalogue)
    var plan = QueryPlan()
    if query.asOf != nil { plan.add("as of", "its own moment, for all that follows") }
    try evaluator.plan(query, &printer, into: &plan)
    return plan
  }

  private func plan(
    _ query: CheckedQuery, _ printer: inout CheckedPrinter, into plan: inout QueryPlan
  ) throws(Diagnostics) {
    switch query.source {
    case .records(let set, let binding): planSource(query, set, binding, &printer, into: &plan)
    case .value(let column):
      let form = printer.form(of: column.expression)
      plan.add("value", Self.line.print(form), Self.access(form) + streamedSets(of: column.expression))
    case .list(let list, _):
      let form = printer.form(of: list)
      plan.add("list", Self.line.print(form), Self.access(form))
    case .table(let variable, let headers):
      plan.add("table", "@\(variable.raw), kept in memory: \(headers.count { !$0.isHidden }) columns")
    case .path(let path, _):
      plan.add(
        "path", "breadth first from one record to the other, at most \(path.limit) steps",
        path.steps.flatMap { Self.access(printer.form(of: $0.set)) })
    case .kpi(let call, _):
      plan.add(
        "kpi", call.kpi.name,
        ["all subjects once for the value" + (call.keys.isEmpty ? "" : ", and once by the keys")]
          + Self.access(printer.form(of: call.kpi.subjects)) + Self.access(printer.form(of: call.kpi.measure)))
      return planStages(query.stages[...], from: nil, &printer, into: &plan)
    }
    let (start, stages) = try source(query)
    planStages(stages[...], from: start, &printer, into: &plan)
  }

  /// How the first rows are found: what `source(_:)` decides for them.
  private func planSource(
    _ query: CheckedQuery, _ set: CheckedSet, _ binding: Binding, _ printer: inout CheckedPrinter,
    into plan: inout QueryPlan
  ) {
    let (base, filters) = set.withoutFilters
    let form = printer.form(of: base)
    var details = Self.access(form)
    do throws(Diagnostics) {
      var walker = Walker(context)
      let rows = try records(of: set, as: binding, inOrder: query.needsOrder).frame.count
      if !query.needsOrder, try walker.tableRows(of: base) != nil {
        details.append("\(rows) rows as they lie in the table: the answer does not depend on their order")
      } else if query.needsOrder {
        details.append("\(rows) rows in the order of the kind: the answer depends on it")
      } else {
        details.append("\(rows) rows, read in the order of the table: the answer does not depend on theirs")
      }
      if !query.needsOrder, case .filter(let condition)? = query.stages.first,
        let found = try rowsInTime(of: set, binding, where: condition)
      {
        let count = found.rows.reduce(0) { $0 + $1.count }
        details.append(
          "\(count) of them by search in time order\(found.rest == nil ? "" : ", the rest of the condition for these alone")"
        )
      }
    } catch {
      details.append("its rows are known when it runs")
    }
    if !filters.isEmpty { details.append("\(filters.count) \(filters.count == 1 ? "filter" : "filters"), per batch") }
    plan.add("source", Self.line.print(form), details)
  }

  /// Stages as `run` cuts them: those that look at a row at a time go over batches together, up to one that sees all.
  private func planStages(
    _ all: ArraySlice<CheckedStage>, from start: Relation?, _ printer: inout CheckedPrinter,
    into plan: inout QueryPlan
  ) {
    var stages = all
    var relation = start
    while !stages.isEmpty {
      let streaming = stages.prefix { !$0.seesAllRows }
      let breaker = stages.dropFirst(streaming.count).first
      if !streaming.isEmpty || isMeasure(breaker) { plan.add("batches", batches(of: relation)) }
      for stage in streaming {
        let form = printer.form(of: stage)
        plan.add(Self.word(of: stage), Self.line.print(form), ["per batch"] + Self.access(form))
      }
      guard let breaker else { return }
      let form = printer.form(of: breaker)
      var details = ["sees all rows"] + Self.access(form)
      if case .measure(let measure) = breaker {
        details += planMeasure(measure, after: streaming, over: relation, &printer)
      }
      plan.add(Self.word(of: breaker), Self.line.print(form), details)
      stages = stages.dropFirst(streaming.count + 1)
      relation = nil
    }
  }

  private func isMeasure(_ stage: CheckedStage?) -> Bool { if case .measure = stage { true } else { false } }

  private func batches(of relation: Relation?) -> String {
    guard let relation else { return "of up to \(context.batchSize) rows of what comes in, put together in order" }
    let rows = relation.frame.count
    let size = batchRows(of: rows)
    let jobs = rows == 0 ? 0 : (rows - 1) / size + 1
    let workers = min(context.threads, max(jobs, 1))
    return "\(jobs) of up to \(size) rows on \(workers) \(workers == 1 ? "thread" : "threads"), put together in order"
  }

  /// How each aggregate takes its values, as it takes those of the first rows.
  private func planMeasure(
    _ measure: CheckedMeasure, after streaming: ArraySlice<CheckedStage>, over relation: Relation?,
    _ printer: inout CheckedPrinter
  ) -> [String] {
    let plan = MeasurePlan(measure)
    var details: [String] = []
    if plan.keys.isEmpty {
      details.append("one group")
    } else {
      let keys = plan.keys.map { "\($0.header.name): \(printer.words($0.header.type))" }.joined(separator: ", ")
      details.append("grouped by \(keys): values as codes, codes as dense numbers, no hashing of rows")
    }
    let parts = relation.flatMap { firstRows(plan, streaming, $0) }
    for (place, part) in plan.parts.enumerated() {
      let text = Self.line.print(printer.form(of: CheckedExpression(.aggregate(part.aggregate), part.type, .none)))
      let how: String
      if let parts {
        if let kept = parts.collected[place] {
          how = kept.isOncePerSource ? "values kept, each record once a group" : "values kept until all are there"
        } else if part.quantileOf != nil {
          how = "numbers kept by group, then counted"
        } else {
          how = "folded batch by batch"
        }
      } else {
        how = part.fold == nil || part.isDistinct ? "values kept until all are there" : "folded where rows allow it"
      }
      details.append("\(text): \(how)" + (part.isOrdered ? ", in order" : ""))
    }
    return details
  }

  private func firstRows(
    _ plan: MeasurePlan, _ streaming: ArraySlice<CheckedStage>, _ relation: Relation
  ) -> MeasurePart? {
    var run = StageRun(
      relation.frame.slice(0..<min(relation.frame.count, 16)), of: relation.frame.count, isSpread: relation.isSpread,
      context)
    do throws(Diagnostics) {
      try run.apply(streaming)
      return try MeasurePart(plan, run)
    } catch {
      return nil
    }
  }

  /// Aggregates over whole sets inside a value run over batches of their own.
  private func streamedSets(of expression: CheckedExpression) -> [String] {
    var sets: [String] = []
    expression.forEach { inner in
      guard case .aggregate(let aggregate) = inner.node, let (set, _, _) = aggregate.overASet else { return }
      sets.append("one group over \(context.source.catalogue.name(of: set.kind)), per batch")
    }
    return sets.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  // MARK: Words

  /// Everything on one line.
  private static let line = TreePrinter(width: .max)

  static func word(of stage: CheckedStage) -> String {
    switch stage {
    case .filter: "where"
    case .with: "with"
    case .select: "select"
    case .measure: "measure"
    case .sort: "sort"
    case .rank: "rank"
    case .take: "take"
    case .skip: "skip"
    case .distinct: "distinct"
    case .each: "each"
    case .who: "who"
    case .why: "why"
    case .derive(let derivation): derivation.word
    }
  }

  /// What the store keeps that the sets in an expression are read from: told by the nodes of the checked tree.
  private static func access(_ form: TreePrinter.Form) -> [String] {
    var found: [String] = []
    func note(_ text: String) { if !found.contains(text) { found.append(text) } }
    func look(_ form: TreePrinter.Form) {
      guard case .list(let items) = form else { return }
      if case .atom(let head)? = items.first {
        func atom(_ place: Int) -> String {
          if items.indices.contains(place), case .atom(let text) = items[place] { text } else { "" }
        }
        switch head {
        case "referring": note("adjacency \(atom(1)): a slice a row, in time order")
        case "tied": note("ties \(atom(2)): a slice a row, those that hold")
        case "through": note("ties \(atom(2)), then adjacency \(atom(3)), while the tie held")
        case "during": note("a stretch of time by search in the order of time")
        case "sequence": note("windows by search in the order of time, steps merged")
        default: break
        }
      }
      for item in items { look(item) }
    }
    look(form)
    return found
  }
}
