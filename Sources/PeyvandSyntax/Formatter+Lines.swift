/// The text of a line, and where a long one is broken.
extension Formatter {
  /// A token as it is written.
  struct Piece {
    var text: String
    var hasSpace: Bool
    /// A line may begin with it.
    var mayBreak: Bool
    /// How much a line that begins with it tears apart: the less the better.
    var cost: Int
  }

  /// Words before which a long line is broken.
  private static let breaks: Set<Keyword> = [
    .and, .or, .then, .where, .by, .across, .else, .within, .of, .per, .with, .from, .to, .since, .until, .during,
  ]

  func pieces(_ start: Int, _ end: Int, isClause: Bool) -> [Piece] {
    var pieces: [Piece] = []
    var depth = 0
    var texts = 0
    for place in start..<max(start, end) {
      let kind = kind(place)
      if kind == .semicolon || has(.separator, place) { continue }
      if kind == .close || kind == .closeList || kind == .closeBrace { depth -= 1 }
      if kind == .textTail { texts -= 1 }
      let isEntry = has(.entry, place) && place > start && self.kind(place - 1) != .openBrace
      if isEntry, let last = pieces.indices.last { pieces[last].text += "," }
      let follows = place > start && (self.kind(place - 1) == .comma || isEntry)
      let isWord = has(.infix, place) && Self.breaks.contains(keyword(place) ?? .all)
      var text = spacing.text(of: place)
      if isClause, place == start {
        text += String(repeating: " ", count: max(0, Self.clauseWidth - 1 - text.unicodeScalars.count))
      }
      let isSum = (kind == .plus || kind == .minus) && !has(.unary, place)
      pieces.append(
        Piece(
          text: text, hasSpace: spacing.hasSpace(before: place),
          mayBreak: texts == 0 && place > start && (follows || isWord || isSum),
          cost: depth * 2 + (isSum ? 1 : 0)))
      if kind == .open || kind == .openList || kind == .openBrace { depth += 1 }
      if kind == .textHead { texts += 1 }
    }
    return pieces
  }

  /// All of it on one line.
  func flat(_ start: Int, _ end: Int) -> String { join(pieces(start, end, isClause: false)[...]) }

  private func join(_ pieces: ArraySlice<Piece>) -> String {
    var line = ""
    for (place, piece) in pieces.enumerated() {
      if place > 0, piece.hasSpace { line += " " }
      line += piece.text
    }
    return line
  }

  /// Lines no longer than the width where they can be broken: at the last place in the fewest brackets,
  /// between sums only where nothing else would do.
  func wrapped(_ pieces: [Piece], indent: Int, further: Int) -> [String] {
    var lines: [String] = []
    var start = 0
    while start < pieces.count {
      let column = lines.isEmpty ? indent : further
      var best: Int?
      var length = column
      var place = start
      while place < pieces.count {
        let piece = pieces[place]
        if place > start, piece.mayBreak {
          let isBetter = best.map { piece.cost <= pieces[$0].cost } ?? true
          if isBetter, length <= Self.width || best == nil { best = place }
        }
        length += piece.text.unicodeScalars.count + (place > start && piece.hasSpace ? 1 : 0)
        if length > Self.width, best != nil { break }
        place += 1
      }
      let end = length > Self.width ? best ?? pieces.count : pieces.count
      lines.append(join(pieces[start..<end]))
      start = end
    }
    return lines
  }
}
