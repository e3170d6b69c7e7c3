/// Inquiries with their replies, and contacts with their topics.
///
/// Three stories: one rep writes down little of what he does; a demonstration leads to an opportunity far
/// more often than another contact; and with customers who leave, nobody had spoken for long in the months
/// before. Short calls and mails went on there, so the last contact of any kind does not show it.
extension World {
  mutating func converse() {
    for index in customers.indices where customers[index].fate != .untouched {
      inquire(index)
      contact(index)
    }
    // One inquiry whose week has not run out, and the last event of all on the last day.
    if let rep = rep(of: 0, on: Day(2024, 12, 29)) {
      inquiries.append(Inquiry(customer: 0, rep: rep, at: Moment(Day(2024, 12, 29), 10, 15), topic: "spare parts"))
    }
    addContact(.call, with: 0, at: Moment(Self.closing, 11, 40), minutes: 9, topic: "check-in")
  }

  private mutating func inquire(_ index: Int) {
    let customer = customers[index]
    var day = customer.joined
    while day <= min(customer.lastActive, Day(2024, 12, 10)) {
      let at = workingMoment(on: day)
      guard let rep = rep(of: index, on: at.day) else { return }
      let topic = chance.pick(["price": 4, "availability": 3, "spare parts": 3])
      inquiries.append(Inquiry(customer: index, rep: rep, at: at, topic: topic))
      reply(to: inquiries.count - 1)
      day = day + chance.integer(in: 95...190)
    }
  }

  private mutating func reply(to number: Int) {
    let inquiry = inquiries[number]
    let kind = chance.integer(in: 0...99)
    guard kind >= 7 else { return }
    let minutes: Int
    switch inquiry.rep {
    case 0: minutes = chance.integer(in: 120...600)
    case 1: minutes = chance.integer(in: 15...140)
    case Cast.unloggingRep: minutes = chance.integer(in: 240...1700)
    case Cast.quietRep: minutes = chance.integer(in: 50...330)
    default: minutes = chance.integer(in: 500...4000)
    }
    // A few answers come when the week is long over.
    let at = officeHours(Moment(minute: inquiry.at.minute + (kind < 10 ? chance.integer(in: 9...12) * 1440 : minutes)))
    replies.append(Reply(inquiry: number, rep: inquiry.rep, at: at))
    if chance.chance(12) {
      let again = officeHours(Moment(minute: at.minute + chance.integer(in: 60...2000)))
      replies.append(Reply(inquiry: number, rep: inquiry.rep, at: again))
    }
  }

  /// The moment itself, or the next time the office is open.
  private mutating func officeHours(_ moment: Moment) -> Moment {
    var day = moment.day
    if moment.minuteOfDay >= 18 * 60 { day = day + 1 }
    if day == moment.day, moment.minuteOfDay >= 8 * 60, !day.isFriday { return moment }
    return Moment(day.working, 8, chance.integer(in: 0...59))
  }

  private mutating func contact(_ index: Int) {
    let customer = customers[index]
    if let last = customer.lastTalk, !customer.isNeverTalkedTo {
      addContact(.visit, with: index, at: workingMoment(on: last), minutes: 50, topic: "check-in")
    }
    var day = customer.joined + chance.integer(in: 1...12)
    while day <= customer.lastContact - 1 {
      let at = workingMoment(on: day)
      let sort = chance.pick([Contact.Sort.call: 45, .visit: 20, .email: 35])
      let topic = chance.pick(["demo": 18, "pricing": 25, "support": 25, "check-in": 28, nil as String?: 4])
      switch sort {
      case .call: addContact(.call, with: index, at: at, minutes: chance.integer(in: 2...28), topic: topic)
      case .visit: addContact(.visit, with: index, at: at, minutes: chance.integer(in: 6...24) * 5, topic: topic)
      case .email: addContact(.email, with: index, at: at, minutes: nil, topic: topic)
      }
      if topic == "demo" { followUp(index, after: at.day) }
      day = day + chance.integer(in: 34...68)
    }
  }

  /// A demonstration that leads somewhere.
  private mutating func followUp(_ index: Int, after day: Day) {
    let opened = (day + chance.integer(in: 3...26)).working
    guard chance.chance(68), opened <= customers[index].lastActive else { return }
    let isOld = opened < Day(2024, 10, 1)
    let outcome: Opportunity.Outcome = isOld ? (chance.chance(80) ? .lost : .running) : .running
    opportunities.append(Opportunity(customer: index, at: workingMoment(on: opened), outcome: outcome))
  }

  /// A rep's contact. Where the stories want silence, a visit is a mail and a long call a short one.
  private mutating func addContact(
    _ sort: Contact.Sort, with index: Int, at: Moment, minutes: Int?, topic: String?
  ) {
    let customer = customers[index]
    var sort = sort
    var minutes = minutes
    let isSilent = customer.isNeverTalkedTo || customer.lastTalk.map { at.day > $0 } ?? false
    if isSilent, sort == .visit {
      sort = .email
      minutes = nil
    } else if isSilent, sort == .call {
      minutes = 1 + (minutes ?? 0) % 4
    }
    guard at.day <= customer.lastContact, let rep = rep(of: index, on: at.day) else { return }
    let roll = chance.integer(in: 0...99)
    let unlogged = rep == Cast.unloggingRep ? 46 : 5
    contacts.append(
      Contact(
        sort: sort, customer: index, rep: rep, technician: nil, at: at, minutes: minutes,
        direction: sort == .call ? chance.pick(["outgoing": 3, "incoming": 2]) : nil, topic: topic,
        isLogged: roll < 4 ? nil : roll >= 100 - unlogged ? false : true))
  }
}
