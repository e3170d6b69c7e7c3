import PeyvandBase
import PeyvandData

/// A small company drawn by chance over `CompanySchema`: values missing here and there, several events on one day
/// and at one instant, ties that overlap, end and begin again, and windows that the as-of day cuts.
package struct RandomCompany: Sendable {
  package var store: ReferenceStore
  package var moment: ReferenceMoment

  /// The day it all turns about; events lie up to eight months before and two after.
  package static let today = 19_889  // 2024-06-15

  private static func addTime(to calendar: inout CalendarRules, seed: UInt64) {
    var clock = SplitMix64(seed: seed ^ 0x7A6F_6E65)
    if clock.chance(40) { calendar.zone = changing }
    if clock.chance(50), let hours = WorkingTime.Hours(from: 8 * 3600, to: 16 * 3600 + 1800),
      let short = WorkingTime.Hours(from: 0, to: 5 * 3600)
    {
      _ = calendar.working.declare(hours, from: .saturday, to: .wednesday)
      if clock.chance(50) { _ = calendar.working.declare(short, from: .thursday, to: .thursday) }
    }
    if clock.chance(40) {
      calendar.working.addHolidays((0...clock.integer(0...12)).map { _ in today + clock.integer(-200...40) })
    }
  }

  /// A clock that is changed at midnight, at noon and by half an hour, while the events take place.
  private static let changing = Zone(
    name: "changing", offset: 12_600,
    transitions: [
      .init(at: 1_700_685_000, offset: 9_000), .init(at: 1_710_966_600, offset: 16_200),
      .init(at: 1_713_168_000, offset: 12_600), .init(at: 1_716_670_800, offset: 14_400),
    ])

  /// - Parameter isAboutTime: its clock may be changed, and it may have working hours and holidays.
  package init(seed: UInt64, isAboutTime: Bool = false) {
    var random = SplitMix64(seed: seed)
    var calendar = CalendarRules()
    switch random.integer(0...3) {
    case 0: calendar.zone = Zone.named("+03:30") ?? .utc
    case 1: calendar = CalendarRules(system: .jalali, zone: Zone.named("+03:30") ?? .utc)
    case 2: calendar.yearStartMonth = 4
    default: break
    }
    if isAboutTime { Self.addTime(to: &calendar, seed: seed) }
    let catalogue = CompanySchema.catalogue(calendar: calendar)
    var draft = Draft(builder: StoreBuilder(catalogue), random: random, calendar: calendar)
    draft.fill()
    store = draft.builder.store
    moment = ReferenceMoment(day: Self.today, in: calendar)
    if draft.random.chance(30) {
      moment = ReferenceMoment(instant: calendar.zone.instant(ofLocalDay: Self.today, secondOfDay: 13 * 3600))
    }
  }
}

private struct Draft {
  var builder: StoreBuilder
  var random: SplitMix64
  let calendar: CalendarRules

