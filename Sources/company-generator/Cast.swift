/// Who there is, and which story each is part of.
///
/// Five reps, five installers, five suppliers, five technicians: one of each carries a story, and the
/// other four are what it is to be seen against.
enum Cast {
  static let reps = [
    ("R-01", "Kaveh Rostami", "North"), ("R-02", "Nasrin Ahmadi", "South"), ("R-03", "Babak Jalali", "West"),
    ("R-04", "Shirin Moradi", "East"), ("R-05", "Omid Farhadi", "Center"),
  ]
  /// Her months are alike; nobody else's are.
  static let quietRep = 3
  /// His months are higher than anybody's, and nearly as steady as hers.
  static let strongRep = 0
  /// Nearly half of what he does with customers he never writes down.
  static let unloggingRep = 2

  static let contractors = [
    ("I-1", "Alvand Installers"), ("I-2", "Bisotun Fitters"), ("I-3", "Kavir Install"), ("I-4", "Sabalan Works"),
    ("I-5", "نصب‌گران زاگرس"),
  ]
  /// Of the customers whose machines he put up, one came back.
  static let dreadedInstaller = 2

  static let suppliers = [
    ("S-1", "Arvand Parts"), ("S-2", "Caspian Bearings"), ("S-3", "Toos Drives"), ("S-4", "Sahand Optics"),
    ("S-5", "قطعه‌سازان سپاهان"),
  ]
  static let lateSupplier = 2
  /// Of a hundred deliveries so many bring less than was ordered.
  static let shortInAHundred = [22, 3, 35, 14, 0]
  /// About a hundred orders one speaks with the supplier so often.
  static let contactsInAHundred = [60, 15, 160, 50, 35]

  static let technicians = [
    ("T-1", "Arash Karimi"), ("T-2", "Leila Nikzad"), ("T-3", "Davood Salehi"), ("T-4", "Parvin Shams"),
    ("T-5", "یاشار آق‌بلاغ"),
  ]
  /// She calls the customer a day or two after the job.
  static let callingTechnician = 1

  static let trainers = [("TR-1", "Mehdi Tavakoli"), ("TR-2", "Sara Yazdani"), ("TR-3", "Hamid Fallah")]

  /// Two of each supplier, in the suppliers' order.
  static let products = [
    ("0107", "Pressure gauge P7", 0), ("0112", "Flow meter F12", 0), ("0203", "Bearing tester B3", 1),
    ("0218", "Vibration probe V18", 1), ("0301", "Servo drive D1", 2), ("0307", "Drive controller D7", 2),
    ("0404", "Level sensor L4", 3), ("0419", "Optical scanner O19", 3), ("0502", "Calibration kit K2", 4),
    ("0511", "Torque wrench set W11", 4),
  ]

  /// Region, its rep, its cities with the first two digits of their postal codes, and how many customers.
  static let regions: [(name: String, rep: Int, cities: [(String, String)], size: Int)] = [
    ("North", 0, [("Rasht", "41"), ("Sari", "48")], 13), ("South", 1, [("Shiraz", "71"), ("Bushehr", "75")], 13),
    ("West", 2, [("Hamedan", "65"), ("Tabriz", "51")], 13), ("East", 3, [("Mashhad", "91"), ("Birjand", "97")], 13),
    ("Center", 4, [("Tehran", "01"), ("Kashan", "87")], 8),
  ]

  static let customers = [
    "Gilan Dairy", "آب‌گستر شمال", "Caspian Fisheries, Ltd.", "Mazand Paper", "Talesh Timber", "فرآوران چوب مازند",
    "Lahijan Tea House", "Amol Plastics", "Noor Glass", "Chalus Pumps", "دریاکشت خزر", "Rudsar Silk", "Babol Ceramics",
    "Pars Citrus", "صنايع غذايي كاوه", "Bushehr Shipyard", "Fars Cement", "Jahrom Dates", "Kazerun Textiles",
    "می‌گل جنوب", "Lar Steel \"Old Mill\"", "Marvdasht Sugar", "Persepolis Tiles", "Ganaveh Nets", "نیرورسان شیراز",
    "Firuzabad Carpets", "Alvand Bakery", "Azar Machine Works", "تبریزموتور", "Ecbatana Leather", "Maragheh Optics",
    "Marand Foundry", "پویا صنعت غرب", "Malayer Raisins", "Nahavand Mills", "Ahar Copper", "Bonab Steel",
    "Sarab Dairy", "داده‌پردازان سهند", "Khorasan Saffron", "Tus Pharma", "فن‌آوران توس", "Sabzevar Cotton",
    "Nishapur Turquoise", "Birjand Barberry", "Quchan Flour", "Torbat Engines", "کشت و صنعت شرق", "Gonabad Water",
    "Kashmar Grapes", "Qaen Looms", "Bojnord Petro", "Tehran Lab Supply", "Rey Cold Store", "پارس‌آزما",
    "Kashan Rosewater", "Karaj Seeds", "Varamin Foods", "هوافضای البرز", "Natanz Pears",
  ]

