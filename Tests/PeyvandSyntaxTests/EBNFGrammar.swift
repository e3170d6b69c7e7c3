import Testing

@testable import PeyvandSyntax

/// A grammar read from EBNF as `docs/grammar.md` writes it, to derive programs from it and by it.
struct EBNFGrammar: Sendable {
  indirect enum Node: Sendable {
    /// A word or a sign in quotes.
    case literal(String)
    /// A class of tokens in capitals: `NAME`, `NUMBER`, …
    case token(String)
    case rule(String)
    case sequence([Node])
    case choice([Node])
    case option(Node)
    case repetition(Node)
  }

  struct Unreadable: Error { var place: Substring }

  private(set) var rules: [String: Node] = [:]
  private(set) var literals: Set<String> = []
  private(set) var used: Set<String> = []

  init(_ text: String) throws {
    var words = Self.words(text)[...]
    while let name = words.popFirst() {
      guard words.popFirst() == "=" else { throw Unreadable(place: name) }
      rules[String(name)] = try choice(&words)
      guard words.popFirst() == ";" else { throw Unreadable(place: name) }
    }
  }

  private static func words(_ text: String) -> [Substring] {
    var words: [Substring] = []
    var rest = text[...]
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if rest.hasPrefix("(*") {
        while !rest.isEmpty, !rest.hasPrefix("*)") { rest.removeFirst() }
        rest = rest.dropFirst(2)
      } else if first == "\"" {
        let end = rest.dropFirst().firstIndex(of: "\"") ?? rest.endIndex
        words.append(rest[..<end])
        rest = rest[end...].dropFirst()
      } else if first.isLetter {
        let word = rest.prefix { $0.isLetter }
        words.append(word)
        rest = rest[word.endIndex...]
      } else {
        words.append(rest.prefix(1))
        rest.removeFirst()
      }
    }
    return words
  }

  private mutating func choice(_ words: inout ArraySlice<Substring>) throws -> Node {
    var all = [try sequence(&words)]
    while words.first == "|" {
      words.removeFirst()
      all.append(try sequence(&words))
    }
    return all.count == 1 ? all[0] : .choice(all)
  }

  private mutating func sequence(_ words: inout ArraySlice<Substring>) throws -> Node {
    var all: [Node] = []
    while let word = words.first, !["|", ")", "]", "}", ";"].contains(word) {
      words.removeFirst()
      if word.first == "\"" {
        let literal = String(word.dropFirst())
        literals.insert(literal)
        all.append(.literal(literal))
      } else if let closing = ["(": ")", "[": "]", "{": "}"][word] {
        let inner = try choice(&words)
        guard let next = words.popFirst(), next == closing else { throw Unreadable(place: word) }
        all.append(word == "(" ? inner : word == "[" ? .option(inner) : .repetition(inner))
      } else if word.allSatisfy(\.isUppercase) {
        all.append(.token(String(word)))
      } else {
        used.insert(String(word))
        all.append(.rule(String(word)))
      }
    }
    return all.count == 1 ? all[0] : .sequence(all)
  }
}

/// Whether tokens can be derived from a rule: all places where it may end, so that no choice has to be guessed.
struct Derivation {
  let grammar: EBNFGrammar
  let tokens: [Token]
  private struct Key: Hashable {
    var rule: String
    var place: Int
  }
  private var known: [Key: Set<Int>] = [:]

  init(_ grammar: EBNFGrammar, _ tokens: [Token]) {
    self.grammar = grammar
    self.tokens = tokens
  }

  mutating func covers(_ rule: String) -> Bool { ends(.rule(rule), at: 0).contains(tokens.count) }

  private mutating func ends(_ node: EBNFGrammar.Node, at place: Int) -> Set<Int> {
    switch node {
    case .literal(let text): return fits(text, place) ? [place + 1] : []
    case .token(let name): return ends(ofToken: name, at: place)
    case .rule(let name):
      let key = Key(rule: name, place: place)
      if let ends = known[key] { return ends }
      guard let body = grammar.rules[name] else { return [] }
      let ends = ends(body, at: place)
      known[key] = ends
      return ends
    case .sequence(let parts):
      var ends: Set<Int> = [place]
      for part in parts {
        var next: Set<Int> = []
        for end in ends { next.formUnion(self.ends(part, at: end)) }
        ends = next
        if ends.isEmpty { break }
      }
      return ends
    case .choice(let parts): return parts.reduce(into: []) { $0.formUnion(ends($1, at: place)) }
    case .option(let part): return ends(part, at: place).union([place])
    case .repetition(let part):
      var all: Set<Int> = [place]
      var fresh = all
      while !fresh.isEmpty {
        var next: Set<Int> = []
        for end in fresh { next.formUnion(ends(part, at: end)) }
        fresh = next.subtracting(all)
        all.formUnion(fresh)
      }
      return all
    }
  }

