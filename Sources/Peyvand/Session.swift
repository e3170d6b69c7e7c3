import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval
import PeyvandFiles
import PeyvandStore
import PeyvandSyntax

/// Peyvand as a program uses it: a store, and texts that ask and change it.
///
/// A sitting at the prompt is one session, and so is a script. What a session keeps between two texts is what the
/// language says stays: kinds, settings and data in the store, `let` and `as of` until the sitting ends. Answers and
/// errors leave through `emit` as values; whoever calls decides how they are shown.
public final class Session {
  public struct Options {
    /// The store's file; nil keeps it in memory.
    public var storePath: String?
    /// `--as-of`, as written.
    public var asOf: String?
    /// Folders that scripts may read and write besides their own.
    public var allowRead: [String] = []
    public var allowWrite: [String] = []
    /// Scripts may connect to databases.
    public var allowConnect = false
    /// A person is there: definitions stay in the store.
    public var isInteractive = false
    /// Whether data that end more than a week ago are pointed out: to people who read the answers as they come.
    public var pointsOutOldData = false
    /// `--set name=value`, in the order given; a value is read as the language writes it, else as text.
    public var parameters: [(name: String, value: String)] = []
    package var limits = Limits()
    /// Exports write cells as they are: no guard before formulas.
    package var isRaw = false
    /// The store is looked at and not written, and not begun where it does not exist.
    package var isLookingOnly = false
    /// The folder in which imports that name no other file write rejected rows; nil: they are not written.
    package var rejectsFolder: String?
    /// The file or the folder that the command line names for rejected rows, which is thereby allowed.
    package var rejectsTarget: String?
    /// Told how far a file has been read that is being imported.
    package var progress: ReadingProgress?
    /// Where time zones are sought by name.
    package var zones: ZoneFinder = ZoneFiles.find
    /// Set from another thread to stop what runs.
    package var interruption = Interruption()
    /// Tells after each answer where its time went.
    package var tellsTime = false
    /// Threads that work on one question.
    package var threads = 2

    public init() {}
  }

  /// Who wrote a text, which decides what it may read and write.
  public enum Origin: Hashable, Sendable {
    /// Typed by the user: what it names is thereby allowed.
    case typed
    /// A script: it reads below its folder and where it was allowed to.
    case script(folder: String)
  }

  /// What a text gives, in the order in which it gives it.
  package enum Outcome: Sendable {
    case answer(Answer)
    case diagnostics([Diagnostic])
    /// Where the time of the answer before went.
    case time(TimeReport)
  }

  package let options: Options
  /// The texts read so far, by the number that their ranges carry; the library's are negative.
  package private(set) var sources: [Int32: SourceText] = [:]
  var texts: [Int32: String] = [:]
  /// Where a text came from, for what it uses in turn.
  struct Place {
    var path: String
    var usedBy: Int32?
  }
  var places: [Int32: Place] = [:]
  /// What this sitting has used already.
  var used: Set<String> = []

  /// The store's file; nil while the store is in memory only.
  var file: StoreFile?
  /// What was said since a store in memory began, for `undo`.
  var recent = StoreMemory()
  /// What was found on opening that the user must hear of.
  package let notices: [Diagnostic]
  /// What the store holds now. Every change is a new state, on the disk before it stands here.
  var state: StoreState
  /// What names mean outside any record.
  var environment: Environment
  /// What `let`s, parameters and the last answer hold.
  var variables: [VariableID: VariableValue] = [:]
  /// The as-of time, where one was set.
  var asOf: Value?
  /// What it was at the beginning: that of `--as-of`.
  private(set) var begunAsOf: Value?
  /// Statements carried out of the text that runs, those of loops as often as they ran.
  var carried = 0
  /// What a test that runs has expected, and what of it was not so; outside a test nothing.
  var expectations: Expectations?
  /// The present, looked at once.
  let clock = Clock.now()
  /// What reading and checking the text that runs took, until an answer has told it.
  var spent: [(name: String, milliseconds: Double)] = []
  /// What was noted of the question that was answered last and is still to be told.
  var told: TimeProfile?
  /// What imports would do, while that is being found out and nothing is to stay.
  var rehearsal: ImportRehearsal?
  /// The file that was imported last by the text that runs: a file of several kinds is opened once.
  var opened: OpenedTable?
  /// What the imports of one command changed, while they are carried out together.
  var held: HeldChanges?
  /// Where `peyvand import` has written rejected rows, so that a file of the same name does not overwrite them.
  var rejectsWritten: Set<String> = []

  /// The kinds and the calendar as they are now.
  package var catalogue: Catalogue { state.catalogue }

  /// Opens the store, or begins it where its file does not exist.
  /// - Throws: `Diagnostics` (E2, E3), and E1 for an as-of time that cannot be read.
  public init(options: Options) throws {
    self.options = options
    if let path = options.storePath {
      let file = try Self.open(path, isLookingOnly: options.isLookingOnly)
      self.file = file
      state = file.state
      notices = file.notices
    } else {
      state = StoreState()
      notices = []
    }
    environment = Environment(catalogue: state.catalogue)
    environment.zones = options.zones
    restore(state.definitions)
    for (name, value) in options.parameters { environment.given[nameKey(name)] = given(value, for: name) }
    if let asOf = options.asOf { begunAsOf = try moment(asOf) }
    asOf = begunAsOf
  }

  /// What was declared at the prompt in earlier sittings. Whatever order they stand in, what one speaks of may come later.
  func restore(_ definitions: [StoreState.Definition]) {
    var left = definitions
    while !left.isEmpty {
      let before = left.count
      left = left.filter { definition in
        let parsed = parse(definition.source, name: "definition of \(definition.name)")
        let (_, checked, diagnostics) = check(parsed.tree, origin: .typed)
        guard parsed.diagnostics.isEmpty, Status(diagnostics) == .fine else { return true }
        environment = checked
        return false
      }
      // One that no longer fits the kinds is left out of this sitting, not of the store.
      if left.count == before { return }
    }
  }

