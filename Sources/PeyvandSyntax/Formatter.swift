import PeyvandBase

/// Writes a program in its one style: what `peyvand fmt` does.
///
/// It works on the tokens, with the roles that the parser gave them, and not on the tree, so that comments and
/// the spelling of every name, number and text stay as they are. The meaning stays because a line is broken only
/// where the line rule lets it go on, and joined only inside one statement. What fits on a line is one line,
/// unless its writer broke it at a `|` or in braces; a blank line between statements stays, several become one.
/// Formatting what is formatted changes nothing.
package struct Formatter {
  /// A longer line is broken where it may be.
  static let width = 100
  /// Columns that the word of a clause takes.
  static let clauseWidth = 8

  private let source: LexedText
  let spacing: TokenSpacing
  private var lines: [String] = []
  private var nextComment = 0
  /// Where in the source the last thing written ended; -1 where no blank line is wanted.
  private var writtenEnd: Int32 = -1

  package init(_ result: ParseResult) {
    source = result.source
    spacing = TokenSpacing(source: result.source, roles: result.roles)
  }

  /// The program in its one style; nothing where the program is wrong.
  package static func format(_ text: String) -> String? {
    var parser = Parser(text)
    let result = parser.parse()
    guard result.diagnostics.isEmpty else { return nil }
    var formatter = Formatter(result)
    return formatter.format()
  }

  package mutating func format() -> String {
    let end = source.tokens.count - 1
    writeStatements(0, end, indent: 0)
    writeComments(before: end, indent: 0)
    return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
  }

  // MARK: - What tokens are

  func kind(_ place: Int) -> Token.Kind { source.tokens[place].kind }
  func startsLine(_ place: Int) -> Bool { source.tokens[place].startsLine }
  func keyword(_ place: Int) -> Keyword? { source.tokens[place].keyword }

  func has(_ role: TokenRole, _ place: Int) -> Bool {
    spacing.roles.indices.contains(place) && spacing.roles[place].contains(role)
  }

  /// The first token from `start` that is not inside braces and for which this holds, or `end`.
  private func first(from start: Int, to end: Int, where holds: (Int) -> Bool) -> Int {
    var braces = 0
    for place in start..<max(start, end) {
      if braces == 0, holds(place) { return place }
      if kind(place) == .openBrace { braces += 1 }
      if kind(place) == .closeBrace { braces -= 1 }
    }
    return end
  }

  private func hasComment(between start: Int, _ end: Int) -> Bool {
    guard start < end else { return false }
    let from = source.tokens[start].end
    let to = source.tokens[end].start
    return source.comments.contains { $0.start >= from && $0.start < to }
  }

  // MARK: - Statements

  private mutating func writeStatements(_ start: Int, _ end: Int, indent: Int) {
    var place = start
    while place < end {
      if kind(place) == .semicolon {
        place += 1
        continue
      }
      let next = first(from: place + 1, to: end) { has(.statement, $0) || kind($0) == .semicolon }
      writeStatement(place, next, indent: indent)
      place = next
    }
  }

  private mutating func writeStatement(_ start: Int, _ end: Int, indent: Int) {
    let clause = first(from: start, to: end) { has(.clause, $0) }
    if clause < end { return writeClauses(start, clause, end, indent: indent) }
    let isLong = flat(start, end).unicodeScalars.count + indent > Self.width
    let isSplit = hasExpandedBlock(start, end, isLong: isLong)
    var cursor = start
    var open = first(from: start, to: end) { has(.block, $0) || has(.record, $0) }
    while open < end {
      let close = first(from: open + 1, to: end) { kind($0) == .closeBrace }
      if isExpanded(open, close, isLong: isLong) || (isSplit && has(.block, open) && close > open + 1) {
        write(Line(start: cursor, end: open + 1, indent: indent))
        writtenEnd = -1
        if has(.block, open) {
          writeStatements(open + 1, close, indent: indent + 2)
        } else {
          writeEntries(open + 1, close, indent: indent + 2)
        }
        writeComments(before: close, indent: indent + 2)
        writtenEnd = -1
        cursor = close
      }
      open = first(from: close + 1, to: end) { has(.block, $0) || has(.record, $0) }
    }
    write(Line(start: cursor, end: end, indent: indent))
  }

  /// Whether one of several blocks goes below: then all of an `if` and its `else` do.
  private func hasExpandedBlock(_ start: Int, _ end: Int, isLong: Bool) -> Bool {
    var open = first(from: start, to: end) { has(.block, $0) }
    while open < end {
      let close = first(from: open + 1, to: end) { kind($0) == .closeBrace }
      if isExpanded(open, close, isLong: isLong) { return true }
      open = first(from: close + 1, to: end) { has(.block, $0) }
    }
    return false
  }

  /// Whether what stands in these braces goes below, a line each.
  private func isExpanded(_ open: Int, _ close: Int, isLong: Bool) -> Bool {
    if hasComment(between: open, close) { return true }
    guard close > open + 1 else { return false }
    if isLong { return true }
    let inner = (open + 1)..<close
    if has(.block, open) {
      return inner.contains { startsLine($0) }
        || first(from: open + 2, to: close) { has(.statement, $0) } < close
    }
    return inner.contains { startsLine($0) && has(.entry, $0) } || inner.contains { isBroken($0) }
  }

  /// A block inside a record never occurs; a record inside a block that is written below makes the block so too.
  private func isBroken(_ place: Int) -> Bool { has(.outerPipe, place) && startsLine(place) }

  private mutating func writeEntries(_ start: Int, _ end: Int, indent: Int) {
    var place = first(from: start, to: end) { has(.entry, $0) }
    while place < end {
      let next = first(from: place + 1, to: end) { has(.entry, $0) }
      var last = next
      while last > place + 1, has(.separator, last - 1) { last -= 1 }
      write(Line(start: place, end: last, indent: indent))
      place = next
    }
  }

  private mutating func writeClauses(_ start: Int, _ clause: Int, _ end: Int, indent: Int) {
    write(Line(start: start, end: clause, indent: indent))
    var place = clause
    while place < end {
      let next = first(from: place + 1, to: end) { has(.clause, $0) }
      writtenEnd = -1
      var line = Line(start: place, end: next, indent: indent + 2)
      line.isClause = !has(.bareClause, place)
      line.deeper = Self.clauseWidth
      write(line)
      place = next
    }
  }

  // MARK: - Lines

  /// Tokens that make one line, if they fit.
  struct Line {
    var start: Int
    var end: Int
    var indent: Int
    var isClause = false
    /// How much deeper its further lines are.
    var deeper = 4
  }

  private mutating func write(_ line: Line) {
    writeComments(before: line.start, indent: line.indent)
    var pipes = (line.start + 1..<max(line.start + 1, line.end)).filter { has(.outerPipe, $0) }
    let isBroken =
      pipes.contains { startsLine($0) } || hasComment(between: line.start, line.end - 1)
      || flat(line.start, line.end).unicodeScalars.count + line.indent > Self.width
    if !isBroken { pipes = [] }
    var start = line.start
    for end in pipes + [line.end] {
      var part = line
      part.start = start
      part.end = end
      if start > line.start {
        part.isClause = false
        if line.isClause {
          part.indent = line.indent + line.deeper
          part.deeper = 4
        }
      }
      writePart(part, isFirst: start == line.start)
      start = end
    }
    writtenEnd = source.tokens[line.end - 1].end
  }

  /// A stage, or a whole statement: broken after the comments inside it and where it is too long.
  private mutating func writePart(_ part: Line, isFirst: Bool) {
    var chunks: [(start: Int, end: Int)] = []
    var start = part.start
    for place in part.start..<part.end where place + 1 < part.end && hasComment(between: place, place + 1) {
      chunks.append((start, place + 1))
      start = place + 1
    }
    chunks.append((start, part.end))
    for (number, chunk) in chunks.enumerated() {
      let indent = number == 0 ? part.indent : part.indent + part.deeper
      if number > 0 || !isFirst { writeComments(before: chunk.start, indent: indent) }
      let pieces = self.pieces(chunk.start, chunk.end, isClause: part.isClause && number == 0)
      for (place, text) in wrapped(pieces, indent: indent, further: part.indent + part.deeper).enumerated() {
        let column = place == 0 ? indent : part.indent + part.deeper
        lines.append(String(repeating: " ", count: column) + text)
      }
      writeTrailingComment(after: chunk.end - 1)
      // No blank line stands inside a statement.
      writtenEnd = -1
    }
  }

  // MARK: - Comments

  /// The comment on the line that a token ends.
  private mutating func writeTrailingComment(after place: Int) {
    guard nextComment < source.comments.count else { return }
    let comment = source.comments[nextComment]
    guard !comment.startsLine, comment.start >= source.tokens[place].end, !lines.isEmpty else { return }
    // Only separators, which are not written, may stand between the two.
    var next = place + 1
    while next < source.tokens.count, has(.separator, next) || kind(next) == .semicolon { next += 1 }
    guard next >= source.tokens.count || comment.start < source.tokens[next].start else { return }
    lines[lines.count - 1] += "  " + text(of: comment)
    nextComment += 1
    writtenEnd = comment.end
  }

  /// The comments that stand before a token, on lines of their own, and a blank line where there was one.
  private mutating func writeComments(before place: Int, indent: Int) {
    let start = source.tokens[place].start
    while nextComment < source.comments.count, source.comments[nextComment].start < start {
      let comment = source.comments[nextComment]
      writeBlankLine(before: comment.start)
      lines.append(String(repeating: " ", count: indent) + text(of: comment))
      writtenEnd = comment.end
      nextComment += 1
    }
    if kind(place) != .end, kind(place) != .closeBrace { writeBlankLine(before: start) }
  }

  private mutating func writeBlankLine(before start: Int32) {
    guard writtenEnd >= 0, start > writtenEnd, !lines.isEmpty, lines.last?.isEmpty == false else { return }
    let between = source.bytes[min(Int(writtenEnd), source.bytes.count)..<min(Int(start), source.bytes.count)]
    var newlines = 0
    for byte in between where byte == UInt8(ascii: "\n") { newlines += 1 }
    if newlines > 1 { lines.append("") }
  }

  private func text(of comment: Comment) -> String {
    var text = source.text(comment.start, comment.end)
    while let last = text.unicodeScalars.last, last == " " || last == "\t" { text.unicodeScalars.removeLast() }
    return text
  }
}