  private static let signs: [String: Token.Kind] = [
    "(": .open, ")": .close, "[": .openList, "]": .closeList, "{": .openBrace, "}": .closeBrace, "|": .pipe,
    ",": .comma, ";": .semicolon, ":": .colon, ".": .dot, "..": .range, "+": .plus, "-": .minus, "*": .times,
    "/": .divide, "=": .equal, "!=": .notEqual, "<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual,
  ]

  private func fits(_ text: String, _ place: Int) -> Bool {
    guard tokens.indices.contains(place) else { return false }
    if let sign = Self.signs[text] { return tokens[place].kind == sign }
    return tokens[place].kind == .name && tokens[place].keyword?.rawValue == text
  }

  private mutating func ends(ofToken name: String, at place: Int) -> Set<Int> {
    guard tokens.indices.contains(place) else { return [] }
    let token = tokens[place]
    switch name {
    case "NAME": return token.isName ? [place + 1] : []
    case "NUMBER": return token.kind == .number ? [place + 1] : []
    case "QUANTITY":
      return token.kind == .number && tokens.indices.contains(place + 1) && tokens[place + 1].isName ? [place + 2] : []
    case "DATE": return token.kind == .date ? [place + 1] : []
    case "PERIOD": return token.kind == .period ? [place + 1] : []
    case "CLOCK": return token.kind == .clock ? [place + 1] : []
    default:
      guard token.kind == .textHead else { return token.isText ? [place + 1] : [] }
      var all: Set<Int> = []
      var open: Set<Int> = [place + 1]
      while !open.isEmpty {
        var next: Set<Int> = []
        for start in open {
          for end in ends(.rule("query"), at: start) where tokens.indices.contains(end) {
            if tokens[end].kind == .textTail { all.insert(end + 1) }
            if tokens[end].kind == .textMiddle { next.insert(end + 1) }
          }
        }
        open = next
      }
      return all
    }
  }
}

/// Programs made from the grammar at random, within the limits that its comments state.
struct GrammarProgram {
  let grammar: EBNFGrammar
  var random: SeededGenerator
  private let heights: [String: Int]
  private var blocks = 0

  /// What a comment forbids at this place; brackets lift all of it.
  struct Limits: OptionSet {
    let rawValue: Int
    static let noWithin = Limits(rawValue: 1)
    static let noThen = Limits(rawValue: 2)
    static let noWhere = Limits(rawValue: 4)
    static let noMinus = Limits(rawValue: 8)
  }

  init(_ grammar: EBNFGrammar, seed: UInt64) {
    self.grammar = grammar
    random = SeededGenerator(state: seed)
    var heights: [String: Int] = [:]
    for _ in 0..<60 {
      for (name, node) in grammar.rules { heights[name] = 1 + Self.height(node, heights) }
    }
    self.heights = heights
  }

  private static func height(_ node: EBNFGrammar.Node, _ known: [String: Int]) -> Int {
    switch node {
    case .literal, .token, .option, .repetition: 0
    case .rule(let name): known[name] ?? 1_000
    case .sequence(let parts): parts.map { height($0, known) }.max() ?? 0
    case .choice(let parts): parts.map { height($0, known) }.min() ?? 0
    }
  }

  mutating func make(_ rule: String) -> String {
    var words: [String] = []
    write(.rule(rule), 45, [], &words)
    var text = ""
    for word in words {
      // A minus before its operand stands right before it.
      if !text.isEmpty, !text.hasSuffix("\n  "), !text.hasSuffix("\u{1}"), word != "\n  " { text += " " }
      if text.hasSuffix("\u{1}") { text.removeLast() }
      text += word
    }
    return text
  }

