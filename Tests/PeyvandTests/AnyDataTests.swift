import Peyvand
import PeyvandBase
import PeyvandData
import PeyvandTestSupport
import Testing

/// Every measure put to data that nobody would call good: nothing, one record, everything missing, everything equal,
/// consequences before their causes, people who are their own superiors, numbers at the ends of what a number can be
/// and days at the ends of the calendar.
///
/// No measure may end the process, give what is no number, or stay blank without a word why. What the answers are is
/// held by the specs; here it is that there is one.
@Suite struct AnyDataTests {
  /// What a store is made of.
  enum Kind: CaseIterable, CustomTestStringConvertible {
    case nothing, one, missing, alike, ties, backwards, circle, extremes, ends, mixed

    var testDescription: String { "\(self)" }
  }

  static let seeds = 1...3

  static let schema = """
    entity rep { name: text, boss: rep }
    entity customer { name: text, region: text, size: number, good: yesno, joined: date, left: date happens, parent: customer }
    entity supplier { name: text }
    relationship serves { one rep, customer }
    event quote { customer, at: date }
    event contact { customer, rep, topic: text, took: duration, logged: yesno, at: time }
    event visit is contact {}
    event call is contact {}
    event purchase { customer, amount: number in toman, at: date }
    event delivery { customer, supplier, promised: date, at: date, ordered: number, came: number }
    event request { customer, closed: time happens, at: time }
    event survey { request, score: number, at: time }
    kpi back(window: 30 days)
      for customer
      dated first(purchase).at
      measure share(first(purchase) then purchase within window)
      target at least 40%
      warn below 45%
      needs 2 cases
      stages quote, contact, contact where topic = "a"
      decide "Call {worst(region)}."

    kpi level
      for customer
      dated joined
      measure mean(sum(purchase.amount))
      target at least 100 toman
      needs 2 cases
      stages quote, visit
      decide "Sell to {best(region)}."

    kpi wait
      for contact
      dated at
      measure median_until(contact then customer.purchase within 60 days)
      target at most 10 days
      needs 2 cases
      decide "Go."

    kpi gap
      for customer where count(purchase) > 1
      measure median(mean(gaps(purchase)))
      needs 2 cases
      decide "Go."

    kpi ratio
      for customer
      measure sum(size) / count(size)
      needs 1 cases
      decide "Go."

    process for customer
      goal "They stay."
      collect region, contact
      review every 3 months
      watch purchase where amount > 100: "Look."
    """

  /// Questions in which a blank is what there is of nothing, as the reference says: plain aggregates, and rows.
  static let plain: Set<String> = [
    "customer | mean(size) as m, stdev(size) as sd, sum(size) as total, count(size) as n by region",
    "purchase | sum(amount) as total, mean(amount) as m, stdev(amount) / mean(amount) as cv, max(amount) - min(amount) as range",
    "customer | mean(size) as m, low(mean(size)) as low, high(mean(size)) as high, stdev(size) as sd",
    "customer | select last(purchase before left).at, left - last(contact before left).at as silence, now - last(purchase).at as quiet",
    "customer | select name, back", "customer | select variant(contact, topic) as way, rework(contact, topic) as again",
    "agenda",
  ]

