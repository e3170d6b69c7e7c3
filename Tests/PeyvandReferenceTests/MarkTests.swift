import PeyvandData
import PeyvandTestSupport
import Testing

/// Missing, unknown and open, worked out by hand.
@Suite struct MarkTests {
  private var regions: Company {
    var company = Company([])
    company.builder.add("customer", "n", ["region": "North", "credit": 10])
    company.builder.add("customer", "s", ["region": "South"])
    company.builder.add("customer", "x", ["credit": 5])
    return company
  }

  @Test func aComparisonWithMissingIsNoAndMarked() throws {
    let company = regions
    #expect(try company.ask("customer | where region = \"North\" | select key") == Told(rows: [["n"]], unknown: 1))
    // Its negation keeps it.
    #expect(try company.ask("customer | where region != \"North\" | select key") == Told(rows: [["s"], ["x"]]))
    #expect(try company.ask("customer | where credit > 7 | select key") == Told(rows: [["n"]], unknown: 1))
    #expect(
      try company.ask("customer | where region starts with \"S\" | select key") == Told(rows: [["s"]], unknown: 1))
  }

  @Test func anUnknownIsShownGroupedAndSortedAsMissing() throws {
    let company = regions
    #expect(
      try company.ask("customer | select region = \"North\" as is_north").rows == [[true], [false], [.missing]])
    #expect(
      try company.ask("customer | count by region = \"North\"").rows == [[false, 1], [true, 1], [.missing, 1]])
    #expect(
      try company.ask("customer | sort by region = \"North\" desc | select key").rows == [["n"], ["s"], ["x"]])
  }

  @Test func aPlainPartDecides() throws {
    let company = regions
    // Of `and`: a plain no.
    #expect(try company.ask("customer | where credit = 99 and region = \"North\" | count") == Told(rows: [[0]]))
    // x has credit, and nobody knows its region.
    #expect(
      try company.ask("customer | where credit > 0 and region = \"North\" | count") == Told(rows: [[1]], unknown: 1))
    #expect(try company.ask("customer | where key = \"x\" or region = \"North\" | count") == Told(rows: [[2]]))
  }

  @Test func aShareLeavesOutWhatIsMarked() throws {
    let company = regions
    #expect(try company.ask("customer | share(region = \"North\")") == Told(rows: [[0.5]], unknown: 1))
    #expect(try company.ask("customer | share(region != \"North\")") == Told(rows: [[0.5]], unknown: 1))
    #expect(
      try company.ask("customer where key = \"x\" | share(region = \"N\")") == Told(rows: [[.missing]], unknown: 1))
  }

  @Test func isMissingAndElseSeeTheUnknownAndCarryNoMark() throws {
    let company = regions
    #expect(try company.ask("customer | share(region is missing)").rows == [[.number(1.0 / 3)]])
    #expect(
      try company.ask("customer | select (region = \"North\") else yes as r").rows == [[true], [false], [true]])
    #expect(try company.ask("customer | where (region = \"North\") is missing | select key").rows == [["x"]])
    #expect(try company.ask("customer | where region is not missing | count") == Told(rows: [[2]]))
  }

  @Test func ifTakesWhatIsNotYesAsNo() throws {
    let company = regions
    #expect(
      try company.ask("customer | select if(region = \"North\", 1, 0) as r").rows == [[1], [0], [0]])
    #expect(
      try company.ask("customer | select if(not (region = \"North\"), 1, 0) as r").rows == [[0], [1], [1]])
  }

  @Test func arithmeticOnMissingIsMissing() throws {
    let company = regions
    #expect(try company.ask("customer | select credit + 1 as c").rows == [[11], [.missing], [6]])
    #expect(try company.ask("customer | select credit / 0 as c").rows == [[.missing], [.missing], [.missing]])
    #expect(try company.ask("customer | select (credit else 1) * 2 as c").rows == [[20], [2], [10]])
  }

  @Test func aggregatesSkipTheMissing() throws {
    let company = regions
    let program =
      "customer | count(credit) as n, sum(credit) as s, mean(credit) as m, median(credit) as d, count as all"
    #expect(try company.ask(program).rows == [[2, 15, 7.5, 7.5, 3]])
    #expect(try company.ask("customer where key = \"s\" | sum(credit), min(credit)").rows == [[0, .missing]])
  }

  @Test func ofNothing() throws {
    let company = Company()
    let program =
      "customer | select any(visit) as a, none(visit) as n, every(logged of visit) as e, count(visit) as c, "
      + "first(visit) as f, share(logged of visit) as s, sum(distance of visit) as t"
    #expect(
      try company.ask(program).rows == [[false, true, .missing, 0, .missing, .missing, 0]])
  }

  @Test func anyIsAnOrAndEveryAnAnd() throws {
    var company = Company(["a", "b", "c"])
    company.add("visit", "v1", "2024-01-01 09:00", ["customer": "a", "logged": true])
    company.add("visit", "v2", "2024-01-02 09:00", ["customer": "a"])
    company.add("visit", "v3", "2024-01-01 09:00", ["customer": "b", "logged": false])
    company.add("visit", "v4", "2024-01-02 09:00", ["customer": "b"])
    company.add("visit", "v5", "2024-01-02 09:00", ["customer": "c", "logged": true])
    let rows = try company.ask(
      "customer | select any(visit.logged) as a, every(visit.logged) as e, none(visit.logged) as n"
    ).rows
    #expect(rows == [[true, .missing, false], [.missing, false, .missing], [true, true, false]])
  }

  @Test func missingStandsLastWhicheverWay() throws {
    let company = regions
    #expect(try company.ask("customer | sort by region | select key").rows == [["n"], ["s"], ["x"]])
    #expect(try company.ask("customer | sort by region desc | select key").rows == [["s"], ["n"], ["x"]])
    #expect(try company.ask("customer | count by region").rows == [["North", 1], ["South", 1], [.missing, 1]])
  }

  @Test func aNotYetIsNotMissing() throws {
    var company = Company()
    company.add("complaint", "c", "2024-03-01 09:00")
    let sequence = "(complaint then visit within 5 days)"
    let program = "customer | select \(sequence) is missing as m, \(sequence) is open as o, \(sequence) else yes as e"
    #expect(try company.ask(program, asOf: "2024-03-03").rows == [[false, true, .missing]])
    #expect(
      try company.ask("customer | where not \(sequence) | count", asOf: "2024-03-03") == Told(rows: [[0]], open: 1))
  }
}