  private mutating func write(_ node: EBNFGrammar.Node, _ budget: Int, _ limits: Limits, _ words: inout [String]) {
    switch node {
    case .literal(let text): words.append(text)
    case .token(let name): writeToken(name, budget, &words)
    case .rule(let name): writeRule(name, budget - 1, limits, &words)
    case .sequence(let parts):
      var limits = limits
      var outer: [Limits] = []
      for part in parts {
        if case .literal(let text) = part {
          if text == "(" || text == "[" {
            outer.append(limits)
            limits = []
          } else if text == ")" || text == "]" {
            limits = outer.popLast() ?? limits
          }
        }
        write(part, budget, limits, &words)
      }
    case .choice(let parts):
      let fitting = parts.filter { Self.height($0, heights) <= budget && isAllowed($0, limits) }
      let least = parts.filter { isAllowed($0, limits) }.min { Self.height($0, heights) < Self.height($1, heights) }
      // Long enough: what is left is written as shortly as it can be.
      if let chosen = words.count > 40 ? least : fitting.randomElement(using: &random) ?? least {
        write(chosen, budget, inside(chosen, limits), &words)
      }
    case .option(let part):
      // A new line may stand in the place of these; here all stands on one.
      if case .literal(let sign) = part, sign == "," || sign == ";" { return words.append(sign) }
      guard words.count <= 40, isAllowed(part, limits), Self.height(part, heights) < budget else { return }
      if Int.random(in: 0..<3, using: &random) == 0 {
        write(part, budget, limits, &words)
      }
    case .repetition(let part):
      var count = 0
      while count < 3, words.count <= 40, Self.height(part, heights) < budget,
        Int.random(in: 0..<4, using: &random) == 0
      {
        write(part, budget, limits, &words)
        count += 1
      }
    }
  }

  private func first(_ node: EBNFGrammar.Node) -> String? {
    switch node {
    case .literal(let text): text
    case .sequence(let parts): parts.first.flatMap(first)
    case .choice(let parts): parts.first.flatMap(first)
    default: nil
    }
  }

  private func isAllowed(_ node: EBNFGrammar.Node, _ limits: Limits) -> Bool {
    switch first(node) {
    case "within": !limits.contains(.noWithin)
    case "where": !limits.contains(.noWhere)
    case "-": !limits.contains(.noMinus)
    default: true
    }
  }

  private func inside(_ node: EBNFGrammar.Node, _ limits: Limits) -> Limits {
    if case .sequence(let parts) = node, case .literal("by")? = parts.first { limits.union(.noWhere) } else { limits }
  }

  private mutating func writeRule(_ name: String, _ budget: Int, _ limits: Limits, _ words: inout [String]) {
    guard let body = grammar.rules[name] else { return }
    switch name {
    case "kpiclause", "procclause":
      words.append("\n  ")
      write(body, budget, [], &words)
    case "block":
      blocks += 1
      write(body, budget, [], &words)
      blocks -= 1
    case "statement" where blocks > 0:
      // Clauses want lines of their own, which a block in one line has not.
      write(.rule(["query", "let", "print", "data"].randomElement(using: &random) ?? "query"), budget, [], &words)
    case "step": write(body, budget, limits.union(.noWithin), &words)
    case "chain" where limits.contains(.noThen): write(.rule("rel"), budget, limits, &words)
    case "filter":
      guard case .choice(let parts) = body else { return }
      let allowed = parts.filter { isAllowed($0, limits) && Self.height($0, heights) <= budget }
      guard let chosen = (allowed.isEmpty ? Array(parts.dropFirst().prefix(1)) : allowed).randomElement(using: &random)
      else { return }
      write(chosen, budget, first(chosen) == "where" ? limits.union(.noThen) : limits, &words)
    case "window": write(body, budget, [.noMinus], &words)
    case "unary":
      let start = words.count
      write(body, budget, limits, &words)
      if start < words.count, words[start] == "-" { words[start] = "-\u{1}" }
    default: write(body, budget, limits, &words)
    }
  }

  private mutating func writeToken(_ name: String, _ budget: Int, _ words: inout [String]) {
    switch name {
    case "NAME":
      words.append(["alpha", "beta", "gamma", "delta", "`net $`", "مشتری"].randomElement(using: &random) ?? "alpha")
    case "NUMBER": words.append("2")
    case "QUANTITY": words.append(["2 days", "6 months", "5 rial"].randomElement(using: &random) ?? "2 days")
    case "DATE":
      words.append(["2024-03-01", "1403-12-30", "2024-03-01 14:30"].randomElement(using: &random) ?? "2024-03-01")
    case "PERIOD": words.append(["2024-Q1", "1403-05"].randomElement(using: &random) ?? "2024-Q1")
    case "CLOCK": words.append("8:30")
    default:
      if budget > 30, Int.random(in: 0..<6, using: &random) == 0 {
        var inner: [String] = []
        write(.rule("query"), budget - 12, [], &inner)
        words.append("\"a {\(inner.joined(separator: " ").replacing("-\u{1} ", with: "-"))} b\"")
      } else {
        words.append(["\"text\"", "'raw'", "«متن»"].randomElement(using: &random) ?? "\"text\"")
      }
    }
  }
}
