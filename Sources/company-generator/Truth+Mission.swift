/// The stories planted for the questions that nobody's list of figures answers: who is high *and* steady, and whether a
/// visit is more than a contact.
extension Truth {
  /// The months of the exports, wholly seen; a rep's month without a sale is a month of nought.
  private func monthly(_ rep: Int) -> [Double] {
    var months = [Double](repeating: 0, count: World.closing.monthIndex - World.opening.monthIndex + 1)
    for purchase in world.purchases where world.rep(of: purchase.customer, on: purchase.at) == rep {
      months[purchase.at.monthIndex - World.opening.monthIndex] += Double(purchase.amount)
    }
    return months
  }

  /// Level and variation of each rep's months: the strong one has the highest level and the second lowest variation.
  var highAndSteady: Answer {
    let reps = Cast.reps.indices.map { rep -> (name: String, level: Double, variation: Double) in
      let months = monthly(rep)
      let level = Self.mean(months) ?? 0
      return (Cast.reps[rep].1, level, (Self.deviation(months) ?? 0) / level)
    }
    return Answer(
      id: "story.high_and_steady",
      ask:
        "rep | with sum(amount) per month of (customer.purchase since 2022-01-01) as months "
        + "| with mean(months) as level, stdev(months) / mean(months) as cv | select name, level, cv",
      rows: reps.map {
        [
          "name": .text($0.name), "level": .plain($0.level), "cv": .number($0.variation),
        ]
      })
  }

  /// Whether somebody visited within a week of a complaint, and whether the customer then bought within sixty days.
  var aftercare: Answer {
    let keyed = world.complaints.map { complaint -> (Complaint, String) in
      let isVisited = world.contacts.contains {
        $0.sort == .visit && $0.customer == complaint.customer && $0.at > complaint.at
          && $0.at.day <= complaint.at.day + 7
      }
      return (complaint, isVisited ? "2 visited" : "1 not")
    }
    let rows = Self.groups(keyed) { $0.1 }.map { key, members -> KeyValuePairs<String, JSON> in
      let closed = members.map(\.0).filter { $0.at.day + World.secondChance <= asOf }
      return [
        "visited": .text(key == "2 visited" ? "yes" : "no"), "complaints": .integer(members.count),
        "again": Self.share(closed.map(world.buysAgain)),
      ]
    }
    return Answer(
      id: "story.aftercare",
      ask:
        "complaint as c | measure count as complaints, "
        + "share(complaint then customer.purchase within 60 days) as again "
        + "by any(customer.visit within 7 days after c) as visited",
      rows: rows)
  }

  /// How often one has to speak with the supplier about an order.
  var contactsAnOrder: Answer {
    Answer(
      id: "story.contacts_an_order",
      ask: "supplier | select name, count(supplier_contact) / count(delivery) as contacts_an_order",
      rows: Cast.suppliers.indices.map { supplier in
        let orders = world.deliveries.count { Cast.products[$0.product].2 == supplier }
        let contacts = world.supplierContacts.count { $0.supplier == supplier }
        return [
          "name": .text(Cast.suppliers[supplier].1),
          "contacts_an_order": .plain(Double(contacts) / Double(max(orders, 1))),
        ]
      })
  }

  /// What came short of what was ordered, of the orders that came.
  var shortDeliveries: Answer {
    Answer(
      id: "story.short",
      ask:
        "supplier | select name, 1 - sum(received of delivery) / sum(quantity of delivery where received is not missing) as short",
      rows: Cast.suppliers.indices.map { supplier in
        let came = world.deliveries.filter { Cast.products[$0.product].2 == supplier && $0.received != nil }
        let ordered = came.reduce(0) { $0 + $1.quantity }
        let short = came.reduce(0) { $0 + $1.quantity - $1.delivered }
        return ["name": .text(Cast.suppliers[supplier].1), "short": .plain(Double(short) / Double(max(ordered, 1)))]
      })
  }
}
