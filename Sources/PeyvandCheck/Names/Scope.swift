import PeyvandBase
import PeyvandData

/// The records and names in hand, innermost last.
struct Scope {
  enum Entry {
    case record(Record)
    /// Columns that a stage made. `hidesOuter`: after `select` and `measure` nothing else is in reach.
    case columns([CheckedColumn.Header], hidesOuter: Bool)
    /// A name given with `as`, a parameter or an argument. `size`: how much every use of it adds to the program.
    case named(String, Term, size: Int = 1)
  }

  struct Record {
    /// The row of a pipeline or an element of a set; inside a computed field, whatever the field is asked of.
    var node: CheckedExpression.Node
    var kind: KindID
    /// How it was reached: the outer record and the reference that leads back to it.
    var back: (record: CheckedExpression.Node, field: FieldID)?
    /// The time its dated hops go by, where it is no event itself and was reached from one.
    var anchor: CheckedExpression?

    init(binding: Binding, back: (record: CheckedExpression.Node, field: FieldID)? = nil) {
      node = .binding(binding)
      kind = binding.kind
      self.back = back
    }

    /// What a computed field is asked of; nothing where that is no record.
    init?(of expression: CheckedExpression) {
      guard case .record(let kind) = expression.type else { return nil }
      node = expression.node
      self.kind = kind
    }

    func expression(_ range: SourceRange) -> CheckedExpression { CheckedExpression(node, .record(kind), range) }
  }

  var entries: [Entry] = []
  /// Of columns that `with` made of matches what they were made of: `m.elapsed` asks the match, and not its yes or no.
  var matches: [ColumnID: Term] = [:]

  /// The innermost record in hand.
  var record: Record? {
    for entry in entries.reversed() {
      switch entry {
      case .record(let record): return record
      case .columns(_, let hides) where hides: return nil
      default: continue
      }
    }
    return nil
  }

  /// The innermost record, also where a stage has put it out of reach.
  var hiddenRecord: Record? {
    for case .record(let record) in entries.reversed() { return record }
    return nil
  }

  /// Without the columns that a stage adds to what is in hand.
  func without(columns: Set<ColumnID>) -> Scope {
    guard !columns.isEmpty else { return self }
    var copy = self
    copy.entries.removeAll { entry in
      guard case .columns(let headers, hidesOuter: false) = entry else { return false }
      return headers.allSatisfy { columns.contains($0.id) }
    }
    return copy
  }

  func adding(_ entry: Entry) -> Scope {
    var copy = self
    copy.entries.append(entry)
    return copy
  }
}

/// What an expression is before its place has decided what shape is wanted.
///
/// A path is kept open (`path`) while it grows, so that "each once" is applied at its end and every dated hop
/// knows the event before it.
indirect enum Term {
  /// One value a row. `anchor`: the time of the nearest event on its path. `tie`: it was reached by this tie.
  case one(CheckedExpression, anchor: CheckedExpression? = nil, tie: TieStep? = nil)
  case set(CheckedSet, anchor: CheckedExpression? = nil, tie: TieStep? = nil)
  /// From each record of a set on by the tail, whose start is the binding.
  case path(CheckedSet, Binding, Term)
  case list(CheckedList, ValueType)
  case sequence(CheckedSequence)
  case query(CheckedQuery)
  case kpi(CheckedKPICall)
  case invalid
}

struct TieStep {
  var from: CheckedExpression
  var tie: Tie
}

extension CheckedExpression {
  /// Whether it speaks of a record or a column that is in hand there, so that it is another for each row.
  func isOfARecord(in scope: Scope) -> Bool {
    for entry in scope.entries {
      switch entry {
      case .record(let record):
        if case .binding(let binding) = record.node, mentions(binding) { return true }
      case .columns(let headers, _):
        var found = false
        forEach { if case .column(let id) = $0.node { found = found || headers.contains { $0.id == id } } }
        if found { return true }
      case .named: break
      }
    }
    return false
  }
}
