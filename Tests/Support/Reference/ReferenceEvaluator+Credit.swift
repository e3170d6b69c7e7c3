import Glibc
import PeyvandBase
import PeyvandCheck
import PeyvandData

/// Who gets how much of an outcome: journeys cut out of each member's contacts, and shared by the model's rule.
extension ReferenceEvaluator {
  private struct Journey {
    var channels: [ReferenceValue]
    /// How long before the outcome each was; of journeys without one nothing hangs on it.
    var ages: [Double]
    var isOne: Bool
  }

  /// A day's or an instant's number; what is missing comes never.
  private func moments(_ value: ReferenceValue) -> [Int] {
    guard case .list(let values) = value else { return [] }
    return values.map { value in
      switch value {
      case .date(let day): day
      case .time(let instant): Int(instant)
      default: Int.max
      }
    }
  }

  func credit(_ model: CreditModel, _ derivation: CheckedDerivation, _ inputs: [[ReferenceValue]]) throws
    -> [[ReferenceValue]]
  {
    let hasHours = inputs.contains { input in
      guard case .list(let contacts)? = input.dropFirst().first else { return false }
      return contacts.contains { if case .time = $0 { true } else { false } }
    }
    let today = moment.day ?? calendar.zone.localDay(ofInstant: moment.instant)
    let unseen = hasHours ? Int(moment.instant) + 1 : today + 1
    var journeys: [Journey] = []
    for input in inputs {
      let (outcomes, contacts) = (moments(input[0]), moments(input[1]))
      guard case .list(let labels) = input[2] else { continue }
      let until = input.count > 3 ? moments(input[3]) : []
      func add(_ places: [Int], before outcome: Int?) {
        guard !places.isEmpty else { return }
        let ages = places.map { place in outcome.map { Double($0 - contacts[place]) } ?? 0 }
        journeys.append(Journey(channels: places.map { labels[$0] }, ages: ages, isOne: outcome != nil))
      }
      var left = Array(contacts.indices)
      for outcome in outcomes where outcome != Int.max {
        let before = left.filter { contacts[$0] < outcome }
        left.removeAll { contacts[$0] < outcome }
        add(before.filter { !until.isEmpty && until[$0] <= outcome }, before: nil)
        add(before.filter { until.isEmpty || until[$0] > outcome }, before: outcome)
      }
      guard let last = left.last else { continue }
      if !until.isEmpty, until[last] > unseen {
        tally.rows.open += 1
        continue
      }
      add(left, before: nil)
    }
    var halfLife = 0.0
    if let parameter = derivation.parameters.first, case .number(let seconds) = try evaluate(parameter, ReferenceRow())
    {
      halfLife = hasHours ? seconds : seconds / 86_400
    }
    let outcomes = Double(journeys.count { $0.isOne })
    var standing: [ReferenceValue: Double] = [:]
    for journey in journeys { for key in Set(journey.channels.map(identity)) { standing[key, default: 0] += 1 } }
    let channels = Array(standing.keys)
    let credit: [ReferenceValue: Double]?
    if model == .markov {
      credit = outcomes > 0 ? markov(journeys, channels, outcomes) : [:]
    } else {
      var sums: [ReferenceValue: Double] = [:]
      for journey in journeys where journey.isOne {
        for (channel, part) in zip(journey.channels, shares(journey, model, halfLife)) {
          sums[identity(channel), default: 0] += part
        }
      }
      credit = sums
    }
    let shown = journeys.flatMap(\.channels).reduce(into: [ReferenceValue: ReferenceValue]()) { first, value in
      if first[identity(value)] == nil { first[identity(value)] = value }
    }
    return channels.sorted { a, b in
      let (x, y) = (credit?[a] ?? 0, credit?[b] ?? 0)
      return abs(x - y) > 1e-9 ? x > y : (order(a, b) ?? 0) < 0
    }.map { key in
      let own = credit.map { $0[key] ?? 0 }
      return [
        shown[key] ?? key, own.map { .number($0) } ?? .missing,
        outcomes > 0 ? own.map { .number($0 / outcomes) } ?? .missing : .missing, .number(standing[key] ?? 0),
      ]
    }
  }

  private func shares(_ journey: Journey, _ model: CreditModel, _ halfLife: Double) -> [Double] {
    let n = journey.channels.count
    let keys = journey.channels.map(identity)
    return keys.indices.map { place in
      switch model {
      case .first: return place == 0 ? 1 : 0
      case .last: return place == n - 1 ? 1 : 0
      case .position:
        if n == 1 { return 1 }
        if n == 2 { return 0.5 }
        return place == 0 || place == n - 1 ? 0.4 : 0.2 / Double(n - 2)
      case .decay:
        // Against each other one: 2 to the power of how many half-lives it was earlier.
        let others = journey.ages.reduce(0.0) { $0 + exp((journey.ages[place] - $1) / halfLife * log(2)) }
        return 1 / others
      case .shapley:
        return keys.firstIndex(of: keys[place]) == place ? 1 / Double(Set(keys).count) : 0
      default: return 1 / Double(n)
      }
    }
  }

  /// The removal effect, by letting a drop of water run down the journeys until nothing of it is under way.
  private func markov(_ journeys: [Journey], _ channels: [ReferenceValue], _ outcomes: Double) -> [ReferenceValue:
    Double]?
  {
    // Where each step leads: the next channel, the outcome, or nowhere.
    var steps: [ReferenceValue?: [(to: ReferenceValue?, isOutcome: Bool)]] = [:]
    for journey in journeys {
      var from: ReferenceValue?
      for channel in journey.channels.map(identity) {
        steps[from, default: []].append((channel, false))
        from = channel
      }
      steps[from, default: []].append((nil, journey.isOne))
    }
    func reached(without removed: ReferenceValue?) -> Double {
      var water: [ReferenceValue?: Double] = [nil: 1]
      var reached = 0.0
      for _ in 0..<100_000 {
        var next: [ReferenceValue?: Double] = [:]
        for (place, amount) in water {
          let ways = steps[place] ?? []
          for way in ways {
            let part = amount / Double(ways.count)
            if way.isOutcome { reached += part }
            if let to = way.to, to != removed { next[to, default: 0] += part }
          }
        }
        water = next
        if water.values.reduce(0, +) < 1e-15 { break }
      }
      return reached
    }
    let whole = reached(without: nil)
    guard whole > 0 else { return nil }
    let effects = channels.map { max(0, 1 - reached(without: $0) / whole) }
    let all = effects.reduce(0, +)
    guard all > 0 else { return nil }
    return Dictionary(zip(channels, effects.map { outcomes * $0 / all })) { first, _ in first }
  }
}
