/// The answers the exports must give, worked out from what the generator made up.
///
/// Nothing here reads a CSV file or knows of Peyvand: plain loops over the world's arrays, one question
/// after the other, so that an error in the engine and an error here would have to be made twice. Each
/// answer carries the question as Peyvand asks it; a test puts the question and compares the rows.
struct Truth {
  struct Answer {
    var id: String
    var ask: String
    var rows: [KeyValuePairs<String, JSON>]
  }

  let world: World
  let branch: Branch
  /// The day of the last event: every window is judged as of its end.
  let asOf: Day

  init(of world: World, _ branch: Branch) {
    self.world = world
    self.branch = branch
    let moments =
      world.contacts.map(\.at) + world.inquiries.map(\.at) + world.replies.map(\.at) + world.surveys.map(\.at)
      + world.requests.map(\.at) + world.opportunities.map(\.at) + world.quotes.map(\.at) + world.complaints.map(\.at)
      + world.trainings.map(\.at)
    let days = moments.map(\.day) + world.purchases.map(\.at) + world.deliveries.compactMap(\.received)
    asOf = days.max() ?? World.closing
  }

  var answers: [Answer] {
    [
      returnOverall, returnByRegion, response, responseByRep, neverLogged, neverLoggedByRep, satisfied,
      satisfiedByTechnician, silence, returnByInstaller, steadyReps, supplierFriction, supplierTwoHops,
      lateAndSatisfied,
      technicians, leadsByTopic, silenceBeforeLeaving, highAndSteady, aftercare, shortDeliveries,
      contactsAnOrder,
    ]
  }

  /// The committed file: one answer after another, one row a line; those of the branch, whose books are its own, apart.
  var text: String {
    func lines(_ answers: [Answer]) -> String {
      answers.map { answer in
        let rows = answer.rows.map { "    " + JSON.object($0).text }.joined(separator: ",\n")
        return
          "  {\"id\": \(JSON.text(answer.id).text),\n   \"ask\": \(JSON.text(answer.ask).text),\n   \"rows\": [\n\(rows)\n  ]}"
      }.joined(separator: ",\n")
    }
    return
      "{\"as_of\": \"\(asOf.text)\", \"answers\": [\n\(lines(answers))\n],\n\"branch\": [\n\(lines([branch.neglected]))\n]}\n"
  }

  // MARK: - Arithmetic

  static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The sample's, in two passes.
  static func deviation(_ values: [Double]) -> Double? {
    guard values.count > 1, let mean = mean(values) else { return nil }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// Linear interpolation between the ordered values (type 7).
  static func percentile(_ values: [Double], _ part: Double) -> Double? {
    let ordered = values.sorted()
    guard let last = ordered.indices.last else { return nil }
    let place = Double(last) * part
    let below = Int(place)
    let above = min(below + 1, last)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - Double(below))
  }

  static func share(_ values: [Bool]) -> JSON {
    values.isEmpty ? .null : .plain(Double(values.filter { $0 }.count) / Double(values.count))
  }

  /// One row a group, in the order of the keys, Persian letters before Latin ones, the missing key last.
  static func groups<Element>(_ elements: [Element], by key: (Element) -> String?) -> [(String?, [Element])] {
    let parts = Dictionary(grouping: elements, by: key)
    return parts.keys.sorted { left, right in
      guard let left else { return false }
      guard let right else { return true }
      let isPersian = (left.unicodeScalars.first?.value ?? 0 >= 0x600, right.unicodeScalars.first?.value ?? 0 >= 0x600)
      guard isPersian.0 == isPersian.1 else { return isPersian.0 }
      return left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
    }.map { ($0, parts[$0] ?? []) }
  }

  static func name(_ value: String?) -> JSON { value.map { .text($0) } ?? .null }
}
