import PeyvandBase

extension Parser {
  /// `entity customer is party { fields }`
  mutating func parseKind(_ flavour: Flavour) -> KindSyntax {
    advance()
    var kind = KindSyntax(flavour: flavour, name: Name("", here), label: nil, general: nil, fields: [])
    guard let name = expectName("the name of the kind") else { return kind }
    kind.name = name
    if current.isText { kind.label = parseText() }
    if takeWord(.is) { kind.general = expectName("the name of the general kind") }
    guard !recovering else { return kind }
    kind.fields = parseBraces { $0.parseField() }
    return kind
  }

  /// What stands in the braces of a kind or a record: entries parted by commas or new lines.
  mutating func parseBraces<Entry>(_ read: (inout Parser) -> Entry?) -> [Entry] {
    guard !recovering else { return [] }
    let start = index
    guard kind == .openBrace else {
      fail(SyntaxDiagnostics.expected("`{`", found: found, at: here))
      return []
    }
    mark(.record)
    let outer = frame
    let outerStops = stops
    advance()
    stops = []
    var entries: [Entry] = []
    while true {
      let token = tokens[index]
      if token.kind == .end || token.kind == .closeBrace { break }
      if token.kind == .comma {
        mark(.separator)
        advance()
        continue
      }
      if token.startsLine, token.indent <= outer.base, !isEntry { break }
      let first = index
      // An entry on the line of the brace ends with that line; one on its own line goes on in deeper lines.
      frame = Frame(base: token.startsLine ? token.indent : Int32.max, first: first, isRecord: true)
      continuing = false
      mark(.entry)
      if let entry = read(&self) { entries.append(entry) }
      if !recovering, !isAtEntryEnd { unexpected() }
      if recovering {
        if index == first { advance() }
        skipEntry(base: outer.base)
        recovering = false
      }
    }
    frame = outer
    stops = outerStops
    closeBrace(openedAt: start)
    return entries
  }

  /// The comma between entries may be left out, so a name that begins another one is an end as well.
  private var isAtEntryEnd: Bool {
    switch kind {
    case .end, .comma, .closeBrace: true
    case .name, .quotedName: true
    default: false
    }
  }

  private var isEntry: Bool { tokens[index].isName && index + 1 < tokens.count && tokens[index + 1].kind == .colon }

  private mutating func skipEntry(base: Int32) {
    var open = 0
    continuing = false
    while tokens[index].kind != .end {
      let token = tokens[index]
      if token.startsLine, open == 0 || token.indent <= base { break }
      if open == 0, token.kind == .comma || token.kind == .closeBrace || token.kind == .semicolon { break }
      if token.opens { open += 1 }
      if token.closes, open > 0 { open -= 1 }
      advance()
    }
    if tokens[index].kind == .semicolon { advance() }
  }

  /// `["one"] NAME [TEXT] [":" type] ["required"] ["happens"] ["default" sum] [TEXT]`
  private mutating func parseField() -> FieldSyntax? {
    let start = index
    let isOne = isWord(.one) && peek(1).isName && !peek(1).startsLine
    if isOne { advance() }
    guard let name = expectName("the name of a field") else { return nil }
    var field = FieldSyntax(
      isOne: isOne, name: name, label: nil, type: nil, isRequired: false, happens: false, defaultValue: nil,
      documentation: nil, range: name.range)
    if current.isText, !current.startsLine { field.label = parseText() }
    if take(.colon) {
      field.type = parseType()
    } else if kind == .name, !tokens[index].startsLine, tokens[index].keyword?.builtinType != nil,
      peek(1).kind != .colon
    {
      report(
        SyntaxDiagnostics.missingColon(
          name.text, value: source.text(of: tokens[index]), at: name.range.union(here)))
      field.type = parseType()
    }
    guard !recovering else { return field }
    field.isRequired = takeFieldWord(.required)
    field.happens = takeFieldWord(.happens)
    if !field.isRequired { field.isRequired = takeFieldWord(.required) }
    if takeFieldWord(.default) { field.defaultValue = parseSum() }
    if !recovering, current.isText { field.documentation = parseText() }
    field.range = range(from: start)
    return field
  }

  private mutating func takeFieldWord(_ word: Keyword) -> Bool {
    guard !recovering, isWord(word), !tokens[index].startsLine else { return false }
    advance()
    return true
  }

  /// `"list" "of" type | NAME ["in" NAME]`
  private mutating func parseType() -> TypeSyntax? {
    if isWord(.list), isWord(.of, 1) {
      advance()
      advance()
      return nested(otherwise: nil) { $0.parseType() }.map { .list(of: $0) }
    }
    let builtin = kind == .name ? tokens[index].keyword?.builtinType : nil
    guard let name = expectName("a type") else { return nil }
    var unit: Name?
    if isWord(.in) {
      let place = here
      advance()
      unit = expectName("a unit")
      if builtin != .number { report(SyntaxDiagnostics.unitNeedsNumber(at: place.union(unit?.range ?? place))) }
    }
    if let builtin { return .builtin(builtin, unit: unit) }
    return .kind(name)
  }
}
