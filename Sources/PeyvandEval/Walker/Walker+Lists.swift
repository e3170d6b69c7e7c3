import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Many values for each row: what aggregates, `in` and flattening run over.
extension Walker {
  /// The values of a list, one list a row of the frame.
  package mutating func list(_ list: CheckedList, in frame: Frame) throws(Diagnostics) -> ListVector {
    switch list {
    case .map(let set, let binding, let body):
      let isTimed = asksForMoment(body, of: binding)
      let sets = isTimed ? try timedSets(set, in: frame) : try sets(set, in: frame)
      let values = try evaluate(body, in: inner(sets, binding, in: frame))
      return ListVector(
        offsets: sets.offsets, values: values, sources: sets.rows, sourceFamily: sets.family,
        isPartition: isPartition(set))
    case .records(let set):
      let sets = try sets(set, in: frame)
      return ListVector(
        offsets: sets.offsets, values: Vector(.rows(sets.rows, family: sets.family)), sources: sets.rows,
        sourceFamily: sets.family, isPartition: isPartition(set))
    case .gaps(let set):
      let sets = try sets(set, in: frame)
      let facts = try facts(of: set.kind)
      let (offsets, gaps) = SegmentKernels.gaps(sets.offsets, TimeSearch.times(of: sets.rows, in: facts.times))
      return ListVector(offsets: offsets, values: Vector(.numbers(gaps)), isPartition: isPartition(set))
    case .gapStarts(let set):
      let sets = try sets(set, in: frame)
      let facts = try facts(of: set.kind)
      let (offsets, starts) = SegmentKernels.gapStarts(sets.offsets, TimeSearch.times(of: sets.rows, in: facts.times))
      let values = facts.isDay ? TimeKernels.days(starts, present: nil) : TimeKernels.instants(starts, present: nil)
      return ListVector(offsets: offsets, values: values, isPartition: isPartition(set))
    case .anchored(let inner, let starts, let value, let start, let body):
      var list = try self.list(inner, in: frame)
      // What the list beside it leaves out has been counted by the list itself.
      let counted = tally
      let beside = try self.list(starts, in: frame)
      tally = counted
      guard beside.offsets == list.offsets else {
        throw EvaluationDiagnostics.malformed("differences without their beginnings", at: body.range)
      }
      var elements = Frame(
        count: list.values.count, outer: Frame.Outer(frame: frame, offsets: list.offsets))
      elements.columns[value] = list.values
      elements.columns[start] = beside.values
      list.values = try evaluate(body, in: elements)
      return list
    case .matches(let sequence):
      let matches = try matches(of: sequence, in: frame)
      return ListVector(
        offsets: matches.firsts.offsets, values: Vector(.truths(matches.truths)), sources: matches.firsts.rows,
        sourceFamily: matches.firsts.family, isPartition: matches.isPartition)
    case .matched(let sequence, let value): return try matched(sequence, value, in: frame)
    case .values(let expressions): return try values(expressions, frame, at: expressions.first?.range ?? .none)
    case .rows(let body):
      // One element a row; where the rows are one binding's records, they are its sources.
      let source = frame.bindings.count == 1 && frame.outer == nil ? frame.bindings.first : nil
      let values = try evaluate(body, in: frame)
      return ListVector(
        offsets: SetKernels.ramp(frame.count), values: values, sources: source?.value, sourceFamily: nil,
        isPartition: true)
    case .distinct(let inner):
      let all = try self.list(inner, in: frame)
      let (offsets, places) = SegmentKernels.distinct(
        all.offsets, try orderKeys(of: all.values), present: all.values.presence)
      let at = Slab(places)
      return ListVector(
        offsets: offsets, values: all.values.gathered(at),
        sources: all.sources.map { Gathering.int32($0, at: at) }, sourceFamily: all.sourceFamily,
        isPartition: all.isPartition)
    case .transform(let inner, let column, let body):
      var list = try self.list(inner, in: frame)
      var elements = Frame(
        count: list.values.count, outer: Frame.Outer(frame: frame, offsets: list.offsets))
      elements.columns[column] = list.values
      list.values = try evaluate(body, in: elements)
      return list
    case .elements(let expression):
      let vector = try evaluate(expression, in: frame)
      guard case .lists(let offsets, let elements) = vector.storage else {
        return ListVector(
          offsets: [Int32](repeating: 0, count: frame.count + 1), values: .missing(.missing, count: 0))
      }
      guard let present = vector.present else { return ListVector(offsets: offsets, values: elements) }
      // What stands under a missing list is not looked at.
      let taken = Gathering.listElements(offsets, at: SetKernels.hidden(where: present))
      return ListVector(offsets: taken.offsets, values: elements.gathered(Slab(taken.elements)))
    case .perPeriod(let perPeriod): return try self.perPeriod(perPeriod, in: frame)
    }
  }

  mutating func values(_ expressions: [CheckedExpression], _ frame: Frame, at range: SourceRange)
    throws(Diagnostics) -> ListVector
  {
    let type = expressions.first { $0.type != .missing }?.type ?? .missing
    var vectors: [Vector] = []
    for expression in expressions {
      vectors.append(try conformed(try evaluate(expression, in: frame), from: expression.type, to: type))
    }
    try checkSize(frame.count * max(1, expressions.count), at: range)
    guard !vectors.isEmpty else {
      return ListVector(offsets: [Int32](repeating: 0, count: frame.count + 1), values: .missing(type, count: 0))
    }
    guard let values = Joining.interleaved(vectors, count: frame.count, cache: cache) else {
      throw EvaluationDiagnostics.malformed("a list of several forms", at: range)
    }
    let offsets = SetKernels.ramp(frame.count).map { $0 &* Int32(clamping: vectors.count) }
    return ListVector(offsets: offsets, values: values)
  }

  /// Whether no record of the set can stand in two rows, so long as the rows are different records.
  ///
  /// An event or tie refers to one record by one field, so the records that refer to rows are told apart by
  /// them; what narrows such a set keeps that. Paths through more than one hop do not.
  package func isPartition(_ set: CheckedSet) -> Bool {
    switch set.node {
    case .referring(let record, _), .single(let record): isPartition(record)
    case .filter(let set, _, _), .whileHeld(let set, _, _), .during(let set, _, _), .ofKind(let set),
      .holding(let set, at: _):
      isPartition(set)
    default: false
    }
  }

  /// Whether a record cannot be that of two rows: the row's own, or one picked of a set that is of the row alone.
  func isPartition(_ record: CheckedExpression) -> Bool {
    switch record.node {
    case .binding: true
    case .pick(_, let set): isPartition(set)
    default: false
    }
  }
}
