import PeyvandTestSupport
import Testing

/// Programs about which the two evaluators once disagreed, made small: what each held against is said beside it.
@Suite struct FoundProgramTests {
  private static let programs: [(why: String, program: String)] = [
    ("no row left, the columns stay", "contractor where 10 between 2 and 5"),
    ("no row left in any batch", "customer\n| where left > now\n| select key as id, region as c1\n| distinct"),
    (
      "an empty list of truths is one of truths",
      "call where no\n| each customer.purchase\n| measure share(quantity > 1)"
    ),
    ("the two smallest are two, also in descending order", "request\n| select key as c1\n| sort by c1 desc"),
    ("yes before no in descending order", "customer\n| select vip as v, key as k\n| sort by v desc, k desc"),
    (
      "what did not come took no time",
      "contractor\n| measure median((customer.purchase then no customer.complaint within 30 days).elapsed)"
    ),
    ("an overtaken tie does not stand", "serves\n| select key, rep, customer"),
    ("who is overtaken has no customer", "call\n| select key, count(rep.customer) as n"),
    (
      "records stand once in a group whatever the batches",
      "customer\n| measure median(rating of installs) as m by ever installs.rating as k"
    ),
    (
      "a day has no instant to the second",
      "product\n| where (purchase then complaint within 1 month to the second)\n| select key"
    ),
    ("of two lists a pair is left out", "rep\n| select correlation(distance of visit, customer.credit of visit) as c"),
    (
      "no period to come is empty",
      "call as of 2023-12-31\n| measure count(1 per week of customer.visit during 2024-03)"
    ),
    ("missing ones of many hide nothing", "serves\n| where key in rep.visit.topic"),
    (
      "windows in days, then in hours, end late",
      "customer\n| measure share(complaint then visit within 12 days then call within 36 hours)"
    ),
    (
      "one tie however many steps",
      "supplier\n| measure share(product.complaint then product.purchase within 2 months then product.purchase within 30 days)"
    ),
    ("a correlation of no row", "visit where no\n| measure correlation(distance, distance) as m"),
    (
      "a column without aggregates has no receipt",
      "refers\n| measure 1 as m1, share(topic = \"North\" of referrer.visit) as m2"
    ),
    (
      "the first row that reaches a record says its value",
      "contact\n| measure share(customer.complaint then no rep.visit within 12 days)"
    ),
    ("a KPI is a value of its record", "contact\n| select key, again"),
    (
      "a measure of nothing has a receipt of its own",
      "visit as of 2024-06-15\n| measure median((customer.call then customer.complaint before 1403-02-10 within 90 days).elapsed) as m2, min(topic) as m3"
    ),
    (
      "also beside one that left something out",
      "refers\n| measure mode(distance of referrer.visit) as m1, median((referred.purchase then no referrer.visit within 2 months).elapsed) as m2"
    ),
    (
      "what a row leaves out before it stands in several groups",
      "rep\n| measure median(share(weight <= 0 of serves)) as m4 by ever customer.score as k5"
    ),
  ]

  @Test(arguments: programs.indices, [11, 12, 13, 17, 29])
  func bothAgree(_ place: Int, _ company: Int) throws {
    let comparison = EngineComparison(RandomCompany(seed: UInt64(company)))
    let (why, program) = Self.programs[place]
    guard case .agree = comparison.verdict(program) else {
      Issue.record("\(why):\n\(program)\n\(comparison.verdict(program))")
      return
    }
  }
}
