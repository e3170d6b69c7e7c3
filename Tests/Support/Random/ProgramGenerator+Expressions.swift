/// What can be said of a record, by type; `depth` bounds how much is nested.
extension ProgramGenerator {
  mutating func many(_ kind: String) -> Schema.Step? {
    guard let steps = Schema.many[kind], let first = steps.first else { return nil }
    return random.pick(steps, else: first)
  }

  mutating func field(_ kind: String, _ type: String, else literal: String) -> String {
    var own = Schema.fields(kind, type)
    if own.isEmpty || chance(15) {
      for (name, target) in Schema.one[kind] ?? [] { own += Schema.fields(target, type).map { "\(name).\($0)" } }
    }
    return own.isEmpty ? literal : pick(own)
  }

  // MARK: Numbers

  mutating func number(_ kind: String, _ depth: Int) -> String {
    let literal = pick(["0", "1", "2", "3", "2.5", "10"])
    guard depth > 0 else { return field(kind, "number", else: chance(50) ? literal : "length(key)") }
    switch random.integer(0...19) {
    case 0...2: return field(kind, "number", else: literal)
    case 16:
      guard let step = many(kind), !Schema.fields(step.kind, "event").isEmpty else { return literal }
      let set = chance(50) ? "(\(step.path)\(filter(step.kind, 0)))" : step.path
      let body = chance(50) ? "count(\(step.kind))" : "\(pick(["sum", "mean", "max"]))(\(number(step.kind, 0)))"
      return "\(pick(["mean", "max", "count", "last"]))(\(body) per \(pick(["month", "quarter", "week"])) of \(set))"
    case 17:
      guard let step = many(kind) else { return literal }
      return
        "(\(step.path) | where \(truth(step.kind, 0)) | \(pick(["count", "measure sum(\(number(step.kind, 0)))"])))"
    case 18:
      guard let step = many(kind) else { return literal }
      let pair = "\(number(step.kind, 0)) of \(step.path), \(number(step.kind, 0)) of \(step.path)"
      return "round(1000 * correlation(\(pair)))"
    case 19: return pick(["again", "visits_paid", "score", "score(2)", "customer.score", "count(meaningful)"])
    case 3: return "(\(number(kind, depth - 1)) \(pick(["+", "-", "*", "/", "mod"])) \(number(kind, depth - 1)))"
    case 4: return "\(pick(["round", "floor", "abs"]))(\(number(kind, depth - 1)))"
    case 5: return "(\(number(kind, depth - 1)) else \(literal))"
    case 6: return "if(\(truth(kind, depth - 1)), \(number(kind, depth - 1)), \(number(kind, depth - 1)))"
    case 7: return "\(rial(kind, 0)) / \(rial(kind, 0))"
    case 8: return "hour(\(field(kind, "time", else: "now")))"
    case 9: return "(\(duration(kind, depth - 1)) / 1 day)"
    case 10...12:
      guard let step = many(kind) else { return literal }
      let set = chance(50) ? "(\(step.path)\(filter(step.kind, depth - 1)))" : step.path
      return "count(\(set))"
    case 13:
      guard let step = many(kind) else { return literal }
      return "share(\(truth(step.kind, depth - 1)) of \(step.path))"
    case 14: return "percentile(\(number(kind, 0)) of \(many(kind)?.path ?? kind), \(pick(["25%", "90%"])))"
    default:
      guard let step = many(kind) else { return literal }
      return "\(numeric())(\(number(step.kind, depth - 1)) of \(step.path))"
    }
  }

  mutating func rial(_ kind: String, _ depth: Int) -> String {
    guard depth > 0 else { return field(kind, "rial", else: "5 rial") }
    switch random.integer(0...5) {
    case 0...1: return field(kind, "rial", else: "5 rial")
    case 2: return "(\(rial(kind, depth - 1)) + \(rial(kind, depth - 1)))"
    case 3: return "(\(rial(kind, depth - 1)) * \(number(kind, 0)))"
    default:
      guard let step = many(kind) else { return "3 rial" }
      return "sum(\(rial(step.kind, 0)) of \(step.path))"
    }
  }

  // MARK: Texts, times, lengths

