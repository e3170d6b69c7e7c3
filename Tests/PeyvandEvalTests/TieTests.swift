import PeyvandBase
import PeyvandData
import Testing

@testable import PeyvandEval

/// Relationships at a time: who holds, `one`, handover days, and events while tied.
@Suite struct TieTests {
  static func office() throws -> Company {
    var office = try Company(
      """
      entity customer { name: text }
      entity rep { name: text }
      entity contractor { name: text }
      relationship serves { one rep, customer }
      relationship installs { contractor, customer, rating: number, start: time, end: time }
      relationship refers { referrer: customer, referred: customer }
      event purchase { customer, amount: number, at: date }
      """)
    for name in ["A", "B"] { try office.add("rep", name) }
    for name in ["X", "Y", "Z", "W"] { try office.add("customer", name) }
    try office.add("contractor", "K")
    try office.add("serves", "s1", ["rep": "A", "customer": "X", "start": "2024-01-01", "end": "2024-03-10"])
    try office.add("serves", "s2", ["rep": "B", "customer": "X", "start": "2024-03-10"])
    try office.add("serves", "s3", ["rep": "A", "customer": "Y", "start": "2024-02-01"])
    try office.add(
      "installs", "i1", ["contractor": "K", "customer": "X", "start": "2024-01-01 08:00", "end": "2024-06-30 12:00"])
    try office.add("refers", "r1", ["referrer": "X", "referred": "Y"])
    try office.add("refers", "r2", ["referrer": "Y", "referred": "Z"])
    try office.add("refers", "r3", ["referrer": "Z", "referred": "X"])
    try office.add("refers", "r4", ["referrer": "Z", "referred": "W"])
    for (key, customer, amount, day) in [
      ("p1", "X", 1, "2024-02-01"), ("p2", "X", 2, "2024-03-10"), ("p3", "X", 4, "2024-06-30"),
      ("p4", "Y", 8, "2024-01-15"), ("p5", "Y", 16, "2024-05-01"),
    ] as [(String, String, Int, String)] {
      try office.add("purchase", key, ["customer": customer, "amount": amount, "at": day])
    }
    return office
  }

  @Test func `Under one the tie that began last holds on a handover day`() throws {
    let office = try Self.office()
    #expect(try office.ask("purchase | select key, customer.rep.key") == ["p4 –", "p1 A", "p2 B", "p5 A", "p3 B"])
    #expect(try office.walk("purchase | select customer.rep.key").tally.overlappingTies == 1)
    #expect(try office.ask("customer | select key, rep.key") == ["X B", "Y A", "Z –", "W –"])
  }

  @Test func `A rep's purchases are those made while it served`() throws {
    let office = try Self.office()
    #expect(
      try office.ask("rep | select key, count(customer.purchase.key), sum(customer.purchase.amount)", lists: .text) == [
        "A p1, p5 17", "B p2, p3 6",
      ])
    #expect(try office.ask("rep | select key, count(customer.key)", lists: .text) == ["A Y", "B X"])
    var before = office
    before.asOf = "2024-03-09"
    #expect(try before.ask("rep | select key, count(customer.key)", lists: .text) == ["A X, Y", "B "])
  }

  @Test func `An end that is an instant is the first moment without`() throws {
    var office = try Self.office()
    #expect(
      try office.ask("contractor | select count(customer.key), count(customer.purchase.key)", lists: .text) == [
        " p1, p2, p3"
      ])
    office.asOf = "2024-06-29"
    #expect(try office.ask("contractor | select count(customer)") == ["1"])
    #expect(
      try office.ask("customer | select key, count(ever installs), count(installs)") == [
        "X 1 1", "Y 0 0", "Z 0 0", "W 0 0",
      ])
  }

  @Test func `A hop repeats, each record once, oneself left out`() throws {
    let office = try Self.office()
    #expect(
      try office.ask("customer | select key, count(((referred)*1..1).key), count(((referred)*2..2).key)", lists: .text)
        == [
          "X Y Z", "Y Z X, W", "Z X, W Y", "W  ",
        ])
    #expect(
      try office.ask("customer | select key, count((referrer or referred)*1..3)") == ["X 3", "Y 3", "Z 3", "W 3"])
  }
}
