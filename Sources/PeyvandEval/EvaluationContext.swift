import PeyvandBase
import PeyvandCheck
import PeyvandData

/// The moment from which a question looks.
package struct AsOf: Hashable, Sendable {
  /// The last instant that has been seen.
  package var instant: Int64
  /// The day it is the whole of; missing where an instant was named.
  package var day: Int?
  package init(instant: Int64, day: Int?) {
    self.instant = instant
    self.day = day
  }
}

/// What a `let`, a parameter or the last answer holds.
package enum VariableValue: Sendable {
  case value(Value)
  case table(Table)
  /// Rows of the kind's family.
  case records(KindID, [Int32])
}

/// Everything a question needs besides its tree: the same for all its batches and threads.
package struct EvaluationContext: Sendable {
  package var source: any ColumnSource
  package var asOf: AsOf
  package var variables: [VariableID: VariableValue] = [:]
  package var limits: Limits
  package var interruption: Interruption
  /// Outer rows a batch.
  package var batchSize = 32_768
  package var threads: Int
  /// What kernels keep from batch to batch of this question.
  package var cache = KernelCache()
  /// Notes where the time goes, where that is asked for.
  package var profile: TimeProfile?
  /// Values that are the same for every row of it.
  package var constants = ConstantCache()
  /// Truths of conditions that are put to most records of a kind.
  package var rowTruths = RowTruthsCache()
  /// What the stages being carried out say more than once.
  package var shared = SharedTrees()

  package init(
    source: any ColumnSource, asOf: AsOf, limits: Limits = Limits(), interruption: Interruption = Interruption(),
    threads: Int = 2
  ) {
    self.source = QuestionSource(source)
    self.asOf = asOf
    self.limits = limits
    self.interruption = interruption
    self.threads = threads
  }
}

extension EvaluationContext {
  /// The same, for stages that say some things more than once.
  func sharing(_ shared: SharedTrees) -> EvaluationContext {
    var context = self
    context.shared = shared
    return context
  }

  /// What has been left out, and why, while a batch was worked out; batches' tallies are added in order.
  package struct Tally: Sendable, Hashable {
    package var unknown = 0
    package var open = 0
    package var openYes = 0
    package var ties = 0
    /// Ties under `one` that another, which began later, was taken before: each counts once, however often it was met.
    package var overlapped: [KindID: Set<Int32>] = [:]
    package var overlappingTies: Int { overlapped.values.reduce(0) { $0 + $1.count } }
    package var hasNoWindow = false
    /// Working time was asked for and no working hours are declared.
    package var hasNoHours = false
    package var excluded: [String: Int] = [:]
    /// Why values are missing, or what else is to be known of them, and of how many.
    package var notes: [String: Int] = [:]
    package init() {}

    package mutating func add(notes other: [String: Int]) { notes.merge(other, uniquingKeysWith: +) }

    /// Of several measures of the same groups: what is the same of each is said once.
    package mutating func share(notes other: [String: Int]) { notes.merge(other, uniquingKeysWith: max) }

    package mutating func add(_ other: Tally) {
      unknown += other.unknown
      open += other.open
      openYes += other.openYes
      ties += other.ties
      overlapped.merge(other.overlapped) { $0.union($1) }
      hasNoWindow = hasNoWindow || other.hasNoWindow
      hasNoHours = hasNoHours || other.hasNoHours
      excluded.merge(other.excluded, uniquingKeysWith: +)
      add(notes: other.notes)
    }
  }
}