  /// The catalogue of measures, each in some of its forms.
  static let questions = [
    // Share, mean, median and what is around them.
    "customer | share(good) as s, low(share(good)) as low, high(share(good)) as high",
    "customer | mean(size) as m, low(mean(size)) as low, high(mean(size)) as high, stdev(size) as sd",
    "customer | median(size) as m, low(median(size)) as low, percentile(size, 90%) as p, mode(size) as mode",
    "customer | mean(size) as m, stdev(size) as sd, sum(size) as total, count(size) as n by region",
    "purchase | sum(amount) as total, mean(amount) as m, stdev(amount) / mean(amount) as cv, max(amount) - min(amount) as range",
    "customer | select name, mean(sum(amount) per month of (purchase during 2024)) as level",
    "customer | select rank(size) as place, percentile_rank(sum(purchase.amount)) as part",
    // Time.
    "customer | share(first(purchase) then purchase within 6 months) as full, share(first(purchase) then purchase within 6 months counting open) as naive",
    "customer | survival(first(purchase) then purchase within 6 months) as s, low(survival(first(purchase) then purchase within 6 months)) as low",
    "customer | survival((left else today) - joined, left is not missing, at: 30 days) as s, high(survival((left else today) - joined, left is not missing, at: 30 days)) as high",
    "customer | median_until((left else today) - joined, left is not missing) as half",
    "customer | logrank((left else today) - joined, left is not missing, by: region) as x, p(logrank((left else today) - joined, left is not missing, by: region)) as p",
    "customer | incidence((left else today) - joined, if(left is not missing, region), of: \"N\", at: 30 days) as i",
    "customer | median(gaps(purchase)) as usual",
    "customer | each purchase | median_until(purchase then customer.purchase within any time)",
    "contact | median((contact then customer.purchase within 30 days).elapsed) as took by topic",
    "customer | select last(purchase before left).at, left - last(contact before left).at as silence, now - last(purchase).at as quiet",
    "contact | share(contact then no customer.purchase within 10 days) as none",
    // Association.
    "customer | odds_ratio(any(contact), good) as o, p(odds_ratio(any(contact), good)) as p, low(odds_ratio(any(contact), good)) as low",
    "customer | odds_ratio(any(contact), good, within: region) as pooled",
    "customer | chi_square(region, good) as x, p(chi_square(region, good)) as p, cramers_v(region, good) as v",
    "customer | correlation(size, sum(purchase.amount)) as r, p(correlation(size, sum(purchase.amount))) as p, spearman(size, count(contact)) as s",
    "purchase | trend(amount) as t, trend(amount, at) as d, p(trend(amount)) as p, autocorrelation(amount) as again",
    "customer | gini(sum(purchase.amount)) as g, concentration(sum(purchase.amount)) as c",
    "customer | gini(size) as g, concentration(size) as c by region",
    "customer | risk_ratio(any(contact), good) as r, high(risk_ratio(any(contact), good)) as high, p(risk_ratio(any(contact), good)) as p",
    // What goes with it.
    "customer | why good",
    "customer | why first(purchase) then purchase within 30 days",
    "customer | why first(purchase) then purchase within 30 days among visit, call by contact",
    "contact | why logged by customer.region",
    "request | why last(survey).score >= 4",
    "why back among contact, region",
    // KPIs.
    "back", "level", "wait", "gap", "ratio", "back by region", "level by region", "back where region = \"N\"",
    "back(window: 1 day)", "back over quarter last 8", "level over month last 6", "wait over year last 4",
    "back vs previous quarter", "level vs previous year", "back through stages", "level through stages",
    "back through stages by region", "why back from 2023 to 2024 by region", "why level from 2023-Q1 to 2024-Q1",
    "watch back every quarter", "watch level every month breach for 2 periods", "back as of 2023-06-30",
    "customer | select name, back",
    // Processes.
    "customer | funnel quote, contact, purchase within 30 days by region",
    "customer | funnel quote, contact as c, purchase where amount > 0 within 30 days of the first counting best",
    "customer | retention of purchase from first(purchase) by quarter for 4",
    "customer | retention of purchase from joined by year or later for 3",
    "customer | flow of (contact or purchase or quote)", "customer | flow of contact by rep.name",
    "customer | select variant(contact, topic) as way, rework(contact, topic) as again",
    "agenda", "missing",
    // Turning points.
    "credit(purchase, contact, by: topic)", "credit(purchase, contact, by: topic, model: \"shapley\", within: 30 days)",
    "credit(purchase, contact, by: kind, model: \"decay\")",
    "credit(purchase, contact, by: topic, model: \"position\")",
    "credit(purchase where amount > 0, contact, by: rep.name, model: \"linear\")",
    // Charts and models.
    "purchase | sum(amount) as sold by month | control(sold)",
    "customer | select name, size | control(size, baseline: 6)",
    "purchase | sum(amount) as sold by year | chart bar", "customer | select name, size | chart line",
    "customer | bg_nbd(count(purchase) - 1, last(purchase).at - first(purchase).at, today - first(purchase).at)",
    "customer | bg_nbd(count(purchase) - 1, last(purchase).at - first(purchase).at, today - first(purchase).at, for: 90 days) | select name, alive, to_come",
    // Relations.
    "rep | select name, count((rep via boss)*1..9) as under", "customer | select name, count(parent*1..5) as above",
    "path from customer \"C-1\" to customer \"C-2\" over parent max 6",
    "supplier | select name, share(at > promised of delivery) as late, median(at - promised of delivery) as delay, percentile(at - promised of delivery, 75%) - percentile(at - promised of delivery, 25%) as spread, 1 - sum(came of delivery) / sum(ordered of delivery) as short",
    "map", "customer \"C-1\"", "map customer \"C-1\"",
  ]

