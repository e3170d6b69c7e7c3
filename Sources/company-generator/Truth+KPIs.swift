/// The five KPIs of the library, overall and by their first group.
extension Truth {
  /// What became of a first purchase: `isOpen` while its six months have not run out.
  struct FirstPurchase {
    var customer: Int
    var isBack: Bool
    var isOpen: Bool
  }

  var firstPurchases: [FirstPurchase] {
    world.customers.indices.compactMap { index in
      let days = world.purchases.filter { $0.customer == index }.map(\.at)
      guard let first = days.min() else { return nil }
      let end = first.adding(months: 6)
      return FirstPurchase(
        customer: index, isBack: days.contains { $0 > first && $0 <= end }, isOpen: end > asOf)
    }
  }

  private func returnRow(_ firsts: [FirstPurchase], needs: Int) -> [(String, JSON)] {
    let closed = firsts.filter { !$0.isOpen }
    let open = firsts.filter(\.isOpen)
    let value = closed.count < needs ? JSON.null : Self.share(closed.map(\.isBack))
    return [
      ("value", value), ("k", .integer(closed.filter(\.isBack).count)), ("n", .integer(closed.count)),
      ("open", .integer(open.count)), ("open_yes", .integer(open.filter(\.isBack).count)),
    ]
  }

  var returnOverall: Answer {
    let row = returnRow(firstPurchases, needs: 10)
    return Answer(
      id: "kpi.return_rate", ask: "return_rate",
      rows: [["value": row[0].1, "k": row[1].1, "n": row[2].1, "open": row[3].1, "open_yes": row[4].1]])
  }

  var returnByRegion: Answer {
    let rows = Self.groups(firstPurchases) { world.customers[$0.customer].region }.map {
      region, firsts -> KeyValuePairs<String, JSON> in
      let row = returnRow(firsts, needs: 10)
      return [
        "region": Self.name(region), "value": row[0].1, "k": row[1].1, "n": row[2].1, "open": row[3].1,
        "open_yes": row[4].1,
      ]
    }
    return Answer(id: "kpi.return_rate.by_region", ask: "return_rate by region", rows: rows)
  }

  /// Seconds from an inquiry to its first later reply within seven days; missing where none came.
  private func wait(_ number: Int) -> Double? {
    let asked = world.inquiries[number].at
    let replies = world.replies.filter { $0.inquiry == number && $0.at > asked && $0.at.day <= asked.day + 7 }
    return replies.map(\.at).min().map { Double($0.minute - asked.minute) * 60 }
  }

  /// The time by which half had their reply, by Kaplan and Meier: whoever has none is followed to the end of the week, or
  /// of the last day, and then leaves those at risk.
  private func responseRow(_ numbers: [Int]) -> (JSON, JSON, JSON) {
    let followed = numbers.map { number -> (seconds: Double, isAnswered: Bool) in
      if let wait = wait(number) { return (wait, true) }
      let asked = world.inquiries[number].at
      let end = min(asked.day + 7, asOf) + 1
      return (Double(Moment(end, 0, 0).minute - asked.minute) * 60, false)
    }
    var waiting = 1.0
    var median: Double?
    for time in Set(followed.filter(\.isAnswered).map(\.seconds)).sorted() where median == nil {
      let atRisk = followed.filter { $0.seconds >= time }.count
      let answered = followed.filter { $0.isAnswered && $0.seconds == time }.count
      waiting *= 1 - Double(answered) / Double(atRisk)
      if waiting <= 0.5 + 1e-12 { median = time }
    }
    return (
      numbers.count < 10 ? .null : median.map { .duration(seconds: $0) } ?? .null, .integer(numbers.count),
      .integer(followed.filter { !$0.isAnswered }.count)
    )
  }

  var response: Answer {
    let row = responseRow(Array(world.inquiries.indices))
    return Answer(
      id: "kpi.response_time", ask: "response_time", rows: [["value": row.0, "n": row.1, "unanswered": row.2]])
  }

