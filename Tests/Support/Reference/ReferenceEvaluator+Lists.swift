import PeyvandBase
import PeyvandCheck
import PeyvandData

/// One of many values, and the record it came from.
struct ReferenceItem {
  var value: ReferenceValue
  var source: Int?
}

/// Lists and what is made of them.
extension ReferenceEvaluator {
  /// Works something out deeper inside.
  func inside<T>(_ work: () throws -> T) rethrows -> T {
    tally.depth += 1
    defer { tally.depth -= 1 }
    return try work()
  }

  func items(_ list: CheckedList, _ row: ReferenceRow) throws -> [ReferenceItem] {
    switch list {
    case .map(let set, let binding, let body):
      return try inside {
        try records(set, row).map {
          ReferenceItem(value: try evaluate(body, row.with(binding, $0)), source: $0)
        }
      }
    case .records(let set):
      return try inside { try records(set, row) }.map { ReferenceItem(value: .record($0), source: $0) }
    case .gaps(let set):
      if isOfTwoClocks(set.kind) { throw ReferenceUnsupported("gaps of a set of two clocks") }
      let timed = try inside { try records(set, row) }.filter { store.time($0) != .missing }
      return zip(timed, timed.dropFirst()).map { earlier, later in
        let gap = arithmetic(.timeDifference, store.time(later), store.time(earlier))
        return ReferenceItem(value: gap, source: later)
      }
    case .gapStarts(let set):
      let timed = try inside { try records(set, row) }.filter { store.time($0) != .missing }
      return zip(timed, timed.dropFirst()).map { ReferenceItem(value: store.time($0), source: $1) }
    case .anchored(let inner, let starts, let value, let start, let body):
      let differences = try items(inner, row)
      let beginnings = try tally.uncounted { try items(starts, row) }
      return try zip(differences, beginnings).map { item, began in
        let element = row.with(value, item.value).with(start, began.value)
        return ReferenceItem(value: try inside { try evaluate(body, element) }, source: item.source)
      }
    case .matches(let sequence):
      return try matches(sequence, row).map { ReferenceItem(value: .truth($0.truth), source: $0.first) }
    case .matched(let sequence, let value):
      let matches = try matches(sequence, row)
      if value == .followed {
        return matches.map { ReferenceItem(value: followed($0, sequence), source: $0.first) }
      }
      // Of those matched; the receipt gives the rest.
      for match in matches {
        let leftOut = leftOut(match.truth)
        if tally.isOfAGroup { tally.leaveOut(leftOut) } else { tally.inside += leftOut.unknown + leftOut.open }
      }
      return try matches.filter { $0.truth & Truth.truthBits == Truth.yes }.map { match in
        ReferenceItem(value: try inside { try matched(value, sequence, match) }, source: match.first)
      }
    case .values(let values): return try values.map { ReferenceItem(value: try evaluate($0, row)) }
    case .transform(let inner, let column, let body):
      return try items(inner, row).map { item in
        ReferenceItem(value: try inside { try evaluate(body, row.with(column, item.value)) }, source: item.source)
      }
    case .rows(let body):
      // In a row that stands in several groups, what its own lists leave out is left out once.
      if tally.isSpread { return [ReferenceItem(value: try inside { try evaluate(body, row) })] }
      return [ReferenceItem(value: try evaluate(body, row))]
    case .distinct(let inner): return distinct(try items(inner, row))
    case .elements(let expression):
      guard case .list(let values) = try evaluate(expression, row) else { return [] }
      return values.map { ReferenceItem(value: $0) }
    case .perPeriod(let perPeriod): return try inside { try self.perPeriod(perPeriod, row) }
    }
  }

  /// What a filter, or a list of the matched, leaves out for want of knowledge.
  func leftOut(_ truth: UInt8) -> ReferenceLeftOut {
    if truth & Truth.truthBits == Truth.yes { return ReferenceLeftOut() }
    if truth & Truth.unknownMark != 0 { return ReferenceLeftOut(unknown: 1) }
    return ReferenceLeftOut(open: truth & Truth.truthBits == Truth.neither ? 1 : 0)
  }

  /// The different ones in the order first met, missing left out.
  private func distinct(_ items: [ReferenceItem]) -> [ReferenceItem] {
    var seen: Set<ReferenceValue> = []
    return items.filter { !$0.value.isShownMissing && seen.insert(identity($0.value)).inserted }
  }