  mutating func fill() {
    let size = random.integer(1...3)
    for place in 0..<random.integer(1...2) {
      add("supplier", place, ["name": text("Acme", "Borna"), "abroad": yesno()])
    }
    for place in 0..<random.integer(2...4) {
      add(
        "product", place, ["name": text("pump", "valve", "cable"), "price": number(1...9), "supplier": one("supplier")])
    }
    for place in 0..<random.integer(2...3) {
      add("rep", place, ["name": text("Sara", "Omid", "Nima"), "region": region()])
    }
    for place in 0..<2 { add("technician", place, ["name": text("Ali", "Reza"), "level": number(1...3)]) }
    for place in 0..<2 { add("contractor", place, ["name": text("K1", "K2"), "rate": number(1...5)]) }
    for place in 0..<(3 + 3 * size) {
      add(
        "customer", place,
        [
          "name": text("Alborz", "Damavand", "علی", "علي", "Sahand"), "region": region(), "segment": text("SME", "big"),
          "joined": date(-400 ... -30), "left": random.chance(70) ? .missing : date(-30...30), "credit": number(-3...9),
          "vip": yesno(), "introduced_by": random.chance(50) ? .missing : one("customer"),
        ])
    }
    for place in 0..<(4 * size) {
      tie("serves", place, ["rep": one("rep"), "customer": one("customer"), "weight": number(1...4)])
    }
    for place in 0..<(3 * size) {
      let kind = random.pick("installs", "maintains")
      tie(
        kind, place,
        [
          "contractor": one("contractor"), "customer": one("customer"), "rating": number(1...5), "fee": number(1...9),
        ])
    }
    for place in 0..<(3 * size) { tie("refers", place, ["referrer": one("customer"), "referred": one("customer")]) }
    for place in 0..<(10 * size) {
      let kind = random.pick("contact", "call", "visit")
      let length = ReferenceValue.duration(Duration(seconds: Double(random.integer(1...8) * 450)))
      event(
        kind, place,
        [
          "customer": one("customer"), "rep": one("rep"), "logged": yesno(), "topic": text("price", "help", "thanks"),
          "length": random.chance(20) ? .missing : length, "direction": text("in", "out"), "distance": number(1...40),
        ])
    }
    for place in 0..<(10 * size) {
      event(
        "purchase", place,
        [
          "customer": one("customer"), "product": one("product"), "amount": number(1...200), "quantity": number(1...5),
          "delivered": random.chance(40) ? .missing : date(-200...40),
        ])
    }
    for place in 0..<(5 * size) {
      event("complaint", place, ["customer": one("customer"), "product": one("product"), "severity": number(1...4)])
    }
    for place in 0..<(4 * size) {
      event(
        "request", place,
        [
          "customer": one("customer"), "technician": one("technician"), "severity": number(1...4),
          "resolved": random.chance(40) ? .missing : time(-200...40),
        ])
    }
    // By dice of their own, so that the rest of a company stays what it was without them.
    var dice = random
    dice = SplitMix64(seed: dice.next() ^ 0x7265_7669_6577)
    for place in 0..<(3 * size) {
      let customers = builder.all("customer")
      var values: [String: ReferenceValue] = [:]
      if !dice.chance(10), !customers.isEmpty { values["customer"] = .record(dice.pick(customers, else: 0)) }
      if !dice.chance(5) { values["at"] = .date(RandomCompany.today + dice.integer(-150...20)) }
      add("review", place, values)
    }
    for place in 0..<(4 * size) {
      event("survey", place, ["request": one("request"), "satisfaction": number(1...5), "liked": yesno()])
    }
  }

  // MARK: Records

  private mutating func add(_ kind: String, _ place: Int, _ values: [String: ReferenceValue]) {
    builder.add(kind, "\(kind.first.map { String($0).uppercased() } ?? "")\(kind.count)-\(place)", values)
  }

  private mutating func event(_ kind: String, _ place: Int, _ values: [String: ReferenceValue]) {
    var values = values
    let isDay = kind == "purchase" || kind == "survey"
    if !random.chance(4) { values["at"] = isDay ? date(-240...60) : time(-240...60) }
    add(kind, place, values)
  }

  private mutating func tie(_ kind: String, _ place: Int, _ values: [String: ReferenceValue]) {
    var values = values
    let begin = random.integer(-240...20)
    let end = begin + random.integer(0...150)
    let isInstant = kind == "installs" || kind == "maintains"
    if !random.chance(8) { values["start"] = isInstant ? time(begin...begin) : date(begin...begin) }
    if random.chance(60) { values["end"] = isInstant ? time(end...end) : date(end...end) }
    add(kind, place, values)
  }

  // MARK: Values, missing now and then

  private mutating func often(_ value: ReferenceValue) -> ReferenceValue { random.chance(12) ? .missing : value }

  private mutating func text(_ choices: String...) -> ReferenceValue { often(.text(random.pick(choices, else: ""))) }
  private mutating func region() -> ReferenceValue { text("North", "South", "East") }
  private mutating func yesno() -> ReferenceValue { often(random.chance(50) ? .yes : .no) }
  private mutating func number(_ range: ClosedRange<Int>) -> ReferenceValue {
    often(.number(Double(random.integer(range)) / (random.chance(25) ? 4 : 1)))
  }

  private mutating func one(_ kind: String) -> ReferenceValue {
    let all = builder.all(kind)
    return all.isEmpty ? .missing : often(.record(random.pick(all, else: 0)))
  }

  /// Few days apart from one another, so that several fall on one.
  private mutating func day(_ range: ClosedRange<Int>) -> Int {
    let day = random.integer(range)
    return RandomCompany.today + (random.chance(60) ? day - ((day % 6) + 6) % 6 : day)
  }

  private mutating func date(_ range: ClosedRange<Int>) -> ReferenceValue { .date(day(range)) }

  private mutating func time(_ range: ClosedRange<Int>) -> ReferenceValue {
    let second = random.pick([0, 9 * 3600, 9 * 3600, 13 * 3600, 13 * 3600 + 1, 86_399], else: 0)
    return .time(calendar.zone.instant(ofLocalDay: day(range), secondOfDay: second))
  }
}
