import Glibc
import PeyvandBase
import PeyvandFiles

/// What can be fed with bytes that nobody chose: each takes any bytes and must end, without a crash, with a sound
/// result.
///
/// The fuzzer (`scripts/fuzz`) and the test that replays the corpus call the same entries. An entry gives what it found
/// wrong in words; the fuzzer makes that a crash, so that it keeps the bytes.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// Lexer, parser, formatter: a tree with places inside the text; formatting means the same and is final.
  case syntax
  /// The whole of check over a fixed company.
  case check
  /// Check and the evaluator, with narrow limits, over the records of a fixed company.
  case ask
  /// The JSON reader, and a store opened from the bytes and read whole.
  case snapshot
  /// A journal's lines, and a store's state after them.
  case journal
  /// CSV: dialect, types, cells, rows.
  case csv
  /// Any file of an import: text of any encoding, JSON, workbooks, databases.
  case source
  /// A time zone's file.
  case zone

  package func problems(_ bytes: [UInt8]) -> [String] {
    switch self {
    case .syntax: SyntaxEntry.problems(bytes)
    case .check: CheckEntry.problems(bytes, asks: false)
    case .ask: CheckEntry.problems(bytes, asks: true)
    case .snapshot: SnapshotEntry.problems(bytes)
    case .journal: JournalEntry.problems(bytes)
    case .csv: CSVEntry.problems(bytes)
    case .source: SourceEntry.problems(bytes)
    case .zone: ZoneEntry.problems(bytes)
    }
  }
}

/// The target that the fuzzer's process was begun for.
private let chosen = getenv("PEYVAND_FUZZ_TARGET").flatMap { FuzzTarget(rawValue: String(cString: $0)) } ?? .syntax

/// The fuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
  let problems = chosen.problems(bytes)
  guard problems.isEmpty else {
    try? StandardStreams.write(problems.joined(separator: "\n") + "\n", to: .error)
    abort()
  }
  return 0
}