  /// How long a first event was followed and whether its match came, as a list of the two.
  private func followed(_ match: ReferenceMatch, _ sequence: CheckedSequence) -> ReferenceValue {
    guard match.truth & Truth.unknownMark == 0 else { return .missing }
    let kinds = [sequence.firstBinding.kind, sequence.steps.last?.binding.kind ?? sequence.firstBinding.kind]
    let isByDay = kinds.contains { catalogue.timeField(of: $0)?.type == .date }
    func moment(_ value: ReferenceValue) -> Double? {
      if isByDay { return day(of: value).map(Double.init) }
      switch value {
      case .time(let instant): return Double(instant)
      case .date(let day): return Double(calendar.zone.instant(ofLocalDay: day + 1) - 1)
      default: return nil
      }
    }
    guard let began = moment(store.time(match.first)) else { return .missing }
    let hasCome = match.truth & Truth.truthBits == Truth.yes
    var end = isByDay ? Double(today) : Double(self.moment.instant)
    var isOver = false
    if hasCome {
      guard let step = sequence.steps.last, let last = match.row.records[step.binding.id] ?? nil,
        let came = moment(store.time(last))
      else { return .missing }
      end = came
    } else if let windowEnd = match.windowEnd.flatMap(moment) {
      isOver = windowEnd <= end
      end = min(end, windowEnd)
    }
    let length = max(0, end - began)
    return .list([
      .duration(isByDay ? Duration(days: length) : Duration(seconds: length)),
      .truth(hasCome ? Truth.yes : isOver ? Truth.no : Truth.neither),
    ])
  }

  private func matched(_ value: MatchValue, _ sequence: CheckedSequence, _ match: ReferenceMatch) throws
    -> ReferenceValue
  {
    if case .expression(let expression) = value { return try evaluate(expression, match.row) }
    guard let step = sequence.steps.last, let last = match.row.records[step.binding.id] ?? nil else { return .missing }
    let (from, to) = (store.time(match.first), store.time(last))
    if case .working = value {
      // Where either end records no hours, the working days between them.
      if case .time = from, case .time = to { return working(from, to) }
      guard let a = day(of: from), let b = day(of: to) else { return .missing }
      return working(.time(calendar.zone.instant(ofLocalDay: a)), .time(calendar.zone.instant(ofLocalDay: b)))
    }
    let elapsed: Duration
    if case .time(let a) = from, case .time(let b) = to {
      elapsed = Duration(seconds: Double(b - a))
    } else if let a = day(of: from), let b = day(of: to) {
      elapsed = Duration(days: Double(b - a))
    } else {
      return .missing
    }
    return .duration(elapsed)
  }

  /// The group's value for each period wholly between the bounds, empty ones too.
  private func perPeriod(_ perPeriod: CheckedPerPeriod, _ row: ReferenceRow) throws -> [ReferenceItem] {
    let records = try records(perPeriod.set, row)
    let days = records.compactMap { day(of: store.time($0)) }
    let from = try perPeriod.from.map { day(of: try evaluate($0, row)) } ?? days.min()
    var upTo = today + (isWhollySeen(day: today) ? 1 : 0)
    if let bound = perPeriod.upTo {
      guard let day = day(of: try evaluate(bound, row)) else { return [] }
      upTo = min(upTo, day)
    }
    guard let from else { return [] }
    var result: [ReferenceItem] = []
    var index = calendar.periodIndex(ofDay: from, unit: perPeriod.unit)
    while let first = calendar.firstDay(ofPeriod: index, unit: perPeriod.unit),
      let last = calendar.lastDay(ofPeriod: index, unit: perPeriod.unit), last < upTo
    {
      if first >= from {
        var inner = row
        inner.group = records.filter { record in
          day(of: store.time(record)).map { $0 >= first && $0 <= last } ?? false
        }.map { row.with(perPeriod.element, $0) }
        result.append(ReferenceItem(value: try evaluate(perPeriod.body, inner)))
      }
      index += 1
    }
    return result
  }

  // MARK: Aggregates

  func aggregate(_ aggregate: Aggregate, _ row: ReferenceRow) throws -> ReferenceValue {
    var leftOut = ReferenceLeftOut()
    let values = try self.values(aggregate.list, aggregate.scope, row, &leftOut)
    defer {
      if aggregate.scope == .group {
        tally.leaveOut(leftOut, of: aggregate)
      } else {
        tally.inside += leftOut.unknown + leftOut.open
      }
    }
    if aggregate.function == .correlation, aggregate.part == .value, let other = aggregate.second {
      return correlation(values, try self.values(other, aggregate.scope, row, &leftOut), &leftOut)
    }
    if aggregate.isOfCases {
      var lists = [values]
      for other in [aggregate.second, aggregate.third].compactMap({ $0 }) {
        lists.append(try self.values(other, aggregate.scope, row, &leftOut))
      }
      return try statistic(aggregate, lists, try aggregate.parameter.map { try evaluate($0, row) }, &leftOut)
    }
    var level: ReferenceValue?
    if let parameter = aggregate.parameter { level = try evaluate(parameter, row) }
    return try reduce(aggregate, values, level, &leftOut)
  }

