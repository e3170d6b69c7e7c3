import PeyvandData
import PeyvandTestSupport
import Testing

/// From record to record: ties in time, sets each once, groups.
@Suite struct RecordTests {
  private var served: Company {
    var company = Company(["a", "b"])
    company.builder.add("rep", "q")
    company.builder.add("serves", "s1", ["rep": "r", "customer": "a", "start": "2024-01-01", "end": "2024-03-10"])
    company.builder.add("serves", "s2", ["rep": "q", "customer": "a", "start": "2024-03-10"])
    company.builder.add("serves", "s3", ["rep": "r", "customer": "b"])
    company.add("purchase", "p1", "2024-02-01", ["amount": 1, "product": "p"])
    company.add("purchase", "p2", "2024-03-10", ["amount": 2, "product": "p"])
    company.add("purchase", "p3", "2024-04-01", ["amount": 4, "product": "p"])
    company.add("purchase", "p4", "2024-04-02", ["customer": "b", "amount": 8, "product": "p"])
    return company
  }

  @Test func theOneWhoBeganLastHoldsOnAHandoverDay() throws {
    let rows = try served.ask("purchase | select key, customer.rep as rep").rows
    #expect(
      rows == [
        ["p1", .key("rep", "r")], ["p2", .key("rep", "q")], ["p3", .key("rep", "q")], ["p4", .key("rep", "r")],
      ])
  }

  @Test func purchasesOfARepAreThoseMadeWhileTheRepServed() throws {
    let byRep = try served.ask("rep | select key, sum(customer.purchase.amount) as s").rows
    #expect(byRep == [["r", 9], ["q", 6]])
    let byPurchase = try served.ask("purchase | sum(amount) by customer.rep.key as rep").rows
    #expect(byPurchase == [["q", 6], ["r", 9]])
  }

  @Test func tiesHoldAsOfNow() throws {
    let program = "rep | select key, count(customer) as n, count(ever serves) as all"
    #expect(try served.ask(program, asOf: "2024-02-01").rows == [["r", 2, 2], ["q", 0, 1]])
    #expect(try served.ask(program, asOf: "2024-06-01").rows == [["r", 1, 2], ["q", 1, 1]])
    // On the handover day only the one who began last serves.
    #expect(try served.value("serves | count", asOf: "2024-03-10") == 2)
    #expect(try served.value("ever serves | count", asOf: "2024-03-10") == 3)
  }

  @Test func anInstantEndIsTheFirstAtWhichItNoLongerHolds() throws {
    var company = Company()
    company.builder.add("contractor", "k")
    company.builder.add(
      "installs", "i",
      ["contractor": "k", "customer": "a", "start": "2024-03-01 10:00", "end": "2024-03-05 10:00"])
    let program = "customer | select count(contractor) as n"
    #expect(try company.value(program, asOf: "2024-03-01 09:59:59") == 0)
    #expect(try company.value(program, asOf: "2024-03-01 10:00") == 1)
    #expect(try company.value(program, asOf: "2024-03-05 09:59:59") == 1)
    #expect(try company.value(program, asOf: "2024-03-05 10:00") == 0)
  }

  @Test func aFieldThatHappensLaterIsMissing() throws {
    var company = Company([])
    company.builder.add("customer", "a", ["left": "2024-05-01"])
    #expect(try company.value("customer | select left", asOf: "2024-04-30") == .missing)
    #expect(try company.value("customer | select left", asOf: "2024-05-01") == .day("2024-05-01"))
  }

  @Test func aSetHasEachRecordOnce() throws {
    #expect(try served.value("customer where key = \"a\" | select count(purchase.product) as n") == 1)
    #expect(try served.value("customer where key = \"a\" | select count(purchase) as n") == 3)
    #expect(try served.ask("purchase | count(customer) as c, count as n").rows == [[2, 4]])
  }

  @Test func recordsFlattenedOverAGroupAreEachCountedOnce() throws {
    // Three purchases lead to one customer, whose purchases are a set.
    #expect(try served.value("purchase where customer.key = \"a\" | sum(customer.purchase.amount)") == 7)
  }

  @Test func eventsStandInTimeOrderWithoutTimeLast() throws {
    var company = Company()
    company.add("visit", "v1", .missing)
    company.add("visit", "v2", "2024-02-01 10:00")
    company.add("call", "k1", "2024-01-01 10:00")
    company.add("visit", "v3", "2024-01-01 10:00")
    #expect(try company.ask("contact | select key").rows == [["k1"], ["v3"], ["v2"], ["v1"]])
    #expect(try company.ask("contact since 2024-01-01 | select key").rows == [["k1"], ["v3"], ["v2"]])
    #expect(try company.value("customer | select last(contact).key as k") == "v1")
  }

  @Test func aFieldOfASpecialKindIsMissingElsewhere() throws {
    var company = Company()
    company.add("visit", "v", "2024-02-01 10:00", ["distance": 3])
    company.add("call", "k", "2024-02-02 10:00")
    #expect(
      try company.ask("contact | select key, distance, contact is visit as v, contact.kind as kind").rows
        == [["v", 3, true, "visit"], ["k", .missing, false, "call"]])
  }

  @Test func aKeyWithSeveralValuesPutsTheRowInEachOfItsGroups() throws {
    var company = Company(["a", "b"])
    company.add("complaint", "c1", "2024-02-01 10:00", ["severity": 1])
    company.add("complaint", "c2", "2024-02-02 10:00", ["severity": 2])
    company.add("complaint", "c3", "2024-02-03 10:00", ["severity": 2])
    #expect(
      try company.ask("customer | count by complaint.severity as s").rows == [[1, 1], [2, 1], [.missing, 1]])
  }

  @Test func aPeriodComparedWithATimeIsTheWholeOfIt() throws {
    var company = Company()
    company.add("visit", "v1", "2024-02-01 00:00")
    company.add("visit", "v2", "2024-02-29 23:59")
    company.add("visit", "v3", "2024-03-01 00:00")
    #expect(try company.value("visit where at <= 2024-02 | count") == 2)
    #expect(try company.value("visit during 2024-02 | count") == 2)
    #expect(try company.value("visit after 2024-02 | count") == 1)
    #expect(try company.value("visit where at = 2024-02-29 | count") == 1)
  }

  @Test func monthsAreCalendarSteps() throws {
    let company = Company()
    #expect(try company.value("2025-01-31 + 1 month") == .day("2025-02-28"))
    #expect(try company.value("2024-02-29 + (1 month + 1 day)") == .day("2024-03-30"))
  }

  @Test func periodsAreCountedAlsoWhereEmptyButNotTheRunningOne() throws {
    var company = Company()
    company.add("purchase", "p1", "2024-01-10", ["amount": 6])
    company.add("purchase", "p2", "2024-03-10", ["amount": 3])
    company.add("purchase", "p3", "2024-04-10", ["amount": 3])
    let program = "customer | select mean(sum(amount) per month of (purchase since 2024-01-01)) as m"
    #expect(try company.value(program, asOf: "2024-04-15") == 3)
    #expect(try company.value(program, asOf: "2024-04-30") == 3)
  }

  @Test func gapsAreBetweenConsecutiveEvents() throws {
    var company = Company()
    for (key, day) in [("p1", "2024-01-01"), ("p2", "2024-01-04"), ("p3", "2024-01-10")] {
      company.add("purchase", key, .text(day))
    }
    #expect(try company.value("customer | select mean(gaps(purchase)) as g") == .duration(Duration(days: 4.5)))
  }
}
