import PeyvandBase

/// What a watch found: a KPI's state in the last period that can be judged, and what stands behind it.
package struct Watched: Sendable {
  package enum State: String, Sendable, CaseIterable {
    case ok, warn, breach
    case tooFew = "too few"
    /// No period yet has ended with all its windows run out.
    case notDue = "not due"
    /// What the target speaks of has no value, so it is neither met nor missed.
    case targetUnknown = "target unknown"

    /// The one that somebody must hear of first; of nothing, "not due".
    package static func worst(of states: [State]) -> State {
      [.breach, .warn, .targetUnknown, .ok, .tooFew].first { states.contains($0) } ?? .notDue
    }
  }
  /// How a process by itself stands to its target: what it will do if nobody changes anything.
  package struct Chart: Sendable {
    package var lower: Double
    package var upper: Double
    package var mean: Double
    package var periods: Int
    /// From fewer periods than settle them.
    package var isTrial: Bool
    /// "passes", "fails", "hit and miss"; nil without a target of one direction.
    package var assurance: String?
    /// The rules that the judged period breaks, with their direction: "7 on one side, better".
    package var signals: [String]
    /// Why the limits may mislead.
    package var cautions: [String]
    package init(
      lower: Double, upper: Double, mean: Double, periods: Int, isTrial: Bool, assurance: String?, signals: [String],
      cautions: [String]
    ) {
      self.lower = lower
      self.upper = upper
      self.mean = mean
      self.periods = periods
      self.isTrial = isTrial
      self.assurance = assurance
      self.signals = signals
      self.cautions = cautions
    }
  }
  /// One group of the KPI's subjects; without `by` all of them.
  package struct Finding: Sendable {
    package var group: String?
    package var state: State
    /// The period that was judged; missing where none can be.
    package var period: Value
    package var value: Value
    package var n: Int
    /// Periods in a row, up to the judged one, that missed the target.
    package var missed: Int
    package var chart: Chart?
    package var decision: String?
    package init(
      group: String?, state: State, period: Value, value: Value, n: Int, missed: Int, chart: Chart?, decision: String?
    ) {
      self.group = group
      self.state = state
      self.period = period
      self.value = value
      self.n = n
      self.missed = missed
      self.chart = chart
      self.decision = decision
    }
  }
  package var name: String
  package var unit: PeriodUnit
  package var type: ValueType
  package var needs: Int
  package var target: String?
  package var owner: String?
  /// Periods that must miss the target in a row before that is a breach.
  package var persistence: Int
  package var findings: [Finding]

  package init(
    name: String, unit: PeriodUnit, type: ValueType, needs: Int, target: String?, owner: String?, persistence: Int,
    findings: [Finding]
  ) {
    self.name = name
    self.unit = unit
    self.type = type
    self.needs = needs
    self.target = target
    self.owner = owner
    self.persistence = persistence
    self.findings = findings
  }

  /// The worst of its groups: what an exit code is made of.
  package var state: State { State.worst(of: findings.map(\.state)) }

  /// A row a group.
  package var table: Table {
    func column(_ name: String, _ type: ValueType, _ value: (Finding) -> Value) -> Table.Column {
      Table.Column(name: name, type: type, values: findings.map(value))
    }
    func text(_ text: String?) -> Value { text.map(Value.text) ?? .missing }
    var columns = [column("watch", .text) { _ in .text(name) }]
    if findings.contains(where: { $0.group != nil }) { columns.append(column("group", .text) { text($0.group) }) }
    columns += [
      column("state", .text) { .text($0.state.rawValue) },
      column("period", unit == .day ? .date : .period(unit)) { $0.period },
      column("value", type) { $0.value },
      column("n", .plainNumber) { .number(Double($0.n)) },
      column("target", .text) { _ in text(target) },
      column("missed", .plainNumber) { .number(Double($0.missed)) },
      column("chart", .text) { text($0.chart?.assurance) },
      column("signal", .text) { finding in
        let signals = finding.chart?.signals ?? []
        return signals.isEmpty ? .missing : .text(signals.joined(separator: "; "))
      },
      column("decide", .text) { text($0.decision) },
      column("owner", .text) { _ in text(owner) },
    ]
    return Table(columns: columns, rowCount: findings.count)
  }
}
