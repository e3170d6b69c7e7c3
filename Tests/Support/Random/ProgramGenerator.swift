/// Programs drawn by chance over `CompanySchema`, as text: most of them sound, some not.
///
/// Each kind of expression has its own production; a production of a type asks others for what it needs, down to
/// fields and literals. Nothing here knows what an answer should be: that is for the two evaluators to agree on.
package struct ProgramGenerator {
  var random: SplitMix64
  private var names = 0

  /// Whether one condition or length in three is about time: working time, gaps, differences beside months. Without
  /// it a seed's program stays what it was.
  let isAboutTime: Bool

  /// Whether every program is a KPI's table.
  let isAboutKPIs: Bool

  package init(seed: UInt64, isAboutTime: Bool = false, isAboutKPIs: Bool = false) {
    random = SplitMix64(seed: seed)
    self.isAboutTime = isAboutTime
    self.isAboutKPIs = isAboutKPIs
  }

  mutating func chance(_ percent: Int) -> Bool { random.chance(percent) }
  mutating func pick(_ choices: [String]) -> String { random.pick(choices, else: "1") }
  mutating func name(_ stem: String) -> String {
    names += 1
    return "\(stem)\(names)"
  }

  /// What every program may use.
  package static let definitions = """
    define loyal_days as 20 days
    define customer.loyal as count(purchase) >= 3
    define customer.score(plus: 1) as credit * 2 + plus
    define meaningful as visit or (call where length >= 20 minutes)
    kpi again(window: 2 months)
      for     customer
      measure share(first(purchase) then purchase within window)
      needs   2 cases
      decide  "Call them."
    kpi visits_paid
      for     customer where loyal
      measure count(visit) / count(purchase)
      needs   0 cases
      decide  "Visit less."
    kpi complained_after(window: 30 days)
      for     customer
      dated   first(contact).at
      measure share(contact then complaint within window)
      needs   1 cases
      stages  visit, purchase, request
      decide  "Ask what was said."
    kpi logged_share
      for     contact
      dated   at
      measure share(logged)
      target  at least 50%
      warn    below 70%
      needs   1 cases
      decide  "Log more."
    kpi followed(window: 30 days, most: 20%)
      for     contact
      dated   at
      measure share(contact then customer.complaint within window)
      target  at most most
      needs   2 cases
      decide  "Ask what was said."
    kpi warned_of
      for     purchase
      dated   at
      measure share(quantity > 2)
      warn    above share(quantity > 2 of (purchase during 2024-01))
      needs   1 cases
      decide  "Look."
    kpi steady_share
      for     purchase
      dated   at
      measure share(quantity > 2)
      target  between 30% and share(quantity > 1 of (purchase during 2023-11))
      needs   1 cases
      decide  "Look."

    """

  /// One program: a pipeline, or one value, to stand after the definitions.
  package mutating func program() -> String {
    names = 0
    if isAboutKPIs { return kpiTable() }
    if chance(6) { return topValue() }
    let kind = pick([
      "customer", "customer", "customer", "customer", "rep", "technician", "contractor", "product", "supplier",
      "contact", "call", "visit", "purchase", "purchase", "complaint", "request", "survey", "serves", "installs",
      "refers", "happening", "dealing",
    ])
    var text = Schema.written[kind] ?? kind
    for _ in 0..<random.integer(0...1) where chance(50) { text += filter(kind, 1) }
    if chance(10) { text = "(\(text)) as of \(day())" }
    return text + stages(kind)
  }

  private mutating func topValue() -> String {
    let kind = pick(["customer", "purchase", "contact", "survey", "complaint"])
    if chance(25) { return credit() }
    switch random.integer(0...4) {
    case 4: return pick(["again", "visits_paid", "again(window: 1 month)", "again where vip"])
    case 0: return "count(\(set(top: kind)))"
    case 1: return "share(\(truth(kind, 1)) of \(set(top: kind)))"
    case 2: return "\(pick(["mean", "median", "max", "sum", "stdev"]))(\(number(kind, 1)) of \(set(top: kind)))"
    default: return "\(pick(["any", "none", "every"]))(\(truth(kind, 1)) of \(set(top: kind)))"
    }
  }

  /// A KPI by groups, over periods, against another period, through its stages, or its change: the columns that are
  /// counted, not those that are estimated.
  private mutating func kpiTable() -> String {
    let unit = pick(["year", "quarter", "month", "month", "week", "day"])
    let kpi = pick(["complained_after", "complained_after", "complained_after(window: 2 months)"])
    let condition = chance(30) ? " where \(truth("customer", 1))" : ""
    let keys = chance(50) ? " by \(pick(["vip", "region", "count(purchase)", "month(first(contact).at)"]))" : ""
    let day = chance(40) ? " as of \(day())" : ""
    switch random.integer(0...5) {
    case 5:
      let pair = pick([
        "2024-01 to 2024-02", "2023-Q4 to 2024-Q1", "2023 to 2024", "2024-02 to 2024-03", "2024-Q1 to 2023",
      ])
      return "why \(kpi)\(condition) from \(pair) by \(pick(["vip", "region", "count(purchase)"]))"
    case 0:
      return
        "\(kpi)\(condition) by \(pick(["vip", "region", "quarter(first(contact).at)"]))\(day) | select value, n, open"
    case 1:
      let last = chance(60) ? " last \(random.integer(1...6))" : ""
      return
        "\(kpi)\(condition) over \(unit == "day" ? "week" : unit)\(last)\(keys)\(day) | select period, value, n, open, partial"
    case 2:
      let other = pick(["previous \(unit)", "last \(unit)", "this \(unit)", "2024-02", "2023-Q4", "2023"])
      return
        "\(kpi)\(condition) vs \(other)\(keys)\(day) | select period, value, n, open, partial, points, percent"
    case 3:
      return
        "\(kpi)\(condition) through stages\(keys)\(day) | select stage, reached, value, not_reached, value_without, reach"
    default:
      return
        "\(kpi)\(condition) over \(unit == "day" ? "month" : unit)\(keys)\(day) | where n > 1 | select period, n | take 4"
    }
  }

  private mutating func set(top kind: String) -> String { chance(50) ? "(\(kind)\(filter(kind, 1)))" : kind }

  // MARK: Stages

  private mutating func stages(_ source: String) -> String {
    var text = ""
    var kind = source
    var added: [(name: String, type: String)] = []
    for _ in 0..<random.integer(0...2) {
      switch random.integer(0...9) {
      case 0...5: text += "\n| where \(truth(kind, 2))"
      case 6...7:
        let (expression, type) = column(kind)
        let name = name("w")
        text += "\n| with \(expression) as \(name)"
        added.append((name, type))
      default:
        guard let next = Schema.many[kind]?.filter({ !$0.path.contains("ever") }), !next.isEmpty else { continue }
        let step = random.pick(next, else: next[0])
        text += "\n| each \(step.path)\(chance(30) ? filter(step.kind, 0) : "")"
        if chance(20) { text += " as \(name("r"))" }
        kind = step.kind
      }
    }
    if chance(10), let process = process(kind) { return text + process }
    if chance(45) { return text + measure(kind) }
    if chance(15) { return text + sortAndTake(added) }
    var columns: [(name: String, type: String)] = []
    var parts: [String] = ["key as id"]
    for _ in 0..<random.integer(1...3) {
      let (expression, type) = column(kind)
      let name = name("c")
      parts.append("\(expression) as \(name)")
      columns.append((name, type))
    }
    if chance(15) { parts.removeFirst() }
    text += "\n| select " + parts.joined(separator: ", ")
    return text + tail(columns)
  }

  /// A stage over the timelines of the records in hand.
  private mutating func process(_ kind: String) -> String? {
    guard let first = events(kind, 0), let second = events(kind, 0) else { return nil }
    switch random.integer(0...4) {
    case 4:
      let baseline = chance(30) ? ", baseline: \(random.integer(3...9))" : ""
      let chart = "\n| control(\(chance(70) ? number(kind, 0) : duration(kind, 0))\(baseline))"
      return chart + "\n| select key as id, mean, low, high, range, signal"
    case 0...1:
      var steps = [first.text, second.text]
      if chance(40), let third = events(kind, 0) { steps.append(third.text) }
      let window = pick(["within 20 days", "within 2 months", "within 90 days of the first", "within any time"])
      return "\n| funnel \(steps.joined(separator: ", ")) \(window)" + (chance(30) ? " counting best" : "")
        + (chance(40) ? " by \(text(kind, 0))" : "")
    case 2:
      let cohort = chance(60) ? "first(\(first.text))" : field(kind, "date", else: "first(\(first.text))")
      return "\n| retention of \(second.text) from \(cohort) by \(pick(["month", "quarter", "year"]))"
        + (chance(30) ? " or later" : "")
        + (chance(50) ? " for \(random.integer(0...4))" : "")
    default: return "\n| flow of \(first.text)" + (chance(70) ? " by \(text(first.kind, 0))" : "")
    }
  }

  /// Outcomes shared among the contacts before them.
  private mutating func credit() -> String {
    let outcome = pick(["purchase", "complaint", "(purchase where quantity > 1)"])
    let contact = pick(["contact", "visit", "(call where logged)"])
    var text = "credit(\(outcome), \(contact), by: \(pick(["topic", "kind", "rep", "rep.region"])), per: customer"
    let model = pick(["first", "last", "linear", "shapley", "position", "decay", "markov", "markov"])
    text += ", model: \"\(model)\""
    if model == "decay", chance(50) { text += ", half_life: \(pick(["3 days", "1 day", "30 days"]))" }
    if chance(60) { text += ", within: \(pick(["10 days", "2 months"]))" }
    return text + ")"
  }

  /// What may follow columns.
  private mutating func tail(_ columns: [(name: String, type: String)]) -> String {
    var text = ""
    if chance(20) { text += "\n| where \(test(columns))" }
    if chance(10) { text += "\n| distinct" }
    if chance(15), let first = columns.first(where: { $0.type == "number" }) {
      let key = columns.first { $0.name != first.name && $0.type != "list" }
      text += "\n| measure \(pick(["sum", "mean", "max", "count"]))(\(first.name)) as m"
      if let key { text += ", count as n by \(key.name)" }
      return text
    }
    return text + sortAndTake(columns)
  }

  private mutating func sortAndTake(_ columns: [(name: String, type: String)]) -> String {
    var text = ""
    let sortable = columns.filter { $0.type != "list" }
    if chance(35), !sortable.isEmpty {
      let keys = (0..<random.integer(1...2)).map { _ in
        random.pick(sortable, else: sortable[0]).name + (random.chance(50) ? " desc" : "")
      }
      text += "\n| sort by " + keys.joined(separator: ", ")
    }
    if chance(12) { text += "\n| skip \(random.integer(0...3))" }
    if chance(20) { text += "\n| take \(random.integer(0...5))" }
    return text
  }

  private mutating func test(_ columns: [(name: String, type: String)]) -> String {
    guard let column = columns.first(where: { $0.type != "list" }) else { return "yes" }
    switch column.type {
    case "number": return "\(column.name) \(pick([">", "<=", "=", "!="])) \(random.integer(0...6))"
    case "text": return "\(column.name) \(pick(["=", "!="])) \"North\""
    case "truth": return pick([column.name, "not \(column.name)"])
    default: return "\(column.name) is not missing"
    }
  }

  private mutating func measure(_ kind: String) -> String {
    var columns: [(name: String, type: String)] = []
    var parts: [String] = []
    for _ in 0..<random.integer(1...3) {
      let (expression, type) = group(kind)
      let name = name("m")
      parts.append("\(expression) as \(name)")
      columns.append((name, type))
    }
    var text = "\n| measure " + parts.joined(separator: ", ")
    if chance(70) {
      var keys: [String] = []
      for _ in 0..<random.integer(1...2) {
        let (expression, type) = key(kind)
        let name = name("k")
        keys.append("\(expression) as \(name)")
        columns.append((name, type))
      }
      text += " by " + keys.joined(separator: ", ")
      if chance(15) {
        text += " across " + key(kind).0
        let named = columns.last { _ in true }.map(\.name) ?? ""
        if chance(30) { text += "\n| where \(named) is not missing" }
        if chance(30) { text += "\n| sort by \(named) desc" }
        return chance(20) ? text + "\n| who" : text
      }
      if chance(12), let first = columns.first {
        return text + "\n| where \(test([first]))\n| who" + (chance(50) ? "\n| select key as id" : "")
      }
    }
    return chance(30) ? text + tail(columns) : text
  }

  private mutating func column(_ kind: String) -> (String, String) {
    switch random.integer(0...19) {
    case 0...4: (number(kind, 2), "number")
    case 5: (rial(kind, 2), "number")
    case 6...9: (truth(kind, 2), "truth")
    case 10...11: (text(kind, 1), "text")
    case 12...13: (when(kind, 1), "when")
    case 14...15: (duration(kind, 1), "duration")
    case 16: (period(kind), "period")
    case 17: (record(kind), "record")
    default: ("share(\(sequence(kind, 1)))", "number")
    }
  }

  private mutating func key(_ kind: String) -> (String, String) {
    switch random.integer(0...9) {
    case 0...3: return (text(kind, 0), "text")
    case 4: return (truth(kind, 1), "truth")
    case 5: return ("bucket(\(number(kind, 0)), 2)", "number")
    case 6: return (record(kind), "record")
    case 7:
      guard let step = many(kind) else { return (text(kind, 0), "text") }
      return ("\(step.path).\(pick(Schema.fields(step.kind, "text") + Schema.fields(step.kind, "number")))", "text")
    default: return (period(kind), "period")
    }
  }

  /// A value of a group.
  private mutating func group(_ kind: String) -> (String, String) {
    switch random.integer(0...19) {
    case 0...1: return ("count", "number")
    case 2...3: return ("\(numeric())(\(number(kind, 1)))", "number")
    case 4: return ("sum(\(rial(kind, 1)))", "number")
    case 5...6: return ("share(\(truth(kind, 1)))", "number")
    case 7...9: return ("share(\(sequence(kind, 1)))", "number")
    case 10: return ("count(\(sequence(kind, 1)))", "number")
    case 11:
      if chance(40) { return (statistic(kind), "number") }
      if chance(30) { return ("correlation(\(number(kind, 0)), \(number(kind, 0)))", "number") }
      return ("count(distinct(\(text(kind, 0))))", "number")
    case 12:
      guard let step = many(kind) else { return ("count", "number") }
      return ("count(\(step.path)\(chance(50) ? filter(step.kind, 1) : ""))", "number")
    case 13, 14:
      guard let step = many(kind) else { return ("count", "number") }
      return ("\(numeric())(\(number(step.kind, 0)) of \(step.path))", "number")
    case 15: return ("\(pick(["min", "max", "first", "last", "mode"]))(\(text(kind, 0)))", "text")
    case 16: return ("\(pick(["min", "max", "first", "last"]))(\(when(kind, 0)))", "when")
    case 17: return ("\(pick(["any", "none", "every"]))(\(truth(kind, 1)))", "truth")
    case 18: return ("\(pick(["mean", "median", "sum", "max"]))(\(duration(kind, 0)))", "duration")
    default: return ("median((\(sequence(kind, 0))).elapsed)", "duration")
    }
  }

  /// A measure of all cases of a group together.
  private mutating func statistic(_ kind: String) -> String {
    switch random.integer(0...17) {
    case 12:
      "\(pick(["low", "high"]))(\(pick(["mean", "median"]))(\(chance(70) ? number(kind, 0) : duration(kind, 0))))"
    case 13: "\(pick(["low", "high", "p"]))(odds_ratio(\(truth(kind, 0)), \(truth(kind, 1))))"
    case 14:
      "\(pick(["low", "high", "p"]))(odds_ratio(\(truth(kind, 0)), \(truth(kind, 0)), within: \(text(kind, 0))))"
    case 15:
      "\(pick(["low", "high", "p"]))(\(pick(["spearman", "correlation", "trend"]))(\(number(kind, 0)), \(number(kind, 0))))"
    case 16:
      pick([
        "p(logrank(\(number(kind, 0)), \(truth(kind, 0)), by: \(truth(kind, 0))))",
        "p(\(pick(["chi_square", "cramers_v"]))(\(text(kind, 0)), \(truth(kind, 0))))",
        "\(pick(["low", "high", "p"]))(trend(\(number(kind, 1))))",
      ])
    case 17:
      pick([
        "\(pick(["low", "high"]))(survival(\(number(kind, 0)), \(truth(kind, 0)), at: \(pick(["0", "1", "2"]))))",
        "\(pick(["low", "high"]))(median_until(\(number(kind, 0)), \(truth(kind, 0))))",
        "\(pick(["low", "high"]))(incidence(\(number(kind, 0)), \(text(kind, 0)), of: \"N\", at: 1))",
        "\(pick(["low", "high"]))(survival(\(sequence(kind, 1))))",
      ])
    case 0: "survival(\(number(kind, 0)), \(truth(kind, 1)), at: \(pick(["0", "1", "2"])))"
    case 1: "median_until(\(number(kind, 0)), \(truth(kind, 0)))"
    case 2: "logrank(\(number(kind, 0)), \(truth(kind, 0)), by: \(truth(kind, 0)))"
    case 3: "incidence(\(number(kind, 0)), \(text(kind, 0)), of: \"N\", at: \(pick(["0", "1", "2"])))"
    case 4: "chi_square(\(text(kind, 0)), \(truth(kind, 0)))"
    case 5: "cramers_v(\(text(kind, 0)), \(text(kind, 0)))"
    case 6: "\(pick(["odds_ratio", "risk_ratio"]))(\(truth(kind, 0)), \(truth(kind, 1)))"
    case 7: "odds_ratio(\(truth(kind, 0)), \(sequence(kind, 0)), within: \(text(kind, 0)))"
    case 8: "\(pick(["gini", "concentration", "trend", "autocorrelation"]))(\(number(kind, 1)))"
    case 9: "spearman(\(number(kind, 0)), \(number(kind, 0)))"
    case 10: "\(pick(["low", "high"]))(share(\(chance(50) ? truth(kind, 1) : sequence(kind, 1))))"
    default: "survival(\(sequence(kind, 1)))"
    }
  }

  mutating func numeric() -> String {
    pick(["sum", "mean", "median", "min", "max", "count", "stdev", "first", "last", "mode"])
  }
}
