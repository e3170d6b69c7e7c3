import PeyvandBase
import Synchronization

/// What a question answers: a body, and the receipt without which no number leaves the engine.
package struct Answer: Sendable {
  package indirect enum Body: Sendable {
    /// One value with its type; `name` is what it was asked as.
    case value(Value, ValueType, name: String)
    case table(Table)
    case card(KPICard)
    /// The state of a KPI that is watched.
    case watched(Watched)
    /// A record by itself.
    case profile(Profile)
    /// Who is tied to whom.
    case map(RelationshipMap)
    case printed(String)
    /// A statement that answers by doing ("12 customers added").
    case done(String)
  }
  package var body: Body
  package var receipt: Receipt
  /// Warnings and remarks of meaning (W4…), a line each.
  package var notes: [Diagnostic]

  package init(_ body: Body, receipt: Receipt = Receipt(), notes: [Diagnostic] = []) {
    self.body = body
    self.receipt = receipt
    self.notes = notes
  }
}

package struct Table: Sendable {
  package struct Column: Sendable {
    package var name: String
    package var type: ValueType
    package var values: [Value] {
      get { stored ?? made?.values ?? [] }
      set { (stored, made) = (newValue, nil) }
    }
    /// The same as they were worked out, for who goes on from the table: of numbers, days and times, which mean the same
    /// whatever becomes of the store.
    package var vector: Vector? { made?.vector }
    private var stored: [Value]?
    private var made: Made?

    package init(name: String, type: ValueType, values: [Value]) {
      self.name = name
      self.type = type
      stored = values
    }

    /// Values that are made when somebody looks at them: a table that a question only goes on from needs none.
    /// - Parameter values: of the vector; they must not depend on a store.
    package init(name: String, type: ValueType, vector: Vector, values: @escaping @Sendable () -> [Value]) {
      self.name = name
      self.type = type
      made = Made(vector, values)
    }

    private final class Made: Sendable {
      let vector: Vector
      private let make: @Sendable () -> [Value]
      private let known = Mutex<[Value]?>(nil)

      init(_ vector: Vector, _ make: @escaping @Sendable () -> [Value]) {
        self.vector = vector
        self.make = make
      }

      var values: [Value] {
        known.withLock { known in
          if let known { return known }
          let values = make()
          known = values
          return values
        }
      }
    }
  }
  package var columns: [Column]
  /// Kept for what goes on from the table, and shown nowhere: where the differences in its columns began.
  package var beside: [Column]
  package var rowCount: Int
  /// What people are shown of it: programs get the whole.
  package var view: View?
  /// What people are shown beside it.
  package var chart: ChartKind?

  /// A sentence above the table, and its first rows and some of its columns.
  package struct View: Sendable {
    package var headline: String
    package var rows: Int
    package var columns: [String]
    package init(headline: String, rows: Int, columns: [String]) {
      self.headline = headline
      self.rows = rows
      self.columns = columns
    }
  }

  package init(columns: [Column], beside: [Column] = [], rowCount: Int) {
    self.columns = columns
    self.beside = beside
    self.rowCount = rowCount
  }

  /// What people are shown of it, as a table of its own.
  package var viewed: Table {
    guard let view else { return self }
    let rows = min(max(view.rows, 0), rowCount)
    let shown = view.columns.compactMap { name in columns.first(where: { $0.name == name }) }
    return Table(
      columns: shown.map { Column(name: $0.name, type: $0.type, values: Array($0.values.prefix(rows))) },
      rowCount: rows)
  }
}

