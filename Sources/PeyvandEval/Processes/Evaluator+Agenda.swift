import PeyvandBase
import PeyvandCheck
import PeyvandData

/// What processes say is to be done, and what is not known.
///
/// Each clause of a process is a question of its own; here their answers are put into one table, in the order in which
/// somebody would work through it.
extension Evaluator {
  /// A review is listed when its day has come or lies within so many days.
  static let daysAhead = 7

  private enum State: String {
    case overdue, due, never, watch
  }

  /// What is due and overdue, never reviewed, and about to happen.
  package func agenda(_ processes: [CheckedProcess], asOf: CheckedExpression?) throws(Diagnostics) -> Answer {
    try looking(fromAsOf: asOf).agenda(processes)
  }

  private func agenda(_ processes: [CheckedProcess]) throws(Diagnostics) -> Answer {
    guard case .date(let today) = try value(CheckedExpression(.today, .date, .none)) else {
      return Answer(.table(Table(columns: [], rowCount: 0)))
    }
    var rows: [(state: State, due: Int?, cells: [Value])] = []
    for process in processes {
      func add(_ state: State, _ due: Int?, _ record: Value, _ what: Value, _ action: Value) {
        let day = due.map(Value.date) ?? .missing
        rows.append((state, due, [.text(state.rawValue), day, .text(process.name), record, what, action]))
      }
      if let review = process.review {
        let table = try self.table(review.query)
        for row in 0..<table.rowCount {
          let goal = process.goal.map(Value.text) ?? .missing
          switch table[row, 2] {
          case .date(let due) where due < today: add(.overdue, due, table[row, 0], .text(review.what), goal)
          case .date(let due) where due - today <= Self.daysAhead:
            add(.due, due, table[row, 0], .text(review.what), goal)
          case .date: continue
          default: add(.never, nil, table[row, 0], .text(review.what), goal)
          }
        }
      }
      for watch in process.watches {
        let table = try self.table(watch.query)
        for row in 0..<table.rowCount {
          var due: Int?
          if case .date(let day) = table[row, 2] { due = day }
          add(.watch, due, table[row, 0], table[row, 1], table[row, 3])
        }
      }
      try check(rows: rows.count, at: nil)
    }
    // By what it is and then by its day; stable, so that what is alike stays as recorded.
    let order: [State] = [.overdue, .due, .watch, .never]
    func rank(_ row: (state: State, due: Int?, cells: [Value])) -> (Int, Int) {
      (order.firstIndex(of: row.state) ?? 0, row.due ?? Int.max)
    }
    let sorted = rows.enumerated().sorted { a, b in
      let (first, second) = (rank(a.element), rank(b.element))
      return first == second ? a.offset < b.offset : first < second
    }
    return answer(ProcessTable.agenda, sorted.map(\.element.cells), processes)
  }

  /// Which information is lacking, for whom.
  package func missing(_ processes: [CheckedProcess], asOf: CheckedExpression?) throws(Diagnostics) -> Answer {
    try looking(fromAsOf: asOf).missing(processes)
  }

  private func missing(_ processes: [CheckedProcess]) throws(Diagnostics) -> Answer {
    var rows: [[Value]] = []
    var remarks: [String] = []
    for process in processes {
      for lack in process.lacks {
        let result = try answerTable(lack.query)
        for row in 0..<result.table.rowCount {
          rows.append([.text(process.name), result.table[row, 0], .text(lack.what)])
        }
        try check(rows: rows.count, at: lack.query.range)
        let all = result.receipt.of ?? result.table.rowCount
        remarks.append("\(process.name): \(lack.what) is lacking for \(result.table.rowCount) of \(all)")
      }
    }
    var answer = answer(ProcessTable.missing, rows, processes)
    answer.receipt.remarks += remarks
    return answer
  }

  private func answer(
    _ columns: [(name: String, type: ValueType)], _ rows: [[Value]], _ processes: [CheckedProcess]
  ) -> Answer {
    var receipt = Receipt()
    receipt.n = rows.count
    receipt.asOf = context.asOf.instant
    receipt.asOfDay = context.asOf.day
    if processes.isEmpty { receipt.remarks.append("there is no process yet: `process for KIND` begins one") }
    let made = columns.enumerated().map { place, column in
      Table.Column(
        name: column.name, type: column.type,
        values: rows.map { $0.indices.contains(place) ? $0[place] : .missing })
    }
    return Answer(.table(Table(columns: made, rowCount: rows.count)), receipt: receipt)
  }

  func table(_ query: CheckedQuery) throws(Diagnostics) -> Table { try answerTable(query).table }

  private func answerTable(_ query: CheckedQuery) throws(Diagnostics) -> (table: Table, receipt: Receipt) {
    let answer = try self.answer(query)
    guard case .table(let table) = answer.body else { return (Table(columns: [], rowCount: 0), answer.receipt) }
    return (table, answer.receipt)
  }
}

extension Table {
  /// A cell; missing outside the table.
  subscript(row: Int, column: Int) -> Value {
    guard columns.indices.contains(column), columns[column].values.indices.contains(row) else { return .missing }
    return columns[column].values[row]
  }
}
