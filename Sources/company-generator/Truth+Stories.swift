/// The planted stories, each by the simplest question that shows it.
extension Truth {
  /// Who came back, by the installer who holds the customer now.
  var returnByInstaller: Answer {
    let tied = firstPurchases.map { first in
      let now = world.customers[first.customer].installers.filter {
        $0.start <= asOf && asOf <= ($0.end ?? asOf)
      }
      return (first, now.first.map { Cast.contractors[$0.who].1 })
    }
    // Customers without any purchase stand in the group without an installer: nothing to share there.
    let buyers = Set(firstPurchases.map(\.customer))
    let others = world.customers.indices.filter { !buyers.contains($0) }
    var groups = Self.groups(tied) { $0.1 }.map { ($0.0, $0.1.map(\.0)) }
    if !others.isEmpty, !groups.contains(where: { $0.0 == nil }) { groups.append((nil, [])) }
    return Answer(
      id: "story.installer",
      ask:
        "customer | share(first(purchase) then purchase within 6 months) as returned by installs.contractor.name as installer",
      rows: groups.map { installer, firsts in
        ["installer": Self.name(installer), "returned": Self.share(firsts.filter { !$0.isOpen }.map(\.isBack))]
      })
  }

  struct Output {
    var rep: String
    var total: Double
    var level: Double
    var variation: Double
  }

  /// The reps' monthly sales, steadiest first. The sale is his who served the customer on that day.
  var outputs: [Output] {
    var months: [Int: [Int: Double]] = [:]
    for purchase in world.purchases {
      guard let rep = world.rep(of: purchase.customer, on: purchase.at) else { continue }
      months[rep, default: [:]][purchase.at.monthIndex, default: 0] += Double(purchase.amount)
    }
    let outputs = months.keys.sorted().compactMap { rep -> Output? in
      let byMonth = months[rep] ?? [:]
      let totals = byMonth.keys.sorted().compactMap { byMonth[$0] }
      guard let level = Self.mean(totals), let deviation = Self.deviation(totals) else { return nil }
      return Output(
        rep: Cast.reps[rep].1, total: totals.reduce(0, +), level: level, variation: deviation / level)
    }
    return outputs.sorted { $0.variation < $1.variation }
  }

  var steadyReps: Answer {
    Answer(
      id: "story.steady_rep",
      ask:
        "purchase | measure sum(amount) as output by customer.rep.name as rep, month(at) as period "
        + "| measure sum(output) as total, mean(output) as level, stdev(output) / mean(output) as cv by rep | sort by cv",
      rows: outputs.map {
        ["rep": .text($0.rep), "total": .plain($0.total), "level": .plain($0.level), "cv": .number($0.variation)]
      })
  }

  private func deliveries(of supplier: Int) -> [Delivery] {
    world.deliveries.filter { Cast.products[$0.product].2 == supplier }
  }

  private func delays(of supplier: Int) -> [Double] {
    deliveries(of: supplier).compactMap { delivery in delivery.received.map { Double($0 - delivery.promised) } }
  }

  /// Late share, usual delay and spread: the middle half of the delays.
  var supplierFriction: Answer {
    let rows = Cast.suppliers.indices.map { supplier -> (Double, KeyValuePairs<String, JSON>) in
      let delays = delays(of: supplier)
      let late = Self.mean(delays.map { $0 > 0 ? 1 : 0 }) ?? 0
      let spread = (Self.percentile(delays, 0.75) ?? 0) - (Self.percentile(delays, 0.25) ?? 0)
      return (
        late,
        [
          "name": .text(Cast.suppliers[supplier].1), "deliveries": .integer(deliveries(of: supplier).count),
          "late": .plain(late), "delay": .duration(days: Self.percentile(delays, 0.5) ?? 0),
          "spread": .duration(days: spread),
        ]
      )
    }
    return Answer(
      id: "story.supplier",
      ask:
        "supplier | select name, count(delivery) as deliveries, share(at > promised of delivery) as late, "
        + "median(at - promised of delivery) as delay, "
        + "percentile(at - promised of delivery, 75%) - percentile(at - promised of delivery, 25%) as spread | sort by late desc",
      rows: rows.sorted { $0.0 > $1.0 }.map(\.1))
  }

  private func ratings(ofCustomers customers: Set<Int>) -> [Double] {
    world.surveys.filter { customers.contains(world.requests[$0.request].customer) }
      .compactMap { $0.satisfaction.map(Double.init) }
  }

