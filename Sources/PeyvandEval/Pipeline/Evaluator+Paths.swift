import PeyvandBase
import PeyvandCheck
import PeyvandData

/// `path from X to Y`: a search level by level, the whole front of a level at once.
///
/// Where steps lead across families, the nodes are rows of their union, so that one array says of every record
/// whether it has been reached and from where. Each step is asked of a front's records in batches; the first way to a
/// record is the one that counts, so the answer is the same for any size of batch. Costs each record's ties once.
extension Evaluator {
  func path(_ path: CheckedPath, _ headers: [CheckedColumn.Header], in frame: Frame) throws(Diagnostics) -> Relation {
    let source = context.source
    let family = source.catalogue.kind(path.kind)?.family ?? path.kind
    let bound = source.rows(of: family).upperBound
    try check(bytes: bound * 4, at: path.from.range)
    var walker = Walker(context)
    let start = try node(path.from, family, &walker, frame)
    let goal = try node(path.to, family, &walker, frame)
    // For each record the one it was reached from: −1 for the start, −2 while it has not been.
    var before = [Int32](repeating: -2, count: bound)
    var length: Int?
    if let start, let goal {
      before[Int(start)] = -1
      var front = [start]
      var hops = 0
      if start == goal { length = 0 }
      while length == nil, hops < path.limit, !front.isEmpty {
        hops += 1
        var next: [Int32] = []
        for step in path.steps { try take(step, from: front, family, &before, &next, &walker) }
        if before[Int(goal)] != -2 { length = hops }
        front = next
      }
    }
    var nodes: [Int32] = []
    if length != nil, var at = goal {
      while at >= 0 {
        nodes.append(at)
        at = before[Int(at)]
      }
      nodes.reverse()
    }
    return told(length, nodes, path, headers, family, isThere: start != nil && goal != nil, walker.tally)
  }

  private func told(
    _ length: Int?, _ nodes: [Int32], _ path: CheckedPath, _ headers: [CheckedColumn.Header], _ family: KindID,
    isThere: Bool, _ tally: EvaluationContext.Tally
  ) -> Relation {
    let present = length == nil ? Slab([UInt8(0)]) : nil
    let values = [
      Vector(.numbers(Slab([Double(length ?? 0)])), present: present),
      Vector(
        .lists(
          offsets: [0, Int32(clamping: nodes.count)], elements: Vector(.rows(Slab(nodes), family: family))),
        present: present),
    ]
    var relation = Relation(Frame(count: 1))
    for (header, vector) in zip(headers, values) { relation.frame.columns[header.id] = vector }
    relation.columns = headers.map(\.id)
    relation.draft.tally = tally
    relation.draft.isOfNothing = true
    if !isThere {
      relation.draft.remarks = ["one of its ends is no record that is there"]
    } else if length == nil {
      relation.draft.remarks = ["none within \(path.limit)"]
    }
    return relation
  }

  private func node(_ end: CheckedExpression, _ family: KindID, _ walker: inout Walker, _ frame: Frame)
    throws(Diagnostics) -> Int32?
  {
    guard case .rows(let rows, let own) = try walker.evaluate(end, in: frame).storage else { return nil }
    let moved = context.source.moved(rows, from: own, to: family)
    return moved[0].flatMap { $0 < 0 ? nil : $0 }
  }

  private func take(
    _ step: CheckedPath.Step, from front: [Int32], _ family: KindID, _ before: inout [Int32], _ next: inout [Int32],
    _ walker: inout Walker
  ) throws(Diagnostics) {
    let source = context.source
    let own = source.catalogue.kind(step.binding.kind)?.family ?? step.binding.kind
    let mine = source.rows(of: step.binding.kind)
    let here = source.moved(Slab(front), from: family, to: own).array
    let places = here.indices.filter { mine.contains(Int(here[$0])) }
    for begin in stride(from: 0, to: places.count, by: context.batchSize) {
      try watchdog.look(at: step.set.range)
      let batch = places[begin..<min(places.count, begin + context.batchSize)]
      var inner = Frame(count: batch.count)
      inner.bindings[step.binding.id] = Slab(batch.map { here[$0] })
      let sets = try walker.sets(step.set, in: inner)
      let reached = source.moved(sets.rows, from: sets.family, to: family).array
      let owners = SetKernels.owners(sets.offsets).array
      for (owner, row) in zip(owners, reached) where row >= 0 && before[Int(row)] == -2 {
        before[Int(row)] = front[batch[begin + Int(owner)]]
        next.append(row)
      }
    }
  }
}
