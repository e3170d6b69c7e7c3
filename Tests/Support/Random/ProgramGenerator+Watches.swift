/// Watches and processes.
extension ProgramGenerator {
  /// One watch of a KPI, to stand after the definitions.
  package mutating func watchProgram() -> String {
    let kpi = pick([
      "logged_share", "logged_share", "followed", "followed(window: 10 days)", "followed(most: 60%)",
      "followed(window: 20 days, most: share(logged of (contact during 2023-09)))", "warned_of", "steady_share",
    ])
    let isOfContacts = kpi.hasPrefix("logged") || kpi.hasPrefix("followed")
    var text = "watch \(kpi)"
    if chance(30) { text += " where \(truth(isOfContacts ? "contact" : "purchase", 0))" }
    if chance(40) {
      text += " by \(isOfContacts ? pick(["rep.region", "topic", "rep"]) : pick(["product", "customer.region"]))"
    }
    if chance(40) { text += " as of \(day())" }
    if chance(80) { text += " every \(pick(["month", "week", "quarter", "day", "2 months"]))" }
    if chance(40) { text += " breach for \(random.integer(1...3)) periods" }
    return text
  }

  /// A process or two and what is due of them.
  package mutating func agendaProgram() -> String {
    var text = ""
    for place in 0...random.integer(0...1) {
      let kind = pick(["customer", "customer", "rep", "supplier", "product"])
      text += "process p\(place) for \(kind)\(chance(30) ? " where \(truth(kind, 0))" : "")\n"
      if chance(60) { text += "  goal \"So it is.\"\n" }
      if kind == "customer", chance(80) {
        text += "  review every \(pick(["20 days", "1 month", "3 months", "2 weeks", "1 year"]))\n"
      }
      for _ in 0..<random.integer(kind == "customer" ? 0...2 : 1...2) {
        if chance(50), let step = many(kind) {
          text += "  watch \(step.path)\(filter(step.kind, 0)): \"See {key}.\"\n"
        } else {
          text += "  watch \(truth(kind, 1)): \"See {key}.\"\n"
        }
      }
      text += "\n"
    }
    return text + "agenda" + (chance(40) ? " as of \(day())" : "") + "\n"
  }
}