  /// What an aggregate runs over: a row's list, or the group's; a `distinct` directly inside runs over the group.
  private func values(
    _ list: CheckedList, _ scope: Aggregate.Scope, _ row: ReferenceRow, _ leftOut: inout ReferenceLeftOut
  ) throws -> [ReferenceValue] {
    guard scope == .group else { return try items(list, row).map(\.value) }
    guard case .distinct(let inner) = list else { return try groupValues(list, row) }
    let all = try groupValues(inner, row).map { ReferenceItem(value: $0) }
    leftOut.unknown += all.count { $0.value.isShownMissing }
    return distinct(all).map(\.value)
  }

  /// The lists of the group's rows together, each record once.
  func groupValues(_ list: CheckedList, _ row: ReferenceRow) throws -> [ReferenceValue] {
    guard let group = row.group else { throw ReferenceUnsupported("a group outside a group") }
    return try flattened(list, group).map(\.value)
  }

  private func flattened(_ list: CheckedList, _ group: [ReferenceRow]) throws -> [ReferenceItem] {
    var all: [ReferenceItem] = []
    var bySource: [Int: ReferenceItem] = [:]
    let before = tally.isOfAGroup
    tally.isOfAGroup = true
    let ties = tally.depth > 0 || tally.countedLists.insert(list).inserted ? nil : tally.ties
    defer {
      tally.isOfAGroup = before
      if let ties { tally.ties = ties }
    }
    for row in group {
      for item in try items(list, row) {
        guard let source = item.source else {
          all.append(item)
          continue
        }
        if bySource[source] == nil { bySource[source] = item }
      }
    }
    return all + store.inOrder(Array(bySource.keys)).compactMap { bySource[$0] }
  }

  private func reduce(
    _ aggregate: Aggregate, _ values: [ReferenceValue], _ level: ReferenceValue?, _ leftOut: inout ReferenceLeftOut
  ) throws -> ReferenceValue {
    let function = aggregate.function
    let truths = values.map(\.truth)
    switch function {
    case .share: return share(truths, &leftOut)
    case .any, .none:
      // Records are there; truths are put together.
      let parts = values.map { if case .record = $0 { Truth.yes } else { $0.truth } }
      let any = ReferenceLogic.or(parts)
      return .truth(function == .any ? any : ReferenceLogic.not(any))
    case .every: return values.isEmpty ? .unknown : .truth(ReferenceLogic.and(truths))
    case .count where aggregate.list.isMatches:
      // In a group the receipt says who is not yet decided.
      if aggregate.scope == .group { for truth in truths { leftOut.add(self.leftOut(truth)) } }
      return .number(Double(truths.count { $0 & Truth.truthBits == Truth.yes }))
    default: break
    }
    let there = values.filter { !$0.isShownMissing }
    leftOut.unknown += values.count - there.count
    switch function {
    case .count: return .number(Double(there.count))
    case .first: return there.first ?? .missing
    case .last: return there.last ?? .missing
    case .list: return .list(there)
    case .min: return there.min { (order($0, $1) ?? 0) < 0 } ?? .missing
    case .max:
      return there.reduce(nil as ReferenceValue?) { best, value in
        guard let best else { return value }
        return (order(value, best) ?? 0) > 0 ? value : best
      } ?? .missing
    case .mode: return mode(there)
    case .medianUntil: return medianUntil(there)
    default: return try numeric(function, there, level)
    }
  }

  /// Of those that carry no mark and are decided, how many are yes.
  private func share(_ truths: [UInt8], _ leftOut: inout ReferenceLeftOut) -> ReferenceValue {
    var cases = 0
    var yes = 0
    for truth in truths {
      if truth & Truth.unknownMark != 0 {
        leftOut.unknown += 1
      } else if truth & Truth.openMark != 0 || truth & Truth.truthBits == Truth.neither {
        leftOut.open += 1
        if truth & Truth.truthBits == Truth.yes { leftOut.openYes += 1 }
      } else {
        cases += 1
        if truth == Truth.yes { yes += 1 }
      }
    }
    return cases == 0 ? .missing : .number(Double(yes) / Double(cases))
  }

