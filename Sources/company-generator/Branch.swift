/// The branch in Isfahan, which keeps books of its own: small things over a counter, no reps, no repairs.
///
/// One story: in the autumn of 2023 half of its customers were neglected, and most of those left in the year after, while
/// of the others hardly anybody did. So what their relationships were worth on the last day of 2023 foretells who leaves.
/// It is apart from the company so that there are enough leavers without making every other story another one.
struct Branch {
  private(set) var customers: [Customer] = []
  private(set) var contacts: [Contact] = []
  private(set) var purchases: [Purchase] = []

  /// The day as of which the relationships are looked at.
  static let lookBack = Day(2023, 12, 31)

  /// Every second customer leaves; of each half so many are the exception.
  private static let suddenLeavers = 3
  private static let faithfulAnyway = 2

  init() {
    var chance = SplitMix64(seed: 5772)
    for place in Cast.branch.indices {
      let leaves = place % 2 == 0
      let turn = place / 2
      // The exceptions: some leave out of the blue, some are neglected and stay.
      let isNeglected = leaves ? turn >= Self.suddenLeavers : turn < Self.faithfulAnyway
      let joined = (Day(2022, 1, 8) + place * 7 + chance.integer(in: 0...4)).working
      let left = leaves ? (Day(2024, 2, 3) + chance.integer(in: 0...200)).working : nil
      let silentFrom = isNeglected ? Day(2023, 7, 20) + chance.integer(in: 0...60) : left ?? World.closing
      var customer = Customer(
        name: Cast.branch[place], region: nil, segment: chance.pick(["SME": 7, "Public": 3]), city: "Isfahan",
        postalCode: "", joined: joined, fate: .returns, assignments: [], installers: [], buysFromLateSupplier: false)
      customer.left = left
      customers.append(customer)
      look(after: place, until: silentFrom, neglected: isNeglected, &chance)
      buy(place, until: silentFrom, &chance)
    }
    contacts.sort { ($0.at, $0.customer) < ($1.at, $1.customer) }
    purchases.sort { ($0.at, $0.customer) < ($1.at, $1.customer) }
  }

  /// A visit every five or six weeks while somebody looks after them, and mails throughout. Those who are neglected and
  /// stay are visited again in the new year.
  private mutating func look(after index: Int, until silentFrom: Day, neglected: Bool, _ chance: inout SplitMix64) {
    let end = (customers[index].left ?? World.closing) - 1
    func moment(_ day: Day, _ chance: inout SplitMix64) -> Moment {
      Moment(day.working, chance.integer(in: 8...17), chance.integer(in: 0...59))
    }
    func add(_ sort: Contact.Sort, on day: Day, _ chance: inout SplitMix64) {
      let at = moment(day, &chance)
      let minutes = sort == .visit ? chance.integer(in: 6...14) * 5 : nil
      guard at.day <= end else { return }
      contacts.append(
        Contact(
          sort: sort, customer: index, rep: nil, technician: nil, at: at, minutes: minutes, direction: nil,
          topic: "check-in", isLogged: true))
    }
    var day = customers[index].joined + chance.integer(in: 3...12)
    while day <= silentFrom, day < end {
      add(.visit, on: day, &chance)
      day = day + chance.integer(in: 31...44)
    }
    if neglected, customers[index].left == nil {
      day = Day(2024, 1, 20) + chance.integer(in: 0...20)
      while day < end {
        add(.visit, on: day, &chance)
        day = day + chance.integer(in: 31...44)
      }
    }
    day = customers[index].joined + chance.integer(in: 20...50)
    while day < end {
      add(.email, on: day, &chance)
      day = day + chance.integer(in: 70...120)
    }
  }

  /// Small things over the counter; whoever is neglected buys no more.
  private mutating func buy(_ index: Int, until silentFrom: Day, _ chance: inout SplitMix64) {
    let end = min(silentFrom + 20, (customers[index].left ?? World.closing) - 10)
    var day = (customers[index].joined + chance.integer(in: 9...18)).working
    while day <= end {
      purchases.append(Purchase(customer: index, product: 0, at: day, amount: chance.integer(in: 4...60) * 50_000))
      day = (day + chance.integer(in: 50...110)).working
    }
  }

  // MARK: Its books

  var exports: [Export] {
    func key(_ prefix: String, _ index: Int, _ width: Int) -> String { prefix + padded(index + 1, to: width) }
    var list = Export("branch_customers.csv", ["id", "company", "segment", "created_on", "closed_on"])
    for (index, customer) in customers.enumerated() {
      list.add([key("B-", index, 2), customer.name, customer.segment, customer.joined.text, customer.left?.text])
    }
    var talks = Export("branch_talks.csv", ["id", "type", "customer_id", "done_at", "length"])
    for (index, contact) in contacts.enumerated() {
      talks.add([
        key("BT-", index, 5), contact.sort.rawValue, key("B-", contact.customer, 2), contact.at.text,
        contact.minutes.map { "\($0) minutes" },
      ])
    }
    var invoices = Export("branch_sales.csv", ["invoice_no", "customer_id", "invoice_date", "amount_toman"])
    for (index, purchase) in purchases.enumerated() {
      invoices.add([
        key("BS-", index, 5), key("B-", purchase.customer, 2), purchase.at.text, String(purchase.amount),
      ])
    }
    return [list, talks, invoices]
  }

  // MARK: The truth

  /// Who had on the last day of 2023 been silent for more than twice the usual time, and who has left since. All were
  /// customers by then.
  var neglected: Truth.Answer {
    let keyed = customers.indices.map { index -> (Int, String?) in
      let talks = contacts.filter { $0.customer == index && $0.sort == .visit && $0.at.day <= Self.lookBack }.map(\.at)
      let gaps = zip(talks, talks.dropFirst()).map { Double($1.minute - $0.minute) }
      guard let last = talks.last, let usual = Truth.percentile(gaps, 0.5) else { return (index, nil) }
      return (index, Double((Self.lookBack - last.day) * 1440) / usual > 2 ? "2 neglected" : "1 not")
    }
    let rows = Truth.groups(keyed) { $0.1 }.map { key, members -> KeyValuePairs<String, JSON> in
      [
        "neglected": key.map { .text($0 == "2 neglected" ? "yes" : "no") } ?? .null,
        "customers": .integer(members.count), "gone": Truth.share(members.map { customers[$0.0].left != nil }),
      ]
    }
    return Truth.Answer(
      id: "branch.neglected",
      ask:
        "customer | with (silence as of 2023-12-31) > 2 as neglected "
        + "| measure count as customers, share(left is not missing) as gone by neglected",
      rows: rows)
  }
}
