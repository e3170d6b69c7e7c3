import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Arithmetic of numbers, durations and times, and the functions of one value.
extension Walker {
  mutating func arithmetic(
    _ kernel: ArithmeticKernel, _ left: CheckedExpression, _ right: CheckedExpression,
    _ expression: CheckedExpression, _ frame: Frame
  ) throws(Diagnostics) -> Vector {
    let a = try evaluate(left, in: frame)
    let b = try evaluate(right, in: frame)
    if left.type == .missing || right.type == .missing { return .missing(expression.type, count: frame.count) }
    let present = Presence.both(a.present, b.present)
    switch kernel {
    case .add: return try numbers(.add, a, b, at: expression.range)
    case .subtract: return try numbers(.subtract, a, b, at: expression.range)
    case .multiply: return try numbers(.multiply, a, b, at: expression.range)
    case .divide: return try numbers(.divide, a, b, at: expression.range)
    case .modulo: return try numbers(.modulo, a, b, at: expression.range)
    case .timePlus, .timeMinus:
      var steps = durations(b, right.type)
      if kernel == .timeMinus { steps = TimeKernels.negated(steps) }
      if case .days(let days) = a.storage, case .date = expression.type {
        return time.days(days, plus: steps, present: present)
      }
      return time.instants(try instants(a, at: left.range), plus: steps, present: present)
    case .timeDifference:
      if case .days(let x) = a.storage, case .days(let y) = b.storage {
        let days = Vector(.numbers(TimeKernels.difference(x, y)), present: present)
        return try conformed(days, from: .duration(.days), to: expression.type)
      }
      let seconds = TimeKernels.difference(try instants(a, at: left.range), try instants(b, at: right.range))
      return try conformed(
        Vector(.numbers(seconds), present: present), from: .duration(.seconds), to: expression.type)
    case .periodPlus:
      guard case .days(let periods) = a.storage, case .numbers(let steps) = b.storage else {
        throw EvaluationDiagnostics.malformed("a period and what is no number", at: expression.range)
      }
      let moved = NumberKernels.apply(.add, TimeKernels.numbers(periods), steps, present: present)
      guard case .numbers(let sums) = moved.storage else { return moved }
      return Vector(.days(TimeKernels.days(sums)), present: moved.present)
    case .durationAdd, .durationSubtract:
      if case .duration(.mixed) = expression.type {
        return NumberKernels.durations(
          durations(a, left.type), durations(b, right.type), subtracting: kernel == .durationSubtract,
          present: present)
      }
      return try numbers(
        kernel == .durationAdd ? .add : .subtract, try conformed(a, from: left.type, to: expression.type),
        try conformed(b, from: right.type, to: expression.type), at: expression.range)
    case .durationTimes, .durationOver:
      // The duration may stand on either side of a product.
      let isLeft = if case .duration = left.type { true } else { false }
      let (duration, factor) = isLeft ? (a, b) : (b, a)
      if case .durations(let values) = duration.storage, case .numbers(let factors) = factor.storage {
        let by =
          kernel == .durationTimes
          ? factors : try plainNumbers(numbers(.divide, ones(factors.count), factor, at: expression.range))
        return NumberKernels.durations(values, times: by, present: present)
      }
      let result = try numbers(kernel == .durationTimes ? .multiply : .divide, duration, factor, at: expression.range)
      return try conformed(result, from: isLeft ? left.type : right.type, to: expression.type)
    case .durationRatio:
      if let x = seconds(a, left.type), let y = seconds(b, right.type) {
        return NumberKernels.apply(.divide, x, y, present: present)
      }
      return try numbers(.divide, a, b, at: expression.range)
    }
  }

  private func ones(_ count: Int) -> Vector { Vector(.numbers(Slab(repeating: 1, count: count))) }

  private func plainNumbers(_ vector: Vector) -> Slab<Double> {
    if case .numbers(let values) = vector.storage { return values }
    return Slab(repeating: 0, count: vector.count)
  }

  private func numbers(_ operation: NumberOperation, _ a: Vector, _ b: Vector, at range: SourceRange)
    throws(Diagnostics) -> Vector
  {
    guard case .numbers(let x) = a.storage, case .numbers(let y) = b.storage else {
      throw EvaluationDiagnostics.malformed("arithmetic on what is no number", at: range)
    }
    return NumberKernels.apply(operation, x, y, present: Presence.both(a.present, b.present))
  }

  // MARK: Durations

  /// Durations of days or seconds in seconds; nothing for months and for durations of parts.
  func seconds(_ vector: Vector, _ type: ValueType) -> Slab<Double>? {
    guard case .duration(let form) = type, case .numbers(let values) = vector.storage else { return nil }
    switch form {
    case .seconds: return values
    case .days: return NumberKernels.scaled(values, by: 86_400)
    case .months, .mixed: return nil
    }
  }

