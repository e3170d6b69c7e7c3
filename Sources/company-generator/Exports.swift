/// The CSV exports, as the company's three programs would write them.
///
/// The CRM and the shop's books write commas and ISO dates; the warehouse writes semicolons and DD-MM-YY.
/// Column names are the programs', not Peyvand's, so that an import has something to map.
struct Export {
  var file: String
  private(set) var text: String
  private let separator: Character

  init(_ file: String, separator: Character = ",", _ header: [String]) {
    self.file = file
    self.separator = separator
    text = ""
    add(header)
  }

  /// RFC 4180: a cell with a separator, a quote or a line end stands in quotes.
  mutating func add(_ cells: [String?]) {
    let written = cells.map { cell -> String in
      let cell = cell ?? ""
      guard cell.contains(where: { $0 == separator || $0 == "\"" || $0.isNewline }) else { return cell }
      return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
    text += written.joined(separator: String(separator)) + "\n"
  }
}

extension World {
  var exports: [Export] { people + ties + sales + conversations + service }

  func key(_ prefix: String, _ index: Int, _ width: Int) -> String { prefix + padded(index + 1, to: width) }
  func customerKey(_ index: Int) -> String { key("C-", index, 3) }
  func inquiryKey(_ index: Int) -> String { key("IQ-", index, 4) }
  func ticketKey(_ index: Int) -> String { key("SR-", index, 4) }

  private var people: [Export] {
    var list = Export(
      "customers.csv",
      ["id", "company", "region", "segment", "city", "postal_code", "created_on", "closed_on"])
    for (index, customer) in customers.enumerated() {
      list.add([
        customerKey(index), customer.name, customer.region, customer.segment, customer.city, customer.postalCode,
        customer.joined.text, customer.left?.text,
      ])
    }
    var reps = Export("sales_reps.csv", ["code", "full_name", "region"])
    for rep in Cast.reps { reps.add([rep.0, rep.1, rep.2]) }
    var products = Export("products.csv", ["sku", "title", "vendor"])
    for product in Cast.products { products.add([product.0, product.1, Cast.suppliers[product.2].0]) }
    let short = [
      ("contractors.csv", Cast.contractors), ("suppliers.csv", Cast.suppliers), ("technicians.csv", Cast.technicians),
      ("trainers.csv", Cast.trainers),
    ]
    let lists = short.map { file, members -> Export in
      var list = Export(file, ["code", "title"])
      for (code, name) in members { list.add([code, name]) }
      return list
    }
    return [list, reps, products] + lists
  }

  private var ties: [Export] {
    var assignments = Export("assignments.csv", ["rep_code", "customer_id", "from_date", "to_date"])
    var installations = Export("installations.csv", ["contractor_code", "customer_id", "from_date", "to_date"])
    for (index, customer) in customers.enumerated() {
      for tie in customer.assignments {
        assignments.add([Cast.reps[tie.who].0, customerKey(index), tie.start.text, tie.end?.text])
      }
      for tie in customer.installers {
        installations.add([Cast.contractors[tie.who].0, customerKey(index), tie.start.text, tie.end?.text])
      }
    }
    var signed = Export(
      "contracts.csv", ["number", "contractor_code", "customer_id", "signed_on", "valid_until", "annual_fee"])
    for (index, contract) in contracts.enumerated() {
      signed.add([
        key("CT-", index, 3), Cast.contractors[contract.contractor].0, customerKey(contract.customer),
        contract.start.text, contract.end.text, String(contract.fee),
      ])
    }
    return [assignments, installations, signed]
  }

