import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Values against values: arithmetic, comparisons, order, functions.
extension ReferenceEvaluator {
  func negated(_ value: ReferenceValue) -> ReferenceValue {
    switch value {
    case .number(let number): .number(-number)
    case .duration(let length): .duration(length.scaled(by: -1))
    default: .missing
    }
  }

  func arithmetic(_ kernel: ArithmeticKernel, _ a: ReferenceValue, _ b: ReferenceValue) -> ReferenceValue {
    switch (kernel, a, b) {
    case (.add, .number(let x), .number(let y)): return .finite(x + y)
    case (.subtract, .number(let x), .number(let y)): return .finite(x - y)
    case (.multiply, .number(let x), .number(let y)): return .finite(x * y)
    case (.divide, .number(let x), .number(let y)): return y == 0 ? .missing : .finite(x / y)
    case (.modulo, .number(let x), .number(let y)):
      return y == 0 ? .missing : .finite(x - y * (x / y).rounded(.down))
    case (.timePlus, _, .duration(let length)): return plus(a, length)
    case (.timeMinus, _, .duration(let length)): return plus(a, length.scaled(by: -1))
    case (.timeDifference, .date(let x), .date(let y)): return .duration(Duration(days: Double(x - y)))
    case (.timeDifference, .time(let x), .time(let y)): return .duration(Duration(seconds: Double(x - y)))
    case (.periodPlus, .period(let period), .number(let count)):
      guard let steps = Int32(exactly: count.rounded()) else { return .missing }
      let (index, overflow) = period.index.addingReportingOverflow(steps)
      return overflow ? .missing : .period(Period(unit: period.unit, index: index))
    case (.durationAdd, .duration(let x), .duration(let y)): return .duration(x.plus(y))
    case (.durationSubtract, .duration(let x), .duration(let y)): return .duration(x.plus(y.scaled(by: -1)))
    case (.durationTimes, .duration(let x), .number(let y)): return .duration(x.scaled(by: y))
    case (.durationOver, .duration(let x), .number(let y)): return y == 0 ? .missing : .duration(x.scaled(by: 1 / y))
    case (.durationRatio, .duration(let x), .duration(let y)):
      let (top, bottom) = x.months != 0 || y.months != 0 ? (Double(x.months), Double(y.months)) : (x.elapsed, y.elapsed)
      return bottom == 0 ? .missing : .finite(top / bottom)
    default: return .missing
    }
  }

  // MARK: Comparing

  /// The truth of a comparison; no, marked unknown, where a side is missing (`!=` is the negation of `=`).
  func compare(_ comparison: Comparison, _ kernel: ComparisonKernel, _ a: ReferenceValue, _ b: ReferenceValue) -> UInt8
  {
    if comparison == .notEqual { return ReferenceLogic.not(compare(.equal, kernel, a, b)) }
    if a.isMissing || b.isMissing { return Truth.unknown }
    if kernel == .yesno {
      let marks = (a.truth | b.truth) & ~Truth.truthBits
      let words = [a.truth & Truth.truthBits, b.truth & Truth.truthBits]
      if words.contains(Truth.neither) { return Truth.neither | marks }
      return holds(comparison, Int(words[0]) - Int(words[1])) | marks
    }
    guard let order = order(a, b) else { return Truth.unknown }
    return holds(comparison, order)
  }

  private func holds(_ comparison: Comparison, _ order: Int) -> UInt8 {
    let isSo =
      switch comparison {
      case .equal: order == 0
      case .notEqual: order != 0
      case .less: order < 0
      case .lessOrEqual: order <= 0
      case .greater: order > 0
      case .greaterOrEqual: order >= 0
      }
    return isSo ? Truth.yes : Truth.no
  }

  /// Negative, nought or positive as one value stands before, with or after another of its type; texts that are
  /// one by their fold are equal.
  func order(_ a: ReferenceValue, _ b: ReferenceValue) -> Int? {
    func sign<T: Comparable>(_ x: T, _ y: T) -> Int { x < y ? -1 : x == y ? 0 : 1 }
    switch (a, b) {
    case (.number(let x), .number(let y)): return sign(x, y)
    case (.text(let x), .text(let y)): return folded(x) == folded(y) ? 0 : compareText(x, y)
    case (.truth(let x), .truth(let y)): return sign(x & Truth.truthBits, y & Truth.truthBits)
    case (.date(let x), .date(let y)): return sign(x, y)
    case (.time(let x), .time(let y)): return sign(x, y)
    case (.duration(let x), .duration(let y)):
      if x.months != 0 || y.months != 0 {
        return x.elapsed == 0 && y.elapsed == 0 ? sign(x.months, y.months) : nil
      }
      return sign(x.elapsed, y.elapsed)
    case (.period(let x), .period(let y)): return sign(x.index, y.index)
    case (.weekday(let x), .weekday(let y)): return sign(x, y)
    case (.clock(let x), .clock(let y)): return sign(x, y)
    case (.record(let x), .record(let y)):
      return x == y ? 0 : compareText(store.records[x].key, store.records[y].key) < 0 ? -1 : 1
    case (.list(let x), .list(let y)):
      for (one, other) in zip(x, y) {
        if let order = order(one, other), order != 0 { return order }
      }
      return sign(x.count, y.count)
    default: return nil
    }
  }

