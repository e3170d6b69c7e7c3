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
      length = start == goal ? 0 : try search(path, from: start, to: goal, family, &before, &walker)
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

  /// How many steps lead from one record to another; `before` says the way. Missing where there is none.
  ///
  /// Where steps lead back as well, the goal's side is searched too, the smaller front first, until the sides meet; from
  /// there on only what lies on a shortest way is gone on from, which changes neither the ways nor their order.
  private func search(
    _ path: CheckedPath, from start: Int32, to goal: Int32, _ family: KindID, _ before: inout [Int32],
    _ walker: inout Walker
  ) throws(Diagnostics) -> Int? {
    var front = [start]
    var hops = 0
    // How far a record is from the goal; −1 where it is not known.
    var distance: [Int32] = path.isSymmetric ? [Int32](repeating: -1, count: before.count) : []
    var back = path.isSymmetric ? [goal] : []
    var backHops: Int32 = 0
    if path.isSymmetric { distance[Int(goal)] = 0 }
    var haveMet = false
    while hops < path.limit, !front.isEmpty {
      if path.isSymmetric, !haveMet, back.count < front.count {
        guard !back.isEmpty, hops + Int(backHops) < path.limit else { return nil }
        backHops += 1
        var next: [Int32] = []
        for step in path.steps {
          try take(step, from: back, family, &walker) { row, _ in
            guard distance[Int(row)] < 0 else { return }
            distance[Int(row)] = backHops
            next.append(row)
          }
        }
        back = next
      } else {
        guard haveMet || hops + Int(backHops) < path.limit else { return nil }
        hops += 1
        var next: [Int32] = []
        let wanted = haveMet ? backHops - 1 : -1
        for step in path.steps {
          try take(step, from: front, family, &walker) { row, from in
            guard before[Int(row)] == -2, !haveMet || distance[Int(row)] == wanted else { return }
            before[Int(row)] = from
            next.append(row)
          }
        }
        if haveMet { backHops -= 1 }
        front = next
      }
      if before[Int(goal)] != -2 { return hops }
      guard path.isSymmetric, !haveMet else { continue }
      let meeting = front.filter { distance[Int($0)] >= 0 }
      if !meeting.isEmpty {
        haveMet = true
        front = meeting
        backHops = meeting.reduce(Int32.max) { min($0, distance[Int($1)]) }
        front.removeAll { distance[Int($0)] != backHops }
      }
    }
    return nil
  }

  private func take(
    _ step: CheckedPath.Step, from front: [Int32], _ family: KindID, _ walker: inout Walker,
    _ reach: (_ row: Int32, _ from: Int32) -> Void
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
      for (owner, row) in zip(owners, reached) where row >= 0 { reach(row, front[batch[begin + Int(owner)]]) }
    }
  }
}
