/// How much one question, one script or one file may ask for: all of the limits, in one place.
package struct Limits: Hashable, Sendable {
  /// Bytes of one program text.
  package var programBytes = 8 << 20
  /// Nested brackets, operators and blocks in a program; nested values in JSON have their own.
  package var depth = 200
  /// Terms of one chain of operators.
  package var chain = 1_000
  /// Diagnostics shown for one file.
  package var diagnostics = 20
  /// Bytes of one text value.
  package var textBytes = 64 << 20
  /// Rows or elements of one intermediate result.
  package var rows = 200_000_000
  /// Rows of one answer.
  package var answerRows = 1_000_000
  /// Bytes that one question may hold, as the evaluator estimates them.
  package var memoryBytes = 4 << 30
  /// Seconds that one question may take; 0: no limit.
  package var seconds = 0
  /// Statements that one script may carry out, those of loops as often as they run.
  package var statements = 1_000_000
  /// Files that `use` and `run` may nest.
  package var useDepth = 16
  /// Bytes of a file that is read whole.
  package var fileBytes = 8 << 30
  /// Bytes of stack of the thread that runs the language.
  package static let stackBytes = 256 << 20

  package init() {}
}