  /// Any durations, by their parts.
  func durations(_ vector: Vector, _ type: ValueType) -> Slab<Duration> {
    switch (vector.storage, type) {
    case (.durations(let values), _): return values
    case (.numbers(let values), .duration(.months)): return NumberKernels.durations(months: values)
    case (.numbers(let values), .duration(.days)): return NumberKernels.durations(days: values)
    case (.numbers(let values), _): return NumberKernels.durations(seconds: values)
    default: return Slab(repeating: Duration(), count: vector.count)
    }
  }

  // MARK: Functions

  mutating func call(
    _ function: ScalarFunction, _ operands: [CheckedExpression], _ expression: CheckedExpression, _ frame: Frame
  ) throws(Diagnostics) -> Vector {
    guard let first = operands.first else {
      throw EvaluationDiagnostics.malformed("a function of nothing", at: expression.range)
    }
    let vector = try evaluate(first, in: frame)
    if first.type == .missing || function == .working && operands.contains(where: { $0.type == .missing }) {
      return .missing(expression.type, count: frame.count)
    }
    var rest: [Vector] = []
    for operand in operands.dropFirst() { rest.append(try evaluate(operand, in: frame)) }
    let present = rest.reduce(vector.present) { Presence.both($0, $1.present) }
    switch function {
    case .length, .lower, .upper, .trim, .replace:
      return try textCall(function, vector, rest, present, expression)
    case .working:
      guard let end = rest.first else { break }
      tally.hasNoHours = tally.hasNoHours || !catalogue.calendar.working.isDeclared
      let seconds = time.working(
        from: try instants(vector, at: first.range), to: try instants(end, at: expression.range))
      return Vector(.numbers(seconds), present: present)
    case .bucket:
      guard let width = rest.first else { break }
      if case .duration = first.type, let x = seconds(vector, first.type), let y = seconds(width, operands[1].type) {
        let bucket = NumberKernels.bucket(x, width: y, present: present)
        return try conformed(bucket, from: .duration(.seconds), to: expression.type)
      }
      guard case .numbers(let x) = vector.storage, case .numbers(let y) = width.storage else { break }
      return NumberKernels.bucket(x, width: y, present: present)
    case .round, .floor, .abs, .sqrt, .log:
      guard case .numbers(let x) = vector.storage else { break }
      if let second = rest.first, case .numbers(let y) = second.storage {
        if function == .round { return NumberKernels.round(x, digits: y, present: present) }
        if function == .log {
          return try numbers(
            .divide, NumberKernels.apply(.log, x, present: vector.present),
            NumberKernels.apply(.log, y, present: second.present), at: expression.range)
        }
      }
      let kernel: NumberFunction =
        switch function {
        case .floor: .floor
        case .abs: .abs
        case .sqrt: .sqrt
        case .log: .log
        default: .round
        }
      return NumberKernels.apply(kernel, x, present: present)
    }
    throw EvaluationDiagnostics.malformed("a function of a value it does not take", at: expression.range)
  }

  private func textCall(
    _ function: ScalarFunction, _ vector: Vector, _ rest: [Vector], _ present: Slab<UInt8>?,
    _ expression: CheckedExpression
  ) throws(Diagnostics) -> Vector {
    guard case .texts(let codes, let dictionary) = vector.storage else {
      throw EvaluationDiagnostics.malformed("a function of a value it does not take", at: expression.range)
    }
    switch function {
    case .length: return Vector(.numbers(TextKernels.lengths(codes, dictionary)), present: present)
    case .lower:
      let made = TextKernels.made(codes, dictionary, name: "lower", cache: cache) { $0.lowercased() }
      return Vector(made, present: present)
    case .upper:
      let made = TextKernels.made(codes, dictionary, name: "upper", cache: cache) { $0.uppercased() }
      return Vector(made, present: present)
    case .replace:
      guard rest.count == 2, case .texts(let olds, let old) = rest[0].storage,
        case .texts(let news, let new) = rest[1].storage
      else { break }
      var size = TextSize(context.limits)
      if olds.isConstant, news.isConstant, let from = olds[0], let to = news[0] {
        let (from, to) = (old[from], new[to])
        let name = "replace " + String(from.utf8.count) + " " + from + " " + to
        let made = TextKernels.made(codes, dictionary, name: name, cache: cache) {
          size.count(TextKernels.replaced($0, from, by: to, limit: size.left))
        }
        try size.check(at: expression.range)
        return Vector(made, present: present)
      }
      let texts = (0..<codes.count).map { index -> String? in
        guard present?[index] != 0, let code = codes[index], let from = olds[index], let to = news[index] else {
          return nil
        }
        return size.count(TextKernels.replaced(dictionary[code], old[from], by: new[to], limit: size.left))
      }
      try size.check(at: expression.range)
      return TextKernels.vector(texts)
    default:
      let made = TextKernels.made(codes, dictionary, name: "trim", cache: cache) { TextKernels.trimmed($0) }
      return Vector(made, present: present)
    }
    throw EvaluationDiagnostics.malformed("a function of a value it does not take", at: expression.range)
  }
}
