import PeyvandData
import PeyvandTestSupport
import Testing

/// Section 6 of the language, worked out by hand: complaint is an instant, purchase a day.
@Suite struct LawOfThenTests {
  private func truth(_ company: Company, _ sequence: String, asOf: String = "2024-12-31") throws -> Value {
    try company.value("customer | any(\(sequence))", asOf: asOf)
  }

  // 2: each A for itself, the earliest B.

  @Test func eachAStandsForItselfAndTwoMayShareOneB() throws {
    var company = Company()
    company.add("complaint", "c1", "2024-03-01 09:00")
    company.add("complaint", "c2", "2024-03-02 09:00")
    company.add("visit", "v", "2024-03-03 09:00")
    #expect(try company.value("customer | count(complaint then visit within 5 days)") == 2)
  }

  @Test func theMatchIsTheEarliestBAlsoWhereOnlyALaterOneHasTheNextStep() throws {
    var company = Company()
    company.add("complaint", "c", "2024-03-01 09:00")
    company.add("visit", "v1", "2024-03-02 09:00")
    company.add("visit", "v2", "2024-03-09 09:00")
    company.add("call", "k", "2024-03-10 09:00")
    // From v1 the call is eight days away; v2, which had it, is not looked at.
    #expect(try truth(company, "complaint then visit within 10 days then call within 2 days") == false)
    #expect(try truth(company, "complaint then visit within 10 days then call within 8 days") == true)
  }

  @Test func theEarliestBOutsideTheWindowIsNoMatch() throws {
    var company = Company()
    company.add("purchase", "p1", "2024-03-01")
    company.add("purchase", "p2", "2024-03-20")
    #expect(try truth(company, "first(purchase) then purchase within 18 days") == false)
    #expect(try truth(company, "first(purchase) then purchase within 19 days") == true)
  }

  @Test func oneEventNeverFillsTwoSteps() throws {
    var company = Company()
    company.add("complaint", "c", "2024-03-01 09:00")
    company.add("visit", "v", "2024-03-02 09:00")
    #expect(try truth(company, "complaint then visit within 5 days then contact within 5 days counting ties") == false)
    company.add("call", "k", "2024-03-02 09:00")
    #expect(try truth(company, "complaint then visit within 5 days then contact within 5 days counting ties") == true)
  }

  // 3: from the step before; days whole, instants below.

  @Test func theLastDayOfAWindowInDaysIsWhole() throws {
    var company = Company()
    company.add("complaint", "c", "2024-03-01 23:00")
    company.add("visit", "v", "2024-03-03 23:59")
    #expect(try truth(company, "complaint then visit within 2 days") == true)
    #expect(try truth(company, "complaint then visit within 2 days to the second") == false)
    #expect(try truth(company, "complaint then visit within 48 hours") == false)
    #expect(try truth(company, "complaint then visit within 49 hours") == true)
  }

  @Test func aWindowInMonthsEndsWithTheShorterMonth() throws {
    var company = Company()
    company.add("complaint", "c", "2024-08-31 10:00")
    company.add("visit", "v", "2025-02-28 09:00")
    #expect(try truth(company, "complaint then visit within 6 months", asOf: "2025-12-31") == true)
    var late = Company()
    late.add("complaint", "c", "2024-08-31 10:00")
    late.add("visit", "v", "2025-03-01 09:00")
    #expect(try truth(late, "complaint then visit within 6 months", asOf: "2025-12-31") == false)
  }

  @Test func aWindowCountsFromTheStepBeforeOrFromTheFirst() throws {
    var company = Company()
    company.add("complaint", "c", "2024-03-01 09:00")
    company.add("visit", "v", "2024-03-05 09:00")
    company.add("call", "k", "2024-03-09 09:00")
    #expect(try truth(company, "complaint then visit within 5 days then call within 5 days") == true)
    #expect(try truth(company, "complaint then visit within 5 days then call within 5 days of the first") == false)
    #expect(try truth(company, "complaint then visit within 5 days then call within 8 days of the first") == true)
  }

  // 4: later means later.

  @Test func theSameInstantDoesNotCountButIsSaid() throws {
    var company = Company()
    company.add("complaint", "c", "2024-03-01 09:00")
    company.add("visit", "v", "2024-03-01 09:00")
    let told = try company.ask("customer | count(complaint then visit within 5 days)")
    #expect(told == Told(rows: [[0]], ties: 1))
    #expect(try company.value("customer | count(complaint then visit within 5 days counting ties)") == 1)
  }

