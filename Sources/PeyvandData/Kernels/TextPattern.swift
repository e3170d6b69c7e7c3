import PeyvandBase

/// A pattern that runs in time linear in the text, whatever it says.
///
/// Patterns come from scripts and texts from files, so nothing here may backtrack: the pattern becomes a list
/// of steps, and all places it could be at go through the text together (K. Thompson, "Regular Expression
/// Search Algorithm", 1968). Known: `.` `[…]` `[^…]` `\d \w \s` and their capitals, `( )` `|` `*` `+` `?`
/// `{n,m}` `^` `$`, `\` before a sign for itself. It is found anywhere in the text, unless anchored.
package struct TextPattern: Sendable {
  private enum Step: Sendable {
    case one(Set)
    case split(Int, Int)
    case jump(Int)
    case start, end
    case match
  }

  /// Characters by ranges of scalars, or all others.
  struct Set: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false
    func contains(_ value: UInt32) -> Bool { ranges.contains { $0.contains(value) } != isNegated }
  }

  private indirect enum Node {
    case one(Set)
    case sequence([Node])
    case either([Node])
    case repeated(Node, Int, Int?)
    case start, end
  }

  private var steps: [Step] = []
  /// Steps that a pattern may come to; beyond, it is refused.
  private static let limit = Limits.Fixed.patternSteps
  /// Parts looked at while the steps are made: what repeats nothing very often makes no steps.
  private var work = 0
  private static let workLimit = 200_000
  /// Repetitions of repetitions, which bound how deep a pattern is.
  private static let stackedLimit = 20

  /// Missing where the text is no pattern.
  package init?(_ text: String) {
    var parser = Parser(Array(text.unicodeScalars.map(\.value)))
    guard let node = parser.alternatives(depth: 0), parser.isAtEnd, emit(node) else { return nil }
    steps.append(.match)
  }

  private mutating func emit(_ node: Node) -> Bool {
    work += 1
    guard steps.count < Self.limit, work < Self.workLimit else { return false }
    switch node {
    case .one(let set): steps.append(.one(set))
    case .start: steps.append(.start)
    case .end: steps.append(.end)
    case .sequence(let nodes):
      for node in nodes { guard emit(node) else { return false } }
    case .either(let nodes):
      var ends: [Int] = []
      for (index, node) in nodes.enumerated() {
        guard index < nodes.count - 1 else { return emit(node) && close(ends) }
        let split = steps.count
        steps.append(.split(split + 1, 0))
        guard emit(node) else { return false }
        ends.append(steps.count)
        steps.append(.jump(0))
        steps[split] = .split(split + 1, steps.count)
      }
    case .repeated(let node, let least, let most):
      for _ in 0..<least { guard emit(node) else { return false } }
      guard let most else {
        let split = steps.count
        steps.append(.split(split + 1, 0))
        guard emit(node) else { return false }
        steps.append(.jump(split))
        steps[split] = .split(split + 1, steps.count)
        return true
      }
      var splits: [Int] = []
      for _ in least..<max(least, most) {
        splits.append(steps.count)
        steps.append(.split(steps.count + 1, 0))
        guard emit(node) else { return false }
      }
      for split in splits { steps[split] = .split(split + 1, steps.count) }
    }
    return true
  }

  private mutating func close(_ ends: [Int]) -> Bool {
    for end in ends { steps[end] = .jump(steps.count) }
    return true
  }

  /// - Parameter interruption: where it is set the answer comes at once and is no answer.
  package func matches(_ text: String, unless interruption: Interruption? = nil) -> Bool {
    var current: [Int] = []
    var next: [Int] = []
    var marks = [Int](repeating: -1, count: steps.count)
    var place = 0
    let scalars = text.unicodeScalars
    var rest = scalars[...]
    while true {
      let isEnd = rest.isEmpty
      if place & 0xFFF == 0, interruption?.isInterrupted == true { return false }
      if add(0, place, isEnd, &current, &marks) { return true }
      guard let scalar = rest.popFirst() else { return false }
      place += 1
      next.removeAll(keepingCapacity: true)
      let isLast = rest.isEmpty
      for step in current {
        if case .one(let set) = steps[step], set.contains(scalar.value),
          add(step + 1, place, isLast, &next, &marks)
        {
          return true
        }
      }
      swap(&current, &next)
    }
  }

  /// Adds a step and all that it leads to without a character; whether the match is reached.
  private func add(_ first: Int, _ place: Int, _ isEnd: Bool, _ list: inout [Int], _ marks: inout [Int]) -> Bool {
    var stack = [first]
    while let step = stack.popLast() {
      guard steps.indices.contains(step), marks[step] != place else { continue }
      marks[step] = place
      switch steps[step] {
      case .one: list.append(step)
      case .jump(let to): stack.append(to)
      case .split(let a, let b):
        stack.append(b)
        stack.append(a)
      case .start: if place == 0 { stack.append(step + 1) }
      case .end: if isEnd { stack.append(step + 1) }
      case .match: return true
      }
    }
    return false
  }

  private struct Parser {
    let text: [UInt32]
    var index = 0
    init(_ text: [UInt32]) { self.text = text }
    var isAtEnd: Bool { index >= text.count }
    var here: UInt32? { index < text.count ? text[index] : nil }

    mutating func take(_ character: Character) -> Bool {
      guard let value = character.unicodeScalars.first?.value, here == value else { return false }
      index += 1
      return true
    }

    mutating func alternatives(depth: Int) -> Node? {
      guard depth < 100 else { return nil }
      var nodes: [Node] = []
      repeat {
        var parts: [Node] = []
        while let value = here, value != 0x7C, value != 0x29 {
          guard let part = part(depth: depth) else { return nil }
          parts.append(part)
        }
        nodes.append(.sequence(parts))
      } while take("|")
      return nodes.count == 1 ? nodes[0] : .either(nodes)
    }

    mutating func part(depth: Int) -> Node? {
      guard var node = atom(depth: depth) else { return nil }
      for _ in 0...TextPattern.stackedLimit {
        if take("*") {
          node = .repeated(node, 0, nil)
        } else if take("+") {
          node = .repeated(node, 1, nil)
        } else if take("?") {
          node = .repeated(node, 0, 1)
        } else if take("{") {
          guard let least = number() else { return nil }
          var most: Int? = least
          if take(",") { most = number() }
          guard take("}"), most.map({ $0 >= least }) ?? true else { return nil }
          node = .repeated(node, least, most)
        } else {
          return node
        }
      }
      return nil
    }

    mutating func number() -> Int? {
      var value: Int?
      while let digit = here, (0x30...0x39).contains(digit), (value ?? 0) <= 1000 {
        value = (value ?? 0) * 10 + Int(digit - 0x30)
        index += 1
      }
      return value.flatMap { $0 <= 1000 ? $0 : nil }
    }

    mutating func atom(depth: Int) -> Node? {
      if take("(") {
        guard let node = alternatives(depth: depth + 1), take(")") else { return nil }
        return node
      }
      if take("[") { return set().map(Node.one) }
      if take(".") { return .one(Set(ranges: [0x0A...0x0A], isNegated: true)) }
      if take("^") { return .start }
      if take("$") { return .end }
      guard let value = here, value != 0x2A, value != 0x2B, value != 0x3F, value != 0x7B else { return nil }
      index += 1
      if value == 0x5C { return escape().map(Node.one) }
      return .one(Set(ranges: [value...value]))
    }

    mutating func escape() -> Set? {
      guard let value = here else { return nil }
      index += 1
      let digits: ClosedRange<UInt32> = 0x30...0x39
      switch value {
      case 0x64: return Set(ranges: [digits])
      case 0x44: return Set(ranges: [digits], isNegated: true)
      case 0x73: return Set(ranges: [0x09...0x0D, 0x20...0x20, 0xA0...0xA0])
      case 0x53: return Set(ranges: [0x09...0x0D, 0x20...0x20, 0xA0...0xA0], isNegated: true)
      // Letters of any script: all that is neither a sign nor a space of ASCII, nor punctuation near it.
      case 0x77: return Set(ranges: Self.word)
      case 0x57: return Set(ranges: Self.word, isNegated: true)
      case 0x6E: return Set(ranges: [0x0A...0x0A])
      case 0x74: return Set(ranges: [0x09...0x09])
      default: return Set(ranges: [value...value])
      }
    }

    static let word: [ClosedRange<UInt32>] = [
      0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A, 0xC0...0x60B, 0x620...0x669, 0x66E...0x6D3,
      0x6EE...0x1FFF, 0x3040...0x10FFFF,
    ]

    mutating func set() -> Set? {
      var set = Set()
      set.isNegated = take("^")
      var isFirst = true
      while isFirst || here != 0x5D {
        guard let value = here else { return nil }
        index += 1
        isFirst = false
        if value == 0x5C {
          guard let part = escape() else { return nil }
          guard !part.isNegated else { return nil }
          set.ranges += part.ranges
          continue
        }
        if here == 0x2D, index + 1 < text.count, text[index + 1] != 0x5D {
          let high = text[index + 1]
          guard high >= value else { return nil }
          index += 2
          set.ranges.append(value...high)
        } else {
          set.ranges.append(value...value)
        }
      }
      index += 1
      return set
    }
  }
}
