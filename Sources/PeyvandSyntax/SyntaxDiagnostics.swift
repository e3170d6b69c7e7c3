import PeyvandBase

/// Everything that the lexer and the parser say, in one place, so that its words can be read and translated
/// together. Codes E1001–E1099; a code never changes its meaning.
enum SyntaxDiagnostics {
  // MARK: - Limits

  static func textTooLong(limit: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1001", .error, "this is longer than \(limit >> 20) MiB, the most that is read", at: range,
      label: "the limit is here",
      notes: ["data come in by `import`, not as a script; or \(Limit.program.raised)"])
  }

  static func tooManyWords(limit: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1001", .error, "this holds more than \(limit) words and signs, the most that is read", at: range,
      label: "the limit is here", notes: ["data come in by `import`, not as a script; or \(Limit.words.raised)"])
  }

  static func tooDeep(limit: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1002", .error, "too many levels one inside the other (the limit is \(limit))", at: range,
      label: "this one is too deep",
      notes: ["give a part a name with `let` or `define`, or \(Limit.depth.raised)"])
  }

  static func textsTooDeep(limit: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1002", .error, "too many texts inside the braces of texts (the limit is \(limit))", at: range,
      label: "this one is too deep",
      notes: ["give a part a name with `let` or `define`, or \(Limit.textDepth.raised)"])
  }

  static func chainTooLong(limit: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1003", .error, "this goes on for too long (the limit is \(limit) operators)", at: range,
      label: "break it before this",
      notes: [
        "give a part a name with `let` or `define`; many values of one field are `in [a, b, c]`",
        "or \(Limit.chain.raised)",
      ])
  }

  static func tooManyStages(limit: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1003", .error, "this question has more stages than a question may have (the limit is \(limit))", at: range,
      label: "break it before this",
      notes: ["give the first stages a name with `let` and go on from there, or \(Limit.stages.raised)"])
  }

  static func tooManyColumns(limit: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1003", .error, "this stage names more columns than a stage may name (the limit is \(limit))", at: range,
      label: "break it before this", notes: ["ask two questions, or \(Limit.stageColumns.raised)"])
  }

  // MARK: - Signs, texts, names

  static func unknownSign(_ scalar: Unicode.Scalar, at range: SourceRange) -> Diagnostic {
    let hex = String(scalar.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
    let isShown = scalar.value > 0x20 && scalar.value != 0x7F && !(0x80...0x9F).contains(scalar.value)
    return Diagnostic(
      "E1004", .error,
      isShown ? "`\(scalar)` (\(code)) has no meaning here" : "an unprintable sign (\(code)) stands here",
      at: range, label: "take it out, or put it in a text",
      notes: isShown ? [signNotes[scalar] ?? "a name with other signs stands in backquotes: `` `net $` ``"] : [])
  }

  private static let signNotes: [Unicode.Scalar: String] = [
    "?": "a choice is `if(CONDITION, A, B)`", "^": "a power is a product: `x * x`",
  ]

  static func textNotClosed(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1005", .error, "this text is not closed", at: range, label: "the closing quote is missing",
      notes: ["a text ends on its line; `\\n` in it begins a new line"])
  }

  static func unknownEscape(_ text: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1006", .error, "`\\\(text)` has no meaning in a text", at: range, label: "a backslash itself is `\\\\`",
      notes: ["known are `\\n \\t \\\" \\\\ \\{`; between single quotes a backslash is itself"])
  }

  static func nameNotClosed(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1007", .error, "this name in backquotes is not closed", at: range, label: "the closing backquote is missing")
  }

  static func emptyName(at range: SourceRange) -> Diagnostic {
    Diagnostic("E1007", .error, "a name in backquotes may not be empty", at: range, label: "write the name here")
  }

  static func numberTooLarge(at range: SourceRange) -> Diagnostic {
    Diagnostic("E1008", .error, "this number is too large", at: range, label: "the largest is about 1.8 × 10³⁰⁸")
  }

  static func curlyQuotes(_ content: String?, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1012", .error, "a text stands in straight quotes", at: range,
      label: content.map { "write \"\($0)\"" } ?? "write `\"`",
      fixes: content.map { [Diagnostic.Fix(range, "\"\($0)\"")] } ?? [])
  }

  static func foreignSign(_ sign: String, meant: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1013", .error, "`\(sign)` is written `\(meant)`", at: range, label: "write `\(meant)`",
      fixes: [Diagnostic.Fix(range, meant)])
  }

  static func loosePercent(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1014", .error, "`%` stands right after a number", at: range, label: "no number before it",
      notes: ["a share is `40%`; the rest of a division is `a mod b`"])
  }

  static func nameBeginsWithLetter(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1015", .error, "a name begins with a letter", at: range, label: "any other stands in backquotes",
      fixes: [Diagnostic.Fix(range, "`\(name)`")])
  }

  static func emptyBraces(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1016", .error, "the braces in this text hold nothing", at: range, label: "what is to be shown?",
      notes: ["a brace itself is `\\{`; a text between single quotes has no braces"])
  }

  // MARK: - Dates

  static func noSuchMonth(_ month: Int, at range: SourceRange, mayBeSubtraction: Bool) -> Diagnostic {
    Diagnostic(
      "E1009", .error, "there is no month \(month)", at: range, label: "months are 01 to 12",
      notes: mayBeSubtraction ? ["put spaces around `-` to subtract"] : [])
  }

  static func noSuchDay(year: Int, month: Int, day: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1009", .error, "month \(month) of \(year) has no day \(day)", at: range,
      label: "not a day of the \(year < 1700 ? "Jalali" : "Gregorian") calendar")
  }

  static func noSuchQuarter(_ quarter: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1009", .error, "there is no quarter \(quarter)", at: range, label: "quarters are Q1 to Q4")
  }

  static func noSuchTime(_ text: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1009", .error, "there is no time `\(text)` in a day", at: range, label: "00:00 to 23:59")
  }

  static func yearOutOfRange(_ year: Int, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1010", .error, "the year \(year) is in neither calendar", at: range,
      label: "1200–1699 are Jalali years, 1700–2999 Gregorian", notes: ["put spaces around `-` to subtract"])
  }

  static func looseDate(year: Int, month: Int, day: Int, at range: SourceRange) -> Diagnostic {
    let date = "\(year)-\(twoDigits(month))-\(twoDigits(day))"
    return Diagnostic(
      "E1011", .error, "a date has two digits for the month and two for the day", at: range, label: "write `\(date)`",
      notes: ["put spaces around `-` to subtract"], fixes: [Diagnostic.Fix(range, date)])
  }

  static func spaceBeforeTime(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1011", .error, "the time of day stands after a space", at: range, label: "write a space in the place of `T`")
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  // MARK: - What fits where

  static let sentence =
    "a question begins with its set, and stages follow: `customer | where region = \"North\" | count`"

  static let tableOfALook =
    "this is a table: `agenda | where …`, `agenda | count by …`; only `as of` stands right after the word"

  static func unexpected(_ what: String, after: String?, at range: SourceRange, notes: [String] = []) -> Diagnostic {
    Diagnostic(
      "E1020", .error, "\(what) does not fit here", at: range,
      label: after.map { "nothing joins this to `\($0)`" } ?? "", notes: notes)
  }

  static func expectedValue(found what: String, at range: SourceRange, notes: [String] = []) -> Diagnostic {
    Diagnostic(
      "E1021", .error, "a value is missing before \(what)", at: range, label: "a name, a number, a text or brackets",
      notes: notes)
  }

  static func notClosed(_ opening: String, closing: String, opened: SourceRange, at range: SourceRange) -> Diagnostic {
    var diagnostic = Diagnostic(
      "E1022", .error, "this `\(opening)` is not closed", at: opened, label: "opened here")
    diagnostic.labels.append(Diagnostic.Label(range, "`\(closing)` is missing before this"))
    return diagnostic
  }

  static func closesNothing(_ sign: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1023", .error, "this `\(sign)` closes nothing", at: range, label: "take it out, or open it before")
  }

  static func expected(
    _ wanted: String, found what: String, at range: SourceRange, notes: [String] = []
  ) -> Diagnostic {
    Diagnostic(
      "E1040", .error, "\(wanted) is missing before \(what)", at: range, label: "write \(wanted) here", notes: notes)
  }

  static func expectedOneOf(_ wanted: [String], found what: String, at range: SourceRange) -> Diagnostic {
    let list = wanted.map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic("E1040", .error, "a word is missing before \(what)", at: range, label: "one of \(list)")
  }

  static func removalOfNothing(_ word: Keyword, at range: SourceRange) -> Diagnostic {
    expected(
      word == .watch ? "the name of what is watched" : "the name of a process", found: "the end of the line", at: range,
      notes: ["`\(word.rawValue)` alone lists what the store keeps"])
  }

  static func expectedWholeNumber(at range: SourceRange) -> Diagnostic {
    Diagnostic("E1041", .error, "a whole number is wanted here", at: range, label: "such as 3")
  }

  static func badRepeat(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1049", .error, "the steps run from a smaller number to a larger one", at: range, label: "such as `*1..3`")
  }

  static func elseOnItsOwnLine(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1042", .error, "`else` belongs to no `if`", at: range, label: "write it on the line of the `}`: `} else {`")
  }

  static func unitNeedsNumber(at range: SourceRange) -> Diagnostic {
    Diagnostic("E1043", .error, "only a number has a unit", at: range, label: "`number in …`")
  }

  static func upperCaseKeyword(_ text: String, meant: Keyword, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1044", .error, "`\(text)` is written in small letters", at: range, label: "write `\(meant.rawValue)`",
      fixes: [Diagnostic.Fix(range, meant.rawValue)])
  }

  static func equalsForLabel(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1037", .error, "a value follows its name after `:`", at: range, label: "write `\(name): …`",
      notes: ["`=` compares, `as` names, `:` labels"])
  }

  static func missingColon(_ name: String, value: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1037", .error, "a value follows its name after `:`", at: range, label: "write `\(name): \(value)`")
  }

  // MARK: - Clauses

  static func unknownClause(_ what: String, known: [Keyword], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1045", .error, "\(what) begins no clause", at: range, label: "not known here",
      notes: ["clauses are " + known.map { "`\($0.rawValue)`" }.joined(separator: ", ")])
  }

  static func clauseColumn(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1046", .error, "the clauses begin in one column", at: range, label: "move it under the first clause",
      notes: ["a line that is deeper goes on with the clause before it"])
  }

  static func clausesBelow(at range: SourceRange) -> Diagnostic {
    Diagnostic("E1046", .error, "the clauses stand below, one a line", at: range, label: "begin a new line here")
  }

  static func clausesMissing(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1047", .error, "the clauses are missing", at: range,
      label: "write them below, one a line, deeper than this line")
  }

  // MARK: - Habits

  static func selectFrom(_ instead: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1024", .error, "a question begins with its set", at: range, label: "in Peyvand: `\(instead)`",
      fixes: [Diagnostic.Fix(range, instead)])
  }

  static func matchReturn(_ instead: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1024", .error, "a question begins with its set", at: range, label: "in Peyvand: `\(instead)`",
      notes: ["ties need no pattern: in a customer, `purchase.product` are the products bought"])
  }

  static func join(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1024", .error, "sets are not joined: a record knows what it is tied to", at: range,
      label: "say the other kind's name where it is wanted",
      notes: [
        "in a customer, `purchase` are that customer's: `customer | select name, count(purchase)`",
        "in a purchase, `customer` is its customer: `purchase | select customer.name, amount`",
      ])
  }

  /// - Parameter column: the column before the words, so that the whole stage can be shown.
  static func groupWords(_ column: String?, _ keys: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1025", .error, "groups are made by `by`, after what is computed for each", at: range,
      label: column.map { "write `\($0) by \(keys)`" } ?? "such as `| count by \(keys)`")
  }

  static func like(_ word: String, _ meant: String, at range: SourceRange, fix: SourceRange?) -> Diagnostic {
    Diagnostic(
      "E1013", .error, "`\(word)` is written `contains`, `starts with` or `ends with`", at: range,
      label: "write `\(meant)`", fixes: fix.map { [Diagnostic.Fix($0, meant)] } ?? [])
  }

  static func groupBy(_ keys: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1025", .error, "say what to compute for each group", at: range, label: "such as `count by \(keys)`")
  }

  static func sortBy(_ keys: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1026", .error, "`sort` goes with `by`", at: range, label: "write `sort by \(keys)`")
  }

  static func letEquals(_ word: Keyword, _ name: String, _ value: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1027", .error, "a name is given with `as`", at: range, label: "write `\(word.rawValue) \(name) as \(value)`",
      notes: ["`=` compares"], fixes: [Diagnostic.Fix(range, "as")])
  }

  static func isText(_ left: String, isNegated: Bool, _ right: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1028", .error, "`is` asks for missing, open or a kind", at: range,
      label: "write `\(left) \(isNegated ? "!=" : "=") \(right)`")
  }

  static func equalsNull(_ left: String, isNegated: Bool, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1029", .error, "what is not there is `missing`", at: range,
      label: "write `\(left) is \(isNegated ? "not " : "")missing`")
  }

  static func inBrackets(_ items: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1030", .error, "a list stands in square brackets", at: range, label: "write `in [\(items)]`")
  }

  static func comparisonChain(_ left: String, _ middle: String, _ right: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1031", .error, "comparisons do not chain", at: range,
      label: "write `\(middle) between \(left) and \(right)`, or join two comparisons with `and`")
  }

  static func filterThenComparison(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1031", .error, "this compares what a filter left", at: range,
      label: "put brackets round what stands before it, or join the two with `and`")
  }

  static func windowMissing(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1032", .error, "how long after it may that come?", at: range,
      label: "say the window: `within 90 days`, or `within any time`")
  }

  /// `then purchase as p where …`
  static func nameBeforeFilter(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1051", .error, "a step is named after its filters", at: range,
      label: "write `SET where … as \(name)`",
      notes: ["in its own filter a step's fields need no name: `where amount > 3`"])
  }

  static func withinOf(_ length: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1033", .error, "`within` needs to know from where", at: range,
      label: "write `within \(length) after …`, `within \(length) before …` or `within \(length) from …`")
  }

  static func stepNeedsBrackets(_ step: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1034", .error, "a step of several sets stands in brackets", at: range, label: "write `then (\(step)) within …`")
  }

  static func emptyWindow(at range: SourceRange) -> Diagnostic {
    Diagnostic("E1035", .error, "a window must be longer than 0", at: range, label: "such as `within 90 days`")
  }

  static func filterInStep(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1036", .error, "after `then`, `within` is the window of the step", at: range,
      label: "put the filter in brackets: `then (SET within D after T) within D`")
  }

  static func secondOf(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1038", .error, "`of` stands once in an expression", at: range, label: "put brackets round one of the two")
  }

  static func foreignStage(_ word: String, instead: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1039", .error, "`\(word)` is no stage", at: range, label: "write `\(instead)`")
  }

  static func foreignLoop(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1050", .error, "a loop goes through a set: `for each c in customer { … }`", at: range,
      label: "write `for each NAME in SET`",
      notes: ["every script ends, so there is no loop until a condition changes"])
  }

  static func namedSourceNeedsPipe(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1048", .error, "a set is named where a `|` follows", at: range, label: "`… as \(name) | …`",
      notes: ["to keep a value under a name: `let \(name) as …`"])
  }
}
