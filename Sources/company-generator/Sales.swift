/// Opportunities, quotes, purchases and deliveries.
///
/// Three stories are planted here. The customers of the dreaded installer do not come back within six months.
/// And the months of the quiet rep are alike: everybody's purchase days come from the customers' habits,
/// but her amounts are cut so that each month adds up to nearly the same. Those of the strong rep are cut so that his
/// months are more than anybody's and differ by no more than a quarter.
extension World {
  mutating func sell() {
    var days: [(customer: Int, day: Day)] = []
    for index in customers.indices {
      for day in purchaseDays(of: index) { days.append((index, day)) }
    }
    days += coveringEveryMonth(days)
    days.sort { ($0.day, $0.customer) < ($1.day, $1.customer) }
    for (customer, day) in days {
      purchases.append(Purchase(customer: customer, product: pickProduct(for: customer), at: day, amount: 0))
    }
    priceLumpy()
    priceQuiet()
    priceStrong()
    for purchase in purchases {
      precede(purchase)
      deliver(purchase)
    }
    install()
  }

  private mutating func purchaseDays(of index: Int) -> [Day] {
    let customer = customers[index]
    guard customer.scripted.isEmpty else { return customer.scripted }
    let first = (customer.joined + chance.integer(in: 9...18)).working
    guard first <= customer.lastActive else { return [] }
    var days = [first]
    switch customer.fate {
    case .onlyAsks, .untouched: return []
    case .buysOnce: break
    case .returnsLate:
      let second = (first + chance.integer(in: 195...300)).working
      if second <= customer.lastActive { days.append(second) }
    case .returns:
      var next = (first + chance.integer(in: 25...140)).working
      while next <= customer.lastActive {
        days.append(next)
        next = (next + chance.integer(in: 35...115)).working
      }
    }
    return days
  }

  /// A purchase for each rep's month that has none, by a customer who comes back anyway.
  private mutating func coveringEveryMonth(_ days: [(customer: Int, day: Day)]) -> [(customer: Int, day: Day)] {
    var covered = Set<Int>()
    var firsts: [Int: Day] = [:]
    for (customer, day) in days {
      if let rep = rep(of: customer, on: day) { covered.insert(rep * 100_000 + day.monthIndex) }
      firsts[customer] = min(firsts[customer] ?? day, day)
    }
    var added: [(customer: Int, day: Day)] = []
    for rep in Cast.reps.indices {
      for month in Self.opening.monthIndex...Self.closing.monthIndex
      where !covered.contains(rep * 100_000 + month) {
        let day = (Day(month / 12, month % 12 + 1, 1) + chance.integer(in: 3...25)).working
        let candidates = customers.indices.filter { index in
          guard let first = firsts[index], customers[index].fate == .returns else { return false }
          return customers[index].scripted.isEmpty && first < day && day <= customers[index].lastActive
            && self.rep(of: index, on: day) == rep
        }
        if !candidates.isEmpty { added.append((chance.pick(from: candidates), day)) }
      }
    }
    return added
  }

  private mutating func pickProduct(for customer: Int) -> Int {
    let late = customers[customer].buysFromLateSupplier ? chance.chance(90) : chance.chance(3)
    if late { return Cast.lateSupplier * 2 + chance.integer(in: 0...1) }
    let others = Cast.products.indices.filter { Cast.products[$0].2 != Cast.lateSupplier }
    return chance.pick(from: others)
  }

  /// Prices of equipment, in steps of 50,000 toman: mostly modest, now and then a whole line.
  private mutating func priceLumpy() {
    for index in purchases.indices {
      let isBig = chance.chance(11)
      purchases[index].amount = (isBig ? chance.integer(in: 2400...6400) : chance.integer(in: 240...1500)) * 50_000
    }
  }

  private mutating func priceQuiet() {
    var stream = chance
    for places in months(of: Cast.quietRep) { share(1500 + stream.integer(in: -160...160), among: places, of: &stream) }
    chance = stream
  }