  mutating func text(_ kind: String, _ depth: Int) -> String {
    guard depth > 0 else { return field(kind, "text", else: "key") }
    switch random.integer(0...8) {
    case 0...3: return field(kind, "text", else: "key")
    case 4: return "\(pick(["lower", "upper", "trim"]))(\(text(kind, depth - 1)))"
    case 5: return "(\(text(kind, depth - 1)) else \"none\")"
    case 6: return "replace(\(text(kind, depth - 1)), \"o\", \"0\")"
    case 7: return "if(\(truth(kind, depth - 1)), \(text(kind, 0)), \(text(kind, 0)))"
    default: return "\"{key}: {length(key)}\""
    }
  }

  mutating func day() -> String {
    pick(["2023-12-31", "2024-02-15", "2024-03-01", "2024-04-10", "2024-05-31", "2024-06-15", "1403-02-10"])
  }

  mutating func when(_ kind: String, _ depth: Int) -> String {
    let field = field(kind, chance(50) ? "date" : "time", else: "today")
    guard depth > 0 else { return field }
    switch random.integer(0...6) {
    case 0...2: return field
    case 3: return "(\(field) \(pick(["+", "-"])) \(length(false)))"
    case 4: return "(\(field) else \(field == "now" ? "now" : pick(["today", "now"])))"
    case 5: return pick(["today", "now", "day(now)"])
    default:
      guard let step = many(kind), let own = Schema.fields(step.kind, "event").first else { return field }
      return "\(pick(["first", "last"]))(\(step.path)).\(own)"
    }
  }

  /// A length of time written out.
  mutating func length(_ isWindow: Bool) -> String {
    pick([
      "1 day", "5 days", "12 days", "30 days", "2 weeks", "1 month", "2 months", "90 days",
      isWindow ? "36 hours" : "3 hours", isWindow ? "1 month" : "90 minutes",
    ])
  }

  mutating func duration(_ kind: String, _ depth: Int) -> String {
    if isAboutTime, chance(33) {
      switch random.integer(0...2) {
      case 0: return "working(\(when(kind, 0)), \(when(kind, 0)))"
      case 1: return "\(pick(["median", "sum", "max"]))((\(sequence(kind, 0))).working)"
      default: return "if(\(truth(kind, 0)), \(when(kind, 0)) - \(when(kind, 0)), \(duration(kind, 0)))"
      }
    }
    if depth == 0 { return field(kind, "duration", else: "(now - \(field(kind, "time", else: "now")))") }
    switch random.integer(0...5) {
    case 0: return field(kind, "duration", else: "(today - \(field(kind, "date", else: "today")))")
    case 1: return "(\(when(kind, 0)) - \(when(kind, 0)))"
    case 2:
      guard let step = many(kind), !Schema.fields(step.kind, "event").isEmpty else { return "1 day" }
      return "\(pick(["mean", "median", "max", "min"]))(gaps(\(step.path)))"
    case 3:
      return chance(50) ? "median((\(sequence(kind, 0))).elapsed)" : "median_until(\(sequence(kind, 0)))"
    case 4: return "(2 * \(duration(kind, 0)))"
    default: return "(today - \(when(kind, 0)))"
    }
  }

  mutating func period(_ kind: String) -> String {
    "\(pick(["month", "quarter", "year", "week", "weekday", "day"]))(\(when(kind, 0)))"
  }

  mutating func record(_ kind: String) -> String {
    if let refs = Schema.one[kind], !refs.isEmpty, chance(70) {
      return refs[random.integer(0...(refs.count - 1))].name
    }
    guard let step = many(kind) else { return kind }
    return "\(pick(["first", "last"]))(\(step.path)\(chance(40) ? filter(step.kind, 0) : ""))"
  }

  // MARK: Yes or no