  private var sales: [Export] {
    var offers = Export("quotes.csv", ["number", "customer_id", "sku", "sent_at", "total"])
    for (index, quote) in quotes.enumerated() {
      offers.add([
        key("Q-", index, 4), customerKey(quote.customer), Cast.products[quote.product].0, quote.at.text,
        String(quote.amount),
      ])
    }
    var pipeline = Export("opportunities.csv", ["number", "customer_id", "opened_at", "stage"])
    for (index, opportunity) in opportunities.enumerated() {
      let stage: String
      switch opportunity.outcome {
      case .won: stage = "Won"
      case .lost: stage = "Lost"
      case .running: stage = "Open"
      }
      pipeline.add([key("O-", index, 4), customerKey(opportunity.customer), opportunity.at.text, stage])
    }
    var invoices = Export("sales.csv", ["invoice_no", "customer_id", "sku", "invoice_date", "amount_toman"])
    for (index, purchase) in purchases.enumerated() {
      invoices.add([
        key("INV-", index, 5), customerKey(purchase.customer), Cast.products[purchase.product].0, purchase.at.text,
        String(purchase.amount),
      ])
    }
    var warehouse = Export(
      "deliveries.csv", separator: ";",
      [
        "order_no", "customer_id", "vendor", "sku", "ordered_on", "promised_on", "received_on", "qty_ordered",
        "qty_received",
      ])
    for (index, delivery) in deliveries.enumerated() {
      let product = Cast.products[delivery.product]
      warehouse.add([
        key("PO-", index, 5), customerKey(delivery.customer), Cast.suppliers[product.2].0, product.0,
        delivery.ordered.warehouseText, delivery.promised.warehouseText, delivery.received?.warehouseText,
        String(delivery.quantity),
        delivery.received.map { _ in String(delivery.delivered) },
      ])
    }
    var calls = Export("supplier_contacts.csv", ["order_no", "vendor", "spoken_at", "subject"])
    for contact in supplierContacts {
      calls.add([
        key("PO-", contact.delivery, 5), Cast.suppliers[contact.supplier].0, contact.at.text, contact.topic,
      ])
    }
    return [offers, pipeline, invoices, warehouse, calls]
  }

  private var conversations: [Export] {
    var asked = Export("inquiries.csv", ["number", "customer_id", "rep_code", "received_at", "subject"])
    for (index, inquiry) in inquiries.enumerated() {
      asked.add([
        inquiryKey(index), customerKey(inquiry.customer), Cast.reps[inquiry.rep].0, inquiry.at.text, inquiry.topic,
      ])
    }
    var answered = Export("replies.csv", ["inquiry_no", "rep_code", "sent_at"])
    for reply in replies { answered.add([inquiryKey(reply.inquiry), Cast.reps[reply.rep].0, reply.at.text]) }
    var activities = Export(
      "activities.csv",
      [
        "id", "type", "customer_id", "rep_code", "technician_code", "done_at", "length", "direction", "subject",
        "in_crm",
      ])
    for (index, contact) in contacts.enumerated() {
      activities.add([
        key("A-", index, 5), contact.sort.rawValue, customerKey(contact.customer), contact.rep.map { Cast.reps[$0].0 },
        contact.technician.map { Cast.technicians[$0].0 }, contact.at.text, contact.minutes.map { "\($0) minutes" },
        contact.direction, contact.topic, contact.isLogged.map { $0 ? "yes" : "no" },
      ])
    }
    return [asked, answered, activities]
  }

  private var service: [Export] {
    var courses = Export("trainings.csv", ["customer_id", "trainer_code", "held_at", "topic", "attendees"])
    for training in trainings {
      courses.add([
        customerKey(training.customer), Cast.trainers[training.trainer].0, training.at.text, training.topic,
        String(training.attendees),
      ])
    }
    var tickets = Export(
      "service_requests.csv", ["ticket", "customer_id", "technician_code", "opened_at", "closed_at", "severity"])
    for (index, request) in requests.enumerated() {
      tickets.add([
        ticketKey(index), customerKey(request.customer), Cast.technicians[request.technician].0, request.at.text,
        request.closed?.text, String(request.severity),
      ])
    }
    var answers = Export("surveys.csv", ["ticket", "answered_at", "score"])
    for survey in surveys {
      answers.add([ticketKey(survey.request), survey.at.text, survey.satisfaction.map { String($0) }])
    }
    var letters = Export("complaints.csv", ["customer_id", "received_at", "about"])
    for complaint in complaints {
      letters.add([customerKey(complaint.customer), complaint.at.text, complaint.topic])
    }
    return [courses, tickets, answers, letters]
  }
}