  /// What makes two values one where they are grouped or counted once.
  func identity(_ value: ReferenceValue) -> ReferenceValue {
    if value.isShownMissing { return .missing }
    switch value {
    case .text(let text): return .text(folded(text))
    case .number(let number): return .number(number == 0 ? 0 : number)
    case .truth(let byte): return .truth(byte & Truth.truthBits)
    case .duration(let length): return .duration(Duration(months: length.months, seconds: length.elapsed))
    case .list(let values): return .list(values.map(identity))
    default: return value
    }
  }

  func textTest(_ test: TextTest, _ a: ReferenceValue, _ b: ReferenceValue) throws -> UInt8 {
    guard case .text(let text) = a, case .text(let part) = b else { return Truth.unknown }
    let (whole, sought) = (Array(folded(text).unicodeScalars), Array(folded(part).unicodeScalars))
    let isSo: Bool
    switch test {
    case .startsWith: isSo = whole.starts(with: sought)
    case .endsWith: isSo = whole.reversed().starts(with: sought.reversed())
    case .contains:
      isSo =
        sought.count <= whole.count
        && (0...(whole.count - sought.count)).contains { start in
          whole[start...].starts(with: sought)
        }
    case .matches: throw ReferenceUnsupported("`matches`")
    }
    return isSo ? Truth.yes : Truth.no
  }

  // MARK: Functions

  func call(_ function: ScalarFunction, _ arguments: [ReferenceValue], _ type: ValueType) throws -> ReferenceValue {
    guard let first = arguments.first, !arguments.contains(where: \.isMissing) else { return .missing }
    switch (function, first) {
    case (.round, _):
      var digits = 0.0
      if arguments.count > 1, case .number(let number) = arguments[1] { digits = number }
      var scale = 1.0
      for _ in 0..<Int(min(15, max(0, digits))) { scale *= 10 }
      return mapped(first) { ($0 * scale).rounded(.toNearestOrAwayFromZero) / scale }
    case (.floor, _): return mapped(first) { $0.rounded(.down) }
    case (.abs, _): return mapped(first) { Swift.abs($0) }
    case (.sqrt, .number(let x)): return x < 0 ? .missing : .finite(x.squareRoot())
    case (.log, .number): throw ReferenceUnsupported("`log`")
    case (.bucket, .number(let x)):
      guard case .number(let width) = arguments[1], width > 0 else { return .missing }
      return .finite((x / width).rounded(.down) * width)
    case (.bucket, .duration(let x)):
      guard case .duration(let width) = arguments[1] else { return .missing }
      if case .duration(.months) = type {
        guard width.months > 0 else { return .missing }
        return .duration(Duration(months: Int((Double(x.months) / Double(width.months)).rounded(.down)) * width.months))
      }
      guard width.elapsed > 0 else { return .missing }
      let seconds = (x.elapsed / width.elapsed).rounded(.down) * width.elapsed
      return .duration(type == .duration(.days) ? Duration(days: seconds / 86_400) : Duration(seconds: seconds))
    case (.working, _): return working(first, arguments[1])
    case (.length, .text(let text)): return .number(Double(text.count))
    case (.lower, .text(let text)): return .text(text.lowercased())
    case (.upper, .text(let text)): return .text(text.uppercased())
    case (.trim, .text(let text)):
      var view = Substring(text)
      while view.first?.isWhitespace == true { view.removeFirst() }
      while view.last?.isWhitespace == true { view.removeLast() }
      return .text(String(view))
    case (.replace, .text(let text)):
      guard case .text(let old) = arguments[1], case .text(let new) = arguments[2], !old.isEmpty else { return first }
      return .text(text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new))
    default: return .missing
    }
  }

  private func mapped(_ value: ReferenceValue, _ change: (Double) -> Double) -> ReferenceValue {
    switch value {
    case .number(let number): .finite(change(number))
    case .duration(let length):
      .duration(
        Duration(
          months: Int(change(Double(length.months))), days: change(length.days), seconds: change(length.seconds)))
    default: .missing
    }
  }
}

extension Duration {
  /// Days and seconds as 86,400 to one.
  var elapsed: Double { days * 86_400 + seconds }

  func scaled(by factor: Double) -> Duration {
    Duration(
      months: Int((Double(months) * factor).rounded()), days: days * factor, seconds: seconds * factor)
  }

  func plus(_ other: Duration) -> Duration {
    Duration(months: months + other.months, days: days + other.days, seconds: seconds + other.seconds)
  }
}