  mutating func truth(_ kind: String, _ depth: Int) -> String {
    let compare = pick(["=", "!=", "<", "<=", ">", ">="])
    guard depth > 0 else {
      switch random.integer(0...3) {
      case 0: return "\(field(kind, "text", else: "key")) \(pick(["=", "!="])) \"\(pick(["North", "big", "in"]))\""
      case 1: return field(kind, "yesno", else: "\(field(kind, "number", else: "1")) > 2")
      default: return "\(field(kind, "number", else: "1")) \(compare) \(random.integer(0...4))"
      }
    }
    let below = depth - 1
    if isAboutTime, chance(33) {
      let months = pick(["1 month", "2 months", "1 year", "1 month + 3 days", "20 days"])
      let step = many(kind).flatMap { Schema.fields($0.kind, "event").isEmpty ? nil : $0 }
      switch random.integer(0...4) {
      case 0: return "(\(when(kind, 0)) - \(when(kind, 0))) \(compare) \(months)"
      case 1: return "((\(when(kind, 0)) - \(when(kind, 0))) else (today - \(when(kind, 0)))) \(compare) \(months)"
      case 2: return "any((\(sequence(kind, 0))).elapsed \(compare) \(months))"
      case 3 where step != nil:
        return "\(pick(["any", "every", "none"]))(gaps(\(step?.path ?? "")) \(compare) \(months))"
      default:
        return "working(\(when(kind, 0)), \(when(kind, 0))) \(compare) \(pick(["3 hours", "40 hours", "20 days"]))"
      }
    }
    switch random.integer(0...23) {
    case 0...1: return "\(number(kind, below)) \(compare) \(number(kind, below))"
    case 2: return "\(rial(kind, below)) \(compare) \(pick(["20", "100 rial"]))"
    case 3: return "\(text(kind, below)) \(compare) \(text(kind, 0))"
    case 4:
      return "\(text(kind, below)) \(pick(["contains", "starts with", "ends with"])) \"\(pick(["o", "N", "ی", "-1"]))\""
    case 5: return "\(when(kind, below)) \(compare) \(pick([day(), "2024-05", "2024", "2024-Q2", "now", "last month"]))"
    case 6: return "\(field(kind, "time", else: field(kind, "date", else: "today")))\(timeFilter(kind))"
    case 7: return "\(duration(kind, below)) \(compare) \(pick(["3 days", "20 days", "40 hours"]))"
    case 8: return "(\(truth(kind, below)) and \(truth(kind, below)))"
    case 9: return "(\(truth(kind, below)) or \(truth(kind, below)))"
    case 10: return "not (\(truth(kind, below)))"
    case 11: return "(\(truth(kind, below))) is missing"
    case 12: return "\(text(kind, 0)) is \(pick(["", "not "]))missing"
    case 13: return "\(text(kind, 0)) \(pick(["", "not "]))in [\"North\", \"SME\", \"price\"]"
    case 14: return "\(number(kind, below)) between \(number(kind, 0)) and 5"
    case 15...18: return "(\(sequence(kind, below)))"
    case 19: return "(\(sequence(kind, below))) is open"
    case 20:
      if let (name, target) = Schema.one[kind]?.first, chance(40) {
        return chance(50) ? "\(name) is missing" : "\(name).key = \"\(target)-1\""
      }
      return "\(kind) is \(pick(["call", "visit", "technician", "maintains"]))"
    case 21:
      guard let step = many(kind) else { return "yes" }
      return "\(field(kind, "text", else: "key")) in \(step.path).\(pick(Schema.fields(step.kind, "text")))"
    default:
      guard let step = many(kind) else { return "yes" }
      if chance(30) { return "\(pick(["any", "none"]))(\(step.path)\(filter(step.kind, below)))" }
      return "\(pick(["any", "every", "none"]))(\(truth(step.kind, below)) of \(step.path))"
    }
  }

  // MARK: Sets and sequences

  mutating func timeFilter(_ kind: String) -> String {
    let moment =
      chance(60) ? day() : chance(50) ? pick(["2024-04", "2024-Q1", "2024", "now", "last month"]) : when(kind, 0)
    switch random.integer(0...7) {
    case 0: return " after \(moment)"
    case 1: return " before \(moment)"
    case 2: return " since \(moment)"
    case 3: return " until \(moment)"
    case 4: return " during \(pick(["2024-03", "2024-Q2", "2024", "last month", "2024-02 to 2024-04", "last 60 days"]))"
    case 5: return " within \(length(false)) after \(moment)"
    case 6: return " within \(length(false)) before \(moment)"
    default: return " within \(length(false)) from \(moment)"
    }
  }