  /// Those of the branch, who stand at the end of the list.
  static let branch = [
    "Zayandeh Tools", "Naqsh Instruments", "Khaju Mills", "سپاهان ابزار", "Jolfa Bakery",
    "Atashgah Ceramics", "Sheikh Bahai Press", "Najafabad Dairy", "نقش جهان پلاست", "Shahreza Pottery",
    "Kolah Farangi Foods", "Falavarjan Steel", "Mobarakeh Coils", "زاینده‌رود چاپ", "Lenjan Rice",
    "Khansar Honey", "Golpayegan Leather", "Ardestan Carpets", "Nain Weavers", "فولاد فریدن",
    "Semirom Apples", "Dehaqan Stone", "Tiran Marble", "Varzaneh Salt", "Borkhar Glass",
    "شیمی اردستان", "Meymeh Turquoise", "Shahin Petro", "Natanz Herbs", "Badrud Pomegranates",
    "Kuhpayeh Bricks", "Ziar Textiles", "Harand Poultry", "Vilashahr Cables", "Baharestan Foams",
    "Foolad Paints", "Qahderijan Shoes", "Dorcheh Metalwork", "Khomeini Lathes", "Abrisham Silk",
  ]
}

extension World {
  /// The list of customers, region by region, each with its rep, its installer and its fate.
  mutating func castCustomers() {
    for (block, region) in Cast.regions.enumerated() {
      for place in 0..<region.size {
        customers.append(castCustomer(block: block, region: region, place: place))
      }
    }
    // Three handovers; on the day of each, both reps stand in the list.
    handOver(customer: 14, to: 4, on: Day(2023, 6, 1))
    handOver(customer: 16, to: 4, on: Day(2023, 6, 1))
    handOver(customer: 4, to: 1, on: Day(2023, 9, 16))
    // Edges of the six months: the last day of the window (August has 31 days, February 28), the day after
    // the last, and twice on one day.
    script(customer: 5, fate: .returns, joined: Day(2022, 8, 10), [Day(2022, 8, 31), Day(2023, 2, 28)])
    script(customer: 17, fate: .returnsLate, joined: Day(2023, 2, 20), [Day(2023, 3, 15), Day(2023, 9, 16)])
    script(customer: 30, fate: .buysOnce, joined: Day(2023, 5, 2), [Day(2023, 5, 20), Day(2023, 5, 20)])
    // What an export always has: gaps in the list.
    customers[19].region = nil
    customers[55].region = nil
    customers[8].segment = nil
    customers[57].fate = .onlyAsks
    customers[59].fate = .untouched
  }

  private mutating func castCustomer(
    block: Int, region: (name: String, rep: Int, cities: [(String, String)], size: Int), place: Int
  ) -> Customer {
    let isNew = place >= region.size - 2
    let joined: Day
    if isNew {
      joined = (Day(2024, 7, 6) + chance.integer(in: 0...75)).working
    } else if place == 0 {
      joined = Day(2022, 1, 3) + block
    } else {
      let pace = 800 / (region.size - 2)
      joined = (Day(2022, 1, 20) + (place - 1) * pace + chance.integer(in: 0...30)).working
    }
    let installer = (block + place) % 5
    let (city, zone) = region.cities[place % region.cities.count]
    var customer = Customer(
      name: Cast.customers[customers.count], region: region.name,
      segment: chance.pick(["SME": 5, "Enterprise": 3, "Public": 2]), city: city,
      postalCode: zone + padded(chance.integer(in: 0...99_999_999), to: 8), joined: joined,
      fate: fate(place: place, installer: installer), assignments: [Tie(who: region.rep, start: joined)],
      installers: [Tie(who: installer, start: joined)], buysFromLateSupplier: customers.count % 4 == 1)
    if leavers[block].contains(place) {
      let stay = 330 + chance.integer(in: 0...240)
      let left = min(joined + stay, Day(2024, 11, 24) - chance.integer(in: 0...60)).working
      customer.left = left
      customer.lastTalk = (left - chance.integer(in: 58...150)).working
      customer.assignments[0].end = left
      customer.isNeverTalkedTo = block == 2 && place == 5
    }
    return customer
  }

  /// Places in the regions' lists, by region.
  private var leavers: [[Int]] { [[2, 6, 8], [2, 5, 7], [1, 5, 9], [3], [1, 3]] }

  private mutating func fate(place: Int, installer: Int) -> Customer.Fate {
    let comes = chance.chance(80)
    let late = chance.chance(45)
    if place == 0 { return .returns }
    if installer == Cast.dreadedInstaller || !comes { return late ? .returnsLate : .buysOnce }
    return .returns
  }

  private mutating func handOver(customer: Int, to rep: Int, on day: Day) {
    let last = customers[customer].assignments.count - 1
    let end = customers[customer].assignments[last].end
    customers[customer].assignments[last].end = day
    customers[customer].assignments.append(Tie(who: rep, start: day, end: end))
  }

  private mutating func script(customer: Int, fate: Customer.Fate, joined: Day, _ days: [Day]) {
    customers[customer].fate = fate
    customers[customer].joined = joined
    customers[customer].assignments[0].start = joined
    customers[customer].installers[0].start = joined
    customers[customer].scripted = days
  }
}
