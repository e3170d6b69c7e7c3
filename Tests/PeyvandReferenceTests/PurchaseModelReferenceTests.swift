import Glibc
import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval
import PeyvandTestSupport
import Testing

/// Buying without a contract, from the model's definition (Fader, Hardie & Lee 2005): while alive a member buys at a rate λ
/// (gamma distributed: r, α), and after each purchase leaves with the chance p (beta distributed: a, b).
///
/// The likelihood is put together from the moments of λ and p, each a product of so many factors; what is to come is an
/// integral over p. So nothing here has a gamma function or a series, and no optimiser: the engine's best place is held
/// against the places around it.
@Suite struct PurchaseModelReferenceTests {
  private struct Member {
    var frequency: Int
    var recency: Double
    var age: Double
  }

  private struct Model {
    var r: Double
    var alpha: Double
    var a: Double
    var b: Double

    /// The mean of λ^x·e^(−λt).
    private func rate(_ x: Int, _ t: Double) -> Double {
      let rise = (0..<x).reduce(0.0) { $0 + log((r + Double($1)) / (alpha + t)) }
      return exp(r * log(alpha / (alpha + t)) + rise)
    }

    /// The mean of (1 − p)^x, and of p·(1 − p)^(x − 1).
    private func stayed(_ x: Int) -> Double {
      (0..<x).reduce(1.0) { $0 * (b + Double($1)) / (a + b + Double($1)) }
    }
    private func left(_ x: Int) -> Double {
      (0..<(x - 1)).reduce(a / (a + b)) { $0 * (b + Double($1)) / (a + b + 1 + Double($1)) }
    }

    private func parts(_ member: Member) -> (alive: Double, gone: Double) {
      let x = member.frequency
      return (stayed(x) * rate(x, member.age), x > 0 ? left(x) * rate(x, member.recency) : 0)
    }

    func likelihood(_ members: [Member]) -> Double {
      members.reduce(0) { sum, member in
        let parts = parts(member)
        return sum + log(parts.alive + parts.gone)
      }
    }

    func alive(_ member: Member) -> Double {
      let parts = parts(member)
      return parts.alive / (parts.alive + parts.gone)
    }

    /// Of those who are alive λ is gamma (r + x, α + T) and p beta (a, b + x); with both, (1 − e^(−λpt))/p come in t.
    func toCome(_ member: Member, in time: Double) -> Double {
      let (x, beta, c) = (Double(member.frequency), alpha + member.age, b + Double(member.frequency))
      func coming(_ p: Double) -> Double {
        guard p > 1e-12 else { return (r + x) * time / beta }
        return -expm1(-(r + x) * log1p(p * time / beta)) / p
      }
      // The density has poles at 0 and 1; with p = u^m near the one and 1 − p = u^m near the other it is smooth.
      func half(_ own: Double, _ f: (Double) -> Double) -> Double {
        let m = (6 / own).rounded(.up)
        return ReferenceChance.integral(0, pow(0.5, 1 / m), 3_000) { u in
          u > 0 ? f(pow(u, m)) * m * pow(u, m * own - 1) : 0
        }
      }
      func mean(_ f: (Double) -> Double) -> Double {
        half(a) { f($0) * pow(1 - $0, c - 1) } + half(c) { f(1 - $0) * pow(1 - $0, a - 1) }
      }
      return alive(member) * mean(coming) / mean { _ in 1 }
    }
  }

  private static let schema = "entity buyer { frequency: number, recency: number, age: number }"

  /// Members drawn from a model.
  private static func members(_ count: Int, _ random: inout SplitMix64) -> [Member] {
    (0..<count).map { _ in
      let age = Double(random.integer(20...60))
      let rate = Double(random.integer(1...20)) / 60
      let chance = Double(random.integer(1...12)) / 30
      var (time, last, frequency) = (0.0, 0.0, 0)
      while frequency < 40 {
        time += -log(Double(random.integer(1...9_999)) / 10_000) / rate
        guard time < age else { break }
        (last, frequency) = (time, frequency + 1)
        if Double(random.integer(0...999)) < chance * 1_000 { break }
      }
      return Member(frequency: frequency, recency: last, age: age)
    }
  }