  var responseByRep: Answer {
    let rows = Self.groups(Array(world.inquiries.indices)) { Cast.reps[world.inquiries[$0].rep].1 }.map {
      rep, numbers -> KeyValuePairs<String, JSON> in
      let row = responseRow(numbers)
      return ["rep.name": Self.name(rep), "value": row.0, "n": row.1, "unanswered": row.2]
    }
    return Answer(id: "kpi.response_time.by_rep", ask: "response_time by rep.name", rows: rows)
  }

  private func unlogged(_ contacts: [Contact]) -> (JSON, JSON, JSON, JSON) {
    let known = contacts.compactMap(\.isLogged)
    return (
      known.count < 10 ? .null : Self.share(known.map { !$0 }), .integer(known.filter { !$0 }.count),
      .integer(known.count), .integer(contacts.count - known.count)
    )
  }

  var neverLogged: Answer {
    let row = unlogged(world.contacts)
    return Answer(
      id: "kpi.never_logged", ask: "never_logged",
      rows: [["value": row.0, "k": row.1, "n": row.2, "unknown": row.3]])
  }

  var neverLoggedByRep: Answer {
    let rows = Self.groups(world.contacts) { $0.rep.map { Cast.reps[$0].1 } }.map {
      rep, contacts -> KeyValuePairs<String, JSON> in
      let row = unlogged(contacts)
      return ["rep.name": Self.name(rep), "value": row.0, "k": row.1, "n": row.2, "unknown": row.3]
    }
    return Answer(id: "kpi.never_logged.by_rep", ask: "never_logged by rep.name", rows: rows)
  }

  /// What the customer answered last about a request; missing where nothing was, or the last has no score.
  func lastRating(_ request: Int) -> Int? {
    world.surveys.filter { $0.request == request }.max { $0.at < $1.at }?.satisfaction
  }

  private func satisfiedRow(_ requests: [Int]) -> (JSON, JSON, JSON, JSON) {
    let ratings = requests.compactMap(lastRating)
    return (
      ratings.count < 10 ? .null : Self.share(ratings.map { $0 >= 4 }), .integer(ratings.filter { $0 >= 4 }.count),
      .integer(ratings.count), .integer(requests.count - ratings.count)
    )
  }

  var satisfied: Answer {
    let row = satisfiedRow(Array(world.requests.indices))
    return Answer(
      id: "kpi.satisfied_requests", ask: "satisfied_requests",
      rows: [["value": row.0, "k": row.1, "n": row.2, "unknown": row.3]])
  }

  var satisfiedByTechnician: Answer {
    let rows = Self.groups(Array(world.requests.indices)) { Cast.technicians[world.requests[$0].technician].1 }.map {
      technician, requests -> KeyValuePairs<String, JSON> in
      let row = satisfiedRow(requests)
      return [
        "technician.name": Self.name(technician), "value": row.0, "k": row.1, "n": row.2, "unknown": row.3,
      ]
    }
    return Answer(
      id: "kpi.satisfied_requests.by_technician", ask: "satisfied_requests by technician.name", rows: rows)
  }

  /// Customers who left, with the days since anybody met them or spoke with them for five minutes.
  var silences: [(customer: Int, left: Day, days: Int?)] {
    world.customers.indices.compactMap { index in
      guard let left = world.customers[index].left else { return nil }
      let talks = world.contacts.filter { contact in
        guard contact.customer == index, contact.at.day < left else { return false }
        return contact.sort == .visit || (contact.sort == .call && (contact.minutes ?? 0) >= 5)
      }
      return (index, left, talks.map(\.at.day).max().map { left - $0 })
    }
  }

  var silence: Answer {
    let known = silences.compactMap(\.days).map(Double.init)
    let median = Self.percentile(known, 0.5)
    return Answer(
      id: "kpi.silence_before_leaving", ask: "silence_before_leaving",
      rows: [
        [
          "value": median.map { .duration(days: $0) } ?? .null, "n": .integer(known.count),
          "unknown": .integer(silences.count - known.count),
        ]
      ])
  }
}
