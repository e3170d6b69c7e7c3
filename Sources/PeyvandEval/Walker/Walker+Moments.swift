import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Times that came with the records of sets, and of matches: who asks for the time of such a record need not look it
/// up where the record lies, far from the one before.
struct FrameMoments: Sendable {
  /// The field that holds them.
  var field: FieldID
  var isDay: Bool
  var form: Form

  enum Form: Sendable {
    case near(RowSets.Times)
    /// In days or in instants; `Int64.max` for none.
    case wide(Slab<Int64>)
  }

  func gathered(_ places: Slab<Int32>) -> FrameMoments {
    var moments = self
    switch form {
    case .near(let times):
      moments.form = .near(RowSets.Times(values: Gathering.int32(times.values, at: places), offset: times.offset))
    case .wide(let times): moments.form = .wide(Gathering.int64(times, at: places, nought: .max))
    }
    return moments
  }

  var vector: Vector {
    switch form {
    case .near(let times): MomentKernels.vector(times, isDay: isDay)
    case .wide(let times): MomentKernels.vector(times, isDay: isDay)
    }
  }
}

extension Walker {
  /// The field whose values come with records of a kind as their times; missing where it need not be as it is held.
  private func momentField(of kind: KindID) -> Field? {
    guard let field = catalogue.timeField(of: kind), !field.id.isOfAUnion, !field.happens else { return nil }
    return field
  }

  func moments(_ form: FrameMoments.Form, of kind: KindID) -> FrameMoments? {
    momentField(of: kind).map { FrameMoments(field: $0.id, isDay: $0.type == .date, form: form) }
  }

  /// The time of a picked record or of one in hand, where it came along.
  mutating func momentAtHand(_ record: CheckedExpression, _ id: FieldID, _ frame: Frame) throws(Diagnostics) -> Vector?
  {
    switch record.node {
    case .binding(let binding):
      guard let moments = frame.moments[binding.id], moments.field == id else { return nil }
      return moments.vector
    case .pick(let pick, let set):
      guard let field = momentField(of: set.kind), field.id == id else { return nil }
      let picked = try picked(pick, set, isTimed: true, in: frame)
      guard let times = picked.times else { return try fieldValues(id, of: picked.rows, at: record.range) }
      return MomentKernels.vector(times, isDay: field.type == .date)
    default: return nil
    }
  }

  /// Whether an expression asks for the time of a record in hand.
  func asksForMoment(_ expression: CheckedExpression, of binding: Binding) -> Bool {
    guard let field = momentField(of: binding.kind)?.id else { return false }
    var asks = false
    expression.walk { part in
      if case .field(let record, field) = part.node, case .binding(binding) = record.node { asks = true }
      return !asks
    }
    return asks
  }
}
