import PeyvandBase
import PeyvandData

/// What the checker says, all in one place: plain words, the place, and a way out.
package enum CheckDiagnostics {
  // MARK: Names (E11xx)

  static func unknownName(_ name: String, _ context: String?, _ near: [String], at range: SourceRange) -> Diagnostic {
    let message = context.map { "\(article($0)) \($0) has no `\(name)`" } ?? "there is no `\(name)` here"
    return Diagnostic(
      context == nil ? "E1102" : "E1101", message, at: range, label: suggestion(near), notes: [],
      fixes: near.prefix(1).map { .init(range, $0) })
  }

  /// A name that is nothing, compared with a text: a text without its quotes.
  static func textWithoutQuotes(_ name: String, _ context: String?, _ near: [String], at range: SourceRange)
    -> Diagnostic
  {
    var diagnostic = unknownName(name, context, near, at: range)
    diagnostic.notes.append("a text stands in quotes: `\"\(name)\"`")
    if near.isEmpty { diagnostic.fixes = [.init(range, "\"\(name)\"")] }
    return diagnostic
  }

  /// The name of an aggregate where a value is wanted.
  static func aggregateAlone(
    _ name: String, _ context: String?, isGroup: Bool, path: String?, at range: SourceRange
  ) -> Diagnostic {
    var diagnostic = unknownName(name, context, [], at: range)
    if isGroup {
      diagnostic.notes.append("`\(name)` alone is a whole column: make it one, then compare it")
      diagnostic.notes.append("`| measure \(name == "count" ? name : "\(name)(…)") as n | where n > 1`")
    } else {
      diagnostic.notes.append("say of what: `\(name)(\(path ?? "…"))`")
    }
    return diagnostic
  }

  /// What is said of a name that is nothing where it stands, whatever else is known of it.
  static let ofUnknownNames = ["E1101", "E1102", "E1110", "E1115", "E1217", "E1220"]

  static func noLastAnswer(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1102", "there is no answer yet that this could go on from", at: range,
      notes: ["begin with a set: `customer | …`"])
  }

  static func unknownKind(_ name: String, _ near: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic("E1103", "there is no kind `\(name)`", at: range, label: suggestion(near))
  }

  /// `region is empty`, `purchase is empty`
  static func emptiness(_ word: String, of value: String, isSet: Bool, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1103", "there is no kind `\(word)`", at: range,
      notes: [
        isSet
          ? "whether a set has none is asked so: `none(\(value))`"
          : "what is not there is `missing`: `\(value) is missing`"
      ])
  }

  static func severalWays(_ name: String, from kind: String, _ ways: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1104", "from \(article(kind)) \(kind), `\(name)` can be reached in \(ways.count) ways", at: range,
      label: "say which", notes: ways.prefix(4).map { "write `\($0)`" })
  }

  static func unreachable(_ name: String, from kind: String, path: String?, at range: SourceRange) -> Diagnostic {
    var notes: [String] = []
    if let path { notes.append("the nearest path is `\(path)`") }
    notes.append("for the whole set, whatever the \(kind), write `all \(name)`")
    return Diagnostic(
      "E1105", "\(article(kind)) \(kind) does not lead to `\(name)` in one step", at: range, notes: notes)
  }

  static func captured(_ name: String, inner: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1106", "`\(name)` could be the \(inner)'s own or the \(name) outside", at: range,
      notes: [
        "name the outer one: `\(name) as c | …`, then `c` is the \(name) and `\(name)` is the \(inner)'s",
        "or write `\(inner).\(name)` for the \(inner)'s own",
      ])
  }

  static func letAndField(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1107", "`\(name)` is both a field here and a name that was given with `let` or `param`", at: range,
      notes: ["give the `let` another name, or name the record with `as` and write `x.\(name)`"])
  }

  static func definedByItself(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1108", "a define may not use itself", at: range,
      notes: ["call the new one something else, such as `own_\(name)`"])
  }

  /// - Parameter names: the way from the definition back to itself.
  static func definedInACircle(_ names: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1108", "these use each other in a circle: \(names.joined(separator: " → "))", at: range,
      notes: ["every script ends, so none of them may reach itself"])
  }

  static func isCircle(_ diagnostic: Diagnostic) -> Bool { diagnostic.code == definedByItself("", at: .none).code }

  static func defineNamedAsKind(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1109", "`\(name)` is a kind; a define may not bear its name", at: range,
      notes: ["give the define another name, such as `real_\(name)`"])
  }

  static func kpiNeedsSet(_ name: String, kpi: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1110", "the KPI `\(kpi)` needs `\(name)`, and there is nothing of that name", at: range,
      notes: ["say which of your records it means: `define \(name) as …`"])
  }

  static func noFieldOnValue(_ name: String, _ type: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1111", "\(article(type)) \(type) has nothing called `\(name)`", at: range)
  }

  static func nameTaken(_ name: String, _ what: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1112", "`\(name)` is already \(what)", at: range, notes: ["choose another name"])
  }

  static func noSuchWay(_ name: String, _ field: String, _ ways: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1113", "`\(field)` is no way to `\(name)` from here", at: range,
      notes: ways.prefix(4).map { "write `\($0)`" })
  }

  static func tooLarge(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1114", "with its definitions read out this becomes too large", at: range,
      notes: ["keep a value with `let`, which is worked out once, or \(Limit.expressions.raised)"])
  }

  static func periodOfWhat(_ period: String, _ kind: String, _ date: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1115", "`\(period)` alone is that of an event's time, and \(article(kind)) \(kind) is no event", at: range,
      notes: ["write `\(period)(\(date))`"])
  }

  // MARK: Types (E12xx)

  static func wrongType(_ what: String, wanted: String, found: String, at range: SourceRange, notes: [String] = [])
    -> Diagnostic
  {
    Diagnostic("E1201", "\(what) wants \(wanted); this is \(found)", at: range, notes: notes)
  }

  static func cannotCompare(_ a: String, _ b: String, at range: SourceRange, notes: [String] = []) -> Diagnostic {
    Diagnostic("E1202", "\(a) and \(b) do not compare", at: range, notes: notes)
  }

  static func units(_ what: String, is unit: String, notIn other: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1203", "`\(what)` is in \(unit), not in \(other)", at: range,
      notes: ["numbers of two units do not mix; convert one with a factor"])
  }

  /// - Parameter length: the side in months; where it is written out, days to write instead are offered.
  static func monthsAndDays(_ length: CheckedExpression, _ system: CalendarSystem, at range: SourceRange) -> Diagnostic
  {
    var notes = ["say months on both sides, or days on both sides"]
    if case .constant(.duration(let value)) = length.node, value.months > 0, value.days == 0, value.seconds == 0 {
      let months = value.months
      // As people say it.
      let days = months % 12 == 0 ? months / 12 * 365 : months * 30
      let said = "\(months) \(months == 1 ? "month" : "months")"
      notes.append("for \(said) write `\(days) days`, or count from a time: `at + \(said)`")
    }
    return Diagnostic("E1204", "a month is \(system == .jalali ? "29" : "28") to 31 days", at: range, notes: notes)
  }

  static func calculate(_ a: String, _ symbol: String, _ b: String, at range: SourceRange, notes: [String] = [])
    -> Diagnostic
  {
    Diagnostic("E1205", "\(a) \(symbol) \(b) has no meaning", at: range, notes: notes)
  }

  static func setIsNotYesNo(_ text: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1206", "a set is not a yes/no", at: range, label: "is there any?", notes: ["write `any(\(text))`"],
      fixes: [.init(range, "any(\(text))")])
  }

  static func listOfLists(_ written: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1207", "`\(written)` would be a list of lists, and there are none", at: range,
      notes: ["make one value of the inner list first: `sum(…)`, `count(…)`, `first(…)`"])
  }

  static func severalValues(_ text: String, of kind: String?, wanted: String, at range: SourceRange, offers: [String])
    -> Diagnostic
  {
    let per = kind.map { " \(article($0)) \($0)" } ?? ""
    return Diagnostic(
      "E1207", "`\(text)` may be several values\(per); one is wanted \(wanted)", at: range,
      notes: offers.map { "write `\($0)`" })
  }

  static func twoLists(_ a: String, _ b: String, of set: String?, at range: SourceRange, offer: String?) -> Diagnostic {
    Diagnostic(
      "E1208", "two different lists do not go together item by item", at: range,
      notes: [offer.map { "for each record of the set: `\($0)`" } ?? "use `E of SET` to work record by record"])
  }

  static func countedWhat(_ a: String, _ b: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1209", "this would count each record at the path's end once, however often it was reached", at: range,
      label: "once each, or once for each on the way?",
      notes: ["each once: `\(a)`", "once for each on the way: `\(b)`"])
  }

  static func oneValueAMember(_ text: String, of kind: String, _ type: ValueType, at range: SourceRange) -> Diagnostic {
    let (wanted, functions): (String, [String]) =
      switch type {
      case .number, .duration: ("one number", ["sum(\(text))", "mean(\(text))"])
      case .yesno: ("one answer", ["share(\(text))", "any(\(text))"])
      case .record: ("one value", ["count(\(text))", "first(\(text))"])
      case .date, .time, .period: ("one value", ["min(\(text))", "max(\(text))"])
      default: ("one value", ["count(distinct(\(text)))", "first(\(text))"])
      }
    return Diagnostic(
      "E1210", "`\(text)` is one value \(article(kind)) \(kind); a group needs \(wanted)", at: range,
      label: "which: \(functions.map { "`\($0)`" }.joined(separator: ", "))?", notes: ["or group by it: `by \(text)`"])
  }

  static func countOfYesNo(_ text: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1211", "to count a yes/no is two questions", at: range,
      notes: ["how many: `count(SET where \(text))`", "which part: `share(\(text))`"])
  }

  static func aggregateOfOne(_ function: String, _ text: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1212", "`\(text)` is a single value here: there is nothing to take the \(function) of", at: range,
      notes: [
        "over a whole set: `SET | measure \(function)(\(text))`", "or over a set from here: `\(function)(… of SET)`",
      ])
  }

  static func filterNeedsTime(_ word: String, _ kind: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1213", "`\(word)` goes by time, and \(article(kind)) \(kind) has none", at: range,
      notes: ["name the date it should go by: `\(kind) where DATE \(word) …`"])
  }

  static func notATest(_ what: String, at range: SourceRange, offer: String?) -> Diagnostic {
    Diagnostic(
      "E1214", "a filter like this narrows a set of events or tests a time; `\(what)` is neither", at: range,
      notes: offer.map { ["write `\($0)`"] } ?? [])
  }

  static func periodsOfTwoLengths(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1215", "two periods of different length are never equal", at: range, notes: ["use `in`: `month(at) in 2024`"])
  }

  static func duplicateColumn(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1216", "two columns are called `\(name)`", at: range, notes: ["name one with `as`"])
  }

  static func onlyColumns(_ name: String, _ kind: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1217", "only columns are in reach after `select` and `measure`, and no column is called `\(name)`", at: range,
      notes: ["ask for the \(kind)'s `\(name)` in a stage before, or make it a column"])
  }

  static func aggregateOfItself(
    _ function: String, _ text: String, _ kind: String, _ path: String?, at range: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      "E1218", "`\(text)` is the \(kind) in hand itself: there is nothing to take the \(function) of", at: range,
      notes: (path.map { ["what it leads to is a path, such as `\(function)(\(kind).\($0))`"] } ?? [])
        + ["the whole set is `all \(kind)`"])
  }

  static func asOfEachRecord(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1221", "`as of` is one time for the whole question, and this is another for each record", at: range,
      notes: ["to look at what was before a record's own time use a filter: `SET until TIME`"])
  }

  static func unionOfTwoFlavours(
    _ a: String, _ flavour: String, _ b: String, _ other: String, at range: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      "E1219",
      "\(article(a)) \(a) is \(article(flavour)) \(flavour) and \(article(b)) \(b) \(article(other)) \(other): no set is of both",
      at: range, notes: ["`or` makes one set of events, one of entities, or one of relationships"])
  }

  static func fieldOfTwoTypes(_ name: String, _ kinds: String, _ types: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1220", "`\(name)` is not the same in all of `\(kinds)`", at: range, label: types.joined(separator: ", "),
      notes: ["ask each kind for its own, in a set of its own"])
  }

  static func afterAcross(_ keys: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1222", "the columns of a cross table are known only when it has been made", at: range,
      notes: [
        "after `across` rows are kept and ordered by their keys (\(keys.map { "`\($0)`" }.joined(separator: ", ")))",
        "say what else is wanted before it",
      ])
  }

  static func whoOfWhat(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1223", "`who` shows the records behind rows, and behind these there are none", at: range,
      notes: ["put it at the end of a question about records: `customer | count by region | who`"])
  }

  static func hopsOfNothing(_ text: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1224", "no record is in hand to go on from by `\(text)`", at: range,
      notes: ["inside a record a hop may be repeated: `customer | select count(referred*1..3)`"])
  }

  static func hopElsewhere(_ text: String, from kind: String, to found: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1225",
      "`\(text)` leads from \(article(kind)) \(kind) to \(found), and a hop that is repeated has to end at the kind it began at",
      at: range,
      notes: ["take one that leads to others of its kind: `(referrer or referred)`, `employee via reports_to`"])
  }

  static func pathOfNoHops(at range: SourceRange) -> Diagnostic {
    Diagnostic("E1226", "`max` says how many hops a path may have: a whole number from 1", at: range)
  }

  static func pathBetween(_ a: String, _ b: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1227", "no path leads between \(article(a)) \(a) and \(article(b)) \(b)", at: range,
      notes: ["paths join entities by their relationships"])
  }

  // MARK: Functions (E13xx)

  static func unknownFunction(_ name: String, _ near: [String], _ notes: [String], at range: SourceRange)
    -> Diagnostic
  {
    Diagnostic(
      "E1301", "there is no function `\(name)`", at: range, label: suggestion(near), notes: notes,
      fixes: near.count == 1 ? near.map { .init(range, $0) } : [])
  }

  static func arguments(_ name: String, wanted: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1302", "`\(name)` takes \(wanted)", at: range)
  }

  static func unknownArgument(_ name: String, of function: String, _ known: [String], at range: SourceRange)
    -> Diagnostic
  {
    Diagnostic(
      "E1303", "`\(function)` has no parameter `\(name)`", at: range,
      label: known.isEmpty ? "it takes none" : "it has \(known.map { "`\($0)`" }.joined(separator: ", "))")
  }

  /// `… | chart bar | take 3`
  static func afterChart(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1306", "a chart is how a table is shown, and so stands last", at: range,
      notes: ["put this stage before `chart`"])
  }

  /// `1 + control(x)`
  static func stageAlone(_ function: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1305", "`\(function)` makes a table of all rows, and so is a stage of its own", at: range,
      notes: ["let it stand alone after a `|`: `… | \(function)(…)`"])
  }

  static func unknownUnit(_ name: String, _ near: [String], known: [String] = [], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1304", "there is no unit `\(name)`", at: range, label: suggestion(near),
      notes: known.isEmpty ? [] : ["amounts here are in \(known.prefix(4).map { "`\($0)`" }.joined(separator: ", "))"])
  }

  // MARK: Sequences (E14xx)

  static func whoseTimeline(_ kinds: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1401", "whose timeline? `then` runs on the events of one record", at: range,
      notes: kinds.prefix(4).map { "write `\($0) | share(…)`" })
  }

  static func windowTooShort(at range: SourceRange) -> Diagnostic {
    Diagnostic("E1402", "a window must be longer than 0", at: range)
  }

  static func stepIsNotEvents(_ text: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1403", "a step is a set of events; `\(text)` is not", at: range)
  }

  static func windowBelowADay(_ kind: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1404", "\(article(kind)) \(kind) records no hours, so a window below a day cannot be told", at: range,
      notes: ["say it in days"])
  }

  static func absenceNotLast(at range: SourceRange) -> Diagnostic {
    Diagnostic("E1405", "`then no` can only be the last step", at: range)
  }

  static func anyTimeInKPI(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1406", "a KPI needs a window: `within any time` would count whoever had more time as better", at: range,
      notes: ["say how long: `within 6 months`"])
  }

  // MARK: Declarations and KPIs (E16xx)

  static func kindDiffers(_ name: String, _ what: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1601", "`\(name)` is already declared, and \(what)", at: range,
      notes: ["a later declaration may add fields, and change nothing else"])
  }

  static func wrongFlavour(_ name: String, _ is_: String, _ wanted: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1602", "`\(name)` is \(article(is_)) \(is_), not \(article(wanted)) \(wanted)", at: range)
  }

  static func relationshipEnds(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1603", "a relationship ties two entities: its first two references are its ends", at: range,
      notes: ["`relationship \(name) { rep, customer }`", "name them where both are of one kind: `referrer: customer`"])
  }

  static func fieldTwice(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1604", "`\(name)` stands twice", at: range)
  }

  static func kindsInACircle(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1605", "`\(name)` would be a special case of itself", at: range)
  }

  static func kpiWithoutDecision(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1610", "the KPI `\(name)` leads to no decision", at: range,
      notes: ["add what to do when it is missed: `decide \"…\"`", "a number that leads to none is a `define`"])
  }

  static func kpiLacks(_ clause: String, _ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1611", "the KPI `\(name)` lacks its `\(clause)`", at: range)
  }

  static func clauseTwice(_ clause: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1612", "`\(clause)` stands twice", at: range)
  }

  static func reservedField(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1613", "every record has `\(name)` of its own", at: range)
  }

  static func unknownZone(_ name: String, _ near: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1615", "there is no time zone `\(name)`", at: range, label: suggestion(near),
      notes: near.isEmpty
        ? ["a zone is named by its place, as `\"Asia/Tehran\"`, or by its distance from UTC, as `\"+03:30\"`"] : [])
  }

  static func unknownWeekday(_ name: String, _ near: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1616", "`\(name)` is no day of the week", at: range, label: suggestion(near),
      notes: near.isEmpty ? ["write `monday`, `tuesday`, … `sunday`"] : [],
      fixes: near.prefix(1).map { .init(range, $0) })
  }

  static func unknownMonth(_ name: String, ofOther: Bool, _ near: [String], at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1616", "`\(name)` is no month of this calendar", at: range, label: suggestion(near),
      notes: ofOther ? ["it is one of the other calendar: `calendar …` comes before it"] : [],
      fixes: near.prefix(1).map { .init(range, $0) })
  }

  static func settingDiffers(_ what: String, _ declared: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1617", "the \(what) \(declared) in this store already", at: range,
      notes: ["answers were given under it; at the prompt `undo` takes back what was declared last"])
  }

  static func calendarAfterYear(_ month: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1617", "the year starts in \(month.lowercased()), a month of the calendar before", at: range,
      notes: ["say the calendar first, then in which of its months the year starts"])
  }

  static func hoursBackwards(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1618", "these hours end before they begin", at: range,
      notes: ["working hours lie within a day: `8:00 to 16:30`, or to its end: `16:00 to 0:00`"])
  }

  static func otherHours(at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1617", "one of these days has other working hours in this store already", at: range,
      notes: ["days that have none yet may be added: `working hours thursday to thursday 8:00 to 12:00`"])
  }

  static func oneIsAnEnd(_ name: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1606", "`one` belongs to an end of a relationship, and `\(name)` is none", at: range,
      notes: ["a field holds one value anyway; the ends are a relationship's first two references"])
  }

  static func argument(_ name: String, _ value: String, wanted: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1701", "`--set \(name)=\(value)` is not \(wanted)", at: range,
      notes: ["write it as the language does: `--set window='3 months'`, `--set since=2024-01-01`"])
  }

  static func notInBraces(_ word: String, inTest: Bool, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1710", "`\(word)` stands outside all braces, at the left of the script", at: range,
      notes: [
        inTest
          ? "a test has the script's kinds, settings and parameters already; write it above the test"
          : "kinds, settings, parameters, tests and `use` rule the whole script; write it above the braces"
      ])
  }

  static func entityWithoutKey(_ kind: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1716", "\(article(kind)) \(kind) is known by its key", at: range,
      notes: ["write one after its kind: `add \(kind) \"…\" { … }`", "events and relationships get one of their own"])
  }

  static func nothingToGoThrough(_ found: String, at range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E1713", "`for each` goes through a set of records or a list of values, and this is \(found)", at: range,
      notes: ["such as `for each c in customer where region = \"North\" { … }`", "or `for each n in [1, 2, 3] { … }`"])
  }

  // MARK: Not carried out by this version (E19xx)

  static func notCarriedOut(_ what: String, at range: SourceRange) -> Diagnostic {
    Diagnostic("E1901", "\(what) is part of the language, but this version does not carry it out", at: range)
  }

  // MARK: Words

  static func suggestion(_ near: [String]) -> String {
    guard !near.isEmpty else { return "" }
    return "did you mean \(near.prefix(4).map { "`\($0)`" }.joined(separator: ", "))?"
  }

}
