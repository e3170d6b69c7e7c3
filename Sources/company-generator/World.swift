/// Everything the example company ever recorded, before it is exported.
///
/// Who there is stands in arrays, and whoever refers to one holds its place in the array. What the stories
/// planted is in `Customer` (whom fate has in store for what) and in the tables of `Cast`; the events are
/// made from those by `Sales`, `Conversations`, `Service` and `Aftercare`, in this order, because each looks at
/// what the one before it made.
struct World {
  var chance: SplitMix64
  /// How much was ordered and came: a stream of its own, so that the other stories stay as they were.
  var goods = SplitMix64(seed: 3141)
  var customers: [Customer] = []

  var inquiries: [Inquiry] = []
  var replies: [Reply] = []
  var contacts: [Contact] = []
  var quotes: [Quote] = []
  var opportunities: [Opportunity] = []
  var purchases: [Purchase] = []
  var deliveries: [Delivery] = []
  var supplierContacts: [SupplierContact] = []
  var trainings: [Training] = []
  var requests: [ServiceRequest] = []
  var surveys: [Survey] = []
  var complaints: [Complaint] = []
  var contracts: [Contract] = []

  /// The exports cover these three years; the last event is on the last day.
  static let opening = Day(2022, 1, 1)
  static let closing = Day(2024, 12, 31)

  init(seed: UInt64) {
    chance = SplitMix64(seed: seed)
    castCustomers()
    sell()
    converse()
    serve()
    lookAfterComplaints()
    putInOrder()
    askSuppliers()
  }

  /// A moment of the working day; on a Friday, of the Saturday after.
  mutating func workingMoment(on day: Day) -> Moment {
    Moment(day.working, chance.integer(in: 8...17), chance.integer(in: 0...59))
  }

  /// Who served the customer on that day: of two on a handover day, the one that began last.
  func rep(of customer: Int, on day: Day) -> Int? {
    customers[customer].assignments
      .filter { $0.start <= day && day <= ($0.end ?? Self.closing) }
      .max { $0.start < $1.start }?.who
  }

  /// Events in the order of time, as a program that numbers them would export them.
  private mutating func putInOrder() {
    contacts.sort { ($0.at, $0.customer) < ($1.at, $1.customer) }
    quotes.sort { ($0.at, $0.customer) < ($1.at, $1.customer) }
    opportunities.sort { ($0.at, $0.customer) < ($1.at, $1.customer) }
    trainings.sort { ($0.at, $0.customer) < ($1.at, $1.customer) }
    complaints.sort { ($0.at, $0.customer) < ($1.at, $1.customer) }
    contracts.sort { ($0.start, $0.customer) < ($1.start, $1.customer) }

    let byTime = inquiries.indices.sorted { (inquiries[$0].at, $0) < (inquiries[$1].at, $1) }
    let rank = Dictionary(uniqueKeysWithValues: byTime.enumerated().map { ($1, $0) })
    inquiries = byTime.map { inquiries[$0] }
    for index in replies.indices { replies[index].inquiry = rank[replies[index].inquiry] ?? 0 }
    replies.sort { ($0.at, $0.inquiry) < ($1.at, $1.inquiry) }

    let opened = requests.indices.sorted { (requests[$0].at, $0) < (requests[$1].at, $1) }
    let requestRank = Dictionary(uniqueKeysWithValues: opened.enumerated().map { ($1, $0) })
    requests = opened.map { requests[$0] }
    for index in surveys.indices { surveys[index].request = requestRank[surveys[index].request] ?? 0 }
    surveys.sort { ($0.at, $0.request) < ($1.at, $1.request) }
  }
}

/// A tie to a person or a firm, with its first and its last day.
struct Tie {
  var who: Int
  var start: Day
  var end: Day?
}

struct Customer {
  /// What the stories have in store for the customer after the first purchase.
  enum Fate {
    case returns
    /// A second purchase, but only after more than six months.
    case returnsLate
    case buysOnce
    /// Asks and talks, never buys.
    case onlyAsks
    /// In the list, and nothing else.
    case untouched
  }
  var name: String
  var region: String?
  var segment: String?
  var city: String
  var postalCode: String
  var joined: Day
  var left: Day?
  /// The last day on which anybody spoke with the customer for long; missing for those who stay.
  var lastTalk: Day?
  /// Nobody ever spoke with this one for long.
  var isNeverTalkedTo = false
  var fate: Fate
  var assignments: [Tie]
  var installers: [Tie]
  var buysFromLateSupplier: Bool
  /// Purchase days written by hand, for the edges of the window.
  var scripted: [Day] = []

  /// Until when the customer buys, asks and is served.
  var lastActive: Day { left.map { (lastTalk ?? ($0 - 90)) - 1 } ?? World.closing }
  var lastContact: Day { left.map { $0 - 1 } ?? World.closing }
}

struct Inquiry {
  var customer: Int
  var rep: Int
  var at: Moment
  var topic: String
}
struct Reply {
  var inquiry: Int
  var rep: Int
  var at: Moment
}
struct Contact {
  enum Sort: String { case call, visit, email }
  var sort: Sort
  var customer: Int
  var rep: Int?
  var technician: Int?
  var at: Moment
  var minutes: Int?
  var direction: String?
  var topic: String?
  var isLogged: Bool?
}
struct Quote {
  var customer: Int
  var product: Int
  var at: Moment
  var amount: Int
}
struct Opportunity {
  enum Outcome { case won, lost, running }
  var customer: Int
  var at: Moment
  var outcome: Outcome
}
struct Purchase {
  var customer: Int
  var product: Int
  var at: Day
  /// In toman.
  var amount: Int
}
struct Delivery {
  var customer: Int
  var product: Int
  var ordered: Day
  var promised: Day
  var received: Day?
  var quantity: Int
  /// How many of them came.
  var delivered: Int
}
struct Training {
  var customer: Int
  var trainer: Int
  var at: Moment
  var topic: String
  var attendees: Int
}
struct ServiceRequest {
  var customer: Int
  var technician: Int
  var at: Moment
  var closed: Moment?
  var severity: Int
}
struct Survey {
  var request: Int
  var at: Moment
  var satisfaction: Int?
}
struct Complaint {
  var customer: Int
  var at: Moment
  var topic: String
}
struct Contract {
  var contractor: Int
  var customer: Int
  var start: Day
  var end: Day
  var fee: Int
}
