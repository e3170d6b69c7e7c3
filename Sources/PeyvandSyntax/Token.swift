import PeyvandBase

/// A piece of the text that has a meaning of its own.
///
/// Tokens are small and flat, so that a hostile text of millions of them stays cheap: names are read from the
/// bytes on demand, values lie in a table beside. A text with braces is several tokens (`head`, the tokens of
/// the expression, `middle`, …, `tail`), so that no nesting needs recursion in the lexer.
package struct Token: Hashable, Sendable {
  package enum Kind: UInt8, Hashable, Sendable {
    case name, quotedName
    case number, date, period, clock
    case text, rawText, textHead, textMiddle, textTail
    case pipe, open, close, openList, closeList, openBrace, closeBrace
    case comma, semicolon, colon, dot, range
    case plus, minus, times, divide
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    /// Something already reported.
    case invalid
    case end
  }

  package var kind: Kind
  /// What a name may be where the grammar asks for it.
  package var keyword: Keyword?
  package var startsLine: Bool
  package var spaceBefore: Bool
  package var start: Int32
  package var end: Int32
  /// Columns of blank before the first token of this token's line.
  package var indent: Int32
  /// Place in the table of literals, or -1.
  package var literal: Int32

  var isName: Bool { kind == .name || kind == .quotedName }
  var isText: Bool { kind == .text || kind == .rawText || kind == .textHead }
  var opens: Bool { kind == .open || kind == .openList || kind == .openBrace || kind == .textHead }
  var closes: Bool { kind == .close || kind == .closeList || kind == .closeBrace || kind == .textTail }
}

/// The value of a token that has one.
package enum Literal: Hashable, Sendable {
  case number(Double, isPercent: Bool)
  case date(DateLiteral)
  case period(PeriodLiteral)
  case clock(secondOfDay: Int)
  case text(String)
}

/// A remark for people, from `#` to the end of the line: kept for the formatter.
package struct Comment: Hashable, Sendable {
  package var start: Int32
  package var end: Int32
  /// Nothing but blanks stands before it on its line.
  package var startsLine: Bool
}

/// A text cut into tokens, and the text itself.
package struct LexedText: Sendable {
  package var file: Int32
  package var bytes: [UInt8]
  /// Ends with a token of kind `end`, always.
  package var tokens: [Token]
  package var literals: [Literal]
  package var comments: [Comment]
  package var diagnostics: [Diagnostic]
  /// The last line holds nothing: at the prompt, what says that a `kpi` is done.
  package var endsWithEmptyLine: Bool

  /// The text between two byte offsets.
  func text(_ start: Int32, _ end: Int32) -> String {
    let from = min(max(0, Int(start)), bytes.count)
    let to = min(max(from, Int(end)), bytes.count)
    return String(decoding: bytes[from..<to], as: UTF8.self)
  }

  package func text(of token: Token) -> String { text(token.start, token.end) }

  func range(of token: Token) -> SourceRange {
    SourceRange(file: file, start: Int(token.start), end: Int(token.end))
  }

  func literal(of token: Token) -> Literal? {
    literals.indices.contains(Int(token.literal)) ? literals[Int(token.literal)] : nil
  }
}

/// The limits of one text, as far as the lexer and the parser keep them.
package struct SyntaxLimits: Sendable {
  package var bytes: Int
  package var tokens: Int
  /// Brackets, blocks and signs one inside the other.
  package var depth: Int
  /// Levels of the tree of one expression; a chain of operators is as high as it is long.
  package var height: Int
  /// Texts inside the braces of texts.
  package var textDepth: Int
  package var stages: Int
  /// Columns of one stage.
  package var columns: Int
  package var diagnostics: Int

  package init(_ limits: Limits = Limits()) {
    bytes = limits.programBytes
    tokens = limits.words
    textDepth = limits.textDepth
    depth = limits.depth
    height = limits.chain
    stages = limits.stages
    columns = limits.stageColumns
    diagnostics = limits.diagnostics
  }

  package static let standard = SyntaxLimits()
}
