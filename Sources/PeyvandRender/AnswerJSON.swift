import PeyvandBase
import PeyvandData

/// An answer as one JSON document on one line, or as one object a row.
///
/// The document is what other programs hold on to: `columns`, `rows`, `receipt`, `notes`, and `kpi` for a card. Rows
/// are objects by column name, so two columns of one name cannot be told apart and are an error.
struct AnswerJSON {
  let catalogue: Catalogue
  private var rules: CalendarRules { catalogue.calendar }
  private var values: ValueText { ValueText(rules: catalogue.calendar) }

  init(catalogue: Catalogue) { self.catalogue = catalogue }

  /// - Throws: E1216, two columns of one name.
  func document(_ answer: Answer) throws(Diagnostic) -> String {
    var json = JSONText()
    switch answer.body {
    case .printed(let text): json.object { $0.member("print", text) }
    case .done(let text):
      json.object { json in
        json.member("done", text)
        notes(answer.notes, into: &json)
      }
    case .value(let value, let type, let name):
      let column = Table.Column(name: name, type: type, values: [value])
      write(Table(columns: [column], rowCount: 1), answer, card: nil, into: &json)
    case .table(let table):
      try checkNames(table)
      write(table, answer, card: nil, into: &json)
    case .card(let card): write(Self.table(of: card, answer.receipt), answer, card: card, into: &json)
    case .watched(let watched):
      try checkNames(watched.table)
      write(watched.table, answer, card: nil, into: &json) { write(watched, into: &$0) }
    case .profile(let profile):
      try checkNames(profile.table)
      write(profile.table, answer, card: nil, into: &json) { write(profile, into: &$0) }
    case .map(let map): write(map.table, answer, card: nil, into: &json) { write(map, into: &$0) }
    }
    json.endLine()
    return json.text
  }

  /// One object a row, without receipt.
  /// - Throws: E1216, two columns of one name.
  func lines(_ table: Table) throws(Diagnostic) -> String {
    try checkNames(table)
    var json = JSONText()
    for row in 0..<max(table.rowCount, 0) {
      write(row, of: table, into: &json)
      json.endLine()
    }
    return json.text
  }

  private func checkNames(_ table: Table) throws(Diagnostic) {
    var seen: Set<String> = []
    for column in table.columns where !seen.insert(column.name).inserted {
      throw RenderDiagnostics.twoColumnsOfOneName(column.name)
    }
  }

  func write(
    _ table: Table, _ answer: Answer, card: KPICard?, into json: inout JSONText,
    more: (inout JSONText) -> Void = { _ in }
  ) {
    json.object { json in
      json.key("columns")
      json.array { json in
        for column in table.columns {
          json.object { json in
            json.member("name", column.name)
            json.member("type", column.type.name(in: catalogue))
          }
        }
      }
      json.key("rows")
      json.array { json in
        for row in 0..<max(table.rowCount, 0) { write(row, of: table, into: &json) }
      }
      if let view = table.view { json.member("finding", view.headline) }
      json.key("receipt")
      receipt(answer.receipt, into: &json)
      notes(answer.notes, into: &json)
      if let card {
        json.key("kpi")
        write(card, into: &json)
      }
      more(&json)
    }
  }

  private func write(_ row: Int, of table: Table, into json: inout JSONText) {
    json.object { json in
      for column in table.columns {
        json.key(column.name)
        write(column.values.indices.contains(row) ? column.values[row] : .missing, column.type, into: &json)
      }
    }
  }

  func write(_ value: Value, _ type: ValueType, into json: inout JSONText) {
    switch value {
    case .missing: json.null()
    case .number(let number): json.number(number)
    case .yesno(let truth): json.yesno(truth)
    case .duration(let duration):
      json.object { json in
        json.member("months", duration.months)
        json.member("days", duration.days)
        json.member("seconds", duration.seconds)
      }
    case .list(let elements):
      json.array { json in
        for element in elements { write(element, type.element, into: &json) }
      }
    case .text, .date, .time, .period, .weekday, .clock, .record: json.string(values.machine(value, type))
    }
  }

  // MARK: The receipt and the notes

