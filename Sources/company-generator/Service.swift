/// Trainings, service requests with their surveys, follow-up calls, complaints.
///
/// Two stories: a part that came late shows weeks later in what the customer answers about a repair, two
/// hops away; and the technician who calls a day or two after the job is the one who is rated best.
extension World {
  mutating func serve() {
    for index in customers.indices {
      let received = deliveries.filter { $0.customer == index }.compactMap(\.received).min()
      guard let received else { continue }
      train(index, after: received)
      var day = received + chance.integer(in: 30...120)
      while day <= customers[index].lastActive - 16 {
        request(index, on: day)
        day = day + chance.integer(in: 90...190)
      }
    }
    for delivery in deliveries where isVeryLate(delivery) {
      guard let received = delivery.received else { continue }
      let limit = customers[delivery.customer].lastActive - 16
      let opened = received + chance.integer(in: 4...28)
      if chance.chance(60), opened <= limit { request(delivery.customer, on: opened) }
      let complained = (received + chance.integer(in: 0...6)).working
      if chance.chance(40), complained <= limit {
        complaints.append(
          Complaint(customer: delivery.customer, at: workingMoment(on: complained), topic: "late delivery"))
      }
    }
    for request in requests where chance.chance(7) {
      let day = (request.at.day + chance.integer(in: 1...5)).working
      let topic = chance.pick(["quality": 2, "billing": 1])
      complaints.append(Complaint(customer: request.customer, at: workingMoment(on: day), topic: topic))
    }
  }

  private func isVeryLate(_ delivery: Delivery) -> Bool {
    guard Cast.products[delivery.product].2 == Cast.lateSupplier, let received = delivery.received else { return false }
    return received - delivery.promised >= 6
  }

  private mutating func train(_ index: Int, after received: Day) {
    for (from, to, percent) in [(8, 30, 75), (200, 330, 50), (420, 560, 35)] {
      let day = (received + chance.integer(in: from...to)).working
      guard chance.chance(percent), day <= customers[index].lastActive else { continue }
      trainings.append(
        Training(
          customer: index, trainer: chance.integer(in: 0...2), at: workingMoment(on: day),
          topic: chance.pick(["first use": 3, "maintenance": 2, "safety": 1]), attendees: chance.integer(in: 2...9)))
    }
  }

  private mutating func request(_ index: Int, on day: Day) {
    let opened = workingMoment(on: day)
    let technician = chance.integer(in: 0...(Cast.technicians.count - 1))
    let closed = workingMoment(on: opened.day + chance.integer(in: 1...5))
    let isUnfinished = closed.day > Self.closing || chance.chance(3)
    requests.append(
      ServiceRequest(
        customer: index, technician: technician, at: opened, closed: isUnfinished ? nil : closed,
        severity: chance.integer(in: 1...3)))
    guard !isUnfinished else { return }
    callBack(index, technician: technician, closed: closed)
    survey(requests.count - 1, index, technician: technician, closed: closed)
  }

  /// Reps' contacts are made elsewhere: these calls have a technician and no rep.
  private mutating func callBack(_ index: Int, technician: Int, closed: Moment) {
    let wait: Int
    if technician == Cast.callingTechnician {
      guard chance.chance(92) else { return }
      wait = chance.integer(in: 1...2)
    } else {
      guard chance.chance(26) else { return }
      wait = chance.integer(in: 1...9)
    }
    // Not `.working`: a call a day late would be another story, so a Friday's call is made on Thursday.
    var day = closed.day + wait
    if day.isFriday { day = day - 1 }
    var at = Moment(day, chance.integer(in: 8...17), chance.integer(in: 0...59))
    if at <= closed { at = Moment(minute: closed.minute + 30) }
    guard at.day <= Self.closing else { return }
    let longest = customers[index].isNeverTalkedTo ? 4 : 12
    contacts.append(
      Contact(
        sort: .call, customer: index, rep: nil, technician: technician, at: at,
        minutes: chance.integer(in: 3...longest),
        direction: "outgoing", topic: "support", isLogged: true))
  }

  private mutating func survey(_ request: Int, _ index: Int, technician: Int, closed: Moment) {
    let at = workingMoment(on: closed.day + chance.integer(in: 3...7))
    guard chance.chance(78), at.day <= Self.closing else { return }
    let isBlank = chance.chance(5)
    let score = satisfaction(index, technician: technician, on: at.day)
    surveys.append(Survey(request: request, at: at, satisfaction: isBlank ? nil : score))
    // A few are asked a second time, and the later answer stands.
    let again = workingMoment(on: at.day + chance.integer(in: 4...9))
    if chance.chance(3), again.day <= Self.closing {
      surveys.append(Survey(request: request, at: again, satisfaction: min(5, score + 1)))
    }
  }

  private mutating func satisfaction(_ index: Int, technician: Int, on day: Day) -> Int {
    let suffers = deliveries.contains { delivery in
      guard delivery.customer == index, isVeryLate(delivery), let received = delivery.received else { return false }
      return received < day && day <= received + 60
    }
    let calls = technician == Cast.callingTechnician
    if suffers { return calls ? chance.pick([2: 3, 3: 4, 4: 3]) : chance.pick([1: 5, 2: 4, 3: 1]) }
    return calls ? chance.pick([5: 62, 4: 32, 3: 6]) : chance.pick([5: 26, 4: 42, 3: 22, 2: 10])
  }
}