  mutating func filter(_ kind: String, _ depth: Int) -> String {
    if chance(40), !Schema.fields(kind, "event").isEmpty { return timeFilter("") }
    return " where \(truth(kind, depth))"
  }

  /// A set of events in a record of a kind.
  mutating func events(_ kind: String, _ depth: Int) -> (text: String, kind: String)? {
    let steps = (Schema.many[kind] ?? []).filter { Schema.events.contains($0.kind) }
    guard let first = steps.first else { return nil }
    let step = random.pick(steps, else: first)
    guard chance(30) else { return (step.path, step.kind) }
    return ("(\(step.path)\(filter(step.kind, depth)))", step.kind)
  }

  mutating func sequence(_ kind: String, _ depth: Int) -> String {
    var first: String
    let isEvent = Schema.events.contains(kind)
    if isEvent, Schema.written[kind] == nil, chance(60) {
      first = kind
    } else if let found = events(kind, depth) {
      first = found.text
      if chance(25) { first = "\(pick(["first", "last"]))(\(first))" }
    } else {
      return "any(\(kind))"
    }
    var text = first
    let steps = chance(25) ? 2 : 1
    for step in 1...steps {
      guard let next = events(kind, depth) else { return text }
      let isAbsence = step == steps && chance(15)
      text += " then \(isAbsence ? "no " : "")\(next.text) within "
      text += steps == 1 && chance(7) ? "any time" : length(true)
      if step == 2, chance(40) { text += " of the first" }
      if chance(12) { text += " counting open" }
      if chance(15) { text += " counting ties" }
      if chance(12) { text += " to the second" }
    }
    return text
  }
}

/// What the generator knows of `CompanySchema`.
enum Schema {
  struct Step {
    var path: String
    var kind: String
  }

  static let events: Set<String> = [
    "contact", "call", "visit", "purchase", "complaint", "request", "survey", "happening", "dealing",
  ]

  /// Sets of several families, which have no name of their own.
  static let written = ["happening": "(visit or complaint)", "dealing": "(complaint or purchase)"]

  private static let own: [String: [String: [String]]] = [
    "customer": [
      "text": ["name", "region", "segment", "key"], "number": ["credit", "score"], "yesno": ["vip", "loyal"],
      "date": ["joined", "left"],
    ],
    "rep": ["text": ["name", "region", "key", "kind"]],
    "technician": ["text": ["name", "region", "key"], "number": ["level"]],
    "contractor": ["text": ["name", "key"], "rial": ["rate"]],
    "supplier": ["text": ["name", "key"], "yesno": ["abroad"]],
    "product": ["text": ["name", "key"], "rial": ["price"]],
    "serves": ["text": ["key"], "number": ["weight"], "date": ["start", "end"], "event": ["start"]],
    "installs": [
      "text": ["key", "kind"], "number": ["rating"], "rial": ["fee"], "time": ["start", "end"], "event": ["start"],
    ],
    "refers": ["text": ["key"], "date": ["start", "end"], "event": ["start"]],
    "contact": [
      "text": ["topic", "key", "kind", "direction"], "number": ["distance"], "yesno": ["logged"], "time": ["at"],
      "duration": ["length"], "event": ["at"],
    ],
    "call": [
      "text": ["topic", "key", "direction"], "yesno": ["logged"], "time": ["at"], "duration": ["length"],
      "event": ["at"],
    ],
    "visit": [
      "text": ["topic", "key"], "number": ["distance"], "yesno": ["logged"], "time": ["at"], "duration": ["length"],
      "event": ["at"],
    ],
    "purchase": [
      "text": ["key"], "number": ["quantity"], "rial": ["amount"], "date": ["at", "delivered"], "event": ["at"],
    ],
    "complaint": ["text": ["key"], "number": ["severity"], "time": ["at"], "event": ["at"]],
    "request": ["text": ["key"], "number": ["severity"], "time": ["at", "resolved"], "event": ["at"]],
    // Sets of several families: what all their kinds have, and what some have.
    "happening": [
      "text": ["topic", "key", "kind"], "number": ["severity", "distance"], "time": ["at"], "event": ["at"],
    ],
    "dealing": [
      "text": ["key", "kind"], "number": ["severity", "quantity"], "rial": ["amount"], "date": ["at", "delivered"],
      "event": ["at"],
    ],
    "survey": ["text": ["key"], "number": ["satisfaction"], "yesno": ["liked"], "date": ["at"], "event": ["at"]],
  ]

