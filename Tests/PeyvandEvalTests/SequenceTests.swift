import PeyvandBase
import PeyvandData
import Testing

@testable import PeyvandEval

/// The law of `then`, clause by clause.
@Suite struct SequenceTests {
  private static func timeline(_ events: [(String, String)], asOf: String) throws -> Company {
    var company = try Company(
      """
      entity customer { name: text }
      event purchase { customer, product: text, at: date }
      event delivery { customer, product: text, at: date }
      event inquiry { customer, topic: text }
      event reply { customer, topic: text }
      event complaint { customer }
      """)
    try company.add("customer", "C")
    for (kind, at) in events {
      let parts = kind.split(separator: ":")
      var values: [String: Any] = ["customer": "C"]
      if !at.isEmpty { values["at"] = at }
      if parts.count > 1 {
        values[parts[0] == "purchase" || parts[0] == "delivery" ? "product" : "topic"] = String(parts[1])
      }
      try company.add(String(parts[0]), nil, values)
    }
    company.asOf = asOf
    return company
  }

  private func one(_ company: Company, _ expression: String, lists: ValueType? = nil) throws -> String {
    try company.ask("customer | select \(expression)", lists: lists).first ?? "nothing"
  }

  @Test func `A match that has come is yes at once, one that has not is open until its window ran out`() throws {
    let then = "first(purchase) then purchase within 30 days"
    let came = try Self.timeline([("purchase", "2024-01-01"), ("purchase", "2024-01-20")], asOf: "2024-01-25")
    #expect(try one(came, "count(\(then))") == "1")
    #expect(try one(came, "share(\(then))") == "–")
    #expect(try came.walk("customer | select share(\(then))").tally.openYes == 1)
    let waits = try Self.timeline([("purchase", "2024-01-01")], asOf: "2024-01-30")
    #expect(try waits.ask("customer | where (\(then)) is open | select key") == ["C"])
    #expect(try waits.ask("customer | where not (\(then)) | select key") == [])
    // The last day of the window is wholly seen as of that day.
    let over = try Self.timeline([("purchase", "2024-01-01")], asOf: "2024-01-31")
    #expect(try one(over, "share(\(then))") == "0%")
    #expect(try over.ask("customer | where not (\(then)) | select key") == ["C"])
  }

  @Test func `The last day of a window counts whole, months are calendar months`() throws {
    let edge = try Self.timeline([("purchase", "2024-08-31"), ("purchase", "2025-02-28")], asOf: "2025-12-31")
    #expect(try one(edge, "share(first(purchase) then purchase within 6 months)") == "100%")
    #expect(try one(edge, "share(first(purchase) then purchase within 180 days)") == "0%")
    #expect(try one(edge, "share(first(purchase) then purchase within 181 days)") == "100%")
  }

  @Test func `Later means later, and a tie is counted but does not count`() throws {
    let tied = try Self.timeline([("purchase", "2024-01-01"), ("purchase", "2024-01-01")], asOf: "2024-12-31")
    let result = try tied.walk("customer | select count(purchase then purchase within 30 days)")
    #expect(result.lines == ["0"])
    #expect(result.tally.ties == 2)
    #expect(try one(tied, "count(purchase then purchase within 30 days counting ties)") == "2")
    // A day and an instant on it: the moment is the day.
    let mixed = try Self.timeline([("purchase", "2024-01-01"), ("inquiry", "2024-01-01 15:00")], asOf: "2024-12-31")
    #expect(try one(mixed, "count(purchase then inquiry within 1 day)") == "0")
    #expect(try one(mixed, "count(purchase then inquiry within 1 day counting ties)") == "1")
    #expect(try one(mixed, "count(inquiry then purchase within 1 day counting ties)") == "1")
    // Two instants of one day are two moments.
    let instants = try Self.timeline(
      [("inquiry", "2024-01-01 09:00"), ("reply", "2024-01-01 09:00"), ("reply", "2024-01-01 17:00")],
      asOf: "2024-12-31")
    #expect(try one(instants, "count(inquiry then reply within 1 day)") == "1")
    #expect(try instants.walk("customer | select count(inquiry then reply within 1 day)").tally.ties == 1)
  }

  @Test func `Below a day, and to the second, instants are compared`() throws {
    let company = try Self.timeline(
      [("inquiry", "2024-01-01 09:00"), ("reply", "2024-01-02 10:00")], asOf: "2024-12-31")
    #expect(try one(company, "count(inquiry then reply within 1 day)") == "1")
    #expect(try one(company, "count(inquiry then reply within 1 day to the second)") == "0")
    #expect(try one(company, "count(inquiry then reply within 25 hours)") == "1")
    #expect(try one(company, "count(inquiry then reply within 24 hours)") == "0")
    #expect(try one(company, "median((inquiry then reply within 2 days).elapsed)") == "25 hours")
  }