/// What stands behind a number.
package struct Receipt: Hashable, Sendable {
  /// Rows that were counted …
  package var n: Int?
  /// … of how many.
  package var of: Int?
  /// What one of them is: `customer`, `purchase`.
  package var unit: String?
  /// Left out because a missing value was compared or aggregated.
  package var unknown = 0
  /// Left out because their window still runs …
  package var open = 0
  /// … and those among them that are already yes.
  package var openYes = 0
  /// First events that had a second at the same instant or day, which does not count.
  package var ties = 0
  /// Members that stand in more than one row.
  package var several = 0
  /// Members of whose own records some were left out: a missing value was compared or aggregated there …
  package var insideUnknown = 0
  /// … or a window still runs.
  package var insideOpen = 0
  /// Whether some window was `any time`.
  package var hasNoWindow = false
  /// Other reasons for leaving rows out, with their numbers.
  package var excluded: [String: Int] = [:]
  /// The as-of time, as an instant …
  package var asOf: Int64?
  /// … and as the day it is the whole of, where it is one.
  package var asOfDay: Int?
  /// Of an answer that is one share: how many were yes …
  package var yes: Int?
  /// … and its 95 % interval.
  package var interval: KPICard.Interval?
  /// Where columns differ in what they left out.
  package var columns: [String: ColumnReceipt] = [:]
  /// Further remarks in words ("3 overlapping ties").
  package var remarks: [String] = []

  package init() {}
}

package struct ColumnReceipt: Hashable, Sendable {
  /// What was counted, where it is not the row: the surveys of a technician.
  package var unit: String?
  package var n: Int?
  package var of: Int?
  package var unknown = 0
  package var open = 0
  package var openYes = 0
  package var ties = 0
  package init() {}
}

/// A KPI's answer.
package struct KPICard: Sendable {
  package enum State: String, Sendable {
    case ok, warn, breach
    case tooFew = "too few"
    case noTarget = "no target"
    /// It has one, which came to no value.
    case targetUnknown = "target unknown"
  }
  package struct Interval: Hashable, Sendable {
    package var low: Double
    package var high: Double
    package var method: String
    package init(low: Double, high: Double, method: String) {
      self.low = low
      self.high = high
      self.method = method
    }
  }
  package struct Group: Sendable {
    package var label: String
    package var value: Value
    package var n: Int
    package init(label: String, value: Value, n: Int) {
      self.label = label
      self.value = value
      self.n = n
    }
  }
  /// Which groups differ from all others together by more than chance, of how many that were tried.
  package struct Chance: Hashable, Sendable {
    package struct Group: Hashable, Sendable {
      package var label: String
      /// Benjamini and Hochberg's, over all that were tried.
      package var q: Double
      package init(label: String, q: Double) {
        self.label = label
        self.q = q
      }
    }
    package var tried: Int
    /// With a q of 0.05 at most, the least first.
    package var beyond: [Group]
    package init(tried: Int, beyond: [Group]) {
      self.tried = tried
      self.beyond = beyond
    }
  }
  package struct TrendPoint: Sendable {
    package var period: Value
    package var value: Value
    package var n: Int
    package init(period: Value, value: Value, n: Int) {
      self.period = period
      self.value = value
      self.n = n
    }
  }
  package var name: String
  package var documentation: String?
  package var value: Value
  package var type: ValueType
  /// Cases with an answer, and, for a share, those that are yes.
  package var n: Int
  package var k: Int?
  package var needs: Int
  package var interval: Interval?
  /// Where the measure is a share that waits: it by those with a full window, by all, and naively.
  package var estimates: WindowEstimates?
  /// The target in words of the program ("at least 40%"), and the signed distance (value − bound) where missed or met.
  package var target: String?
  package var distance: Double?
  package var state: State
  package var trend: [TrendPoint]
  package var owner: String?
  /// The decision, when it is due (warn or breach).
  package var decision: String?
  package var best: [Group]
  package var worst: [Group]
  /// What best and worst were grouped by.
  package var groupedBy: String?
  /// Whether these groups differ beyond chance, where that can be told.
  package var chance: Chance?

  package init(
    name: String, documentation: String? = nil, value: Value, type: ValueType, n: Int, k: Int? = nil, needs: Int,
    interval: Interval? = nil, target: String? = nil, distance: Double? = nil, state: State, trend: [TrendPoint] = [],
    owner: String? = nil, decision: String? = nil, best: [Group] = [], worst: [Group] = [], groupedBy: String? = nil
  ) {
    self.name = name
    self.documentation = documentation
    self.value = value
    self.type = type
    self.n = n
    self.k = k
    self.needs = needs
    self.interval = interval
    self.target = target
    self.distance = distance
    self.state = state
    self.trend = trend
    self.owner = owner
    self.decision = decision
    self.best = best
    self.worst = worst
    self.groupedBy = groupedBy
  }
}