  @Test func theSameDayDoesNotCountWhereEitherRecordsNoHours() throws {
    var company = Company()
    company.add("complaint", "c", "2024-03-01 09:00")
    company.add("purchase", "p", "2024-03-01")
    let told = try company.ask("customer | count(complaint then purchase within 5 days)")
    #expect(told == Told(rows: [[0]], ties: 1))
    #expect(try company.value("customer | count(purchase then complaint within 5 days counting ties)") == 1)
  }

  @Test func anEventIsNeverItsOwnTie() throws {
    var company = Company()
    company.add("purchase", "p", "2024-03-01")
    let told = try company.ask("customer | count(purchase then purchase within 5 days counting ties)")
    #expect(told == Told(rows: [[0]]))
    let without = try company.ask("customer | count(purchase then purchase within 5 days)")
    #expect(without.ties == 0)
  }

  @Test func twoOnOneDayAreEachOthersTies() throws {
    var company = Company()
    company.add("purchase", "p1", "2024-03-01")
    company.add("purchase", "p2", "2024-03-01")
    #expect(try company.ask("customer | count(purchase then purchase within 5 days)") == Told(rows: [[0]], ties: 2))
    #expect(try company.value("customer | count(purchase then purchase within 5 days counting ties)") == 2)
  }

  // 5: any time.

  @Test func anyTimeIsNeverOpen() throws {
    var company = Company()
    company.add("complaint", "c", "2024-12-30 09:00")
    #expect(try truth(company, "complaint then visit within any time") == false)
    #expect(try company.ask("customer | share(complaint then visit within any time)") == Told(rows: [[0]]))
  }

  // 6: open.

  @Test func anAWithoutBIsNotYetUntilItsWindowRanOut() throws {
    var company = Company()
    company.add("complaint", "c", "2024-03-01 09:00")
    let sequence = "complaint then visit within 5 days"
    #expect(try company.ask("customer | any(\(sequence))", asOf: "2024-03-05").rows == [[.missing]])
    #expect(try company.ask("customer | any(\(sequence))", asOf: "2024-03-06 23:59:58").rows == [[.missing]])
    // The day is seen to its end.
    #expect(try company.ask("customer | any(\(sequence))", asOf: "2024-03-06").rows == [[false]])
  }

  @Test func aWindowOfHoursRunsOutWithItsLastInstant() throws {
    var company = Company()
    company.add("complaint", "c", "2024-03-01 09:00")
    let sequence = "complaint then visit within 5 hours"
    #expect(try truth(company, sequence, asOf: "2024-03-01 13:59:59") == .missing)
    #expect(try truth(company, sequence, asOf: "2024-03-01 14:00") == false)
  }