  static func fields(_ kind: String, _ type: String) -> [String] { own[kind]?[type] ?? [] }

  static let one: [String: [(name: String, kind: String)]] = [
    "customer": [("rep", "rep"), ("introduced_by", "customer")],
    "product": [("supplier", "supplier")],
    "serves": [("rep", "rep"), ("customer", "customer")],
    "installs": [("contractor", "contractor"), ("customer", "customer")],
    "refers": [("referrer", "customer"), ("referred", "customer")],
    "contact": [("customer", "customer"), ("rep", "rep"), ("customer.rep", "rep")],
    "call": [("customer", "customer"), ("rep", "rep")],
    "visit": [("rep", "rep"), ("customer", "customer")],
    "purchase": [
      ("product", "product"), ("customer", "customer"), ("customer.rep", "rep"), ("product.supplier", "supplier"),
    ],
    "complaint": [("customer", "customer"), ("product", "product"), ("customer.rep", "rep")],
    "happening": [("customer", "customer"), ("customer.rep", "rep"), ("product", "product")],
    "dealing": [("customer", "customer"), ("product", "product"), ("customer.rep", "rep")],
    "request": [("technician", "technician"), ("customer", "customer")],
    "survey": [("request", "request"), ("request.customer", "customer"), ("request.technician", "technician")],
  ]

  static let many: [String: [Step]] = [
    "customer": steps(
      "purchase", "purchase", "contact contact", "call", "visit", "complaint", "request", "contractor",
      "referred customer", "referrer customer", "purchase.product product", "contact.rep rep",
      "request.survey survey", "ever_contractor contractor", "installs", "serves", "ever_installs installs",
      "rep.visit visit", "(call_or_visit) contact", "meaningful contact",
      "(visit_or_complaint) happening", "(complaint_or_purchase) dealing", "referred.purchase purchase",
      "purchase.product.supplier supplier",
      "(referred)*1..2 customer"),
    "rep": steps(
      "contact", "call", "visit", "customer", "customer.purchase purchase", "customer.complaint complaint",
      "ever_customer customer", "serves", "visit.customer customer"),
    "technician": steps("request", "request.survey survey", "contact", "request.customer customer", "customer"),
    "contractor": steps(
      "customer", "customer.purchase purchase", "installs", "customer.complaint complaint", "ever_customer customer"),
    "product": steps("purchase", "complaint", "purchase.customer customer", "complaint.customer.rep rep"),
    "supplier": steps("product", "product.purchase purchase", "product.complaint complaint"),
    "request": steps("survey", "customer.purchase purchase", "customer.visit visit"),
    "contact": steps(
      "customer.purchase purchase", "customer.complaint complaint", "rep.visit visit", "customer.contractor contractor"),
    "call": steps("customer.purchase purchase", "customer.visit visit", "rep.customer customer"),
    "visit": steps("customer.complaint complaint", "customer.call call", "customer.referred customer"),
    "purchase": steps(
      "customer.visit visit", "customer.complaint complaint", "product.complaint complaint",
      "customer.purchase purchase", "customer.contractor contractor"),
    "happening": steps("customer.purchase purchase", "customer.complaint complaint"),
    "dealing": steps("customer.visit visit"),
    "complaint": steps("customer.purchase purchase", "customer.contact contact", "product.purchase purchase"),
    "survey": steps("request.customer.purchase purchase", "request.technician.request request"),
    "serves": steps("customer.purchase purchase", "rep.visit visit"),
    "installs": steps("customer.complaint complaint", "contractor.customer customer"),
    "refers": steps("referred.purchase purchase", "referrer.visit visit"),
  ]

  /// A path and the kind it leads to, where that is not the path itself; `_` within a path stands for a space.
  private static func steps(_ texts: String...) -> [Step] {
    texts.map { text in
      let parts = text.split(separator: " ").map(String.init)
      let path = parts[0].split(separator: "_", omittingEmptySubsequences: false).joined(separator: " ")
      return Step(path: path, kind: parts.count > 1 ? parts[1] : parts[0])
    }
  }
}
