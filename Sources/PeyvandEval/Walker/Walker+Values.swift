import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Literals, variables, fields, keys, texts: what a value is, before anything is computed from it.
extension Walker {
  /// A value for every row.
  package func constant(_ value: Value, _ type: ValueType, count: Int, at range: SourceRange) throws(Diagnostics)
    -> Vector
  {
    switch value {
    case .missing: return .missing(type, count: count)
    case .number(let number): return Vector(.numbers(Slab(repeating: number, count: count)))
    case .text(let text):
      let (dictionary, codes) = cache.texts(.constant(text)) {
        var dictionary = TextDictionary()
        let code = dictionary.code(of: text)
        return (dictionary, [code ?? 0])
      }
      return Vector(.texts(Slab(repeating: codes.first ?? 0, count: count), dictionary))
    case .yesno(let yes): return Vector(.truths(Slab(repeating: yes ? Truth.yes : Truth.no, count: count)))
    case .date(let day): return Vector(.days(Slab(repeating: Int32(clamping: day), count: count)))
    case .time(let instant): return Vector(.instants(Slab(repeating: instant, count: count)))
    case .duration(let duration):
      guard case .duration(let form) = type else {
        return Vector(.durations(Slab(repeating: duration, count: count)))
      }
      switch form {
      case .mixed: return Vector(.durations(Slab(repeating: duration, count: count)))
      case .months: return Vector(.numbers(Slab(repeating: Double(duration.months), count: count)))
      case .days:
        return Vector(.numbers(Slab(repeating: duration.days + duration.seconds / 86_400, count: count)))
      case .seconds:
        return Vector(.numbers(Slab(repeating: duration.days * 86_400 + duration.seconds, count: count)))
      }
    case .period(let period): return Vector(.days(Slab(repeating: period.index, count: count)))
    case .weekday(let day): return Vector(.days(Slab(repeating: Int32(clamping: day), count: count)))
    case .clock(let seconds): return Vector(.days(Slab(repeating: Int32(clamping: seconds), count: count)))
    case .record(let reference):
      guard let kind = catalogue.kind(named: reference.kind) else { return .missing(type, count: count) }
      let row = try context.source.row(withKey: reference.key, family: kind.family)
      if case .record(let wanted) = type, wanted.isUnion {
        let rows = Slab(repeating: row ?? -1, count: count)
        return Vector(.rows(context.source.moved(rows, from: kind.family, to: wanted), family: wanted))
      }
      return Vector(.rows(Slab(repeating: row ?? -1, count: count), family: kind.family))
    case .list(let values):
      var element = ValueType.missing
      if case .list(let type) = type { element = type }
      var parts: [Vector] = []
      for value in values { parts.append(try constant(value, element, count: 1, at: range)) }
      guard !parts.isEmpty, let elements = Joining.concatenated(parts, cache: cache) else {
        let offsets = [Int32](repeating: 0, count: count + 1)
        return Vector(.lists(offsets: offsets, elements: .missing(element, count: 0)))
      }
      try checkSize(values.count * max(1, count), at: range)
      let once = Vector(.lists(offsets: [0, Int32(clamping: values.count)], elements: elements))
      return count == 1 ? once : once.gathered(Slab([Int32](repeating: 0, count: count)))
    }
  }

  func variable(_ id: VariableID, _ expression: CheckedExpression, count: Int) throws(Diagnostics) -> Vector {
    switch context.variables[id] {
    case .value(let value): return try constant(value, expression.type, count: count, at: expression.range)
    case .table(let table):
      // A table of one row and one column is that value.
      guard table.rowCount == 1, table.columns.count == 1, let value = table.columns[0].values.first else {
        throw EvaluationDiagnostics.malformed("a table where one value is wanted", at: expression.range)
      }
      return try constant(value, expression.type, count: count, at: expression.range)
    case .records(let kind, let rows):
      guard rows.count <= 1 else {
        throw EvaluationDiagnostics.malformed("several records where one is wanted", at: expression.range)
      }
      return Vector(.rows(Slab(repeating: rows.first ?? -1, count: count), family: family(of: kind)))
    case nil: throw EvaluationDiagnostics.malformed("a name without a value", at: expression.range)
    }
  }

  // MARK: Fields

  mutating func fieldValues(_ record: CheckedExpression, _ id: FieldID, _ frame: Frame) throws(Diagnostics) -> Vector {
    if let moment = try momentAtHand(record, id, frame) { return moment }
    let rows = try rows(record, frame)
    return try fieldValues(id, of: rows, at: record.range)
  }

  /// Where an expression has a value; nil where everywhere. Of a field as it stands its mask is looked at alone.
  mutating func presence(of expression: CheckedExpression, _ frame: Frame) throws(Diagnostics) -> Slab<UInt8>? {
    guard case .field(let record, let id) = expression.node, !id.isOfAUnion, catalogue.field(id)?.happens == false,
      let column = try context.source.column(id)
    else { return try evaluate(expression, in: frame).presence }
    return column.presence(of: try rows(record, frame))
  }

  /// A field of some rows; a time that lies after the as-of time is missing where the field says so.
  package func fieldValues(_ id: FieldID, of rows: Slab<Int32>, at range: SourceRange) throws(Diagnostics) -> Vector {
    guard let field = catalogue.field(id) else { throw EvaluationDiagnostics.malformed("an unknown field", at: range) }
    if id.isOfAUnion { return try unionValues(field, of: rows, at: range) }
    guard let column = try context.source.column(id) else {
      return .missing(field.type.valueType, count: rows.count)
    }
    let vector = column.vector(of: rows)
    guard field.happens else { return vector }
    switch vector.storage {
    case .days(let days): return vector.masked(by: Presence.reduced(TimeKernels.notAfter(days, today)))
    case .instants(let instants):
      return vector.masked(by: Presence.reduced(TimeKernels.notAfter(instants, context.asOf.instant)))
    default: return vector
    }
  }