  private func receipt(_ receipt: Receipt, into json: inout JSONText) {
    func counts(_ column: ColumnReceipt, unit: String?, _ json: inout JSONText) {
      if let n = column.n { json.member("n", n) }
      if let of = column.of { json.member("of", of) }
      if let unit { json.member("unit", unit) }
      if column.unknown != 0 { json.member("unknown", column.unknown) }
      if column.open != 0 { json.member("open", column.open) }
      if column.openYes != 0 { json.member("open_yes", column.openYes) }
      if column.ties != 0 { json.member("ties", column.ties) }
    }
    json.object { json in
      var whole = ColumnReceipt()
      whole.n = receipt.n
      whole.of = receipt.of
      whole.unknown = receipt.unknown
      whole.open = receipt.open
      whole.openYes = receipt.openYes
      whole.ties = receipt.ties
      counts(whole, unit: receipt.unit, &json)
      if let yes = receipt.yes { json.member("k", yes) }
      if let interval = receipt.interval {
        json.member("low", interval.low)
        json.member("high", interval.high)
        json.member("method", interval.method)
      }
      if receipt.insideUnknown != 0 { json.member("unknown_inside", receipt.insideUnknown) }
      if receipt.insideOpen != 0 { json.member("open_inside", receipt.insideOpen) }
      if receipt.several != 0 { json.member("several", receipt.several) }
      if !receipt.excluded.isEmpty {
        json.key("excluded")
        json.object { json in
          for (reason, count) in receipt.excluded.sorted(by: { $0.key < $1.key }) { json.member(reason, count) }
        }
      }
      if receipt.hasNoWindow { json.member("window", "none") }
      if let day = receipt.asOfDay {
        json.member("as_of", InstantText.day(day))
      } else if let instant = receipt.asOf {
        json.member("as_of", InstantText.iso8601(instant, in: rules.zone))
      }
      if !receipt.columns.isEmpty {
        json.key("columns")
        json.object { json in
          for (name, column) in receipt.columns.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            json.object { counts(column, unit: column.unit, &$0) }
          }
        }
      }
      if !receipt.remarks.isEmpty {
        json.key("remarks")
        json.array { json in
          for remark in receipt.remarks { json.string(remark) }
        }
      }
    }
  }

  private func notes(_ notes: [Diagnostic], into json: inout JSONText) {
    json.key("notes")
    json.array { json in
      for note in notes {
        json.object { json in
          json.member("code", note.code)
          json.member("severity", note.severity.rawValue)
          json.member("message", note.message)
        }
      }
    }
  }

  // MARK: The card

  /// A card as a table of one row: its value and what it rests on.
  static func table(of card: KPICard, _ receipt: Receipt) -> Table {
    func number(_ value: Double?) -> Value { value.map(Value.number) ?? .missing }
    func column(_ name: String, _ type: ValueType, _ value: Value) -> Table.Column {
      Table.Column(name: name, type: type, values: [value])
    }
    let bound: ValueType = if case .number = card.type { card.type } else { .plainNumber }
    return Table(
      columns: [
        column("value", card.type, card.state == .tooFew ? .missing : card.value),
        column("n", .plainNumber, .number(Double(card.n))),
        column("low", bound, card.state == .tooFew ? .missing : number(card.interval?.low)),
        column("high", bound, card.state == .tooFew ? .missing : number(card.interval?.high)),
        column("open", .plainNumber, .number(Double(receipt.open))),
      ], rowCount: 1)
  }

  private func write(_ card: KPICard, into json: inout JSONText) {
    func groups(_ groups: [KPICard.Group], _ json: inout JSONText) {
      json.array { json in
        for group in groups {
          json.object { json in
            json.member("group", group.label)
            json.key("value")
            write(group.value, card.type, into: &json)
            json.member("n", group.n)
          }
        }
      }
    }
    json.object { json in
      json.member("name", card.name)
      if let words = card.documentation { json.member("about", words) }
      json.member("state", card.state.rawValue)
      if let k = card.k { json.member("k", k) }
      json.member("needs", card.needs)
      if let interval = card.interval { json.member("method", interval.method) }
      if let estimates = card.estimates { write(estimates, into: &json) }
      if let target = card.target { json.member("target", target) }
      if let distance = card.distance { json.member("distance", distance) }
      if let owner = card.owner { json.member("owner", owner) }
      if let decision = card.decision { json.member("decide", decision) }
      if let by = card.groupedBy { json.member("by", by) }
      json.key("best")
      groups(card.best, &json)
      json.key("worst")
      groups(card.worst, &json)
      if let chance = card.chance {
        json.key("chance")
        json.object { json in
          json.member("tried", chance.tried)
          json.key("beyond")
          json.array { json in
            for group in chance.beyond {
              json.object { json in
                json.member("group", group.label)
                json.member("q", group.q)
              }
            }
          }
        }
      }
      json.key("trend")
      json.array { json in
        for point in card.trend {
          json.object { json in
            json.key("period")
            write(point.period, .text, into: &json)
            json.key("value")
            write(point.value, card.type, into: &json)
            json.member("n", point.n)
          }
        }
      }
    }
  }

  private func write(_ estimates: WindowEstimates, into json: inout JSONText) {
    func member(_ name: String, _ estimate: WindowEstimates.Estimate, _ json: inout JSONText, atRisk: Int? = nil) {
      json.key(name)
      json.object { json in
        json.key("value")
        if let value = estimate.value { json.number(value) } else { json.null() }
        json.member("n", estimate.n)
        if let atRisk { json.member("at_risk", atRisk) }
        if let low = estimate.low { json.member("low", low) }
        if let high = estimate.high { json.member("high", high) }
      }
    }
    json.key("estimates")
    json.object { json in
      json.member("lead", estimates.lead.rawValue)
      member("full_window", estimates.fullWindow, &json)
      member("kaplan_meier", estimates.kaplanMeier, &json, atRisk: estimates.atRisk)
      member("naive", estimates.naive, &json)
    }
  }
}
