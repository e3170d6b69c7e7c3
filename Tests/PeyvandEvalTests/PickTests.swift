import PeyvandBase
import PeyvandData
import PeyvandEval
import Testing

/// The first and last record that a condition keeps, looked for from that end: the same answers as a look at all, and
/// the same receipt.
@Suite struct PickTests {
  /// Three customers with forty contacts each: a mail, then two calls, over and over, calls of 10, 20, … seconds.
  private static func company(unknown: Int? = nil) -> String {
    var lines = [
      "entity customer { left: date, quiet: yesno }", "event contact { customer, at: date, done: yesno }",
      "event mail is contact { }", "event call is contact { seconds: number }",
    ]
    for customer in 1...3 {
      lines.append("add customer \"C-\(customer)\" {\(customer == 3 ? "" : " left: 2024-0\(customer + 1)-01")}")
      for day in 0..<40 {
        let at = day < 31 ? "2024-01-\(day + 1)" : "2024-02-\(day - 30)"
        let written = at.split(separator: "-").map { $0.count == 1 ? "0\($0)" : String($0) }.joined(separator: "-")
        let done = day % 4 == customer % 4 ? "yes" : "no"
        let about = "customer: customer \"C-\(customer)\", at: \(written), done: \(done)"
        let key = "\"K-\(customer)-\(day)\""
        if day % 3 == 0 {
          lines.append("add mail \(key) { \(about) }")
        } else {
          let seconds = customer == 1 && day == unknown ? "" : ", seconds: \(day * 10)"
          lines.append("add call \(key) { \(about)\(seconds) }")
        }
      }
    }
    return lines.joined(separator: "\n")
  }

  @Test(arguments: [
    // A call of a day is of ten times as many seconds; the last, on the thirty-ninth day, of 380.
    ("last(contact where contact is call and seconds >= 100).at", "2024-02-08\n2024-02-08\n2024-02-08"),
    ("first(contact where contact is call and seconds >= 100).at", "2024-01-11\n2024-01-11\n2024-01-11"),
    ("last(contact where contact is mail or seconds < 30).at", "2024-02-09\n2024-02-09\n2024-02-09"),
    ("last(contact where not (contact is mail or seconds > 200)).at", "2024-01-21\n2024-01-21\n2024-01-21"),
    ("last((contact where contact is call and seconds < 60) until left).at", "2024-01-06\n2024-01-06\n–"),
    ("last((contact where contact is call) until left).at", "2024-02-01\n2024-02-08\n–"),
    ("last((contact where contact is mail) until left).done", "no\nno\n–"),
    ("first(contact since 2024-02-01 where done).at", "2024-02-03\n2024-02-04\n2024-02-01"),
    ("last(contact where contact is call and seconds > 1000).at", "–\n–\n–"),
    ("last(call where seconds between 100 and 199).at", "2024-01-20\n2024-01-20\n2024-01-20"),
    ("last(call where seconds in [20, 40]).at", "2024-01-05\n2024-01-05\n2024-01-05"),
    ("last(contact where seconds is missing).at", "2024-02-09\n2024-02-09\n2024-02-09"),
  ]) func fromTheEnd(expression: String, expected: String) throws {
    for batch in [1, 2, 100] {
      var desk = try Desk(Self.company())
      desk.batchSize = batch
      #expect(desk.ask("customer | select \(expression)") == expected)
    }
    // The call that cannot be told is far from either end, but the receipt knows of it.
    var desk = try Desk(Self.company(unknown: 7))
    #expect(desk.ask("customer | select \(expression)") == expected)
    // What `not` makes a yes of is kept, and nothing left out.
    let isAsked = expression.contains("seconds") && !expression.contains("is missing") && !expression.contains("not (")
    let unknown = try desk.receipt("customer | select \(expression)").insideUnknown
    #expect(unknown == (isAsked ? 1 : 0))
  }

  @Test func aKindThatHasNoSuchField() throws {
    // Mails have no seconds, so of each customer some contacts cannot be told.
    var desk = try Desk(Self.company())
    let question = "customer | select last(contact where seconds >= 100).at"
    #expect(desk.ask(question) == "2024-02-08\n2024-02-08\n2024-02-08")
    #expect(try desk.receipt(question).insideUnknown == 3)
  }
}