  @Test func whereKeepsTheYesAndWhereNotTheNoAndTheNotYetAreCounted() throws {
    var company = Company(["a", "b", "c", "d"])
    company.add("complaint", "c1", "2024-03-01 09:00", ["customer": "a"])
    company.add("complaint", "c2", "2024-03-01 09:00", ["customer": "b"])
    company.add("complaint", "c3", "2024-03-09 09:00", ["customer": "c"])
    company.add("visit", "v", "2024-03-02 09:00", ["customer": "a"])
    let sequence = "complaint then visit within 5 days"
    // d has no A: a plain no.
    #expect(
      try company.ask("customer | where \(sequence) | select key", asOf: "2024-03-10") == Told(rows: [["a"]], open: 1))
    #expect(
      try company.ask("customer | where not (\(sequence)) | select key", asOf: "2024-03-10")
        == Told(rows: [["b"], ["d"]], open: 1))
    #expect(
      try company.ask("customer | where (\(sequence)) is open | select key", asOf: "2024-03-10") == Told(rows: [["c"]]))
  }

  @Test func aRateLeavesOutEveryAWhoseWindowRunsAlsoThoseAlreadyYes() throws {
    var company = Company(["a", "b", "c", "d"])
    company.add("complaint", "c1", "2024-03-01 09:00", ["customer": "a"])
    company.add("complaint", "c2", "2024-03-01 09:00", ["customer": "b"])
    company.add("complaint", "c3", "2024-03-09 09:00", ["customer": "c"])
    company.add("complaint", "c4", "2024-03-09 09:00", ["customer": "d"])
    company.add("visit", "v1", "2024-03-02 09:00", ["customer": "a"])
    company.add("visit", "v2", "2024-03-10 09:00", ["customer": "d"])
    let told = try company.ask("customer | share(complaint then visit within 5 days)", asOf: "2024-03-10")
    #expect(told == Told(rows: [[0.5]], open: 2, openYes: 1))
    let all = try company.ask("customer | share(complaint then visit within 5 days counting open)", asOf: "2024-03-10")
    #expect(all == Told(rows: [[0.5]]))
    #expect(try company.value("customer | count(complaint then visit within 5 days)", asOf: "2024-03-10") == 2)
  }

  @Test func ofALongerSequenceTheWindowsAreAddedUp() throws {
    var company = Company()
    company.add("complaint", "c", "2024-03-01 09:00")
    let sequence = "complaint then visit within 5 days then call within 5 days"
    // Already no on the 6th, but its chances are equal only on the 11th.
    #expect(try truth(company, sequence, asOf: "2024-03-06") == false)
    #expect(try company.ask("customer | share(\(sequence))", asOf: "2024-03-10") == Told(rows: [[.missing]], open: 1))
    #expect(try company.ask("customer | share(\(sequence))", asOf: "2024-03-11") == Told(rows: [[0]]))
    let first = sequence + " of the first"
    #expect(try company.ask("customer | share(\(first))", asOf: "2024-03-06") == Told(rows: [[0]]))
  }

  @Test func anAWithoutTimeIsUnknown() throws {
    var company = Company()
    company.add("complaint", "c", .missing)
    #expect(
      try company.ask("customer | share(complaint then visit within 5 days)") == Told(rows: [[.missing]], unknown: 1))
  }

  @Test func eventsAfterAsOfAreUnseen() throws {
    var company = Company()
    company.add("complaint", "c", "2024-03-01 09:00")
    company.add("visit", "v", "2024-03-04 09:00")
    let sequence = "complaint then visit within 5 days"
    #expect(try truth(company, sequence, asOf: "2024-03-03") == .missing)
    #expect(try truth(company, sequence, asOf: "2024-03-04 08:59:59") == .missing)
    #expect(try truth(company, sequence, asOf: "2024-03-04 09:00") == true)
  }

  // 8, 9: matches as values, absence.

  @Test func elapsedIsInDaysWhereEitherEndIsADay() throws {
    var company = Company()
    company.add("complaint", "c", "2024-03-01 09:00")
    company.add("purchase", "p", "2024-03-04")
    company.add("visit", "v", "2024-03-01 10:00")
    let days = try company.value("customer | median((complaint then purchase within 9 days).elapsed)")
    #expect(days == .duration(Duration(days: 3)))
    let seconds = try company.value("customer | median((complaint then visit within 9 days).elapsed)")
    #expect(seconds == .duration(Duration(seconds: 3600)))
  }

  @Test func theStepsOfAMatchAreNamed() throws {
    var company = Company()
    company.add("complaint", "c", "2024-03-01 09:00")
    company.add("purchase", "p", "2024-03-04", ["amount": 7])
    let amounts = "(complaint as x then purchase as y within 9 days).y.amount"
    #expect(try company.value("customer | sum(\(amounts))") == 7)
    #expect(
      try company.value("customer | count(complaint as x then purchase where day(at) != day(x.at) within 9 days)") == 1)
  }

  @Test func absenceIsTheWindowThatRanOutWithoutOne() throws {
    var company = Company(["a", "b", "c"])
    company.add("complaint", "c1", "2024-03-01 09:00", ["customer": "a"])
    company.add("complaint", "c2", "2024-03-01 09:00", ["customer": "b"])
    company.add("complaint", "c3", "2024-03-09 09:00", ["customer": "c"])
    company.add("visit", "v", "2024-03-02 09:00", ["customer": "a"])
    let absence = "complaint then no visit within 5 days"
    #expect(
      try company.ask("customer | where \(absence) | select key", asOf: "2024-03-10") == Told(rows: [["b"]], open: 1))
    #expect(try company.ask("customer | share(\(absence))", asOf: "2024-03-10") == Told(rows: [[0.5]], open: 1))
    let share = try company.value("customer | share(\(absence) counting open)", asOf: "2024-03-10")
    let other = try company.value(
      "customer | share(complaint then visit within 5 days counting open)", asOf: "2024-03-10")
    guard case .number(let one) = share, case .number(let rest) = other else {
      Issue.record("no shares")
      return
    }
    #expect(abs(one + rest - 1) < 1e-12)
  }

  @Test func filtersAndGroupsAreAboutTheA() throws {
    var company = Company(["a", "b"])
    company.add("complaint", "c1", "2024-03-01 09:00", ["severity": 1])
    company.add("complaint", "c2", "2024-04-01 09:00", ["severity": 2])
    company.add("visit", "v", "2024-03-02 09:00")
    let told = try company.ask("complaint | share(complaint then customer.visit within 5 days) by severity")
    #expect(told.rows == [[1, 1], [2, 0]])
    #expect(
      try company.value("customer | share(complaint during 2024-04 then visit within 5 days)", asOf: "2024-12-31") == 0)
  }
}
