import Glibc

/// Who gets how much of an outcome: the contacts on the way to it share it.
///
/// No model finds what caused an outcome; each is a rule of sharing. `markov` alone uses the journeys without an outcome:
/// it asks how many outcomes would be lost without a channel (the removal effect of Anderl, Becker, von Wangenheim &
/// Schumann, "Mapping the customer journey", 2016), on a chain of order 1 over all journeys, solved and not simulated.
package enum Attribution {
  package enum Model: String, Hashable, Sendable {
    case first, last, linear
    /// 40 % to the first and to the last, 20 % to those between.
    case position
    /// Half as much for each half-life before the outcome.
    case decay
    case markov
    /// Of the game in which a set of channels is worth the outcomes of the journeys that lie wholly in it: each
    /// journey's distinct channels share alike, exactly.
    case shapley
  }

  package struct Journey: Hashable, Sendable {
    /// In time order, repeats included; numbers below the count of channels.
    package var channels: [Int]
    /// How long before the outcome each was.
    package var ages: [Double]
    package var hasOutcome: Bool
    package init(channels: [Int], ages: [Double], hasOutcome: Bool) {
      self.channels = channels
      self.ages = ages
      self.hasOutcome = hasOutcome
    }
  }

  /// Beyond this many channels a chain is not solved.
  package static let mostChannels = 200

  /// The outcomes that each channel gets; they add up to the outcomes of journeys with contacts. Nil where a journey
  /// names a channel beyond `count`, a half-life is not positive, or a chain has more than `mostChannels`.
  package static func credits(_ journeys: [Journey], channels count: Int, model: Model, halfLife: Double) -> [Double]? {
    guard count >= 0, halfLife > 0,
      journeys.allSatisfy({ $0.ages.count == $0.channels.count && $0.channels.allSatisfy { (0..<count).contains($0) } })
    else { return nil }
    guard model != .markov else { return markov(journeys, count) }
    var credit = [Double](repeating: 0, count: count)
    for journey in journeys where journey.hasOutcome && !journey.channels.isEmpty {
      let shares = shares(journey, model, halfLife)
      for (channel, share) in zip(journey.channels, shares) { credit[channel] += share }
    }
    return credit
  }

  private static func shares(_ journey: Journey, _ model: Model, _ halfLife: Double) -> [Double] {
    let n = journey.channels.count
    switch model {
    case .first: return journey.channels.indices.map { $0 == 0 ? 1 : 0 }
    case .last: return journey.channels.indices.map { $0 == n - 1 ? 1 : 0 }
    case .position where n > 2:
      return journey.channels.indices.map { $0 == 0 || $0 == n - 1 ? 0.4 : 0.2 / Double(n - 2) }
    case .decay:
      // From the latest on, so that very old journeys do not all weigh 0.
      let latest = journey.ages.min() ?? 0
      let weights = journey.ages.map { exp2(-($0 - latest) / halfLife) }
      let whole = weights.reduce(0, +)
      return weights.map { $0 / whole }
    case .shapley:
      var seen: Set<Int> = []
      let isFirst = journey.channels.map { seen.insert($0).inserted }
      return isFirst.map { $0 ? 1 / Double(seen.count) : 0 }
    case .linear, .position, .markov: return [Double](repeating: 1 / Double(n), count: n)
    }
  }

  // MARK: The chain

  private static func markov(_ journeys: [Journey], _ count: Int) -> [Double]? {
    guard count <= mostChannels else { return nil }
    let paths = journeys.filter { !$0.channels.isEmpty }
    let outcomes = Double(paths.count { $0.hasOutcome })
    guard outcomes > 0 else { return [Double](repeating: 0, count: count) }
    // Out of each channel (and the start, last) to each channel and to the outcome.
    let start = count
    var to = [[Double]](repeating: [Double](repeating: 0, count: count + 1), count: count + 1)
    var out = [Double](repeating: 0, count: count + 1)
    for path in paths {
      var from = start
      for channel in path.channels {
        to[from][channel] += 1
        out[from] += 1
        from = channel
      }
      if path.hasOutcome { to[from][count] += 1 }
      out[from] += 1
    }
    for from in to.indices where out[from] > 0 { for place in to[from].indices { to[from][place] /= out[from] } }
    guard let whole = reaching(to, count, without: nil), whole > 0 else { return nil }
    var effects = [Double](repeating: 0, count: count)
    for channel in 0..<count where out[channel] > 0 {
      guard let left = reaching(to, count, without: channel) else { return nil }
      effects[channel] = max(0, 1 - left / whole)
    }
    let all = effects.reduce(0, +)
    guard all > 0 else { return nil }
    return effects.map { outcomes * $0 / all }
  }

  /// How likely the outcome is from the start, with what led to one channel leading nowhere.
  private static func reaching(_ to: [[Double]], _ count: Int, without removed: Int?) -> Double? {
    // x = Qx + r over the channels; the start is worked out from them.
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var right = [Double](repeating: 0, count: count)
    for from in 0..<count {
      matrix[from][from] = 1
      guard from != removed else { continue }
      for channel in 0..<count where channel != removed { matrix[from][channel] -= to[from][channel] }
      right[from] = to[from][count]
    }
    guard let reach = LinearSystem.solve(matrix, right) else { return nil }
    var sum = to[count][count]
    for channel in 0..<count where channel != removed { sum += to[count][channel] * reach[channel] }
    return sum
  }
}