  /// The first and nearly the last day of the calendar, worked out: literals have the years of living memory.
  static let lowest = "1700-01-01 - 1699 years"
  static let highest = "2999-12-30 + 7000 years"

  /// The statements that fill a store of a kind.
  static func store(_ kind: Kind, _ seed: Int) -> String {
    var random = SplitMix64(seed: UInt64(seed) &* 7_919 &+ 17)
    func pick<T>(_ choices: [T]) -> T { choices[random.integer(0...(choices.count - 1))] }
    func chance(_ percent: Int) -> Bool { random.integer(0...99) < percent }
    let many = kind == .nothing ? 0 : kind == .one ? 1 : random.integer(12...26)
    func day() -> String {
      switch kind {
      case .ties, .alike: return "2024-03-01"
      case .ends: return pick([lowest, highest, "2024-03-01", "\(lowest) + 58 days", "\(highest) - 1 day"])
      default:
        let month = random.integer(1...12)
        return "\(random.integer(2022...2024))-\(month < 10 ? "0" : "")\(month)-\(random.integer(10...28))"
      }
    }
    func time() -> String {
      kind == .ends
        ? pick(["1700-01-01 00:00 - 1699 years", "2999-12-31 23:59 + 7000 years", "2024-03-01 10:30"])
        : day() + pick([" 00:00", " 10:30", " 23:59"])
    }
    func number() -> String {
      switch kind {
      case .alike: return "5"
      case .extremes: return pick(["1e308", "-1e308", "1.7e308", "1e-308", "0", "-0.0", "9007199254740993", "1e154"])
      default: return pick(["0", "1", "2.5", "100", "-3", "1000"])
      }
    }
    let isMissing = kind == .missing
    func field(_ name: String, _ value: String, _ share: Int = 80) -> String {
      !isMissing && (kind != .mixed || chance(share)) ? "\(name): \(value), " : ""
    }
    var text = ""
    func add(_ line: String) { text += line.replacing(", }", with: " }") + "\n" }
    for n in 0..<min(many, 3) {
      let boss = kind == .circle ? field("boss", "\"R-\(n == 0 ? min(many, 3) : n)\"") : ""
      add("add rep \"R-\(n + 1)\" { \(field("name", "\"rep \(n + 1)\""))\(n > 0 || many > 2 ? "" : "")}")
      if !boss.isEmpty { text += "change rep \"R-1\" { boss: \"R-1\" }\n" }
      add("add supplier \"S-\(n + 1)\" { \(field("name", "\"supplier\""))}")
    }
    for n in 1...max(many, 1) where many > 0 {
      let region = kind == .alike ? "\"N\"" : pick(["\"N\"", "\"S\"", "\"W\""])
      add(
        "add customer \"C-\(n)\" { \(field("name", "\"customer \(n)\""))\(field("region", region))\(field("size", number()))"
          + "\(field("good", kind == .alike ? "yes" : pick(["yes", "no"])))\(field("joined", day()))"
          + "\(chance(30) ? field("left", day()) : "")}")
    }
    if kind == .circle {
      for n in 1...many { text += "change customer \"C-\(n)\" { parent: \"C-\(n % many + 1)\" }\n" }
      text += "change rep \"R-1\" { boss: \"R-\(min(many, 3))\" }\n"
    }
    guard many > 0 else { return text }
    for n in 1...many {
      let customer = "customer: \"C-\(n)\", "
      let rep = chance(80) ? "rep: \"R-\(random.integer(1...min(many, 3)))\", " : ""
      if kind == .backwards {
        // The purchase before its quote, the close before the request, the answer before the question.
        add("add purchase { \(customer)amount: \(number()), at: 2024-01-0\(random.integer(1...9)) }")
        add("add quote { \(customer)at: 2024-03-1\(random.integer(0...9)) }")
        add("add contact { \(customer)\(rep)topic: \"a\", at: 2024-05-01 10:00 }")
        add("add request \"Q-\(n)\" { \(customer)closed: 2024-01-01 10:00, at: 2024-06-01 10:00 }")
        add("add survey { request: \"Q-\(n)\", score: 5, at: 2023-12-01 10:00 }")
        add("add delivery { \(customer)supplier: \"S-1\", promised: 2024-06-01, at: 2023-01-01 }")
        text += "change customer \"C-\(n)\" { joined: 2024-09-01, left: 2023-01-01 }\n"
        continue
      }
      if !isMissing || chance(50) {
        add("add serves { rep: \"R-1\", \(customer)\(field("start", day()))}")
      }
      for _ in 0..<random.integer(0...3) { add("add quote { \(customer)\(field("at", day()))}") }
      for _ in 0..<random.integer(0...4) {
        add("add purchase { \(customer)\(field("amount", number()))\(field("at", day()))}")
      }
      for _ in 0..<random.integer(0...3) {
        add(
          "add \(pick(["contact", "visit", "call"])) { \(customer)\(rep)\(field("topic", pick(["\"a\"", "\"b\""])))"
            + "\(field("logged", pick(["yes", "no"])))\(field("took", "5 minutes"))\(field("at", time()))}")
      }
      add(
        "add delivery { \(customer)supplier: \"S-1\", \(field("promised", day()))\(field("at", day()))"
          + "\(field("ordered", number()))\(field("came", number()))}")
      add("add request \"Q-\(n)\" { \(customer)\(field("closed", time()))\(field("at", time()))}")
      if chance(70) { add("add survey { request: \"Q-\(n)\", \(field("score", number()))\(field("at", time()))}") }
    }
    return text
  }

  /// A question's answer in which nothing is a number that is none.
  private func isSound(_ answer: Answer) -> Bool {
    func isSound(_ value: Value) -> Bool {
      switch value {
      case .number(let number): number.isFinite
      case .duration(let length): length.days.isFinite && length.seconds.isFinite
      case .list(let values): values.allSatisfy(isSound)
      default: true
      }
    }
    switch answer.body {
    case .value(let value, _, _): return isSound(value)
    case .table(let table): return table.columns.allSatisfy { $0.values.allSatisfy(isSound) }
    case .card(let card): return isSound(card.value)
    default: return true
    }
  }

  /// Whether something is said beside an answer of one row with a blank in it.
  private func hasReason(_ answer: Answer) -> Bool {
    let isBlank: Bool
    switch answer.body {
    case .value(let value, _, _): isBlank = value == .missing
    case .table(let table): isBlank = table.rowCount == 1 && table.columns.contains { $0.values.first == .missing }
    default: isBlank = false
    }
    guard isBlank else { return true }
    let receipt = answer.receipt
    return receipt.n == 0 || receipt.unknown + receipt.open + receipt.insideUnknown + receipt.insideOpen > 0
      || !receipt.remarks.isEmpty || !receipt.columns.isEmpty || !receipt.excluded.isEmpty
      || !answer.notes.isEmpty || (receipt.of ?? 0) > (receipt.n ?? 0)
  }

  @Test(arguments: Kind.allCases, seeds) func everyMeasure(_ kind: Kind, _ seed: Int) throws {
    let day = kind == .ends && seed > 1 ? Self.highest : "2024-12-31"
    let begin = Sitting.Text(text: Self.schema + "\n" + Self.store(kind, seed) + "\nas of \(day)")
    let replies = Sitting().run([begin] + Self.questions.map { .init(text: $0) })
    let filled = try #require(replies.first)
    #expect(filled.status == .fine, "\(filled.text)")
    #expect(replies.count == Self.questions.count + 1)
    for (question, reply) in zip(Self.questions, replies.dropFirst()) {
      let words = reply.text.lowercased().split { !($0.isLetter || $0 == "-" || $0 == "+") }
      #expect(
        !words.contains { ["nan", "inf", "-inf", "+inf", "infinity", "-nan"].contains($0) },
        "\(question)\n\(reply.text)")
      let codes = Set(reply.diagnostics.filter { $0.severity == .error }.map(\.code))
      #expect(codes.isSubset(of: Self.allowed), "\(question)\n\(reply.text)")
      #expect(codes.isEmpty == (reply.status == .fine), "\(question)\n\(reply.text)")
      for answer in reply.answers {
        #expect(isSound(answer), "\(question)\n\(reply.text)")
        #expect(Self.plain.contains(question) || hasReason(answer), "no word why\n\(question)\n\(reply.text)")
      }
    }
  }

  /// What may be refused because of what the data are: a map around a record that is not there.
  static let allowed: Set<String> = ["E1805"]
}