  /// From a stream of chance of its own, so that the other stories stay as they were.
  private mutating func priceStrong() {
    var stream = SplitMix64(seed: 1618)
    for places in months(of: Cast.strongRep) {
      share(3600 + stream.integer(in: -900...900), among: places, of: &stream)
    }
  }

  /// The rep's purchases, a list a month.
  private func months(of rep: Int) -> [[Int]] {
    var months: [Int: [Int]] = [:]
    for (index, purchase) in purchases.enumerated() where self.rep(of: purchase.customer, on: purchase.at) == rep {
      months[purchase.at.monthIndex, default: []].append(index)
    }
    return months.keys.sorted().compactMap { months[$0] }
  }

  /// Prices that add up to so many steps of 50,000 toman.
  private mutating func share(_ sum: Int, among places: [Int], of chance: inout SplitMix64) {
    var rest = sum
    for (turn, place) in places.enumerated() {
      let remaining = places.count - turn
      let part = remaining == 1 ? rest : rest / remaining + chance.integer(in: -40...40)
      purchases[place].amount = part * 50_000
      rest -= part
    }
  }

  /// What usually comes before a purchase: an opportunity, and a quote some days later.
  private mutating func precede(_ purchase: Purchase) {
    guard chance.chance(45) else { return }
    let opened = (purchase.at - chance.integer(in: 10...26)).working
    guard opened > customers[purchase.customer].joined else { return }
    opportunities.append(Opportunity(customer: purchase.customer, at: workingMoment(on: opened), outcome: .won))
    let quoted = (opened + chance.integer(in: 2...8)).working
    quotes.append(
      Quote(
        customer: purchase.customer, product: purchase.product, at: workingMoment(on: quoted),
        amount: purchase.amount / 20 * 21))
  }

  private mutating func deliver(_ purchase: Purchase) {
    let promised = purchase.at + chance.integer(in: 7...15)
    let supplier = Cast.products[purchase.product].2
    let received = promised + delay(of: supplier)
    let isLost = chance.chance(1)
    let quantity = goods.integer(in: 4...12)
    let isShort = goods.chance(Cast.shortInAHundred[supplier])
    deliveries.append(
      Delivery(
        customer: purchase.customer, product: purchase.product, ordered: purchase.at, promised: promised,
        received: received > Self.closing || isLost ? nil : received, quantity: quantity,
        delivered: isShort ? quantity - goods.integer(in: 1...3) : quantity))
  }

  /// Days after the promised day. The second supplier is often a day late, but never more: predictable.
  private mutating func delay(of supplier: Int) -> Int {
    switch supplier {
    case 0: return chance.chance(8) ? chance.integer(in: 1...3) : chance.integer(in: -3...0)
    case 1: return chance.chance(25) ? 1 : 0
    case Cast.lateSupplier: return chance.chance(72) ? chance.integer(in: 6...24) : chance.integer(in: -1...0)
    case 3: return chance.chance(14) ? chance.integer(in: 1...5) : chance.integer(in: -2...0)
    default: return chance.integer(in: -6...1)
    }
  }

  /// Installers begin after the first delivery; two customers changed theirs; some have a contract.
  private mutating func install() {
    for index in customers.indices {
      let delivered = deliveries.filter { $0.customer == index }.compactMap(\.received).min()
      guard let delivered else {
        customers[index].installers = []
        continue
      }
      let start = (delivered + chance.integer(in: 1...6)).working
      customers[index].installers[0].start = min(start, Self.closing)
      let contractor = customers[index].installers[0].who
      if index == 16 || index == 41 {
        let change = Day(2023, 10, 7)
        customers[index].installers[0].end = change
        customers[index].installers.append(Tie(who: (contractor + 1) % 5, start: change))
      }
      guard chance.chance(60) else { continue }
      var begin = start + chance.integer(in: 5...20)
      while begin <= min(Self.closing, customers[index].lastActive) {
        let end = begin.adding(months: 12) - 1
        let fee = chance.integer(in: 60...240) * 100_000
        contracts.append(Contract(contractor: contractor, customer: index, start: begin, end: end, fee: fee))
        guard chance.chance(75) else { break }
        begin = end + 1
      }
    }
  }
}