  private func answer(_ text: String, _ members: [Member]) throws -> Table {
    let catalogue = CheckedProgram(Self.schema, in: Catalogue()).environment.catalogue
    var builder = StoreBuilder(catalogue)
    for (place, member) in members.enumerated() {
      builder.add(
        "buyer", "B-\(place)",
        [
          "frequency": .number(Double(member.frequency)), "recency": .number(member.recency),
          "age": .number(member.age),
        ])
    }
    let program = CheckedProgram(text, in: catalogue)
    let query = try #require(program.queries.first, "\(program.diagnostics.map(\.message))")
    let asOf = AsOf(instant: catalogue.calendar.zone.instant(ofLocalDay: 20_001) - 1, day: 20_000)
    let answer = try Evaluator(EvaluationContext(source: ReferenceColumns(builder.store), asOf: asOf)).answer(query)
    guard case .table(let table) = answer.body else { throw ReferenceUnsupported("no table") }
    return table
  }

  private func number(_ table: Table, _ column: String, _ row: Int = 0) -> Double? {
    guard let values = table.columns.first(where: { $0.name == column })?.values, case .number(let number) = values[row]
    else { return nil }
    return number
  }

  /// The parameters, where the model was found.
  private func model(_ members: [Member]) throws -> (Model, likelihood: Double)? {
    let table = try answer("buyer | bg_nbd(frequency, recency, age)", members)
    guard let r = number(table, "r"), let alpha = number(table, "alpha"), let a = number(table, "a"),
      let b = number(table, "b"), let likelihood = number(table, "log_likelihood")
    else { return nil }
    return (Model(r: r, alpha: alpha, a: a, b: b), likelihood)
  }

  @Test(arguments: 1...12) func noPlaceAroundTheOneFoundIsMoreLikely(_ seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed) &* 7_919)
    let members = Self.members(40 + 30 * (seed % 4), &random)
    guard let (found, likelihood) = try model(members) else {
      // Nothing can be found only where the likelihood goes on rising towards an end.
      return
    }
    let own = found.likelihood(members)
    #expect(abs(own - likelihood) <= 1e-6 * abs(own), "\(own), and the engine says \(likelihood)")
    for size in [1e-3, 1e-2, 0.05, 0.2] {
      for way in 1..<81 {
        // Each of the four a step down, as it is, or a step up.
        let steps = [way % 3, way / 3 % 3, way / 9 % 3, way / 27].map { exp(Double($0 - 1) * size) }
        let other = Model(
          r: found.r * steps[0], alpha: found.alpha * steps[1], a: found.a * steps[2], b: found.b * steps[3])
        let there = other.likelihood(members)
        #expect(there <= own + 1e-6 * abs(own), "\(other) with \(there) is above \(found) with \(own)")
      }
    }
  }

  @Test func mostHaveAModel() throws {
    var fitted = 0
    for seed in 1...12 {
      var random = SplitMix64(seed: UInt64(seed) &* 7_919)
      if try model(Self.members(40 + 30 * (seed % 4), &random)) != nil { fitted += 1 }
    }
    #expect(fitted >= 8, "only \(fitted) of 12 were fitted")
  }

  @Test(arguments: 1...4) func whoIsAliveAndWhatIsToCome(_ seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed) &* 104_729)
    let members = Self.members(60, &random)
    guard let (found, _) = try model(members) else { return }
    let table = try answer("buyer | bg_nbd(frequency, recency, age, for: 13) | select alive, to_come", members)
    for (row, member) in members.enumerated() {
      let alive = try #require(number(table, "alive", row))
      let toCome = try #require(number(table, "to_come", row))
      #expect(abs(alive - found.alive(member)) < 1e-9, "\(member)")
      #expect(abs(toCome - found.toCome(member, in: 13)) < 1e-7, "\(member), \(toCome)")
    }
  }
}
