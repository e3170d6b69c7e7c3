/// What somebody did after a complaint.
///
/// One story: each complaint is followed by one contact, so that all have as much of it, and its kind goes with what
/// comes after. Whom somebody visits buys again; who gets a mail seldom does. The contacts come from a stream of chance
/// of their own, so that the other stories stay as they were.
extension World {
  /// Within how many days of a complaint somebody gets in touch, and within how many the customer buys again.
  static let aftercare = 5
  static let secondChance = 60

  mutating func lookAfterComplaints() {
    var chance = SplitMix64(seed: 2718)
    let ordered = complaints.sorted { ($0.at, $0.customer) < ($1.at, $1.customer) }
    for complaint in ordered {
      let isByTheStory = chance.chance(88)
      let day = (complaint.at.day + chance.integer(in: 1...(Self.aftercare - 1))).working
      let at = Moment(day, chance.integer(in: 8...17), chance.integer(in: 0...59))
      let minutes = chance.integer(in: 6...18) * 5
      let isLogged = chance.chance(90)
      guard day <= customers[complaint.customer].lastActive, let rep = rep(of: complaint.customer, on: day) else {
        continue
      }
      let isVisit = buysAgain(after: complaint) == isByTheStory
      contacts.append(
        Contact(
          sort: isVisit ? .visit : .email, customer: complaint.customer, rep: rep, technician: nil, at: at,
          minutes: isVisit ? minutes : nil, direction: nil, topic: "complaint", isLogged: isLogged))
    }
  }

  func buysAgain(after complaint: Complaint) -> Bool {
    purchases.contains {
      $0.customer == complaint.customer && $0.at > complaint.at.day
        && $0.at <= complaint.at.day + Self.secondChance
    }
  }
}