  mutating func keys(_ record: CheckedExpression, _ frame: Frame) throws(Diagnostics) -> Vector {
    let vector = try evaluate(record, in: frame)
    guard case .rows(let rows, let family) = vector.storage else {
      return .missing(.text, count: frame.count)
    }
    return try keys(of: rows, family: family)
  }

  /// The keys of rows; each different row is asked once.
  package func keys(of rows: Slab<Int32>, family: KindID) throws(Diagnostics) -> Vector {
    let one = rows.isConstant ? rows.slice(0..<1) : rows
    let present = Presence.ofRows(one)
    let places = present.map { SetKernels.places($0) }
    let asked = places.map { Gathering.int32(one, at: Slab($0)).array } ?? one.array
    let texts = try context.source.keys(of: asked, family: family)
    var all = [String?](repeating: nil, count: one.count)
    if let places {
      for (place, text) in zip(places, texts) { all[Int(place)] = text }
    } else {
      for (place, text) in texts.enumerated() where place < all.count { all[place] = text }
    }
    let vector = TextKernels.vector(all)
    return rows.isConstant ? vector.gathered(Slab(repeating: 0, count: rows.count)) : vector
  }

  mutating func kindNames(_ record: CheckedExpression, _ frame: Frame) throws(Diagnostics) -> Vector {
    let vector = try evaluate(record, in: frame)
    guard case .rows(let rows, let family) = vector.storage else {
      return .missing(.text, count: frame.count)
    }
    let stretches = context.source.stretches(of: family)
    let names = stretches.map { catalogue.name(of: $0.kind) }
    let (dictionary, codes) = cache.texts(.constant("kinds of " + catalogue.name(of: family))) {
      var dictionary = TextDictionary()
      let codes = names.map { dictionary.code(of: $0) ?? 0 }
      return (dictionary, codes)
    }
    let choice = StretchKernels.codes(codes, of: rows, in: stretches.map(\.rows))
    return Vector(.texts(choice, dictionary), present: Presence.ofRows(choice))
  }

  mutating func record(_ kind: KindID, _ key: CheckedExpression, _ frame: Frame) throws(Diagnostics) -> Vector {
    let vector = try evaluate(key, in: frame)
    let family = family(of: kind)
    guard case .texts(let codes, let dictionary) = vector.storage else {
      return .missing(.record(kind), count: frame.count)
    }
    let ofKind = context.source.rows(of: kind)
    var known: [Int32: Int32] = [:]
    func row(_ code: Int32) throws(Diagnostics) -> Int32 {
      if let row = known[code] { return row }
      let row = try context.source.row(withKey: dictionary[code], family: family) ?? -1
      let result = ofKind.contains(Int(row)) ? row : -1
      known[code] = result
      return result
    }
    if codes.isConstant {
      guard let code = codes[0], vector.present?[0] != 0 else { return .missing(.record(kind), count: frame.count) }
      return Vector(.rows(Slab(repeating: try row(code), count: frame.count), family: family))
    }
    var rows: [Int32] = []
    rows.reserveCapacity(codes.count)
    for (place, code) in codes.array.enumerated() { rows.append(vector.present?[place] == 0 ? -1 : try row(code)) }
    return Vector(.rows(Slab(rows), family: family))
  }

  // MARK: Choice

  mutating func conditional(
    _ branches: [CheckedExpression.Branch], _ otherwise: CheckedExpression, _ expression: CheckedExpression,
    _ frame: Frame
  ) throws(Diagnostics) -> Vector {
    var conditions: [Slab<UInt8>] = []
    var values: [Vector] = []
    for branch in branches {
      conditions.append(try truths(branch.condition, frame))
      values.append(
        try conformed(try evaluate(branch.value, in: frame), from: branch.value.type, to: expression.type))
    }
    values.append(try conformed(try evaluate(otherwise, in: frame), from: otherwise.type, to: expression.type))
    return try chosen(Joining.firstYes(conditions, count: frame.count), values, at: expression.range)
  }

  func chosen(_ choice: Slab<Int32>, _ vectors: [Vector], at range: SourceRange) throws(Diagnostics) -> Vector {
    guard let result = Joining.chosen(choice, from: vectors, cache: cache) else {
      throw EvaluationDiagnostics.malformed("values of several forms", at: range)
    }
    return result
  }

  /// A vector in the form that values of another type have: missing ones of any, durations in another unit.
  package func conformed(_ vector: Vector, from: ValueType, to: ValueType) throws(Diagnostics) -> Vector {
    if from == to { return vector }
    if case .missing = from { return .missing(to, count: vector.count) }
    guard case .duration(let given) = from, case .duration(let wanted) = to else { return vector }
    switch (given, wanted) {
    case (.days, .seconds):
      guard case .numbers(let days) = vector.storage else { return vector }
      return Vector(.numbers(NumberKernels.scaled(days, by: 86_400)), present: vector.present)
    case (.seconds, .days):
      guard case .numbers(let seconds) = vector.storage else { return vector }
      return Vector(.numbers(NumberKernels.scaled(seconds, by: 1 / 86_400)), present: vector.present)
    case (_, .mixed): return Vector(.durations(durations(vector, from)), present: vector.present)
    default: return vector
    }
  }

  mutating func listValue(_ elements: [CheckedExpression], _ expression: CheckedExpression, _ frame: Frame)
    throws(Diagnostics) -> Vector
  {
    let list = try values(elements, frame, at: expression.range)
    return Vector(.lists(offsets: list.offsets, elements: list.values))
  }
}