  /// Two hops away: what the customers of a supplier's deliveries answer about repairs.
  var supplierTwoHops: Answer {
    Answer(
      id: "story.supplier.two_hops",
      ask:
        "supplier | select name, share(at > promised of delivery) as late, "
        + "mean(satisfaction of delivery.customer.service_request.survey) as satisfaction",
      rows: Cast.suppliers.indices.map { supplier in
        [
          "name": .text(Cast.suppliers[supplier].1), "late": Self.share(delays(of: supplier).map { $0 > 0 }),
          "satisfaction": .plain(Self.mean(ratings(ofCustomers: Set(deliveries(of: supplier).map(\.customer))))),
        ]
      })
  }

  /// Satisfaction in the sixty days after a delivery, by whether it was late; each survey once a group.
  var lateAndSatisfied: Answer {
    let keyed = world.deliveries.map { delivery -> (Delivery, String) in
      let state = delivery.received.map { $0 > delivery.promised ? "2 late" : "1 in time" } ?? "3 not yet"
      return (delivery, Cast.suppliers[Cast.products[delivery.product].2].1 + "\t" + state)
    }
    let rows = Self.groups(keyed) { $0.1 }.map { key, members -> KeyValuePairs<String, JSON> in
      var found = Set<Int>()
      for (delivery, _) in members {
        guard let received = delivery.received else { continue }
        for (number, survey) in world.surveys.enumerated()
        where world.requests[survey.request].customer == delivery.customer && survey.at.day > received
          && survey.at.day <= received + 60
        {
          found.insert(number)
        }
      }
      let scores = found.sorted().compactMap { world.surveys[$0].satisfaction.map(Double.init) }
      let parts = (key ?? "").split(separator: "\t").map(String.init)
      let late: JSON = parts.last == "3 not yet" ? .null : .text(parts.last == "2 late" ? "yes" : "no")
      return [
        "supplier": Self.name(parts.first), "late": late, "deliveries": .integer(members.count),
        "satisfaction": .plain(Self.mean(scores)),
      ]
    }
    return Answer(
      id: "story.supplier.satisfaction",
      ask:
        "delivery as d | measure count as deliveries, "
        + "mean(satisfaction of customer.service_request.survey within 60 days after d) as satisfaction "
        + "by supplier.name as supplier, at > promised as late",
      rows: rows)
  }

  /// Finished requests: how they were rated, and whether the technician called within two days.
  var technicians: Answer {
    let closed = world.requests.indices.filter { world.requests[$0].closed != nil }
    let rows = Self.groups(closed) { Cast.technicians[world.requests[$0].technician].1 }.map {
      name, requests -> KeyValuePairs<String, JSON> in
      let ratings = requests.compactMap(lastRating)
      let called = requests.map { number in
        let request = world.requests[number]
        return world.contacts.contains { contact in
          guard let end = request.closed, contact.sort == .call, contact.customer == request.customer else {
            return false
          }
          return contact.technician == request.technician && contact.at > end && contact.at.day <= end.day + 2
        }
      }
      return [
        "name": Self.name(name), "requests": .integer(requests.count),
        "satisfied": Self.share(ratings.map { $0 >= 4 }), "called": Self.share(called),
      ]
    }
    return Answer(
      id: "story.technician",
      ask:
        "service_request as s | where closed is not missing "
        + "| measure count as requests, share(last(survey).satisfaction >= 4) as satisfied, "
        + "share(any(customer.call where technician = s.technician within 2 days after s.closed)) as called "
        + "by technician.name as name",
      rows: rows)
  }

  /// Contacts followed by an opportunity of that customer within thirty days, windows run out only.
  var leadsByTopic: Answer {
    let closed = world.contacts.filter { $0.at.day + 30 <= asOf }
    let rows = Self.groups(world.contacts) { $0.topic }.map { topic, _ -> KeyValuePairs<String, JSON> in
      let members = closed.filter { $0.topic == topic }
      let led = members.map { contact in
        world.opportunities.contains {
          $0.customer == contact.customer && $0.at > contact.at && $0.at.day <= contact.at.day + 30
        }
      }
      return ["topic": Self.name(topic), "leads": Self.share(led)]
    }
    return Answer(
      id: "story.topic",
      ask: "contact | share(contact then customer.opportunity within 30 days) as leads by topic", rows: rows)
  }

  var silenceBeforeLeaving: Answer {
    let ordered = silences.sorted { left, right in
      (left.days ?? -1, right.customer) > (right.days ?? -1, left.customer)
    }
    return Answer(
      id: "story.silence",
      ask:
        "customer | where left is not missing "
        + "| select name, left, left - last(meaningful before left).at as silence | sort by silence desc",
      rows: ordered.map { silence in
        [
          "name": .text(world.customers[silence.customer].name), "left": .text(silence.left.text),
          "silence": silence.days.map { .duration(days: Double($0)) } ?? .null,
        ]
      })
  }
}