  /// `--set`, as the language reads it; what is no question is a text at most.
  private func given(_ text: String, for name: String) -> Environment.Given {
    let parsed = parse(text, name: "--set \(name)")
    guard parsed.diagnostics.isEmpty, parsed.tree.statements.count == 1,
      case .query(let query)? = parsed.tree.statements.first?.node
    else { return Environment.Given(text: text, query: nil) }
    return Environment.Given(text: text, query: query)
  }

  /// `--as-of`, in the words of the language.
  private func moment(_ text: String) throws(Diagnostics) -> Value {
    let parsed = parse("as of " + text, name: "--as-of")
    let (statements, _, diagnostics) = check(parsed.tree, origin: .typed)
    guard parsed.diagnostics.isEmpty, diagnostics.isEmpty, case .asOf(let time)? = statements.first?.node,
      statements.count == 1
    else {
      throw Diagnostics(SessionDiagnostics.moment(text))
    }
    return try evaluator().value(time)
  }

  /// Runs a text: every statement in turn, until one fails.
  ///
  /// Nothing runs where the text has errors. A statement that fails half-way leaves the store as it was before it,
  /// and nothing after it runs.
  /// - Parameter name: how places in the text are called: a file's name, `prompt`.
  package func run(_ text: String, name: String, origin: Origin, emit: (Outcome) -> Void) -> Status {
    options.interruption.reset()
    if case .script = origin { used = [] }
    let begun = ContinuousClock.now
    let result = parse(text, name: name)
    spent = [("read", Self.milliseconds(since: begun))]
    told = nil
    guard result.diagnostics.isEmpty else {
      emit(.diagnostics(result.diagnostics))
      return Status(result.diagnostics)
    }
    defer { opened = nil }
    return execute(result.tree, origin: origin, emit: emit)
  }

  /// Whether a text needs no further line; a wrong one is complete, so that its errors are told.
  public func isComplete(_ text: String) -> Bool {
    var parser = Parser(text, limits: SyntaxLimits(options.limits))
    return !parser.parse().isIncomplete
  }

  /// Everything wrong with a text that can be found without running it.
  package func check(_ text: String, name: String, origin: Origin = .typed) -> [Diagnostic] {
    used = []
    let result = parse(text, name: name)
    guard result.diagnostics.isEmpty else { return result.diagnostics }
    return check(result.tree, origin: origin).2
  }

  /// A text in its one shape; as it is, where it has errors.
  package func format(_ text: String, name: String) -> (text: String, diagnostics: [Diagnostic]) {
    let result = parse(text, name: name)
    guard Status(result.diagnostics) == .fine else { return (text, result.diagnostics) }
    var formatter = Formatter(result)
    return (formatter.format(), result.diagnostics)
  }

  /// A store that was written.
  package struct Saved {
    package var path: String
    /// Of the time that it took, the final flush, which hangs on the disk alone.
    package var flushTime: Swift.Duration
  }

  /// Writes the store.
  /// - Parameter path: another file; nil writes the store's own.
  package func save(to path: String?) throws -> Saved {
    guard let path else {
      guard let file else { throw Diagnostics(SessionDiagnostics.nothingToSaveTo()) }
      try write(file)
      return Saved(path: file.path, flushTime: file.flushTime)
    }
    let other = try StoreFile.open(path: path, createIfMissing: true)
    guard other.generation == 0 else { throw Diagnostics(SessionDiagnostics.storeExists(path)) }
    // To be handed on: one file, without a journal.
    try write(other, hasJournal: false)
    return Saved(path: path, flushTime: other.flushTime)
  }

  /// Where the memory of the store goes, part by part.
  package var memory: [MemoryPart] { state.memory }

  /// Records of a kind and its special kinds.
  package func recordCount(of kind: KindID) -> Int { state.rows(of: kind).count }

  private func write(_ file: StoreFile, hasJournal: Bool = true) throws(Diagnostics) {
    let state = state
    options.interruption.reset()
    try attended { (interruption) throws(Diagnostics) in
      try file.save(state, hasJournal: hasJournal, unless: interruption)
    }
  }

  /// To write, or, while another process writes it, to read it as it is now.
  private static func open(_ path: String, isLookingOnly: Bool) throws(Diagnostics) -> StoreFile {
    if isLookingOnly { return try StoreFile.open(path: path, createIfMissing: true, writable: false) }
    do {
      return try StoreFile.open(path: path, createIfMissing: true)
    } catch {
      guard let why = error.all.first, why.code == "E3010" else { throw error }
      return try StoreFile.open(path: path, createIfMissing: false, writable: false, because: why)
    }
  }

  /// Stops what runs, from any thread.
  public func interrupt() { options.interruption.interrupt() }

  /// Reads a text and keeps it under a number of its own, so that its places can be shown later.
  package func parse(_ text: String, name: String) -> ParseResult {
    let file = keep(text, name: name, isLibrary: false)
    var parser = Parser(text, file: file, limits: SyntaxLimits(options.limits))
    return parser.parse()
  }

  func keep(_ text: String, name: String, isLibrary: Bool) -> Int32 {
    let number = Int32(clamping: sources.count + 1)
    let file = isLibrary ? -number : number
    sources[file] = SourceText(name: name, text: text)
    texts[file] = text
    return file
  }

  /// The words of a program at a place.
  func source(of range: SourceRange) -> String {
    sources[range.file]?.text(Int(range.start)..<Int(max(range.start, range.end))) ?? ""
  }
}
