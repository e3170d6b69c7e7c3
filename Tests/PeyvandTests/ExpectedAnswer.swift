import PeyvandBase
import PeyvandData
import PeyvandStore

/// An answer as the generator of the example company worked it out, apart from Peyvand, and its comparison with what
/// Peyvand answered: cells by column, counts by the receipt or the card where no column holds them.
struct ExpectedAnswer {
  var id: String
  var ask: String
  var rows: [[JSONValue.Member]]

  init?(_ json: JSONValue) {
    guard let id = json["id"]?.text, let ask = json["ask"]?.text, let rows = json["rows"]?.array else { return nil }
    self.id = id
    self.ask = ask
    self.rows = rows.compactMap(\.members)
    guard self.rows.count == rows.count else { return nil }
  }

  /// Every difference in words; empty where the answer is the expected one.
  func differences(from answer: Answer) -> [String] {
    switch answer.body {
    case .card(let card): return compare(card, answer.receipt)
    case .table(let table): return compare(table)
    case .watched(let watched): return compare(watched.table)
    case .profile(let profile): return compare(profile.table)
    case .map(let map): return compare(map.table)
    case .value(let value, _, let name):
      return compare(Table(columns: [.init(name: name, type: .missing, values: [value])], rowCount: 1))
    case .printed, .done: return ["\(id): no answer"]
    }
  }

  private func compare(_ card: KPICard, _ receipt: Receipt) -> [String] {
    guard let row = rows.first, rows.count == 1 else { return ["\(id): one row is expected"] }
    return row.compactMap { member in
      let found: Double? =
        switch member.key {
        case "value": Self.number(card.value)
        case "n": Double(card.n)
        case "k": card.k.map(Double.init)
        case "open": Double(receipt.open)
        case "open_yes": Double(receipt.openYes)
        case "unknown": Double(receipt.unknown)
        // Those asked whose window ran out without an answer are in no median; the card does not count them.
        case "unanswered": Self.number(member.value)
        default: nil
        }
      return Self.isEqual(found, Self.number(member.value))
        ? nil : "\(id): \(member.key) is \(String(describing: found)), not \(member.value)"
    }
  }

  private func compare(_ table: Table) -> [String] {
    guard table.rowCount == rows.count else { return ["\(id): \(table.rowCount) rows, not \(rows.count)"] }
    var wrong: [String] = []
    for (index, row) in rows.enumerated() {
      for member in row {
        guard let column = table.columns.first(where: { $0.name == member.key }) else {
          // What a table of a KPI by groups does not show: the yes, and what was left out.
          if !["k", "unanswered", "open_yes", "unknown"].contains(member.key) {
            wrong.append("\(id): there is no column \(member.key)")
          }
          continue
        }
        let value = column.values[index]
        let isEqual: Bool =
          switch member.value {
          case .null: value == .missing
          case .string(let expected): Self.text(value) == expected
          default: Self.isEqual(Self.number(value), Self.number(member.value))
          }
        if !isEqual { wrong.append("\(id): row \(index + 1), \(member.key) is \(value), not \(member.value)") }
      }
    }
    return wrong
  }

  private static func text(_ value: Value) -> String? {
    switch value {
    case .text(let text): text
    case .date(let day): InstantText.day(day)
    case .yesno(let truth): truth ? "yes" : "no"
    case .record(let record): record.key
    default: nil
    }
  }

  /// Numbers as they are; durations in seconds, a day 86,400 of them.
  private static func number(_ value: Value) -> Double? {
    switch value {
    case .number(let number): number
    case .duration(let duration): Double(duration.months) * 1e9 + duration.days * 86_400 + duration.seconds
    default: nil
    }
  }

  private static func number(_ json: JSONValue) -> Double? {
    guard json.members != nil else { return json.number }
    return (json["months"]?.number ?? 0) * 1e9 + (json["days"]?.number ?? 0) * 86_400 + (json["seconds"]?.number ?? 0)
  }

  private static func isEqual(_ a: Double?, _ b: Double?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return (a - b).magnitude <= 1e-9 * max(a.magnitude, b.magnitude)
  }
}
