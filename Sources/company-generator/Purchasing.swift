/// How often somebody had to speak with a supplier about an order.
///
/// One story: who is late by weeks is called again and again, who keeps the day that he gave hardly ever. The contacts come
/// from a stream of chance of their own, so that the other stories stay as they were.
extension World {
  mutating func askSuppliers() {
    var chance = SplitMix64(seed: 1618)
    for (index, delivery) in deliveries.enumerated() {
      let supplier = Cast.products[delivery.product].2
      let percent = Cast.contactsInAHundred[supplier]
      let times = percent / 100 + (chance.chance(percent % 100) ? 1 : 0)
      let until = delivery.received ?? Self.closing
      for _ in 0..<times {
        let day = (delivery.ordered + chance.integer(in: 1...max(1, until - delivery.ordered))).working
        let at = Moment(day, chance.integer(in: 8...17), chance.integer(in: 0...59))
        let topic = chance.pick(["date": 6, "quantity": 2, "price": 1])
        guard day <= Self.closing else { continue }
        supplierContacts.append(SupplierContact(supplier: supplier, delivery: index, at: at, topic: topic))
      }
    }
    supplierContacts.sort { ($0.at, $0.delivery) < ($1.at, $1.delivery) }
  }
}

struct SupplierContact {
  var supplier: Int
  /// Its place among the deliveries.
  var delivery: Int
  var at: Moment
  var topic: String
}
