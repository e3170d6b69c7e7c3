import PeyvandBase
import PeyvandData
import PeyvandSyntax

/// Decides what a program means before anything of it runs.
///
/// Walks the syntax tree with the catalogue at hand and makes the checked tree: names become bindings, fields
/// and columns; operators become kernels of their types; paths become sets; times and periods become bounds.
/// It goes on after an error (an invalid term stays silent), so that several are found at once, and it never
/// looks at data: only at the catalogue.
package struct Checker {
  var complaints = Complaints()
  package var environment: Environment
  /// Gives the text of `use`d files and library modules as a tree; the session owns files and cycles.
  package typealias Loader = (UseTarget, SourceRange) -> Result<Program?, Diagnostics>
  /// A text that was read; nothing in its place where it has been read before.
  package struct Program {
    package var tree: SyntaxTree
    package var file: Int32
    package var text: String
    package init(tree: SyntaxTree, file: Int32, text: String) {
      self.tree = tree
      self.file = file
      self.text = text
    }
  }
  let loader: Loader?
  /// The program's texts by file number, for columns named by their text.
  var texts: [Int32: String]

  /// Definitions and KPIs being read, to find one that reaches itself.
  var active: [String] = []
  /// Those of which it was said that they reach themselves.
  var circular: Set<String> = []
  /// Inside `measure`, outside any aggregate: the next aggregate runs over the group.
  var isGroup = false
  /// Ranks in the stage that is read; nil where none may stand.
  var ranks: Ranks?
  /// The keys of the `measure` being checked: the only columns that are values of the group.
  var groupKeys: Set<ColumnID> = []
  /// The KPI whose clauses are being read.
  var insideKPI: String?
  /// What is compared with a text: an unknown name there was meant as one.
  var besideText: [SourceRange] = []
  /// The names of a sequence's steps, by its first binding.
  var sequenceNames: [Int: [(String, Binding)]] = [:]
  /// Where the differences that stand in columns began.
  var anchors = Anchors()
  /// Numbers go on from line to line at the prompt: what follows speaks of the last answer's columns by theirs.
  var nextBinding: Int { didSet { environment.nextBinding = nextBinding } }
  var nextColumn: Int { didSet { environment.nextColumn = nextColumn } }
  /// The parameters of the program so far.
  var parameters: Set<String> = []
  /// Names whose statement was wrong: to complain of them again would be an echo.
  var broken: Set<String> = []
  /// Expressions read of the statement in hand, counting each as often as it will stand in the checked tree, and
  /// how deep the reading is. Both are bounded, since definitions multiply what a short text asks for.
  var steps = 0
  var copies = 0
  /// The statement in hand, and whether it has become too large, which is said once.
  var statement = SourceRange.none
  var isTooLarge = false
  var depth = 0
  /// The same for all definitions read in a program.
  var stepsInDefinitions = 0
  /// And for all that are read only to find whether they reach themselves.
  var stepsInVerifying = 0
  /// How many readings are under way whose complaints nobody will see.
  var unheard = 0
  /// The name before the sign in `x = 3`, where that is the whole statement.
  var assigned: SourceRange?
  /// Units in the statement in hand that nothing is declared in. Beside an amount in another unit that is what is wrong
  /// and is said; otherwise it is said of them when the statement has been read.
  var strangeUnits: [Name] = []
  /// Names gone through for suggestions.
  var namesCompared = 0
  let limits: Limits

  package init(
    environment: Environment, texts: [Int32: String] = [:], loader: Loader? = nil, limits: Limits = Limits()
  ) {
    self.environment = environment
    nextBinding = environment.nextBinding
    nextColumn = environment.nextColumn
    self.limits = limits
    self.texts = texts
    self.loader = loader
  }

  var catalogue: Catalogue { environment.catalogue }

  mutating func report(_ diagnostic: Diagnostic) {
    complaints.add(diagnostic)
  }

  package var diagnostics: [Diagnostic] { complaints.all }

  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  package mutating func takeDiagnostics() -> [Diagnostic] {
    complaints.takeBack(after: 0)
  }

  mutating func fresh(_ kind: KindID) -> Binding {
    defer { nextBinding += 1 }
    return Binding(id: nextBinding, kind: kind)
  }

  mutating func freshColumn() -> ColumnID {
    defer { nextColumn += 1 }
    return ColumnID(nextColumn)
  }

  // MARK: Bounds

  mutating func begin(_ range: SourceRange) {
    (steps, copies) = (0, 0)
    statement = range
    isTooLarge = false
  }

  mutating func tooLarge() {
    if !isTooLarge { report(CheckDiagnostics.tooLarge(at: statement)) }
    isTooLarge = true
  }

  /// Counts what stands in the tree once more; false, and an error, where it becomes too much.
  mutating func grow(_ size: Int) -> Bool {
    let size = min(size, limits.expressions)
    steps += size
    if active.isEmpty { return true }
    stepsInDefinitions += size
    guard steps <= limits.expressions, stepsInDefinitions <= limits.programExpressions else {
      tooLarge()
      return false
    }
    return true
  }

  /// Before an expression is put in a second place.
  mutating func isUsedAgain(_ expression: CheckedExpression) -> Bool {
    expression.forEach { _ in copies += 1 }
    guard copies <= limits.expressions else {
      tooLarge()
      return false
    }
    return true
  }

  /// The words of the program at a place.
  func text(of range: SourceRange) -> String {
    guard let text = texts[range.file] else { return "" }
    let bytes = text.utf8
    guard range.start >= 0, range.end <= bytes.count, range.start <= range.end else { return "" }
    let start = bytes.index(bytes.startIndex, offsetBy: Int(range.start))
    let end = bytes.index(start, offsetBy: Int(range.end - range.start))
    return String(text[start..<end])
  }

  func kindName(_ kind: KindID) -> String { catalogue.name(of: kind) }

  /// A type in the words of a message.
  func words(_ type: ValueType) -> String {
    switch type {
    case .number(let unit): unit.name.map { "a number in \($0)" } ?? (unit.isShare ? "a share" : "a number")
    case .text: "a text"
    case .yesno: "a yes/no"
    case .date: "a date"
    case .time: "a time"
    case .duration: "a duration"
    case .period(let unit): "a \(unit.name)"
    case .weekday: "a weekday"
    case .clock: "a time of the day"
    case .record(let kind): "\(article(kindName(kind))) \(kindName(kind))"
    case .list: "a list"
    case .missing: "missing"
    }
  }

  func words(_ term: Term) -> String {
    switch term {
    case .one(let expression, _, _): words(expression.type)
    case .set(let set, _, _): "a set of \(kindName(set.kind)) records"
    case .path(_, _, let tail):
      switch tail {
      case .one(let expression, _, _):
        if case .record(let kind) = expression.type { "a set of \(kindName(kind)) records" } else { "several values" }
      default: words(tail)
      }
    case .list: "several values"
    case .sequence: "a sequence"
    case .query: "a table"
    case .kpi: "a KPI"
    case .invalid: "nothing"
    }
  }
}
