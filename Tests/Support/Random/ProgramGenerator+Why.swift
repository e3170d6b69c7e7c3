/// Questions of what goes with an outcome.
extension ProgramGenerator {
  /// One program that asks `why`, to stand after the definitions.
  package mutating func whyProgram() -> String {
    if chance(15) { return "why again" + whyTail("customer") }
    let kind = pick([
      "customer", "customer", "rep", "contact", "contact", "call", "purchase", "purchase", "complaint", "request",
      "survey", "happening",
    ])
    var text = Schema.written[kind] ?? kind
    if chance(20) { text += "\n| where \(truth(kind, 1))" }
    let outcome: String
    switch random.integer(0...9) {
    case 0...4: outcome = sequence(kind, 1)
    case 5 where kind == "customer": outcome = "left is not missing"
    case 6 where kind == "request": outcome = "resolved is not missing"
    case 7 where kind == "request": outcome = "last(survey).liked"
    case 8 where kind == "customer": outcome = "amount > 3 of purchase"
    default: outcome = truth(kind, 1)
    }
    text += "\n| why \(outcome)" + whyTail(kind)
    if chance(20) { text += "\n| where q <= 0.5 | select factor, with_n, q" }
    return text
  }

  private mutating func whyTail(_ kind: String) -> String {
    var text = ""
    if chance(35) {
      let names = (0..<random.integer(1...2)).map { _ in named(kind) }
      text += " among " + names.joined(separator: ", ")
    }
    if chance(35) { text += " by " + (chance(30) ? pick(["contact", "visit", "purchase"]) : self.text(kind, 0)) }
    return text
  }

  private mutating func named(_ kind: String) -> String {
    switch random.integer(0...6) {
    case 0: self.text(kind, 0)
    case 1: number(kind, 0)
    case 2: record(kind)
    case 3: truth(kind, 0)
    default: pick(["contact", "visit", "purchase", "meaningful", "contact.topic", "customer.contact", "complaint"])
    }
  }
}