  /// The first time by which S, step by step over all times at which something came, is a half or less.
  private func medianUntil(_ followed: [ReferenceValue]) -> ReferenceValue {
    var cases: [(time: Double, length: Duration, hasCome: Bool)] = []
    for case .list(let parts) in followed where parts.count == 2 {
      guard case .duration(let length) = parts[0], case .truth(let truth) = parts[1] else { continue }
      cases.append((length.days * 86_400 + length.seconds, length, truth == Truth.yes))
    }
    var survival = 1.0
    for time in Set(cases.filter(\.hasCome).map(\.time)).sorted() {
      let atRisk = cases.count { $0.time >= time }
      let came = cases.filter { $0.time == time && $0.hasCome }
      survival *= 1 - Double(came.count) / Double(atRisk)
      if survival <= 0.5 + 1e-9, let first = came.first { return .duration(first.length) }
    }
    return .missing
  }

  private func mode(_ values: [ReferenceValue]) -> ReferenceValue {
    var counts: [ReferenceValue: Int] = [:]
    for value in values { counts[identity(value), default: 0] += 1 }
    guard let most = counts.values.max() else { return .missing }
    return values.filter { counts[identity($0)] == most }.min { (order($0, $1) ?? 0) < 0 } ?? .missing
  }

  private func numeric(_ function: AggregateFunction, _ values: [ReferenceValue], _ level: ReferenceValue?) throws
    -> ReferenceValue
  {
    // Durations of a list are of one class; the number of that class is what is reckoned with.
    let isMonths = values.contains { if case .duration(let length) = $0 { length.months != 0 } else { false } }
    let isSeconds = values.contains { if case .duration(let length) = $0 { length.seconds != 0 } else { false } }
    let isDuration = values.contains { if case .duration = $0 { true } else { false } }
    let numbers = values.map { value -> Double in
      switch value {
      case .number(let number): number
      case .duration(let length): isMonths ? Double(length.months) : isSeconds ? length.elapsed : length.days
      default: 0
      }
    }
    func made(_ number: Double?) -> ReferenceValue {
      guard let number, number.isFinite else { return .missing }
      guard isDuration else { return .number(number) }
      if isMonths { return .duration(Duration(months: Int(number.rounded()))) }
      return .duration(isSeconds ? Duration(seconds: number) : Duration(days: number))
    }
    let count = Double(numbers.count)
    let sum = numbers.reduce(0, +)
    let mean = count == 0 ? nil : sum / count
    switch function {
    case .sum: return made(sum)
    case .mean: return made(mean)
    case .median: return made(quantile(numbers, 0.5))
    case .percentile:
      guard case .number(let level)? = level, (0...1).contains(level) else { return .missing }
      return made(quantile(numbers, level))
    case .stdev:
      guard let mean, count > 1 else { return .missing }
      return made((numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot())
    default: throw ReferenceUnsupported(function.rawValue)
    }
  }

  /// Linear interpolation between the two nearest (type 7).
  private func quantile(_ numbers: [Double], _ level: Double) -> Double? {
    let sorted = numbers.sorted()
    guard let last = sorted.last else { return nil }
    let place = Double(sorted.count - 1) * level
    let below = Int(place.rounded(.down))
    guard below + 1 < sorted.count else { return last }
    return sorted[below] + (sorted[below + 1] - sorted[below]) * (place - Double(below))
  }

  private func correlation(_ a: [ReferenceValue], _ b: [ReferenceValue], _ leftOut: inout ReferenceLeftOut)
    -> ReferenceValue
  {
    let pairs = zip(a, b).compactMap { x, y -> (Double, Double)? in
      if case .number(let first) = x, case .number(let second) = y { return (first, second) }
      return nil
    }
    leftOut.unknown += min(a.count, b.count) - pairs.count
    let count = Double(pairs.count)
    guard count > 1 else { return .missing }
    let (meanX, meanY) = (pairs.reduce(0) { $0 + $1.0 } / count, pairs.reduce(0) { $0 + $1.1 } / count)
    let product = pairs.reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
    let (squareX, squareY) = (
      pairs.reduce(0) { $0 + ($1.0 - meanX) * ($1.0 - meanX) }, pairs.reduce(0) { $0 + ($1.1 - meanY) * ($1.1 - meanY) }
    )
    guard squareX > 0, squareY > 0 else { return .missing }
    return .finite(product / (squareX * squareY).squareRoot())
  }
}

extension CheckedList {
  /// Whether its truths are those of a sequence's matches.
  var isMatches: Bool {
    switch self {
    case .matches: true
    case .distinct(let inner): inner.isMatches
    default: false
    }
  }
}
