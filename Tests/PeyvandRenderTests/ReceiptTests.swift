import PeyvandBase
import PeyvandData
import PeyvandRender
import Testing

@Suite struct ReceiptTests {
  private func line(_ receipt: Receipt) throws -> String {
    try Samples.render(Answer(.value(.number(1), .plainNumber, name: "x"), receipt: receipt)).output
  }

  @Test func saysWhatWasCountedAndLeftOut() throws {
    #expect(
      try line(Samples.returnReceipt)
        == "1\n  8 of 12 customers; 4 open, 3 of them already yes · as of 2024-12-31\n")
  }

  @Test func oneIsSingular() throws {
    var receipt = Receipt()
    receipt.n = 1
    receipt.unit = "survey"
    #expect(try line(receipt) == "1\n  1 survey\n")
  }

  @Test(arguments: [
    ("survey", "surveys"), ("company", "companies"), ("branch", "branches"), ("process", "processes"),
    ("service_request", "service_requests"), ("مشتری", "مشتری"), ("box", "boxes"), ("status", "statuses"),
    ("installs", "records of `installs`"), ("serves", "records of `serves`"),
    ("reports_to", "records of `reports_to`"), ("referred", "records of `referred`"), ("feed", "feeds"),
    ("customer or serves", "customers or records of `serves`"),
  ])
  func plurals(name: String, plural: String) throws {
    var receipt = Receipt()
    receipt.n = 2
    receipt.unit = name
    #expect(try line(receipt) == "1\n  2 \(plural)\n")
  }

  @Test func oneOfANameThatIsAVerb() throws {
    var receipt = Receipt()
    receipt.n = 1
    receipt.unit = "installs"
    #expect(try line(receipt) == "1\n  1 record of `installs`\n")
  }

  @Test func everyReasonIsSaidInAFixedOrder() throws {
    var receipt = Receipt()
    receipt.unknown = 2
    receipt.ties = 1
    receipt.several = 5
    receipt.hasNoWindow = true
    receipt.excluded = ["without a time": 3, "closed before opened": 1]
    receipt.remarks = ["3 overlapping ties"]
    var column = ColumnReceipt()
    column.n = 4
    column.open = 1
    var whole = ColumnReceipt()
    whole.n = 4
    whole.of = 4
    receipt.columns = ["rate": column, "again": column, "whole": whole]
    #expect(
      try line(receipt) == """
        1
          2 unknown; 1 with another at the same moment, not counted; left out: 1 closed before opened, 3 without a time; \
        5 in more than one row; window: none
          again, rate: n = 4; 1 open
          3 overlapping ties

        """)
  }

  @Test func anInstantIsNamedWithItsTime() throws {
    var receipt = Receipt()
    receipt.asOf = 1_719_792_000
    #expect(try line(receipt) == "1\n  as of 2024-07-01 00:00\n")
  }

  @Test func theNotesFollow() throws {
    let note = Diagnostic("W4001", .warning, "the data is 12 days old", notes: ["import newer files"])
    let text = try Samples.render(Answer(.value(.number(1), .plainNumber, name: "x"), notes: [note])).output
    #expect(text == "1\n  warning[W4001]: the data is 12 days old\n    = import newer files\n")
  }

  @Test func theCardSaysItAll() throws {
    let text = try Samples.render(Answer(.card(Samples.card()), receipt: Samples.returnReceipt)).output
    #expect(
      text == """
        return_rate  [ok]
        Customers who buy again.

          75%   8 of 12 customers · 95% interval 39.1% to 86.2% (Wilson)
          target    at least 40% · 35 points above
          left out  4 open, 3 of them already yes
          trend     ▁·█  40% → 80%  2024-Q1 to 2024-Q3
          best      North 90% (n = 10)  by region
          worst     East 25% (n = 12)  by region
          decide    Call them.
          owner     Sales
          as of     2024-12-31

        """)
  }

  @Test func tooFewCasesGiveNoPercentage() throws {
    let text = try Samples.render(Answer(.card(Samples.card(.tooFew)))).output
    #expect(text.contains("too few (n = 12; 10 are needed)"))
    #expect(!text.contains("75%"))
    #expect(!text.contains("points"))
  }

  @Test func aMissedTargetSaysBelow() throws {
    let text = try Samples.render(Answer(.card(Samples.card(.breach, value: 0.39)))).output
    #expect(text.contains("at least 40% · 1 point below"))
  }
}
