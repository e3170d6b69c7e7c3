/// Where blanks stand between tokens: the one style of a line.
///
/// The formatter writes lines with it, and the parser the names of columns, so that formatting a program never
/// changes what its columns are called.
struct TokenSpacing {
  let source: LexedText
  let roles: [TokenRole]

  private func role(_ place: Int) -> TokenRole { roles.indices.contains(place) ? roles[place] : [] }

  /// Whether a blank stands between this token and the one before it.
  func hasSpace(before place: Int) -> Bool {
    guard place > 0, place < source.tokens.count else { return false }
    let token = source.tokens[place]
    let last = source.tokens[place - 1]
    switch last.kind {
    case .open, .openList, .dot, .range, .textHead, .textMiddle: return false
    case .minus, .plus: if role(place - 1).contains(.unary) { return false }
    case .times: if role(place - 1).contains(.repeatSign) { return false }
    default: break
    }
    switch token.kind {
    case .close, .closeList, .comma, .semicolon, .colon, .dot, .range, .textMiddle, .textTail: return false
    case .open: return !role(place).contains(.call)
    case .times: return !role(place).contains(.repeatSign)
    case .closeBrace: return last.kind != .openBrace
    case .end: return false
    default: return true
    }
  }

  /// The one spelling of a token.
  func text(of place: Int) -> String {
    guard place < source.tokens.count else { return "" }
    let token = source.tokens[place]
    let text = source.text(of: token)
    return token.kind == .equal ? "=" : text
  }

  /// The tokens on one line.
  func line(from start: Int, to end: Int) -> String {
    var line = ""
    for place in start..<max(start, min(end, source.tokens.count)) {
      if place > start, hasSpace(before: place) { line += " " }
      line += text(of: place)
    }
    return line
  }
}

extension Parser {
  func flatText(from start: Int, to end: Int) -> String {
    TokenSpacing(source: source, roles: roles).line(from: start, to: end)
  }
}
