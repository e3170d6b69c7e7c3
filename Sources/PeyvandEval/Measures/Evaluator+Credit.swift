import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandStatistics

/// Turning points: journeys cut out of timelines, and who gets how much of their outcomes.
extension Evaluator {
  func credited(_ derivation: CheckedDerivation, _ model: CreditModel, _ relation: Relation) throws(Diagnostics)
    -> Relation
  {
    func list(_ place: Int) throws(Diagnostics) -> (offsets: [Int32], elements: Vector) {
      guard case .lists(let offsets, let elements) = try input(derivation, place, relation).storage else {
        throw EvaluationDiagnostics.malformed("journeys of what is no list", at: derivation.range)
      }
      return (offsets, elements)
    }
    let (outcomes, contacts, labels) = (try list(0), try list(1), try list(2))
    guard case .texts(let codes, let dictionary) = labels.elements.storage, codes.count == contacts.elements.count
    else {
      return try nothing(derivation, relation)
    }
    let until = derivation.inputs.count > 3 ? try list(3).elements : nil
    let isByDay = if case .days = contacts.elements.storage { true } else { false }
    let time = TimeKernels(context.source.catalogue.calendar, cache: context.cache)
    let today = Int64(context.asOf.day ?? Int(time.day(ofInstant: context.asOf.instant)))
    let journeys = TimelineKernels.journeys(
      members: relation.frame.count,
      outcomes: (outcomes.offsets, TimeSearch.wide(outcomes.elements, missing: .max)),
      contacts: (contacts.offsets, TimeSearch.wide(contacts.elements, missing: .max)),
      until: until.map { TimeSearch.wide($0, missing: .max) }, seen: isByDay ? today + 1 : context.asOf.instant + 1)
    // Channels in the order of their texts.
    let identities = dictionary.identity
    let used = Set(journeys.contacts.compactMap { codes[Int($0)].map { Int(identities[Int($0)]) } })
    let channels = used.sorted {
      let order = compareText(dictionary.entries[$0], dictionary.entries[$1])
      return order == 0 ? $0 < $1 : order < 0
    }
    var number: [Int: Int] = [:]
    for (place, channel) in channels.enumerated() { number[channel] = place }
    let halfLife: Double
    if let parameter = derivation.parameters.first, case .number(let given) = try value(parameter) {
      halfLife = isByDay ? given / 86_400 : given
    } else {
      halfLife = 0
    }
    var all: [Attribution.Journey] = []
    var standing = [Int](repeating: 0, count: channels.count)
    for index in journeys.hasOutcome.indices {
      if index & 0xFFF == 0 { try watchdog.look(at: derivation.range) }
      let range = Int(journeys.offsets[index])..<Int(journeys.offsets[index + 1])
      let own = journeys.contacts[range].compactMap { codes[Int($0)].flatMap { number[Int(identities[Int($0)])] } }
      for channel in Set(own) { standing[channel] += 1 }
      all.append(.init(channels: own, ages: Array(journeys.ages[range]), hasOutcome: journeys.hasOutcome[index]))
    }
    guard let rule = Attribution.Model(rawValue: model.rawValue), halfLife > 0 else {
      throw EvaluationDiagnostics.windowNotPositive(at: derivation.range)
    }
    guard channels.count <= Attribution.mostChannels || rule != .markov else {
      throw EvaluationDiagnostics.tooManyChannels(channels.count, limit: Attribution.mostChannels, at: derivation.range)
    }
    let credits = Attribution.credits(all, channels: channels.count, model: rule, halfLife: halfLife)
    let outcomeCount = all.count { $0.hasOutcome }
    // The most credit first; of equal ones in the order of their texts.
    let order = channels.indices.sorted { a, b in
      let (x, y) = (credits?[a] ?? 0, credits?[b] ?? 0)
      return x == y ? a < b : x > y
    }
    var result = made(
      derivation,
      [
        texts(order.map { dictionary.entries[channels[$0]] }), numbers(order.map { credits?[$0] }),
        numbers(order.map { place in credits.map { outcomeCount > 0 ? $0[place] / Double(outcomeCount) : .nan } }),
        numbers(order.map { Double(standing[$0]) }),
      ], from: relation)
    result.draft.n = all.count
    result.draft.of = all.count + journeys.open
    result.draft.tally.open += journeys.open
    result.draft.remarks += remarks(rule, outcomeCount, journeys, derivation, halfLife: halfLife, isByDay: isByDay)
    return result
  }

  private func remarks(
    _ rule: Attribution.Model, _ outcomes: Int, _ journeys: TimelineKernels.Journeys, _ derivation: CheckedDerivation,
    halfLife: Double, isByDay: Bool
  ) -> [String] {
    var remarks = [
      "\(outcomes) \(outcomes == 1 ? "journey" : "journeys") with the outcome; credit shares them out, and proves no cause"
    ]
    if journeys.outcomesWithoutContact > 0 {
      let count = journeys.outcomesWithoutContact
      remarks.append("\(count) \(count == 1 ? "outcome" : "outcomes") without a contact before, left out")
    }
    if rule == .decay {
      let days = isByDay ? halfLife : halfLife / 86_400
      remarks.append("half-life: \(NumberText.shortest(days)) days")
    }
    return remarks
  }

  private func nothing(_ derivation: CheckedDerivation, _ relation: Relation) throws(Diagnostics) -> Relation {
    var result = made(
      derivation, derivation.columns.map { .missing($0.type, count: 0) }, from: relation)
    result.draft.n = 0
    result.draft.of = 0
    return result
  }
}
