import PeyvandBase
import PeyvandData
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
    /// A person is there: definitions stay in the store.
    public var isInteractive = false
    /// `--set name=value`, in the order given; a value is read as the language writes it, else as text.
    public var parameters: [(name: String, value: String)] = []
    package var limits = Limits()
    /// Set from another thread to stop what runs.
    package var interruption = Interruption()

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
  }

  package let options: Options
  /// The texts read so far, by the number that their ranges carry.
  package private(set) var sources: [Int32: SourceText] = [:]
  /// The kinds and the calendar as they are now.
  package private(set) var catalogue = Catalogue()

  /// Opens the store, or begins it where its file does not exist.
  /// - Throws: `Diagnostics` (E2, E3), and E1 for an as-of time that cannot be read.
  public init(options: Options) throws {
    self.options = options
  }

  /// Runs a text: every statement in turn, until one fails.
  ///
  /// Nothing runs where the text has errors. A statement that fails half-way leaves the store as it was before it,
  /// and nothing after it runs.
  /// - Parameter name: how places in the text are called: a file's name, `prompt`.
  package func run(_ text: String, name: String, origin: Origin, emit: (Outcome) -> Void) -> Status {
    options.interruption.reset()
    let result = parse(text, name: name)
    guard result.diagnostics.isEmpty else {
      emit(.diagnostics(result.diagnostics))
      return Status(result.diagnostics)
    }
    return execute(result.tree, origin: origin, emit: emit)
  }

  /// Whether a text needs no further line; a wrong one is complete, so that its errors are told.
  public func isComplete(_ text: String) -> Bool {
    var parser = Parser(text)
    return !parser.parse().isIncomplete
  }

  /// Everything wrong with a text that can be found without running it.
  package func check(_ text: String, name: String) -> [Diagnostic] { parse(text, name: name).diagnostics }

  /// A text in its one shape; as it is, where it has errors.
  package func format(_ text: String, name: String) -> (text: String, diagnostics: [Diagnostic]) {
    (text, check(text, name: name))
  }

  /// Writes the store.
  /// - Parameter path: another file; nil writes the store's own.
  /// - Returns: the path written.
  package func save(to path: String?) throws -> String {
    guard path != nil || options.storePath != nil else {
      throw Diagnostic("E3120", .error, "this store is in memory only", notes: ["name a file: `save company.json`"])
    }
    throw Diagnostic("E1999", .error, "this build does not write stores yet")
  }

  /// Stops what runs, from any thread.
  public func interrupt() { options.interruption.interrupt() }

  /// Reads a text and keeps it under a number of its own, so that its places can be shown later.
  package func parse(_ text: String, name: String) -> ParseResult {
    let file = Int32(clamping: sources.count)
    sources[file] = SourceText(name: name, text: text)
    var parser = Parser(text, file: file, limits: SyntaxLimits(options.limits))
    return parser.parse()
  }
}
