import PeyvandBase
import PeyvandData

/// A record's profile for people: what is known, who it is tied to, what is to be done, and what happened last.
struct ProfileText {
  let rules: CalendarRules
  private var values: ValueText { ValueText(rules: rules) }

  /// Lines without control characters of their own; the caller escapes the words that came from data.
  func lines(_ profile: Profile) -> [String] {
    var lines = ["\(profile.record.kind) \"\(profile.record.key)\"", ""]
    lines += aligned(profile.fields.map { ($0.name, values.shown($0.value, $0.type)) })
    add("tied to", profile.ties.map { ($0.name, tie($0)) }, to: &lines)
    add("kept of it", profile.kept.map { ($0.name, kept($0)) }, to: &lines)
    add(
      "latest",
      profile.events.map { event in
        let words = event.fields.map { "\($0.name) \(values.shown($0.value, $0.type))" }.joined(separator: ", ")
        return (values.shown(event.at, event.type), event.kind + (words.isEmpty ? "" : "  " + words))
      }, to: &lines)
    for care in profile.care {
      var said: [(String, String)] = []
      if let goal = care.goal { said.append(("goal", goal)) }
      if let due = care.due {
        said.append(("review", due == .missing ? "never yet" : "due " + values.shown(due, .date)))
      }
      if !care.lacks.isEmpty { said.append(("lacking", care.lacks.joined(separator: ", "))) }
      add("process for \(care.process)", said, to: &lines)
    }
    return lines
  }

  private func add(_ title: String, _ rows: [(String, String)], to lines: inout [String]) {
    guard !rows.isEmpty else { return }
    lines += ["", title] + aligned(rows)
  }

  private func aligned(_ rows: [(label: String, text: String)]) -> [String] {
    let width = rows.map { displayWidth($0.label) }.max() ?? 0
    return rows.map {
      "  " + $0.label + String(repeating: " ", count: max(width - displayWidth($0.label), 0) + 2) + $0.text
    }
  }

  private func tie(_ tie: Profile.Tie) -> String {
    var text = tie.records.map { "\($0.kind) \"\($0.key)\"" }.joined(separator: ", ")
    if tie.holding > tie.records.count { text += "\(text.isEmpty ? "" : ", … ")\(tie.holding) in all" }
    if tie.holding == 0 { text = "nobody now" }
    if tie.ever > tie.holding { text += "  (\(tie.ever - tie.holding) ended or yet to begin)" }
    return text
  }

  private func kept(_ kept: Profile.Kept) -> String {
    guard kept.first != .missing else { return String(kept.count) }
    guard kept.count > 1 else { return "1, on " + values.shown(kept.first, kept.type) }
    return "\(kept.count), from \(values.shown(kept.first, kept.type)) to \(values.shown(kept.last, kept.type))"
  }
}
