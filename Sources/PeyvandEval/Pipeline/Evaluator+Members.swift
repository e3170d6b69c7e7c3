import PeyvandBase
import PeyvandCheck
import PeyvandData

/// `who`: the records behind rows that are records no longer.
///
/// A row of columns remembers no record, and a group does not keep its rows; so the question is asked a second time.
/// The rows above say which groups are left, by their keys; the rows that each `measure` was given are kept where they
/// stand in one of these, from the last `measure` back to the first. What that costs is the question once more.
extension Evaluator {
  /// Carries out stages, `who` among them.
  func carriedOut(
    _ stages: ArraySlice<CheckedStage>, over start: Relation, keeping: (inout TreeReferences) -> Void
  ) throws(Diagnostics) -> Relation {
    let place = stages.lastIndex { if case .who = $0 { true } else { false } }
    guard let place, case .who(let binding) = stages[place] else {
      return try run(stages, over: start, keeping: keeping)
    }
    let members = try members(Array(stages[..<place]), over: start, binding)
    return try run(stages[(place + 1)...], over: members, keeping: keeping)
  }

  private func members(_ stages: [CheckedStage], over start: Relation, _ binding: Binding) throws(Diagnostics)
    -> Relation
  {
    // Columns are added instead of chosen, so that the records stay in hand; rows that are alike are all kept.
    let kept = stages.compactMap { stage -> CheckedStage? in
      switch stage {
      case .select(let columns): .with(columns)
      case .distinct: nil
      default: stage
      }
    }
    let places = kept.indices.filter { if case .measure = kept[$0] { true } else { false } }
    var keysOf: [Int: [CheckedColumn]] = [:]
    var whole = kept
    for place in places {
      guard case .measure(var measure) = kept[place] else { continue }
      keysOf[place] = measure.keys
      // By its keys alone: across them every column is that of one of its rows.
      measure.across = nil
      whole[place] = .measure(measure)
    }
    func rows(upTo end: Int, adding columns: [CheckedColumn], before place: Int?) throws(Diagnostics) -> Relation {
      let stages = Array(whole[..<end]) + (columns.isEmpty ? [] : [CheckedStage.with(columns)])
      let groups = place.flatMap { keysOf[$0] }
      return try carriedOut(stages[...], over: start) { references in
        references.columns.formUnion((groups ?? []).map(\.header.id) + columns.map(\.header.id))
        if place == nil { references.bindings.insert(binding.id) }
      }
    }
    var left = try rows(upTo: whole.count, adding: [], before: places.last)
    for (index, place) in places.enumerated().reversed() {
      let keys = keysOf[place] ?? []
      let before = index > 0 ? places[index - 1] : nil
      var all = try rows(upTo: place, adding: keys, before: before)
      all.frame = try standing(all.frame, in: left.frame, keys)
      left = all
    }
    return try once(left, binding, keys: places.last.flatMap { keysOf[$0] } ?? [])
  }

  /// The rows that stand in one of the groups that are left, each with the keys of the first of these.
  private func standing(_ rows: Frame, in groups: Frame, _ keys: [CheckedColumn]) throws(Diagnostics) -> Frame {
    guard !keys.isEmpty else { return groups.count > 0 ? rows : rows.picking([]) }
    var values = keys.map { rows.columns[$0.header.id] ?? .missing(count: rows.count) }
    var owners = SetKernels.rows(0..<rows.count)
    for index in values.indices {
      guard case .lists(let offsets, let elements) = values[index].storage else { continue }
      let (places, own) = ListKeys.spread(offsets, elements)
      for other in values.indices where other != index { values[other] = values[other].picking(own) }
      values[index] = elements.picking(places)
      owners = Places.through(own, owners)
    }
    let codes = zip(keys, values).map { key, values in
      GroupCodes.encode(.concatenated([values, groups.columns[key.header.id] ?? .missing(count: groups.count)]))
    }
    let numbers = DenseIDs(keys: codes, count: owners.count + groups.count).ids
    // Of each group its place among those that are left.
    var placeOf = [Int](repeating: .max, count: numbers.count)
    for (place, number) in numbers[owners.count...].enumerated() {
      placeOf[Int(number)] = min(placeOf[Int(number)], place)
    }
    var result: [Int32] = []
    var chosen: [Int32] = []
    for (place, owner) in owners.enumerated() where placeOf[Int(numbers[place])] < .max {
      if result.last != owner {
        result.append(owner)
        chosen.append(Int32(truncatingIfNeeded: place))
      } else if let best = chosen.last, placeOf[Int(numbers[place])] < placeOf[Int(numbers[Int(best)])] {
        chosen[chosen.count - 1] = Int32(truncatingIfNeeded: place)
      }
    }
    var kept = rows.picking(result)
    for (key, values) in zip(keys, values) { kept.columns[key.header.id] = values.picking(chosen) }
    return kept
  }

  /// Each record once, as it came first.
  private func once(_ rows: Relation, _ binding: Binding, keys: [CheckedColumn]) throws(Diagnostics) -> Relation {
    let records = rows.frame.bindings[binding.id] ?? Slab(repeating: -1, count: rows.frame.count)
    let family = context.source.catalogue.kind(binding.kind)?.family ?? binding.kind
    let first = DenseIDs(GroupCodes.encode(Vector(.rows(records, family: family)))).first
    var result = Relation(rows.frame.picking(first.filter { (records[Int($0)] ?? -1) >= 0 }), row: binding)
    result.columns = keys.map(\.header.id)
    result.draft = rows.draft
    (result.draft.n, result.draft.several) = (nil, 0)
    result.draft.columns = []
    return result
  }
}