  @Test func `The match is the earliest, also where only a later one would have had the next step`() throws {
    let company = try Self.timeline(
      [
        ("purchase", "2024-01-01"), ("delivery", "2024-01-05"), ("delivery", "2024-01-20"),
        ("complaint", "2024-01-25 10:00"),
      ], asOf: "2024-12-31")
    let then = "purchase then delivery within 30 days then complaint within"
    #expect(try one(company, "count(\(then) 7 days)") == "0")
    #expect(try one(company, "count(\(then) 20 days)") == "1")
    #expect(try one(company, "count(\(then) 24 days of the first)") == "1")
    #expect(try one(company, "count(\(then) 23 days of the first)") == "0")
    #expect(try one(company, "count((\(then) 20 days).elapsed)", lists: .duration(.days)) == "24 days")
  }

  @Test func `A longer sequence is open while its windows together run, also where it is already no`() throws {
    let company = try Self.timeline([("purchase", "2024-01-01")], asOf: "2024-01-15")
    let then = "share(purchase then delivery within 10 days then complaint within"
    #expect(try one(company, "\(then) 10 days)") == "–")
    #expect(try one(company, "\(then) 4 days)") == "0%")
    #expect(try one(company, "\(then) 10 days counting open)") == "0%")
    #expect(try one(company, "\(then) 12 days of the first)") == "0%")
  }

  @Test func `Conditions look at earlier steps`() throws {
    let company = try Self.timeline(
      [
        ("purchase:pump", "2024-01-01"), ("purchase:valve", "2024-01-02"), ("delivery:valve", "2024-01-04"),
        ("delivery:valve", "2024-01-05"), ("delivery:pump", "2024-01-09"),
      ], asOf: "2024-12-31")
    let then = "purchase as p then delivery where product = p.product within"
    #expect(try one(company, "count(\(then) 7 days)") == "1")
    #expect(try one(company, "count(\(then) 8 days)") == "2")
    #expect(
      try one(
        company, "count((purchase as p then (delivery where product = p.product) as d within 8 days).elapsed)",
        lists: .duration(.days))
        == "8 days, 2 days")
  }

  @Test func `Then no is the rest of then`() throws {
    let company = try Self.timeline(
      [
        ("purchase", "2024-01-01"), ("complaint", "2024-01-05 08:00"), ("purchase", "2024-03-01"),
        ("purchase", "2024-12-25"),
      ], asOf: "2024-12-31")
    #expect(try one(company, "share(purchase then complaint within 10 days)") == "50%")
    #expect(try one(company, "share(purchase then no complaint within 10 days)") == "50%")
    #expect(try one(company, "count(purchase then no complaint within 10 days)") == "1")
    #expect(try company.walk("customer | select share(purchase then no complaint within 10 days)").tally.open == 1)
    #expect(try one(company, "share(purchase then complaint within 10 days counting open)") == "33.3%")
    #expect(try one(company, "share(purchase then no complaint within 10 days counting open)") == "66.7%")
  }

  @Test func `Any time is never open and says so`() throws {
    let company = try Self.timeline([("purchase", "2024-01-01")], asOf: "2024-01-02")
    let result = try company.walk("customer | select share(purchase then complaint within any time)")
    #expect(result.lines == ["0%"])
    #expect(result.tally.hasNoWindow)
  }

  @Test func `An event without time is in no window`() throws {
    let company = try Self.timeline(
      [("inquiry", ""), ("reply", "2024-01-05 08:00"), ("reply", "")], asOf: "2024-12-31")
    #expect(try one(company, "count(inquiry), count(inquiry then reply within 30 days)") == "1 0")
    #expect(try one(company, "count(reply), count(reply then reply within any time)") == "2 0")
  }

  @Test func `A window of nought is an error`() throws {
    let company = try Self.timeline([("purchase", "2024-01-01")], asOf: "2024-12-31")
    #expect(throws: Diagnostics.self) {
      try company.ask("customer | select count(purchase then purchase within (2 days - 2 days))")
    }
  }

  @Test func `A record in hand is the first event, once`() throws {
    let company = try Self.timeline(
      [("complaint", "2024-01-01 08:00"), ("purchase", "2024-01-05"), ("complaint", "2024-03-01 08:00")],
      asOf: "2024-12-31")
    #expect(
      try company.ask("complaint | select day(at), share(complaint then customer.purchase within 30 days)") == [
        "2024-01-01 100%", "2024-03-01 0%",
      ])
  }

  @Test func `Whole periods, the empty ones too`() throws {
    let company = try Self.timeline(
      [("purchase", "2024-01-15"), ("purchase", "2024-02-10"), ("purchase", "2024-02-11"), ("purchase", "2024-04-02")],
      asOf: "2024-04-30")
    #expect(try one(company, "count(count(purchase) per month of purchase)", lists: .plainNumber) == "2, 0, 1")
    #expect(
      try one(company, "count(count(purchase) per month of (purchase since 2024-01-01))", lists: .plainNumber)
        == "1, 2, 0, 1")
    #expect(try one(company, "mean(count(purchase) per month of (purchase during 2024-Q1))") == "1")
  }
}
