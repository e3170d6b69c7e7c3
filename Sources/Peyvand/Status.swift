import PeyvandBase

/// How a run ended, as the command line's exit code says it.
public enum Status: Int32, Sendable, Hashable {
  case fine = 0
  /// The script's own check failed: a `test`, a red `watch`.
  case checkFailed = 1
  case usage = 2
  /// An error in the program.
  case program = 3
  /// Data, among it more rejected rows than allowed.
  case data = 4
  /// A file or another source out of reach.
  case source = 5
  /// Imported, with rejected rows within the share allowed.
  case rejects = 6
  case interrupted = 130

  /// Errors of what was given on the command line, not of the program: --set, --as-of, --map and --recipe.
  private static let usageCodes: Set<String> = ["E1701", "E1707", "E1708", "E1720", "E1721", "E1722"]

  /// What an error of this code means for the exit: E1 the program, E2 data, E3 a source.
  package init(code: String) {
    if code == "E1501" {
      self = .interrupted
    } else if code == "E1711" {
      self = .checkFailed
    } else if Self.usageCodes.contains(code) {
      self = .usage
    } else if code.hasPrefix("E2") {
      self = .data
    } else if code.hasPrefix("E3") {
      self = .source
    } else {
      self = .program
    }
  }

  /// The status of a phase that said all this: that of its first error, fine where there is none.
  package init(_ diagnostics: [Diagnostic]) {
    self = diagnostics.first { $0.severity == .error }.map { Status(code: $0.code) } ?? .fine
  }

  /// Of two parts of one run, what the run is said to have ended with: the first that was not fine.
  package func then(_ next: Status) -> Status { self == .fine || (self == .rejects && next != .fine) ? next : self }
}
